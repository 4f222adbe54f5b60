// The CSV export: exact decimals in the units of the row's own market, RFC 4180, and no
// half-written file.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Instrument } from '#core/instrument';
import { ASK, BID, type Rate } from '#core/units';
import { cell } from '#ledger/csv';
import { exportCsv } from '#ledger/export';
import { EXPORT_TABLES } from '#ledger/export-tables';
import { LedgerProblem } from '#ledger/problem';
import { LedgerReader } from '#ledger/reader';
import { Ledger } from '#ledger/writer';
import {
  BTC, SPEC, T0, fill, folder, ledgerFile, lots, money, place, price, running, start, ticks, us,
} from './fixtures.js'; // prettier-ignore

const read = (path: string): string[] => readFileSync(path, 'utf8').split('\r\n').slice(0, -1);

function filled(path: string): Ledger {
  const ledger = running(path);
  ledger.recordIntents(us(T0 + 1), [
    place(1),
    place(2, { side: ASK, ticks: ticks(600_101), reduceOnly: true }),
  ]);
  ledger.event({ kind: 'accepted', us: us(T0 + 1_000_002), ordinal: 1 });
  ledger.event(fill('t,"1"', 1, BID, 600_000, 10, { fee: money(-5) }));
  ledger.event(fill('t2', null, ASK, 600_100, 25, { fee: money(0), maker: false }));
  ledger.event({
    kind: 'funding',
    us: us(T0 + 3),
    amount: money(-150_000_000),
    rate: 1_000_000 as Rate,
    mark: price(600_000.5),
  });
  ledger.event({ kind: 'transfer', us: us(T0 + 4), amount: money(12_300_000_000) });
  ledger.event({
    kind: 'rejected',
    us: us(T0 + 5),
    ordinal: 2,
    reason: 'other',
    detail: '=evil()\nline',
  });
  ledger.markout({ tradeId: 't2', horizonMs: 1_000, mid: price(600_050.5), bridged: true });
  ledger.halt({ us: us(T0 + 6), from: 'running', to: 'paused', cause: null });
  ledger.reset({ us: us(T0 + 7), reason: 'why, indeed', mark: price(600_000) });
  ledger.note(us(T0 + 8), 'venue', '-1+1');
  const {
    lots: q,
    cost,
    realised,
    fees,
    funding,
    transfers,
  } = ((): typeof ledger.position => {
    ledger.commit();
    return ledger.position;
  })();
  const mark = price(600_000 + 1 / 256);
  const cash = transfers + realised - fees + funding - cost;
  const equity = money(cash + BTC.worth(q, mark) + 9);
  ledger.equity({ us: us(T0 + 9), mark, accrued: money(9), equity });
  ledger.endRun({ us: us(T0 + 10), exitCode: 0, reason: 'SIGINT', commandHash: 'abc' });
  return ledger;
}

describe('every table', () => {
  test('comes out in decimals', () => {
    const path = ledgerFile();
    filled(path);
    const out = join(folder(), 'csv');
    const files = exportCsv(LedgerReader.open(path), out);
    expect(files.map((f) => [f.table, f.rows])).toEqual([
      ['runs', 1], ['orders', 2], ['order_changes', 1], ['fills', 2], ['funding', 1], ['transfers', 1],
      ['equity', 1], ['markouts', 1], ['halts', 1], ['resets', 1], ['notes', 1],
    ]); // prettier-ignore
    expect(files.map((f) => f.table)).toEqual(EXPORT_TABLES);
    const at = (table: string): string[] => read(join(out, `${table}.csv`));
    expect(at('orders')).toEqual([
      'run,ordinal,client_id,placed,accepted,cancel_sent,closed,side,tif,reduce_only,first_price,first_size,' +
        'price,size,filled,venue_filled,state,reason',
      'run1,1,mm-run1-1,2026-11-21T00:00:00.000001Z,2026-11-21T00:00:01.000002Z,,2026-11-21T00:00:00.001000Z,' +
        'bid,post-only,false,60000,0.01,60000,0.01,0.01,,filled,',
      'run1,2,mm-run1-2,2026-11-21T00:00:00.000001Z,,,2026-11-21T00:00:00.000005Z,' +
        'ask,post-only,true,60010.1,0.01,60010.1,0.01,0,,rejected,other',
    ]);
    expect(at('fills').slice(1)).toEqual([
      '2026-11-21T00:00:00.001000Z,2026-11-21T00:00:00.000900Z,run1,"t,""1""",1,bid,60000,0.01,-0.00000005,true,' +
        'false,false,0,0.01,600,0,-0.00000005',
      '2026-11-21T00:00:00.001000Z,2026-11-21T00:00:00.000900Z,run1,t2,,ask,60010,0.025,0,false,' +
        'false,false,0.1,-0.015,-900.15,0.1,-0.00000005',
    ]);
    expect(at('funding')[1]).toBe('2026-11-21T00:00:00.000003Z,run1,-1.5,0.0001,60000.05,-1.5');
    expect(at('transfers')[1]).toBe('2026-11-21T00:00:00.000004Z,run1,123,123');
    expect(at('markouts')[1]).toBe('run1,t2,1000,60005.05,true');
    expect(at('halts')[1]).toBe('2026-11-21T00:00:00.000006Z,run1,running,paused,,,,');
    expect(at('resets')[1]).toMatch(
      /^2026-11-21T00:00:00\.000007Z,run1,"why, indeed",-0\.015,60000,-1\.24999995,/,
    );
    expect(at('notes')[1]).toBe('2026-11-21T00:00:00.000008Z,run1,venue, -1+1');
    const changes = readFileSync(join(out, 'order_changes.csv'), 'utf8');
    expect(changes).toContain('run1,2,rejected,,,"other: =evil()\nline"\r\n');
    // Equity adds up in the text as it does in the ledger.
    const [names, row] = at('equity').map((l) => l.split(','));
    const value = (name: string): number =>
      Math.round(Number(row?.[names?.indexOf(name) ?? -1]) * 1e8);
    expect(value('equity')).toBe(value('cash') + value('worth') + value('accrued_funding'));
    expect(row?.[names?.indexOf('mark') ?? -1]).toBe('60000.000390625'.slice(0, 13));
    expect(readdirSync(out).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('or only some, of one run, over what is there; an unknown run is a problem', () => {
    const path = ledgerFile();
    const ledger = filled(path);
    ledger.beginRun(start({ runId: 'run2' }));
    ledger.recordIntents(T0, [place(1)]);
    ledger.close();
    const reader = LedgerReader.open(path);
    const out = folder();
    expect(exportCsv(reader, out, { tables: ['orders'] })).toMatchObject([{ rows: 3 }]);
    const seen: number[] = [];
    const onProgress = (_: string, rows: number): number => seen.push(rows);
    expect(exportCsv(reader, out, { tables: ['orders'], runId: 'run2', onProgress })).toMatchObject(
      [{ rows: 1 }],
    );
    expect(seen).toEqual([1]);
    expect(read(join(out, 'orders.csv'))[1]).toMatch(/^run2,1,mm-run2-1,/);
    expect(existsSync(join(out, 'fills.csv'))).toBe(false);
    expect(() => exportCsv(reader, out, { runId: 'nope' })).toThrow(/no run nope/);
    writeFileSync(join(out, 'file'), '');
    expect(() => exportCsv(reader, join(out, 'file'))).toThrow(LedgerProblem);
    mkdirSync(join(out, 'fills.csv'));
    expect(() => exportCsv(reader, out, { tables: ['fills'] })).toThrow(LedgerProblem);
    expect(existsSync(join(out, 'fills.csv.part'))).toBe(false);
  });

  test('in pages, each row in the units of its own market', () => {
    const path = ledgerFile();
    const store = Ledger.open(path, { durable: false });
    store.beginRun(start());
    for (let i = 1; i <= 5_001; i += 1) store.recordIntents(us(T0 + i), [place(i)]);
    const finer = new Instrument({ ...SPEC, tickSize: '0.01', lotSize: '0.0001' });
    store.beginRun(start({ runId: 'run2', instrument: finer }));
    store.recordIntents(T0, [place(1, { lots: lots(3) })]);
    store.close();
    const out = folder();
    const [file] = exportCsv(LedgerReader.open(path), out, { tables: ['orders'] });
    expect(file?.rows).toBe(5_002);
    const rows = read(join(out, 'orders.csv'))
      .slice(1)
      .map((l) => l.split(','));
    expect(rows.slice(0, -1).map((r) => Number(r[1]))).toEqual(
      rows.slice(0, -1).map((_, i) => i + 1),
    );
    expect(rows.at(-2)?.slice(10, 12)).toEqual(['60000', '0.01']);
    expect(rows.at(-1)?.slice(10, 12)).toEqual(['6000', '0.0003']);
  });
});

test.each([
  ['plain', false, 'plain'],
  ['a,b', false, '"a,b"'],
  ['say "x"', false, '"say ""x"""'],
  ['=1+1', true, ' =1+1'],
  ['=1+1', false, '=1+1'],
  ['@a\r\nb', true, '" @a\r\nb"'],
])('cell %j', (text, free, expected) => {
  expect(cell(text, free)).toBe(expected);
});
