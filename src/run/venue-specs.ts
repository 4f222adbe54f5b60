// What a venue says of any market, whatever a tape says: for the venue that `mm venue` serves, and for a backtest that
// stands behind that venue's client.
import type { InstrumentSpec } from '#core/instrument';
import type { Seconds } from '#core/units';

export interface VenueSpec {
  readonly spec: Pick<InstrumentSpec, 'fundingPeriod' | 'maintenanceMargin' | 'settle'>;
  /** Smallest notional: the tape's, else this; null = the venue has none at all. */
  readonly minNotional: string | null;
}

const HOUR = 3_600;

export const VENUE_SPECS: Readonly<Record<'paradex' | 'apex', VenueSpec>> = {
  paradex: {
    spec: { fundingPeriod: (8 * HOUR) as Seconds, maintenanceMargin: 0.01, settle: 'USDC' },
    minNotional: '10',
  },
  apex: {
    spec: { fundingPeriod: HOUR as Seconds, maintenanceMargin: 0.005, settle: 'USDT' },
    minNotional: null,
  },
};

/** The market of a tape as that venue would have it; its name stays. */
export function specAt(venue: 'paradex' | 'apex', tape: InstrumentSpec): InstrumentSpec {
  const { spec, minNotional } = VENUE_SPECS[venue];
  return { ...tape, ...spec, minNotional: minNotional === null ? '0' : tape.minNotional };
}
