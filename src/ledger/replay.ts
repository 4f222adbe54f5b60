// The account worked out again from its rows: fills, funding and transfers in the order of their
// ids, through the same core Position. Restore compares its end with the stored position; verify
// compares every row on the way.
import { assert } from '#core/assert';
import { Instrument } from '#core/instrument';
import { Position, type PositionSnapshot } from '#core/position';
import type { Lots, Money, Side, Ticks } from '#core/units';
import { adjust } from './account.js';
import type { Value } from './connection.js';
import type { LedgerReader } from './reader.js';
import type { AccountRow } from './rows.js';

/**
 * One row that moved the account (or an equity or reset row, which only states it), as the merged
 * query gives it.
 */
export interface HistoryRow {
  readonly id: number;
  readonly kind: 'fill' | 'adjustment' | 'funding' | 'transfer' | 'equity' | 'reset' | 'run';
  readonly side: number;
  readonly ticks: number;
  readonly lots: number;
  /** Fee of a fill, amount of the others. */
  readonly amount: number;
  readonly maker: number;
  /**
   * What the row says of the account after it: lots, cost, realised, fees, funding, transfers; null
   * = nothing.
   */
  readonly lotsAfter: number | null;
  readonly cost: number | null;
  readonly realised: number | null;
  readonly fees: number | null;
  readonly funding: number | null;
  readonly transfers: number | null;
  /** The start position of a run, as JSON. */
  readonly text: string | null;
}

/**
 * `+account`: by rowid, in order. The planner would take the index on (account, trade id) and sort
 * every page.
 */
const MOVES = `
SELECT id, iif(adjustment, 'adjustment', 'fill') AS kind, side, ticks, lots, fee AS amount, maker,
  lots_after AS lotsAfter, cost_after AS cost,
  realised_sum AS realised, fees_sum AS fees, NULL AS funding, NULL AS transfers, NULL AS text
  FROM fills WHERE +account = ?1 AND id > ?2
UNION ALL SELECT id, 'funding', 0, 0, 0, amount, 0, NULL, NULL, NULL, NULL, funding_sum, NULL, NULL
  FROM funding WHERE +account = ?1 AND id > ?2
UNION ALL
  SELECT id, 'transfer', 0, 0, 0, amount, 0, NULL, NULL, NULL, NULL, NULL, transfers_sum, NULL
  FROM transfers WHERE +account = ?1 AND id > ?2`;
const STATEMENTS = `
UNION ALL SELECT id, 'equity', 0, 0, 0, 0, 0, lots, cost, realised, fees, funding, transfers, NULL
  FROM equity WHERE +account = ?1 AND id > ?2
UNION ALL SELECT id, 'reset', 0, 0, 0, 0, 0, lots, NULL, realised, fees, funding, NULL, NULL
  FROM resets WHERE +account = ?1 AND id > ?2
UNION ALL SELECT id, 'run', 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, start_position
  FROM runs WHERE +account = ?1 AND id > ?2`;
const PAGE = 5_000;
const COLUMNS = [
  ...['id', 'kind', 'side', 'ticks', 'lots', 'amount', 'maker'],
  ...['lotsAfter', 'cost', 'realised', 'fees', 'funding', 'transfers', 'text'],
];
/** The first columns are all that a move needs. */
const MOVING = 7;

/**
 * Rows of an account with an id above `afterId`, in order; `all` adds the rows that only state the
 * account.
 */
export function* history(
  reader: LedgerReader,
  account: number,
  afterId: number,
  all: boolean,
): Generator<HistoryRow> {
  const sql = `${MOVES}${all ? STATEMENTS : ''} ORDER BY id LIMIT ${PAGE}`;
  const columns = all ? COLUMNS : COLUMNS.slice(0, MOVING);
  let after = afterId;
  for (;;) {
    const rows = reader.page(sql, columns, [account, after]);
    for (const values of rows) {
      const row = toRow(values);
      assert(row.id > after, 'rows of a page come in the order of their ids');
      after = row.id;
      yield row;
    }
    if (rows.length < PAGE) return;
  }
}

const toRow = (v: readonly Value[]): HistoryRow => ({
  id: v[0] as number,
  kind: v[1] as HistoryRow['kind'],
  side: v[2] as number,
  ticks: v[3] as number,
  lots: v[4] as number,
  amount: v[5] as number,
  maker: v[6] as number,
  lotsAfter: (v[7] ?? null) as number | null,
  cost: (v[8] ?? null) as number | null,
  realised: (v[9] ?? null) as number | null,
  fees: (v[10] ?? null) as number | null,
  funding: (v[11] ?? null) as number | null,
  transfers: (v[12] ?? null) as number | null,
  text: (v[13] ?? null) as string | null,
});

/** Moves `position` by one row. */
export function applyRow(position: Position, row: HistoryRow): void {
  if (row.kind === 'fill') {
    const { ticks, lots, amount, maker } = row;
    position.fill(row.side as Side, ticks as Ticks, lots as Lots, amount as Money, maker === 1);
  } else if (row.kind === 'adjustment') {
    adjust(position, row.side as Side, row.ticks as Ticks, row.lots as Lots, row.amount as Money);
  } else if (row.kind === 'funding') {
    position.applyFunding(row.amount as Money);
  } else if (row.kind === 'transfer') {
    position.transfer(row.amount as Money);
  }
}

/** The position of an account rebuilt from a run's start position and all rows since. */
export function rebuild(
  reader: LedgerReader,
  account: AccountRow,
  start: PositionSnapshot,
  afterId: number,
): PositionSnapshot {
  const position = Position.restore(new Instrument(account.spec), start);
  for (const row of history(reader, account.id, afterId, false)) applyRow(position, row);
  return position.snapshot();
}

/** The first figure in which two positions differ, for a message; null when they are the same. */
export function difference(ours: PositionSnapshot, other: PositionSnapshot): string | null {
  for (const key of Object.keys(ours) as (keyof PositionSnapshot)[]) {
    if (ours[key] !== other[key]) return `${key} ${other[key]}, from its rows ${ours[key]}`;
  }
  return null;
}
