// Orders of the operator from another process: a row that the bot looks for, or that its next start
// obeys when it is dead or hung. It needs no lock and survives everything that the ledger survives.
import type { Micros } from '#core/units';
import { Connection } from './connection.js';
import { explain } from './problem.js';
import { latestVersion, MIGRATIONS, refuseNewer, versionOf } from './schema.js';

export interface InboxOrder {
  readonly id: number;
  readonly us: Micros;
  readonly market: string;
  /** 'stop', 'pause', 'resume', 'reset', or whatever the host agrees on. */
  readonly operation: string;
  readonly reason: string;
}

/**
 * Leaves an order for whoever trades `market` on this ledger; returns its number. Throws
 * LedgerProblem.
 */
export function leaveOrder(path: string, order: Omit<InboxOrder, 'id'>): number {
  // A reader first: it never creates a file, and `mm stop` on a wrong name must not make a ledger.
  Connection.reader(path).close();
  const db = Connection.writer(path);
  try {
    refuseNewer(db, versionOf(db), latestVersion(MIGRATIONS));
    db.exec('PRAGMA synchronous = FULL');
    return db.transaction(() => {
      const { us, market, operation, reason } = order;
      const row = db
        .prepare(
          'INSERT INTO inbox (us, market, operation, reason) VALUES (?, ?, ?, ?) RETURNING id',
        )
        .get([us, market, operation, reason.replaceAll('\0', '')]);
      return (row as { id: number }).id;
    });
  } catch (error) {
    throw explain(error, path);
  } finally {
    db.close();
  }
}

/** The orders for a market that nobody has taken, oldest first. */
export const OPEN_INBOX = `SELECT id, us, market, operation, reason FROM inbox
  WHERE taken_us IS NULL AND market = ? ORDER BY id`;

/** When that order was taken; null while it was not. Lets `mm stop` wait for its answer. */
export function takenAt(db: Connection, id: number): Micros | null {
  const row = db.prepare('SELECT taken_us AS us FROM inbox WHERE id = ?').get([id]);
  return (row as { us: Micros | null } | undefined)?.us ?? null;
}
