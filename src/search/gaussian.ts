// A small Gaussian process (Rasmussen & Williams 2006, algorithm 2.1) over the unit cube: what scores to expect where
// nothing was tried, and how unsure. Matérn 5/2 kernel; one length and one noise level for all dimensions, chosen from
// a short list by marginal likelihood. Pure; cubic in the number of trials, so callers keep them to a few hundred.
import type { Cube, Dimension } from './space.js';

/** As far apart as two choices of one name are taken to be. */
const CHOICE_APART = 0.5;
const LENGTHS = [0.1, 0.2, 0.4, 0.8];
/** Variance of the noise in units of the scores' own variance. */
const NOISES = [0.003, 0.03, 0.3, 1];
const ROOT_FIVE = Math.sqrt(5);

export interface Belief {
  readonly mean: number;
  readonly std: number;
}

/** Squared distance of two points of the cube. */
export function apart(space: readonly Dimension[], a: Cube, b: Cube): number {
  let sum = 0;
  for (let d = 0; d < space.length; d += 1) {
    const dimension = space[d] as Dimension;
    const [x, y] = [a[d] ?? 0, b[d] ?? 0];
    if (dimension.kind === 'range') sum += (x - y) * (x - y);
    else {
      const n = dimension.values.length;
      if (Math.floor(x * n) !== Math.floor(y * n)) sum += CHOICE_APART * CHOICE_APART;
    }
  }
  return sum;
}

function matern(squared: number, length: number): number {
  const r = (ROOT_FIVE * Math.sqrt(squared)) / length;
  return (1 + r + (r * r) / 3) * Math.exp(-r);
}

/** Lower triangle L with L·Lᵀ = matrix, row by row; the matrix is positive definite because noise is on its diagonal. */
function cholesky(matrix: readonly Float64Array[]): Float64Array[] {
  const lower: Float64Array[] = [];
  for (let i = 0; i < matrix.length; i += 1) {
    const row = new Float64Array(matrix.length);
    for (let j = 0; j <= i; j += 1) {
      const other = lower[j] ?? row;
      let sum = matrix[i]?.[j] ?? 0;
      for (let k = 0; k < j; k += 1) sum -= (row[k] as number) * (other[k] as number);
      row[j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (other[j] as number);
    }
    lower.push(row);
  }
  return lower;
}

/** Solves L·x = b. */
function forward(lower: readonly Float64Array[], b: Float64Array): Float64Array {
  const x = new Float64Array(b.length);
  for (let i = 0; i < b.length; i += 1) {
    const row = lower[i] as Float64Array;
    let sum = b[i] as number;
    for (let k = 0; k < i; k += 1) sum -= (row[k] as number) * (x[k] as number);
    x[i] = sum / (row[i] as number);
  }
  return x;
}

export class GaussianProcess {
  private lower: Float64Array[] = [];
  /** L⁻¹·y: with it a prediction is one solve and one dot product. */
  private half = new Float64Array(0);
  private length = 0;
  private noise = 0;

  /** `scores` standardised (mean 0, variance 1), one a cube. */
  constructor(
    private readonly space: readonly Dimension[],
    private readonly cubes: readonly Cube[],
    private readonly scores: readonly number[],
  ) {
    let best = -Infinity;
    for (const length of LENGTHS) {
      for (const noise of NOISES) {
        const { lower, half, likelihood } = this.fit(length, noise);
        if (!(likelihood > best)) continue;
        best = likelihood;
        [this.lower, this.half, this.length, this.noise] = [lower, half, length, noise];
      }
    }
  }

  /** The same process after a score was believed at `cube`: only the uncertainty shrinks there. */
  withBelieved(cube: Cube): GaussianProcess {
    const next = Object.create(GaussianProcess.prototype) as GaussianProcess;
    const scores = [...this.scores, this.at(cube).mean];
    Object.assign(next, { ...this, cubes: [...this.cubes, cube], scores });
    Object.assign(next, next.fit(this.length, this.noise));
    return next;
  }

  at(cube: Cube): Belief {
    const k = Float64Array.from(this.cubes, (other) =>
      matern(apart(this.space, cube, other), this.length),
    );
    const v = forward(this.lower, k);
    let [mean, explained] = [0, 0];
    for (let i = 0; i < v.length; i += 1) {
      mean += (v[i] as number) * (this.half[i] as number);
      explained += (v[i] as number) * (v[i] as number);
    }
    return { mean, std: Math.sqrt(Math.max(1e-12, 1 - explained)) };
  }

  private fit(
    length: number,
    noise: number,
  ): { lower: Float64Array[]; half: Float64Array<ArrayBuffer>; likelihood: number } {
    const { cubes, space } = this;
    const matrix = cubes.map((a, i) =>
      Float64Array.from(
        cubes,
        (b, j) => matern(apart(space, a, b), length) + (i === j ? noise : 0),
      ),
    );
    const lower = cholesky(matrix);
    const half = Float64Array.from(forward(lower, Float64Array.from(this.scores)));
    let likelihood = 0;
    for (let i = 0; i < half.length; i += 1) {
      likelihood -= 0.5 * (half[i] as number) * (half[i] as number);
      likelihood -= Math.log(lower[i]?.[i] ?? 1);
    }
    return { lower, half, likelihood };
  }
}
