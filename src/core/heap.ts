// Hot path: things that happen at a time, taken out in order of time; ties in the order in which
// they were put in. Delay lines and timers of the simulation live on it. Flat arrays, so that a
// push allocates nothing once warm.
import { assert } from './assert.js';
import type { Micros } from './units.js';

export class TimeHeap<T> {
  private readonly times: number[] = [];
  private readonly order: number[] = [];
  private readonly items: T[] = [];
  private pushed = 0;

  get size(): number {
    return this.times.length;
  }

  /** The earliest time; Infinity when empty. */
  peekUs(): number {
    return this.times.length > 0 ? (this.times[0] as number) : Infinity;
  }

  /** Puts `item` in at `us`, which must be a number. */
  push(us: Micros, item: T): void {
    assert(us === us, 'a time that is not a number');
    let i = this.times.length;
    const order = this.pushed++;
    this.times.push(us);
    this.order.push(order);
    this.items.push(item);
    while (i > 0) {
      const parent = (i - 1) >>> 1;
      if ((this.times[parent] as number) <= us) break; // an equal parent came earlier
      this.move(parent, i);
      i = parent;
    }
    this.place(i, us, order, item);
  }

  /** Takes out the earliest item. Throws AssertionFailure when empty. */
  pop(): T {
    assert(this.times.length > 0, 'pop of an empty heap');
    const top = this.items[0] as T;
    const us = this.times.pop() as number;
    const order = this.order.pop() as number;
    const item = this.items.pop() as T;
    const size = this.times.length;
    if (size === 0) {
      this.pushed = 0;
      return top;
    }
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      if (child + 1 < size && this.earlier(child + 1, this.at(child), this.rank(child))) child += 1;
      if (!this.earlier(child, us, order)) break;
      this.move(child, i);
      i = child;
    }
    this.place(i, us, order, item);
    return top;
  }

  private at(i: number): number {
    return this.times[i] as number;
  }

  private rank(i: number): number {
    return this.order[i] as number;
  }

  private earlier(i: number, us: number, order: number): boolean {
    const mine = this.at(i);
    return mine < us || (mine === us && this.rank(i) < order);
  }

  private move(from: number, to: number): void {
    this.place(to, this.at(from), this.rank(from), this.items[from] as T);
  }

  private place(i: number, us: number, order: number, item: T): void {
    this.times[i] = us;
    this.order[i] = order;
    this.items[i] = item;
  }
}
