// The smallest eigenvector of GLFT's matrix M (theory.md A5), divided by eta: diagonal beta q^2,
// beside it -1, q = -Q..Q. Only its ratios are needed, and only they are kept: components of a few
// hundred units underflow, ratios never do. Newton on the last pivot of the LDL factorisation; O(Q)
// a step, about six steps.

/** Larger confinements count as this one: it keeps every step finite. */
export const LARGEST_BETA = 1e200;

/**
 * Fills `excess[q]` = f(q-1)/f(q) - 1 for q = 1..Q (f is even, so that is all of it) and returns mu
 * = 2 + lambda, lambda the smallest eigenvalue. With x_q = `excess[q]` the eigenvalue equation
 * reads, downwards from q = Q,
 *   x_q = beta q^2 - mu + x_{q+1}/(1 + x_{q+1}),   x_Q = beta Q^2 - mu + 1,   2 x_1/(1 + x_1) = mu.
 * Downwards is the stable direction (f falls outwards), and x instead of the ratio itself keeps
 * full relative precision when beta is tiny and neighbours are nearly equal. `excess` has at least
 * Q + 1 elements; Q >= 1; 0 <= beta <= LARGEST_BETA.
 */
export function groundState(beta: number, Q: number, excess: Float64Array): number {
  if (!(beta >= 0)) {
    excess.fill(NaN); // not a number in, not a number out: never a stale table
    return NaN;
  }
  let low = 0;
  let high = 3;
  const box = Math.PI / (2 * (Q + 1));
  // A harmonic well where beta confines, a box where Q does.
  let mu = Math.min(1.9, Math.sqrt(beta) + box * box);
  for (let step = 0; step < 200; step += 1) {
    const slope = pivots(beta, Q, mu, excess);
    const first = excess[1] as number;
    const residual = (2 * first) / (1 + first) - mu;
    // No slope: a pivot before the last was not positive, so mu lies above the smallest eigenvalue.
    const beyond = Number.isNaN(slope);
    if (beyond || residual < 0) high = mu;
    else low = mu;
    let next = beyond ? NaN : mu - residual / slope;
    const inside = next >= low && next <= high;
    if (!inside) next = (low + high) / 2;
    // Newton converges quadratically: after a step this small the next one is below rounding.
    const done = inside && Math.abs(next - mu) <= 1e-9 * mu;
    mu = next;
    if (done) break;
  }
  pivots(beta, Q, mu, excess);
  return mu;
}

/** One downward sweep at `mu`; returns d(residual)/d(mu), or NaN when a pivot is not positive. */
function pivots(beta: number, Q: number, mu: number, excess: Float64Array): number {
  let x = beta * Q * Q - mu + 1;
  let derivative = -1;
  excess[Q] = x;
  for (let q = Q - 1; q >= 1; q -= 1) {
    const ratio = 1 + x;
    if (!(ratio > 0)) return NaN;
    derivative = derivative / ratio / ratio - 1;
    x = beta * q * q - mu + x / ratio;
    excess[q] = x;
  }
  const ratio = 1 + x;
  return ratio > 0 ? (2 * derivative) / ratio / ratio - 1 : NaN;
}
