// Tapes as commands: import CSV files, say what is on a tape, check it. Thin: the work is src/tape's.
import { describeTape } from '#tape/info';
import { importFiles } from '#tape/import-files';
import type { AnyImportOptions } from '#tape/import-files';
import type { TapeInfo } from '#tape/format';
import type { MergeOptions } from '#tape/import';
import { exportNpz } from '#tape/npz-write';
import type { NpzExport } from '#tape/npz-write';
import { readInfo } from '#tape/read';
import { areNpz } from '#tape/import-files';
import { lintCsv } from '#tape/lint';
import type { LintReport } from '#tape/lint';
import { checkNpz } from '#tape/npz-import';
import { TapeProblem } from '#tape/problem';
import { rescueTape } from '#tape/rescue';
import { reportOf, verifyFiles, verifyTape } from '#tape/verify';
import type { Finding, Verdict, VerifyReport } from '#tape/verify';

export type { AnyImportOptions, TapeInfo };

export const tapeImport = (options: AnyImportOptions): Promise<TapeInfo> => importFiles(options);

/** Writes a tape as hftbacktest's .npz; what to tell the user of it, a line each. */
export async function tapeToNpz(
  tape: string,
  out: string,
  options: { readonly stored: boolean; readonly overwrite: boolean },
): Promise<{ readonly written: NpzExport; readonly text: string }> {
  const written = await exportNpz(tape, out, options);
  const head = `${written.events} events, ${written.bytes} bytes in ${written.file}`;
  return { written, text: [head, ...written.notes.map((note) => `  ${note}`)].join('\n') };
}

export function tapeInfo(path: string): { readonly info: TapeInfo; readonly text: string } {
  const info = readInfo(path);
  return { info, text: textOf(info) };
}

const RECORD = 'record';

/** What a killed `mm record` left, as a tape. That of a run stays: a tape would pass for a whole run. Throws TapeProblem. */
export function tapeRescue(
  part: string,
  out: string,
): { readonly info: TapeInfo; readonly text: string } {
  const info = rescueTape(part, ({ writtenBy }) => {
    if (writtenBy === RECORD) return out;
    throw new TapeProblem(part, '', `is of ${writtenBy}, not of mm record`, 'a killed run plays as it is: mm replay RUN'); // prettier-ignore
  });
  if (info === null)
    throw new TapeProblem(part, '', 'has no row that is whole', 'nothing can be kept of it');
  return { info, text: textOf(info) };
}

/** Label and value, a line each. */
export const textOf = (info: TapeInfo): string =>
  describeTape(info)
    .map(([label, value]) => `${label.padEnd(12)} ${value}`)
    .join('\n');

/** What `mm tape verify --json` prints: the findings, and every plain count of the check. */
export interface TapeVerdict {
  readonly name: string;
  /** The worst, of the files and of what an import makes of them. */
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<string, number>>;
  /** CSV only: what is wrong line by line, a verdict for each file. */
  readonly files?: readonly LintReport[];
}

/** Checks a tape, .npz files, or CSV files: each alone line by line, then together as an import would read them. */
export async function verify(
  tape: string | null,
  options: MergeOptions,
  onProgress: (fraction: number) => void,
): Promise<{ readonly report: TapeVerdict; readonly lines: string }> {
  const step = ({ fraction }: { readonly fraction: number }): void => onProgress(fraction);
  if (tape !== null) {
    const found = verifyTape(tape, step);
    return { report: plain(found), lines: verdictLines(found) };
  }
  if (areNpz(options.files)) {
    const { check, notes } = await checkNpz({ ...options, onProgress: step });
    const said = notes.map((text): Finding => ({ verdict: 'good', text }));
    const found = reportOf(options.files.join(', '), check, said);
    return { report: plain(found), lines: verdictLines(found) };
  }
  const files: LintReport[] = [];
  for (const file of options.files) files.push(await lintCsv(file));
  const together = await merged({ ...options, onProgress: step });
  const read = { ...together, name: `${together.name}, as an import reads it` };
  const lines = [...files, read].map(verdictLines).join('\n');
  return { report: { ...together, verdict: worstOf([...files, together]), files }, lines };
}

/** An import may read what is wrong in a file all the same: trades that are there twice. */
function worstOf(verdicts: readonly { readonly verdict: Verdict }[]): Verdict {
  const has = (one: Verdict): boolean => verdicts.some(({ verdict }) => verdict === one);
  return has('bad') ? 'bad' : has('usable') ? 'usable' : 'good';
}

/** An import would stop at the first thing it refuses: then that is the verdict. */
async function merged(options: MergeOptions): Promise<TapeVerdict> {
  try {
    return plain(await verifyFiles(options));
  } catch (error) {
    if (!(error instanceof TapeProblem)) throw error;
    const name = options.files.join(', ');
    const findings: Finding[] = [
      { verdict: 'bad', text: `an import stops here: ${error.message}` },
    ];
    return { name, verdict: 'bad', findings, counts: {} };
  }
}

function plain({ name, verdict, findings, check }: VerifyReport): TapeVerdict {
  const numbers = Object.entries(check).filter(([, value]) => typeof value === 'number');
  return { name, verdict, findings, counts: { ...Object.fromEntries(numbers), ...check.kinds } };
}

const verdictLines = ({
  name,
  verdict,
  findings,
}: Pick<VerifyReport, 'name' | 'verdict' | 'findings'>): string =>
  [
    `${verdict.toUpperCase()}  ${name}`,
    ...findings.map((f) => `  ${f.verdict.padEnd(7)} ${f.text}`),
  ].join('\n');
