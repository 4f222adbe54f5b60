// A thin typed face of the driver (libsql, sync API): open for one writer or for readers, prepare,
// transaction. The only file that imports the driver, so that another one (better-sqlite3,
// node:sqlite) is a change here alone. All calls block; each writer transaction is BEGIN IMMEDIATE,
// so that it never fails half-way for a lock.
import { closeSync, openSync, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import Database from 'libsql';
import { LedgerProblem, explain } from './problem.js';

export type Value = number | string | null;

/** Always called with one array: the driver passes it on without copying. */
export interface Statement {
  run(params: readonly Value[]): { readonly changes: number };
  get(params: readonly Value[]): unknown;
  all(params: readonly Value[]): unknown[];
}

/** How long a statement waits for another process's lock. */
const BUSY_MS = 2_000;

export class Connection {
  private readonly db: InstanceType<typeof Database>;
  private readonly begin: Statement;
  private readonly end: Statement;
  private closed = false;

  private constructor(
    readonly path: string,
    target: string,
    busyMs: number,
  ) {
    this.db = new Database(target, { timeout: busyMs });
    this.begin = this.prepare('BEGIN IMMEDIATE');
    this.end = this.prepare('COMMIT');
  }

  /** Creates the file (for its owner only) when it is not there. Throws LedgerProblem. */
  static writer(path: string, busyMs = BUSY_MS): Connection {
    const kind = kindOf(path);
    try {
      if (kind === 'absent') closeSync(openSync(path, 'a', 0o600));
      return new Connection(path, path, busyMs);
    } catch (error) {
      throw explain(error, path);
    }
  }

  /**
   * Never creates, never writes a row. Throws LedgerProblem ('missing' when there is no such file).
   */
  static reader(path: string, busyMs = BUSY_MS): Connection {
    if (kindOf(path) === 'absent') {
      throw new LedgerProblem('missing', `${path}: no such ledger`, 'start a run first (mm run)');
    }
    try {
      const uri = resolve(path).split(sep).map(encodeURIComponent).join('/');
      return new Connection(path, `file:${uri}?mode=ro`, busyMs);
    } catch (error) {
      throw explain(error, path);
    }
  }

  prepare(sql: string): Statement {
    return this.db.prepare(sql) as unknown as Statement;
  }

  exec(sql: string): void {
    this.db.exec(sql);
  }

  /** The single number or text that a PRAGMA answers; undefined when it answers nothing. */
  pragma(text: string): Value | undefined {
    const rows = this.prepare(`PRAGMA ${text}`).all([]) as Record<string, Value>[];
    return rows[0] === undefined ? undefined : Object.values(rows[0])[0];
  }

  /** Runs `work` in one transaction; rolls back and rethrows as LedgerProblem when it fails. */
  transaction<T>(work: () => T): T {
    try {
      this.begin.run([]);
      const result = work();
      this.end.run([]);
      return result;
    } catch (error) {
      this.rollback();
      throw explain(error, this.path);
    }
  }

  /**
   * Runs `work` on one consistent moment of the file, whatever a writer does meanwhile. Reads only.
   */
  moment<T>(work: () => T): T {
    if (this.db.inTransaction) return work();
    this.db.exec('BEGIN');
    try {
      return work();
    } finally {
      this.rollback();
    }
  }

  /** SQLite rolls back by itself on some errors; then there is nothing left to do. */
  rollback(): void {
    try {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
    } catch {
      // The first error is the one worth telling; an open transaction dies with the connection.
    }
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.rollback();
    this.db.close();
  }
}

function kindOf(path: string): 'file' | 'absent' {
  let stats;
  try {
    stats = statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw explain(error, path);
  }
  if (stats === undefined) return 'absent';
  if (stats.isFile()) return 'file';
  throw explain(Object.assign(new Error('not a regular file'), { code: 'EISDIR' }), path);
}
