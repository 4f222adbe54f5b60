// The one real clock: wall time once, at the start, and a monotonic one from there, so that a jump of the system
// clock moves no timer. A sleep of the machine, through which that one stands still, counts as time. `speed` is market
// time per second of wall time.
import { uptime } from 'node:os';
import { MICROS_PER_MS } from '#core/units';
import type { Clock, Timer } from '#core/outside';
import type { Micros, SpanMicros } from '#core/units';

/** The system clock has moved against the monotonic one: it was set, or the machine slept. */
const JUMP_MS = 250;
/** The time since boot, which goes on during a sleep, is told in whole seconds on some machines. */
const SLEEP_MS = 1_500;

const sinceBootMs = (): number => uptime() * 1_000 - performance.now();
const wallAheadMs = (): number => Date.now() - performance.now();

export class RunClock {
  private readonly anchorMs = performance.now();
  private readonly bootMs = sinceBootMs();
  private aheadMs = wallAheadMs();
  private sleptMs = 0;
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
    const ahead = wallAheadMs();
    if (Math.abs(ahead - this.aheadMs) > JUMP_MS) this.jumped(ahead);
    const elapsedMs = performance.now() - this.anchorMs + this.sleptMs;
    return Math.floor(this.startUs + elapsedMs * MICROS_PER_MS * this.speed) as Micros;
  }

  private jumped(aheadMs: number): void {
    this.aheadMs = aheadMs;
    const sleptMs = sinceBootMs() - this.bootMs;
    if (sleptMs - this.sleptMs > SLEEP_MS) this.sleptMs = sleptMs;
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
