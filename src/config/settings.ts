// Parsed values to the records that the machine takes: derives what was left open, and refuses what contradicts itself.
import { rateToBps } from '#core/money';
import type { EngineParams, RiskTarget, VenueProfile, WakeParams } from '#core/params';
import type { Instrument } from '#core/instrument';
import type { Bps, Money, TickPrice } from '#core/units';
import { fromSeconds } from '#core/units';
import type { ParameterValues } from './parameters.js';
import { StartProblem } from './problem.js';

export const HARD_LIMIT_FACTOR = 1.5;
const DEFAULT_POSITION_LIMIT = 1_000e8;
const DEFAULT_INVENTORY_STD = 2;
export const HEALTHY_FOR = fromSeconds(5);

/** min($1,000, capital x max leverage / 1.5) unless given. */
export function positionLimitOf(values: ParameterValues): Money {
  if (values.positionLimit !== null) return values.positionLimit;
  const byLeverage = Math.floor((values.capital * values.maxLeverage) / HARD_LIMIT_FACTOR);
  return Math.min(DEFAULT_POSITION_LIMIT, byLeverage) as Money;
}

export function minSpreadOf(values: ParameterValues): Bps {
  return values.minSpread ?? (Math.max(1, 2 * rateToBps(values.makerFee)) as Bps);
}

/** Where measured taker orders begin to count: where the nearest quote may stand, unless given (src/run/README.md). */
export const bandFromOf = (values: ParameterValues): Bps =>
  values.bandFrom ?? (Math.max(0, rateToBps(values.makerFee), minSpreadOf(values) / 2) as Bps);

/** The order size in money; `auto` takes a tenth of the position limit, or the venue's minimum. */
export function sizeOf(values: ParameterValues, instrument: Instrument, mid: TickPrice): Money {
  if (values.size !== null) return values.size;
  const least = instrument.notional(instrument.smallestLots(mid), mid);
  return Math.max(least, Math.round(positionLimitOf(values) / 10)) as Money;
}

function riskTarget(values: ParameterValues): RiskTarget {
  if (values.gamma !== null) return { kind: 'gamma', gammaHat: values.gamma };
  if (values.skewAtLimit !== null) return { kind: 'skew-at-limit', bps: values.skewAtLimit };
  return { kind: 'inventory-std', units: values.inventoryStd ?? DEFAULT_INVENTORY_STD };
}

function requoteOf(values: ParameterValues): WakeParams['requote'] {
  const setting = values.requoteBps;
  if (setting === 'off') return null;
  if (setting !== 'auto') return setting;
  return { near: (0.5 / values.kappa) as Bps, far: (1.5 / values.kappa) as Bps };
}

/** Contradictions between settings that are each fine alone; each line says what to change. */
function contradictions(values: ParameterValues): string[] {
  const found: string[] = [];
  const risks = [values.gamma, values.skewAtLimit, values.inventoryStd].filter((v) => v !== null);
  if (risks.length > 1) {
    found.push(
      '--inventory-std, --skew-at-limit and --gamma say the same thing three ways; give one of them',
    );
  }
  if (minSpreadOf(values) > values.maxSpread) {
    found.push(
      `--min-spread ${minSpreadOf(values)}bp is above --max-spread ${values.maxSpread}bp; raise the one or lower the other`,
    );
  }
  const allowed = (values.capital * values.maxLeverage) / HARD_LIMIT_FACTOR;
  if (positionLimitOf(values) > allowed + 1) {
    found.push(
      `--position-limit ${usd(positionLimitOf(values))} would let the hard limit (1.5 times it) pass --capital x --max-leverage; at most ${usd(Math.floor(allowed) as Money)}, or raise one of them`,
    );
  }
  if (values.size !== null && values.size > positionLimitOf(values)) {
    found.push(
      `--size ${usd(values.size)} is above the position limit ${usd(positionLimitOf(values))}; lower it or raise --position-limit`,
    );
  }
  if (values.check > values.refresh) {
    found.push('--check must not be longer than --refresh; lower --check or raise --refresh');
  }
  if (values.requoteBps !== 'auto' && values.requoteBps !== 'off') {
    if (values.requoteBps.near > values.requoteBps.far) {
      found.push('--requote-bps NEAR must not be above FAR; write the smaller one first');
    }
  }
  if (values.takerFee < 0) found.push('--taker-fee must not be negative');
  return found;
}

export const usd = (amount: Money): string => `$${(amount / 1e8).toFixed(2).replace(/\.00$/, '')}`;

/** Throws StartProblem with every contradiction at once. */
export function checkSettings(values: ParameterValues): void {
  const found = contradictions(values);
  if (found.length > 0) throw new StartProblem(found);
}

/** The engine's parameters for one instrument, once the first mid is known (it decides `--size auto`). */
export function engineParams(
  values: ParameterValues,
  instrument: Instrument,
  venue: VenueProfile,
  mid: TickPrice,
): EngineParams {
  return {
    strategy: {
      model: values.model,
      glftSolution: values.glftSolution,
      market: {
        sigma: values.sigma, kappa: values.kappa, alpha: values.alpha, epsilon: values.epsilon,
      }, // prettier-ignore
      risk: riskTarget(values),
      horizon: values.horizon,
      session: values.session,
      levels: values.levels,
      levelStep: values.levelStep,
      sizeShape: values.sizeShape,
      minSpread: minSpreadOf(values),
      maxSpread: values.maxSpread,
      makerFee: instrument.spec.makerFee,
      placement: values.placement,
      prdPerSide: values.prdPerSide,
      skewMax: values.skewMax as EngineParams['strategy']['skewMax'],
      prdAddCosts: values.addCosts,
    },
    wake: {
      check: values.check,
      refresh: values.refresh,
      requote: requoteOf(values),
      requoteInterval: values.requoteInterval,
      fillWake: values.fillWake,
    },
    risk: {
      capital: values.capital,
      positionLimit: positionLimitOf(values),
      hardLimitFactor: HARD_LIMIT_FACTOR,
      maxDailyLoss: values.maxDailyLoss,
      maxDailyLossUsd: values.maxDailyLossUsd,
      maxDrawdown: values.maxDrawdown,
      maxDrawdownUsd: values.maxDrawdownUsd,
      maxLeverage: values.maxLeverage,
      maxMarketSpread: values.maxMarketSpread,
      priceBand: values.priceBand,
      staleAfter: values.staleAfter,
      healthyFor: HEALTHY_FOR,
      onHalt: values.onHalt,
    },
    venue,
    fair: values.fair,
    size: sizeOf(values, instrument, mid),
  };
}

/** Refuses an order size that the venue would not take. Size and soft limit are in lots at `mid`. */
export function checkSize(
  instrument: Instrument,
  { unitLots, limitLots }: { readonly unitLots: number; readonly limitLots: number },
  mid: TickPrice,
): void {
  const smallest = instrument.smallestLots(mid);
  if (unitLots >= smallest) return;
  const least = instrument.notional(smallest, mid);
  const rounded = Math.ceil(least / 1e6) / 100;
  const limit =
    smallest > limitLots ? `, with a --position-limit (and --capital) of at least that` : '';
  throw new StartProblem(
    `--size is below the smallest order of ${instrument.spec.symbol} (${instrument.formatSize(smallest)} at this price); the smallest valid one is --size ${rounded}${limit}`,
  );
}
