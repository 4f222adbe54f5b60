// The one real clock: wall time once, at the start, and a monotonic one from there, so that a jump of the system
// clock moves no timer. `speed` is market time per second of wall time.
import { MICROS_PER_MS } from '#core/units';
import type { Clock, Timer } from '#core/outside';
import type { Micros, SpanMicros } from '#core/units';

export class RunClock {
  private readonly anchorMs = performance.now();
  readonly startUs: Micros;

  /** `notBeforeUs`: the newest time in the ledger, so that time never runs backwards over a restart. */
  constructor(
    readonly speed: number,
    notBeforeUs: number,
  ) {
    this.startUs = Math.max(Date.now() * MICROS_PER_MS, notBeforeUs + 1) as Micros;
  }

  /** Market time now. */
  now(): Micros {
    const elapsed = (performance.now() - this.anchorMs) * MICROS_PER_MS * this.speed;
    return Math.floor(this.startUs + elapsed) as Micros;
  }

  /** Wall milliseconds until market time `us`. */
  waitFor(us: number): number {
    return (us - this.now()) / (MICROS_PER_MS * this.speed);
  }
}

/** The same as a venue's client needs it: market time is wall time, and there are timers. */
export class WallClock extends RunClock implements Clock {
  private readonly pending = new Set<NodeJS.Timeout>();
  private released = false;

  constructor() {
    super(1, 0);
  }

  nowUs(): Micros {
    return this.now();
  }

  after(span: SpanMicros, run: () => void): Timer {
    const timer = setTimeout(
      () => {
        this.pending.delete(timer);
        run();
      },
      Math.max(0, Math.ceil(span / MICROS_PER_MS)),
    );
    if (this.released) timer.unref();
    else this.pending.add(timer);
    return {
      cancel: () => {
        clearTimeout(timer);
        this.pending.delete(timer);
      },
    };
  }

  /** The work is done: timers that are left must not keep the process alive. */
  release(): void {
    this.released = true;
    for (const timer of this.pending) timer.unref();
    this.pending.clear();
  }
}
