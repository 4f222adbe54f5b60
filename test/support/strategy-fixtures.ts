// Views and parameters for strategy tests: spec.md's defaults on a 60,000 market, everything
// overridable.
import { Instrument } from '#core/instrument';
import { rateFromBps } from '#core/money';
import type { MarketParams, StrategyParams } from '#core/params';
import type { StartFacts, View } from '#core/strategy';
import type {
  Bps, BpsPerRootSecond, Fraction, Lots, Micros, PerBp, PerSecond, Seconds, TickPrice, Ticks,
} from '#core/units'; // prettier-ignore

export const instrument = new Instrument({
  venue: 'test',
  symbol: 'BTC-USD',
  tickSize: '0.1',
  lotSize: '0.00001',
  minNotional: '0',
  kind: 'linear',
  multiplier: '1',
  settle: 'USD',
  makerFee: rateFromBps(2),
  takerFee: rateFromBps(5),
  fundingPeriod: 28_800 as Seconds,
  maintenanceMargin: 0.005,
});

/** spec.md section 1: 40 %/yr, 1.2 /bp, 0.2 /s, 0.2 bp. */
export const MARKET: MarketParams = {
  sigma: 0.71 as BpsPerRootSecond,
  kappa: 1.2 as PerBp,
  alpha: 0.2 as PerSecond,
  epsilon: 0.2 as Bps,
};

export function strategyParams(over: Partial<StrategyParams> = {}): StrategyParams {
  return {
    model: 'as',
    glftSolution: 'exact',
    market: MARKET,
    risk: { kind: 'inventory-std', units: 2 },
    horizon: 300 as Seconds,
    session: null,
    levels: 1,
    levelStep: null,
    sizeShape: 'flat',
    minSpread: 1 as Bps,
    maxSpread: 50 as Bps,
    makerFee: rateFromBps(2),
    placement: 'behind',
    prdPerSide: 'full',
    skewMax: 1 as Fraction,
    prdAddCosts: false,
    ...over,
  };
}

/** A unit of 100 lots, a limit of 10 units, mid 60,000 (600,000 ticks). */
export const START: StartFacts = {
  mid: 600_000 as TickPrice,
  unitLots: 100 as Lots,
  limitLots: 1_000 as Lots,
};

/** `units`: the inventory; the touch is one tick wide around 600,000 ticks unless overridden. */
export function viewAt(units: number, over: Partial<View> = {}): View {
  return {
    nowUs: 1_000_000 as Micros,
    instrument,
    bidTicks: 600_000 as Ticks,
    askTicks: 600_001 as Ticks,
    bidLots: 500 as Lots,
    askLots: 500 as Lots,
    mid: 600_000.5 as TickPrice,
    fair: 600_000.5 as TickPrice,
    positionLots: Math.round(units * 100) as Lots,
    unitLots: START.unitLots,
    limitLots: START.limitLots,
    market: { ...MARKET, source: 'static' },
    elapsed: 0 as Seconds,
    reducing: false,
    ...over,
  };
}
