// The micro-price against chains whose answer is known on paper, and what it does before it knows
// anything.
import { at } from '../support/instant.js';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { L2Book } from '#core/book';
import { Random } from '#core/random';
import type { Lots, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { IMBALANCE_BUCKETS, mirrorOf, STATES, stateOf } from '#analyzers/imbalance-chain';
import { LinearSystem } from '#analyzers/linear-system';
import { MICRO_PRICE_DEFAULTS, MicroPrice } from '#analyzers/micro-price';

/** A book of two levels. */
function top(book: L2Book, bid: number, bidLots: number, ask: number, askLots: number): L2Book {
  book.clear();
  book.apply(BID, bid as Ticks, bidLots as Lots);
  book.apply(ASK, ask as Ticks, askLots as Lots);
  return book;
}

const SECOND = 1_000_000;
const HEAVY = 9;

describe('a one-tick market with two imbalances', () => {
  // Bid-heavy: up with p, down with m, else the imbalance flips. After a move the heavy side is the
  // one moved to with probability r. Mirrored when ask-heavy.
  const [p, m, r] = [0.3, 0.1, 0.7];

  function run(steps: number, seed: string): { micro: MicroPrice; book: L2Book } {
    const micro = new MicroPrice({ ...MICRO_PRICE_DEFAULTS, needed: 1_000 });
    const book = new L2Book();
    const random = new Random(seed);
    let bid = 100_000;
    let heavy: 1 | -1 = 1;
    for (let i = 0; i < steps; i += 1) {
      const u = random.next();
      let move = 0;
      if (u < p) move = heavy;
      else if (u < p + m) move = -heavy;
      if (move === 0) heavy = heavy === 1 ? -1 : 1;
      else heavy = (random.bool(r) ? move : -move) as 1 | -1;
      bid += move;
      top(book, bid, heavy === 1 ? HEAVY : 1, bid + 1, heavy === 1 ? 1 : HEAVY);
      micro.onBook(at(i * (SECOND / 10)), book);
    }
    return { micro, book };
  }

  /** On antisymmetric vectors every matrix of the method is a number. */
  const first = (p - m) / (2 - p - m);
  const b = ((p - m) * (2 * r - 1)) / (2 - p - m);
  let expected = 0;
  for (let i = 0, power = 1; i < 6; i += 1, power *= b) expected += first * power;

  test('finds mid + sum of six B^i G1', () => {
    const { micro, book } = run(150_000, 'known answer');
    const heavyBid = stateOf(top(book, 500, HEAVY, 501, 1));
    expect(micro.adjustment[heavyBid]).toBeCloseTo(expected, 2);
    expect(micro.fair(top(book, 500, HEAVY, 501, 1))).toBe(
      500.5 + (micro.adjustment[heavyBid] as number),
    );
    const mirrored = micro.fair(top(book, 500, 1, 501, HEAVY));
    expect(mirrored).toBeCloseTo(500.5 - (micro.adjustment[heavyBid] as number), 12);
    expect(expected).toBeGreaterThan(0.13); // the test would notice a mid
  });

  test('goes on finding it when old counts fade (more than 200,000 transitions)', () => {
    const { micro, book } = run(450_000, 'fading');
    expect(micro.transitions).toBeGreaterThan(400_000);
    const heavyBid = stateOf(top(book, 500, HEAVY, 501, 1));
    expect(micro.adjustment[heavyBid]).toBeCloseTo(expected, 2);
  });
});

test('a market whose spread opens: the half-tick moves and the two-tick state', () => {
  // One tick, bid-heavy: with p the ask goes away (mid + 1/2, spread 2), else the imbalance flips.
  // Two ticks wide and balanced: closes up or down with equal chance. So G = G1 = (p/2)/(2 - p),
  // and 0 in the wide state.
  const p = 0.4;
  const micro = new MicroPrice({ ...MICRO_PRICE_DEFAULTS, needed: 1_000 });
  const book = new L2Book();
  const random = new Random('two spreads');
  let bid = 100_000;
  let ask = bid + 1;
  let heavy: 1 | -1 = 1;
  for (let i = 0; i < 200_000; i += 1) {
    if (ask - bid === 2) {
      if (random.bool(0.5)) bid += 1;
      else ask -= 1;
      heavy = random.bool(0.5) ? 1 : -1;
    } else if (random.bool(p)) {
      if (heavy === 1) ask += 1;
      else bid -= 1;
    } else heavy = heavy === 1 ? -1 : 1;
    if (ask - bid === 2) top(book, bid, 5, ask, 5);
    else top(book, bid, heavy === 1 ? HEAVY : 1, ask, heavy === 1 ? 1 : HEAVY);
    micro.onBook(at(i * SECOND), book);
  }
  const narrow = micro.fair(top(book, 500, HEAVY, 501, 1)) - 500.5;
  expect(narrow).toBeCloseTo((0.5 * p) / (2 - p), 2);
  expect(micro.fair(top(book, 500, 5, 502, 5))).toBeCloseTo(501, 10);
});

describe('before it knows', () => {
  let book: L2Book;
  beforeEach(() => {
    book = new L2Book();
  });

  /** Up-moves from a bid-heavy book, one a second. */
  function learn(micro: MicroPrice, moves: number, size = 1): void {
    for (let i = 0; i <= moves; i += 1) {
      micro.onBook(at(i * SECOND), top(book, 1_000 + i * size, HEAVY, 1_001 + i * size, 1));
    }
  }

  test('it is the mid until enough transitions were seen, then it is not', () => {
    const micro = new MicroPrice({ ...MICRO_PRICE_DEFAULTS, needed: 50 });
    learn(micro, 49);
    expect(micro.transitions).toBe(49);
    expect(micro.fair(top(book, 500, HEAVY, 501, 1))).toBe(500.5);
    learn(micro, 60);
    expect(micro.fair(top(book, 500, HEAVY, 501, 1))).toBeGreaterThan(500.9);
  });

  test('it never leaves the touch', () => {
    const micro = new MicroPrice({ ...MICRO_PRICE_DEFAULTS, needed: 50 });
    learn(micro, 100, 7);
    expect(micro.adjustment[stateOf(top(book, 500, HEAVY, 501, 1))]).toBeGreaterThan(7);
    expect(micro.fair(book)).toBe(501);
    expect(micro.fair(top(book, 500, 1, 501, HEAVY))).toBe(500);
  });

  test('one jump counts for largestMove ticks', () => {
    const at = (size: number): number => {
      const micro = new MicroPrice({ needed: 1, refreshUs: 0, largestMove: 4 });
      learn(micro, 3, size);
      return micro.adjustment[stateOf(top(book, 500, HEAVY, 501, 1))] as number;
    };
    expect(at(1_000)).toBe(at(4));
    expect(at(4)).toBeGreaterThan(at(3));
  });

  test('one-sided, locked and crossed books: the mid of the book, 0 without one', () => {
    const micro = new MicroPrice({ ...MICRO_PRICE_DEFAULTS, needed: 10 });
    learn(micro, 100);
    book.clear();
    book.apply(BID, 500 as Ticks, 5 as Lots);
    expect(micro.fair(book)).toBe(0);
    expect(micro.fair(top(book, 500, HEAVY, 500, 1))).toBe(500);
    expect(micro.fair(top(book, 502, HEAVY, 500, 1))).toBe(501);
  });

  test('no transition bridges a gap or an unsound book', () => {
    const micro = new MicroPrice();
    micro.onBook(at(0), top(book, 500, HEAVY, 501, 1));
    micro.onGap();
    micro.onBook(at(1), top(book, 600, HEAVY, 601, 1));
    expect(micro.transitions).toBe(0);
    micro.onBook(at(2), top(book, 602, HEAVY, 601, 1));
    micro.onBook(at(3), top(book, 700, HEAVY, 701, 1));
    expect(micro.transitions).toBe(0);
    micro.onBook(at(4), top(book, 700, HEAVY, 701, 1));
    expect(micro.transitions).toBe(0); // nothing changed
    micro.onBook(at(5), top(book, 700, 1, 701, 1));
    expect(micro.transitions).toBe(1);
  });

  test('is solved again only after the refresh time', () => {
    const micro = new MicroPrice({ needed: 1, refreshUs: 30 * SECOND, largestMove: 10 });
    learn(micro, 29);
    const state = stateOf(top(book, 500, HEAVY, 501, 1));
    const early = micro.adjustment[state];
    learn(micro, 28);
    expect(micro.adjustment[state]).toBe(early);
    micro.onBook(at(31 * SECOND), top(book, 900, HEAVY, 901, 1));
    expect(micro.adjustment[state]).not.toBe(early);
  });
});

describe('states', () => {
  test('a book and its mirror image have mirrored states; mirroring twice is the identity', () => {
    const book = new L2Book();
    const lots = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(lots, lots, fc.integer({ min: 1, max: 6 }), (bid, ask, spread) => {
        const state = stateOf(top(book, 100, bid, 100 + spread, ask));
        expect(stateOf(top(book, 100, ask, 100 + spread, bid))).toBe(mirrorOf(state));
        expect(mirrorOf(mirrorOf(state))).toBe(state);
        expect(state).toBeGreaterThanOrEqual(0);
        expect(state).toBeLessThan(STATES);
        expect(Math.floor(state / IMBALANCE_BUCKETS)).toBe(Math.min(spread, 3) - 1);
      }),
    );
  });

  test('more on the bid, a higher bucket; balance is the middle one', () => {
    const book = new L2Book();
    const bucket = (bid: number, ask: number): number => stateOf(top(book, 10, bid, 11, ask));
    expect([bucket(1, 99), bucket(1, 3), bucket(2, 2), bucket(3, 1), bucket(99, 1)]).toEqual([
      0, 2, 4, 6, 8,
    ]);
  });
});

test('the linear system solves random diagonally dominant matrices', () => {
  const random = new Random('linear system');
  const n = 12;
  const system = new LinearSystem(n);
  const matrix = Array.from({ length: n }, () => Array.from({ length: n }, () => -random.next()));
  for (const [i, row] of matrix.entries()) {
    row[i] = 1 - row.reduce((sum, value, j) => (j === i ? sum : sum + value), 0);
    for (const [j, value] of row.entries()) system.matrix[i * n + j] = value;
  }
  const x = Array.from({ length: n }, () => random.normal());
  const right = matrix.map((row) => row.reduce((sum, value, j) => sum + value * (x[j] ?? 0), 0));
  const solution = Float64Array.from(right);
  system.factor();
  system.solve(solution);
  for (const [i, value] of x.entries()) expect(solution[i]).toBeCloseTo(value, 10);
});
