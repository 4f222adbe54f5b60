// Gueant, Lehalle and Fernandez-Tapia (2013): the stationary quotes of a maker with at most Q
// units, exact and in closed form (theory.md A5). A cost h per fill is exact too: it is the
// cost-free problem with A e^{-kappa h}, and h added on each side (theory.md A8). Plain numbers in
// any coherent units. Never clamps anything.
import { liquidityHalf } from './as.js';
import { LARGEST_BETA, groundState } from './ground-state.js';

/** More units than this to the limit, and the limit is out of sight of the eigenvector. */
const MOST_UNITS = 100_000;

/** ln of (1 + x)^{1 + 1/x}, x = gamma/kappa: 1 at x = 0, near ln x for large x. */
export const lnBracket = (x: number): number =>
  x < 1e-12 ? 1 + x / 2 : (1 + 1 / x) * Math.log1p(x);

/**
 * W = sqrt( sigma^2 gamma / (2 kappa A e^{-kappa h}) (1 + gamma/kappa)^{1 + kappa/gamma} ): skew
 * per unit.
 */
export function glftSkew(
  sigma: number,
  kappa: number,
  alpha: number,
  gamma: number,
  h: number,
): number {
  const ln = Math.log(gamma) - Math.log(2 * kappa * alpha) + lnBracket(gamma / kappa) + kappa * h;
  return Math.min(Math.exp(Math.log(sigma) + ln / 2), Math.sqrt(LARGEST_BETA) / kappa);
}

/** Half-width of the closed form: (1/gamma) ln(1 + gamma/kappa) + W/2 + h; the shift is -n W. */
export const glftClosedHalf = (gamma: number, kappa: number, W: number, h: number): number =>
  liquidityHalf(gamma, kappa) + W / 2 + h;

/**
 * The exact stationary solution, solved anew only when one of its six numbers changes. Between
 * whole units the distances are interpolated linearly; beyond the table they go on with its last
 * slope (the side that the theory does not quote there, and positions beyond the limit).
 */
export class GlftExact {
  /** Q: the limit in whole units. At n >= Q there is no bid, at n <= -Q no ask. */
  units = 0;
  /** How often it was solved: once in static mode. */
  solves = 0;
  private sigma = NaN;
  private kappa = NaN;
  private alpha = NaN;
  private gamma = NaN;
  private h = NaN;
  /** The part of every distance that does not depend on the inventory. */
  private base = 0;
  /**
   * Bid distance at n whole units less `base`: (1/kappa) ln(f_n / f_{n+1}) at index n + Q, n =
   * -Q..Q-1.
   */
  private step = new Float64Array(2);
  private excess = new Float64Array(2);

  /**
   * `limit` is the position limit in units: rounded up to whole ones, at least 1. The rest as in
   * glftSkew.
   */
  solve(
    sigma: number,
    kappa: number,
    alpha: number,
    gamma: number,
    limit: number,
    h: number,
  ): void {
    const Q = Math.max(1, Math.min(MOST_UNITS, Math.ceil(limit - 1e-9)));
    const market = sigma === this.sigma && kappa === this.kappa && alpha === this.alpha;
    if (market && gamma === this.gamma && h === this.h && Q === this.units) return;
    this.sigma = sigma;
    this.kappa = kappa;
    this.alpha = alpha;
    this.gamma = gamma;
    this.h = h;
    this.solves += 1;
    if (Q !== this.units) {
      this.units = Q;
      this.step = new Float64Array(2 * Q);
      this.excess = new Float64Array(Q + 1);
    }
    this.base = liquidityHalf(gamma, kappa) + h;
    // alpha/eta of the paper's matrix is (kappa W)^2.
    const root = kappa * glftSkew(sigma, kappa, alpha, gamma, h);
    groundState(root * root, Q, this.excess);
    for (let q = 1; q <= Q; q += 1) {
      const step = Math.log1p(this.excess[q] as number) / kappa;
      this.step[Q + q - 1] = step;
      this.step[Q - q] = -step;
    }
  }

  /**
   * Distance of the bid from the fair price with `n` units in hand; finite also where none is
   * quoted.
   */
  bid(n: number): number {
    const last = this.step.length - 2;
    const at = n + this.units;
    const i = Math.max(0, Math.min(last, Math.floor(at)));
    const here = this.step[i] as number;
    return this.base + here + (at - i) * ((this.step[i + 1] as number) - here);
  }

  /** Distance of the ask: the mirror image. */
  ask(n: number): number {
    return this.bid(-n);
  }
}
