// The store of one sweep: a text file of JSON lines, appended as points come in, so that a killed sweep goes on where it
// stopped. The first line says what was asked; another request is another file. A torn last line is a point not done.
import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { StartProblem } from '#config/problem';
import { makeFolder } from '#ledger/paths';
import type { SweepTrial } from '#report/sweep-result';
import { keyOf } from '#search/space';
import type { Point } from '#search/space';

export const SWEEP_VERSION = 1;

export class SweepStore {
  readonly path: string;
  private readonly known = new Map<string, SweepTrial>();

  /** `request`: everything that decides a point's figures, plain JSON. Throws StartProblem for an unusable folder. */
  constructor(stateDir: string, request: unknown) {
    const head = JSON.stringify({ version: SWEEP_VERSION, request });
    const key = createHash('sha256').update(head).digest('hex').slice(0, 24);
    const folder = join(stateDir, 'sweeps');
    this.path = join(folder, `${key}.jsonl`);
    try {
      makeFolder(folder);
      if (existsSync(this.path)) this.load();
      else writeFileSync(this.path, `${head}\n`);
    } catch (error) {
      throw new StartProblem(
        `${this.path} cannot be used (${(error as Error).message}); free the disk or name another --state-dir`,
      );
    }
  }

  get count(): number {
    return this.known.size;
  }

  get(point: Point): SweepTrial | null {
    return this.known.get(keyOf(point)) ?? null;
  }

  add(trial: SweepTrial): void {
    this.known.set(keyOf(trial.point), trial);
    appendFileSync(this.path, `${JSON.stringify(trial)}\n`);
  }

  private load(): void {
    const text = readFileSync(this.path, 'utf8');
    // What was being written when the process died is cut off, or the next point would be glued to it.
    const whole = text.lastIndexOf('\n') + 1;
    if (whole < text.length) truncateSync(this.path, Buffer.byteLength(text.slice(0, whole)));
    for (const line of text.slice(0, whole).split('\n').slice(1)) {
      if (line === '') continue;
      const trial = JSON.parse(line) as SweepTrial;
      this.known.set(keyOf(trial.point), trial);
    }
  }
}
