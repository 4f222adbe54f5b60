// A figure with its uncertainty, as `mm metrics` and the log show it. Not on the per-row path.
import type { Estimate } from '#core/analyzer';
import type { Seconds } from '#core/units';

const NORMAL_95 = 1.959964;

const ageOf = (us: number, lastUs: number): Seconds | null =>
  lastUs > 0 ? (Math.max(0, (us - lastUs) / 1e6) as Seconds) : null;

/**
 * A positive figure: `logError` is the standard error of its logarithm, and the interval is about
 * that.
 */
export function positive(
  value: number,
  logError: number,
  effectiveCount: number,
  us: number,
  lastUs: number,
): Estimate {
  const width = Math.exp(NORMAL_95 * logError);
  return {
    value,
    standardError: value * logError,
    low: value / width,
    high: value * width,
    effectiveCount,
    age: ageOf(us, lastUs),
  };
}

/** A figure of either sign, `error` in its own unit. */
export function signed(
  value: number,
  error: number,
  effectiveCount: number,
  us: number,
  lastUs: number,
): Estimate {
  return {
    value,
    standardError: error,
    low: value - NORMAL_95 * error,
    high: value + NORMAL_95 * error,
    effectiveCount,
    age: ageOf(us, lastUs),
  };
}
