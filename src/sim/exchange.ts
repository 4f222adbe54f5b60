// Hot path: the simulated exchange, the only matcher. Recorded or synthetic rows come in at venue time and fill our
// resting orders by one of three models (floor, queue, ceiling; spec.md section 7). A row that concerns none of our
// prices costs two comparisons and allocates nothing. It must never let a row see an order that arrives later.
import { assert } from '#core/assert';
import type { L2Book } from '#core/book';
import { MARK_GRID } from '#core/instrument';
import type { Instrument } from '#core/instrument';
import type {
  AccountEvent, AccountReport, Command, Fill, OpenOrder, OpenOrdersReport,
} from '#core/messages'; // prettier-ignore
import type { LevelRuns, RowBlock } from '#core/rows';
import type { Aggressor, Lots, Micros, Money, Rate, Side, TickPrice, Ticks } from '#core/units';
import { ASK, BID, NO_PRICE } from '#core/units';
import { VenueAccount } from './account.js';
import type { AccountOptions } from './account.js';
import { Desk } from './desk.js';
import { OrderEntry } from './entry.js';
import { PESSIMISTIC, levelMoved, printAtOurPrice, printOfUnknownSide } from './queue.js';
import type { QueueModel } from './queue.js';
import type { RestingOrder, RestingSide } from './resting.js';

/** floor: only what trades strictly through us. queue: also our share at our price. ceiling: whatever touches us. */
export type FillModel = 'floor' | 'queue' | 'ceiling';

export interface ExchangeOptions {
  readonly instrument: Instrument;
  readonly fillModel: FillModel;
  /** Used by the queue model; pessimistic unless given. */
  readonly queue?: QueueModel;
  readonly account: AccountOptions;
  /** An amend to a smaller size at the same price keeps its place in the queue, as nearly everywhere; true unless given. */
  readonly amendKeeps?: boolean;
  /** Take the book from top-of-book rows: only for tapes without level rows. */
  readonly useQuotes?: boolean;
  readonly ringTicks?: number;
  readonly runId?: string;
  /** After a restart: one more than the trades so far, as trade ids are `t<n>`. */
  readonly firstTrade?: number;
  /** Gets every event, `us` being venue time. Must not call back. */
  readonly emit: (event: AccountEvent) => void;
  /** For the report: each fill with the mid at it (0 when there never was one). Must not call back. */
  readonly onFill?: (fill: Fill, mid: TickPrice) => void;
}

export class Exchange implements LevelRuns {
  readonly book: L2Book;
  readonly account: VenueAccount;
  private readonly desk: Desk;
  private readonly entry: OrderEntry;
  private readonly bids: RestingSide;
  private readonly asks: RestingSide;
  private readonly queue: QueueModel | null;
  private readonly ceiling: boolean;
  readonly useQuotes: boolean;

  constructor(options: ExchangeOptions) {
    const { instrument, fillModel } = options;
    this.ceiling = fillModel === 'ceiling';
    this.queue = fillModel === 'queue' ? (options.queue ?? PESSIMISTIC) : null;
    this.useQuotes = options.useQuotes ?? false;
    this.account = new VenueAccount(instrument, options.account);
    this.desk = new Desk(this.account, {
      runId: options.runId ?? 'sim',
      firstTrade: options.firstTrade ?? 1,
      ringTicks: options.ringTicks ?? 4096,
      lock: this.ceiling,
      emit: options.emit,
      onFill: options.onFill ?? (() => undefined),
    });
    this.entry = new OrderEntry(this.desk, instrument, options.amendKeeps ?? true);
    this.book = this.desk.book;
    this.bids = this.desk.bids;
    this.asks = this.desk.asks;
  }

  /** The venue's clock: the driver sets it before the rows of each instant. */
  get nowUs(): Micros {
    return this.desk.nowUs;
  }

  set nowUs(us: Micros) {
    this.desk.nowUs = us;
  }

  /** What values the position: venue mark, else mid, else last print. 0 before the first of them. */
  get markPrice(): TickPrice {
    return this.desk.mark;
  }

  /** Number of the next trade, for `firstTrade` of a successor. */
  get nextTrade(): number {
    return this.desk.nextTrade;
  }

  /** A command arrives at the venue. */
  submit(nowUs: Micros, command: Command): void {
    this.desk.nowUs = nowUs;
    this.entry.submit(command);
  }

  clear(): void {
    const { desk } = this;
    if (desk.gap.reopening) desk.gap.beforeRow(desk.nowUs, this.book.twoSided);
    desk.gap.bookUs = desk.nowUs;
    desk.clearBook();
  }

  level(side: Side, ticks: Ticks, lots: Lots): void {
    const { desk, book, bids, asks } = this;
    const { gap } = desk;
    if (gap.reopening) gap.beforeRow(desk.nowUs, book.twoSided);
    gap.bookUs = desk.nowUs;
    book.apply(side, ticks, lots);
    if (side === BID) {
      if (ticks <= bids.best && ticks >= bids.worst) this.levelOfOurs(bids, ticks);
      if (book.bidTicks > asks.trigger) this.touched(asks, book.bidTicks);
    } else {
      if (ticks >= asks.best && ticks <= asks.worst) this.levelOfOurs(asks, ticks);
      if (book.askTicks < bids.trigger) this.touched(bids, book.askTicks);
    }
    if (gap.reopening) this.catchGhosts();
  }

  /** Row by row only where one of our prices is concerned; what lies between goes to the book in one call. */
  levelRun(block: RowBlock, from: number, to: number): void {
    const { desk, book, bids, asks } = this;
    const { side, price, size } = block;
    desk.gap.bookUs = desk.nowUs;
    let i = from;
    while (i < to) {
      const plain =
        !desk.gap.reopening && book.bidTicks <= asks.trigger && !(book.askTicks < bids.trigger);
      if (plain) i = book.applyRun(block, i, to, desk.watch);
      if (i < to) this.level(side[i] as Side, price[i] as Ticks, size[i] as Lots);
      i += 1;
    }
  }

  trade(aggressor: Aggressor, ticks: TickPrice, lots: Lots, _exchangeUs: Micros): void {
    if (!(ticks > 0 && lots > 0)) return;
    const { desk } = this;
    desk.last = ticks;
    if (ticks <= this.bids.best) this.printed(this.bids, aggressor, ticks, lots);
    if (ticks >= this.asks.best) this.printed(this.asks, aggressor, ticks, lots);
    if (desk.venueMark === 0 && this.account.position.lots !== 0) this.checkMargin();
  }

  /** One side of a top-of-book feed: that side's whole book, where the tape has no levels. Size 0: not given. */
  quote(side: Side, ticks: Ticks, lots: Lots): void {
    if (!this.useQuotes) return;
    const before = side === BID ? this.book.bidTicks : this.book.askTicks;
    if (before !== NO_PRICE && before !== ticks) this.level(side, before, 0 as Lots);
    this.level(side, ticks, lots > 0 ? lots : (1 as Lots));
  }

  mark(price: TickPrice): void {
    if (!(price > 0 && price < Infinity)) return;
    this.desk.venueMark = onMarkGrid(price);
    this.checkMargin();
  }

  /** The rate in force from now on; `due`: it is paid now, on the position at the mark. */
  funding(rate: Rate, due: boolean): void {
    if (!Number.isSafeInteger(rate)) return;
    const { account, desk } = this;
    account.setRate(rate);
    if (!due) return;
    const us = desk.nowUs;
    const { mark } = desk;
    const amount = account.settleFunding(us, mark);
    if (account.position.lots !== 0) desk.emit({ kind: 'funding', us, amount, rate, mark });
  }

  /** The hole since `fromUs` has just ended. Comes before the rows that reopen the book. */
  gap(fromUs: Micros, _toUs: Micros): void {
    this.desk.gap.begin(fromUs);
  }

  openOrders(): OpenOrder[] {
    return this.desk.openOrders();
  }

  /** Cash + position x mark + accrued funding, exactly. */
  equity(): Money {
    return this.account.equity(this.desk.nowUs, this.desk.mark);
  }

  report(nowUs: Micros): AccountReport {
    this.desk.nowUs = nowUs;
    const { account, desk } = this;
    return {
      kind: 'account',
      us: nowUs,
      venueUs: nowUs,
      positionLots: account.position.lots,
      equity: account.equity(nowUs, desk.mark),
      marginRatio: account.marginRatio(nowUs, desk.mark),
    };
  }

  openOrdersReport(nowUs: Micros): OpenOrdersReport {
    this.desk.nowUs = nowUs;
    return { kind: 'open-orders', us: nowUs, venueUs: nowUs, orders: this.openOrders() };
  }

  /** For the queue model: a maker fill of part of an order. */
  fill(order: RestingOrder, lots: number): void {
    this.desk.fill(order, lots);
  }

  private levelOfOurs(own: RestingSide, ticks: Ticks): void {
    if (this.queue === null) return;
    const { orders } = own;
    let i = 0; // no closure: levels at our price are not rare
    while (i < orders.length && orders[i]?.ticks !== ticks) i += 1;
    if (i < orders.length) levelMoved(this.queue, orders, i, this.book);
  }

  /** The opposite touch is strictly beyond our best price (or equals it, in the ceiling): all of it fills. */
  private touched(own: RestingSide, touch: Ticks): void {
    if (touch === NO_PRICE) return;
    this.fillBeyond(own, touch, this.ceiling);
  }

  private printed(own: RestingSide, aggressor: Aggressor, ticks: TickPrice, lots: Lots): void {
    if (this.ceiling) {
      this.fillBeyond(own, ticks, true);
      return;
    }
    if (aggressor === own.side) return; // who buys does not fill our bid
    this.fillBeyond(own, ticks, false);
    if (this.queue === null || own.best !== ticks) return;
    if (aggressor === 0) printOfUnknownSide(own.orders, lots);
    else printAtOurPrice(own.orders, lots, this);
  }

  /** Fills whole what is better than `price` (or equals it, where `at` says so). */
  private fillBeyond(own: RestingSide, price: TickPrice, at: boolean): void {
    for (;;) {
      const order = own.orders[0];
      if (order === undefined) return;
      const beyond = (order.ticks - price) * own.side;
      if (beyond < 0 || (beyond === 0 && !at)) return;
      this.desk.fill(order, order.remaining);
      // A reduce-only order that found no position would stay first for ever; sweeping them is Desk's duty.
      assert(own.orders[0] !== order, `order ${order.ordinal} was filled and is still there`);
    }
  }

  private catchGhosts(): void {
    const { desk, book } = this;
    for (const side of [BID, ASK] as const) {
      const touch = side === BID ? book.askTicks : book.bidTicks;
      for (;;) {
        const ghost = desk.gap.caught(side, touch);
        if (ghost === null) break;
        desk.fill(ghost.order, ghost.order.remaining, ghost.ticks);
      }
    }
  }

  /** Below maintenance margin the venue cancels our orders and closes the position at what the book shows. */
  private checkMargin(): void {
    const { account, desk } = this;
    const { mark } = desk;
    if (mark > account.liquidateBelow && mark < account.liquidateAbove) return;
    if (!account.liquidatable(mark)) return;
    desk.closeAll('liquidation');
    const { lots } = account.position;
    const side = lots > 0 ? ASK : BID;
    const size = Math.abs(lots) as Lots;
    const left = size - desk.take(null, side, side === BID ? Infinity : 0, size);
    // What the book could not take stays, and is tried again at the next mark.
    assert(left === Math.abs(account.position.lots), 'a liquidation that lost lots');
  }
}

const onMarkGrid = (price: number): TickPrice =>
  (Math.round(price * MARK_GRID) / MARK_GRID) as TickPrice;
