// The write-ahead log under our own sync: room made before it is needed, every commit synced, and what happens when the
// disk refuses the sync of a commit that SQLite holds for done.
import { statSync } from 'node:fs';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { ASK } from '#core/units';
import { LOG_BYTES } from '#ledger/log-file';
import { LedgerReader } from '#ledger/reader';
import { verifyLedger } from '#ledger/verify';
import { readWitness, witnessPath } from '#ledger/witness';
import { Ledger } from '#ledger/writer';
import { T0, closeQuietly, fill, ledgerFile, place, running, start, us } from './fixtures.js';

const disk = vi.hoisted(() => ({ syncs: 0, failing: false }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const fdatasyncSync = (fd: number): void => {
    if (disk.failing) throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
    fs.fdatasyncSync(fd);
    disk.syncs += 1;
  };
  return { ...fs, fdatasyncSync };
});
beforeEach(() => Object.assign(disk, { syncs: 0, failing: false }));

test('a commit writes over room that is there, and is synced once', () => {
  const path = ledgerFile();
  const ledger = running(path);
  const size = (): number => statSync(`${path}-wal`).size;
  expect(size()).toBe(LOG_BYTES);
  for (let i = 1; i <= 50; i += 1) {
    const before = disk.syncs;
    ledger.recordIntents(T0, [place(2 * i - 1), place(2 * i, { side: ASK })]);
    expect(disk.syncs).toBe(before + 1);
  }
  expect(size()).toBe(LOG_BYTES);
  ledger.endRun({ us: us(T0 + 9), exitCode: 0, reason: 'over', commandHash: '' });
  expect(disk.syncs).toBe(52); // one for the begin, one for the end
  ledger.close();
});

/** As a run on a paper venue has it. */
function paper(path: string): Ledger {
  const ledger = Ledger.open(path, { durable: true, synced: false });
  onTestFinished(() => closeQuietly(ledger));
  ledger.beginRun(start());
  return ledger;
}

test('a paper ledger is synced in idle time, and the witness waits for that', () => {
  const path = ledgerFile();
  const ledger = paper(path);
  const [before, told] = [disk.syncs, readWitness(witnessPath(path))];
  for (let i = 1; i <= 3; i += 1) {
    ledger.recordIntents(T0, [place(i)]);
    ledger.event(fill(`t${i}`, i, 1, 600_000, 4));
    ledger.commit();
  }
  // A kill would lose nothing of it: another reader has it all.
  const reader = LedgerReader.open(path);
  const [run] = reader.runs({});
  expect([...reader.orders(run?.id ?? 0)]).toHaveLength(3);
  reader.close();
  expect(disk.syncs).toBe(before);
  expect(readWitness(witnessPath(path))).toEqual(told);
  ledger.idle();
  expect(disk.syncs).toBe(before + 1);
  expect(readWitness(witnessPath(path))?.ordinal).toBe(3);
  ledger.idle();
  expect(disk.syncs).toBe(before + 1);
});

test('a paper ledger whose sync failed takes no intent either', () => {
  const ledger = paper(ledgerFile());
  ledger.recordIntents(T0, [place(1)]);
  disk.failing = true;
  expect(() => ledger.idle()).toThrow(/the disk failed/);
  disk.failing = false;
  expect(() => ledger.recordIntents(T0, [place(2)])).toThrow(/the disk failed/);
});

test('a store of a backtest has no room made and is never synced', () => {
  const path = ledgerFile();
  const store = Ledger.open(path, { durable: false });
  store.beginRun(start());
  store.recordIntents(T0, [place(1)]);
  store.idle();
  expect(statSync(`${path}-wal`).size).toBeLessThan(LOG_BYTES);
  expect(disk.syncs).toBe(0);
  store.close();
});

test('a sync that fails: the intent is refused, nothing is written twice, and no intent is taken again', () => {
  const path = ledgerFile();
  const ledger = running(path);
  ledger.recordIntents(T0, [place(1)]);
  ledger.event(fill('t1', 1, 1, 600_000, 4));
  disk.failing = true;
  expect(() => ledger.recordIntents(T0, [place(2)])).toThrow(/the disk failed/);
  disk.failing = false;
  expect(() => ledger.recordIntents(T0, [place(3)])).toThrow(/the disk failed/);
  ledger.note(T0, 'x', 'still written');
  ledger.commit();
  const reader = LedgerReader.open(path);
  // The second was refused to the engine and stands in the ledger as sent: a start asks the venue for it.
  expect([...reader.orders(1)].map(({ ordinal }) => ordinal)).toEqual([1, 2]);
  expect([...reader.rows('fills', 1)]).toHaveLength(1);
  expect([...reader.rows('notes', 1)]).toHaveLength(1);
  expect(verifyLedger(reader).problems).toEqual([]);
  reader.close();
  closeQuietly(ledger);
});

test('the last decision waits for company, and is there at the end', () => {
  const path = ledgerFile();
  const ledger = running(path);
  const told = (): unknown => {
    const reader = LedgerReader.open(path);
    const id = reader.lastRun()?.id ?? 0;
    const { decision } = reader.status(id) ?? { decision: null };
    reader.close();
    return decision;
  };
  ledger.decision(T0, { bids: [1] });
  ledger.commit();
  expect(told()).toBeNull();
  ledger.recordIntents(T0, [place(1)]);
  expect(told()).toBeNull(); // no order waits for it
  ledger.event({ kind: 'accepted', ordinal: 1, us: T0 });
  ledger.commit();
  expect(told()).toEqual({ bids: [1] });
  ledger.decision(T0, { bids: [2] });
  ledger.idle();
  expect(told()).toEqual({ bids: [2] });
  ledger.decision(T0, { bids: [3] });
  ledger.close();
  expect(told()).toEqual({ bids: [3] });
});
