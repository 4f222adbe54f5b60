// Hot path: the market feed of one ApeX contract. Frames of the public socket become market rows. Deltas count only when
// u grows by exactly 1; a gap, a crossed book or an unreadable frame makes the book broken until the next snapshot. A
// message is checked whole before any of it leaves. Never throws on data, never rounds a price.
import { parseDecimal } from '#core/decimal';
import type { Instrument } from '#core/instrument';
import { ROW_CLEAR, ROW_FUNDING, ROW_LEVEL, ROW_MARK, ROW_TRADE } from '#core/rows';
import type { Side } from '#core/units';
import { ASK, BID, MICROS_PER_MS } from '#core/units';
import type { VenueInbox } from '#clients/net/venue-client';
import { BOOK_LEVELS, TOPICS } from '../endpoints.js';
import type { CrossSymbol } from '../wire.js';
import { DepthSide } from './depth.js';
import type { Fields } from '#clients/net/words';
import { isFields, textOf } from './words.js';

/**
 * applied: rows were handed on (of an empty delta one that changes nothing). ignored: not for us, a repeat, or a delta without a live book.
 * refused: a price off the grid or out of the band. gap, crossed: the book is not live any more. unreadable: nor is it
 * then, unless the damage was in a message of another topic (`live` tells).
 */
export type FeedResult = 'applied' | 'ignored' | 'refused' | 'gap' | 'crossed' | 'unreadable';

const RATE_SCALE = 10_000_000_000;
/** Print ids remembered at least; twice as many at most. */
const REMEMBERED = 4_096;

export class ApexFeed {
  /** The last u of a live book; null while it is broken. */
  u: number | null = null;
  /** Its time. */
  private bookUs = 0;
  private readonly bids = new DepthSide(BID);
  private readonly asks = new DepthSide(ASK);
  private young = new Set<string>();
  private old = new Set<string>();
  private band = { low: 1, high: 1_099_511_627_776 };
  private readonly topics: {
    readonly book: string;
    readonly trades: string;
    readonly ticker: string;
  };

  constructor(
    private readonly symbol: CrossSymbol,
    private readonly instrument: Instrument,
    private readonly out: Pick<VenueInbox, 'row'>,
  ) {
    this.topics = {
      book: TOPICS.book(symbol),
      trades: TOPICS.trades(symbol),
      ticker: TOPICS.ticker(symbol),
    };
  }

  get live(): boolean {
    return this.u !== null;
  }

  /** Prints and marks beyond are refused, levels beyond left out; both ends included. */
  setBand(low: number, high: number): void {
    this.band = { low: Math.max(1, low), high };
  }

  /** A new subscription: nothing is true until its snapshot. */
  broken(): void {
    this.u = null;
  }

  /** One data frame, already parsed. */
  onFrame(frame: unknown): FeedResult {
    if (!isFields(frame)) return this.damaged(this.topics.book); // it may have been the book's
    const topic = textOf(frame, 'topic');
    const us = wholeOf(frame['ts']); // microseconds
    const { book, trades, ticker } = this.topics;
    if (topic !== book && topic !== trades && topic !== ticker) return 'ignored';
    if (!(us > 0)) return this.damaged(topic);
    const { type } = frame;
    const snapshot = type === 'snapshot';
    if (!snapshot && type !== 'delta') return this.damaged(topic);
    const data = frame['data'];
    if (topic === trades) return this.onTrades(data, snapshot);
    if (!isFields(data)) return this.damaged(topic);
    return topic === book ? this.onBook(data, us, snapshot) : this.onTicker(data, us);
  }

  private damaged(topic: string): FeedResult {
    if (topic === this.topics.book) this.broken();
    return 'unreadable';
  }

  private onBook(data: Fields, us: number, snapshot: boolean): FeedResult {
    const u = wholeOf(data['u']);
    const { b, a, s } = data;
    const empty = s === '' && b === null && a === null;
    if (empty || s !== this.symbol || !Array.isArray(b) || !Array.isArray(a) || !(u >= 0))
      return this.damaged(this.topics.book);
    if (!snapshot && this.u === null) return 'ignored';
    // The u that the book stands at, not newer: what it says is in the book already.
    const repeat = !snapshot && u === this.u && us <= this.bookUs;
    if (!snapshot && !repeat && u !== (this.u as number) + 1) {
      this.broken();
      return 'gap';
    }
    if (!this.readable(b) || !this.readable(a)) return this.damaged(this.topics.book);
    if (repeat) return 'ignored';
    if (snapshot) {
      this.bids.clear();
      this.asks.clear();
      this.out.row(ROW_CLEAR, 0, us, 0, 0);
    }
    const told = this.apply(BID, b as Level[], us) + this.apply(ASK, a as Level[], us);
    if (told === 0) this.reaffirm(us);
    this.u = u;
    this.bookUs = us;
    const crossed = this.bids.best > 0 && this.asks.best > 0 && this.bids.best > this.asks.best;
    if (!crossed) return 'applied';
    this.broken();
    return 'crossed';
  }

  private readable(levels: readonly unknown[]): boolean {
    const { instrument } = this;
    return levels.every(
      (level) =>
        Array.isArray(level) &&
        typeof level[0] === 'string' &&
        typeof level[1] === 'string' &&
        instrument.parsePrice(level[0]) !== null &&
        instrument.parseSize(level[1]) !== null,
    );
  }

  /**
   * A message that changes nothing says that the book is still as it was, which somebody who counts the age of the book
   * must hear: a best level is told once more.
   */
  private reaffirm(us: number): void {
    const { bids, asks, out } = this;
    if (bids.best > 0) out.row(ROW_LEVEL, BID, us, bids.best, bids.bestLots);
    else if (asks.best > 0) out.row(ROW_LEVEL, ASK, us, asks.best, asks.bestLots);
  }

  /** Returns how many levels were told. */
  private apply(side: Side, levels: readonly Level[], us: number): number {
    const { out, instrument, band } = this;
    let told = 0;
    const depth = side === BID ? this.bids : this.asks;
    for (const [price, size] of levels) {
      const ticks = instrument.parsePrice(price) as number;
      if (ticks < band.low || ticks > band.high) continue;
      const lots = instrument.parseSize(size) as number;
      depth.set(ticks, lots);
      out.row(ROW_LEVEL, side, us, ticks, lots);
      told += 1;
    }
    depth.cut(BOOK_LEVELS, (ticks) => out.row(ROW_LEVEL, side, us, ticks, 0));
    return told;
  }

  /** Prints in fill order, one row each: those of one taker order share side and time, by which they are merged. */
  private onTrades(data: unknown, snapshot: boolean): FeedResult {
    if (!Array.isArray(data)) return 'unreadable';
    let result: FeedResult = snapshot ? 'ignored' : 'applied';
    for (const item of data as unknown[]) {
      const taken = isFields(item) ? this.print(item, !snapshot) : 'unreadable';
      if (taken !== 'applied' && !snapshot) result = taken;
    }
    return result;
  }

  /** The snapshot of the last 50 is history (newest first): remembered, so that no delta repeats it, but not told. */
  private print(item: Fields, tell: boolean): FeedResult {
    const id = textOf(item, 'i');
    const ms = wholeOf(item['T']);
    const side = item['S'] === 'Buy' ? BID : item['S'] === 'Sell' ? ASK : null;
    if (item['s'] !== this.symbol) return 'ignored';
    if (id === '' || side === null || !(ms > 0 && ms <= LAST_MS)) return 'unreadable';
    if (this.young.has(id) || this.old.has(id)) return 'ignored';
    const ticks = this.instrument.parsePrice(textOf(item, 'p')) ?? 0;
    const lots = this.instrument.parseSize(textOf(item, 'v')) ?? 0;
    if (lots <= 0 || ticks < this.band.low || ticks > this.band.high) return 'refused';
    if (this.young.size >= REMEMBERED) {
      this.old = this.young;
      this.young = new Set();
    }
    this.young.add(id);
    if (tell) this.out.row(ROW_TRADE, side, ms * MICROS_PER_MS, ticks, lots);
    return 'applied';
  }

  /** Only the fields that changed are there: those that are, are told. */
  private onTicker(data: Fields, us: number): FeedResult {
    const mark = textOf(data, 'markPrice');
    const rate = parseDecimal(textOf(data, 'fundingRate'), RATE_SCALE);
    let told = false;
    if (mark !== '') {
      const ticks = /^\d+(\.\d+)?$/.test(mark) ? this.instrument.mark(Number(mark)) : 0;
      if (!(ticks >= this.band.low && ticks <= this.band.high)) return 'refused';
      this.out.row(ROW_MARK, 0, us, ticks, 0);
      told = true;
    }
    if (rate !== null) this.out.row(ROW_FUNDING, 0, us, rate, 0);
    return told || rate !== null ? 'applied' : 'ignored';
  }
}

type Level = readonly [string, string];

/** Milliseconds that are still exact as microseconds. */
const LAST_MS = Number.MAX_SAFE_INTEGER / MICROS_PER_MS;
/** A whole number as written; NaN for anything else (null, true and "" are no numbers here). */
const wholeOf = (value: unknown): number => (Number.isSafeInteger(value) ? (value as number) : NaN);
