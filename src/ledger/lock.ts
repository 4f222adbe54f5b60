// One process per account: an SQLite file of its own, held by BEGIN EXCLUSIVE for as long as the
// process lives. The kernel frees it on any death, SIGKILL included, so there is no stale lock and
// no pid to guess about. A small JSON file beside it says who holds it, for people; nothing is ever
// decided by that file.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Micros } from '#core/units';
import { Connection } from './connection.js';
import type { AccountPaths } from './paths.js';
import { LedgerProblem, codeOf, explain } from './problem.js';

export interface Holder {
  readonly pid: number;
  readonly runId: string;
  readonly market: string;
  readonly sinceUs: Micros;
}

type LockFiles = Pick<AccountPaths, 'lock' | 'holder'>;

/**
 * Somebody else trades this account. `holder` is what that process wrote about itself, when it
 * could be read.
 */
export class AccountHeld extends LedgerProblem {
  override readonly name = 'AccountHeld';
  constructor(
    path: string,
    readonly holder: Holder | null,
  ) {
    const who = holder
      ? `run ${holder.runId} on ${holder.market} (pid ${holder.pid}, since ${when(holder.sinceUs)})`
      : 'another process';
    super('held', `${path}: held by ${who}`, 'stop it first (mm stop), or use another --account');
  }
}

const when = (us: Micros): string => new Date(us / 1000).toISOString();

/** A probe takes the lock for an instant: one who wants it for good waits that long. */
const WAIT_MS = 500;
/** The driver closes what nobody refers to, and that would free the lock. */
const alive = new Set<Connection>();

export class AccountLock {
  private constructor(
    private readonly db: Connection,
    private readonly files: LockFiles,
  ) {}

  /** Takes the lock or throws AccountHeld; LedgerProblem when the files cannot be made. */
  static acquire(files: LockFiles, holder: Holder): AccountLock {
    const db = Connection.writer(files.lock, WAIT_MS);
    try {
      db.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      db.close();
      if (isBusy(error)) throw new AccountHeld(files.lock, readHolder(files));
      throw explain(error, files.lock);
    }
    alive.add(db);
    const lock = new AccountLock(db, files);
    try {
      const part = `${files.holder}.part`;
      writeFileSync(part, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
      renameSync(part, files.holder);
    } catch (error) {
      lock.release();
      throw explain(error, files.holder);
    }
    return lock;
  }

  release(): void {
    if (!alive.delete(this.db)) return;
    rmSync(this.files.holder, { force: true });
    this.db.close();
  }
}

const isBusy = (error: unknown): boolean => codeOf(error).startsWith('SQLITE_BUSY');

/** Who holds the account now; null when nobody does. Does not disturb the holder. */
export function holderOf(files: LockFiles): Holder | 'unknown' | null {
  let db: Connection | null = null;
  try {
    db = Connection.reader(files.lock, 0);
    db.prepare('SELECT count(*) FROM sqlite_schema').get([]);
    return null;
  } catch (error) {
    if (isBusy(error)) return readHolder(files) ?? 'unknown';
    const problem = explain(error, files.lock);
    if (problem.code === 'missing') return null;
    throw problem;
  } finally {
    db?.close();
  }
}

function readHolder(files: LockFiles): Holder | null {
  try {
    const read = JSON.parse(readFileSync(files.holder, 'utf8')) as Partial<Holder>;
    const { pid, runId, market, sinceUs } = read;
    if (typeof pid !== 'number' || typeof runId !== 'string' || typeof market !== 'string')
      return null;
    if (typeof sinceUs !== 'number' || !Number.isFinite(sinceUs)) return null;
    return { pid, runId, market, sinceUs };
  } catch {
    return null;
  }
}
