// Each fault planted in a sound file is counted and turns the verdict; the sound file itself is good.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { verify } from '#run/tapes';
import { lintCsv } from '#tape/lint';

const folder = mkdtempSync(join(tmpdir(), 'mm-lint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const T0 = 1_700_000_000_000_000;

const TRADES = 'exchange,symbol,timestamp,local_timestamp,id,side,price,amount';
const trade = (i: number, side = 'buy', price = '100.1', id = i): string =>
  `x,BTC,${T0 + i * 1_000_000},${T0 + i * 1_000_000 + 50},${id},${side},${price},0.5`;
const BOOK = 'exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount';
const level = (i: number, side: string, price: string): string =>
  `x,BTC,${T0 + i},${T0 + i + 50},${i === 0},${side},${price},1`;

function file(lines: readonly string[], end = '\n'): string {
  const path = join(folder, `f${Math.floor(performance.now() * 1e6)}.csv`);
  writeFileSync(path, lines.join('\n') + end);
  return path;
}
const good = [TRADES, ...Array.from({ length: 20 }, (_, i) => trade(i))];
const withLine = (line: string, at = 5): string[] => [
  ...good.slice(0, at),
  line,
  ...good.slice(at),
];

test('a sound file', async () => {
  const report = await lintCsv(file(good));
  expect(report).toMatchObject({ verdict: 'good', layout: 'trades', findings: [] });
  expect(report.counts.lines).toBe(20);
});

test.each([
  ['a column short', withLine('x,BTC,1,2,3,buy,100.1'), 'bad', { columns: 1 }],
  [
    'milliseconds',
    withLine('x,BTC,1700000000000,1700000000000,99,buy,100.1,1'),
    'bad',
    { times: 1 },
  ],
  [
    'swapped price and side',
    withLine(trade(4.5 as never, '100.1', 'buy')),
    'bad',
    { sides: 1, numbers: 1 },
  ],
  ['a price of 0', withLine(trade(4, 'buy', '0', 99)), 'bad', { numbers: 1 }],
  [
    'half a second back',
    withLine(`x,BTC,${T0},${T0 + 2_500_050},99,buy,100.1,1`),
    'usable',
    { back: 1, farBack: 0 },
  ],
  ['put together twice', [...good, ...good.slice(1)], 'bad', { farBack: 1, repeated: 20 }],
  ['a trade twice', withLine(trade(4, 'buy', '100.1', 3), 6), 'bad', { repeated: 1 }],
  ['other columns', ['a,b,c', '1,2,3'], 'bad', { columns: 1 }],
] as const)('%s', async (_name, lines, verdict, counts) => {
  const report = await lintCsv(file(lines));
  expect(report.counts).toMatchObject(counts);
  expect(report.verdict).toBe(verdict);
});

test('cut within a line, and within its gzip stream', async () => {
  const cut = file(good, '\nx,BTC,17000');
  expect((await lintCsv(cut)).counts.truncated).toBe(1);
  const packed = join(folder, 'cut.csv.gz');
  const bytes = gzipSync(Buffer.from(`${good.join('\n')}\n`));
  writeFileSync(packed, bytes.subarray(0, bytes.length - 12));
  expect(await lintCsv(packed)).toMatchObject({ verdict: 'bad', counts: { truncated: 1 } });
});

test('verify: a verdict for each file and one for all, with counts, and never a throw on bad rows', async () => {
  const book = file([
    BOOK,
    level(0, 'bid', '99.9'),
    level(0, 'ask', '100.0'),
    level(1, 'bid', '100.2'),
  ]);
  const trades = file(good);
  const fine = await verify(null, { files: [book, trades] }, () => undefined);
  expect(fine.report.files?.map((f) => f.verdict)).toEqual(['good', 'good']);
  expect(fine.report.verdict).toBe('bad'); // the last book row crosses
  expect(fine.report.counts['crossed']).toBe(1);
  const broken = file(withLine('nonsense'));
  const bad = await verify(null, { files: [book, broken] }, () => undefined);
  expect(bad.report.files?.map((f) => f.verdict)).toEqual(['good', 'bad']);
  expect(bad.lines).toContain('1 lines without 8 columns');
  expect(bad.lines).toContain('an import stops here');
});

test('a file that is bad alone is bad though an import reads it', async () => {
  const twice = file([...good, trade(19), trade(20)]);
  const { report, lines } = await verify(null, { files: [twice] }, () => undefined);
  expect(lines).toMatch(/^BAD .*\n.*duplicated data\nGOOD .*, as an import reads it/);
  expect(report.verdict).toBe('bad');
});
