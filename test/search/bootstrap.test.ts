// Intervals against worlds whose truth is known. The default run is a taste; the campaign that issue 6 asks for is
// MM_TRIALS=2000 npx vitest run test/search/bootstrap.test.ts, which prints the coverage with its own interval.
import { describe, expect, test } from 'vitest';
import { Random } from '#core/random';
import { BlockGrid, meanOf } from '#search/blocks';
import {
  FEWEST_BLOCKS, INTERVAL_BLOCKS, daysToTell, judge, judgeDifference,
} from '#search/bootstrap'; // prettier-ignore
import { edgeTwins, profitTwins, shareInterval } from './worlds.js';
import type { Twins } from './worlds.js';

const TRIALS = Number(process.env['MM_TRIALS'] ?? 120);
const RESAMPLES = TRIALS >= 2_000 ? 1_000 : 400;

/** How often the interval holds the truth, and how often it says that there is a difference. */
function campaign(
  make: (random: Random, blocks: number, apart: number) => Twins,
  blocks: number,
  apart: number,
): { readonly covered: number; readonly rejected: number; readonly sure: number } {
  const random = new Random(`twins ${make.name} ${blocks} ${apart}`);
  let [covered, rejected, sure] = [0, 0, 0];
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const { a, b } = make(random, blocks, apart);
    const said = judgeDifference(a, b, { resamples: RESAMPLES, seed: `trial ${trial}` });
    const { low, high } = said.interval ?? { low: NaN, high: NaN };
    if (low <= apart && apart <= high) covered += 1;
    if (low > 0 || high < 0) rejected += 1;
    if ((said.chancePositive ?? 0) > 0.95) sure += 1;
  }
  return { covered, rejected, sure };
}

const shown = (name: string, hits: number): string => {
  const { low, high } = shareInterval(hits, TRIALS);
  const pct = (x: number): string => `${(100 * x).toFixed(1)} %`;
  return `${name}: ${pct(hits / TRIALS)} of ${TRIALS} (its own 95 % interval ${pct(low)} to ${pct(high)})`;
};

describe('coverage on twins of known difference', () => {
  for (const [name, make, apart] of [
    ['net edge per fill', edgeTwins, 0.4],
    ['profit per block', profitTwins, 0.25],
  ] as const) {
    for (const blocks of TRIALS >= 2_000 ? [48, 96] : [48]) {
      test(`${name}, ${blocks} blocks`, { timeout: 600_000 }, () => {
        const { covered, rejected } = campaign(make, blocks, apart);
        const none = campaign(make, blocks, 0);
        console.log(
          [
            `${name}, ${blocks} blocks`,
            shown('  interval covers the difference', covered),
            shown('  stands out from 0', rejected),
            shown('  no difference: rejected all the same', none.rejected),
            shown('  no difference: P(B beats A) above 95 %', none.sure),
          ].join('\n'),
        );
        // The bar is 93 to 97 %; a short run must allow for its own chance.
        const share = shareInterval(covered, TRIALS);
        const nominal = shareInterval(none.rejected, TRIALS);
        expect(share.high).toBeGreaterThan(0.93);
        expect(share.low).toBeLessThan(0.97);
        expect(nominal.high).toBeGreaterThan(0.03);
        expect(nominal.low).toBeLessThan(0.07);
        if (TRIALS >= 2_000) {
          expect(covered / TRIALS).toBeGreaterThanOrEqual(0.93);
          expect(covered / TRIALS).toBeLessThanOrEqual(0.97);
        }
        expect(rejected).toBeGreaterThan(2 * none.rejected);
      });
    }
  }
});

describe('what it refuses to say', () => {
  const noise = (n: number, seed = 'noise'): number[] => {
    const random = new Random(seed);
    return Array.from({ length: n }, () => 1 + random.normal());
  };

  test('no scatter below 8 blocks, no interval below 48', () => {
    const few = judge(meanOf(noise(FEWEST_BLOCKS - 1)));
    expect(few).toMatchObject({ standardError: null, interval: null, chancePositive: null });
    expect(few.estimate).not.toBeNull();
    const some = judge(meanOf(noise(INTERVAL_BLOCKS - 1)));
    expect(some.standardError).toBeGreaterThan(0);
    expect(some.interval).toBeNull();
    expect(judge(meanOf(noise(INTERVAL_BLOCKS))).interval).not.toBeNull();
  });

  test('blocks in which nobody traded do not count as evidence', () => {
    const top = Float64Array.from([...noise(47), ...new Array<number>(200).fill(0)]);
    const bottom = Float64Array.from(top, (value) => (value === 0 ? 0 : 1));
    const said = judge({ top, bottom });
    expect(said.blocks).toBe(47);
    expect(said.interval).toBeNull();
  });

  test('nothing at all: no estimate; no scatter: no interval', () => {
    const empty = { top: new Float64Array(60), bottom: new Float64Array(60) };
    expect(judge(empty)).toMatchObject({ blocks: 0, estimate: null, interval: null });
    const same = judge(meanOf(new Array<number>(60).fill(3)));
    expect(same).toMatchObject({ estimate: 3, standardError: 0, interval: null });
  });

  test('samples of different length are our mistake', () => {
    expect(() => judgeDifference(meanOf([1, 2]), meanOf([1]))).toThrow(/same blocks/);
  });
});

describe('the figures', () => {
  test('the error of a mean is the textbook one', () => {
    const values = Array.from({ length: 96 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const said = judge(meanOf(values));
    expect(said.estimate).toBe(0);
    expect(said.standardError).toBeCloseTo(Math.sqrt(96 / 95 / 96), 12);
    expect(said.lagOne).toBeCloseTo(-1, 1);
  });

  test('a pair is judged by its differences: what both share drops out', () => {
    const random = new Random('paired');
    const market = Array.from({ length: 60 }, () => 100 * random.normal());
    const a = meanOf(market);
    const b = meanOf(market.map((x) => x + 1 + 0.1 * random.normal()));
    const said = judgeDifference(a, b);
    expect(said.standardError).toBeLessThan(0.03);
    expect(said.interval?.low).toBeGreaterThan(0.9);
    expect(said.chancePositive).toBeGreaterThan(0.99);
    const back = judgeDifference(b, a);
    expect(back.estimate).toBe(-(said.estimate ?? NaN));
    expect(back.chancePositive).toBeLessThan(0.01);
  });

  test('half the effect takes four times as long to tell', () => {
    const random = new Random('days');
    const said = judge(meanOf(Array.from({ length: 96 }, () => random.normal())));
    const one = daysToTell(said, 1, 0.1);
    expect(one).toBeCloseTo(((said.smallestVisible ?? NaN) / 0.1) ** 2, 9);
    expect(daysToTell(said, 1, 0.05)).toBeCloseTo(4 * (one ?? NaN), 9);
    expect(daysToTell(said, 1, 0)).toBeNull();
  });
});

describe('cutting time into blocks', () => {
  test('facts go where they lie, the unfinished rest nowhere', () => {
    const grid = new BlockGrid(100, 135, 10);
    expect(grid.count).toBe(3);
    expect([99, 100, 109, 110, 129, 130].map((us) => grid.indexOf(us))).toEqual([
      -1, 0, 0, 1, 2, -1,
    ]);
    const facts = [{ us: 101, v: 2 }, { us: 128, v: 5 }, { us: 131, v: 9 }]; // prettier-ignore
    const { top, bottom } = grid.sums(facts, (f) => f.us, (f) => f.v, () => 1); // prettier-ignore
    expect([...top]).toEqual([2, 0, 5]);
    expect([...bottom]).toEqual([1, 0, 1]);
  });

  test('changes of a level add up to the whole change', () => {
    const levels = [{ us: 100, level: 0 }, { us: 109, level: 4 }, { us: 125, level: -1 }]; // prettier-ignore
    const { top } = new BlockGrid(100, 130, 10).changes(levels);
    expect([...top]).toEqual([4, 0, -5]);
  });
});
