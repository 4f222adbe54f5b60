// What a figure is worth: the studentised block bootstrap (Efron & Tibshirani 1993, 12.5), symmetric (Hall 1988), of a
// ratio of sums, or of the paired difference of two over the same blocks. Says "too short" (null) rather than guess
// (spec.md 6). Pure: the same blocks give the same interval.
import { assert } from '#core/assert';
import { Random } from '#core/random';
import type { BlockSample } from './blocks.js';
import { lagOne, quantileOf } from './moments.js';

/** Below this many blocks even the scatter is unknown. */
export const FEWEST_BLOCKS = 8;
/** Below this many there is no interval. */
export const INTERVAL_BLOCKS = 48;
/** Nor when something happened in fewer of them than this. */
export const TRADED_BLOCKS = 24;
/** 95 % two-sided, and seen in four of five repetitions: 1.96 + 0.84. */
export const VISIBLE_ERRORS = 2.8;
const RESAMPLES = 2_000;

export interface Judgement {
  /** All blocks, and those in which there was anything to count. */
  readonly blocks: number;
  readonly traded: number;
  /** Null when nothing happened. */
  readonly estimate: number | null;
  /** Null below FEWEST_BLOCKS. */
  readonly standardError: number | null;
  /** 95 %; null below INTERVAL_BLOCKS or TRADED_BLOCKS, or without any scatter. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** How sure it is above 0, as the bootstrap has it; null where there is no interval. */
  readonly chancePositive: number | null;
  /** The smallest true value that would stand out from 0: at 95 %, four times in five. */
  readonly smallestVisible: number | null;
  /** Correlation of neighbouring blocks: well above 2/√blocks, the interval is too narrow. */
  readonly lagOne: number | null;
}

export interface JudgeOptions {
  readonly resamples?: number;
  /** 0.95 unless given. */
  readonly confidence?: number;
  readonly seed?: string;
}

/** A ratio of sums over blocks. */
export function judge(sample: BlockSample, options: JudgeOptions = {}): Judgement {
  return judgeTerms([new Term(sample, 1)], options);
}

/** B less A, block against block: both must be cut on the same grid. */
export function judgeDifference(
  a: BlockSample,
  b: BlockSample,
  options: JudgeOptions = {},
): Judgement {
  assert(a.top.length === b.top.length, 'paired samples must have the same blocks');
  return judgeTerms([new Term(b, 1), new Term(a, -1)], options);
}

/** Market time until an effect stands out, from what a length already seen says; null when it cannot be told. */
export function daysToTell(judged: Judgement, daysSeen: number, effect: number): number | null {
  if (judged.smallestVisible === null || effect === 0) return null;
  const ratio = judged.smallestVisible / effect;
  return daysSeen * ratio * ratio;
}

/** In how many blocks a term has something to count. */
function tradedIn(terms: readonly Term[], blocks: number): number {
  let traded = 0;
  for (let i = 0; i < blocks; i += 1) if (terms.some(({ bottom }) => bottom[i] !== 0)) traded += 1;
  return traded;
}

/** One signed ratio. */
class Term {
  readonly top: Float64Array;
  readonly bottom: Float64Array;
  ratio = 0;
  perBlock = 0;

  constructor(
    { top, bottom }: BlockSample,
    readonly sign: 1 | -1,
  ) {
    [this.top, this.bottom] = [top, bottom];
  }

  /** Over these picks; false when there is nothing to divide by. */
  sum(picks: Uint32Array): boolean {
    let [top, bottom] = [0, 0];
    for (let i = 0; i < picks.length; i += 1) {
      const pick = picks[i] as number;
      top += this.top[pick] as number;
      bottom += this.bottom[pick] as number;
    }
    this.ratio = top / bottom;
    this.perBlock = bottom / picks.length;
    return bottom !== 0;
  }

  /** What block `i` does to the ratio, to first order. */
  influence(i: number): number {
    const rest = (this.top[i] as number) - this.ratio * (this.bottom[i] as number);
    return (this.sign * rest) / this.perBlock;
  }
}

/** Value and standard error (by linearisation) over the picks; null when a term has nothing to divide by. */
function evaluate(
  terms: readonly Term[],
  picks: Uint32Array,
): { readonly value: number; readonly error: number } | null {
  let value = 0;
  for (const term of terms) {
    if (!term.sum(picks)) return null;
    value += term.sign * term.ratio;
  }
  let squares = 0;
  for (let i = 0; i < picks.length; i += 1) {
    let e = 0;
    for (const term of terms) e += term.influence(picks[i] as number);
    squares += e * e;
  }
  return { value, error: Math.sqrt(squares / (picks.length * (picks.length - 1))) };
}

function judgeTerms(terms: readonly Term[], options: JudgeOptions): Judgement {
  const n = terms[0]?.top.length ?? 0;
  const traded = tradedIn(terms, n);
  const nothing = { standardError: null, interval: null, chancePositive: null } as const;
  const all = Uint32Array.from({ length: n }, (_, i) => i);
  const whole = traded === 0 ? null : evaluate(terms, all);
  if (whole === null || traded < FEWEST_BLOCKS) {
    const estimate = whole?.value ?? null;
    return { blocks: n, traded, estimate, ...nothing, smallestVisible: null, lagOne: null };
  }
  const { value, error } = whole;
  const influences = Float64Array.from(all, (i) =>
    terms.reduce((sum, term) => sum + term.influence(i), 0),
  );
  const said = {
    blocks: n,
    traded,
    estimate: value,
    standardError: error,
    smallestVisible: VISIBLE_ERRORS * error,
    lagOne: error === 0 ? null : lagOne(influences),
  };
  if (n < INTERVAL_BLOCKS || traded < TRADED_BLOCKS || error === 0) return { ...nothing, ...said };
  const pivots = pivotsOf(terms, n, value, options);
  const half = quantileOf(pivots, options.confidence ?? 0.95) * error;
  const interval = { low: value - half, high: value + half };
  return { ...said, interval, chancePositive: chanceOf(pivots, value / error) };
}

/** |estimate - truth| / error over resamples, ascending. */
function pivotsOf(
  terms: readonly Term[],
  n: number,
  value: number,
  { resamples = RESAMPLES, seed = 'blocks' }: JudgeOptions,
): Float64Array {
  const random = new Random(seed);
  const picks = new Uint32Array(n);
  const pivots: number[] = [];
  for (let round = 0; round < resamples; round += 1) {
    for (let i = 0; i < n; i += 1) picks[i] = random.int(n);
    const again = evaluate(terms, picks);
    if (again !== null && again.error > 0) pivots.push(Math.abs(again.value - value) / again.error);
  }
  return Float64Array.from(pivots).sort();
}

/** Half of what lies within |z|, on its side of a half; never quite 0 or 1: so many resamples cannot say more. */
function chanceOf(pivots: Float64Array, z: number): number {
  let within = 0;
  while (within < pivots.length && (pivots[within] as number) < Math.abs(z)) within += 1;
  const half = (within + 0.5) / (2 * (pivots.length + 1));
  return z < 0 ? 0.5 - half : 0.5 + half;
}
