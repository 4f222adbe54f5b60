// When the engine must be called again, and whether a settle can be skipped: what time alone may change, as it stood at the
// last full settle. Hot path, no allocation. It never decides anything, and when in doubt the settle is a full one.
import type { AccountNumbers, Breaker } from '#core/guard';
import type { EngineParams } from '#core/params';
import type { Micros } from '#core/units';
import type { StandDown } from './stand-down.js';
import type { OperationCount } from './throttle.js';
import type { Unknowns } from './unknowns.js';
import type { Wake } from './wake.js';

export interface ScheduleParts {
  readonly params: EngineParams;
  readonly numbers: AccountNumbers;
  readonly breaker: Breaker;
  readonly wake: Wake;
  readonly unknowns: Unknowns;
  readonly count: OperationCount;
  readonly down: StandDown;
}

export class Schedule {
  /**
   * While quoting: the guards have seen every number as it is, and nothing was sent since. Whoever changes a number
   * without telling them (an event, a command) takes it back.
   */
  private guarded = false;
  /** While guarded: until then (at least) the guards are idle. */
  private readonly idleUs = new Float64Array(1);
  /** Typed arrays, because a field that takes other doubles all the time is boxed anew at every settle. */
  private readonly wakeUs = new Float64Array(1);
  /** Of the last full settle: the wake without the age of the book, the first thing due, the next count of operations. */
  private readonly bookless = new Float64Array(1);
  private readonly dueUs = new Float64Array(1);
  private readonly edgeUs = new Float64Array(1);

  constructor(
    private readonly parts: ScheduleParts,
    nowUs: Micros,
  ) {
    this.wakeUs[0] = nowUs + parts.params.wake.check;
  }

  get nextWakeUs(): Micros {
    return this.wakeUs[0] as Micros;
  }

  /** True when asking the guards again would change nothing: only the time and the age of the book are other ones. */
  guardsIdle(): boolean {
    if (!this.guarded) return false;
    const { numbers, breaker } = this.parts;
    if (numbers.nowUs < (this.idleUs[0] as number)) return true;
    if (numbers.nowUs >= (this.edgeUs[0] as number)) return false;
    this.lookAhead();
    return numbers.nowUs < (this.idleUs[0] as number) || breaker.idle?.(numbers) === true;
  }

  /** An event, or a command: what the guards have seen is no longer what is. */
  unguard(): void {
    this.guarded = false;
  }

  /** A full settle is over. `seen`: the guards have seen every number as it is now. */
  settled(seen: boolean): void {
    this.guarded = seen;
    this.idleUs[0] = -Infinity;
  }

  /** Idle at the last moment before the count or the age of the book would end it is idle until then (Guard.idle). */
  private lookAhead(): void {
    const { numbers, params, breaker } = this.parts;
    const untilUs = Math.min(this.edgeUs[0] as number, staleAt(numbers, params));
    const { nowUs } = numbers;
    numbers.nowUs = (untilUs - 1) as Micros;
    if (breaker.idle?.(numbers) === true) this.idleUs[0] = untilUs;
    numbers.nowUs = nowUs;
  }

  /** With the guards idle: nothing else is due either. Then the next wake is moved as a full settle would move it. */
  quiet(): boolean {
    const { numbers, wake } = this.parts;
    if (wake.causes !== 0 || numbers.nowUs >= (this.dueUs[0] as number)) return false;
    this.passed();
    return true;
  }

  /** Only the time and the age of the book are other ones: moves the next wake. */
  passed(): void {
    const { numbers, params } = this.parts;
    const staleUs = staleAt(numbers, params);
    const wakeUs = this.bookless[0] as number;
    this.wakeUs[0] = staleUs < wakeUs ? staleUs : wakeUs;
  }

  /**
   * A settle before this time at which nothing has moved but the time and the age of the book is quiet: nobody needs to call
   * it (`passed`). -Infinity when that cannot be said. `lasts`: a look at which nothing has moved is nothing either.
   */
  quietUntil(lasts: boolean): number {
    if (!this.guardsIdle() || this.parts.wake.causes !== 0) return -Infinity;
    const dueUs = this.dueUs[0] as number;
    const looksOnly = lasts && dueUs > this.parts.numbers.nowUs;
    return Math.min(looksOnly ? this.besidesUs : dueUs, this.idleUs[0] as number);
  }

  /** The first thing due that is no look. */
  private get besidesUs(): number {
    const { breaker, unknowns, wake, numbers } = this.parts;
    const dueUs = Math.min(unknowns.nextUs, wake.waitUs);
    return sooner(dueUs, numbers.nowUs, breaker.untilUs);
  }

  /** When something may change by time alone: the earliest of all that is still to come, never now. */
  plan(quoting: boolean): void {
    const { params, numbers, breaker, wake, unknowns, down, count } = this.parts;
    const now = numbers.nowUs;
    const { nextCheckUs, waitUs, refreshUs } = wake;
    let next = now + params.wake.check;
    next = sooner(next, now, breaker.untilUs);
    next = sooner(next, now, unknowns.nextUs);
    if (quoting) {
      next = sooner(next, now, nextCheckUs);
      next = sooner(next, now, waitUs);
      next = sooner(next, now, refreshUs);
    } else next = sooner(next, now, down.nextUs(now));
    this.bookless[0] = next;
    this.wakeUs[0] = sooner(next, now, staleAt(numbers, params));
    // What was due already and still is makes this a time that is past: no settle is skipped then.
    this.dueUs[0] = Math.min(next, unknowns.nextUs, nextCheckUs, waitUs, refreshUs);
    this.edgeUs[0] = count.edgeUs;
  }
}

/** One microsecond past the deadline, whichever way the guard compares. */
const staleAt = (numbers: AccountNumbers, params: EngineParams): number =>
  numbers.bookUs + params.risk.staleAfter + 1;

const sooner = (next: number, now: number, candidate: number): number =>
  candidate > now && candidate < next ? candidate : next;
