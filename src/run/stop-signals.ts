// The ways in which the world asks a run to end: signals, and the death of the parent (a closed terminal, a killed
// npm). The first is a request; the second, at any time, is final.

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const LOOK_MS = 500;

export class StopSignals {
  private asked = false;
  private readonly parent = process.ppid;
  private readonly timer: NodeJS.Timeout;
  private readonly listener = (signal: NodeJS.Signals): void => this.ask(signal);

  constructor(
    private readonly onFirst: (why: string) => void,
    private readonly onSecond: () => void,
  ) {
    for (const signal of SIGNALS) process.on(signal, this.listener);
    this.timer = setInterval(() => this.lookForParent(), LOOK_MS);
    this.timer.unref();
  }

  close(): void {
    for (const signal of SIGNALS) process.off(signal, this.listener);
    clearInterval(this.timer);
  }

  private ask(why: string): void {
    if (this.asked) return this.onSecond();
    this.asked = true;
    this.onFirst(why);
  }

  private lookForParent(): void {
    if (process.ppid === this.parent || this.asked) return;
    this.ask('the parent process is gone');
  }
}
