// Hot path: where the mid went after each fill. Fills wait in one queue with a cursor per horizon,
// so that a row of the market costs one comparison. A fill's horizon h is settled by the first mid
// at or after t + h, exactly, or dropped and counted when the market was not seen for more than 10
// s there (spec.md section 6). Never guesses a mid.
import { assert } from './assert.js';
import type { Micros, Side, TickPrice } from './units.js';
import { fromSeconds } from './units.js';

/** The horizons of every report, in seconds. */
export const MARKOUT_HORIZONS: readonly number[] = Object.freeze([1, 5, 30, 60]);
/** The longest hole that a mid may bridge. */
export const BRIDGE_US = 10_000_000;

/**
 * Called from advance(): must not call back into the tracker. `bridged`: t + h lay inside a gap.
 */
export type MarkoutResolved = (
  id: number,
  horizonIndex: number,
  mid: TickPrice,
  bridged: boolean,
  side: Side,
  ticks: TickPrice,
) => void;

/** side x (mid - price) / price as a fraction: positive is ours. */
export const markoutOf = (side: Side, ticks: number, mid: number): number =>
  (side * (mid - ticks)) / ticks;

export class MarkoutTracker {
  /** Per horizon: settled (bridged ones included), settled across a gap, and never settled. */
  readonly resolved: Float64Array;
  readonly bridged: Float64Array;
  readonly dropped: Float64Array;
  private readonly horizonsUs: Float64Array;
  /**
   * Running number of the next fill that each horizon waits for; fills are numbered from 0 in order
   * of add().
   */
  private readonly heads: Float64Array;
  private tail = 0;
  private lastAddUs = 0;
  /**
   * No pending t + h is earlier: nothing happens before it. Infinity when none is open. Read-only
   * by convention.
   */
  nextDueUs = Infinity;
  /** The gap since the last mid; `gapToUs` 0 when there is none. */
  private gapFromUs = 0;
  private gapToUs = 0;
  private us: Float64Array;
  private ticks: Float64Array;
  private side: Int8Array;
  private ids: Float64Array;

  /** Arguments of the call in hand: numbers handed to a call that V8 does not inline would be boxed. */
  private readonly given = new Float64Array(3);

  /**
   * `horizonsSeconds` in any order, none negative. `capacity` (rounded up to a power of two) is
   * room for fills younger than the longest horizon; when more are waiting it doubles, which is the
   * only allocation.
   */
  constructor(
    horizonsSeconds: readonly number[],
    capacity: number,
    private readonly onResolved: MarkoutResolved,
  ) {
    assert(
      horizonsSeconds.length > 0 && horizonsSeconds.every((h) => h >= 0 && h < 1e9),
      `markout horizons ${horizonsSeconds.join(', ')}`,
    );
    this.horizonsUs = Float64Array.from(horizonsSeconds, fromSeconds);
    this.heads = new Float64Array(horizonsSeconds.length);
    this.resolved = new Float64Array(horizonsSeconds.length);
    this.bridged = new Float64Array(horizonsSeconds.length);
    this.dropped = new Float64Array(horizonsSeconds.length);
    let size = 16;
    while (size < capacity) size *= 2;
    this.us = new Float64Array(size);
    this.ticks = new Float64Array(size);
    this.side = new Int8Array(size);
    this.ids = new Float64Array(size);
  }

  /** Fills of which at least one horizon is open. */
  get pending(): number {
    return this.tail - this.oldest();
  }

  /** No open horizon is due before this; Infinity when none is open. */
  get dueUs(): number {
    return this.nextDueUs;
  }

  /**
   * A fill at `us` (not before the last one; an earlier time counts as the last one's). `id` comes
   * back as is.
   */
  add(us: Micros, side: Side, ticks: TickPrice, id: number): void {
    this.given[0] = us;
    this.given[1] = ticks;
    this.given[2] = id;
    this.take(side);
  }

  private take(side: Side): void {
    const us = this.given[0] as number;
    const ticks = this.given[1] as number;
    const id = this.given[2] as number;
    if (this.pending === this.us.length) this.grow();
    const i = this.tail & (this.us.length - 1);
    const at = us > this.lastAddUs ? us : this.lastAddUs;
    this.lastAddUs = at;
    this.us[i] = at;
    this.ticks[i] = ticks;
    this.side[i] = side;
    this.ids[i] = id;
    for (let h = 0; h < this.heads.length; h++) {
      const due = at + (this.horizonsUs[h] as number);
      if (due < this.nextDueUs) this.nextDueUs = due;
    }
    this.tail += 1;
  }

  /**
   * The mid at `us`, a sound one (> 0), times not decreasing. Call it at every settle with a sound
   * book, changed or not: silence of more than 10 s counts as a gap. Constant time per call and per
   * settled horizon.
   */
  advance(us: Micros, mid: TickPrice): void {
    if (us >= this.nextDueUs) {
      this.given[0] = us;
      this.given[1] = mid;
      this.settle();
    }
    this.gapToUs = 0;
  }

  /**
   * Rows between the two times were lost. Call it when the gap ends, before the first mid after it.
   */
  gap(fromUs: Micros, toUs: Micros): void {
    // Without a mid in between, a second gap widens the first.
    if (this.gapToUs === 0) this.gapFromUs = fromUs;
    this.gapToUs = toUs;
    if (toUs - this.gapFromUs > BRIDGE_US && toUs >= this.nextDueUs) this.dropUntil(toUs);
  }

  /** No more mids will come: everything open is dropped and counted. */
  finish(): void {
    this.dropUntil(Infinity);
    this.gapToUs = 0;
  }

  private settle(): void {
    const us = this.given[0] as number;
    const mid = this.given[1] as TickPrice;
    let next = Infinity;
    const mask = this.us.length - 1;
    for (let h = 0; h < this.heads.length; h++) {
      const horizon = this.horizonsUs[h] as number;
      let head = this.heads[h] as number;
      for (; head < this.tail; head++) {
        const i = head & mask;
        const due = (this.us[i] as number) + horizon;
        if (due > us) {
          if (due < next) next = due;
          break;
        }
        const bridged = due < this.gapToUs;
        if (us - (bridged ? this.gapToUs : due) > BRIDGE_US) {
          this.dropped[h] = (this.dropped[h] as number) + 1;
          continue;
        }
        this.resolved[h] = (this.resolved[h] as number) + 1;
        if (bridged) this.bridged[h] = (this.bridged[h] as number) + 1;
        const side = this.side[i] as Side;
        this.onResolved(this.ids[i] as number, h, mid, bridged, side, this.ticks[i] as TickPrice);
      }
      this.heads[h] = head;
    }
    this.nextDueUs = next;
  }

  /** Drops what was due before `us`. */
  private dropUntil(us: number): void {
    let next = Infinity;
    for (let h = 0; h < this.heads.length; h++) {
      let head = this.heads[h] as number;
      for (; head < this.tail; head++) {
        const fillUs = this.us[head & (this.us.length - 1)] as number;
        const due = fillUs + (this.horizonsUs[h] as number);
        if (due >= us) {
          if (due < next) next = due;
          break;
        }
        this.dropped[h] = (this.dropped[h] as number) + 1;
      }
      this.heads[h] = head;
    }
    this.nextDueUs = next;
  }

  private oldest(): number {
    let oldest = this.tail;
    for (let h = 0; h < this.heads.length; h++) {
      const head = this.heads[h] as number;
      if (head < oldest) oldest = head;
    }
    return oldest;
  }

  private grow(): void {
    const old = this.us.length;
    const { us, ticks, side, ids } = this;
    this.us = new Float64Array(old * 2);
    this.ticks = new Float64Array(old * 2);
    this.side = new Int8Array(old * 2);
    this.ids = new Float64Array(old * 2);
    for (let n = this.oldest(); n < this.tail; n++) {
      const from = n & (old - 1);
      const to = n & (old * 2 - 1);
      this.us[to] = us[from] as number;
      this.ticks[to] = ticks[from] as number;
      this.side[to] = side[from] as number;
      this.ids[to] = ids[from] as number;
    }
  }
}
