// Hot path: epsilon, what a taker order costs the quote it fills: the mean move of the mid in the
// order's direction from just before it to 5 s after it, for orders that reach the band. Shrunk
// towards the static value. Orders of unknown side say nothing: guessing their side from the mid
// would bias it.
import type { Timed } from './fading.js';
import { FadingSums } from './fading.js';

/**
 * Imaginary orders at the static value: a move over 5 s is noise of about sigma sqrt(5) = 1.6 bp.
 */
const PRIOR_ORDERS = 20;

const ORDERS = 0;
const MOVE = 1;
// Over windows of 60 s, with weights squared: moves overlap and orders cluster, so that the error
// must come from sums over windows: (sum of moves)^2, moves x orders, orders^2; then orders alone.
const MOVE_MOVE = 2;
const MOVE_ORDERS = 3;
const ORDERS_ORDERS = 4;
const ORDERS_2 = 5;

export class AdverseSelection {
  private readonly sums: FadingSums;
  private orders = 0;
  private moves = 0;

  constructor(
    private readonly priorBps: number,
    halfLifeUs: number,
  ) {
    this.sums = new FadingSums(2, 4, halfLifeUs);
  }

  /** The mid `bps` away from where it was before an order, in its direction, 5 s after it. */
  add(now: Timed, bps: number): void {
    const { sums } = this;
    sums.advance(now);
    sums.add(ORDERS, 1);
    sums.add(ORDERS_2, 1);
    sums.add(MOVE, bps);
    this.orders += 1;
    this.moves += bps;
  }

  /** 60 s of watched time are over. */
  closeWindow(now: Timed): void {
    const { sums, orders, moves } = this;
    if (orders === 0) return;
    sums.advance(now);
    sums.add(MOVE_MOVE, moves * moves);
    sums.add(MOVE_ORDERS, moves * orders);
    sums.add(ORDERS_ORDERS, orders * orders);
    this.orders = 0;
    this.moves = 0;
  }

  /** In bp; may be negative: takers were wrong. */
  epsilon(us: number): number {
    const { sums, priorBps } = this;
    return (PRIOR_ORDERS * priorBps + sums.at(MOVE, us)) / (PRIOR_ORDERS + sums.at(ORDERS, us));
  }

  /** Standard error in bp, shrunk as the estimate is; 0 without a closed window. */
  error(us: number): number {
    const { sums } = this;
    const orders = sums.at(ORDERS, us);
    if (!(orders > 0)) return 0;
    const mean = sums.at(MOVE, us) / orders;
    const cross = sums.at(MOVE_ORDERS, us);
    const squares = sums.at(MOVE_MOVE, us) - 2 * mean * cross;
    const counts = sums.at(ORDERS_ORDERS, us);
    if (!(counts > 0)) return 0;
    const spread = Math.max(0, squares + mean * mean * counts);
    const windows = Math.max(2, (orders * orders) / counts); // the mean was taken from them, too
    return Math.sqrt((spread * windows) / (windows - 1)) / (PRIOR_ORDERS + orders);
  }

  effectiveCount(us: number): number {
    const orders = this.sums.at(ORDERS, us);
    return orders > 0 ? (orders * orders) / this.sums.at(ORDERS_2, us) : 0;
  }

  get lastUs(): number {
    return this.sums.lastUs;
  }

  save(): number[] {
    return this.sums.save();
  }

  restore(saved: unknown): boolean {
    return this.sums.restore(saved);
  }
}
