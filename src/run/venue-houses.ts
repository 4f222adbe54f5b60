// What differs between the venues that `mm venue` serves: how a market is called and charged there, and which face it
// gets. Whatever they share is in venue-serve.ts.
import type { InstrumentSpec } from '#core/instrument';
import { Instrument } from '#core/instrument';
import { rateFromBps } from '#core/money';
import type { Clock } from '#core/outside';
import type { Money, Rate, Seconds } from '#core/units';
import { ApexFace } from '#sim/venues/apex/apex-face';
import { apexSymbol } from '#sim/venues/apex/symbols';
import type { Face } from '#sim/venues/face';
import type { Feed } from '#sim/venues/feed';
import { ParadexFace } from '#sim/venues/paradex/paradex-face';
import type { VenueJob } from './venue-process.js';

export interface FaceParts {
  readonly clock: Clock;
  readonly instrument: Instrument;
  readonly feed: Feed;
  readonly seed: number;
  readonly useQuotes: boolean;
  readonly deposit?: Money;
  readonly leverage?: number;
}

export interface VenueHouse {
  /** For people. */
  readonly name: string;
  /** Where the REST interface begins, and where the sockets are. */
  readonly paths: { readonly rest: string; readonly sockets: readonly string[] };
  readonly makerFee: Rate;
  readonly takerFee: Rate;
  /** What the venue says of any market, whatever a tape says. */
  readonly spec: Pick<InstrumentSpec, 'fundingPeriod' | 'maintenanceMargin' | 'settle'>;
  /** Smallest notional: the tape's, else this; null = the venue has none at all. */
  readonly minNotional: string | null;
  symbol(ofTape: string): string;
  face(parts: FaceParts): Face;
  /** Who may trade there, in a line for people. */
  readonly keys: string;
}

const HOUR = 3_600;

export const HOUSES: Readonly<Record<VenueJob['venue'], VenueHouse>> = {
  // Fees of Paradex's normal API orders since July 2026: 0.3 and 4.5 bp.
  paradex: {
    name: 'Paradex',
    paths: { rest: '/v1', sockets: ['/v1'] },
    ...{ makerFee: rateFromBps(0.3), takerFee: rateFromBps(4.5) },
    spec: { fundingPeriod: (8 * HOUR) as Seconds, maintenanceMargin: 0.01, settle: 'USDC' },
    minNotional: '10',
    symbol: (ofTape) => ofTape,
    face: (parts) => new ParadexFace(parts),
    keys: 'any key is welcome, accounts get test funds',
  },
  apex: {
    name: 'ApeX',
    paths: { rest: '/api/v3', sockets: ['/realtime_public', '/realtime_private'] },
    ...{ makerFee: rateFromBps(2), takerFee: rateFromBps(5) },
    spec: { fundingPeriod: HOUR as Seconds, maintenanceMargin: 0.005, settle: 'USDT' },
    minNotional: null,
    symbol: apexSymbol,
    face: (parts) => new ApexFace(parts),
    keys: 'any word of [0-9A-Za-z-] is an API key; its secrets: mm venue apex --credentials WORD',
  },
};
