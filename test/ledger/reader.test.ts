// Readers beside a writer: they see whole commits only, do not hold it up, and do not need it
// alive.
import { statSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { BID } from '#core/units';
import { accountPaths } from '#ledger/paths';
import { LedgerReader } from '#ledger/reader';
import { verifyLedger } from '#ledger/verify';
import { Ledger } from '#ledger/writer';
import { child, demandFreshBuild, kill } from './child.js';
import { T0, fill, folder, ledgerFile, place, running, start, us } from './fixtures.js';

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

beforeAll(demandFreshBuild);

test('two readers see whole commits while a writer works, and the rest after it was killed', async () => {
  const state = folder();
  const { ledger } = accountPaths(state, 'sim', 'test');
  const writer = child('write', state, 'run1');
  await writer.said('ack 1 ');
  const readers = [LedgerReader.open(ledger), LedgerReader.open(ledger)] as const;
  let seen = 0;
  let grew = 0;
  for (let i = 0; i < 60; i += 1) {
    const reader = readers[i % 2] as LedgerReader;
    const { fills, position, count, equity } = reader.moment(() => ({
      fills: [...reader.rows('fills', null)].length,
      position: reader.accounts()[0]?.position,
      count: reader.state(1, 'count')?.value as { n: number } | undefined,
      equity: reader.lastEquity(1),
    }));
    expect(position?.fills).toBe(fills);
    if (count) expect(count.n).toBe(fills + 1);
    if (equity) expect(equity.fees).toBe(position?.fees);
    expect(fills).toBeGreaterThanOrEqual(seen);
    if (fills > seen) grew += 1;
    seen = fills;
    await pause(2);
  }
  expect(verifyLedger(readers[0]).problems).toEqual([]);
  expect(grew).toBeGreaterThan(5);
  await kill(writer);
  const acknowledged = Number((writer.lines.at(-1) ?? '').split(' ')[1]);
  for (const reader of readers) {
    expect([...reader.rows('fills', null)].length).toBeGreaterThanOrEqual(acknowledged - 1);
    reader.close();
  }
});

test('a reader that stays inside one moment does not stop the writer', () => {
  const path = ledgerFile();
  const ledger = running(path);
  const reader = LedgerReader.open(path);
  reader.moment(() => {
    expect([...reader.orders(1)]).toHaveLength(0);
    for (let i = 1; i <= 50; i += 1) ledger.recordIntents(T0, [place(i)]);
    ledger.idle();
    expect([...reader.orders(1)]).toHaveLength(0);
  });
  expect([...reader.orders(1)]).toHaveLength(50);
});

test('idle time moves a long log into the file, and closing empties it', () => {
  const path = ledgerFile();
  const ledger = running(path);
  const log = (): number => statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  for (let i = 1; i <= 400; i += 1) ledger.recordIntents(T0, [place(i)]);
  expect(log()).toBeGreaterThan(1_048_576);
  const before = statSync(path).size;
  ledger.idle();
  expect(statSync(path).size).toBeGreaterThan(before);
  const size = log();
  for (let i = 401; i <= 500; i += 1) ledger.recordIntents(T0, [place(i)]);
  expect(log()).toBe(size); // it starts again at the beginning of the log
  ledger.close();
  expect(log()).toBe(0);
  expect([...LedgerReader.open(path).orders(1)]).toHaveLength(500);
});

test('pages: more rows than one page come out once, in order', () => {
  const path = ledgerFile();
  const store = Ledger.open(path, { durable: false });
  store.beginRun(start());
  for (let i = 1; i <= 4_500; i += 1) {
    store.recordIntents(T0, [place(i)]);
    store.event(fill(`t${i}`, i, BID, 600_000, 1, { us: us(T0 + i) }));
  }
  store.close();
  const reader = LedgerReader.open(path);
  const ordinals = [...reader.orders(1)].map((o) => o.ordinal);
  expect(ordinals).toEqual(Array.from({ length: 4_500 }, (_, i) => i + 1));
  expect([...reader.rows('fills', 1)].map((f) => f.us - T0)).toEqual(ordinals);
  const [last] = [...reader.rows('fills', 1)].slice(-1);
  expect([...reader.rows('fills', 1, (last?.id ?? 0) - 1)]).toHaveLength(1);
  expect([...reader.rows('fills', 2)]).toHaveLength(0);
});

test('runs: newest first, by account and market, and by id', () => {
  const path = ledgerFile();
  const ledger = running(path);
  ledger.endRun({ us: us(T0 + 5), exitCode: 3, reason: 'latched', commandHash: null });
  ledger.beginRun(start({ runId: 'run2' }));
  const reader = LedgerReader.open(path);
  expect(reader.runs().map((r) => r.run)).toEqual(['run2', 'run1']);
  expect(reader.runs({ account: 'other' })).toEqual([]);
  expect(reader.lastRun({ market: 'BTC-USD-PERP' })?.run).toBe('run2');
  expect(reader.run('run1')).toMatchObject({ exitCode: 3, endReason: 'latched', endedUs: T0 + 5 });
  expect(reader.run('none')).toBeNull();
});
