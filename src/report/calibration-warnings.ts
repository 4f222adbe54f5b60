// Where a tape misleads: what a trader must know before taking its figures for granted, a line each. Pure. What
// recordings really do is in the project's portrait of them: unknown sides, locked books, holes, few orders.
import type { Calibration } from './calibration.js';
import { figure, percentOf } from './table.js';

type Figures = Omit<Calibration, 'warnings'>;
type Check = (figures: Figures) => string | null;

const LEAST_COUNT = 100;
const LEAST_SECONDS = 1_800;

/** Sigma at so many seconds over that at 30 s, where the two differ by more than chance; else null. */
function shortOverLong({ signature }: Figures, seconds: number): number | null {
  const at = (s: number): Figures['signature'][number] | null =>
    signature.find((point) => point.seconds === s) ?? null;
  const [short, long] = [at(seconds)?.sigma ?? null, at(30)];
  const { sigma = null, standardError = null } = long ?? {};
  if (short === null || sigma === null || standardError === null) return null;
  return Math.abs(short - sigma) > 2 * standardError ? short / sigma : null;
}

const CHECKS: readonly Check[] = [
  ({ seconds, watchedSeconds }) =>
    watchedSeconds < LEAST_SECONDS
      ? `only ${figure(watchedSeconds / 60, 0)} min of ${figure(seconds / 60, 0)} min were watched: sigma is known roughly, and no regime but this one`
      : null,

  ({ usable, gaps }) =>
    usable < 0.95
      ? `${percentOf(1 - usable, 0)} of the time is missing (${gaps.count} holes, ${figure(gaps.seconds, 0)} s): rates are per watched second; what happened in holes is not known`
      : null,

  ({ orders }) =>
    orders.count === 0
      ? 'no taker orders: alpha, kappa and epsilon are the values that were given, not measured, and are left out of the file'
      : null,

  ({ orders }) =>
    orders.unknownSide > 0.05
      ? `${percentOf(orders.unknownSide, 0)} of the orders do not tell their side: each counts by half for either; markouts and epsilon rest on the others${orders.unknownSide === 1 ? ', of which there are none: epsilon is the value that was given' : ''}`
      : null,

  (figures) => {
    const { orders, kappa, alpha, epsilon, band } = figures;
    const rows = { kappa: kappa.both, alpha: alpha.both, epsilon: epsilon.both };
    const sided = orders.unknownSide < 1;
    const few = Object.entries(rows).filter(
      ([name, { effectiveCount: n }]) =>
        Math.round(n) < LEAST_COUNT && (sided || name !== 'epsilon'),
    );
    if (few.length === 0 || orders.count === 0) return null;
    const named = few.map(([name, { effectiveCount: n }]) => `${name} ${figure(n, 0)}`).join(', ');
    return `too few orders from ${figure(band.from, 2)} bp on (effective: ${named}; wanted ${LEAST_COUNT}): these lean on the values given; a longer tape or a nearer --band-from says more`;
  },

  ({ sigma }) =>
    Math.round(sigma.effectiveCount) < LEAST_COUNT
      ? `sigma rests on ${figure(sigma.effectiveCount, 0)} returns of 30 s that do not overlap (wanted ${LEAST_COUNT})`
      : null,

  ({ sigma, signature }) => {
    const raw = signature.find(({ seconds }) => seconds === 30)?.sigma ?? null;
    if (raw === null || !(raw > 1.05 * sigma.value)) return null;
    return `single moves beyond 6 sigma are cut: with them sigma at 30 s is ${figure(raw, 3)}, not ${figure(sigma.value, 3)}; limits must bear such moves`;
  },

  ({ touch }) =>
    touch.locked !== null && touch.locked > 0.01
      ? `bid equals ask ${percentOf(touch.locked, 0)} of the time: the book's prices are probably cut off, and distances near the touch are off by up to a tick`
      : null,

  (figures) => {
    const ratio = Math.max(shortOverLong(figures, 0.1) ?? 0, shortOverLong(figures, 1) ?? 0);
    if (!(ratio > 1.15)) return null;
    return `the mid bounces (half a tick to and fro): short returns say ${figure(ratio, 1)} times the sigma of 30 s, which is what counts`;
  },

  (figures) => {
    const ratio = shortOverLong(figures, 1);
    if (ratio === null || !(ratio < 1 / 1.25)) return null;
    return `sigma rises with the horizon: at 1 s it is ${figure(ratio, 2)} of that at 30 s, because the book follows late and in steps; quote on 30 to 60 s, as the file does`;
  },

  ({ fit, orders }) =>
    fit.ks > 0.1 && fit.orders >= LEAST_COUNT && orders.count > 0
      ? `the reaches in the band are not exponential (KS ${figure(fit.ks, 2)}): alpha and kappa hold between the distances fitted, not nearer or farther`
      : null,

  ({ fit, orders }) =>
    orders.count > 0 && fit.hitShare < 0.8
      ? `orders come in bursts: a quote that is gone for 0.5 s after each hit meets ${percentOf(fit.hitShare, 0)} of alpha`
      : null,

  ({ regimes }) => {
    const [calm, , fast] = regimes.classes;
    if (calm === undefined || fast === undefined) return null;
    const ratio = fast.sigma.value / calm.sigma.value;
    if (!(ratio > 2)) return null;
    return `the fast third has ${figure(ratio, 1)} times the sigma of the calm one: one set of fixed values suits neither; --dynamic follows`;
  },

  ({ orders }) =>
    orders.blind > 0.02 * orders.count
      ? `${orders.blind} orders had no mid just before them and were left out`
      : null,
];

/** In the order in which they matter. */
export const warningsOf = (figures: Figures): string[] =>
  CHECKS.flatMap((check) => check(figures) ?? []);
