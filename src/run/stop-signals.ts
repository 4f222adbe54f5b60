// The ways in which the world asks a run to end: signals, the death of the parent (a killed npm), an output that nobody
// reads any more (a closed terminal or pipe). The first is a request; the second signal, at any time, is final.

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const LOOK_MS = 500;

/** Without any listener a signal would kill the process in the middle of its last steps, which are bounded (exit 130). */
const ignore = (): void => undefined;
/** Signals that came while a run was being put together. */
const early: NodeJS.Signals[] = [];
const keep = (signal: NodeJS.Signals): void => void early.push(signal);

/** From here on a signal waits for the StopSignals of the run: it shall end in order what has begun. */
export function holdSignals(): void {
  for (const signal of SIGNALS)
    if (!process.listeners(signal).includes(keep)) process.on(signal, keep);
}
/** Ctrl-C under npm arrives twice, from the terminal and from npm: this soon it is the same request. */
const ECHO_MS = 400;

export class StopSignals {
  private asked = false;
  private askedMs = 0;
  private readonly parent = process.ppid;
  private readonly timer: NodeJS.Timeout;
  private readonly listener = (signal: NodeJS.Signals): void => this.ask(signal);

  constructor(
    private readonly onFirst: (why: string) => void,
    private readonly onSecond: () => void,
  ) {
    // In this order: without any listener for an instant, a signal that has just come would be lost.
    for (const signal of SIGNALS) process.on(signal, this.listener).off(signal, keep);
    setImmediate(() => early.splice(0).forEach(this.listener));
    // These stay to the end of the process: every further write fails as well, and must not end it half-way.
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', (error: NodeJS.ErrnoException) => this.outputGone(error.code));
    }
    this.timer = setInterval(() => this.lookForParent(), LOOK_MS);
    this.timer.unref();
  }

  /** What comes now is ignored. */
  close(): void {
    this.asked = true;
    for (const signal of SIGNALS) {
      if (!process.listeners(signal).includes(ignore)) process.on(signal, ignore);
      process.off(signal, this.listener);
    }
    clearInterval(this.timer);
  }

  private ask(why: string): void {
    if (this.asked) {
      if (performance.now() - this.askedMs > ECHO_MS) this.onSecond();
      return;
    }
    this.asked = true;
    this.askedMs = performance.now();
    this.onFirst(why);
  }

  private outputGone(code: string | undefined): void {
    if (!this.asked) this.ask(`the output is gone (${code ?? 'no code'})`);
  }

  private lookForParent(): void {
    if (process.ppid === this.parent || this.asked) return;
    this.ask('the parent process is gone');
  }
}
