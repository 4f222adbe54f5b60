// What a venue tells: on a grid exactly the best levels of that moment, a sign of life at every point, prints at once; as
// it comes, the recording without what only a recording knows. Compared with a plain reckoning over the same rows.
import { describe, expect, test } from 'vitest';
import { L2Book } from '#core/book';
import { Instrument } from '#core/instrument';
import {
  ROW_CLEAR, ROW_FUNDING, ROW_GAP, ROW_LEVEL, ROW_MARK, ROW_QUOTE, ROW_TRADE, RowBlock,
} from '#core/rows'; // prettier-ignore
import type { RowKind, RowSource } from '#core/rows';
import type { Aggressor, Lots, Side, SpanMicros, Ticks } from '#core/units';
import { ASK, BID, NO_PRICE } from '#core/units';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { SyntheticMarket } from '#sim/market/market';
import { toldFeed } from '#sim/told-feed';

interface Row {
  readonly kind: RowKind;
  readonly side: Aggressor;
  readonly us: number;
  readonly price: number;
  readonly size: number;
}

const MARKET = { instrument: new Instrument(SYNTHETIC_INSTRUMENT), useQuotes: false };
const GRID = { bookEvery: 100_000 as SpanMicros, levels: 5 };
const PLAIN = { bookEvery: 0 as SpanMicros, levels: Infinity };
const START = 1_000_000_030_000;

function rowsOf(source: RowSource): Row[] {
  const rows: Row[] = [];
  const block = new RowBlock(512);
  for (let b = source.next(block); b !== null; b = source.next(block)) {
    for (let i = 0; i < b.count; i += 1) {
      const [kind, side] = [b.kind[i] as RowKind, b.side[i] as Aggressor];
      const [price, size] = [b.price[i] as number, b.size[i] as number];
      rows.push({ kind, side, us: b.localUs[i] as number, price, size });
    }
  }
  return rows;
}

function sourceOf(rows: readonly Row[]): RowSource {
  let given = false;
  return {
    totalRows: rows.length,
    close: () => undefined,
    next: () => {
      if (given) return null;
      given = true;
      const block = new RowBlock(rows.length);
      for (const { kind, side, us, price, size } of rows)
        block.push(kind, side, us, us, price, size);
      return block;
    },
  };
}

const market = (seed: number): SyntheticMarket =>
  new SyntheticMarket({ preset: 'fast', seed, startUs: START, durationUs: 20e6, blockRows: 256 });

function apply(book: L2Book, { kind, side, price, size }: Row): void {
  if (kind === ROW_CLEAR) book.clear();
  if (kind === ROW_LEVEL) book.apply(side as Side, price as Ticks, size as Lots);
}

function best(book: L2Book, side: Side, most: number): string[] {
  const out: string[] = [];
  let ticks = side === BID ? book.bidTicks : book.askTicks;
  for (; ticks !== NO_PRICE && out.length < most; ticks = book.next(side, ticks))
    out.push(`${ticks}x${book.lotsAt(side, ticks)}`);
  return out;
}

describe('on a grid', () => {
  test.each([1, 2, 3])('the best levels of that moment, and nothing else (seed %i)', (seed) => {
    const rows = rowsOf(market(seed));
    const told = rowsOf(toldFeed(market(seed), GRID, MARKET));
    const [truth, heard] = [new L2Book(), new L2Book()];
    let [i, k, points] = [0, 0, 0];
    const end = rows.at(-1)?.us ?? 0;
    for (let at = Math.ceil(START / 1e5) * 1e5; at <= end; at += 1e5) {
      for (; (rows[i]?.us ?? Infinity) <= at; i += 1) apply(truth, rows[i] as Row);
      let levels = 0;
      for (; (told[k]?.us ?? Infinity) <= at; k += 1) {
        const row = told[k] as Row;
        apply(heard, row);
        if (row.kind === ROW_LEVEL) levels += 1;
        if (row.kind !== ROW_TRADE) expect(row.us).toBe(at);
      }
      expect(levels).toBeGreaterThan(0);
      points += 1;
      for (const side of [BID, ASK] as const) {
        expect(best(heard, side, Infinity)).toEqual(best(truth, side, GRID.levels));
      }
    }
    expect(points).toBe(200);
    expect(told.at(-1)).toMatchObject({ kind: ROW_FUNDING, us: end });
    const prints = (all: readonly Row[]): Row[] => all.filter(({ kind }) => kind === ROW_TRADE);
    expect(prints(told)).toEqual(prints(rows));
    expect(prints(told).length).toBeGreaterThan(5);
  });

  test('without marks the mid is told as one, once until it changes', () => {
    const level = (us: number, side: Side, price: number, size: number): Row => ({
      ...{ kind: ROW_LEVEL, us, side, price, size },
    });
    const rows = [level(10, BID, 100, 3), level(10, ASK, 104, 3), level(450_000, ASK, 104, 4), level(650_000, ASK, 106, 1)]; // prettier-ignore
    rows.push(level(650_000, ASK, 104, 0), level(700_000, BID, 99, 1));
    const told = rowsOf(toldFeed(sourceOf(rows), GRID, MARKET));
    const marks = told.filter(({ kind }) => kind === ROW_MARK).map(({ us, price }) => [us, price]);
    expect(marks).toEqual([[100_000, 102], [700_000, 103]]); // prettier-ignore
    // a point of the grid at the very time of a row tells that row
    expect(told.filter(({ us, side }) => us === 700_000 && side === BID)).toHaveLength(1);
  });
});

describe('as it comes', () => {
  test('no holes, no touches beside levels, no prints off the grid, and every print has a side', () => {
    const row = (kind: RowKind, side: Aggressor, price: number, size: number): Row => ({
      ...{ kind, side, us: START, price, size },
    });
    const kept = [row(ROW_LEVEL, BID, 100, 1), row(ROW_LEVEL, ASK, 102, 1), row(ROW_MARK, 0, 101, 0)]; // prettier-ignore
    const prints = [row(ROW_TRADE, 0, 102, 1), row(ROW_TRADE, 0, 100, 1), row(ROW_TRADE, ASK, 102, 1)]; // prettier-ignore
    const dropped = [row(ROW_QUOTE, BID, 99, 1), row(ROW_GAP, 0, 0, 0), row(ROW_TRADE, BID, 100.5, 1)]; // prettier-ignore
    const told = rowsOf(toldFeed(sourceOf([...kept, ...dropped, ...prints]), PLAIN, MARKET));
    expect(told.slice(0, 3)).toEqual(kept);
    expect(told.slice(3).map(({ side }) => side)).toEqual([BID, ASK, ASK]);
    const touches = rowsOf(toldFeed(sourceOf(dropped), PLAIN, { ...MARKET, useQuotes: true }));
    expect(touches).toEqual([dropped[0]]);
  });
});
