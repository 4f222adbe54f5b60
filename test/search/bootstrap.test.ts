// Intervals against worlds whose truth is known. The default run is a taste; the campaign that issue 6 asks for is
// MM_TRIALS=2000 npx vitest run test/search/bootstrap.test.ts, which prints the coverage with its own interval.
import { describe, expect, test } from 'vitest';
import { Random } from '#core/random';
import { BlockGrid, meanOf } from '#search/blocks';
import {
  FEWEST_BLOCKS, INTERVAL_BLOCKS, TRADED_BLOCKS, daysToTell, judge, judgeDifference,
} from '#search/bootstrap'; // prettier-ignore
import type { Judgement } from '#search/bootstrap';
import { edgeTwins, idleTwins, profitTwins, shareInterval } from './worlds.js';
import type { Twins } from './worlds.js';

const TRIALS = Number(process.env['MM_TRIALS'] ?? 120);
const RESAMPLES = TRIALS >= 2_000 ? 1_000 : 400;

/** How often the interval holds the truth, and how often it says that there is a difference; of those that have one. */
function campaign(
  make: (random: Random, blocks: number, apart: number) => Twins,
  blocks: number,
  apart: number,
): { readonly [name in 'told' | 'covered' | 'rejected' | 'sure']: number } {
  const random = new Random(`twins ${make.name} ${blocks} ${apart}`);
  let [told, covered, rejected, sure] = [0, 0, 0, 0];
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const { a, b } = make(random, blocks, apart);
    const said = judgeDifference(a, b, { resamples: RESAMPLES, seed: `trial ${trial}` });
    if (said.interval === null) continue;
    told += 1;
    const { low, high } = said.interval;
    if (low <= apart && apart <= high) covered += 1;
    if (low > 0 || high < 0) rejected += 1;
    if ((said.chancePositive ?? 0) > 0.95) sure += 1;
  }
  return { told, covered, rejected, sure };
}

const shown = (name: string, hits: number, told: number): string => {
  const { low, high } = shareInterval(hits, told);
  const pct = (x: number): string => `${(100 * x).toFixed(1)} %`;
  return `${name}: ${pct(hits / told)} of ${told} (its own 95 % interval ${pct(low)} to ${pct(high)})`;
};

describe('coverage on twins of known difference', () => {
  for (const [name, make, apart] of [
    ['net edge per fill', edgeTwins, 0.4],
    ['net edge per fill, half of the time idle', idleTwins, 0.4],
    ['profit per block', profitTwins, 0.25],
  ] as const) {
    for (const blocks of make === idleTwins ? [64] : TRIALS >= 2_000 ? [48, 96] : [48]) {
      test(`${name}, ${blocks} blocks`, { timeout: 600_000 }, () => {
        const { told, covered, rejected } = campaign(make, blocks, apart);
        const none = campaign(make, blocks, 0);
        console.log(
          [
            `${name}, ${blocks} blocks`,
            shown('  interval covers the difference', covered, told),
            shown('  stands out from 0', rejected, told),
            shown('  no difference: rejected all the same', none.rejected, none.told),
            shown('  no difference: P(B beats A) above 95 %', none.sure, none.told),
          ].join('\n'),
        );
        expect(told).toBeGreaterThan(TRIALS / 2);
        // The bar is 93 to 97 %; a short run must allow for its own chance.
        const share = shareInterval(covered, told);
        const nominal = shareInterval(none.rejected, none.told);
        expect(share.high).toBeGreaterThan(0.93);
        expect(share.low).toBeLessThan(0.97);
        expect(nominal.high).toBeGreaterThan(0.03);
        expect(nominal.low).toBeLessThan(0.07);
        if (TRIALS >= 2_000) {
          expect(covered / told).toBeGreaterThanOrEqual(0.93);
          expect(covered / told).toBeLessThanOrEqual(0.97);
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

  test('idle blocks are time, not evidence: without 24 in which something happened no interval', () => {
    const idle = (traded: number): Judgement => {
      const top = Float64Array.from([...noise(traded), ...new Array<number>(200).fill(0)]);
      return judge({ top, bottom: Float64Array.from(top, (value) => (value === 0 ? 0 : 1)) });
    };
    const few = idle(TRADED_BLOCKS - 1);
    expect(few).toMatchObject({ blocks: 200 + TRADED_BLOCKS - 1, traded: TRADED_BLOCKS - 1 });
    expect(few.interval).toBeNull();
    expect(idle(TRADED_BLOCKS).interval).not.toBeNull();
    expect(idle(FEWEST_BLOCKS - 1).standardError).toBeNull();
    // Idle blocks neither widen nor narrow it by more than the correction for small samples.
    const error = judge(meanOf(noise(60))).standardError ?? NaN;
    expect(idle(60).standardError).toBeCloseTo(error, 2);
  });

  test('nothing at all: no estimate; no scatter: no interval', () => {
    const empty = { top: new Float64Array(60), bottom: new Float64Array(60) };
    expect(judge(empty)).toMatchObject({ traded: 0, estimate: null, interval: null });
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
