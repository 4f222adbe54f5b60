// A small dense linear system, factored once and solved for several right-hand sides in buffers of
// its own. For diagonally dominant matrices (I - Q of a Markov chain): no pivoting, which such a
// matrix never needs.

export class LinearSystem {
  readonly matrix: Float64Array;

  /** `size` unknowns; fill `matrix` (row by row), then factor(). */
  constructor(readonly size: number) {
    this.matrix = new Float64Array(size * size);
  }

  /** Replaces the matrix by its LU factors. */
  factor(): void {
    const { matrix: m, size } = this;
    for (let k = 0; k < size; k += 1) {
      const pivot = m[k * size + k] as number;
      for (let i = k + 1; i < size; i += 1) {
        const ratio = (m[i * size + k] as number) / pivot;
        m[i * size + k] = ratio;
        if (ratio === 0) continue;
        for (let j = k + 1; j < size; j += 1) {
          m[i * size + j] = (m[i * size + j] as number) - ratio * (m[k * size + j] as number);
        }
      }
    }
  }

  /** Solves in place: `x` comes in as the right-hand side. */
  solve(x: Float64Array): void {
    const { matrix: m, size } = this;
    for (let i = 0; i < size; i += 1) {
      let sum = x[i] as number;
      for (let j = 0; j < i; j += 1) sum -= (m[i * size + j] as number) * (x[j] as number);
      x[i] = sum;
    }
    for (let i = size - 1; i >= 0; i -= 1) {
      let sum = x[i] as number;
      for (let j = i + 1; j < size; j += 1) sum -= (m[i * size + j] as number) * (x[j] as number);
      x[i] = sum / (m[i * size + i] as number);
    }
  }
}
