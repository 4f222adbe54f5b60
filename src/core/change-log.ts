// Hot path: what levels of a book were before each change, for whoever hears of the changes later: a ring that grows. The
// book writes (its loop over rows straight into the columns), the reader says how far it has heard. It holds no sizes of now.

export class ChangeLog {
  /** The level, in ticks (bids > 0, asks < 0), and the size that it had; entry n is at `n & mask`. */
  keys = new Float64Array(256);
  before = new Float64Array(256);
  mask = 255;
  /** Changes so far, and of those, how many the reader has heard of. */
  count = 0;
  heard = 0;

  /** Makes sure that so many more changes fit. */
  room(more: number): void {
    const needed = this.count - this.heard + more;
    if (needed <= this.mask + 1) return;
    const { keys, before, mask } = this;
    let size = 2 * (mask + 1);
    while (size < needed) size *= 2;
    this.keys = new Float64Array(size);
    this.before = new Float64Array(size);
    this.mask = size - 1;
    for (let n = this.heard; n < this.count; n += 1) {
      this.keys[n & this.mask] = keys[n & mask] as number;
      this.before[n & this.mask] = before[n & mask] as number;
    }
  }

  add(key: number, before: number): void {
    this.room(1);
    this.keys[this.count & this.mask] = key;
    this.before[this.count & this.mask] = before;
    this.count += 1;
  }

  /** The size that a level had when the reader heard last, if it has changed before entry `end` since; else -1. */
  lotsOf(key: number, end: number): number {
    const { keys, mask } = this;
    for (let n = this.heard; n < end; n += 1) {
      if (keys[n & mask] === key) return this.before[n & mask] as number;
    }
    return -1;
  }
}
