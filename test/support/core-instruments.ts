// Markets for the tests of core: one of each kind of arithmetic that real venues use.
import { Instrument } from '#core/instrument';
import type { InstrumentSpec } from '#core/instrument';
import type { Rate, Seconds } from '#core/units';

export function makeInstrument(over: Partial<InstrumentSpec> = {}): Instrument {
  return new Instrument({
    venue: 'sim',
    symbol: 'BTC-PERP',
    tickSize: '0.1',
    lotSize: '0.001',
    minNotional: '0',
    kind: 'linear',
    multiplier: '1',
    settle: 'USD',
    makerFee: 2_000_000 as Rate,
    takerFee: 5_000_000 as Rate,
    fundingPeriod: 28_800 as Seconds,
    maintenanceMargin: 0.005,
    ...over,
  });
}

export const BTC = makeInstrument();
/** Many digits: worth of a lot x tick is far below 1e-8, so nearly every amount is rounded. */
export const TINY = makeInstrument({ symbol: 'TINY', tickSize: '0.0000007', lotSize: '0.003' });
/** Large contracts, a multiplier that is not 1. */
export const CONTRACT = makeInstrument({
  symbol: 'C',
  tickSize: '0.5',
  lotSize: '1',
  multiplier: '0.0001',
});
/** Inverse: one contract is worth 100 USD, settled in BTC. */
export const INVERSE = makeInstrument({
  symbol: 'BTC-INV',
  tickSize: '0.5',
  lotSize: '1',
  kind: 'inverse',
  multiplier: '100',
  settle: 'BTC',
});

export const ALL = [BTC, TINY, CONTRACT, INVERSE];
