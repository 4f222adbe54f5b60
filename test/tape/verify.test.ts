// The verdict: each fault planted in rows must be named, and a sound tape must have nothing said against it.
import { writeFileSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RowKind } from '#core/rows';
import {
  ROW_CLEAR,
  ROW_DRAIN,
  ROW_GAP,
  ROW_LEVEL,
  ROW_MARK,
  ROW_QUOTE,
  ROW_TRADE,
} from '#core/rows';
import type { Aggressor } from '#core/units';
import { MemorySource, type Row } from '#tape/memory';
import { TapeProblem } from '#tape/problem';
import { verifyFiles, verifySource, verifyTape, type VerifyReport } from '#tape/verify';
import { BOOK, folder, line, START, write, writeTape } from './support.js';

const { path } = folder();
const row = (
  kind: RowKind,
  side: Aggressor,
  ms: number,
  price: number,
  size: number,
  lagMs = 5,
): Row => ({
  kind,
  side,
  exchangeUs: START + (ms - lagMs) * 1_000,
  localUs: START + ms * 1_000,
  price,
  size,
});
const level = (side: Aggressor, ms: number, price: number, size: number): Row =>
  row(ROW_LEVEL, side, ms, price, size);

const SOUND = [
  row(ROW_CLEAR, 0, 0, 0, 0),
  level(1, 0, 100_000, 5),
  level(-1, 0, 100_002, 5),
  row(ROW_TRADE, 1, 10, 100_002, 1),
  level(-1, 10, 100_002, 4),
  row(ROW_QUOTE, 1, 20, 100_000, 5),
  row(ROW_MARK, 0, 30, 100_001.5, 0),
];
const verdict = (rows: readonly Row[]): VerifyReport =>
  verifySource('rows', new MemorySource(rows, 3));
const text = (report: VerifyReport): string =>
  report.findings.map((f) => `${f.verdict} ${f.text}`).join('\n');

describe('verdicts', () => {
  test('sound rows are good, with nothing to say', () => {
    const report = verdict(SOUND);
    expect(report).toMatchObject({ verdict: 'good', findings: [] });
    expect(report.check).toMatchObject({
      rows: 7,
      instants: 2,
      kinds: { book: 3, trade: 1, mark: 1 },
    });
  });

  test('a recording of a run is judged at its drains, as its engine saw it', () => {
    const drain = (ms: number): Row => row(ROW_DRAIN, 0, ms, 0, 0);
    // The ask moves away after the bid went past it: one frame, two instants.
    const frame = [level(1, 40, 100_003, 5), level(-1, 41, 100_002, 0), level(-1, 41, 100_004, 5)];
    const run = (rows: readonly Row[]): VerifyReport =>
      verifySource('run', new MemorySource([...SOUND, drain(35), ...rows, drain(42)], 3), undefined, true);
    expect(run(frame)).toMatchObject({ verdict: 'good', check: { instants: 2 } });
    expect(run(frame.slice(0, 1))).toMatchObject({ verdict: 'bad', check: { crossed: 1 } });
  }); // prettier-ignore

  test.each<[string, Row[], string]>([
    ['nothing', [], 'bad no rows at all'],
    ['time backwards', [...SOUND, level(1, 9, 100_000, 6)], 'bad 1 steps back in local time'],
    [
      'a price of 0',
      [...SOUND, level(1, 40, 0, 6)],
      'bad 1 rows with an impossible price or size, the first is row 8',
    ],
    ['a negative size', [...SOUND, level(1, 40, 99_000, -1)], 'bad 1 rows with an impossible'],
    [
      'a book price between ticks',
      [...SOUND, level(1, 40, 99_000.5, 1)],
      'bad 1 rows with an impossible',
    ],
    [
      'a trade of size 0',
      [...SOUND, row(ROW_TRADE, 1, 40, 100_000, 0)],
      'bad 1 rows with an impossible',
    ],
    [
      'a quote of price 0',
      [...SOUND, row(ROW_QUOTE, 1, 40, 0, 1)],
      'bad 1 rows with an impossible',
    ],
    [
      'a mark that is no number',
      [...SOUND, row(ROW_MARK, 0, 40, NaN, 0)],
      'bad 1 rows with an impossible',
    ],
    [
      'crossed',
      [...SOUND, level(1, 40, 100_003, 1)],
      'bad 1 instants of 3 leave the book crossed (33 %)',
    ],
    ['locked', [...SOUND, level(1, 40, 100_002, 1)], 'good 1 instants of 3 leave the book locked'],
    [
      'one-sided',
      [...SOUND, level(1, 40, 100_000, 0)],
      'usable 1 instants of 3 leave a side of the book empty',
    ],
    [
      'venue time backwards',
      [...SOUND, row(ROW_TRADE, 1, 40, 100_002, 1, 90)],
      'usable 1 steps back in venue time, by 0.1 s',
    ],
    ['no snapshot first', SOUND.slice(1), 'usable 3 levels before the first snapshot'],
    [
      'far trades',
      [...SOUND, row(ROW_TRADE, 1, 40, 100_200, 1)],
      'bad 1 trades more than 10 bp outside the book (50 %)',
    ],
    [
      'unknown side',
      [...SOUND, row(ROW_TRADE, 0, 40, 100_002, 1)],
      'usable 1 trades of unknown side',
    ],
    [
      'between ticks',
      [...SOUND, row(ROW_TRADE, 1, 40, 100_001.7, 1)],
      'usable 1 trades between two ticks',
    ],
    [
      'twice',
      [...SOUND, level(1, 40, 99_999, 1), level(1, 40, 99_999, 1)],
      'good 1 levels sent twice',
    ],
    [
      'a gap',
      [...SOUND, { ...row(ROW_GAP, 0, 9_000, 0, 0), exchangeUs: START + 30_000 }],
      'usable 1 gaps, 9.0 s in all',
    ],
  ])('%s', (_, rows, expected) => {
    const report = verdict(rows);
    expect(text(report)).toContain(expected);
    expect(report.verdict).toBe(expected.split(' ')[0]);
  });

  test('crossed for an instant only within a message is not crossed', () => {
    const message = [
      level(1, 40, 100_005, 1),
      level(-1, 40, 100_002, 0),
      level(-1, 40, 100_006, 2),
    ];
    expect(verdict([...SOUND, ...message])).toMatchObject({
      verdict: 'good',
      check: { crossed: 0 },
    });
  });

  test('a few crossed instants among many leave it usable', () => {
    const rows = [...SOUND];
    for (let i = 0; i < 300; i++) rows.push(level(1, 50 + i, 99_990, i + 1));
    rows.push(level(1, 400, 100_004, 1), level(1, 401, 100_004, 0));
    const report = verdict(rows);
    expect(report).toMatchObject({
      verdict: 'usable',
      check: { crossed: 1, firstCrossedUs: START + 400_000 },
    });
  });
});

test('a tape: every CRC is checked, progress is told', () => {
  writeTape(path('good.tape'), SOUND);
  let fraction = 0;
  expect(verifyTape(path('good.tape'), (p) => (fraction = p.fraction)).verdict).toBe('good');
  expect(fraction).toBe(1);
  const bytes = readFileSync(path('good.tape'));
  const at = bytes.indexOf('BLK1') + 130;
  bytes[at] = (bytes[at] as number) ^ 1;
  writeFileSync(path('bad.tape'), bytes);
  expect(() => verifyTape(path('bad.tape'))).toThrow(TapeProblem);
});

test('recordings: read as an import would, nothing written', async () => {
  const rows = [
    line(0, 'true,bid,100.1,2'),
    line(0, 'true,ask,100.2,2'),
    line(9, 'false,bid,100.3,1'),
  ];
  const file = write(path('b.csv'), BOOK + rows.join(''));
  const report = await verifyFiles({ files: [file] });
  expect(report.verdict).toBe('bad');
  expect(text(report)).toContain('1 instants of 2 leave the book crossed');
  expect(text(report)).toContain('tick 0.1 inferred');
});
