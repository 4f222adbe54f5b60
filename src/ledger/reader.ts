// The many readers: read-only, in any process, also while a writer works or after it was killed.
// Each query sees one consistent moment; a long read goes in pages, so that it never holds the
// writer's log from being moved.
import type { Micros } from '#core/units';
import { ACCOUNT_COLUMNS, prepareAccount, readAccount } from './account.js';
import { Connection, type Statement, type Value } from './connection.js';
import { takenAt } from './inbox.js';
import { LedgerProblem, explain } from './problem.js';
import type {
  AccountRow, EquityRow, FillRow, FundingRow, HaltRow, MarkoutRow, NoteRow, OrderChangeRow,
  OrderRow, ResetRow, RunRow, StatusRow, TransferRow,
} from './rows.js'; // prettier-ignore
import { MIGRATIONS, latestVersion, refuseNewer, versionOf } from './schema.js';

/** Columns of each table under the names of rows.ts. */
const COLUMNS = {
  order_changes: 'id, run, ordinal, us, kind, ticks, lots, detail',
  fills: `id, account, run, trade_id AS tradeId, order_run AS orderRun, ordinal, us,
    venue_us AS venueUs, side, ticks, lots, fee, maker, liquidation, adjustment, realised,
    lots_after AS lotsAfter, cost_after AS costAfter, realised_sum AS realisedSum,
    fees_sum AS feesSum`,
  funding: 'id, account, run, us, amount, rate, mark_256 AS mark256, funding_sum AS fundingSum',
  transfers: 'id, account, run, us, amount, transfers_sum AS transfersSum',
  equity: `id, account, run, us, lots, mark_256 AS mark256, cash, worth, accrued, equity, cost,
    realised, fees, funding, transfers`,
  halts: `id, account, run, us, from_state AS fromState, to_state AS toState, guard, severity,
    reason, until_us AS untilUs`,
  resets: `id, account, run, us, reason, lots, mark_256 AS mark256, realised, fees, funding,
    unrealised, pnl`,
  notes: 'id, account, run, us, kind, text',
} as const;
export type PagedTable = keyof typeof COLUMNS;

export interface PagedRows {
  readonly order_changes: OrderChangeRow;
  readonly fills: FillRow;
  readonly funding: FundingRow;
  readonly transfers: TransferRow;
  readonly equity: EquityRow;
  readonly halts: HaltRow;
  readonly resets: ResetRow;
  readonly notes: NoteRow;
}

const RUNS = `SELECT runs.id, run, runs.account, venue, accounts.account AS accountName, market,
  kind, mode, version, pid, capital, params, start_position AS startPosition,
  started_us AS startedUs, ended_us AS endedUs, exit_code AS exitCode, end_reason AS endReason,
  command_hash AS commandHash
  FROM runs JOIN accounts ON accounts.id = runs.account`;
const ORDERS = `SELECT orders.run, runs.run AS runId, ordinal, side, tif,
  reduce_only AS reduceOnly, first_ticks AS firstTicks, first_lots AS firstLots, ticks, lots,
  state, filled, venue_filled AS venueFilled, reason, placed_us AS placedUs,
  accepted_us AS acceptedUs, cancel_us AS cancelUs, closed_us AS closedUs
  FROM orders JOIN runs ON runs.id = orders.run`;
const OF_RUNS = 'orders.run IN (SELECT value FROM json_each(?1))';
/**
 * May be open at the venue, or was closed with fills that never reached us; each half has its
 * index.
 */
const UNACCOUNTED = `${ORDERS} WHERE ${OF_RUNS} AND closed_us IS NULL
  UNION ALL ${ORDERS} WHERE ${OF_RUNS} AND venue_filled > filled ORDER BY 1, 3`;
/** Rows of a table are in order of time, so its newest is its last; orders and state change in place. */
const NEWEST = `SELECT coalesce(max(us), 0) AS us FROM (
  ${(Object.keys(COLUMNS) as PagedTable[]).map((table) => `SELECT us FROM (SELECT us FROM ${table} ORDER BY id DESC LIMIT 1)`).join(' UNION ALL ')}
  UNION ALL SELECT us FROM state
  UNION ALL SELECT max(started_us, coalesce(ended_us, 0)) FROM runs
  UNION ALL SELECT max(placed_us, coalesce(accepted_us, 0), coalesce(cancel_us, 0), coalesce(closed_us, 0))
    FROM orders WHERE run = (SELECT max(id) FROM runs))`;
const PAGE = 2_000;

export interface RunFilter {
  readonly venue?: string;
  readonly account?: string;
  readonly market?: string;
}

export class LedgerReader {
  private readonly statements = new Map<string, Statement>();
  private constructor(private readonly db: Connection) {}

  /** Throws LedgerProblem: 'missing', 'not-a-ledger', 'newer', 'older' ... */
  static open(path: string): LedgerReader {
    const db = Connection.reader(path);
    try {
      const version = versionOf(db);
      const latest = latestVersion(MIGRATIONS);
      refuseNewer(db, version, latest);
      if (version === latest) return new LedgerReader(db);
      throw new LedgerProblem(
        version === 0 ? 'missing' : 'older',
        `${path}: ${version === 0 ? 'nothing in it yet' : `an older version (schema ${version})`}`,
        'start a run first (mm run), which brings it up to date',
      );
    } catch (error) {
      db.close();
      throw explain(error, path);
    }
  }

  close(): void {
    this.db.close();
  }

  get path(): string {
    return this.db.path;
  }

  /**
   * All queries inside `work` see the same commit. Keep it short: while it lasts, the writer's log
   * cannot be moved into the file (it grows, nothing waits).
   */
  moment<T>(work: () => T): T {
    return this.guarded(() => this.db.moment(work));
  }

  /** Oldest first; the present row of a market is the last one. */
  accounts(): AccountRow[] {
    const rows = this.all(`SELECT ${ACCOUNT_COLUMNS} FROM accounts ORDER BY id`);
    return this.guarded(() => rows.map(readAccount));
  }

  account(venue: string, account: string, market: string): AccountRow | null {
    return this.guarded(() => {
      const row = prepareAccount(this.db).get([venue, account, market]);
      return row === undefined ? null : readAccount(row);
    });
  }

  /** Newest first, all or of one account or market. */
  runs(filter: RunFilter = {}, limit = 1_000_000): RunRow[] {
    const { venue = null, account = null, market = null } = filter;
    const where = `WHERE (?1 IS NULL OR venue = ?1) AND (?2 IS NULL OR accounts.account = ?2)
      AND (?3 IS NULL OR market = ?3) ORDER BY runs.id DESC LIMIT ?4`;
    const rows = this.all(`${RUNS} ${where}`, [venue, account, market, limit]);
    return this.guarded(() => rows.map(readRun));
  }

  lastRun(filter: RunFilter = {}): RunRow | null {
    return this.runs(filter, 1)[0] ?? null;
  }

  /** By the run id that is part of its client order ids. */
  run(runId: string): RunRow | null {
    const row = this.all(`${RUNS} WHERE runs.run = ?`, [runId])[0];
    return this.guarded(() => (row === undefined ? null : readRun(row)));
  }

  /** Orders that may be open at the venue. */
  openOrders(run: number): OrderRow[] {
    return this.all(`${ORDERS} WHERE orders.run = ? AND closed_us IS NULL ORDER BY ordinal`, [run]);
  }

  /**
   * Open orders of these runs, and closed ones of which the venue counted more fills than we have.
   */
  unaccounted(runs: readonly number[]): OrderRow[] {
    return this.all(UNACCOUNTED, [JSON.stringify(runs)]);
  }

  *orders(run: number): Generator<OrderRow> {
    let after = -1;
    const sql = `${ORDERS} WHERE orders.run = ? AND ordinal > ? ORDER BY ordinal LIMIT ${PAGE}`;
    for (;;) {
      const rows = this.all<OrderRow>(sql, [run, after]);
      yield* rows;
      if (rows.length < PAGE) return;
      after = (rows.at(-1) as OrderRow).ordinal;
    }
  }

  /**
   * Rows of a table by id, `run` null for those of all runs; pages keep a long read out of the
   * writer's way.
   */
  *rows<T extends PagedTable>(table: T, run: number | null, afterId = 0): Generator<PagedRows[T]> {
    let after = afterId;
    const ofRun = run === null ? '' : 'AND run = ?2';
    const sql = `SELECT ${COLUMNS[table]} FROM ${table}
      WHERE id > ?1 ${ofRun} ORDER BY id LIMIT ${PAGE}`;
    for (;;) {
      const rows = this.all<PagedRows[T]>(sql, run === null ? [after] : [after, run]);
      yield* rows;
      if (rows.length < PAGE) return;
      after = (rows.at(-1) as PagedRows[T]).id;
    }
  }

  markouts(run: number): MarkoutRow[] {
    return this.all(
      `SELECT fill, horizon_ms AS horizonMs, mid_256 AS mid256, bridged FROM markouts
       JOIN fills ON fills.id = markouts.fill WHERE fills.run = ? ORDER BY fill, horizon_ms`,
      [run],
    );
  }

  /** The newest equity row of an account; null before the first. */
  lastEquity(account: number): EquityRow | null {
    const sql = `SELECT ${COLUMNS.equity} FROM equity WHERE account = ? ORDER BY id DESC LIMIT 1`;
    return this.all<EquityRow>(sql, [account])[0] ?? null;
  }

  lastHalt(account: number): HaltRow | null {
    const sql = `SELECT ${COLUMNS.halts} FROM halts WHERE account = ? ORDER BY id DESC LIMIT 1`;
    return this.all<HaltRow>(sql, [account])[0] ?? null;
  }

  /** A value kept for restarts ('breaker', ...); null when there is none. */
  state(account: number, key: string): { readonly us: Micros; readonly value: unknown } | null {
    const sql = 'SELECT us, value FROM state WHERE account = ? AND key = ?';
    const row = this.all<{ us: Micros; value: string }>(sql, [account, key])[0];
    return row === undefined ? null : { us: row.us, value: this.json(row.value) };
  }

  /** What the run last said of itself; null when it has said nothing. */
  status(run: number): StatusRow | null {
    const sql = `SELECT us, status, decision_us AS decisionUs, decision FROM status WHERE run = ?`;
    const row = this.all<StatusRow & { status: string; decision: string }>(sql, [run])[0];
    if (row === undefined) return null;
    return { ...row, status: this.json(row.status), decision: this.json(row.decision) };
  }

  /** The newest time that any row carries, 0 when there is none: where the clock of the next run may start. */
  newestUs(): Micros {
    return this.all<{ us: Micros }>(NEWEST)[0]?.us ?? (0 as Micros);
  }

  /** When an order left in the inbox was obeyed; null while it was not. */
  takenAt(inboxId: number): Micros | null {
    return this.guarded(() => takenAt(this.db, inboxId));
  }

  /**
   * What SQLite itself finds wrong with the file, CHECKs of all rows included; empty when sound.
   * Reads all of it.
   */
  damage(): string[] {
    const rows = this.all<Record<string, string>>('PRAGMA integrity_check(20)');
    return rows.map((row) => Object.values(row)[0] ?? '').filter((line) => line !== 'ok');
  }

  /** Any query, for this folder (replay, export). The rows are as the driver gives them. */
  all<T>(sql: string, params: readonly Value[] = []): T[] {
    return this.guarded(() => {
      let statement = this.statements.get(sql);
      if (statement === undefined) {
        statement = this.db.prepare(sql);
        this.statements.set(sql, statement);
      }
      return statement.all(params) as T[];
    });
  }

  /**
   * One page of `select` as arrays of these columns. It crosses from the driver as one JSON text,
   * which is four times as fast as an object a row; for streams.
   */
  page(select: string, columns: readonly string[], params: readonly Value[]): Value[][] {
    const arrays = `json_group_array(json_array(${columns.join(', ')}))`;
    const sql = `SELECT ${arrays} AS page FROM (${select})`;
    const [row] = this.all<{ page: string }>(sql, params);
    return this.json(row?.page ?? '[]') as Value[][];
  }

  private json(text: string | null): unknown {
    return this.guarded(() => (text === null ? null : (JSON.parse(text) as unknown)));
  }

  private guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw explain(error, this.db.path);
    }
  }
}

function readRun(row: unknown): RunRow {
  const raw = row as RunRow & { params: string; startPosition: string };
  const startPosition = JSON.parse(raw.startPosition) as RunRow['startPosition'];
  return { ...raw, params: JSON.parse(raw.params) as unknown, startPosition };
}
