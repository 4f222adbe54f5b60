// What the difference between two runs over the same market is worth: paired blocks of equal length, their scatter, and
// from it the smallest difference that this length could have shown. Says "too short" rather than guess (spec.md 6).
import { Random } from '#core/random';

/** Long enough for the fills of one block to be forgotten by the next, short enough for 48 of them in half a day. */
export const BLOCK_SECONDS = 900;
/** Below this many blocks even the scatter is unknown. */
export const FEWEST_BLOCKS = 8;
/** Below this many there is no interval. */
export const INTERVAL_BLOCKS = 48;
/** 95 % two-sided, and seen in four of five repetitions: 1.96 + 0.84. */
const VISIBLE_ERRORS = 2.8;
const RESAMPLES = 2_000;
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

interface Moments {
  readonly mean: number;
  /** Of one block. */
  readonly std: number;
}

function momentsOf(values: ArrayLike<number>, pick: (i: number) => number): Moments {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i += 1) sum += values[pick(i)] ?? 0;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i += 1)
    squares += ((values[pick(i)] ?? 0) - mean) * ((values[pick(i)] ?? 0) - mean);
  return { mean, std: Math.sqrt(squares / (n - 1)) };
}

/** Studentised bootstrap of the mean of the blocks (Efron & Tibshirani 1993, 12.5), the same on every call. */
function studentised(values: readonly number[]): { low: number; high: number } {
  const { mean, std } = momentsOf(values, (i) => i);
  const n = values.length;
  const random = new Random('mm ab');
  const picks = new Uint32Array(n);
  const ratios: number[] = [];
  for (let round = 0; round < RESAMPLES; round += 1) {
    for (let i = 0; i < n; i += 1) picks[i] = random.int(n);
    const again = momentsOf(values, (i) => picks[i] ?? 0);
    if (again.std > 0) ratios.push((again.mean - mean) / again.std);
  }
  ratios.sort((a, b) => a - b);
  const at = (share: number): number => ratios[Math.floor(share * (ratios.length - 1))] ?? 0;
  return { low: (mean - at(0.975) * std) * n, high: (mean - at(0.025) * std) * n };
}

/** `blocks`: what the difference grew by in each whole block, in the settle currency. */
export function weigh(blocks: readonly number[], capital: number): AbEvidence {
  const n = blocks.length;
  const { std } = n < FEWEST_BLOCKS ? { std: null } : momentsOf(blocks, (i) => i);
  return {
    blocks: n,
    smallestVisible: std === null ? null : VISIBLE_ERRORS * std * Math.sqrt(n),
    interval: n < INTERVAL_BLOCKS || std === 0 ? null : studentised(blocks),
    daysToTell: (percent) => {
      if (std === null) return null;
      const effect = ((percent / 100) * capital) / DAYS_PER_MONTH;
      const errors = (VISIBLE_ERRORS * std) / effect;
      return errors * errors * BLOCKS_PER_DAY;
    },
  };
}
