// Hot path: how often taker orders reach the band, per second and side: (c0 + N) / (d0 + time), a
// Gamma prior centred on the static values. Its standard error counts clustering: taker flow is a
// Hawkes process. Beside it the share of orders that find a quote at all: one that was hit is
// missing for a moment, and real orders come in bursts (README).
import { Clustering } from './clustering.js';
import { FadingSums } from './fading.js';
import type { MarketOrder } from './market-orders.js';

const ORDERS = 0;
const HITS = 1;
const ORDERS_2 = 2;

/**
 * For how long a quote that was hit is missing: reply, decision and order on their way (spec.md
 * section 1).
 */
export const MISSING_US = 500_000;

export class ArrivalRate {
  private readonly sums: FadingSums;
  private readonly clustering = new Clustering();

  /**
   * Static `rate` per second and side, worth `orders` imaginary orders. `sides`: 1, or 2 together.
   */
  constructor(
    private readonly orders: number,
    private readonly staticRate: number,
    private readonly sides: 1 | 2,
    halfLifeUs: number,
  ) {
    this.sums = new FadingSums(2, 1, halfLifeUs);
  }

  /**
   * One order; weight 1/2 where it may have been of either side. `hit`: a quote could have been
   * there.
   */
  add(order: MarketOrder, weight: number, hit: boolean): void {
    this.sums.advance(order);
    this.sums.add(ORDERS, weight);
    this.sums.add(ORDERS_2, weight * weight);
    if (hit) this.sums.add(HITS, weight);
    this.clustering.add(weight);
  }

  /** 60 s of watched time are over. */
  closeWindow(): void {
    this.clustering.closeWindow();
  }

  /** Orders per second and side; `seconds` is the faded watched time. */
  rate(us: number, seconds: number): number {
    const { orders, staticRate, sides } = this;
    return (orders + this.sums.at(ORDERS, us)) / (orders / staticRate + sides * seconds);
  }

  /**
   * What a quote is hit at over rate(): 1 for Poisson arrivals, less when they come in bursts. The
   * waiting-time estimate of theory.md B2 (2): hits over the time in which the quote was there.
   */
  hitShare(us: number, seconds: number): number {
    const { orders, staticRate, sides } = this;
    const hits = this.sums.at(HITS, us);
    const all = sides * seconds;
    const there = Math.max(all / 10, all - (hits * MISSING_US) / 1e6);
    return Math.min(1, (orders + hits) / (orders / staticRate + there) / this.rate(us, seconds));
  }

  /**
   * Standard error of the logarithm of the rate: sqrt(F n_e) / (c0 n_e / N + n_e), which is
   * sqrt(F x sum of w^2) / (c0 + N); 0 without data.
   */
  logError(us: number): number {
    const squares = this.sums.at(ORDERS_2, us);
    return Math.sqrt(this.fano * squares) / (this.orders + this.sums.at(ORDERS, us));
  }

  effectiveCount(us: number): number {
    const orders = this.sums.at(ORDERS, us);
    return orders > 0 ? (orders * orders) / this.sums.at(ORDERS_2, us) : 0;
  }

  /** Variance of the number of orders in a window over its mean; 1 for Poisson. */
  get fano(): number {
    return this.clustering.fano;
  }

  /** Time of the last order, 0 before the first. */
  get lastUs(): number {
    return this.sums.lastUs;
  }

  save(): unknown[] {
    return [this.sums.save(), this.clustering.save()];
  }

  restore(saved: unknown): boolean {
    if (!Array.isArray(saved) || !this.sums.restore(saved[0])) return false;
    return this.clustering.restore(saved[1]);
  }
}
