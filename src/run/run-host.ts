// Drives live runs: one for `mm run`, two in step for `mm ab`. Signals, the screen, the one timer and the end of the
// process belong here, and to nothing else. Everything that happens in a turn is synchronous; all runs are played to
// the same moments of market time, so that what they write down at those moments can be compared.
import { EXIT, StartProblem } from '#config/problem';
import type { RunClock } from './clock.js';
import type { LiveRun } from './live-run.js';
import { StopSignals } from './stop-signals.js';

const CHUNK_US = 5e6;
/** Who waits for its cancels only is not to be played on to where the clock is, if that has run ahead. */
const LAST_CHUNK_US = 1e5;
const BUSY_MS = 40;
const LONGEST_SLEEP_MS = 100;
const VIEW_MS = 500;

/** Worst first. */
const BADNESS: readonly number[] = [
  EXIT.bug, EXIT.ordersRemain, EXIT.latched, EXIT.cannotStart, EXIT.clean,
]; // prettier-ignore

/** Of several exit codes the one that must not be overlooked; a code that nobody knows counts as a bug. */
export function worstOf(codes: readonly number[]): number {
  if (codes.some((code) => !BADNESS.includes(code))) return EXIT.bug;
  return BADNESS.find((code) => codes.includes(code)) ?? EXIT.clean;
}

export interface HostParts {
  readonly runs: readonly LiveRun[];
  readonly clock: RunClock;
  /** Draws where they stand; called about twice a second. */
  readonly show: () => void;
  /** After all of them have been played to one moment of market time, every 5 s of it at least. */
  readonly played?: (us: number) => void;
  /** One of them has ended: what is its alone may be given back. */
  readonly ended?: (run: LiveRun) => void;
}

export class RunHost {
  private readonly signals: StopSignals;
  private reachedUs: number;
  private viewMs = 0;
  private over = false;
  private backwards = false;
  private poked = false;
  /** The next turn that nobody asks for, and when it is. */
  private timer: NodeJS.Timeout | null = null;
  private timerMs = Infinity;
  private readonly seenEnd = new Set<LiveRun>();
  private problem: Error | null = null;
  private resolve: (code: number) => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;

  constructor(private readonly parts: HostParts) {
    this.reachedUs = parts.clock.startUs;
    this.signals = new StopSignals(
      (why) => this.shutDown(why),
      () => this.leaveAtOnce(),
    );
    // Also what is thrown where no turn of ours can catch it (a rejected promise arrives here as well).
    process.on('uncaughtException', this.onUncaught);
  }

  /** Resolves with the worst exit code. Rejects when the first book shows that it cannot trade, or the recording broke off. */
  untilEnd(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      this.turn();
    });
  }

  /**
   * Something has arrived: a turn as soon as the event loop comes round, one for all that arrives until then. Costs no
   * timer.
   */
  poke(): void {
    if (this.poked) return;
    this.poked = true;
    setImmediate(this.onPoke);
  }

  private readonly onPoke = (): void => {
    this.poked = false;
    this.turn();
  };

  /** First to last and last to first by turns, so that none of them is always the one that is served first. */
  private get running(): LiveRun[] {
    const running = this.parts.runs.filter((run) => run.exitCode === null);
    return this.backwards ? running.reverse() : running;
  }

  private turn(): void {
    if (this.over) return;
    const wall = performance.now();
    this.backwards = !this.backwards;
    for (const run of this.running) this.guarded(run, () => run.obey(wall));
    this.play(wall);
    for (const run of this.running) this.guarded(run, () => run.settle(wall));
    this.tellEnds();
    if (wall >= this.viewMs) {
      this.viewMs = wall + VIEW_MS;
      this.parts.show();
    }
    const { running } = this;
    if (running.length === 0) return this.finish();
    const wait = this.parts.clock.waitFor(Math.min(...running.map((run) => run.nextUs)));
    this.wakeIn(Math.min(LONGEST_SLEEP_MS, Math.max(0, Math.ceil(wait))));
  }

  /** An earlier turn that is coming anyway will do: a poke must not cost a new timer each time. */
  private wakeIn(ms: number): void {
    const due = performance.now() + ms;
    if (this.timer !== null && this.timerMs <= due) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timerMs = due;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.turn();
    }, ms);
  }

  private tellEnds(): void {
    for (const run of this.parts.runs) {
      if (run.exitCode === null || this.seenEnd.has(run)) continue;
      this.seenEnd.add(run);
      this.parts.ended?.(run);
    }
  }

  private play(wall: number): void {
    const now = this.parts.clock.now();
    const limit = Math.max(this.reachedUs, ...this.running.map((run) => run.limitUs));
    const target = Math.max(this.reachedUs, Math.min(now, limit));
    let ending = false;
    do {
      ending = this.running.some((run) => run.shuttingDown);
      this.reachedUs = Math.min(target, this.reachedUs + (ending ? LAST_CHUNK_US : CHUNK_US));
      for (const run of this.running) this.guarded(run, () => run.playTo(this.reachedUs));
      this.parts.played?.(this.reachedUs);
    } while (!ending && this.reachedUs < target && performance.now() - wall < BUSY_MS);
  }

  /** What goes wrong in one run ends that run; the others shut down in order. */
  private guarded(run: LiveRun, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof StartProblem) {
        this.problem = error;
        run.cannotStart();
      } else if (run.exitCode === null) run.crash(error);
      for (const other of this.running) other.shutDown('the other run could not go on');
    }
  }

  private shutDown(why: string): void {
    for (const run of this.running) this.guarded(run, () => run.shutDown(why));
  }

  private leaveAtOnce(): void {
    process.exit(worstOf(this.parts.runs.map((run) => run.exitCode ?? run.leaveAtOnce())));
  }

  private readonly onUncaught = (error: unknown): void => {
    if (this.over) return;
    for (const run of this.running) run.crash(error);
    this.finish();
  };

  private finish(): void {
    this.over = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.signals.close();
    process.off('uncaughtException', this.onUncaught);
    const code = worstOf(this.parts.runs.map((run) => run.exitCode ?? EXIT.bug));
    const broken = this.parts.runs.find((run) => run.problem !== null)?.problem ?? null;
    const problem = this.problem ?? (code === EXIT.cannotStart ? broken : null);
    if (problem !== null) this.reject(problem);
    else this.resolve(code);
  }
}
