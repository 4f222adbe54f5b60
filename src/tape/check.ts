// Looks for what is wrong with rows as they pass: times, sizes, a book that crosses, trades far from it, gaps.
// Hot path. It judges and counts, it changes nothing; what to make of the counts is verify.ts.
import { L2Book } from '#core/book';
import type { RowKind } from '#core/rows';
import {
  ROW_CLEAR,
  ROW_FUNDING,
  ROW_DRAIN,
  ROW_GAP,
  ROW_LEVEL,
  ROW_MARK,
  ROW_QUOTE,
  ROW_TIMER,
  ROW_TRADE,
} from '#core/rows';
import type { Aggressor, Lots, Side, Ticks } from '#core/units';
import { kindName, noCounts } from './format.js';
import type { RowSink } from './write.js';

/** A trade this far beyond the touch, as a fraction of the price, is outside the book. */
const OUTSIDE = 10e-4;
const KINDS = 11;

export class RowCheck implements RowSink {
  readonly kinds = noCounts();
  rows = 0;
  /** Local time backwards: must not be on a tape. */
  localBack = 0;
  /** Venue time backwards among rows of one kind, and the farthest step in microseconds. */
  venueBack = 0;
  venueBackMostUs = 0;
  /** Prices or sizes that make no sense: not positive, or a book price between ticks. */
  nonsense = 0;
  firstNonsenseRow = 0;
  /** The same level and size twice in a row in one message. */
  repeats = 0;
  /** Instants of local time at which the book changed, and how many of them left it so. */
  instants = 0;
  crossed = 0;
  firstCrossedUs = 0;
  locked = 0;
  oneSided = 0;
  /** Levels before the first snapshot. */
  beforeSnapshot = 0;
  tradesOutside = 0;
  tradesBetweenTicks = 0;
  tradesOfNoSide = 0;
  gapUs = 0;
  longestGapUs = 0;
  firstUs = 0;
  lastUs = 0;
  private readonly book = new L2Book();
  private readonly venueUs = new Float64Array(KINDS);
  private snapshots = 0;
  private touched = false;
  private lastPrice = 0;
  private lastSize = -1;
  private lastSide = 0;
  private lastVenueUs = 0;

  /** `byDrain`: a recording of a run, whose engine saw the book at its drains and never between them. */
  constructor(private readonly byDrain = false) {}

  push(
    kind: RowKind,
    side: Aggressor,
    exchangeUs: number,
    localUs: number,
    price: number,
    size: number,
  ): void {
    if (localUs !== this.lastUs) {
      if (!this.byDrain) this.judge();
      this.step(localUs);
    }
    if (this.byDrain && (kind === ROW_DRAIN || kind === ROW_TIMER)) this.judge();
    this.rows += 1;
    this.kinds[kindName(kind)] += 1;
    if (kind !== ROW_GAP) this.venueTime(kind, exchangeUs);
    if (kind === ROW_LEVEL) this.level(side as Side, exchangeUs, price, size);
    else if (kind === ROW_TRADE) this.trade(side, price, size);
    else if (kind === ROW_CLEAR) {
      this.book.clear();
      this.snapshots += 1;
    } else if (kind === ROW_QUOTE || kind === ROW_MARK) {
      if (!(price > 0) || !(size >= 0)) this.bad();
    } else if (kind === ROW_GAP) {
      const span = localUs - exchangeUs;
      this.gapUs += span;
      this.longestGapUs = Math.max(this.longestGapUs, span);
      if (span < 0) this.bad();
    } else if (kind === ROW_FUNDING && !Number.isFinite(price)) this.bad();
  }

  /** After the last row. */
  end(): void {
    this.judge();
    this.step(this.lastUs);
  }

  /** An instant is over: what did it leave? */
  private judge(): void {
    if (!this.touched) return;
    this.touched = false;
    const { book } = this;
    this.instants += 1;
    if (!book.twoSided) this.oneSided += 1;
    else if (book.crossed) {
      if (this.crossed === 0) this.firstCrossedUs = this.lastUs;
      this.crossed += 1;
    } else if (book.bidTicks === book.askTicks) this.locked += 1;
  }

  private step(nextUs: number): void {
    if (this.rows === 0) this.firstUs = nextUs;
    if (nextUs < this.lastUs) this.localBack += 1;
    this.lastUs = nextUs;
    this.lastSize = -1;
  }

  private venueTime(kind: number, us: number): void {
    const last = this.venueUs[kind] as number;
    if (us < last) {
      this.venueBack += 1;
      this.venueBackMostUs = Math.max(this.venueBackMostUs, last - us);
    } else this.venueUs[kind] = us;
  }

  private level(side: Side, venueUs: number, price: number, size: number): void {
    const { book } = this;
    if (this.snapshots === 0) this.beforeSnapshot += 1;
    const before = book.rejected;
    book.apply(side, price as Ticks, size as Lots);
    if (book.rejected !== before) this.bad();
    const same = price === this.lastPrice && size === this.lastSize && side === this.lastSide;
    if (same && venueUs === this.lastVenueUs) this.repeats += 1;
    this.lastPrice = price;
    this.lastSize = size;
    this.lastSide = side;
    this.lastVenueUs = venueUs;
    this.touched = true;
  }

  private trade(side: Aggressor, price: number, size: number): void {
    if (!(price > 0) || !(size > 0)) return this.bad();
    if (side === 0) this.tradesOfNoSide += 1;
    if (Math.floor(price) !== price) this.tradesBetweenTicks += 1;
    const { book } = this;
    if (!book.sound) return;
    const { bidTicks, askTicks } = book;
    if (price < bidTicks * (1 - OUTSIDE) || price > askTicks * (1 + OUTSIDE))
      this.tradesOutside += 1;
  }

  private bad(): void {
    if (this.nonsense === 0) this.firstNonsenseRow = this.rows;
    this.nonsense += 1;
  }
}
