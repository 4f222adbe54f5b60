// The start-up block (spec.md section 1) as data: what these parameters will really
// do, said before anything is sent. Its numbers come from the strategy that will quote, asked at 0,
// half and full limit.
import type { Instrument } from '#core/instrument';
import { formatMoney, rateToBps } from '#core/money';
import type { EngineParams, RiskTarget, WakeParams } from '#core/params';
import type { StartFacts, View } from '#core/strategy';
import type { Lots, Micros, Money, Seconds, Ticks } from '#core/units';
import { toSeconds } from '#core/units';
import { warningsOf } from './startup-text.js';
import { Avellaneda } from './strategy.js';

/**
 * What the model quotes with `units` in hand, before placement; skew < 0: the centre lies below the
 * fair price.
 */
export interface StartRow {
  readonly units: number;
  readonly halfBps: number;
  readonly halfTicks: number;
  readonly skewBps: number;
  readonly skewTicks: number;
}

/** `moveBps`: the market move against a position at the soft limit that would trigger it. */
export interface StartStop {
  readonly stop: 'daily-loss' | 'drawdown';
  readonly amount: string;
  readonly moveBps: number;
}

export interface StartFigures {
  readonly model: string;
  readonly gammaPerBp: number;
  readonly gammaHat: number;
  readonly target: string;
  readonly skewPerUnitBps: number;
  readonly tickBps: number;
  readonly unit: { readonly lots: number; readonly size: string; readonly notional: string };
  readonly limit: { readonly lots: number; readonly units: number; readonly notional: string };
  readonly rows: readonly StartRow[];
  readonly stops: readonly StartStop[];
  /** kappa sigma sqrt(mean quote age): above 1, a quote is mostly stale. */
  readonly staleness: { readonly meanAgeSeconds: number; readonly value: number };
  readonly fees: { readonly makerBps: number; readonly takerBps: number; readonly from: string };
}

export interface StartBlock extends StartFigures {
  readonly warnings: readonly string[];
}

/**
 * kappa sigma sqrt(age): how far the mid wanders in a quote's life, in units of 1/kappa. Warn above
 * 1.
 */
export const staleness = (kappa: number, sigma: number, meanAge: Seconds): number =>
  kappa * sigma * Math.sqrt(meanAge);

/**
 * The mean age of a resting quote to be expected: refresh/2 under the literal clock; with a
 * tolerance at most the mean time near x far / sigma^2 in which a driftless mid leaves it. Fills
 * and placement are left out.
 */
export function expectedMeanAge(wake: WakeParams, sigma: number): Seconds {
  const clock = toSeconds(wake.refresh) / 2;
  if (wake.requote === null) return clock as Seconds;
  const exit = (wake.requote.near * wake.requote.far) / (sigma * sigma);
  return Math.min(clock, exit) as Seconds;
}

function targetText(target: RiskTarget): string {
  if (target.kind === 'inventory-std') return `inventory std ${target.units} units`;
  if (target.kind === 'skew-at-limit') return `skew at the limit ${target.bps} bp`;
  return `gamma ${target.gammaHat} as given`;
}

function rowAt(
  strategy: Avellaneda,
  instrument: Instrument,
  start: StartFacts,
  part: number,
): StartRow {
  const positionLots = (start.limitLots * part) as Lots;
  const ticksPerBp = start.mid / 10_000;
  const view: View = {
    nowUs: 0 as Micros,
    instrument,
    bidTicks: Math.max(1, Math.ceil(start.mid) - 1) as Ticks,
    askTicks: (Math.floor(start.mid) + 1) as Ticks,
    bidLots: start.unitLots,
    askLots: start.unitLots,
    mid: start.mid,
    fair: start.mid,
    positionLots,
    unitLots: start.unitLots,
    limitLots: start.limitLots,
    market: { ...strategy.params.market, source: 'static' },
    elapsed: 0 as Seconds,
    reducing: false,
  };
  const { half, shift } = strategy.decide(view).reason;
  return {
    units: positionLots / start.unitLots,
    halfBps: half,
    halfTicks: half * ticksPerBp,
    skewBps: shift,
    skewTicks: shift * ticksPerBp,
  };
}

function stopsOf(params: EngineParams, exposure: Money): StartStop[] {
  const { risk } = params;
  const stop = (name: StartStop['stop'], fraction: number, cap: Money | null): StartStop => {
    const share = Math.round(risk.capital * fraction) as Money;
    const amount = (cap === null ? share : Math.min(share, cap)) as Money;
    return { stop: name, amount: formatMoney(amount), moveBps: (amount / exposure) * 1e4 };
  };
  return [
    stop('daily-loss', risk.maxDailyLoss, risk.maxDailyLossUsd),
    stop('drawdown', risk.maxDrawdown, risk.maxDrawdownUsd),
  ];
}

/**
 * `feesFrom` says where the fees came from, e.g. "the account at paradex", "default: not known".
 */
export function startBlock(
  params: EngineParams,
  instrument: Instrument,
  start: StartFacts,
  feesFrom: string,
): StartBlock {
  const strategy = new Avellaneda(params.strategy, start);
  const { kappa, sigma } = params.strategy.market;
  const { gamma, gammaHat, skewPerUnit, limitUnits } = strategy.risk;
  const exposure = instrument.notional(start.limitLots, start.mid);
  const meanAge = expectedMeanAge(params.wake, sigma);
  const unitNotional = formatMoney(instrument.notional(start.unitLots, start.mid));
  const limitNotional = formatMoney(exposure);
  const block: StartFigures = {
    model: strategy.name,
    gammaPerBp: gamma,
    gammaHat,
    target: targetText(params.strategy.risk),
    skewPerUnitBps: skewPerUnit,
    tickBps: 10_000 / start.mid,
    unit: {
      lots: start.unitLots,
      size: instrument.formatSize(start.unitLots),
      notional: unitNotional,
    },
    limit: { lots: start.limitLots, units: limitUnits, notional: limitNotional },
    rows: [0, 0.5, 1].map((part) => rowAt(strategy, instrument, start, part)),
    stops: stopsOf(params, exposure),
    staleness: { meanAgeSeconds: meanAge, value: staleness(kappa, sigma, meanAge) },
    fees: {
      makerBps: rateToBps(params.strategy.makerFee),
      takerBps: rateToBps(instrument.spec.takerFee),
      from: feesFrom,
    },
  };
  return { ...block, warnings: warningsOf(block, params.strategy.maxSpread) };
}
