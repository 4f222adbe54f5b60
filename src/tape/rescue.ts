// A recording that was cut short (a kill, a power failure) becomes a tape: what is behind its last whole block goes, the end
// that its writer owed it is written, and it takes its name. What is not whole is never guessed at; killed in the middle of
// this, it can be done again.
import {
  closeSync, existsSync, fsyncSync, ftruncateSync, openSync, renameSync, statSync, writeSync,
} from 'node:fs'; // prettier-ignore
import type { TapeFooter, TapeInfo } from './format.js';
import { TapeProblem, fileProblem } from './problem.js';
import { readInfo } from './read.js';
import { footerBytes } from './write.js';

const NOTE = 'its end is missing: the writer did not finish';

/**
 * Gives `part` the name that `named` says; null, and nothing done, when no row of it is whole.
 * Throws TapeProblem: it is no tape, cannot be read or written, or the name is taken.
 */
export function rescueTape(part: string, named: (info: TapeInfo) => string): TapeInfo | null {
  if (existsSync(part) && statSync(part).size === 0) return null;
  const info = readInfo(part, { torn: 'keep' });
  if (info.rows === 0) return null;
  const out = named(info);
  if (existsSync(out))
    throw new TapeProblem(out, '', 'exists already', 'move it, or choose another name');
  try {
    if (info.torn) end(part, info);
    renameSync(part, out);
  } catch (error) {
    throw fileProblem(part, error);
  }
  return readInfo(out);
}

function end(part: string, info: TapeInfo): void {
  const { rows, kinds, firstUs, lastUs, venueFirstUs, venueLastUs, raised, gapUs, index } = info;
  const times = { firstUs, lastUs, venueFirstUs, venueLastUs };
  const footer: TapeFooter = { rows, kinds, ...times, raised, gapUs, notes: [NOTE], origins: [], index }; // prettier-ignore
  const bytes = footerBytes(footer);
  const last = index.at(-1);
  const from = last === undefined ? 0 : last.offset + last.bytes;
  const file = openSync(part, 'r+');
  try {
    ftruncateSync(file, from);
    for (let done = 0; done < bytes.length;)
      done += writeSync(file, bytes, done, bytes.length - done, from + done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
