// What a difference is worth: against samples of known scatter, and against lengths that are too short to say anything.
import { describe, expect, test } from 'vitest';
import { Random } from '#core/random';
import { BLOCK_SECONDS, FEWEST_BLOCKS, INTERVAL_BLOCKS, weigh } from '#report/ab-evidence';

const CAPITAL = 5_000;
const noise = (random: Random, count: number, mean = 0, std = 1): number[] =>
  Array.from({ length: count }, () => mean + std * random.normal());

describe('how long is long enough', () => {
  test('too few blocks for the scatter: nothing is said', () => {
    const few = weigh(noise(new Random(1), FEWEST_BLOCKS - 1), CAPITAL);
    expect(few).toMatchObject({ blocks: 7, smallestVisible: null, interval: null });
    expect(few.daysToTell(0.05)).toBeNull();
  });

  test('enough for the scatter, too few for an interval', () => {
    const some = weigh(noise(new Random(1), INTERVAL_BLOCKS - 1), CAPITAL);
    expect(some.smallestVisible).toBeGreaterThan(0);
    expect(some.interval).toBeNull();
    expect(weigh(noise(new Random(1), INTERVAL_BLOCKS), CAPITAL).interval).not.toBeNull();
  });

  test('no difference anywhere: no interval either, and no time to wait for', () => {
    const same = weigh(new Array<number>(60).fill(0), CAPITAL);
    expect(same).toMatchObject({ smallestVisible: 0, interval: null });
  });
});

describe('the figures', () => {
  test('by hand: blocks of +1 and -1', () => {
    const blocks = Array.from({ length: 96 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const std = Math.sqrt(96 / 95);
    const { smallestVisible, daysToTell } = weigh(blocks, CAPITAL);
    expect(BLOCK_SECONDS).toBe(900); // 96 blocks a day
    expect(smallestVisible).toBeCloseTo(2.8 * std * Math.sqrt(96), 9);
    // 0.05 % of 5,000 in 30 days is 8.3 cents a day.
    const days = ((2.8 * std) / (2.5 / 30)) ** 2 * 96;
    expect(daysToTell(0.05)).toBeCloseTo(days, 6);
    expect(daysToTell(0.2)).toBeCloseTo(days / 16, 6);
  });

  test('the interval covers the truth about 95 times in 100, and is the same every time', () => {
    const random = new Random('coverage');
    const rounds = 300;
    let covered = 0;
    for (let round = 0; round < rounds; round += 1) {
      const { interval } = weigh(noise(random, INTERVAL_BLOCKS, 0.3), CAPITAL);
      const truth = 0.3 * INTERVAL_BLOCKS;
      if (interval !== null && interval.low <= truth && truth <= interval.high) covered += 1;
    }
    expect(covered / rounds).toBeGreaterThan(0.91);
    expect(covered / rounds).toBeLessThan(0.985);
    const blocks = noise(new Random(5), 60);
    expect(weigh(blocks, CAPITAL).interval).toEqual(weigh(blocks, CAPITAL).interval);
  }, 60_000);

  test('a difference of the smallest visible size is seen about four times in five', () => {
    const random = new Random('power');
    let seen = 0;
    for (let round = 0; round < 200; round += 1) {
      const { interval } = weigh(noise(random, 60, 2.8 / Math.sqrt(60)), CAPITAL);
      if (interval !== null && interval.low > 0) seen += 1;
    }
    expect(seen / 200).toBeGreaterThan(0.7);
    expect(seen / 200).toBeLessThan(0.9);
  }, 60_000);
});
