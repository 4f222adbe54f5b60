// Hot path: the order book of one market by price level, in ticks and lots. Each side is a Ladder
// (a ring of ticks around its touch with an overflow map). It takes snapshots (clear + levels),
// deltas, zero sizes, locked, crossed and one-sided states as they come, and says what state it is
// in. It must never throw on data, nor repair it.
import { assert } from './assert.js';
import type { ChangeLog } from './change-log.js';
import { Ladder } from './ladder.js';
import type { RowBlock } from './rows.js';
import type { Lots, Side, TickPrice, Ticks } from './units.js';
import { ASK, BID } from './units.js';

const MAX = Number.MAX_SAFE_INTEGER;

/** What an engine reads of a book, whoever keeps it. */
export type BookView = Pick<L2Book, 'bidTicks' | 'askTicks' | 'sound' | 'lotsAt'>;

/**
 * Levels at which somebody looks at every row, by their keys (ticks, negative for asks): bids from [0] to [1] and beyond
 * [2], asks from [3] to [4] and beyond [5].
 */
export type Watch = Int32Array;
const MOST = 0x7fffffff;
const NOTHING: Watch = new Int32Array([MOST, -MOST, MOST, MOST, -MOST, MOST]);

export class L2Book {
  /**
   * Levels refused as nonsense: prices that are not positive whole ticks, sizes not whole or below
   * 0, no side.
   */
  rejected = 0;
  private log: ChangeLog | null = null;
  private beforeClear: () => void = () => undefined;
  private bids: Ladder;
  private asks: Ladder;

  /** `ringTicks`: price steps a side that are held without a map; a power of two, 64 or more. */
  constructor(ringTicks = 4096) {
    this.bids = new Ladder(ringTicks);
    this.asks = new Ladder(ringTicks);
  }

  /** A snapshot begins: forgets every level (`rejected` goes on counting). */
  clear(): void {
    this.beforeClear();
    this.bids.clear();
    this.asks.clear();
  }

  /** Best prices, NO_PRICE when that side is empty. */
  get bidTicks(): Ticks {
    return this.bids.best as Ticks;
  }

  get askTicks(): Ticks {
    return (0 - this.asks.best) as Ticks; // 0 - x, because -0 is not 0 to everyone
  }

  /** From now on every change is written down; before a snapshot is, `beforeClear` is called. */
  keep(log: ChangeLog, beforeClear: () => void): void {
    assert(this.log === null, 'a book has one log');
    this.log = log;
    this.beforeClear = beforeClear;
  }

  /** Gives all its levels to `to`, which must be empty, and is empty then. Constant time. */
  moveTo(to: L2Book): void {
    const { bids, asks } = this;
    this.bids = to.bids;
    this.asks = to.asks;
    to.bids = bids;
    to.asks = asks;
  }

  /**
   * Absolute size at one price; 0 removes the level. Nonsense is ignored and counted in `rejected`.
   */
  apply(side: Side, ticks: Ticks, lots: Lots): void {
    const whole = Math.floor(ticks) === ticks && Math.floor(lots) === lots;
    if (
      !whole ||
      ticks <= 0 ||
      lots < 0 ||
      ticks > MAX ||
      lots > MAX ||
      !(side === BID || side === ASK)
    ) {
      this.rejected += 1;
      return;
    }
    if (this.log !== null) this.log.add(side * ticks, this.lotsAt(side, ticks));
    if (side === BID) this.bids.set(ticks, lots);
    else this.asks.set(-ticks, lots);
  }

  /**
   * `apply` for the rows `from` .. `to` - 1 of a block, which are all level rows, up to the first one that may concern who
   * watches. Returns the index of that row, which is not applied, or `to`.
   */
  applyRun(block: RowBlock, from: number, to: number, watch = NOTHING): number {
    const { side, price, size } = block;
    const { bids, asks, log } = this;
    log?.room(to - from);
    let i = from;
    while (i < to) {
      const of = side[i] as Side;
      if (of === BID) i = bids.run(block, i, to, of, watch, log);
      else if (of === ASK) i = asks.run(block, i, to, of, watch, log);
      if (i === to) break;
      if (side[i] !== of) continue;
      const ticks = price[i] as Ticks;
      if (watch !== NOTHING && concerns(watch, of, ticks)) break;
      this.apply(of, ticks, size[i] as Lots);
      i += 1;
    }
    return i;
  }

  /** Size at a price; 0 where there is no level. */
  lotsAt(side: Side, ticks: Ticks): Lots {
    return (side === BID ? this.bids.at(ticks) : this.asks.at(-ticks)) as Lots;
  }

  /** Size at the touch; 0 when that side is empty. */
  get bidLots(): Lots {
    return this.bids.at(this.bids.best) as Lots;
  }

  get askLots(): Lots {
    return this.asks.at(this.asks.best) as Lots;
  }

  /**
   * The first level strictly farther out than `ticks` on that side (lower bid, higher ask),
   * NO_PRICE at the end. `ticks` need not be a level. Constant time in the ring, one pass over the
   * overflow map beyond it.
   */
  next(side: Side, ticks: TickPrice): Ticks {
    return (side === BID ? this.bids.below(ticks) : 0 - this.asks.below(-ticks)) as Ticks;
  }

  /** Number of levels on that side. */
  levels(side: Side): number {
    return side === BID ? this.bids.levels : this.asks.levels;
  }

  /** Half way between the touches, in ticks; 0 when a side is empty. */
  get mid(): TickPrice {
    return (this.twoSided ? (this.bidTicks + this.askTicks) / 2 : 0) as TickPrice;
  }

  get twoSided(): boolean {
    return this.bidTicks > 0 && this.askTicks > 0;
  }

  /** Bid above ask. A locked book (bid = ask) is valid (spec.md section 7). */
  get crossed(): boolean {
    return this.askTicks > 0 && this.bidTicks > this.askTicks;
  }

  /** Two-sided and not crossed: what may be quoted on. */
  get sound(): boolean {
    return this.bidTicks > 0 && this.askTicks >= this.bidTicks;
  }
}

/** Prices beyond 31 bits are not in a watch: whoever watches looks at them all. */
function concerns(watch: Watch, side: Side, ticks: Ticks): boolean {
  if ((ticks | 0) !== ticks) return true;
  const key = side * ticks;
  const at = side === BID ? 0 : 3;
  const [low, high, across] = [watch[at], watch[at + 1], watch[at + 2]] as [number, number, number];
  return (key >= low && key <= high) || key > across;
}
