// Hot path: what the engine knows of the feed and of its own money, flat and in place. Rows set fields, `refresh`
// turns them into the AccountNumbers that guards read, and only what changed is computed again. It decides nothing.
import type { BookView } from '#core/book';
import type { AccountNumbers } from '#core/guard';
import type { Instrument } from '#core/instrument';
import { MARK_GRID } from '#core/instrument';
import { ZERO_MONEY } from '#core/money';
import type { Position } from '#core/position';
import type { RowBlock } from '#core/rows';
import type { Lots, Micros, Money, Side, TickPrice, Ticks } from '#core/units';
import { ASK, BID, NO_PRICE } from '#core/units';
import type { OrderTable } from './orders.js';
import { SeenBook } from './seen-book.js';
import { NO_LIMIT, type Sizing } from './sizing.js';
import { outerTouch } from './touch.js';

function blankNumbers(nowUs: Micros, capital: Money): AccountNumbers {
  return {
    nowUs,
    positionLots: 0 as Lots,
    longestLots: 0 as Lots,
    shortestLots: 0 as Lots,
    mark: 0 as TickPrice,
    markUs: 0 as Micros,
    exposure: ZERO_MONEY,
    limitLots: NO_LIMIT,
    hardLimitLots: NO_LIMIT,
    guardEquity: capital,
    dayStartEquity: capital,
    peakEquity: capital,
    bestBid: 0 as TickPrice,
    bestAsk: 0 as TickPrice,
    bookUs: 0 as Micros,
    bookSound: false,
    privateUp: false,
    publicUp: false,
    marginRatio: Infinity,
    operations: 0,
    failures: 0,
    refusedRuns: 0,
    lastRefusal: '',
  };
}

export class EngineState {
  readonly book = new SeenBook();
  readonly numbers: AccountNumbers;
  /** Rows of the book arrived since the last refresh. */
  bookDirty = false;
  /** Since the last refresh began a number that guards look at has changed (events apart: they go by themselves). */
  moved = false;
  /** A live link lost rows: nothing is believed until the next snapshot begins. */
  private broken = false;
  /** The feed has levels; without any, the separate top-of-book feed makes the book. */
  private hasLevels = false;
  private bidQuote: Ticks = NO_PRICE;
  private askQuote: Ticks = NO_PRICE;
  private venueMark = 0 as TickPrice;
  /** Last print since the mark was taken; it counts only while there is no mid. */
  private newTrade = 0 as TickPrice;
  private markDirty = false;
  /** guardEquity when the position's profit is 0: the capital, moved by every reset. */
  private baseline: Money;

  constructor(
    private readonly instrument: Instrument,
    private readonly position: Position,
    private readonly table: OrderTable,
    private readonly sizing: Sizing,
    nowUs: Micros,
    readonly capital: Money,
    baseline: Money,
    /** The venue shows our own quotes in its book. */
    private readonly ownInBook = false,
  ) {
    this.baseline = baseline;
    this.numbers = blankNumbers(nowUs, baseline);
  }

  clear(): void {
    this.book.clear();
    this.broken = false;
    this.bookDirty = true;
  }

  level(side: Side, ticks: Ticks, lots: Lots): void {
    if (!this.hasLevels) this.startLevels();
    this.book.apply(side, ticks, lots);
    this.bookDirty = true;
  }

  levelRun(block: RowBlock, from: number, to: number): void {
    if (!this.hasLevels) this.startLevels();
    this.book.applyRun(block, from, to);
    this.bookDirty = true;
  }

  /**
   * Top of book from a separate feed: only the book of a feed that has nothing else. Size 0 means that the feed
   * gives no size, not that the price is gone.
   */
  quote(side: Side, ticks: Ticks, lots: Lots): void {
    if (this.hasLevels) return;
    if (this.book.following) this.book.forget();
    const old = side === BID ? this.bidQuote : this.askQuote;
    if (old !== ticks && old > 0) this.book.apply(side, old, 0 as Lots);
    if (side === BID) this.bidQuote = ticks;
    else this.askQuote = ticks;
    this.book.apply(side, ticks, lots > 0 ? lots : (1 as Lots));
    this.bookDirty = true;
  }

  mark(price: TickPrice): void {
    if (!(price > 0 && price < Infinity)) return;
    this.venueMark = onGrid(price);
    this.markDirty = true;
  }

  traded(ticks: TickPrice): void {
    if (!(ticks > 0 && ticks < Infinity)) return;
    this.newTrade = onGrid(ticks);
    if (this.venueMark === 0) this.markDirty = true;
  }

  /** A live link fell or lost rows: what follows is worthless until a snapshot begins. */
  breakBook(): void {
    this.book.forget();
    this.bidQuote = NO_PRICE;
    this.askQuote = NO_PRICE;
    this.broken = this.hasLevels;
    const { numbers } = this;
    numbers.bestBid = NO_PRICE;
    numbers.bestAsk = NO_PRICE;
    numbers.bookSound = false;
  }

  /** Brings the numbers up to date; true when the book has changed since the last time. */
  refresh(): boolean {
    const { numbers, table } = this;
    const bookChanged = this.bookDirty;
    this.moved = false;
    if (bookChanged) {
      this.bookDirty = false;
      numbers.bookUs = numbers.nowUs;
      if (this.venueMark === 0) this.markDirty = true;
    }
    if (bookChanged || (this.ownInBook && table.dirty)) this.takeTouch();
    if (this.markDirty) this.takeMark();
    if (table.dirty) this.refreshAccount();
    return bookChanged;
  }

  /**
   * Levels and prints have come until `nowUs`, the newest level at `bookUs` (0: none), at which no touch of a sound book
   * moved: what the refreshes would have left that saw them.
   */
  passed(nowUs: Micros, bookUs: Micros): void {
    const { numbers } = this;
    numbers.nowUs = nowUs;
    if (bookUs > 0) numbers.bookUs = bookUs;
    if (this.venueMark === 0) numbers.markUs = nowUs;
  }

  /** Only the touches are looked at, and nobody's quotes are taken off them. */
  follow(book: BookView): boolean {
    if (this.ownInBook || this.hasLevels || this.bidQuote > 0 || this.askQuote > 0) return false;
    this.book.follow(book);
    return true;
  }

  private takeTouch(): void {
    const { numbers, book, table } = this;
    const bid = this.ownInBook ? outerTouch(book.own, table, BID) : book.bidTicks;
    const ask = this.ownInBook ? outerTouch(book.own, table, ASK) : book.askTicks;
    const sound = book.sound && bid > 0 && ask > 0 && !this.broken;
    if (bid === numbers.bestBid && ask === numbers.bestAsk && sound === numbers.bookSound) return;
    this.moved = true;
    numbers.bestBid = bid;
    numbers.bestAsk = ask;
    numbers.bookSound = sound;
  }

  /** Half way between the touches of a sound book, our own quotes left out. */
  get mid(): TickPrice {
    return ((this.numbers.bestBid + this.numbers.bestAsk) / 2) as TickPrice;
  }

  /** Takes in what fills and commands have changed. */
  refreshAccount(): void {
    this.table.dirty = false;
    this.revalue();
  }

  /** A reset: from here guard equity counts from the capital again. */
  rebase(): void {
    this.baseline = (this.capital - this.profit()) as Money;
    this.revalue();
  }

  /** guardEquity at profit 0; what a restart must be given. */
  get capitalBaseline(): Money {
    return this.baseline;
  }

  private startLevels(): void {
    this.hasLevels = true;
    if (this.bidQuote > 0) this.book.apply(BID, this.bidQuote, 0 as Lots);
    if (this.askQuote > 0) this.book.apply(ASK, this.askQuote, 0 as Lots);
  }

  /** Venue mark, else mid, else last trade: the first that there is. */
  private takeMark(): void {
    this.markDirty = false;
    const { numbers } = this;
    let mark = this.venueMark;
    if (mark === 0) mark = numbers.bookSound ? this.mid : this.newTrade;
    this.newTrade = 0 as TickPrice;
    if (mark === 0) return;
    numbers.markUs = numbers.nowUs;
    if (mark === numbers.mark) return;
    this.moved = true;
    numbers.mark = mark;
    this.sizing.limitAt(mark);
    numbers.limitLots = this.sizing.limitLots;
    numbers.hardLimitLots = this.sizing.hardLimitLots;
    this.revalue();
  }

  private profit(): Money {
    const { position, numbers } = this;
    if (numbers.mark > 0) return position.pnl(numbers.mark);
    return (position.realised - position.fees + position.funding) as Money;
  }

  /** Position, worst cases, exposure and guard equity at the present mark. */
  revalue(): void {
    const { numbers, position, table } = this;
    const { lots } = position;
    const longest = (lots + table.bidRisk) as Lots;
    const shortest = (lots - table.askRisk) as Lots;
    if (longest !== numbers.longestLots || shortest !== numbers.shortestLots) this.moved = true;
    numbers.longestLots = longest;
    numbers.shortestLots = shortest;
    const exposure =
      lots !== 0 && numbers.mark > 0 ? this.instrument.notional(lots, numbers.mark) : ZERO_MONEY;
    const equity = (this.baseline + this.profit()) as Money;
    const held = lots === numbers.positionLots && exposure === numbers.exposure;
    if (!held || equity !== numbers.guardEquity) this.moved = true;
    numbers.positionLots = lots;
    numbers.exposure = exposure;
    numbers.guardEquity = equity;
  }
}

const onGrid = (price: number): TickPrice =>
  (Math.round(price * MARK_GRID) / MARK_GRID) as TickPrice;
