// Every order number that a run has used, one bit each: 4 kB per 32,768 orders, so that a day of quoting costs
// nothing to remember. Numbers may start anywhere (a restart goes on from the last one).
import { assert } from '#core/assert';

const CHUNK = 32_768;

export class OrdinalSet {
  private readonly chunks = new Map<number, Int32Array>();

  /** Adds a whole number >= 0; false when it was there already. */
  add(ordinal: number): boolean {
    assert(Number.isSafeInteger(ordinal) && ordinal >= 0, `an ordinal of ${ordinal}`);
    const key = Math.floor(ordinal / CHUNK);
    let chunk = this.chunks.get(key);
    if (chunk === undefined) {
      chunk = new Int32Array(CHUNK / 32);
      this.chunks.set(key, chunk);
    }
    const bit = ordinal % CHUNK;
    const word = chunk[bit >>> 5] as number;
    const mask = 1 << (bit & 31);
    chunk[bit >>> 5] = word | mask;
    return (word & mask) === 0;
  }
}
