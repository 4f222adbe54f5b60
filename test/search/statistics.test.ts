// Normal distribution, moments and the deflated Sharpe ratio against figures known from elsewhere.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '#core/random';
import { deflatedSharpe, expectedBest, sharpeOf } from '#search/deflated-sharpe';
import { lagOne, momentsOf, quantileOf } from '#search/moments';
import { normalBelow, normalQuantile } from '#search/normal';

describe('normal', () => {
  test.each([
    [0, 0.5],
    [1, 0.8413447460685429],
    [-1.959963984540054, 0.025],
    [3, 0.9986501019683699],
    [-5, 2.866515718791939e-7],
  ])('below %d', (x, p) => {
    expect(normalBelow(x)).toBeCloseTo(p, 13);
    expect(normalQuantile(p)).toBeCloseTo(x, 9);
  });

  test('there and back', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (p) => {
        expect(normalBelow(normalQuantile(p))).toBeCloseTo(p, 12);
      }),
    );
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(1.1)]).toEqual([
      -Infinity,
      Infinity,
      NaN,
    ]);
    expect([normalBelow(-9), normalBelow(9), normalBelow(NaN)]).toEqual([0, 1, 0]);
  });
});

describe('moments', () => {
  test('by hand', () => {
    const { mean, std, skew, kurtosis } = momentsOf([1, 2, 3, 4, 10]);
    expect(mean).toBe(4);
    expect(std).toBeCloseTo(Math.sqrt(12.5), 12);
    expect(skew).toBeCloseTo(36 / 1e1 ** 1.5, 9);
    expect(kurtosis).toBeCloseTo(278.8 / 100, 9);
    expect(quantileOf([1, 2, 3, 4, 10], 0.9)).toBeCloseTo(7.6, 12);
  });

  test('a normal has skew 0 and kurtosis 3; a walk remembers', () => {
    const random = new Random('moments');
    const noise = Array.from({ length: 20_000 }, () => random.normal());
    expect(momentsOf(noise).skew).toBeCloseTo(0, 1);
    expect(momentsOf(noise).kurtosis).toBeCloseTo(3, 0);
    expect(Math.abs(lagOne(noise))).toBeLessThan(0.03);
    let level = 0;
    expect(lagOne(noise.map((x) => (level = 0.8 * level + x)))).toBeCloseTo(0.8, 1);
  });
});

describe('deflated Sharpe', () => {
  test('the best of many without skill is expected to look good: simulated against the formula', () => {
    const random = new Random('best of');
    for (const trials of [10, 100]) {
      const bests = Array.from({ length: 2_000 }, () => {
        let best = -Infinity;
        for (let i = 0; i < trials; i += 1) best = Math.max(best, random.normal());
        return best;
      });
      expect(expectedBest(trials, 1) / momentsOf(bests).mean).toBeCloseTo(1, 1);
    }
    expect(expectedBest(1, 1)).toBe(0);
  });

  test('the paper of Bailey and López de Prado: 5 years of days, 100 trials, annual Sharpe 2.5', () => {
    // Their numerical example: skew -3, kurtosis 10, V[SR] = 1/2, E[max] 0.1132 a day; DSR 0.9004.
    const best = expectedBest(100, Math.sqrt(0.5 / 250));
    expect(best).toBeCloseTo(0.1132, 4);
    const daily = 2.5 / Math.sqrt(250);
    const spread = 1 - -3 * daily + ((10 - 1) / 4) * daily * daily;
    const z = ((daily - best) * Math.sqrt(1250 - 1)) / Math.sqrt(spread);
    expect(normalBelow(z)).toBeCloseTo(0.9004, 3);
  });

  test('the best of fifty coin tossers is not believed; a real edge is', () => {
    const random = new Random('tossers');
    const toss = (mean: number): number[] =>
      Array.from({ length: 200 }, () => mean + random.normal());
    const tossers = Array.from({ length: 50 }, () => toss(0));
    const ratios = tossers.map(sharpeOf);
    const best = tossers[ratios.indexOf(Math.max(...ratios))] ?? [];
    expect(deflatedSharpe(best, ratios)?.probability).toBeLessThan(0.9);
    const able = toss(0.5);
    expect(deflatedSharpe(able, [...ratios, sharpeOf(able)])?.probability).toBeGreaterThan(0.95);
    expect(deflatedSharpe([1, 2, 3], ratios)).toBeNull();
    expect(deflatedSharpe(new Array<number>(60).fill(1), ratios)).toBeNull();
  });
});
