// Where a quote may rest: never across the market, never nearer than asked, and exactly the rule's
// distance.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atDistance, distanceOf, placeTicks } from '#core/placement';
import type { Side, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { BTC } from '../support/core-instruments.js';

type Rule = 'behind' | 'join' | 'improve';
const place = (side: Side, wanted: number, bid: number, ask: number, rule: Rule): number =>
  placeTicks(BTC, side, wanted, bid as Ticks, ask as Ticks, rule);

describe('placeTicks', () => {
  test.each([
    ['behind', BID, 105, 99],
    ['behind', ASK, 95, 104],
    ['join', BID, 105, 100],
    ['join', ASK, 95, 103],
    ['improve', BID, 105, 102],
    ['improve', ASK, 95, 101],
  ] as const)('%s, side %d: a quote too near goes to the limit', (rule, side, wanted, expected) => {
    expect(place(side, wanted, 100, 103, rule)).toBe(expected);
  });

  test('a quote far enough is only rounded, away from the touch', () => {
    expect(place(BID, 90.7, 100, 103, 'behind')).toBe(90);
    expect(place(ASK, 110.2, 100, 103, 'behind')).toBe(111);
  });

  test('in a locked book even join and improve stay off the other side', () => {
    for (const rule of ['behind', 'join', 'improve'] as const) {
      expect(place(BID, 105, 100, 100, rule)).toBe(99);
      expect(place(ASK, 95, 100, 100, rule)).toBe(101);
    }
  });

  test('never crosses, never nearer than wanted, obeys its rule, and no farther than that', () => {
    const rule = fc.constantFrom('behind', 'join', 'improve');
    const wanted = fc.double({ min: 900, max: 1_100, noNaN: true });
    fc.assert(
      fc.property(
        wanted,
        fc.integer({ min: 950, max: 1_050 }),
        fc.nat(30),
        rule,
        (want, bid, width, by) => {
          const ask = bid + width;
          const buy = place(BID, want, bid, ask, by);
          const sell = place(ASK, want, bid, ask, by);
          expect(buy).toBeLessThan(ask);
          expect(sell).toBeGreaterThan(bid);
          expect(buy).toBeLessThanOrEqual(want + 1e-9);
          expect(sell).toBeGreaterThanOrEqual(want - 1e-9);
          if (by === 'behind') expect(buy < bid && sell > ask).toBe(true);
          if (by === 'join') expect(buy <= bid && sell >= ask).toBe(true);
          // It is the best price that satisfies all of that: one tick nearer breaks a rule.
          const most = { behind: bid - 1, join: Math.min(bid, ask - 1), improve: ask - 1 }[by];
          const least = { behind: ask + 1, join: Math.max(ask, bid + 1), improve: bid + 1 }[by];
          expect(buy).toBe(Math.min(most, BTC.roundQuote(BID, want)));
          expect(sell).toBe(Math.max(least, BTC.roundQuote(ASK, want)));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

test('distances in basis points: outwards is positive, and one undoes the other', () => {
  expect(atDistance(BID, 10_000, 3)).toBeCloseTo(9_997, 9);
  expect(atDistance(ASK, 10_000, 3)).toBeCloseTo(10_003, 9);
  expect(distanceOf(ASK, 10_000, 9_999)).toBeCloseTo(-1, 9);
  fc.assert(
    fc.property(
      fc.constantFrom(BID, ASK),
      fc.double({ min: 1, max: 1e7, noNaN: true }),
      fc.double({ min: -100, max: 100, noNaN: true }),
      (side, fair, bps) => {
        expect(distanceOf(side, fair, atDistance(side, fair, bps))).toBeCloseTo(bps, 6);
      },
    ),
  );
});
