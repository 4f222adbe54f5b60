// Our own orders that rest at the simulated venue, one list a side in price-time priority, with the three prices
// that let a market row be dismissed by one or two comparisons. Read on the hot path, changed only when an order is.
import type { Watch } from '#core/book';
import type { Lots, Side, Ticks } from '#core/units';
import { BID } from '#core/units';

/** One order of ours at the venue. Mutable: only Desk, OrderEntry and the queue model write it. */
export class RestingOrder {
  filled = 0 as Lots;
  /** False once it was filled or closed. */
  open = true;
  /** Lots of others that trade before us at our price; a fraction under the power model, Infinity = not known yet. */
  ahead = 0;
  /** Size of others at our price when last seen. */
  levelLots = 0;
  /** Printed at our price since then: what explains the next decrease without a cancel. */
  traded = 0;

  constructor(
    readonly ordinal: number,
    readonly side: Side,
    public ticks: Ticks,
    /** Total size, fills so far included. */
    public lots: Lots,
    readonly reduceOnly: boolean,
  ) {}

  /** Never below 0: an order that was closed by an amend may have filled more than its new size. */
  get remaining(): Lots {
    return Math.max(0, this.lots - this.filled) as Lots;
  }
}

/** Of a level, in 32 bits: prices beyond them are looked at one by one (L2Book.applyRun). */
const key = (value: number): number => Math.max(-0x7fffffff, Math.min(0x7fffffff, value));

export class RestingSide {
  /** Best price first; at one price the oldest first. */
  readonly orders: RestingOrder[] = [];
  /** Our best and worst price; chosen so that no row matches while there is no order. */
  best = 0;
  worst = 0;
  /** The opposite touch concerns us when it is strictly beyond this (an ask below it, a bid above it). */
  trigger = 0;

  /** `lock`: whether a touch that only equals our price concerns us too. `watch` is told of every change. */
  constructor(
    readonly side: Side,
    private readonly lock: boolean,
    private readonly watch: Watch,
  ) {
    this.measure();
  }

  /** Behind every order at least as good. */
  add(order: RestingOrder): void {
    let i = this.orders.length;
    while (i > 0 && this.ahead(order.ticks, (this.orders[i - 1] as RestingOrder).ticks)) i -= 1;
    this.orders.splice(i, 0, order);
    this.measure();
  }

  remove(order: RestingOrder): void {
    const i = this.orders.indexOf(order);
    if (i >= 0) this.orders.splice(i, 1);
    this.measure();
  }

  /** Everything that could still fill on this side. */
  openLots(): Lots {
    let lots = 0;
    for (const order of this.orders) lots += order.remaining;
    return lots as Lots;
  }

  /** Is price `a` strictly better than `b` on this side? */
  private ahead(a: Ticks, b: Ticks): boolean {
    return (a - b) * this.side > 0;
  }

  private measure(): void {
    const first = this.orders[0];
    const last = this.orders[this.orders.length - 1];
    const none = this.side === BID ? 0 : Infinity;
    this.best = first?.ticks ?? none;
    this.worst = last?.ticks ?? (this.side === BID ? Infinity : 0);
    this.trigger = first === undefined ? none : first.ticks + (this.lock ? this.side : 0);
    const { side, watch } = this;
    const own = side === BID ? 0 : 3;
    watch[own] = key(side * this.worst);
    watch[own + 1] = key(side * this.best);
    watch[5 - own] = key(-side * this.trigger);
  }
}
