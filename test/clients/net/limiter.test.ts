// The token bucket and the budget: never more than the rate allows over any window, cancels never behind quotes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Micros } from '#core/units';
import { Budget, TokenBucket } from '#clients/net/limiter';

const at = (ms: number): Micros => (ms * 1000) as Micros;

describe('TokenBucket', () => {
  test('gives the burst at once, then the rate', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 5 }, at(0));
    expect(Array.from({ length: 6 }, () => bucket.take(at(0)))).toEqual([
      ...Array(5).fill(true),
      false,
    ]);
    expect(bucket.take(at(99))).toBe(false);
    expect(bucket.take(at(100))).toBe(true);
    expect(bucket.readyUs(at(100))).toBe(at(200));
  });

  test('the reserve is left to whoever asks with none', () => {
    const bucket = new TokenBucket({ perSecond: 1, burst: 10 }, at(0));
    for (let i = 0; i < 8; i += 1) expect(bucket.take(at(0), 1, 2)).toBe(true);
    expect(bucket.take(at(0), 1, 2)).toBe(false);
    expect(bucket.take(at(0), 2)).toBe(true);
  });

  test('a clock that steps back refills nothing and breaks nothing', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 1 }, at(5_000));
    expect(bucket.take(at(5_000))).toBe(true);
    expect(bucket.take(at(1_000))).toBe(false);
    expect(bucket.take(at(5_100))).toBe(true);
  });

  test('property: over any run of takes, no more than burst + rate x time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 20 }),
        (gaps, perSecond, burst) => {
          const bucket = new TokenBucket({ perSecond, burst }, at(0));
          let ms = 0;
          let taken = 0;
          for (const gap of gaps) {
            ms += gap;
            if (bucket.take(at(ms))) taken += 1;
          }
          expect(taken).toBeLessThanOrEqual(burst + (perSecond * ms) / 1000 + 1e-6);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('Budget', () => {
  const rates = [
    { perSecond: 100, burst: 10 },
    { perSecond: 1, burst: 20 },
  ];

  test('all buckets or none', () => {
    const budget = new Budget(rates, 0, at(0));
    for (let second = 0, taken = 0; second < 2; second += 1) {
      while (budget.take(at(second * 1000), 1, false)) taken += 1;
      expect(taken).toBe(second === 0 ? 10 : 20);
    }
    expect(budget.readyUs(at(1000), 1, false)).toBeGreaterThan(at(1000));
  });

  test('quotes stop at the reserve, cancels go on to the last token', () => {
    const budget = new Budget(rates, 0.2, at(0));
    let quotes = 0;
    while (budget.take(at(0), 1, false)) quotes += 1;
    let cancels = 0;
    while (budget.take(at(0), 1, true)) cancels += 1;
    expect([quotes, cancels]).toEqual([8, 2]);
  });

  test('after the venue has said "enough" nothing is left until it refills', () => {
    const budget = new Budget([{ perSecond: 10, burst: 10 }], 0, at(0));
    budget.drain(at(0));
    expect(budget.take(at(50), 1, true)).toBe(false);
    expect(budget.take(at(100), 1, true)).toBe(true);
  });
});
