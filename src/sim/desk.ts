// What the venue holds of us, in one place: its book, our resting orders, our account, and the events that tell of
// them. Exchange (rows) and OrderEntry (commands) act only through it, so every fill is booked and told the same way.
// It decides nothing about when an order fills. No event handler may call back into the venue.
import { L2Book } from '#core/book';
import type { Watch } from '#core/book';
import { MARK_GRID } from '#core/instrument';
import type { AccountEvent, CloseReason, Fill, OpenOrder } from '#core/messages';
import { clientId } from '#core/messages';
import type { Lots, Micros, Money, Side, TickPrice, Ticks } from '#core/units';
import { ASK, BID, NO_PRICE } from '#core/units';
import type { VenueAccount } from './account.js';
import { GapWatch } from './gap.js';
import { RestingOrder, RestingSide } from './resting.js';

export interface DeskOptions {
  /** Goes into the client ids of the list of open orders. */
  readonly runId: string;
  /** Number of the first trade: ids must not repeat after a restart. */
  readonly firstTrade: number;
  readonly ringTicks: number;
  /** Does a touch that only equals our price concern us? */
  readonly lock: boolean;
  readonly emit: (event: AccountEvent) => void;
  readonly onFill: (fill: Fill, mid: TickPrice) => void;
}

/** What `fill` and `take` have in common. */
interface Execution {
  readonly ordinal: number | null;
  readonly side: Side;
  readonly ticks: Ticks;
  readonly lots: Lots;
  readonly maker: boolean;
  readonly liquidation: boolean;
}

export class Desk {
  /** The venue's clock; the driver sets it before what happens. */
  nowUs = 0 as Micros;
  readonly book: L2Book;
  readonly bids: RestingSide;
  readonly asks: RestingSide;
  /** The levels of the book at which our orders stand, and those across the market that would fill them. */
  readonly watch: Watch = new Int32Array(6);
  readonly gap = new GapWatch();
  readonly orders = new Map<number, RestingOrder>();
  /** The venue's mark price; 0 when the tape has none. */
  venueMark = 0 as TickPrice;
  /** Price of the newest print; 0 before the first. */
  last = 0 as TickPrice;
  /** Number of the next trade. */
  nextTrade: number;
  /** The newest mid of a two-sided book before a snapshot began. */
  private midBefore = 0 as TickPrice;
  private reduceOnly = 0;

  constructor(
    readonly account: VenueAccount,
    private readonly options: DeskOptions,
  ) {
    this.book = new L2Book(options.ringTicks);
    this.bids = new RestingSide(BID, options.lock, this.watch);
    this.asks = new RestingSide(ASK, options.lock, this.watch);
    this.nextTrade = options.firstTrade;
  }

  emit(event: AccountEvent): void {
    this.options.emit(event);
  }

  sideOf(side: Side): RestingSide {
    return side === BID ? this.bids : this.asks;
  }

  /** Mid of the book, or the last one before the snapshot that is being read; 0 when there was none. */
  get mid(): TickPrice {
    return this.book.twoSided ? this.book.mid : this.midBefore;
  }

  /** What values the position: venue mark, else mid, else last print (spec.md section 8), on the mark grid. */
  get mark(): TickPrice {
    if (this.venueMark > 0) return this.venueMark;
    if (this.mid > 0) return this.mid;
    return (Math.round(this.last * MARK_GRID) / MARK_GRID) as TickPrice;
  }

  clearBook(): void {
    if (this.book.twoSided) this.midBefore = this.book.mid;
    this.book.clear();
  }

  /** The order begins to rest, behind all of ours at its price. */
  rest(order: RestingOrder): void {
    this.orders.set(order.ordinal, order);
    if (order.reduceOnly) this.reduceOnly += 1;
    this.sideOf(order.side).add(order);
  }

  /** The order is no longer open; says so, with everything it ever filled. */
  close(order: RestingOrder, reason: CloseReason): void {
    if (order.remaining > 0) this.gap.left(order, order.ticks, this.nowUs);
    this.remove(order);
    const { ordinal, filled } = order;
    this.emit({ kind: 'closed', us: this.nowUs, ordinal, reason, filledLots: filled });
  }

  closeAll(reason: CloseReason): void {
    for (const order of [...this.orders.values()]) this.close(order, reason);
  }

  /**
   * A maker fill of up to `lots` at `ticks`, also of an order that has left (a hole in the recording). A reduce-only
   * order fills no more than the position; what is left of it is closed. Returns the lots filled.
   */
  fill(order: RestingOrder, lots: number, ticks: Ticks = order.ticks): Lots {
    const { ordinal, side } = order;
    let filled = Math.min(lots, order.remaining) as Lots;
    if (order.reduceOnly) filled = Math.min(filled, this.account.reducible(side)) as Lots;
    if (filled <= 0) return 0 as Lots;
    order.filled = (order.filled + filled) as Lots;
    if (order.open && order.remaining === 0) this.remove(order);
    this.execute({ ordinal, side, ticks, lots: filled, maker: true, liquidation: false });
    return filled;
  }

  /**
   * Takes displayed liquidity up to `limit`, level by level; the recorded book stays as it is. Our own orders that it
   * would reach are closed first. `ordinal` null: a liquidation. Returns the lots taken.
   */
  take(ordinal: number | null, side: Side, limit: number, lots: Lots): Lots {
    const { book } = this;
    const opposite: Side = side === BID ? ASK : BID;
    let price = side === BID ? book.askTicks : book.bidTicks;
    let open = lots as number;
    while (open > 0 && price !== NO_PRICE && (price - limit) * side <= 0) {
      this.closeReached(opposite, price);
      const taken = Math.min(open, book.lotsAt(opposite, price)) as Lots;
      open -= taken;
      const liquidation = ordinal === null;
      this.execute({ ordinal, side, ticks: price, lots: taken, maker: false, liquidation });
      price = book.next(opposite, price);
    }
    if (open > 0) this.closeReached(opposite, limit);
    return (lots - open) as Lots;
  }

  /** Our open orders as the venue lists them, by ordinal. */
  openOrders(): OpenOrder[] {
    const open = [...this.orders.values()].sort((a, b) => a.ordinal - b.ordinal);
    return open.map(({ ordinal, side, ticks, lots, filled }) => ({
      ordinal,
      clientId: clientId(this.options.runId, ordinal),
      side,
      ticks,
      lots,
      filledLots: filled,
    }));
  }

  private execute(execution: Execution): void {
    const { side, ticks, lots, maker, ordinal } = execution;
    const us = this.nowUs;
    const fee: Money = this.account.fill(side, ticks, lots, maker, us, ordinal);
    const tradeId = `t${this.nextTrade}`;
    this.nextTrade += 1;
    const plain: Fill = { kind: 'fill', us, tradeId, ...execution, fee, venueUs: us };
    const fill = this.gap.reopening && maker ? { ...plain, gap: true } : plain;
    this.emit(fill);
    this.options.onFill(fill, this.mid);
    if (this.reduceOnly > 0) this.closeIdleReducers();
  }

  /** Reduce-only orders that have nothing left to reduce. */
  private closeIdleReducers(): void {
    for (const order of [...this.orders.values()]) {
      if (order.reduceOnly && order.open && this.account.reducible(order.side) === 0) {
        this.close(order, 'reduce-only');
      }
    }
  }

  private closeReached(side: Side, price: number): void {
    const { orders } = this.sideOf(side);
    for (;;) {
      const order = orders[0];
      if (order === undefined || (order.ticks - price) * side < 0) return;
      this.close(order, 'self-trade');
    }
  }

  private remove(order: RestingOrder): void {
    order.open = false;
    this.orders.delete(order.ordinal);
    if (order.reduceOnly) this.reduceOnly -= 1;
    this.sideOf(order.side).remove(order);
  }
}
