// The tables, versioned: each migration brings a file from version n-1 to n inside one transaction.
// Money is an INTEGER of 1e-8, times are microseconds, prices whole ticks, sizes whole lots, marks
// 1/256 tick. A migration, once released, is never edited: a change is a new entry at the end.
import type { Connection } from './connection.js';
import { LedgerProblem } from './problem.js';

export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** "mmld": tells our files from any other SQLite database. */
export const APPLICATION_ID = 0x6d6d6c64;

const ACCOUNT_TABLES = `
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  ledger_id TEXT NOT NULL,
  -- run id of the one writer: whoever began last; a commit by anyone else is refused (fencing)
  owner TEXT
) STRICT;
INSERT INTO meta VALUES (1, lower(hex(randomblob(8))), NULL);

-- One row per market and set of units (tick, lot, multiplier); from lots on: the position now.
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  venue TEXT NOT NULL, account TEXT NOT NULL, market TEXT NOT NULL,
  spec TEXT NOT NULL,
  pnl_at_reset INTEGER NOT NULL,
  lots INTEGER NOT NULL, cost INTEGER NOT NULL, realised INTEGER NOT NULL, fees INTEGER NOT NULL,
  funding INTEGER NOT NULL, transfers INTEGER NOT NULL, volume INTEGER NOT NULL,
  maker_volume INTEGER NOT NULL, fills INTEGER NOT NULL
) STRICT;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  run TEXT NOT NULL UNIQUE,
  account INTEGER NOT NULL REFERENCES accounts,
  kind TEXT NOT NULL, mode TEXT NOT NULL, version TEXT NOT NULL, pid INTEGER NOT NULL,
  capital INTEGER NOT NULL,
  params TEXT NOT NULL,
  -- the position when it began: where a replay of its rows starts
  start_position TEXT NOT NULL,
  started_us INTEGER NOT NULL,
  ended_us INTEGER, exit_code INTEGER, end_reason TEXT, command_hash TEXT
) STRICT;

CREATE TABLE state (
  account INTEGER NOT NULL, key TEXT NOT NULL, us INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE status (
  run INTEGER PRIMARY KEY,
  us INTEGER, status TEXT, decision_us INTEGER, decision TEXT
) STRICT;

-- Orders of the operator, left by another process (mm stop, pause, resume, reset).
CREATE TABLE inbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  us INTEGER NOT NULL, market TEXT NOT NULL, operation TEXT NOT NULL, reason TEXT NOT NULL,
  taken_us INTEGER
) STRICT;
CREATE INDEX inbox_open ON inbox (id) WHERE taken_us IS NULL;
`;

const ORDER_TABLES = `
-- The intent, and where it stands now. closed_us NULL: it may be open at the venue.
CREATE TABLE orders (
  run INTEGER NOT NULL, ordinal INTEGER NOT NULL,
  side INTEGER NOT NULL CHECK (side IN (1, -1)),
  tif TEXT NOT NULL, reduce_only INTEGER NOT NULL,
  first_ticks INTEGER NOT NULL CHECK (first_ticks > 0),
  first_lots INTEGER NOT NULL CHECK (first_lots > 0),
  ticks INTEGER NOT NULL, lots INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('sent', 'open', 'filled', 'closed', 'rejected')),
  filled INTEGER NOT NULL,
  venue_filled INTEGER,
  reason TEXT,
  placed_us INTEGER NOT NULL, accepted_us INTEGER, cancel_us INTEGER, closed_us INTEGER,
  PRIMARY KEY (run, ordinal),
  CHECK ((closed_us IS NULL) = (state IN ('sent', 'open')))
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_open ON orders (run, ordinal) WHERE closed_us IS NULL;
CREATE INDEX orders_short ON orders (run, ordinal) WHERE venue_filled > filled;

-- What has no column in orders: amends, refusals with their text, unknown outcomes, cancel-all.
CREATE TABLE order_changes (
  id INTEGER PRIMARY KEY,
  run INTEGER, ordinal INTEGER, us INTEGER NOT NULL,
  kind TEXT NOT NULL, ticks INTEGER, lots INTEGER, detail TEXT NOT NULL
) STRICT;

-- The sums are those of the account after this fill, since the ledger began. An adjustment is no
-- trade of ours (a bust taken back, a position adopted from the venue) and counts for no volume.
CREATE TABLE fills (
  id INTEGER PRIMARY KEY,
  account INTEGER NOT NULL, run INTEGER NOT NULL,
  trade_id TEXT NOT NULL,
  order_run INTEGER, ordinal INTEGER,
  us INTEGER NOT NULL, venue_us INTEGER NOT NULL,
  side INTEGER NOT NULL CHECK (side IN (1, -1)),
  ticks INTEGER NOT NULL CHECK (ticks > 0), lots INTEGER NOT NULL CHECK (lots > 0),
  fee INTEGER NOT NULL, maker INTEGER NOT NULL,
  liquidation INTEGER NOT NULL, adjustment INTEGER NOT NULL,
  realised INTEGER NOT NULL,
  lots_after INTEGER NOT NULL, cost_after INTEGER NOT NULL,
  realised_sum INTEGER NOT NULL, fees_sum INTEGER NOT NULL,
  -- both sides of a trade with ourselves have its id
  UNIQUE (account, trade_id, side)
) STRICT;
CREATE INDEX fills_run ON fills (run);

CREATE TABLE markouts (
  fill INTEGER NOT NULL, horizon_ms INTEGER NOT NULL, mid_256 INTEGER NOT NULL,
  bridged INTEGER NOT NULL,
  PRIMARY KEY (fill, horizon_ms)
) STRICT, WITHOUT ROWID;
`;

const MONEY_TABLES = `
CREATE TABLE funding (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, run INTEGER NOT NULL, us INTEGER NOT NULL,
  amount INTEGER NOT NULL, rate INTEGER NOT NULL, mark_256 INTEGER NOT NULL,
  funding_sum INTEGER NOT NULL
) STRICT;

CREATE TABLE transfers (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, run INTEGER NOT NULL, us INTEGER NOT NULL,
  amount INTEGER NOT NULL, transfers_sum INTEGER NOT NULL
) STRICT;

-- equity is what the bot says; the rest is what our own rows add up to. CHECKs hold to the unit.
CREATE TABLE equity (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, run INTEGER NOT NULL, us INTEGER NOT NULL,
  lots INTEGER NOT NULL, mark_256 INTEGER NOT NULL,
  cash INTEGER NOT NULL, worth INTEGER NOT NULL, accrued INTEGER NOT NULL, equity INTEGER NOT NULL,
  cost INTEGER NOT NULL, realised INTEGER NOT NULL, fees INTEGER NOT NULL, funding INTEGER NOT NULL,
  transfers INTEGER NOT NULL,
  CONSTRAINT equity_identity CHECK (equity = cash + worth + accrued),
  CONSTRAINT cash_identity CHECK (cash = transfers + realised - fees + funding - cost)
) STRICT;
CREATE INDEX equity_run ON equity (run);

CREATE TABLE halts (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, run INTEGER, us INTEGER NOT NULL,
  from_state TEXT NOT NULL, to_state TEXT NOT NULL,
  guard TEXT, severity TEXT, reason TEXT NOT NULL, until_us INTEGER NOT NULL
) STRICT;

CREATE TABLE resets (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, run INTEGER, us INTEGER NOT NULL,
  reason TEXT NOT NULL, lots INTEGER NOT NULL, mark_256 INTEGER NOT NULL,
  realised INTEGER NOT NULL, fees INTEGER NOT NULL, funding INTEGER NOT NULL,
  unrealised INTEGER NOT NULL, pnl INTEGER NOT NULL,
  CONSTRAINT pnl_identity CHECK (pnl = realised - fees + funding + unrealised)
) STRICT;

CREATE TABLE notes (
  id INTEGER PRIMARY KEY, account INTEGER, run INTEGER, us INTEGER NOT NULL,
  kind TEXT NOT NULL, text TEXT NOT NULL
) STRICT;
`;

export const MIGRATIONS: readonly Migration[] = [
  { version: 1, sql: ACCOUNT_TABLES + ORDER_TABLES + MONEY_TABLES },
];

/**
 * Tables whose ids come from the one sequence of the ledger: by id they tell the order of events.
 */
export const SEQUENCED = [
  ...[
    'runs',
    'order_changes',
    'fills',
    'funding',
    'transfers',
    'equity',
    'halts',
    'resets',
    'notes',
  ],
] as const;

export const latestVersion = (migrations: readonly Migration[]): number =>
  migrations.reduce((latest, m) => Math.max(latest, m.version), 0);

/**
 * The schema version of an open file: 0 for a new one. Throws LedgerProblem when it is somebody
 * else's.
 */
export function versionOf(db: Connection): number {
  const version = Number(db.pragma('user_version'));
  const application = Number(db.pragma('application_id'));
  if (application === APPLICATION_ID && version > 0) return version;
  const tables = db.prepare('SELECT count(*) AS n FROM sqlite_schema').get([]) as { n: number };
  if (application === 0 && version === 0 && tables.n === 0) return 0;
  throw new LedgerProblem(
    'not-a-ledger',
    `${db.path}: it is a database, but not a ledger`,
    'move that file away, or set MM_STATE_DIR to another folder',
  );
}

/** Refuses a file from the future: its rows may mean something this version does not know. */
export function refuseNewer(db: Connection, version: number, latest: number): void {
  if (version <= latest) return;
  throw new LedgerProblem(
    'newer',
    `${db.path}: written by a newer version (schema ${version}, this one knows ${latest})`,
    'update perp-mm, or set MM_STATE_DIR to another folder',
  );
}

/**
 * Brings the file up to date, one transaction per version: a crash leaves a whole version. Returns
 * the old one.
 */
export function migrate(db: Connection, migrations: readonly Migration[] = MIGRATIONS): number {
  const from = versionOf(db);
  refuseNewer(db, from, latestVersion(migrations));
  for (const migration of [...migrations].sort((a, b) => a.version - b.version)) {
    if (migration.version <= from) continue;
    db.transaction(() => {
      // Another process may have been faster between our look and our lock.
      if (Number(db.pragma('user_version')) >= migration.version) return;
      db.exec(migration.sql);
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      db.exec(`PRAGMA user_version = ${migration.version}`);
    });
  }
  return from;
}
