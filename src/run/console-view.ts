// What a person at a terminal sees while it runs: log lines scrolling above, the present state in a block below.
// Elsewhere just the lines. It only writes to stdout.

export class ConsoleView {
  private shown = 0;

  constructor(private readonly terminal: boolean) {}

  /** One log line. */
  line(text: string): void {
    this.wipe();
    process.stdout.write(`${text}\n`);
  }

  /** Replaces the block at the bottom; nothing happens where there is no terminal. */
  block(text: string): void {
    if (!this.terminal) return;
    this.wipe();
    const width = process.stdout.columns || 80;
    const lines = text.split('\n').map((line) => line.slice(0, width - 1));
    const rule = '-'.repeat(Math.min(width - 1, 72));
    process.stdout.write(`${[rule, ...lines].join('\n')}\n`);
    this.shown = lines.length + 1;
  }

  private wipe(): void {
    if (this.shown === 0) return;
    process.stdout.write(`\u001b[${this.shown}A\u001b[0J`);
    this.shown = 0;
  }
}
