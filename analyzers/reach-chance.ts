// The chance that a quote is reached while it rests: what alpha and kappa mean in a way that can be
// checked against a recording. Pure; for calibration, `mm explain` and the proofs.
import type { Bps, BpsPerRootSecond, PerBp, PerSecond, Seconds } from '#core/units';

export interface Intensity {
  readonly alpha: PerSecond;
  readonly kappa: PerBp;
}

/** Beyond kappa sigma sqrt(h) = 1 the offset explodes; theory.md B2 (4) uses it below that only. */
const DOMAIN = 1;

/** 1 - e^{-alpha e^{-kappa d} h}: arrivals without memory, a mid that stays. */
export function chanceOfReach(at: Intensity, distance: Bps, seconds: Seconds): number {
  return -Math.expm1(-at.alpha * Math.exp(-at.kappa * distance) * seconds);
}

/**
 * Expected hits of a quote resting for h while the mid diffuses, over those while it stays:
 * (e^x - 1) / x with x = kappa^2 sigma^2 h / 2 (Fernandez-Tapia, thesis ch. 4; theory.md B2.4).
 */
export function driftOffset(kappa: PerBp, sigma: BpsPerRootSecond, seconds: Seconds): number {
  const x = (kappa * kappa * sigma * sigma * seconds) / 2;
  return x < 1e-9 ? 1 : Math.expm1(x) / x;
}

/** The offset where it holds; at the edge of its domain beyond it. */
export function boundedDriftOffset(
  kappa: PerBp,
  sigma: BpsPerRootSecond,
  seconds: Seconds,
): number {
  const reach = kappa * sigma * Math.sqrt(seconds);
  const scale = reach > DOMAIN ? DOMAIN / reach : 1;
  return driftOffset((kappa * scale) as PerBp, sigma, seconds);
}
