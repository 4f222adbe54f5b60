// Hot path: prints -> market orders. Prints of one side with one venue time, monotone in price, are
// one taker order (spec.md section 3); its reach is the distance from the mid just before it to its
// deepest print. Counting prints instead of orders, or measuring from the mid after them, is the
// classic mistake (theory.md B2). It estimates nothing.
import type { Aggressor, Side } from '#core/units';
import { ASK, BID } from '#core/units';
import type { Moment } from './moment.js';

/** An order is complete at the latest this long after its first print arrived. */
const COMPLETE_US = 1_000_000;

/** One order. The same object every time: whoever is given it must not keep it. */
export interface MarketOrder {
  /** When its first print arrived. */
  readonly us: number;
  readonly side: Aggressor;
  /**
   * In bp of the mid before it. Of known side it is signed (negative: it traded on the near side
   * of that mid); of unknown side it is a distance.
   */
  readonly reach: number;
  /** The mid just before it, in ticks. */
  readonly mid: number;
  /** Its side, or where its deepest print lay of the mid. */
  readonly way: Side;
}

export type OrderSeen = (order: MarketOrder) => void;

export class MarketOrders {
  /** Prints refused: no price, no size, no side that there is. */
  rejected = 0;
  /** Orders without a mid just before them. */
  blind = 0;
  private readonly order = { us: 0, side: 0 as Aggressor, reach: 0, mid: 0, way: BID as Side };
  private open = false;
  private venueUs = 0;
  /** Direction of the prints so far: that of the side, or of the first two that differ. */
  private way = 0;
  private last = 0;
  private deepest = 0;

  constructor(private readonly seen: OrderSeen) {}

  /**
   * The mid of `now`: the last one known before the drain that brought this print; 0: none. False
   * when the print makes no sense, and then nothing happens.
   */
  print(now: Moment, side: Aggressor, ticks: number, lots: number): boolean {
    const known = side === 1 || side === -1 || side === 0;
    if (!(ticks > 0 && ticks < Infinity && lots > 0 && known)) {
      this.rejected += 1;
      return false;
    }
    if (this.open && this.continues(now, side, ticks)) this.extend(ticks);
    else this.begin(now, side, ticks);
    return true;
  }

  /** Hands out an order that can no longer grow. */
  flush(now: Moment): void {
    if (this.open && now.us - this.order.us >= COMPLETE_US) this.finish();
  }

  /** Hands out the order in hand, if any. */
  finish(): void {
    if (!this.open) return;
    this.open = false;
    const { order } = this;
    const { side, mid } = order;
    if (!(mid > 0)) {
      this.blind += 1;
      return;
    }
    const away = ((this.deepest - mid) / mid) * 1e4;
    order.reach = side === 0 ? Math.abs(away) : side * away;
    order.way = side !== 0 ? side : away < 0 ? ASK : BID;
    this.seen(order);
  }

  private begin(now: Moment, side: Aggressor, ticks: number): void {
    this.finish();
    this.open = true;
    const { order } = this;
    order.us = now.us;
    order.side = side;
    order.mid = now.mid;
    this.venueUs = now.venueUs;
    this.way = side;
    this.last = ticks;
    this.deepest = ticks;
  }

  private extend(ticks: number): void {
    if (this.way === 0) this.way = Math.sign(ticks - this.last);
    this.last = ticks;
    if (this.isDeeper(ticks)) this.deepest = ticks;
  }

  private continues(now: Moment, side: Aggressor, ticks: number): boolean {
    const { order } = this;
    if (side !== order.side || now.venueUs !== this.venueUs) return false;
    if (now.us - order.us >= COMPLETE_US) return false;
    return this.way === 0 || (ticks - this.last) * this.way >= 0;
  }

  private isDeeper(ticks: number): boolean {
    const { side, mid } = this.order;
    if (side !== 0) return (ticks - this.deepest) * side > 0;
    return Math.abs(ticks - mid) > Math.abs(this.deepest - mid);
  }
}
