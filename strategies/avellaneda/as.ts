// Avellaneda and Stoikov (2008), equations (29) and (30): a centre that leans against the
// inventory, and a width that does not know it. The functions take plain numbers in any coherent
// units (bp, or the paper's own prices), so that the paper's tables can be tested with the code
// that quotes. Never clamps anything.

/** (1/gamma) ln(1 + gamma/kappa): half of (30)'s second term; 1/kappa in the limit gamma -> 0. */
export function liquidityHalf(gamma: number, kappa: number): number {
  const ratio = gamma / kappa;
  return ratio < 1e-12 ? 1 / kappa : Math.log1p(ratio) / gamma;
}

/**
 * gamma sigma^2 tau: the shift per unit of inventory in (29), and the first term of the full width
 * (30).
 */
export const riskPerUnit = (gamma: number, sigma: number, tau: number): number =>
  gamma * sigma * sigma * tau;

/**
 * Half of (30) plus the cost `h` of a fill (fee and adverse selection), which each side bears in
 * full.
 */
export const asHalf = (
  gamma: number,
  sigma: number,
  tau: number,
  kappa: number,
  h: number,
): number => riskPerUnit(gamma, sigma, tau) / 2 + liquidityHalf(gamma, kappa) + h;

/**
 * (29): where the centre goes, relative to the fair price, with `n` units in hand; negative when
 * long.
 */
export const asShift = (n: number, gamma: number, sigma: number, tau: number): number =>
  n === 0 ? 0 : -n * riskPerUnit(gamma, sigma, tau);
