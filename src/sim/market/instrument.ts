// The made-up market's facts: BTC-like, sizes small enough for a 100-dollar quote. Fees are the conservative ones
// of spec.md section 1; whoever runs it may put an account's own in their place.
import type { InstrumentSpec } from '#core/instrument';
import { rateFromBps } from '#core/money';
import type { Seconds } from '#core/units';

export const SYNTHETIC_INSTRUMENT: InstrumentSpec = Object.freeze({
  venue: 'synthetic',
  symbol: 'BTC-USD-PERP',
  tickSize: '0.1',
  lotSize: '0.0001',
  minNotional: '10',
  kind: 'linear',
  multiplier: '1',
  settle: 'USD',
  makerFee: rateFromBps(2),
  takerFee: rateFromBps(5),
  fundingPeriod: 3_600 as Seconds,
  maintenanceMargin: 0.01,
});
