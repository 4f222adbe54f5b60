// Virtual time for a face and a client that share a process: timers fire in order of time, ties in the order in which
// they were set, and only when somebody says what time it is. The twin run, the campaigns and the tests step it.
import { TimeHeap } from '#core/heap';
import type { Clock, Timer } from '#core/outside';
import type { Micros, SpanMicros } from '#core/units';

interface Entry {
  run: (() => void) | null;
}

export class SteppedClock implements Clock {
  private readonly heap = new TimeHeap<Entry>();

  constructor(private us: Micros) {}

  nowUs(): Micros {
    return this.us;
  }

  after(span: SpanMicros, run: () => void): Timer {
    const entry: Entry = { run };
    this.heap.push((this.us + Math.max(0, span)) as Micros, entry);
    return {
      cancel: () => {
        entry.run = null;
      },
    };
  }

  /** Time of the next timer, cancelled ones included; Infinity when there is none. */
  get nextUs(): number {
    return this.heap.peekUs();
  }

  /** Fires the timers of the next instant at or before `limitUs`; false when there is none. */
  step(limitUs: number): boolean {
    const us = this.heap.peekUs();
    if (us > limitUs) return false;
    this.us = us as Micros;
    while (this.heap.peekUs() <= us) {
      const entry = this.heap.pop();
      const { run } = entry;
      entry.run = null;
      run?.();
    }
    return true;
  }

  /** Fires everything due up to `us`, in order, and stands there. */
  advanceTo(us: Micros): void {
    while (this.step(us));
    if (us > this.us) this.us = us;
  }
}
