// The rows of runs: how one begins, and what becomes of the runs and orders that a crash left
// behind.
import type { PositionSnapshot } from '#core/position';
import type { Connection } from './connection.js';
import type { RunStart } from './entries.js';

/** What the runs before this one had left. */
export interface DeadRuns {
  /** Ids of runs that never ended: killed, or the machine died. */
  readonly runs: readonly string[];
  /** Orders that were closed for it ('restart'); 0 with deadOrders 'keep'. */
  readonly orders: number;
}

export function insertRun(
  db: Connection,
  id: number,
  account: number,
  position: PositionSnapshot,
  start: RunStart,
): void {
  db.prepare(
    `INSERT INTO runs (id, run, account, kind, mode, version, pid, capital, params,
     start_position, started_us)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run([
    ...[id, start.runId, account, start.kind, start.mode, start.version, start.pid, start.capital],
    ...[JSON.stringify(start.params), JSON.stringify(position), start.startedUs],
  ]);
}

/**
 * Whoever begins a run holds the lock, so every other run that has no end is dead. Inside a
 * transaction.
 */
export function closeDeadRuns(db: Connection, start: RunStart): DeadRuns {
  const lost = db.prepare('SELECT run FROM runs WHERE ended_us IS NULL').all([]) as {
    run: string;
  }[];
  db.prepare(
    `UPDATE runs SET end_reason = 'killed', ended_us = max(started_us,
       coalesce((SELECT us FROM equity AS e WHERE e.run = runs.id ORDER BY e.id DESC LIMIT 1), 0),
       coalesce((SELECT us FROM fills AS f WHERE f.run = runs.id ORDER BY f.id DESC LIMIT 1), 0))
     WHERE ended_us IS NULL`,
  ).run([]);
  const runs = lost.map((row) => row.run);
  if (start.deadOrders === 'keep') return { runs, orders: 0 };
  const closed = db
    .prepare(
      `UPDATE orders SET state = 'closed', reason = 'restart', closed_us = ?, venue_filled = filled
       WHERE closed_us IS NULL AND run IN (
         SELECT runs.id FROM runs JOIN accounts ON accounts.id = runs.account
         WHERE accounts.venue = ? AND accounts.account = ? AND accounts.market = ?)`,
    )
    .run([
      start.startedUs,
      start.instrument.spec.venue,
      start.account,
      start.instrument.spec.symbol,
    ]);
  return { runs, orders: closed.changes };
}
