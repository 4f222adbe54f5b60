// Risk aversion from something a person can want: an inventory std, or a skew at the limit. Derived
// once, at start, from the static parameters, and then frozen: deriving it again as sigma moves
// would cancel sigma.
import { assert } from '#core/assert';
import { rateToBps } from '#core/money';
import type { MarketParams, StrategyParams } from '#core/params';
import type { StartFacts } from '#core/strategy';
import type { Bps, GammaPerBp } from '#core/units';
import { riskPerUnit } from './as.js';
import { glftSkew } from './glft.js';
import { horizonAtStart } from './session.js';

export interface RiskAversion {
  /** Per bp: what the formulae use. */
  readonly gamma: GammaPerBp;
  /** Dimensionless, gamma x 1e4: what `--gamma` takes. */
  readonly gammaHat: number;
  /**
   * w: shift of the centre per unit of inventory at the static parameters (closed form for glft).
   */
  readonly skewPerUnit: Bps;
  readonly limitUnits: number;
}

/**
 * What a fill costs on each side: maker fee and the mid's mean move against it. Negative with a
 * large rebate.
 */
export const costPerFill = (params: StrategyParams, market: MarketParams): Bps =>
  (rateToBps(params.makerFee) + market.epsilon) as Bps;

/** The skew per unit that was asked for; null when gamma itself was. Law of std: theory.md A5. */
function wantedSkew(params: StrategyParams, limitUnits: number): number | null {
  const { risk, market } = params;
  if (risk.kind === 'inventory-std') return 1 / (2 * market.kappa * risk.units * risk.units);
  return risk.kind === 'skew-at-limit' ? risk.bps / limitUnits : null;
}

/**
 * Derives gamma (spec.md section 1). Throws AssertionFailure for parameters that config must have
 * refused.
 */
export function deriveGamma(params: StrategyParams, start: StartFacts): RiskAversion {
  const limitUnits = start.limitLots / start.unitLots;
  const { sigma, kappa, alpha } = params.market;
  const tau = horizonAtStart(params);
  assert(start.unitLots > 0 && limitUnits > 0, 'the size and the limit must be at least one lot');
  assert(sigma > 0 && kappa > 0 && alpha > 0 && tau > 0, 'sigma, kappa, alpha, tau must be > 0');
  const h = costPerFill(params, params.market);
  const wanted = wantedSkew(params, limitUnits);
  let gamma: number;
  if (params.risk.kind === 'gamma') gamma = params.risk.gammaHat * 1e-4;
  else if (params.model === 'glft') gamma = gammaOfSkew(wanted ?? NaN, sigma, kappa, alpha, h);
  else gamma = (wanted ?? NaN) / riskPerUnit(1, sigma, tau);
  assert(gamma > 0 && Number.isFinite(gamma), `risk aversion came out as ${gamma}: must be > 0`);
  const w =
    params.model === 'glft'
      ? glftSkew(sigma, kappa, alpha, gamma, h)
      : riskPerUnit(gamma, sigma, tau);
  return {
    gamma: gamma as GammaPerBp,
    gammaHat: gamma * 1e4,
    skewPerUnit: w as Bps,
    limitUnits,
  };
}

/**
 * Solves W(gamma) = w of the closed form. With x = gamma/kappa = e^u it reads
 *   u + (1 + 1/x) ln(1 + x) = ln(2 A e^{-kappa h} w^2 / sigma^2) = c,
 * whose left side is convex with a slope between 1 and 2 and is at least u + 1: Newton from u = c -
 * 1 comes down to the root and cannot miss it, whatever the scale.
 */
export function gammaOfSkew(
  w: number,
  sigma: number,
  kappa: number,
  alpha: number,
  h: number,
): number {
  const c = Math.log(2 * alpha) - kappa * h + 2 * (Math.log(w) - Math.log(sigma));
  let u = c - 1;
  for (let step = 0; step < 100; step += 1) {
    const { value, slope } = leftSide(u);
    const next = u - (value - c) / slope;
    if (Math.abs(next - u) <= 1e-15 * Math.max(1, Math.abs(u))) return kappa * Math.exp(next);
    u = next;
  }
  return kappa * Math.exp(u);
}

function leftSide(u: number): { value: number; slope: number } {
  if (u > 40) return { value: 2 * u, slope: 2 };
  const x = Math.exp(u);
  if (u < -20) return { value: u + 1 + x / 2, slope: 1 + x / 2 };
  const log = Math.log1p(x);
  return { value: u + (1 + 1 / x) * log, slope: 2 - log / x };
}
