// The one error of this folder: what went wrong with the ledger in one line, and what the user can
// do about it. Every failure of the file system or of SQLite becomes one of these; a raw driver
// error never leaves the folder.
import { AssertionFailure } from '#core/assert';

/** What kind of trouble; the host decides by this, the user reads the message. */
export type LedgerProblemCode =
  | 'cannot-open' | 'missing' | 'not-a-ledger' | 'newer' | 'older' | 'corrupt' | 'full' | 'io'
  | 'read-only' | 'busy' | 'held' | 'fenced' | 'replaced' | 'lost-rows' | 'disagreement'
  | 'refused'; // prettier-ignore

export class LedgerProblem extends Error {
  override readonly name: string = 'LedgerProblem';
  constructor(
    readonly code: LedgerProblemCode,
    /** One line: what happened, to which file. */
    readonly what: string,
    /** One line: what to do. */
    readonly remedy: string,
    cause?: unknown,
  ) {
    super(`${what}: ${remedy}`, cause === undefined ? undefined : { cause });
  }
}

interface Answer {
  readonly code: LedgerProblemCode;
  readonly says: string;
  readonly remedy: string;
}

const answer = (code: LedgerProblemCode, says: string, remedy: string): Answer => ({
  code,
  says,
  remedy,
});
const FULL = answer('full', 'the disk is full', 'free some space and start again');
const READ_ONLY = answer(
  'read-only',
  'it cannot be written',
  'check the owner and the permissions of the file and its folder, or set MM_STATE_DIR',
);
const CORRUPT = answer(
  'corrupt',
  'it is damaged',
  'move it aside with its -wal, -shm and .seen files; restore a backup or start afresh',
);
const BUSY = answer(
  'busy',
  'another program keeps it locked',
  'end whatever else writes to it (a second mm, a database browser) and try again',
);
const REFUSED = answer(
  'refused',
  'it refused a row that contradicts itself',
  'this is a bug in the bot; keep the file and the log and report it',
);
const IO = answer('io', 'the disk failed', 'check the disk and the system log, then start again');
const DIRECTORY = answer(
  'cannot-open',
  'a folder or a special file is in its place',
  'move it away, or set MM_STATE_DIR to another folder',
);
const CANNOT_OPEN = answer(
  'cannot-open',
  'it cannot be opened',
  'check that its folder exists and may be written, or set MM_STATE_DIR',
);

/** By the start of the code that SQLite or the file system gives; the first that fits wins. */
const ANSWERS: readonly (readonly [RegExp, Answer])[] = [
  [/^(SQLITE_FULL|ENOSPC|EDQUOT)/, FULL],
  [/^(SQLITE_READONLY|EROFS|EACCES|EPERM|SQLITE_PERM)/, READ_ONLY],
  [/^SQLITE_NOTADB/, answer('not-a-ledger', 'it is not a ledger', 'move that file away')],
  [/^SQLITE_CORRUPT/, CORRUPT],
  [/^(SQLITE_BUSY|SQLITE_LOCKED)/, BUSY],
  [/^(SQLITE_CONSTRAINT|SQLITE_MISMATCH|SQLITE_RANGE)/, REFUSED],
  [/^(SQLITE_IOERR|EIO|EFBIG)/, IO],
  [/^(EISDIR|ENOTDIR|EEXIST)/, DIRECTORY],
  [/^(SQLITE_CANTOPEN|ENOENT)/, CANNOT_OPEN],
];

/**
 * Any error thrown while working on `path`, as a LedgerProblem. Never hides the text of the
 * original.
 */
export function explain(error: unknown, path: string): LedgerProblem {
  if (error instanceof LedgerProblem) return error;
  const text = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  const found =
    ANSWERS.find(([pattern]) => pattern.test(code))?.[1] ?? answerWithoutCode(error, text);
  const detail = code === '' || text.includes(code) ? text : `${code} ${text}`;
  return new LedgerProblem(found.code, `${path}: ${found.says} (${detail})`, found.remedy, error);
}

function answerWithoutCode(error: unknown, text: string): Answer {
  if (/Unable to open/.test(text)) return CANNOT_OPEN;
  if (error instanceof SyntaxError) return CORRUPT; // JSON that is none
  const ours = error instanceof AssertionFailure || error instanceof TypeError;
  return ours || error instanceof RangeError ? REFUSED : IO;
}

/**
 * Extended codes that the driver has no name for come as numbers; the low byte is the primary code.
 */
const PRIMARY: Readonly<Record<number, string>> = {
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  19: 'SQLITE_CONSTRAINT',
  26: 'SQLITE_NOTADB',
};

/** The code of a driver or file-system error, '' when it has none. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return '';
  const unnamed = /^UNKNOWN_SQLITE_ERROR_(\d+)$/.exec(code);
  return (unnamed && PRIMARY[Number(unnamed[1]) & 0xff]) ?? code;
}
