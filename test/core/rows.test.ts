// Columns in, calls out: every kind of row reaches its one method with its own numbers, and a block
// never loses one.
import { describe, expect, test } from 'vitest';
import * as rows from '#core/rows';
import type { LevelRuns, RowKind } from '#core/rows';

function recorder(): { calls: unknown[][]; sink: LevelRuns } {
  const calls: unknown[][] = [];
  const note =
    (name: string) =>
    (...values: unknown[]): void =>
      void calls.push([name, ...values]);
  const sink: LevelRuns = {
    clear: note('clear'),
    level: note('level'),
    levelRun: (_block, from, to) => void calls.push(['levelRun', from, to]),
    trade: note('trade'),
    quote: note('quote'),
    mark: note('mark'),
    funding: note('funding'),
    gap: note('gap'),
  };
  return { calls, sink };
}

describe('applyRow', () => {
  test.each([
    [rows.ROW_CLEAR, ['clear']],
    [rows.ROW_LEVEL, ['level', -1, 500, 7]],
    [rows.ROW_TRADE, ['trade', -1, 500, 7, 11]],
    [rows.ROW_QUOTE, ['quote', -1, 500, 7]],
    [rows.ROW_MARK, ['mark', 500]],
    [rows.ROW_FUNDING, ['funding', 500, false]],
    [rows.ROW_GAP, ['gap', 11, 13]],
  ] as const)('kind %d', (kind, call) => {
    const block = new rows.RowBlock(2);
    block.push(rows.ROW_CLEAR, 0, 1, 1, 1, 1);
    block.push(kind, -1, 11, 13, 500, 7);
    const { calls, sink } = recorder();
    rows.applyRow(block, 1, sink);
    expect(calls).toEqual([call]);
  });

  test('a funding row says when the payment is due', () => {
    const block = new rows.RowBlock(1);
    block.push(rows.ROW_FUNDING, 0, 0, 0, -25, 1);
    const { calls, sink } = recorder();
    rows.applyRow(block, 0, sink);
    expect(calls).toEqual([['funding', -25, true]]);
  });

  test('rows of the driver, and kinds that nobody knows, reach nobody', () => {
    const { calls, sink } = recorder();
    for (const kind of [rows.ROW_LINK, rows.ROW_DRAIN, rows.ROW_TIMER, 99]) {
      const block = new rows.RowBlock(1);
      block.push(kind as RowKind, 1, 0, 0, 0, 0);
      rows.applyRow(block, 0, sink);
    }
    expect(calls).toEqual([]);
  });
});

describe('RowBlock', () => {
  test('keeps every column, exactly', () => {
    const block = new rows.RowBlock(3);
    block.push(rows.ROW_TRADE, 1, 1_767_225_600_123_456, 1_767_225_600_223_457, 600_000.5, 9e15);
    expect([block.kind[0], block.side[0], block.exchangeUs[0], block.localUs[0]]).toEqual([
      rows.ROW_TRADE,
      1,
      1_767_225_600_123_456,
      1_767_225_600_223_457,
    ]);
    expect([block.price[0], block.size[0], block.count, block.full]).toEqual([
      600_000.5,
      9e15,
      1,
      false,
    ]);
  });

  test('says when it is full, and refuses the row after that', () => {
    const block = new rows.RowBlock(2);
    for (let i = 0; i < 2; i++) block.push(rows.ROW_CLEAR, 0, i, i, 0, 0);
    expect(block.full).toBe(true);
    expect(() => block.push(rows.ROW_CLEAR, 0, 9, 9, 0, 0)).toThrow(/full block/);
    expect(block.count).toBe(2);
  });

  test('a block is of the tape size unless told otherwise', () => {
    expect(new rows.RowBlock().capacity).toBe(65_536);
  });
});

test('applyRows: level rows go together as far as they stand together, and only those asked for', () => {
  const block = new rows.RowBlock(8);
  const { ROW_LEVEL, ROW_CLEAR, ROW_TRADE } = rows;
  const kinds = [ROW_LEVEL, ROW_CLEAR, ROW_LEVEL, ROW_LEVEL, ROW_TRADE, ROW_LEVEL, ROW_LEVEL];
  for (const kind of kinds) block.push(kind as RowKind, 1, 11, 13, 500, 7);
  const { calls, sink } = recorder();
  rows.applyRows(block, 1, 6, sink);
  expect(calls).toEqual([
    ['clear'],
    ['levelRun', 2, 4],
    ['trade', 1, 500, 7, 11],
    ['levelRun', 5, 6],
  ]);
});
