// Reservation prices of the paper's infinite-horizon section with its sign slip mended (theory.md
// A4). Replication code: the project does not quote with it, because the suggested omega cancels
// the volatility.

export interface InfiniteHorizonInput {
  readonly s: number;
  readonly q: number;
  readonly gamma: number;
  readonly sigma: number;
  readonly omega: number;
}

/**
 * Null where the indifference equation has no solution: one more unit is beyond the admissible
 * inventory.
 */
export function infiniteHorizon(input: InfiniteHorizonInput): {
  bid: number | null;
  ask: number | null;
} {
  const { s, q, gamma, sigma, omega } = input;
  const variance = gamma * gamma * sigma * sigma;
  const rest = 2 * omega - variance * q * q;
  const price = (argument: number, sign: 1 | -1): number | null =>
    argument > 1e-12 ? s + (sign / gamma) * Math.log(argument) : null;
  return {
    bid: price(1 + ((-1 - 2 * q) * variance) / rest, 1),
    ask: price(1 - ((1 - 2 * q) * variance) / rest, -1),
  };
}
