// Time cut into blocks of equal length: what happened within minutes shares a move of the market, blocks hardly do, so
// blocks are what may be drawn again. The unfinished rest at the end is left out. Pure.
import { assert } from '#core/assert';

/**
 * A figure as a ratio of sums, block by block: the P&L of a block over 1, or the edge of its fills over their number.
 * Both arrays have one entry a block.
 */
export interface BlockSample {
  readonly top: Float64Array;
  readonly bottom: Float64Array;
}

export class BlockGrid {
  readonly count: number;

  /** Whole blocks of `lengthUs` from `startUs` on; times in microseconds. */
  constructor(
    readonly startUs: number,
    endUs: number,
    readonly lengthUs: number,
  ) {
    assert(lengthUs > 0, 'blocks of no length');
    this.count = Math.max(0, Math.floor((endUs - startUs) / lengthUs));
  }

  /** The block that a time lies in; -1 outside the whole blocks. */
  indexOf(us: number): number {
    const index = Math.floor((us - this.startUs) / this.lengthUs);
    return index >= 0 && index < this.count ? index : -1;
  }

  /** Sums of `top` and `bottom` of the facts that lie in each block. */
  sums<T>(
    facts: Iterable<T>,
    us: (fact: T) => number,
    top: (fact: T) => number,
    bottom: (fact: T) => number,
  ): BlockSample {
    const sample = { top: new Float64Array(this.count), bottom: new Float64Array(this.count) };
    for (const fact of facts) {
      const i = this.indexOf(us(fact));
      if (i < 0) continue;
      sample.top[i] = (sample.top[i] as number) + top(fact);
      sample.bottom[i] = (sample.bottom[i] as number) + bottom(fact);
    }
    return sample;
  }

  /** By how much a level moved in each block; `levels` in order of time, the last one at or before an edge counts. */
  changes(levels: readonly { readonly us: number; readonly level: number }[]): BlockSample {
    const edges = new Float64Array(this.count + 1);
    let at = 0;
    let now = levels[0]?.level ?? 0;
    for (let e = 0; e <= this.count; e += 1) {
      const edge = this.startUs + e * this.lengthUs;
      for (let next = levels[at]; next !== undefined && next.us <= edge; next = levels[at]) {
        now = next.level;
        at += 1;
      }
      edges[e] = now;
    }
    const top = Float64Array.from(
      { length: this.count },
      (_, i) => (edges[i + 1] ?? 0) - (edges[i] ?? 0),
    );
    return meanOf(top);
  }
}

/** The plain mean of one value a block. */
export function meanOf(top: ArrayLike<number>): BlockSample {
  return { top: Float64Array.from(top), bottom: new Float64Array(top.length).fill(1) };
}
