// The importer: what each layout becomes on the tape, how files are merged, what is inferred, and what it refuses
// with which words. Files are made here; the real recordings have recordings.test.ts.
import fc from 'fast-check';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ROW_CLEAR, ROW_GAP, ROW_LEVEL, ROW_QUOTE } from '#core/rows';
import { importTape, type ImportOptions, type Progress } from '#tape/import';
import type { TapeInfo } from '#tape/format';
import { readAll, type Row } from '#tape/memory';
import { TapeSource } from '#tape/read';
import { verifyFiles } from '#tape/verify';
import { BOOK, folder, line, problemOf, QUOTES, START, TRADES, write } from './support.js';

const { path } = folder();

interface Imported {
  readonly info: TapeInfo;
  readonly rows: Row[];
}

async function imported(
  texts: Record<string, string>,
  options: Partial<ImportOptions> = {},
): Promise<Imported> {
  const files = Object.entries(texts).map(([name, text]) => write(path(name), text));
  const out = path('out.tape');
  const info = await importTape({ files, out, overwrite: true, ...options });
  return { info, rows: readAll(new TapeSource(out)) };
}

/** kind, side, ms after START, price, size. */
const brief = (rows: readonly Row[]): number[][] =>
  rows.map((r) => [r.kind, r.side, (r.localUs - START) / 1_000, r.price, r.size]);

const SNAPSHOT = line(10, 'true,bid,100.1,2') + line(10, 'true,ask,100.3,0.5');

describe('what the layouts become', () => {
  test('book: a snapshot is a clear row and levels, then changes', async () => {
    const text =
      BOOK + SNAPSHOT + line(500, 'false,bid,100.2,1.25') + line(500, 'false,ask,100.3,0');
    const { info, rows } = await imported({ 'b.csv': text });
    expect(info.instrument).toEqual({
      venue: 'test',
      symbol: 'BTC',
      tickSize: '0.1',
      lotSize: '0.01',
    });
    expect(brief(rows)).toEqual([
      [ROW_CLEAR, 0, 10, 0, 0],
      [ROW_LEVEL, 1, 10, 1001, 200],
      [ROW_LEVEL, -1, 10, 1003, 50],
      [ROW_LEVEL, 1, 500, 1002, 125],
      [ROW_LEVEL, -1, 500, 1003, 0],
    ]);
    expect(rows[1]?.exchangeUs).toBe(START + 5_000);
  });

  test('two snapshots in a row are two, when their times differ', async () => {
    const text =
      BOOK + SNAPSHOT + SNAPSHOT.replaceAll(String(START + 10_000), String(START + 900_000));
    const { rows } = await imported({ 'b.csv': text });
    expect(rows.filter((r) => r.kind === ROW_CLEAR).map((r) => r.localUs - START)).toEqual([
      10_000, 900_000,
    ]);
  });

  test('trades: aggressor, unknown sides, zero sizes dropped and noted', async () => {
    const trades = [
      '1,buy,100.3,1',
      '2,sell,100.1,2',
      '3,unknown,100.2,3',
      '4,,100.2,4',
      '5,buy,100.3,0',
    ];
    const text = TRADES + trades.map((t, i) => line(i, t)).join('');
    const { info, rows } = await imported({ 't.csv': text });
    expect(rows.map((r) => [r.side, r.price, r.size])).toEqual([
      [1, 1003, 1], [-1, 1001, 2], [0, 1002, 3], [0, 1002, 4],
    ]); // prettier-ignore
    expect(info.notes).toContain('1 trades of size 0, dropped');
    expect(info.notes).toContain('2 trades of unknown side');
  });

  test('quotes: two rows, missing amounts are 0, missing sides are left out', async () => {
    const quotes = ['2,100.3,100.1,1', ',100.4,100.2,', '1,100.4,,', ',,100.2,7', ',,,'];
    const text = QUOTES + quotes.map((q, i) => line(i, q)).join('');
    const { rows } = await imported({ 'q.csv': text });
    expect(brief(rows)).toEqual([
      [ROW_QUOTE, 1, 0, 1001, 1],
      [ROW_QUOTE, -1, 0, 1003, 2],
      [ROW_QUOTE, 1, 1, 1002, 0],
      [ROW_QUOTE, -1, 1, 1004, 0],
      [ROW_QUOTE, -1, 2, 1004, 1],
      [ROW_QUOTE, 1, 3, 1002, 7],
    ]);
  });

  test('trades between the ticks of the book keep their fraction', async () => {
    const { info, rows } = await imported({
      'b.csv': BOOK + SNAPSHOT,
      't.csv': TRADES + line(20, '1,buy,100.27,1'),
    });
    expect(info.instrument.tickSize).toBe('0.1');
    expect(rows.at(-1)?.price).toBe(1002.7);
    expect(info.notes).toContain('1 trades between two ticks, kept as fractions of a tick');
  });

  test('packed or not, with or without a last newline, Windows line ends, blank lines: the same tape', async () => {
    const text = BOOK + SNAPSHOT + line(500, 'false,bid,100.2,1');
    const { info } = await imported({ 'b.csv': text });
    expect(info.notes.length).toBe(1);
    const cut = await imported({ 'cut.csv': text.trimEnd() });
    expect(cut.info.notes).toContain(
      '1 files end without a newline: a last number may be cut short',
    );
    for (const [name, variant] of Object.entries({
      'b.csv.gz': text,
      'cut.csv': text.trimEnd(),
      'crlf.csv': text.replaceAll('\n', '\r\n'),
      'blank.csv': text.replaceAll('\n', '\n\n').replace('\n\n', '\n'),
    })) {
      expect((await imported({ [name]: variant })).info.identity, name).toBe(info.identity);
    }
  });

  test('origins: name, SHA-256 of the file as it lies there, rows', async () => {
    const { info } = await imported({ 'b.csv': BOOK + SNAPSHOT });
    const { createHash } = await import('node:crypto');
    const sha256 = createHash('sha256')
      .update(readFileSync(path('b.csv')))
      .digest('hex');
    expect(info.origins).toEqual([
      { name: 'b.csv', sha256, bytes: (BOOK + SNAPSHOT).length, rows: 2 },
    ]);
  });
});

describe('merging', () => {
  const times = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 60 });

  test('by local time; ties go trades, book, quotes, then files as given, then lines', async () => {
    await fc.assert(
      fc.asyncProperty(times, times, times, times, fc.boolean(), async (a, b, q, t, flip) => {
        const sorted = (xs: number[]): number[] => [...xs].sort((x, y) => x - y);
        const book = (xs: number[], base: number): string =>
          BOOK +
          sorted(xs)
            .map((ms, i) => line(ms, `false,bid,${base + i},1`))
            .join('');
        const texts = Object.entries({
          'a.csv': book(a, 1_000),
          'b.csv': book(b, 2_000),
          'q.csv':
            QUOTES +
            sorted(q)
              .map((ms, i) => line(ms, `,,${3_000 + i},1`))
              .join(''),
          't.csv':
            TRADES +
            sorted(t)
              .map((ms, i) => line(ms, `x,buy,${4_000 + i},1`))
              .join(''),
        });
        const { rows } = await imported(Object.fromEntries(flip ? texts.reverse() : texts), {
          tickSize: '1',
        });
        const first = flip ? 2_000 : 1_000;
        const order = [4_000, first, 3_000 - first, 3_000];
        const expected = [
          ...sorted(a).map((ms, i) => ({ ms, price: 1_000 + i })),
          ...sorted(b).map((ms, i) => ({ ms, price: 2_000 + i })),
          ...sorted(q).map((ms, i) => ({ ms, price: 3_000 + i })),
          ...sorted(t).map((ms, i) => ({ ms, price: 4_000 + i })),
        ].sort((x, y) => {
          const rank = (p: number): number => order.indexOf(Math.floor(p / 1_000) * 1_000);
          return x.ms - y.ms || rank(x.price) - rank(y.price) || x.price - y.price;
        });
        const got = rows.map((r) => ({ ms: (r.localUs - START) / 1_000, price: r.price }));
        expect(got).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  test('more rows than a batch and a chunk hold, nothing lost', async () => {
    const count = 40_000;
    const lines = Array.from({ length: count }, (_, i) =>
      line(i, `false,bid,${1 + (i % 977)}.5,${i}`),
    );
    const trades = Array.from({ length: 20_000 }, (_, i) => line(2 * i, `${i},sell,7.5,${i + 1}`));
    const seen: Progress[] = [];
    const { info, rows } = await imported(
      { 'b.csv.gz': BOOK + lines.join(''), 't.csv.gz': TRADES + trades.join('') },
      { onProgress: (p) => seen.push(p) },
    );
    expect(info.kinds).toMatchObject({ book: count, trade: 20_000 });
    const sizes = rows.filter((r) => r.kind === ROW_LEVEL).map((r) => r.size);
    expect(sizes).toEqual(Array.from({ length: count }, (_, i) => i));
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.at(-1)).toEqual({ rows: 60_000, fraction: 1 });
    seen.forEach((p, i) => expect(p.fraction).toBeGreaterThanOrEqual(seen[i - 1]?.fraction ?? 0));
  });
});

describe('tick and lot', () => {
  const steady = (
    price: (i: number) => string,
    size: (i: number) => string,
    count = 1_500,
  ): string =>
    BOOK +
    Array.from({ length: count }, (_, i) => line(i, `false,bid,${price(i)},${size(i)}`)).join('');

  test.each([
    [
      '0.1 and 0.001',
      (i: number) => (100 + i / 10).toFixed(1),
      (i: number) => (i / 1_000).toFixed(3),
      '0.1',
      '0.001',
    ],
    ['0.5', (i: number) => String(100 + i / 2), () => '1', '0.5', '1'],
    ['0.25', (i: number) => String(100 + i / 4), () => '3', '0.25', '1'],
    [
      '10 and 100',
      (i: number) => String(1_000 + 10 * i),
      (i: number) => String(100 * i),
      '10',
      '100',
    ],
    ['trailing zeros', (i: number) => (100 + i).toFixed(4), (i: number) => i.toFixed(2), '1', '1'],
    ['exponents', (i: number) => `${100 + i}e-2`, (i: number) => `${i}E-5`, '0.01', '0.00001'],
  ])('%s', async (_, price, size, tick, lot) => {
    const { info, rows } = await imported({ 'b.csv': steady(price, size) });
    expect([info.instrument.tickSize, info.instrument.lotSize]).toEqual([tick, lot]);
    expect(info.notes[0]).toBe(
      `tick ${tick} inferred from 1500 book prices; lot ${lot} inferred from ${Number(size(0)) === 0 ? 1499 : 1500} sizes`,
    );
    rows.slice(3, 9).forEach((row, k) => {
      expect(row.price * Number(tick)).toBeCloseTo(Number(price(k + 3)), 9);
      expect(row.size * Number(lot)).toBeCloseTo(Number(size(k + 3)), 9);
    });
  });

  test('few numbers prove little: one unit of the last decimal', async () => {
    const { info } = await imported({
      'b.csv': steady(
        (i) => String(500 + 50 * i),
        () => '20',
        30,
      ),
    });
    expect([info.instrument.tickSize, info.instrument.lotSize]).toEqual(['1', '1']);
  });

  test('a row beyond the sample that disproves the inferred steps starts the import over', async () => {
    const many = 230_000;
    const late = (i: number): string => (i === many - 1 ? '100.05' : `${100 + (i % 9)}.5`);
    const { info, rows } = await imported({ 'b.csv.gz': steady(late, () => '2', many) });
    expect(info.instrument.tickSize).toBe('0.05');
    expect(rows.length).toBe(many);
    expect(rows.at(-1)?.price).toBe(2_001);
    expect(rows[0]?.price).toBe(2_010);
  });

  test('given steps are obeyed, and refused when rows lie between', async () => {
    const text = BOOK + SNAPSHOT;
    const { info, rows } = await imported(
      { 'b.csv': text },
      { tickSize: '0.05', lotSize: '0.250' },
    );
    expect(info.instrument).toMatchObject({ tickSize: '0.05', lotSize: '0.25' });
    expect(rows[1]).toMatchObject({ price: 2_002, size: 8 });
    const files = [path('b.csv')];
    const coarse = await problemOf(importTape({ files, out: path('x.tape'), tickSize: '0.5' }));
    expect(coarse.message).toContain(
      'line 2: price 100.1 is no multiple of the tick 0.5; give a finer one',
    );
    const lots = await problemOf(importTape({ files, out: path('x.tape'), lotSize: '1' }));
    expect(lots.message).toContain('line 3: size 0.5 is no multiple of the lot 1');
    const odd = await problemOf(importTape({ files, out: path('x.tape'), tickSize: '-1' }));
    expect(odd.message).toContain('--tick -1: is no positive decimal');
    expect(existsSync(path('x.tape')) || existsSync(path('x.tape.part'))).toBe(false);
  });
});

describe('gaps and order', () => {
  const beat = (ms: number, snapshot = false): string => line(ms, `${snapshot},bid,100.1,2`);
  const gaps = (rows: readonly Row[]): number[][] =>
    rows
      .filter((r) => r.kind === ROW_GAP)
      .map((r) => [(r.exchangeUs - START) / 1e3, (r.localUs - START) / 1e3]);

  test('a silence of the book beyond the limit is a gap before the row that ends it', async () => {
    const text = BOOK + beat(0, true) + beat(4_000) + beat(8_001) + beat(8_002);
    const { info, rows } = await imported({ 'b.csv': text });
    expect(gaps(rows)).toEqual([[4_000, 8_001]]);
    expect(rows.map((r) => r.kind)).toEqual([ROW_CLEAR, 2, 2, ROW_GAP, 2, 2]);
    expect(info.gapUs).toBe(4_001_000);
    expect(gaps((await imported({ 'b.csv': text }, { gapUs: 5e6 })).rows)).toEqual([]);
    expect(gaps((await imported({ 'b.csv': text }, { gapUs: 3e6 })).rows).length).toBe(2);
  });

  test('a snapshot after more than 2 s of silence is a gap, then the clear row', async () => {
    const { rows } = await imported({
      'b.csv': BOOK + beat(0, true) + beat(2_000, true) + beat(4_500, true),
    });
    expect(gaps(rows)).toEqual([[2_000, 4_500]]);
    expect(rows.slice(-3).map((r) => r.kind)).toEqual([ROW_GAP, ROW_CLEAR, ROW_LEVEL]);
  });

  test('trades do not end a silence of the book, and their own silence is no gap', async () => {
    const trades = [0, 1_000, 2_000, 3_000, 4_000, 5_000, 60_000];
    const text = TRADES + trades.map((ms) => line(ms, '1,buy,100.1,1')).join('');
    expect(gaps((await imported({ 't.csv': text })).rows)).toEqual([]);
    const both = await imported({ 't.csv': text, 'b.csv': BOOK + beat(0, true) + beat(5_000) });
    expect(gaps(both.rows)).toEqual([[0, 5_000]]);
  });

  test('small steps back are raised in place and noted; large ones refused with the line', async () => {
    const text = BOOK + beat(0, true) + beat(900) + beat(400) + beat(890) + beat(950);
    const { info, rows } = await imported({ 'b.csv': text });
    expect(rows.map((r) => (r.localUs - START) / 1e3)).toEqual([0, 0, 900, 900, 900, 950]);
    expect(info.notes).toContain(
      '2 rows out of order in their file (by 500 ms at most), kept in place with the time raised',
    );
    const strict = { files: [path('b.csv')], out: path('x.tape'), backUs: 100_000 };
    expect((await problemOf(importTape(strict))).message).toContain(
      'line 4: local_timestamp steps back by 0.5 s; sort the file by local_timestamp first',
    );
  });
});

describe('bad input, in one line with a remedy', () => {
  const good = BOOK + SNAPSHOT;
  const bad = (row: string): string => good + row;
  const cases: [string, string, string, string][] = [
    ['no header', 'x.csv', SNAPSHOT, 'line 1: unknown columns "test,BTC,'],
    [
      'wrong columns',
      'x.csv',
      'time,price\n1,2\n',
      'expected one of: exchange,symbol,timestamp,local_timestamp,is_snapshot',
    ],
    ['header only', 'x.csv', BOOK, 'has a header but no rows'],
    ['header only, blank lines', 'x.csv', `${BOOK}\n\n`, 'no exchange or symbol'],
    ['empty', 'x.csv', '', 'is empty'],
    [
      'negative size',
      'x.csv',
      bad(line(20, 'false,bid,100.1,-2')),
      'line 4: amount is negative in "test,BTC,',
    ],
    ['negative price', 'x.csv', bad(line(20, 'false,bid,-100.1,2')), 'line 4: price is negative'],
    ['price 0', 'x.csv', bad(line(20, 'false,bid,0.0,2')), 'line 4: price is 0'],
    ['no price', 'x.csv', bad(line(20, 'false,bid,,2')), 'line 4: no price'],
    ['no amount', 'x.csv', bad(line(20, 'false,bid,100.1,')), 'line 4: no amount'],
    ['words', 'x.csv', bad(line(20, 'false,bid,1oo,2')), 'line 4: price is no number'],
    ['NaN', 'x.csv', bad(line(20, 'false,bid,NaN,2')), 'line 4: price is no number'],
    [
      'too many digits',
      'x.csv',
      bad(line(20, 'false,bid,1.0000000000000001,2')),
      'no number of up to 15 digits',
    ],
    ['two points', 'x.csv', bad(line(20, 'false,bid,1.0.0,2')), 'line 4: price is no number'],
    ['side', 'x.csv', bad(line(20, 'false,buy,1,2')), 'line 4: side must be bid or ask'],
    [
      'side of a trade',
      'x.csv',
      TRADES + line(1, '7,bid,1,2'),
      'line 2: side must be buy, sell or unknown',
    ],
    [
      'snapshot flag',
      'x.csv',
      bad(line(20, 'yes,bid,1,2')),
      'line 4: is_snapshot must be true or false',
    ],
    [
      'milliseconds',
      'x.csv',
      `${BOOK}test,BTC,1680652700000,1680652700000,true,bid,1,2\n`,
      'line 2: timestamps must be whole microseconds',
    ],
    [
      'no local time',
      'x.csv',
      `${BOOK}test,BTC,${START},,true,bid,1,2\n`,
      'timestamps must be whole microseconds',
    ],
    ['a row cut short', 'x.csv', `${good}test,BT`, 'line 4: not 8 columns in "test,BT"'],
    [
      'a row cut in its numbers',
      'x.csv',
      `${good}test,BTC,${START},${START},true,bid,100`,
      'line 4: no amount',
    ],
    [
      'a column too many',
      'x.csv',
      bad(line(20, 'false,bid,1,2,3')),
      'line 4: more columns than the header says',
    ],
    [
      'another symbol',
      'x.csv',
      bad(line(20, 'false,bid,1,2', 'ETH')),
      'line 4: is of test ETH, the rows before of test BTC; import one market at a time',
    ],
    ['not gzip', 'x.csv.gz', '', 'is named .gz but is not gzip'],
  ];

  test.each(cases)('%s', async (name, file, text, expected) => {
    if (name === 'not gzip') writeFileSync(path(file), good);
    else write(path(file), text);
    const out = path('bad.tape');
    const problem = await problemOf(importTape({ files: [path(file)], out }));
    expect(problem.message).toContain(expected);
    expect(problem.file).toBe(path(file));
    expect(existsSync(out) || existsSync(`${out}.part`)).toBe(false);
    // What verifies files without importing them says the same.
    expect((await problemOf(verifyFiles({ files: [path(file)] }))).message).toBe(problem.message);
  });

  test('a missing file, a folder, no files', async () => {
    const out = path('bad.tape');
    const of = async (files: string[]): Promise<string> =>
      (await problemOf(importTape({ files, out }))).message;
    expect(await of([path('gone.csv')])).toBe(`${path('gone.csv')}: no such file; check the path`);
    expect(await of([path('.')])).toContain('is a directory');
    expect(await of([])).toContain('no files given');
  });

  test('files of two markets', async () => {
    const a = write(path('a.csv'), good);
    const b = write(path('b.csv'), TRADES + line(1, '1,buy,5,5', 'ETH'));
    const problem = await problemOf(importTape({ files: [a, b], out: path('bad.tape') }));
    expect(problem.message).toContain('b.csv: is of test ETH, a.csv of test BTC');
  });

  test('gzip cut anywhere or damaged anywhere is told, and so is plain text cut within a row', async () => {
    const lines = Array.from({ length: 400 }, (_, i) =>
      line(i, `false,bid,${100 + i}.5,${i}`),
    ).join('');
    const packed = write(path('whole.csv.gz'), BOOK + lines);
    const bytes = readFileSync(packed);
    const out = path('bad.tape');
    const files = [path('hurt.csv.gz')];
    for (let length = 3; length < bytes.length; length += 37) {
      writeFileSync(path('hurt.csv.gz'), bytes.subarray(0, length));
      const { message } = await problemOf(importTape({ files, out }));
      expect(message).toContain('ends in the middle of its gzip stream');
    }
    for (let at = 20; at < bytes.length; at += 61) {
      const hurt = Buffer.from(bytes);
      hurt[at] = (hurt[at] as number) ^ 0x10;
      writeFileSync(path('hurt.csv.gz'), hurt);
      await problemOf(importTape({ files, out })); // damaged gzip, or nonsense in a line: a TapeProblem in any case
    }
    write(path('plain.csv'), BOOK + line(1, 'false,bid,100.5,2') + line(2, 'false,bid,101.5,2'));
    truncateSync(path('plain.csv'), readFileSync(path('plain.csv')).length - 30);
    await problemOf(importTape({ files: [path('plain.csv')], out }));
    expect(existsSync(out) || existsSync(`${out}.part`)).toBe(false);
  });

  test('an existing tape is not overwritten unasked', async () => {
    const file = write(path('b.csv'), good);
    await importTape({ files: [file], out: path('mine.tape') });
    const problem = await problemOf(importTape({ files: [file], out: path('mine.tape') }));
    expect(problem.message).toContain('exists already');
    await importTape({ files: [file], out: path('mine.tape'), overwrite: true });
  });
});
