// What the difference between two runs over the same market is worth: paired blocks of equal length, their scatter, and
// from it the smallest difference that this length could have shown. Says "too short" rather than guess (spec.md 6).
import { meanOf } from '#search/blocks';
import { FEWEST_BLOCKS, INTERVAL_BLOCKS, VISIBLE_ERRORS, judge } from '#search/bootstrap';

export { FEWEST_BLOCKS, INTERVAL_BLOCKS };
/** Long enough for the fills of one block to be forgotten by the next, short enough for 48 of them in half a day. */
export const BLOCK_SECONDS = 900;
const BLOCKS_PER_DAY = 86_400 / BLOCK_SECONDS;
const DAYS_PER_MONTH = 30;

export interface AbEvidence {
  readonly blocks: number;
  /** Smallest difference over this length that would stand out, in the settle currency; null when too short. */
  readonly smallestVisible: number | null;
  /** 95 % interval of the difference over the whole blocks; null below INTERVAL_BLOCKS. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Days of market time until a difference of so many percent of capital in 30 days stands out; null: unknown. */
  readonly daysToTell: (percentPerMonth: number) => number | null;
}

/** `blocks`: what the difference grew by in each whole block, in the settle currency. */
export function weigh(blocks: readonly number[], capital: number): AbEvidence {
  const n = blocks.length;
  const { standardError, smallestVisible, interval } = judge(meanOf(blocks), { seed: 'mm ab' });
  return {
    blocks: n,
    smallestVisible: smallestVisible === null ? null : smallestVisible * n,
    interval: interval === null ? null : { low: interval.low * n, high: interval.high * n },
    daysToTell: (percent) => {
      if (standardError === null) return null;
      const effect = ((percent / 100) * capital) / DAYS_PER_MONTH;
      const errors = (VISIBLE_ERRORS * standardError * Math.sqrt(n)) / effect;
      return errors * errors * BLOCKS_PER_DAY;
    },
  };
}
