// Hot path: weighted sums that forget with a half-life, and the squares of their weights, from
// which effective counts and standard errors follow. The weight of an observation is 2^(-age /
// half-life), age by the clock: a feed that is silent fades too, so that the prior comes back by
// itself. Reading never changes anything: a status page must not move a rounding error.

const LN2 = Math.LN2;

/** What is left of a weight after `elapsedUs`; 1 for times that run backwards. */
export const fade = (elapsedUs: number, halfLifeUs: number): number =>
  elapsedUs > 0 ? Math.exp((-LN2 * elapsedUs) / halfLifeUs) : 1;

/**
 * Anything with a time: an object is handed on as it is, a number may have to be boxed
 * (moment.ts).
 */
export interface Timed {
  readonly us: number;
}

export class FadingSums {
  /** Sums with weights w (the first `count`), then sums with weights w^2 (the next `squares`). */
  readonly cells: Float64Array;
  private us = 0;

  constructor(
    readonly count: number,
    squares: number,
    readonly halfLifeUs: number,
  ) {
    this.cells = new Float64Array(count + squares);
  }

  /** Brings the sums to the time of `when`; before adding. */
  advance(when: Timed): void {
    const elapsed = when.us - this.us;
    if (!(elapsed > 0)) return;
    const factor = Math.exp((-LN2 * elapsed) / this.halfLifeUs);
    this.us = when.us;
    const { cells, count } = this;
    for (let i = 0; i < count; i += 1) cells[i] = (cells[i] as number) * factor;
    for (let i = count; i < cells.length; i += 1) {
      cells[i] = (cells[i] as number) * factor * factor;
    }
  }

  add(cell: number, amount: number): void {
    this.cells[cell] = (this.cells[cell] as number) + amount;
  }

  /** A sum as it stands at `us`, which may be later than the last addition. */
  at(cell: number, us: number): number {
    const factor = fade(us - this.us, this.halfLifeUs);
    return (this.cells[cell] as number) * (cell < this.count ? factor : factor * factor);
  }

  /** Time of the last addition, 0 before the first. */
  get lastUs(): number {
    return this.us;
  }

  save(): number[] {
    return [this.us, ...this.cells];
  }

  /** False, and nothing changed, when `saved` is not what save() makes. */
  restore(saved: unknown): boolean {
    if (!isNumbers(saved, this.cells.length + 1)) return false;
    this.us = saved[0] as number;
    this.cells.set(saved.slice(1));
    return true;
  }
}

/** An array of `length` finite numbers. */
export const isNumbers = (saved: unknown, length: number): saved is number[] =>
  Array.isArray(saved) && saved.length === length && saved.every((n) => Number.isFinite(n));
