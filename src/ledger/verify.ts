// The whole ledger worked out again, row by row: every sum, every equity row, every run's start
// must be what the rows before it add up to. Slow and thorough: for `mm doctor`, for tests, and
// after a crash campaign.
import { Instrument } from '#core/instrument';
import { Position, type PositionSnapshot } from '#core/position';
import type { LedgerReader } from './reader.js';
import { applyRow, difference, history, type HistoryRow } from './replay.js';
import type { AccountRow } from './rows.js';

export interface Verification {
  /** Rows compared. */
  readonly rows: number;
  /** Empty when everything agrees; at most 100 lines. */
  readonly problems: readonly string[];
}

const MOST = 100;

/** Reads every row once. Throws LedgerProblem only when the file cannot be read at all. */
export function verifyLedger(reader: LedgerReader): Verification {
  return reader.moment(() => verify(reader));
}

function verify(reader: LedgerReader): Verification {
  const problems = reader.damage().map((line) => `SQLite: ${line}`);
  let rows = 0;
  for (const account of reader.accounts()) {
    rows += verifyAccount(reader, account, (line) => {
      if (problems.length < MOST) problems.push(`${account.market}: ${line}`);
    });
  }
  return { rows, problems };
}

function verifyAccount(
  reader: LedgerReader,
  account: AccountRow,
  complain: (line: string) => void,
): number {
  const instrument = new Instrument(account.spec);
  let position: Position | null = null;
  let rows = 0;
  for (const row of history(reader, account.id, 0, true)) {
    rows += 1;
    try {
      position ??= Position.restore(instrument, startOf(row));
      applyRow(position, row);
    } catch (error) {
      complain(`${row.kind} ${row.id}: ${error instanceof Error ? error.message : String(error)}`);
      continue;
    }
    const wrong = contradiction(position, row);
    if (wrong !== null) complain(`${row.kind} ${row.id}: ${wrong}`);
  }
  const wrong = position && difference(position.snapshot(), account.position);
  if (wrong) complain(`the present position: ${wrong}`);
  return rows;
}

/** The first row of an account is a run: money moves only inside one. */
function startOf(row: HistoryRow): PositionSnapshot {
  if (row.text === null) throw new Error('comes before any run');
  return JSON.parse(row.text) as PositionSnapshot;
}

function contradiction(position: Position, row: HistoryRow): string | null {
  if (row.text !== null) {
    return difference(position.snapshot(), JSON.parse(row.text) as PositionSnapshot);
  }
  const said = { lots: row.lotsAfter, cost: row.cost, realised: row.realised, fees: row.fees };
  const all = { ...said, funding: row.funding, transfers: row.transfers };
  for (const key of Object.keys(all) as (keyof typeof all)[]) {
    if (all[key] !== null && all[key] !== position[key]) {
      return `says ${key} ${all[key]}, the rows before it ${position[key]}`;
    }
  }
  return null;
}
