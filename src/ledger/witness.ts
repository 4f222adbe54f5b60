// A few bytes beside the ledger that say how far it had come at the last commit. SQLite drops
// everything behind the first damaged frame of its write-ahead log without a word; this makes such
// a loss visible at the next start. It is written after each commit and never waited for, so it can
// only lag behind: whatever it says was durable.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/** How far: the last id of the sequence, and the last order of the last run. */
export interface Mark {
  readonly ledgerId: string;
  readonly id: number;
  readonly run: number;
  readonly ordinal: number;
}

export const witnessPath = (ledger: string): string => `${ledger}.seen`;

/**
 * Null when there is none, or when it cannot be read (a torn sector after a power cut): then it
 * proves nothing.
 */
export function readWitness(path: string): Mark | null {
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch {
    return null;
  }
  const match = /^([0-9a-f]{16}) (\d{16}) (\d{16}) (\d{16}) ok\n$/.exec(text);
  if (!match) return null;
  const [, ledgerId, id, run, ordinal] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
  ];
  return { ledgerId, id: Number(id), run: Number(run), ordinal: Number(ordinal) };
}

export class Witness {
  private readonly file: number;
  constructor(path: string) {
    this.file = openSync(path, 'r+');
  }

  static create(path: string): Witness {
    closeSync(openSync(path, 'a', 0o600));
    return new Witness(path);
  }

  /** About 3 us: one small write at the start of the file, which no SIGKILL can tear. */
  write(mark: Mark): void {
    const number = (value: number): string => String(value).padStart(16, '0');
    const { ledgerId, id, run, ordinal } = mark;
    const text = `${ledgerId} ${number(id)} ${number(run)} ${number(ordinal)} ok\n`;
    try {
      writeSync(this.file, text, 0, 'latin1');
    } catch {
      // The commit it would have witnessed has succeeded: a witness that lags is weaker, not wrong.
    }
  }

  close(): void {
    closeSync(this.file);
  }
}
