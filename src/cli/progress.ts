// Progress of long work: a bar with the time left on a terminal, a plain line now and then elsewhere. On stderr, so
// that what a command prints stays clean.

export interface Progress {
  /** `fraction` of the step done, 0 to 1. */
  step(label: string, fraction: number): void;
  done(): void;
}

const WIDTH = 28;
const REDRAW_MS = 100;
const PLAIN_LINE_MS = 10_000;

const clock = (seconds: number): string =>
  seconds >= 60
    ? `${Math.floor(seconds / 60)}m ${Math.round(seconds % 60)}s`
    : `${Math.round(seconds)}s`;

function bar(label: string, fraction: number, elapsed: number): string {
  const filled = Math.round(fraction * WIDTH);
  const left = fraction > 0.02 ? ` ${clock((elapsed / fraction) * (1 - fraction))} left` : '';
  return `${label} [${'='.repeat(filled)}${' '.repeat(WIDTH - filled)}] ${Math.floor(fraction * 100)}%${left}`;
}

export function progressBar(): Progress {
  const terminal = process.stderr.isTTY === true;
  let label = '';
  let began = 0;
  let shown = 0;
  let drawn = false;
  const wipe = (): void => {
    if (drawn) process.stderr.write('\r\u001b[2K');
    drawn = false;
  };
  return {
    step(next, fraction) {
      const now = Math.round(process.uptime() * 1000);
      if (next !== label) [label, began, shown] = [next, now, terminal ? 0 : now];
      const every = terminal ? REDRAW_MS : PLAIN_LINE_MS;
      if (now - shown < every) return;
      shown = now;
      const text = bar(label, Math.min(1, Math.max(0, fraction)), (now - began) / 1000);
      if (terminal) {
        wipe();
        process.stderr.write(text);
        drawn = true;
      } else {
        process.stderr.write(`${label}: ${Math.floor(fraction * 100)}%\n`);
      }
    },
    done: wipe,
  };
}
