// The book against a naive model (two Maps), over random histories with jumps far outside the ring,
// crossings, clears and nonsense; and the states it must tell apart. Small rings, so that every
// seam is met often.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { L2Book } from '#core/book';
import { Random } from '#core/random';
import { ROW_LEVEL, RowBlock } from '#core/rows';
import type { Lots, Side, TickPrice, Ticks } from '#core/units';
import { ASK, BID, NO_PRICE } from '#core/units';

const t = (n: number): Ticks => n as Ticks;
const l = (n: number): Lots => n as Lots;

/** What a book is, written as plainly as can be. */
class NaiveBook {
  readonly sides = { 1: new Map<number, number>(), [-1]: new Map<number, number>() };

  apply(side: Side, ticks: number, lots: number): void {
    if (lots === 0) this.sides[side].delete(ticks);
    else this.sides[side].set(ticks, lots);
  }

  /** Prices of a side from the touch outwards. */
  sorted(side: Side): number[] {
    return [...this.sides[side].keys()].sort((a, b) => (b - a) * side);
  }
}

function walk(book: L2Book, side: Side): number[] {
  const prices: number[] = [];
  const start = side === BID ? Infinity : 0;
  for (let at = book.next(side, t(start)); at !== NO_PRICE; at = book.next(side, at)) {
    prices.push(at);
    if (prices.length > 100_000) throw new Error('next() does not end');
  }
  return prices;
}

/** For the inner loops: expect costs more than the book, so it is called only to say what differs. */
function same(actual: number, wanted: number): void {
  if (actual !== wanted) expect(actual).toBe(wanted);
}

function expectSame(book: L2Book, naive: NaiveBook): void {
  const bids = naive.sorted(BID);
  const asks = naive.sorted(ASK);
  expect([book.bidTicks, book.askTicks]).toEqual([bids[0] ?? 0, asks[0] ?? 0]);
  expect([book.levels(BID), book.levels(ASK)]).toEqual([bids.length, asks.length]);
  expect(walk(book, BID)).toEqual(bids);
  expect(walk(book, ASK)).toEqual(asks);
  for (const side of [BID, ASK] as const) {
    for (const [price, lots] of naive.sides[side]) same(book.lotsAt(side, t(price)), lots);
  }
  expect(book.bidLots).toBe(naive.sides[BID].get(bids[0] ?? 0) ?? 0);
  expect(book.askLots).toBe(naive.sides[ASK].get(asks[0] ?? 0) ?? 0);
}

/**
 * One random history. `centre` walks and sometimes jumps, so that levels land on every side of the
 * ring.
 */
function history(seed: number, ringTicks: number, operations: number): void {
  const random = new Random(seed);
  const book = new L2Book(ringTicks);
  const naive = new NaiveBook();
  let centre = 100_000;
  for (let i = 0; i < operations; i++) {
    const dice = random.next();
    if (dice < 0.002) {
      book.clear();
      naive.sides[BID].clear();
      naive.sides[ASK].clear();
    } else if (dice < 0.01) {
      centre = 1 + random.int(random.bool(0.5) ? 2_000_000 : 10_000_000_000);
    } else if (dice < 0.2) {
      centre = Math.max(1, centre + random.int(2 * ringTicks) - ringTicks);
    }
    const side = random.bool(0.5) ? BID : ASK;
    // Wide ones cross the other side and leave the ring.
    const spread = random.bool(0.8) ? 40 : 4 * ringTicks;
    const price = Math.max(1, centre + random.int(2 * spread) - spread);
    const known = naive.sorted(side);
    const pick = random.bool(0.3) ? known[random.int(Math.max(1, known.length))] : undefined;
    const ticks = pick ?? price;
    const lots = random.bool(0.45) ? 0 : 1 + random.int(1_000);
    book.apply(side, t(ticks), l(lots));
    naive.apply(side, ticks, lots);
    same(book.bidTicks, naive.sorted(BID)[0] ?? 0);
    same(book.askTicks, naive.sorted(ASK)[0] ?? 0);
    if (i % 50 === 0) expectSame(book, naive);
    const anywhere = Math.max(0, centre + random.int(400) - 200 + (random.bool(0.2) ? 0.5 : 0));
    const outward = naive.sorted(side).find((at) => (anywhere - at) * side > 0);
    same(book.next(side, anywhere as TickPrice), outward ?? 0);
  }
  expectSame(book, naive);
  expect(book.rejected).toBe(0);
}

describe('against the naive model', () => {
  test.each([64, 128, 4096])('random histories, a ring of %i ticks', (ringTicks) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => history(seed, ringTicks, 1_500)),
      { numRuns: 25 },
    );
  });

  test('one long history', () => history(20261121, 64, 12_000));

  test('arbitrary sequences, shrinkable', () => {
    const price = fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 1, max: 300 }) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }) },
    );
    const change = fc.tuple(fc.constantFrom(BID, ASK), price, fc.integer({ min: 0, max: 3 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 120 }), (changes) => {
        const book = new L2Book(64);
        const naive = new NaiveBook();
        for (const [side, ticks, lots] of changes) {
          book.apply(side, t(ticks), l(lots));
          naive.apply(side, ticks, lots);
        }
        expectSame(book, naive);
      }),
      { numRuns: 400 },
    );
  });
});

test('a run of rows does what its rows do one by one, nonsense included', () => {
  const price = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 300 }) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 20_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0x7fff_ff00, max: 0x1_0000_0100 }) },
    { weight: 1, arbitrary: fc.constantFrom(0, -1, 0.5, NaN, Infinity, 2 ** 53) },
  );
  const size = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom(-1, 0.5, NaN, Infinity, 2 ** 53 - 1, 2 ** 53) },
  );
  const change = fc.tuple(fc.constantFrom(BID, BID, ASK, ASK, 0 as Side), price, size);
  fc.assert(
    fc.property(fc.array(change, { maxLength: 120, size: 'max' }), fc.nat(120), (changes, cut) => {
      const [run, single] = [new L2Book(64), new L2Book(64)];
      const block = new RowBlock(changes.length);
      for (const [side, ticks, lots] of changes) {
        block.push(ROW_LEVEL, side, 0, 0, ticks, lots);
        single.apply(side, t(ticks), l(lots));
      }
      const middle = Math.min(cut, changes.length);
      run.applyRun(block, 0, middle);
      run.applyRun(block, middle, changes.length);
      expect([walk(run, BID), walk(run, ASK)]).toEqual([walk(single, BID), walk(single, ASK)]);
      for (const [side, ticks] of changes)
        expect(run.lotsAt(side, t(ticks))).toBe(single.lotsAt(side, t(ticks)));
      expect([run.bidTicks, run.askTicks]).toEqual([single.bidTicks, single.askTicks]);
      expect(run.rejected).toBe(single.rejected);
    }),
    { numRuns: 150 },
  );
});

test('a ring that grows keeps every level', () => {
  const [book, naive] = [new L2Book(64), new NaiveBook()];
  for (let i = 0; i < 4_000; i += 1) {
    const ticks = 300_000 - ((i * 37) % 1_500) * (1 + (i % 3) * 40);
    const lots = i % 5 === 4 ? 0 : 1 + (i % 9);
    for (const [side, at] of [
      [BID, ticks],
      [ASK, 600_001 - ticks],
    ] as const) {
      book.apply(side, t(at), l(lots));
      naive.apply(side, at, lots);
    }
  }
  expectSame(book, naive);
  book.clear();
  expect([book.levels(BID), book.levels(ASK), book.bidTicks]).toEqual([0, 0, NO_PRICE]);
});

describe('states', () => {
  const levels = (...of: (readonly [Side, number, number])[]): L2Book => {
    const book = new L2Book(64);
    for (const [side, ticks, lots] of of) book.apply(side, t(ticks), l(lots));
    return book;
  };

  test('empty', () => {
    const book = new L2Book();
    expect([book.bidTicks, book.askTicks, book.bidLots, book.askLots, book.mid]).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect([book.twoSided, book.crossed, book.sound]).toEqual([false, false, false]);
    expect([book.next(BID, t(Infinity)), book.next(ASK, t(0))]).toEqual([0, 0]);
    expect(Object.is(book.askTicks, -0)).toBe(false);
  });

  test('one-sided', () => {
    const book = levels([ASK, 101, 3]);
    expect([book.twoSided, book.crossed, book.sound, book.mid]).toEqual([false, false, false, 0]);
    const bids = levels([BID, 101, 3]);
    expect([bids.twoSided, bids.crossed, bids.sound, bids.mid]).toEqual([false, false, false, 0]);
  });

  test('two-sided', () => {
    const book = levels([BID, 100, 2], [ASK, 101, 3]);
    expect([book.twoSided, book.crossed, book.sound, book.mid]).toEqual([true, false, true, 100.5]);
  });

  test('locked is sound, crossed is not', () => {
    const locked = levels([BID, 101, 2], [ASK, 101, 3]);
    expect([locked.twoSided, locked.crossed, locked.sound, locked.mid]).toEqual([
      true,
      false,
      true,
      101,
    ]);
    const crossed = levels([BID, 102, 2], [ASK, 101, 3]);
    expect([crossed.twoSided, crossed.crossed, crossed.sound]).toEqual([true, true, false]);
    crossed.apply(ASK, t(101), l(0)); // both stay as they were told: nothing is repaired
    expect([crossed.bidTicks, crossed.askTicks, crossed.bidLots]).toEqual([102, 0, 2]);
  });

  test('a removed touch uncovers the next level, also one beyond the ring', () => {
    const book = levels([BID, 1_000_000, 1], [BID, 999_990, 2], [BID, 5, 3]);
    book.apply(BID, t(1_000_000), l(0));
    expect([book.bidTicks, book.bidLots]).toEqual([999_990, 2]);
    book.apply(BID, t(999_990), l(0));
    expect([book.bidTicks, book.bidLots, book.levels(BID)]).toEqual([5, 3, 1]);
  });

  test('a rogue price comes and goes without a trace', () => {
    const book = levels([BID, 500, 1], [BID, 499, 2], [ASK, 501, 3]);
    book.apply(BID, t(9_000_000_000_000_000), l(7));
    expect([book.bidTicks, book.bidLots, book.crossed]).toEqual([9_000_000_000_000_000, 7, true]);
    book.apply(BID, t(9_000_000_000_000_000), l(0));
    expect(walk(book, BID)).toEqual([500, 499]);
    expect([book.lotsAt(BID, t(500)), book.lotsAt(BID, t(499)), book.sound]).toEqual([1, 2, true]);
  });

  test('clear forgets every level, overflow included', () => {
    const book = levels([BID, 1_000_000, 1], [BID, 5, 3], [ASK, 1_000_001, 3]);
    book.clear();
    expect([book.bidTicks, book.askTicks, book.levels(BID), book.levels(ASK)]).toEqual([
      0, 0, 0, 0,
    ]);
    expect([book.lotsAt(BID, t(5)), book.lotsAt(BID, t(1_000_000))]).toEqual([0, 0]);
    book.apply(BID, t(5), l(1));
    expect(walk(book, BID)).toEqual([5]);
  });
});

describe('nonsense', () => {
  const bad: readonly (readonly [number, number, number])[] = [
    [1, 0, 1],
    [1, -5, 1],
    [1, 100.5, 1],
    [1, NaN, 1],
    [1, Infinity, 1],
    [1, 100, -1],
    [1, 100, NaN],
    [1, 100, 0.5],
    [1, 100, Infinity],
    [-1, 100, -1],
    [0, 100, 1],
    [2, 100, 1],
  ];
  test.each(bad)('side %d, %d ticks, %d lots is ignored and counted', (side, ticks, lots) => {
    const book = new L2Book();
    book.apply(BID, t(100), l(4));
    book.apply(ASK, t(102), l(4));
    book.apply(side as Side, t(ticks), l(lots));
    expect(book.rejected).toBe(1);
    expect([book.bidTicks, book.askTicks, book.bidLots, book.askLots]).toEqual([100, 102, 4, 4]);
    expect([book.levels(BID), book.levels(ASK)]).toEqual([1, 1]);
  });

  test('questions about odd prices have answers', () => {
    const book = new L2Book();
    book.apply(BID, t(100), l(4));
    expect([book.lotsAt(BID, t(100.5)), book.lotsAt(BID, t(NaN)), book.lotsAt(BID, t(-1))]).toEqual(
      [0, 0, 0],
    );
    expect(book.next(BID, t(NaN))).toBe(NO_PRICE);
  });

  test('a ring that is not a power of two is refused', () => {
    for (const ringTicks of [0, 32, 100, 65.5, NaN])
      expect(() => new L2Book(ringTicks), String(ringTicks)).toThrow(/power of two/);
  });
});
