// How every bench measures: interleaved runs, medians with quartiles, a yardstick of the same run
// beside absolute times (a noisy machine slows both), and bytes allocated per operation. No bench
// may print a best-of.

/** Middle value and quartiles of a list of figures (linear interpolation between ranks). */
export interface Spread {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

function quantile(sorted: readonly number[], fraction: number): number {
  const rank = fraction * (sorted.length - 1);
  const below = Math.floor(rank);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return low + (high - low) * (rank - below);
}

export const median = (values: readonly number[]): number =>
  quantile([...values].sort((a, b) => a - b), 0.5); // prettier-ignore

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    lower: quantile(sorted, 0.25),
    upper: quantile(sorted, 0.75),
  };
}

/** Wall time of one call in seconds. */
export function timed(run: () => void): number {
  const start = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/**
 * Runs each function once per round in turn (a, b, a, b, ...), after one round of warm-up that is
 * thrown away. Returns the seconds of every run, by name.
 */
export function interleave<Name extends string>(
  runs: Readonly<Record<Name, () => void>>,
  rounds = 9,
): Record<Name, number[]> {
  const names = Object.keys(runs) as Name[];
  const seconds = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    number[]
  >;
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const taken = timed(runs[name]);
      if (round > 0) seconds[name].push(taken);
    }
  }
  return seconds;
}

const YARDSTICK_RUNS = 20_000;
const YARDSTICK_TEXT = yardstickText();

/** A fixed JSON document of exactly 1,000 bytes, in the shape of a book message. */
function yardstickText(): string {
  const levels = (from: number, step: number): string[][] =>
    Array.from({ length: 20 }, (_, i) => [
      (from + i * step).toFixed(1),
      (0.001 * (i + 1)).toFixed(3),
    ]);
  const message = {
    bids: levels(50_000, -0.5),
    asks: levels(50_000.5, 0.5),
    seq: 123_456,
    pad: '',
  };
  message.pad = 'x'.repeat(1000 - JSON.stringify(message).length);
  return JSON.stringify(message);
}

/**
 * The work of the yardstick: `yardstickSeconds` turns the time of one call into seconds per
 * JSON.parse.
 */
export function yardstick(): void {
  let kept = 0;
  for (let i = 0; i < YARDSTICK_RUNS; i++) {
    kept += (JSON.parse(YARDSTICK_TEXT) as { seq: number }).seq;
  }
  if (kept !== YARDSTICK_RUNS * 123_456) throw new Error('the yardstick did not parse');
}
export const yardstickSeconds = (taken: number): number => taken / YARDSTICK_RUNS;

const CHUNKS = 128;
const REPEATS = 3;

/**
 * Bytes that one operation allocates, from the growth of the heap over `n` (at least 1e6)
 * operations in chunks. `run(from, count)` does operations from .. from + count - 1. A chunk in
 * which a collection shrank the heap is left out, the others are averaged, so that rare lumps count
 * too; what the measurement itself allocates is taken off. Warms up with `n` operations, then takes
 * the median of three passes. NaN when every chunk saw a collection.
 */
export function allocatedBytes(run: (from: number, count: number) => void, n = 1_280_000): number {
  const count = Math.max(1, Math.floor(n / CHUNKS));
  const growth = (work: (from: number, count: number) => void): number => {
    let sum = 0;
    let chunks = 0;
    for (let chunk = 0; chunk < CHUNKS; chunk++) {
      const before = process.memoryUsage().heapUsed;
      work(chunk * count, count);
      const grown = process.memoryUsage().heapUsed - before;
      if (grown < 0) continue;
      sum += grown;
      chunks += 1;
    }
    return sum / chunks;
  };
  growth(run);
  const own = growth(() => undefined);
  const passes = Array.from({ length: REPEATS }, () => Math.max(0, growth(run) - own) / count);
  return median(passes);
}
