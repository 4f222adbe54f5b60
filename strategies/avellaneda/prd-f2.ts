// The product document's own formula, F2, to the letter (spec.md section 2; where it departs from
// the paper: README.md and theory.md A10). Kept for comparison; distances per side, in any coherent
// units.
import { liquidityHalf, riskPerUnit } from './as.js';

/**
 * base = gamma sigma^2 tau + (2/gamma) ln(1 + gamma/kappa): a full width, which F2 uses on each
 * side.
 */
export const prdBase = (gamma: number, sigma: number, tau: number, kappa: number): number =>
  Math.min(riskPerUnit(gamma, sigma, tau) + 2 * liquidityHalf(gamma, kappa), 1e100);

/** skewMax times position/limit, held to [-1, 1]; a limit of 0 counts as reached. */
export function prdSkew(position: number, limit: number, skewMax: number): number {
  const share = limit > 0 ? position / limit : Math.sign(position);
  return skewMax * Math.max(-1, Math.min(1, share));
}

/**
 * Distance of one side, `side` +1 for the bid: base x factor x (1 + side x skew) + h, then held to
 * [min, max].
 */
export const prdSide = (scaled: number, skew: number, side: 1 | -1, h: number): number =>
  scaled * (1 + side * skew) + h;

export const hold = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, value));
