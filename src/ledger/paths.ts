// Where the ledger lives: one file, one lock and one witness per (venue, account), in the state
// folder and never in logs/ (those are rotated and deleted). The environment is an argument:
// nothing here reads process.env.
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { LedgerProblem, explain } from './problem.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The files of one account. */
export interface AccountPaths {
  readonly folder: string;
  /** The ledger; SQLite keeps `-wal` and `-shm` beside it, and we `.seen` (witness.ts). */
  readonly ledger: string;
  /** Held exclusively by the one process that trades this account. */
  readonly lock: string;
  /** Who holds the lock, as JSON for people and for `mm metrics`. */
  readonly holder: string;
}

/**
 * MM_STATE_DIR, else $XDG_STATE_HOME/perp-mm, else ~/.local/state/perp-mm. As the XDG specification
 * says, a relative XDG_STATE_HOME is ignored. `home` is the user's home folder.
 */
export function stateFolder(env: Environment, home: string): string {
  const own = env['MM_STATE_DIR']?.trim();
  if (own) return resolve(own.startsWith('~/') ? join(home, own.slice(2)) : own);
  const xdg = env['XDG_STATE_HOME']?.trim();
  if (xdg && isAbsolute(xdg)) return join(xdg, 'perp-mm');
  return join(home, '.local', 'state', 'perp-mm');
}

/**
 * Letters, digits, dot and underscore as they are (and `-` in accounts); all else as %xx, so no two
 * names meet.
 */
function fileName(text: string, keepDash: boolean): string {
  const plain = keepDash ? /[0-9A-Za-z_.-]/ : /[0-9A-Za-z_.]/;
  let name = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const letter = String.fromCharCode(byte);
    name += plain.test(letter) ? letter : `%${byte.toString(16).padStart(2, '0')}`;
  }
  return name;
}

/** Throws LedgerProblem when a name is empty or too long for a file. */
export function accountPaths(folder: string, venue: string, account: string): AccountPaths {
  const name = `${fileName(venue, false)}-${fileName(account, true)}`;
  if (venue === '' || account === '' || name.length > 200) {
    throw new LedgerProblem(
      'cannot-open',
      `no file name for venue "${venue}" and account "${account}"`,
      'give the account a name of 1 to 100 plain characters',
    );
  }
  const stem = join(folder, name);
  return {
    folder,
    ledger: `${stem}.ledger`,
    lock: `${stem}.lock`,
    holder: `${stem}.holder.json`,
  };
}

/**
 * Makes a folder and those above it that are missing, one by one: Node's own `recursive` never comes
 * back where the file system refuses with ENOENT, as /proc does. Throws what mkdir throws.
 */
export function makeFolder(folder: string, mode?: number): void {
  if (isFolder(folder)) return;
  makeFolder(dirname(resolve(folder)), mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    if (!isFolder(folder)) throw error; // else somebody was faster
  }
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** Makes the state folder, for its owner only. Throws LedgerProblem when it cannot be. */
export function makeStateFolder(folder: string): void {
  try {
    makeFolder(folder, 0o700);
  } catch (error) {
    throw explain(error, folder);
  }
}
