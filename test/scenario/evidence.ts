// What a ledger says, read from outside while a run writes it or after it was killed: every row under a name, so that
// what was there once can be asked for again, and the checks that must hold of any ledger at any moment.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { BreakerSnapshot } from '#core/guard';
import { Instrument } from '#core/instrument';
import type { TickPrice } from '#core/units';
import { LedgerReader } from '#ledger/reader';
import type { PagedTable } from '#ledger/reader';
import type { AccountRow, OrderRow, RunRow } from '#ledger/rows';
import { verifyLedger } from '#ledger/verify';

const TABLES: readonly PagedTable[] = [
  'order_changes', 'fills', 'funding', 'transfers', 'equity', 'halts', 'resets', 'notes',
]; // prettier-ignore

export const ledgerOf = (state: string, account = 'paper-static'): string =>
  join(state, `sim-${account}.ledger`);

/** Opens, reads, closes; null when there is no ledger yet. */
export function reading<T>(path: string, work: (reader: LedgerReader) => T): T | null {
  if (!existsSync(path)) return null;
  let reader: LedgerReader;
  try {
    reader = LedgerReader.open(path);
  } catch (error) {
    if ((error as { code?: string }).code === 'missing') return null; // made, and nothing in it yet
    throw error;
  }
  try {
    return work(reader);
  } finally {
    reader.close();
  }
}

/** Rows by table and id, and orders by run and ordinal as far as an order cannot change any more. */
export type Rows = Map<string, string>;

const intentOf = ({ side, tif, reduceOnly, firstTicks, firstLots, placedUs }: OrderRow): string =>
  JSON.stringify([side, tif, reduceOnly, firstTicks, firstLots, placedUs]);

/** Everything committed with an id above `after`, at one moment. */
export function rowsOf(reader: LedgerReader, after: number): { rows: Rows; lastId: number } {
  return reader.moment(() => {
    const rows: Rows = new Map();
    let lastId = after;
    for (const table of TABLES) {
      for (const row of reader.rows(table, null, after)) {
        rows.set(`${table} ${row.id}`, JSON.stringify(row));
        lastId = Math.max(lastId, row.id);
      }
    }
    for (const run of reader.runs()) {
      lastId = Math.max(lastId, run.id);
      if (run.id < after) continue;
      rows.set(`run ${run.id}`, JSON.stringify([run.run, run.startPosition, run.startedUs]));
      for (const order of reader.orders(run.id)) {
        rows.set(`order ${run.id} ${order.ordinal}`, intentOf(order));
        if (order.closedUs !== null) {
          const { state, filled, reason, closedUs } = order;
          rows.set(
            `close ${run.id} ${order.ordinal}`,
            JSON.stringify([state, filled, reason, closedUs]),
          );
        }
      }
    }
    return { rows, lastId };
  });
}

/** Names of rows that were there and are gone or changed. */
export function lost(before: Rows, now: Rows): string[] {
  return [...before].filter(([name, text]) => now.get(name) !== text).map(([name]) => name);
}

/** Holds of every ledger at every moment: sums, the equity identity to the unit, the position from its fills. */
export function expectSound(reader: LedgerReader): { rows: number; equityRows: number } {
  const { rows, problems } = verifyLedger(reader);
  expect(problems).toEqual([]);
  let equityRows = 0;
  for (const account of reader.accounts()) {
    const instrument = new Instrument(account.spec);
    for (const row of reader.rows('equity', null)) {
      const mark = (row.mark256 / 256) as TickPrice;
      const worth = row.lots === 0 ? 0 : instrument.worth(row.lots, mark);
      if (row.worth !== worth || row.cash + worth + row.accrued !== row.equity) {
        throw new Error(`equity row ${row.id} does not add up: ${JSON.stringify(row)}`);
      }
      equityRows += 1;
    }
    expectPosition(reader, account);
  }
  return { rows, equityRows };
}

function expectPosition(reader: LedgerReader, account: AccountRow): void {
  let lots = 0;
  let trades = 0;
  for (const fill of reader.rows('fills', null)) {
    lots += fill.side * fill.lots;
    if (fill.adjustment === 1) continue;
    trades += 1;
    // The simulated venue numbers its trades: none twice, none left out.
    expect(fill.tradeId).toBe(`t${trades}`);
  }
  expect(account.position.lots).toBe(lots);
  expect(account.position.fills).toBe(trades);
}

/** Every order of every run but the present one has an end. */
export function expectNoneLeftOpen(reader: LedgerReader, present: RunRow): void {
  for (const run of reader.runs()) {
    if (run.id === present.id) continue;
    expect(run.endedUs, `run ${run.run} has an end`).not.toBeNull();
    expect(reader.openOrders(run.id)).toEqual([]);
    for (const order of reader.orders(run.id)) {
      expect(order.closedUs).toBeGreaterThanOrEqual(order.placedUs);
      if (order.state === 'closed')
        expect(order.reason).toMatch(/^(restart|cancelled|post-only|reduce-only|ioc)$/);
    }
  }
}

export const breakerOf = (reader: LedgerReader): BreakerSnapshot | null => {
  const account = reader.accounts().at(-1);
  return account === undefined
    ? null
    : ((reader.state(account.id, 'breaker')?.value ?? null) as BreakerSnapshot | null);
};
