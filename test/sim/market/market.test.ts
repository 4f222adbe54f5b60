// The synthetic market keeps the promises of a row source and of a market: the same rows for the same seed on every
// machine, whatever the blocks; a book that is never crossed; orders that walk it; marks and funding on time.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { L2Book } from '#core/book';
import { Instrument } from '#core/instrument';
import type { MarketRows, RowKind } from '#core/rows';
import {
  applyRow,
  BLOCK_ROWS,
  ROW_CLEAR,
  ROW_FUNDING,
  ROW_LEVEL,
  ROW_MARK,
  ROW_TRADE,
  RowBlock,
} from '#core/rows';
import type { Lots, Side, Ticks } from '#core/units';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { LEAST_BLOCK, type MarketOptions, SyntheticMarket } from '#sim/market/market';
import { PRESET_NAMES, presetOf } from '#sim/market/presets';
import { LEVELS } from '#sim/market/quotes';

const START = 1_767_225_600_000_000; // 2026-01-01 00:00 UTC
const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;

const make = (options: Partial<MarketOptions> = {}): SyntheticMarket =>
  new SyntheticMarket({ preset: 'normal', seed: 7, startUs: START, durationUs: HOUR, ...options });

interface Seen {
  readonly kind: RowKind;
  readonly side: number;
  readonly us: number;
  readonly price: number;
  readonly size: number;
}

function* rowsOf(market: SyntheticMarket, reuse?: RowBlock): Generator<Seen> {
  for (let b = market.next(reuse); b !== null; b = market.next(reuse)) {
    for (let i = 0; i < b.count; i++) {
      if (b.exchangeUs[i] !== b.localUs[i]) throw new Error(`two clocks in row ${i}`);
      yield {
        kind: b.kind[i] as RowKind,
        side: b.side[i] as number,
        us: b.localUs[i] as number,
        price: b.price[i] as number,
        size: b.size[i] as number,
      };
    }
  }
}

/** SHA-256 over every column of every row. */
function hashOf(market: SyntheticMarket, reuse?: RowBlock): string {
  const hash = createHash('sha256');
  const row = new Float64Array(5);
  for (const { kind, side, us, price, size } of rowsOf(market, reuse)) {
    row.set([kind, side, us, price, size]);
    hash.update(row);
  }
  return hash.digest('hex').slice(0, 16);
}

describe('the same seed, the same rows', () => {
  test.each([
    ['calm', '9a207ee5752efbc5'],
    ['normal', '93b074fb38e90f0b'],
    ['fast', '8126aab2f479d763'],
  ] as const)('%s: an hour, bit for bit, on every Node version', (preset, golden) => {
    expect(hashOf(make({ preset }))).toBe(golden);
  });

  test('whatever the size of the blocks', () => {
    const whole = hashOf(make());
    expect(hashOf(make({ blockRows: LEAST_BLOCK }))).toBe(whole);
    expect(hashOf(make(), new RowBlock(1_000))).toBe(whole);
    expect(hashOf(make({ preset: presetOf('normal') }))).toBe(whole);
  });

  test('a longer market begins with the shorter one', () => {
    const short = [...rowsOf(make({ durationUs: 5 * MINUTE }))];
    const long = [...rowsOf(make({ durationUs: 6 * MINUTE }))];
    expect(long.slice(0, short.length)).toEqual(short);
    expect(long.length).toBeGreaterThan(short.length);
    expect((short.at(-1) as Seen).us).toBeLessThanOrEqual(START + 5 * MINUTE);
  });

  test('another seed, another market; 7 and "7" are one', () => {
    expect(hashOf(make({ seed: 8 }))).not.toBe(hashOf(make()));
    expect(hashOf(make({ seed: '7' }))).toBe(hashOf(make()));
  });
});

describe('as a source', () => {
  test('blocks are of the size asked for, reused when given, and never too small', () => {
    const small = make({ blockRows: 300 });
    expect(small.next()?.capacity).toBe(300);
    const reuse = new RowBlock(512);
    expect(small.next(reuse)).toBe(reuse);
    expect(reuse.count).toBeGreaterThan(200);
    expect(make().next()?.capacity).toBe(BLOCK_ROWS);
    expect(() => make().next(new RowBlock(LEAST_BLOCK - 1))).toThrow('too small');
  });

  test('endless without a duration; closed, it ends', () => {
    const market = new SyntheticMarket({
      preset: 'calm',
      seed: 1,
      startUs: START,
      blockRows: 4_096,
    });
    let rows = 0;
    const block = new RowBlock(4_096);
    while (rows < 300_000) rows += (market.next(block) as RowBlock).count;
    expect((block.localUs[0] as number) - START).toBeGreaterThan(4 * HOUR);
    market.close();
    expect(market.next(block)).toBeNull();
    expect(make({ durationUs: 0 }).next()?.count).toBeGreaterThan(2 * LEVELS);
    expect(make().totalRows).toBeNull();
  });

  test('holds no more memory after a week than after an hour', () => {
    const market = new SyntheticMarket({ preset: 'normal', seed: 3, startUs: START });
    const block = new RowBlock();
    const size = (): number =>
      JSON.stringify(market, (_, v: unknown) => (ArrayBuffer.isView(v) ? v.byteLength : v)).length;
    for (let i = 0; i < 2; i++) market.next(block);
    const before = size();
    while ((block.localUs[0] as number) < START + 7 * 24 * HOUR) market.next(block);
    expect(Math.abs(size() - before)).toBeLessThan(200); // digits of numbers, no more objects
  });

  test('every row is one that the other side understands', () => {
    const kinds = new Set<string>();
    const sink: MarketRows = {
      clear: () => kinds.add('clear'),
      level: () => kinds.add('level'),
      trade: () => kinds.add('trade'),
      quote: () => kinds.add('quote'),
      mark: () => kinds.add('mark'),
      funding: () => kinds.add('funding'),
      gap: () => kinds.add('gap'),
    };
    const block = make().next() as RowBlock;
    for (let i = 0; i < block.count; i++) applyRow(block, i, sink);
    expect([...kinds].sort()).toEqual(['clear', 'funding', 'level', 'mark', 'trade']);
  });
});

describe('as a market', () => {
  /** Walks through a market; calls `instant` with its book after every instant, with that instant's rows. */
  function walk(
    market: SyntheticMarket,
    instant: (book: L2Book, rows: Seen[], us: number) => void,
  ): L2Book {
    const book = new L2Book();
    let rows: Seen[] = [];
    let us = 0;
    for (const row of rowsOf(market)) {
      if (row.us !== us && rows.length > 0) {
        instant(book, rows, us);
        rows = [];
      }
      if (row.us < us) throw new Error(`time goes back at ${us}`);
      us = row.us;
      rows.push(row);
      if (row.kind === ROW_CLEAR) book.clear();
      if (row.kind === ROW_LEVEL)
        book.apply(row.side as Side, row.price as Ticks, row.size as Lots);
    }
    instant(book, rows, us);
    return book;
  }

  test('never crossed, never one-sided, never locked, nothing impossible, twenty levels at most', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PRESET_NAMES), fc.integer(), (preset, seed) => {
        const book = walk(make({ preset, seed, durationUs: 10 * MINUTE }), (b, _, us) => {
          const few = b.levels(1) <= LEVELS && b.levels(-1) <= LEVELS;
          if (!b.sound || b.bidTicks >= b.askTicks || !few) throw new Error(`broken at ${us}`);
        });
        expect(book.rejected).toBe(0);
      }),
      { numRuns: 12 },
    );
  });

  test('also through jumps of hundreds of levels, a market without takers, and one of takers alone', () => {
    const normal = presetOf('normal');
    for (const preset of [
      { ...normal, shocksPerDay: 86_400, shockFloor: 60, newsSize: 30 },
      { ...normal, baseRate: 1e-9, newsRate: 0, shocksPerDay: 0 },
      { ...normal, baseRate: 20, sizeMedian: 20_000 },
    ]) {
      let instants = 0;
      walk(make({ preset, durationUs: 5 * MINUTE }), (b, _, us) => {
        instants += 1;
        if (!b.sound) throw new Error(`broken at ${us}`);
      });
      expect(instants).toBeGreaterThan(800);
    }
  });

  test('prints of one order: one time, one side, from the touch outwards, no more than was there', () => {
    let walked = 0;
    const before = new L2Book();
    walk(make({ preset: 'fast', durationUs: HOUR / 3 }), (_, rows) => {
      const prints = rows.filter((r) => r.kind === ROW_TRADE);
      if (prints.length > 0 && rows.every((r) => r.kind === ROW_TRADE || r.kind === ROW_LEVEL)) {
        const [first] = prints as [Seen];
        const side = first.side as Side;
        expect(first.price).toBe(side === 1 ? before.askTicks : before.bidTicks);
        prints.forEach((print, i) => {
          expect(print.side * print.size * side).toBeGreaterThan(0);
          const there = before.lotsAt(-side as Side, print.price as Ticks);
          const after = rows.find(
            (r) => r.kind === ROW_LEVEL && r.price === print.price && r.side === -side,
          );
          expect(print.size + (after?.size ?? NaN)).toBe(there);
          if (i === 0) return;
          expect((print.price - (prints[i - 1] as Seen).price) * side).toBeGreaterThan(0);
          walked += 1;
        });
      }
      for (const r of rows) {
        if (r.kind === ROW_CLEAR) before.clear();
        if (r.kind === ROW_LEVEL) before.apply(r.side as Side, r.price as Ticks, r.size as Lots);
      }
    });
    expect(walked).toBeGreaterThan(100);
  });

  test('a mark each second, near the mid and on its grid', () => {
    const marks: Seen[] = [];
    walk(make(), (book, rows) => {
      for (const row of rows.filter((r) => r.kind === ROW_MARK)) {
        marks.push(row);
        expect(Number.isInteger(row.price * 256)).toBe(true);
        expect(Math.abs(row.price / book.mid - 1)).toBeLessThan(20e-4);
      }
    });
    expect(marks.length).toBe(3_601);
    marks.forEach((m, i) => expect(m.us).toBe(START + i * 1_000_000));
  });

  test.each([
    [undefined, 3_600],
    [28_800, 28_800],
  ])(
    'funding at every multiple of its period (%s), the payment before the next rate',
    (period, seconds) => {
      const options = period === undefined ? {} : { fundingPeriod: period };
      const market = make({
        ...options,
        startUs: START + 17 * MINUTE,
        durationUs: 3 * seconds * 1e6,
      });
      const rows: Seen[] = [];
      for (const row of rowsOf(market)) if (row.kind === ROW_FUNDING) rows.push(row);
      expect(rows.map((r) => r.size)).toEqual([0, 1, 0, 1, 0, 1, 0]);
      rows.slice(1).forEach((row, i) => {
        expect(row.us).toBe(START + (Math.floor(i / 2) + 1) * seconds * 1e6);
        if (row.size === 1) expect(row.price).toBe((rows[i] as Seen).price);
        expect(Math.abs(row.price)).toBeLessThan(1_000_000); // a bp
        expect(Number.isInteger(row.price)).toBe(true);
      });
      expect(new Set(rows.map((r) => r.price)).size).toBe(4);
    },
  );

  test('book updates every quarter to half a second', () => {
    const times: number[] = [];
    walk(make({ durationUs: 10 * MINUTE }), (_, rows, us) => {
      const only = rows.every((r) => r.kind === ROW_LEVEL);
      if (only) times.push(us);
    });
    const gaps = times.slice(1).map((t, i) => t - (times[i] as number));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(250_000);
    const middle = gaps.sort((a, b) => a - b)[gaps.length >> 1] as number;
    expect(middle).toBeGreaterThan(300_000);
    expect(middle).toBeLessThan(500_000);
  });

  test('its instrument is one that exact money can carry', () => {
    const instrument = new Instrument(SYNTHETIC_INSTRUMENT);
    expect(instrument.formatPrice(1_000_000 as Ticks)).toBe('100000');
    expect(instrument.notional(10 as Lots, 1_000_000 as Ticks)).toBe(100 * 1e8); // $100 = 0.001 BTC
  });
});
