// Hot path (add, closeWindow): the taker orders that hit one side's quotes, or both sides': how
// often, how deep, how costly. Joins arrival rate and decay into alpha = Lambda e^{kappa from}.
import type { Estimate } from '#core/analyzer';
import type { MarketParams } from '#core/params';
import { AdverseSelection } from './adverse-selection.js';
import { ArrivalRate } from './arrival-rate.js';
import { positive, signed } from './estimate.js';
import type { Timed } from './fading.js';
import type { Band } from './liquidity-decay.js';
import { LiquidityDecay } from './liquidity-decay.js';
import type { MarketOrder } from './market-orders.js';

/** Imaginary orders of the priors, a side: a0 for the decay, c0 for the rate. */
const PRIOR_ORDERS = 5;
/** Of order statistics: 15 min. The prior never fades. */
export const ORDER_HALF_LIFE_US = 900_000_000;

export class SideFlow {
  readonly arrivals: ArrivalRate;
  readonly depth: LiquidityDecay;
  readonly cost: AdverseSelection;

  /** `sides`: 1, or 2 for the two together; rates are per side all the same. */
  constructor(
    private readonly band: Band,
    fixed: MarketParams,
    sides: 1 | 2,
  ) {
    const orders = PRIOR_ORDERS * sides;
    const rate = fixed.alpha * Math.exp(-fixed.kappa * band.from);
    const prior = { orders, depth: orders / fixed.kappa };
    this.arrivals = new ArrivalRate(orders, rate, sides, ORDER_HALF_LIFE_US);
    this.depth = new LiquidityDecay(band, prior, ORDER_HALF_LIFE_US);
    this.cost = new AdverseSelection(fixed.epsilon, ORDER_HALF_LIFE_US);
  }

  /** An order that reaches the band; `hit`: a quote could have been there. */
  add(order: MarketOrder, weight: number, hit: boolean): void {
    this.depth.add(order, weight);
    this.arrivals.add(order, weight, hit);
  }

  closeWindow(now: Timed): void {
    this.arrivals.closeWindow();
    this.cost.closeWindow(now);
  }

  /**
   * Orders per second and side that reach the mid: Lambda e^{kappa from}, less what the noise of
   * kappa adds to its mean (second order: kappa itself, s^2 kappa from; the exponential of it,
   * half the square of its error). `seconds`: faded watched time.
   */
  alpha(us: number, seconds: number): number {
    const { arrivals, depth } = this;
    const lever = depth.kappa(us) * this.band.from;
    const noise = depth.logError(us);
    const excess = noise * noise * (lever + (lever * lever) / 2);
    return arrivals.rate(us, seconds) * Math.exp(lever - excess);
  }

  alphaEstimate(us: number, seconds: number): Estimate {
    const { arrivals, depth } = this;
    const rate = arrivals.logError(us);
    const lever = this.band.from * depth.kappa(us) * depth.logError(us);
    const error = Math.sqrt(rate * rate + lever * lever);
    const n = arrivals.effectiveCount(us);
    return positive(this.alpha(us, seconds), error, n, us, arrivals.lastUs);
  }

  kappaEstimate(us: number): Estimate {
    const { depth } = this;
    const n = depth.effectiveCount(us);
    return positive(depth.kappa(us), depth.logError(us), n, us, this.arrivals.lastUs);
  }

  epsilonEstimate(us: number): Estimate {
    const { cost } = this;
    return signed(cost.epsilon(us), cost.error(us), cost.effectiveCount(us), us, cost.lastUs);
  }

  save(): unknown[] {
    return [this.arrivals.save(), this.depth.save(), this.cost.save()];
  }

  restore(saved: unknown): boolean {
    if (!Array.isArray(saved)) return false;
    const [arrivals, depth, cost] = saved as unknown[];
    return this.arrivals.restore(arrivals) && this.depth.restore(depth) && this.cost.restore(cost);
  }
}
