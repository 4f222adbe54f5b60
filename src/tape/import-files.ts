// Whatever kind of recording it is, to a tape: Tardis CSV or hftbacktest .npz, told apart by their names.
import type { TapeInfo } from './format.js';
import type { ImportOptions } from './import.js';
import { importTape } from './import.js';
import { importNpz, isNpz } from './npz-import.js';
import { TapeProblem } from './problem.js';

export type AnyImportOptions = ImportOptions & {
  /** What .npz files are of: they do not say. Default: the first file's name. */
  readonly symbol?: string;
};

/** True for .npz, false for CSV; both at once is refused. */
export function areNpz(files: readonly string[]): boolean {
  const npz = files.filter(isNpz).length;
  if (npz === 0 || npz === files.length) return npz > 0;
  const what = '.npz and CSV files at once';
  throw new TapeProblem(files.join(', '), '', what, 'import the one or the other');
}

/** Imports `files` as the tape `out`. Throws TapeProblem; then nothing is left at `out`. */
export function importFiles(options: AnyImportOptions): Promise<TapeInfo> {
  return areNpz(options.files) ? importNpz(options) : importTape(options);
}
