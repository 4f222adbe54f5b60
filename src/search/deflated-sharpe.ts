// How much of a good Sharpe ratio is only the best of many tries: Bailey & López de Prado, "The deflated Sharpe ratio"
// (2014), eq. 1 and 9. Pure; figures are per observation, never annualised here.
import { momentsOf } from './moments.js';
import { normalBelow, normalQuantile } from './normal.js';

const EULER = 0.5772156649015329;

/** Mean over standard deviation of one observation; NaN without scatter. */
export function sharpeOf(returns: ArrayLike<number>): number {
  const { mean, std } = momentsOf(returns);
  return std > 0 ? mean / std : NaN;
}

export interface DeflatedSharpe {
  /** Of one observation. */
  readonly sharpe: number;
  /** What the best of so many skill-less trials would be expected to show. */
  readonly expectedBest: number;
  /** Chance that the true ratio is above that; at least 0.95 before it means anything. */
  readonly probability: number;
  readonly trials: number;
}

/** The expected largest of `trials` Sharpe ratios whose standard deviation is `scatter` and whose mean is 0. */
export function expectedBest(trials: number, scatter: number): number {
  if (trials <= 1) return 0;
  const one = normalQuantile(1 - 1 / trials);
  const two = normalQuantile(1 - 1 / (trials * Math.E));
  return scatter * ((1 - EULER) * one + EULER * two);
}

/**
 * `returns` of the chosen one, and the Sharpe ratios of every trial (the chosen one's included). Null below eight
 * observations or where nothing varies.
 */
export function deflatedSharpe(
  returns: ArrayLike<number>,
  trialSharpes: readonly number[],
): DeflatedSharpe | null {
  const { count, skew, kurtosis } = momentsOf(returns);
  const sharpe = sharpeOf(returns);
  const known = trialSharpes.filter((ratio) => Number.isFinite(ratio));
  if (count < 8 || !Number.isFinite(sharpe) || known.length === 0) return null;
  const { std } = momentsOf(known);
  const best = expectedBest(known.length, Number.isFinite(std) ? std : 0);
  // Variance of an estimated Sharpe ratio with these tails; it can only fail to be positive in tiny, odd samples.
  const spread = 1 - skew * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;
  if (!(spread > 0)) return null;
  const z = ((sharpe - best) * Math.sqrt(count - 1)) / Math.sqrt(spread);
  return { sharpe, expectedBest: best, probability: normalBelow(z), trials: known.length };
}
