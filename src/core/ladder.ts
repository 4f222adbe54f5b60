// Hot path: one side of a book as a ring of price steps around its best level, with an overflow map
// beyond. Keys grow towards the market (bids: ticks, asks: -ticks), so that both sides share one
// direction of code. Always true: the best level lies inside the ring. Nothing is allocated by a
// change inside the ring; it grows where a market keeps changing levels just beyond it.
import { assert } from './assert.js';
import type { ChangeLog } from './change-log.js';
import type { RowBlock } from './rows.js';
import type { Side } from './units.js';

const NONE = 0;
/** Takes what nobody reads. */
const NO_COLUMN = new Float64Array(1);
/** The most price steps that a ring grows to: 2 MB a side. */
const MOST_TICKS = 262_144;
/** A ring grows by this factor, after as many changes within the larger one as a quarter of its present steps. */
const GROWTH = 4;

export class Ladder {
  /** Key of the best level; 0 when there is none. */
  best = NONE;
  /** Levels with a size, ring and overflow together. */
  levels = 0;
  /**
   * Lowest key of the ring, a multiple of 32, so that a word of the bitmap never straddles its
   * seam.
   */
  private base = 0;
  private inRing = 0;
  private size = 0;
  private mask = 0;
  private wordMask = 0;
  /** How far below the best the ring starts, at most, after it was recentred. */
  private reach = 0;
  private lots: Float64Array;
  private occupied: Int32Array;
  private readonly overflow = new Map<number, number>();
  /** Changes beyond the ring that a larger one would have held. */
  private misses = 0;

  constructor(ringTicks: number) {
    const powerOfTwo = (ringTicks & (ringTicks - 1)) === 0;
    assert(powerOfTwo && ringTicks >= 64, `a ring of ${ringTicks} ticks: not a power of two >= 64`);
    this.lots = new Float64Array(ringTicks);
    this.occupied = new Int32Array(ringTicks >>> 5);
    this.measure(ringTicks);
  }

  private measure(ringTicks: number): void {
    this.size = ringTicks;
    this.mask = ringTicks - 1;
    this.wordMask = (ringTicks >>> 5) - 1;
    this.reach = (ringTicks >>> 2) * 3;
  }

  clear(): void {
    if (this.levels === 0) return;
    const { lots, occupied } = this;
    for (let word = 0; word < occupied.length; word++) {
      if (occupied[word] === 0) continue; // a large ring is mostly empty
      lots.fill(0, word << 5, (word + 1) << 5);
      occupied[word] = 0;
    }
    if (this.overflow.size > 0) this.overflow.clear();
    this.best = NONE;
    this.levels = 0;
    this.inRing = 0;
  }

  /**
   * The level rows of one side (`side`: its rows and keys), from `from` on, as long as they are what rows nearly always are:
   * whole sizes at prices inside the ring, below the best level, and none that `watch` names. Returns the index of the
   * first other one, which is not applied. No call in this loop, so that V8 keeps what it knows in registers.
   */
  run(
    block: RowBlock,
    from: number,
    to: number,
    side: Side,
    watch: Int32Array,
    log: ChangeLog | null,
  ): number {
    const { side: sides, price, size } = block;
    const { lots, occupied, base, best, mask } = this;
    if (this.levels === 0) return from;
    const at = side === 1 ? 0 : 3;
    const low = watch[at] as number;
    const high = watch[at + 1] as number;
    const across = watch[at + 2] as number;
    const keys = log === null ? NO_COLUMN : log.keys;
    const befores = log === null ? NO_COLUMN : log.before;
    const room = log === null ? 0 : log.mask;
    let count = log === null ? 0 : log.count;
    let more = 0;
    let i = from | 0;
    const end = to | 0;
    for (; i < end; i += 1) {
      const ticks = price[i] as number;
      const now = size[i] as number;
      const step = ticks | 0;
      const small = now | 0;
      if (sides[i] !== side || step !== ticks || small !== now || step <= 0 || small < 0) break;
      const key = Math.imul(step, side);
      const offset = key - base;
      if (offset < 0 || offset > mask || (key >= low && key <= high) || key > across) break;
      const place = key & mask;
      const before = lots[place] as number;
      if (before === 0) {
        if (small === 0) continue;
        if (key > best) break;
        occupied[place >>> 5] = (occupied[place >>> 5] as number) | (1 << (place & 31));
        more += 1;
      } else if (small === 0) {
        if (key === best) break;
        occupied[place >>> 5] = (occupied[place >>> 5] as number) & ~(1 << (place & 31));
        more -= 1;
      }
      lots[place] = now;
      keys[count & room] = key;
      befores[count & room] = before;
      count += 1;
    }
    this.inRing += more;
    this.levels += more;
    if (log !== null) log.count = count;
    return i;
  }

  /** Absolute size at a key (both whole, the size not negative); 0 removes the level. */
  set(key: number, lots: number): void {
    const offset = key - this.base;
    if (offset < 0 || offset >= this.size) {
      this.setOutside(key, lots);
      return;
    }
    const i = key & this.mask;
    const before = this.lots[i] as number;
    this.lots[i] = lots;
    if (before === 0 && lots > 0) this.added(key, i);
    else if (before > 0 && lots === 0) this.removed(key, i);
  }

  private added(key: number, i: number): void {
    const word = i >>> 5;
    this.occupied[word] = (this.occupied[word] as number) | (1 << (i & 31));
    this.inRing += 1;
    this.levels += 1;
    if (key > this.best || this.levels === 1) this.best = key;
  }

  private removed(key: number, i: number): void {
    const word = i >>> 5;
    this.occupied[word] = (this.occupied[word] as number) & ~(1 << (i & 31));
    this.inRing -= 1;
    this.levels -= 1;
    if (key === this.best) this.bestRemoved();
  }

  /** Size at a key; 0 where there is none (a fractional key included). */
  at(key: number): number {
    const offset = key - this.base;
    if (!(offset >= 0 && offset < this.size)) return this.overflow.get(key) ?? 0;
    return Math.floor(key) === key ? (this.lots[key & this.mask] as number) : 0;
  }

  /** The highest level below `key` (any number); 0 when there is none. */
  below(key: number): number {
    if (this.levels === 0) return NONE;
    if (key > this.best) return this.best;
    const from = Math.ceil(key);
    if (from > this.base) {
      const found = this.ringBelow(from);
      if (found !== NONE) return found;
    }
    return this.overflow.size > 0 ? this.overflowBelow(from) : NONE;
  }

  /** The highest occupied key of the ring below `key`, where base < key <= base + size. */
  private ringBelow(key: number): number {
    const last = key - 1;
    let words = (last - this.base) >>> 5;
    let word = (last & this.mask) >>> 5;
    let bits = (this.occupied[word] as number) & (-1 >>> (31 - (last & 31)));
    while (bits === 0) {
      if (words === 0) return NONE;
      words -= 1;
      word = (word - 1) & this.wordMask;
      bits = this.occupied[word] as number;
    }
    return this.base + (words << 5) + (31 - Math.clz32(bits));
  }

  private overflowBelow(key: number): number {
    let found = NONE;
    for (const candidate of this.overflow.keys()) {
      if (candidate < key && (found === NONE || candidate > found)) found = candidate;
    }
    return found;
  }

  private bestRemoved(): void {
    if (this.inRing > 0) {
      this.best = this.ringBelow(this.best);
    } else if (this.levels > 0) {
      this.best = this.overflowBelow(Infinity);
      this.recentre();
    } else {
      this.best = NONE;
    }
  }

  private setOutside(key: number, lots: number): void {
    const { overflow } = this;
    const { size } = overflow; // one look-up each: it tells what `get` would
    if (lots === 0) {
      if (overflow.delete(key)) this.levels -= 1; // never the best: that one is in the ring
      return;
    }
    overflow.set(key, lots);
    if (overflow.size > size) {
      this.levels += 1;
      if (key > this.best || this.levels === 1) {
        this.best = key;
        this.recentre();
      }
    }
    if (this.size < MOST_TICKS && this.best - key < this.reach * GROWTH) this.miss();
  }

  /** Growing costs about as much as the changes in the map that led to it. */
  private miss(): void {
    this.misses += 1;
    if (this.misses < this.size >>> 2) return;
    this.misses = 0;
    const old = this.base;
    this.base = old + this.size;
    this.evict(old);
    const size = this.size * GROWTH;
    this.measure(size < MOST_TICKS ? size : MOST_TICKS);
    this.lots = new Float64Array(this.size);
    this.occupied = new Int32Array(this.size >>> 5);
    this.recentre();
  }

  /**
   * Moves the ring so that the best lies a quarter below its upper end; levels change house as
   * needed.
   */
  private recentre(): void {
    const old = this.base;
    this.base = Math.ceil((this.best - this.reach) / 32) * 32; // up: the best must stay inside
    if (this.inRing > 0) this.evict(old);
    for (const [key, lots] of this.overflow) {
      const offset = key - this.base;
      if (offset < 0 || offset >= this.size) continue;
      this.overflow.delete(key);
      const i = key & this.mask;
      this.lots[i] = lots;
      const word = i >>> 5;
      this.occupied[word] = (this.occupied[word] as number) | (1 << (i & 31));
      this.inRing += 1;
    }
  }

  /**
   * Sends every level of the ring that started at `old` and is outside the new one to the overflow.
   */
  private evict(old: number): void {
    for (let words = 0; words <= this.wordMask; words++) {
      const start = old + (words << 5);
      if (start >= this.base && start < this.base + this.size) continue;
      const word = (start & this.mask) >>> 5;
      let bits = this.occupied[word] as number;
      this.occupied[word] = 0;
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits);
        bits &= ~(1 << bit);
        const i = (start & this.mask) + bit;
        this.overflow.set(start + bit, this.lots[i] as number);
        this.lots[i] = 0;
        this.inRing -= 1;
      }
    }
  }
}
