// Mean, scatter and shape of a list of figures. Pure; a list too short for a figure gives NaN, never a guess.

export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Of the sample (n - 1); NaN below two. */
  readonly std: number;
  /** Third standardised moment; 0 for a normal. */
  readonly skew: number;
  /** Fourth standardised moment; 3 for a normal. */
  readonly kurtosis: number;
}

export function momentsOf(values: ArrayLike<number>): Moments {
  const count = values.length;
  let sum = 0;
  for (let i = 0; i < count; i += 1) sum += values[i] ?? 0;
  const mean = sum / count;
  let [two, three, four] = [0, 0, 0];
  for (let i = 0; i < count; i += 1) {
    const d = (values[i] ?? 0) - mean;
    two += d * d;
    three += d * d * d;
    four += d * d * d * d;
  }
  const variance = two / count;
  const std = count < 2 ? NaN : Math.sqrt(two / (count - 1));
  const skew = three / count / (variance * Math.sqrt(variance));
  return { count, mean, std, skew, kurtosis: four / count / (variance * variance) };
}

/** Correlation of each value with the one before it; NaN below three values or without scatter. */
export function lagOne(values: ArrayLike<number>): number {
  const { count, mean } = momentsOf(values);
  let [product, squares] = [0, 0];
  for (let i = 0; i < count; i += 1) {
    const d = (values[i] ?? 0) - mean;
    squares += d * d;
    if (i > 0) product += d * ((values[i - 1] ?? 0) - mean);
  }
  return count < 3 ? NaN : product / squares;
}

/** Linear interpolation between ranks; `sorted` ascending, not empty. */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  const rank = share * (sorted.length - 1);
  const below = Math.floor(rank);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return low + (high - low) * (rank - below);
}
