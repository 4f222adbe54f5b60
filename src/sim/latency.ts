// A delay line: what goes in at t comes out at t + delay, first in first out, never out of order. The order line and
// the reply line of a simulated venue. A ring that grows when full, so that a push allocates nothing once warm.
import { assert } from '#core/assert';
import type { Micros, SpanMicros } from '#core/units';

export class DelayLine<T> {
  private times: Float64Array;
  private items: (T | undefined)[];
  private head = 0;
  private count = 0;
  private newest = -Infinity;

  /** `delay` is constant for what is pushed from now on; a smaller one later never overtakes what is under way. */
  constructor(
    public delay: SpanMicros,
    capacity = 16,
  ) {
    assert(delay >= 0, `a delay of ${delay} us`);
    assert((capacity & (capacity - 1)) === 0 && capacity > 0, 'a ring is a power of two');
    this.times = new Float64Array(capacity);
    this.items = new Array<T | undefined>(capacity).fill(undefined);
  }

  get size(): number {
    return this.count;
  }

  /** When the next item is due; Infinity when none is under way. */
  get nextUs(): number {
    return this.count === 0 ? Infinity : (this.times[this.head] as number);
  }

  push(nowUs: Micros, item: T): void {
    if (this.count === this.items.length) this.grow();
    const due = Math.max(nowUs + this.delay, this.newest);
    assert(due === due, 'a time that is not a number');
    const i = (this.head + this.count) & (this.items.length - 1);
    this.times[i] = due;
    this.items[i] = item;
    this.count += 1;
    this.newest = due;
  }

  /** Takes out the oldest item. Throws AssertionFailure when empty. */
  shift(): T {
    assert(this.count > 0, 'shift of an empty delay line');
    const item = this.items[this.head] as T;
    this.items[this.head] = undefined;
    this.head = (this.head + 1) & (this.items.length - 1);
    this.count -= 1;
    return item;
  }

  private grow(): void {
    const size = this.items.length;
    const times = new Float64Array(size * 2);
    const items = new Array<T | undefined>(size * 2).fill(undefined);
    for (let k = 0; k < size; k++) {
      const i = (this.head + k) & (size - 1);
      times[k] = this.times[i] as number;
      items[k] = this.items[i];
    }
    this.times = times;
    this.items = items;
    this.head = 0;
  }
}
