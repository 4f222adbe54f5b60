// What is tried: dimensions as typed, grids, chance, the search that learns, and windows of time.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '#core/random';
import { GENERATION, gridOf, proposeNext, randomCube } from '#search/propose';
import type { Trial } from '#search/propose';
import { keyOf, parseDimension, pointAt, valueAt } from '#search/space';
import type { Dimension } from '#search/space';
import { settledIn, windowsOf } from '#search/walk-forward';

const dimension = (text: string): Dimension => {
  const parsed = parseDimension(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
};

describe('dimensions', () => {
  test('as a user writes them', () => {
    expect(dimension('kappa=0.5..3')).toMatchObject({ low: 0.5, high: 3, unit: '', steps: 5 });
    expect(dimension('min-spread=1bp..4bp/7')).toMatchObject({ unit: 'bp', steps: 7, log: false });
    expect(dimension('sigma=20..80%/yr')).toMatchObject({ low: 20, high: 80, unit: '%/yr' });
    expect(dimension('sigma=20%/yr..80%/yr/3,log')).toMatchObject({ steps: 3, log: true });
    expect(dimension('model=as,glft,as')).toMatchObject({ values: ['as', 'glft'] });
  });

  test.each([
    ['kappa', /name=low/],
    ['kappa=', /name=low/],
    ['kappa=a..b', /no range/],
    ['kappa=3..1', /lower end/],
    ['kappa=-1..1,log', /ratios/],
    ['kappa=1bp..2s', /two units/],
    ['kappa=1..2/1', /2 steps/],
    ['model=as,,b', /empty/],
  ])('%s is refused', (text, why) => {
    expect(parseDimension(text)).toMatch(why);
  });

  test('every place of the cube is a value inside the range, with its unit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (at, log) => {
        const text = valueAt(dimension(`kappa=0.5bp..3bp${log ? ',log' : ''}`), at);
        expect(text).toMatch(/^[\d.]+bp$/);
        expect(parseFloat(text)).toBeGreaterThanOrEqual(0.5);
        expect(parseFloat(text)).toBeLessThanOrEqual(3);
      }),
    );
  });
});

describe('grid and chance', () => {
  const space = ['kappa=1..2/3', 'model=as,glft'].map(dimension);

  test('the grid has every combination once, ends included', () => {
    const points = gridOf(space).map((cube) => keyOf(pointAt(space, cube)));
    expect(points).toEqual([
      'kappa=1 model=as', 'kappa=1 model=glft', 'kappa=1.5 model=as', 'kappa=1.5 model=glft',
      'kappa=2 model=as', 'kappa=2 model=glft',
    ]); // prettier-ignore
  });

  test('the same seed tries the same points', () => {
    const draw = (): string[] => {
      const random = new Random(3);
      return [1, 2, 3].map(() => keyOf(pointAt(space, randomCube(space, random))));
    };
    expect(draw()).toEqual(draw());
  });
});

describe('the search that learns', () => {
  const space = ['x=0..1', 'y=0..1', 'z=a,b,c'].map(dimension);
  /** Best 0 at (0.3, 0.7, b). */
  const truth = ([x = 0, y = 0, z = 0]: readonly number[]): number =>
    -((x - 0.3) * (x - 0.3) + (y - 0.7) * (y - 0.7) + (Math.floor(z * 3) === 1 ? 0 : 0.1));

  function run(seed: number, learns: boolean): number {
    const random = new Random(`search ${seed}`);
    const trials: Trial[] = [];
    while (trials.length < 64) {
      const cubes = learns
        ? proposeNext(space, trials, random, GENERATION)
        : Array.from({ length: GENERATION }, () => randomCube(space, random));
      for (const cube of cubes) trials.push({ cube, score: truth(cube) + 0.005 * random.normal() });
    }
    const best = trials.reduce((a, b) => (b.score > a.score ? b : a));
    return -truth(best.cube);
  }

  test('finds a better point with 64 tries than chance does, in most seeds', () => {
    let better = 0;
    let [learnt, chance] = [0, 0];
    for (let seed = 0; seed < 6; seed += 1) {
      const [a, b] = [run(seed, true), run(seed, false)];
      learnt += a;
      chance += b;
      if (a < b) better += 1;
    }
    expect(better).toBeGreaterThan(4);
    expect(learnt).toBeLessThan(0.5 * chance);
  });

  test('survives trials that came to nothing, and is the same every time', () => {
    const trials = Array.from({ length: 20 }, (_, i) => ({
      cube: [i / 20, 0.5, 0.5],
      score: i % 3 === 0 ? NaN : i,
    }));
    const once = proposeNext(space, trials, new Random(1), 5);
    expect(proposeNext(space, trials, new Random(1), 5)).toEqual(once);
    expect(once.flat().every((c) => c >= 0 && c <= 1)).toBe(true);
  });
});

describe('walk-forward', () => {
  test('windows touch and cover everything', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 100, max: 1e9 }), (n, us) => {
        const windows = windowsOf(7, 7 + us, n);
        expect(windows[0]?.fromUs).toBe(7);
        expect(windows.at(-1)?.toUs).toBe(7 + us);
        windows.slice(1).forEach((w, i) => expect(w.fromUs).toBe(windows[i]?.toUs));
      }),
    );
  });

  test('what is not yet known at the border may not choose', () => {
    const window = { fromUs: 100, toUs: 200 };
    expect([99, 100, 169, 170, 199].map((us) => settledIn(window, us, 30))).toEqual([
      false, true, true, false, false,
    ]); // prettier-ignore
  });
});
