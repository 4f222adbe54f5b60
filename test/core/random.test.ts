// The generator against the published algorithm, golden values that must be equal bit for bit on
// every Node version (taken on Node 20.20, equal on 24.21 and 26.10 on 2026-11-21), and its
// distributions.
import { describe, expect, test } from 'vitest';
import { Random } from '#core/random';

const GOLDEN = [
  {
    seed: '0',
    next: [0.7258296269683124, 0.9844287662152981, 0.24598570072303272, 0.1267536937359519],
    int: [109, 790, 467, 878, 197, 512],
    normal: [1.7040871235002297, -0.21852898392600248, 0.1438995565445372, 1.2727620517782312],
    exponential: [9.55384328117329, 11.170920103574403, 3.087792023298078],
    lognormal: [0.006443591405094921, 0.011772395216896906, 0.07027628459635797],
    fork: 0.2087243500864432,
  },
  {
    seed: '1',
    next: [0.38397554992718486, 0.18105320522628598, 0.28289844994167546, 0.015258762495984013],
    int: [619, 159, 522, 658, 692, 350],
    normal: [-0.42747892146140465, -0.2620252395729027, -0.7932133586760002, -1.302766413771514],
    exponential: [10.259516096834853, 5.555959026577697, 7.532706141678977],
    lognormal: [0.001081069459916931, 0.004193161041767621, 0.0010014166669839164],
    fork: 0.7911101857582653,
  },
  {
    seed: 'mm',
    next: [0.44419929255652535, 0.20105703510019668, 0.01863117190764252, 0.3300433090346828],
    int: [425, 511, 649, 214, 423, 838],
    normal: [-0.04728022412769186, -0.6133074218909595, 0.2964819894616497, 2.1263849168489437],
    exponential: [0.8178269931264285, 0.4800732577310854, 4.53475302945163],
    lognormal: [0.009400985571513296, 0.020650581354159505, 0.0017098756608485408],
    fork: 0.6004724470444811,
  },
  {
    seed: 'calm/42',
    next: [0.8439465256123654, 0.752745147880996, 0.8758681675431217, 0.447216411294326],
    int: [4, 237, 389, 131, 553, 696],
    normal: [0.3164125951555811, -1.4179144785471722, 0.796573443523338, -0.31779658992325727],
    exponential: [1.618891016555625, 0.8580350655495395, 2.99471803050312],
    lognormal: [0.03133228434521089, 0.11873771784278556, 0.002685004057354537],
    fork: 0.39517374011648954,
  },
];

const many = <T>(n: number, draw: () => T): T[] => Array.from({ length: n }, draw);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const std = (values: readonly number[]): number => {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) * (value - centre))));
};

describe('the sequence', () => {
  test.each(GOLDEN)('seed $seed gives the same values on every Node version', (golden) => {
    const random = new Random(golden.seed);
    expect(many(4, () => random.next())).toEqual(golden.next);
    expect(many(6, () => random.int(1000))).toEqual(golden.int);
    expect(many(4, () => random.normal())).toEqual(golden.normal);
    expect(many(3, () => random.exponential(0.2))).toEqual(golden.exponential);
    expect(many(3, () => random.lognormal(-4, 1.5))).toEqual(golden.lognormal);
    expect(random.fork('a').next()).toBe(golden.fork);
  });

  test('is xoshiro128**: the published first outputs from the state 1, 2, 3, 4', () => {
    const words = [11520, 0, 5927040, 70819200, 2031721883, 1637235492];
    const random = Random.restore({ seed: 'x', state: [1, 2, 3, 4], spare: null });
    for (let i = 0; i < words.length; i += 2) {
      const high = (words[i] as number) >>> 5;
      const low = (words[i + 1] as number) >>> 6;
      expect(random.next()).toBe((high * 67_108_864 + low) / 9_007_199_254_740_992);
    }
  });

  test('a number and its text are the same seed; other seeds are other sequences', () => {
    expect(new Random(7).next()).toBe(new Random('7').next());
    const first = new Set(many(10_000, () => 0).map((_, seed) => new Random(seed).next()));
    expect(first.size).toBe(10_000);
  });

  test('a snapshot goes on where it stood, the spare normal included', () => {
    const random = new Random('snapshot');
    random.normal(); // leaves a spare
    const copy = Random.restore(JSON.parse(JSON.stringify(random.snapshot())));
    expect(many(5, () => copy.normal())).toEqual(many(5, () => random.normal()));
    expect(copy.fork('x').next()).toBe(random.fork('x').next());
  });

  test('a fork depends on its label, not on what was drawn before', () => {
    const random = new Random(1);
    const before = random.fork('fills').next();
    random.next();
    expect(random.fork('fills').next()).toBe(before);
    expect(random.fork('flow').next()).not.toBe(before);
    expect(new Random(2).fork('fills').next()).not.toBe(before);
  });
});

describe('the distributions', () => {
  const N = 200_000;

  test('next is uniform in [0, 1)', () => {
    const random = new Random('uniform');
    const bins = new Array<number>(50).fill(0);
    for (let i = 0; i < N; i++) {
      const value = random.next();
      expect(value >= 0 && value < 1).toBe(true);
      bins[Math.floor(value * 50)]! += 1;
    }
    const expected = N / 50;
    const chi2 = bins.reduce((sum, n) => sum + ((n - expected) * (n - expected)) / expected, 0);
    expect(chi2).toBeLessThan(85); // 49 degrees of freedom: 99.9 % point
    expect(chi2).toBeGreaterThan(24); // and not too even either
  });

  test('int covers [0, n) evenly; bool has its probability', () => {
    const random = new Random('int');
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[random.int(7)]! += 1;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
    const heads = many(N, () => random.bool(0.3)).filter(Boolean).length;
    expect(heads / N).toBeCloseTo(0.3, 2);
    expect(many(100, () => random.bool(0)).some(Boolean)).toBe(false);
    expect(many(100, () => random.bool(1)).every(Boolean)).toBe(true);
  });

  test('normal: mean 0, std 1, the right tails, neighbours uncorrelated', () => {
    const random = new Random('normal');
    const values = many(N, () => random.normal());
    expect(Math.abs(mean(values))).toBeLessThan(0.01);
    expect(Math.abs(std(values) - 1)).toBeLessThan(0.01);
    expect(mean(values.map((x) => x * x * x * x))).toBeCloseTo(3, 0);
    expect(values.filter((x) => Math.abs(x) > 1.96).length / N).toBeCloseTo(0.05, 2);
    const products = values.slice(1).map((x, i) => x * (values[i] as number));
    expect(Math.abs(mean(products))).toBeLessThan(0.01);
  });

  test('exponential and lognormal have their means and spreads', () => {
    const random = new Random('exp');
    const waits = many(N, () => random.exponential(4));
    expect(mean(waits)).toBeCloseTo(0.25, 2);
    expect(std(waits)).toBeCloseTo(0.25, 2);
    expect(Math.min(...waits.slice(0, 1000))).toBeGreaterThanOrEqual(0);
    const logs = many(N, () => Math.log(random.lognormal(-2, 0.7)));
    expect(mean(logs)).toBeCloseTo(-2, 1);
    expect(std(logs)).toBeCloseTo(0.7, 1);
  });

  test('nonsense arguments are our mistake', () => {
    const random = new Random(1);
    for (const n of [0, -1, 1.5, NaN]) expect(() => random.int(n)).toThrow(/positive whole/);
    for (const rate of [0, -1, NaN])
      expect(() => random.exponential(rate)).toThrow(/positive rate/);
  });
});
