// Opens the file for its writer: what is there, what it should be, and whether all of it is still
// there. A ledger that vanished, was replaced or lost rows must never pass for a fresh one: the
// latches are in it.
import { existsSync, rmSync, statSync } from 'node:fs';
import { Connection } from './connection.js';
import { LogFile } from './log-file.js';
import { LedgerProblem, explain } from './problem.js';
import { SEQUENCED, migrate, type Migration } from './schema.js';
import { Witness, readWitness, witnessPath } from './witness.js';

/** Small pages: a decision changes a few rows, and what is synced is pages (README, "Why"). */
const PAGE_BYTES = 1_024;
/** Without idle time the log is moved into the file inside a commit at this many pages (64 MB). */
const CHECKPOINT_PAGES = 65_536;
const LOG_KEPT_BYTES = 4_194_304;

export interface OpenedLedger {
  readonly db: Connection;
  /** Highest id of the sequence; ids of rows go on from here. */
  readonly lastId: number;
  /** What was committed survives a power cut when this returns. A store does not ask for it. Throws LedgerProblem. */
  sync(): void;
  /** Tells the witness how far the file has come. */
  reached(id: number, run: number, ordinal: number): void;
  /** Throws LedgerProblem when the path no longer leads to the open file. */
  checkSamePlace(): void;
  close(): void;
}

/**
 * Throws LedgerProblem. A store (not durable) has no witness: a crash costs its last batch, and
 * that is fine.
 */
export function openLedgerFile(
  path: string,
  durable: boolean,
  migrations: readonly Migration[],
): OpenedLedger {
  const seen = witnessPath(path);
  const fresh = !existsSync(path) || statSync(path).size === 0;
  if (durable && fresh && readWitness(seen) !== null) throw lost(path, 'the ledger is gone', seen);
  const db = Connection.writer(path);
  try {
    configure(db, durable);
    migrate(db, migrations);
    const id = (db.prepare('SELECT ledger_id AS id FROM meta').get([]) as { id: string }).id;
    const lastId = highestId(db);
    if (durable) checkWitness(db, seen, id, lastId);
    const witness = durable ? Witness.create(seen) : null;
    return opened(db, lastId, id, witness, durable ? logOf(db) : null);
  } catch (error) {
    db.close();
    if (fresh && existsSync(path) && statSync(path).size === 0) rmSync(path);
    throw explain(error, path);
  }
}

function opened(
  db: Connection,
  firstId: number,
  id: string,
  witness: Witness | null,
  log: LogFile | null,
): OpenedLedger {
  const inode = statSync(db.path).ino;
  let lastId = firstId;
  return {
    db,
    get lastId() {
      return lastId;
    },
    sync() {
      try {
        log?.sync();
      } catch (error) {
        throw explain(error, db.path);
      }
    },
    reached(reachedId, run, ordinal) {
      lastId = reachedId;
      witness?.write({ ledgerId: id, id: reachedId, run, ordinal });
    },
    checkSamePlace() {
      if (statSync(db.path, { throwIfNoEntry: false })?.ino === inode) return;
      throw new LedgerProblem(
        'replaced',
        `${db.path}: it was removed or replaced while in use`,
        'stop, put the file back if you can, and start again',
      );
    },
    close() {
      witness?.close();
      log?.close();
      db.close();
    },
  };
}

function configure(db: Connection, durable: boolean): void {
  // The page size counts only for a new file, and must come before the journal mode.
  db.pragma(`page_size = ${PAGE_BYTES}`);
  const mode = db.pragma('journal_mode = WAL');
  if (mode !== 'wal') {
    throw new LedgerProblem(
      'cannot-open',
      `${db.path}: this file system has no shared memory (journal mode ${String(mode)})`,
      'set MM_STATE_DIR to a folder on a local disk',
    );
  }
  db.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'OFF'}`);
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  db.pragma(`journal_size_limit = ${LOG_KEPT_BYTES}`);
}

/** From here on SQLite leaves it to us to sync a commit; its checkpoints still sync what they move. */
function logOf(db: Connection): LogFile {
  const log = new LogFile(db.path);
  db.exec('PRAGMA synchronous = NORMAL');
  return log;
}

function highestId(db: Connection): number {
  const parts = SEQUENCED.map((table) => `SELECT max(id) AS id FROM ${table}`).join(' UNION ALL ');
  const row = db.prepare(`SELECT coalesce(max(id), 0) AS id FROM (${parts})`).get([]);
  return (row as { id: number }).id;
}

function checkWitness(db: Connection, seen: string, ledgerId: string, lastId: number): void {
  const mark = readWitness(seen);
  if (mark === null) return;
  if (mark.ledgerId !== ledgerId) throw lost(db.path, 'it is not the ledger that was here', seen);
  const sql = 'SELECT coalesce(max(ordinal), 0) AS n FROM orders WHERE run = ?';
  const { n } = db.prepare(sql).get([mark.run]) as { n: number };
  if (lastId >= mark.id && n >= mark.ordinal) return;
  throw lost(db.path, `rows that were on disk are gone (row ${lastId} of ${mark.id})`, seen);
}

const lost = (path: string, what: string, seen: string): LedgerProblem =>
  new LedgerProblem(
    'lost-rows',
    `${path}: ${what}`,
    `put the right file back (with its -wal), or, to go on with what is there, delete ${seen}`,
  );
