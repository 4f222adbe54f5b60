// The rate-of-change limit: a quoted parameter follows what was measured by at most 25 % a minute,
// so that neither a bad estimate nor its loss is a cliff. Per wake, not per row. It knows nothing
// of estimates.

const PER_MINUTE = Math.log(1.25);
/** After a longer pause no more than a minute's change is made up for. */
const LONGEST_US = 60_000_000;

export class Glide {
  /** What is quoted on. */
  value: number;
  /** True when the last step was held back. */
  limited = false;
  private us = 0;

  /** `floor` > 0: below it the limit is 25 % of the floor, so that a value at 0 can leave it. */
  constructor(
    start: number,
    private readonly floor: number,
  ) {
    this.value = start;
  }

  /**
   * Goes towards `target` as far as the time since the last step allows; `free`: upwards at once.
   */
  step(us: number, target: number, free = false): number {
    const elapsed = this.us === 0 ? 0 : Math.max(0, Math.min(us - this.us, LONGEST_US));
    this.us = Math.max(this.us, us);
    const ratio = Math.exp((PER_MINUTE * elapsed) / LONGEST_US);
    const base = Math.max(this.value, this.floor);
    const most = free ? Infinity : this.value + base * (ratio - 1);
    const least = this.value - base * (1 - 1 / ratio);
    const next = Math.max(least, Math.min(most, target));
    this.limited = next !== target;
    this.value = next;
    return next;
  }

  save(): number[] {
    return [this.us, this.value];
  }

  restore(saved: readonly number[]): void {
    [this.us, this.value] = saved as [number, number];
  }
}
