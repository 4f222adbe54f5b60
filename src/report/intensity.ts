// Fills against what alpha·exp(-kappa·distance) promised: per bin of distance, in total, and an exponential fitted to
// the fills that came (Poisson regression with time as exposure, Newton's method). Statistics by mathjs, loaded only here.
import { BIN_BPS } from './exposure.js';
import type { ExposureBin } from './exposure.js';

const STEPS = 50;
/** A line through fewer bins or fills than this says nothing. */
const FEWEST_BINS = 3;
const FEWEST_FILLS = 20;

export interface IntensityBin {
  /** Mean distance of the quotes, bp. */
  readonly distance: number;
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
  readonly fills: number;
  readonly predicted: number;
  /** Fills per second of one standing quote, with 95 % of a Poisson count about it. */
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

export interface IntensityFit {
  readonly bins: readonly IntensityBin[];
  readonly fills: number;
  readonly predicted: number;
  /** Fills over promised; null without a promise. Below 1: the queue, the delay, and post-only withdrawals. */
  readonly ratio: number | null;
  /** Chance of a count at least so far from the promise, were it true (normal approximation). */
  readonly pValue: number | null;
  /** Of the fills that came: rate at the mid per second and decay per bp, with standard errors; null when too few. */
  readonly fitted: {
    readonly alpha: number;
    readonly alphaError: number;
    readonly kappa: number;
    readonly kappaError: number;
  } | null;
}

/** Both sides together: one line of text would not be enough for two curves that share a promise. */
export async function intensityOf(exposure: readonly ExposureBin[]): Promise<IntensityFit> {
  const { erf } = await import('mathjs');
  const bins = pooled(exposure);
  const fills = bins.reduce((sum, bin) => sum + bin.fills, 0);
  const predicted = bins.reduce((sum, bin) => sum + bin.predicted, 0);
  const z = predicted > 0 ? (fills - predicted) / Math.sqrt(predicted) : null;
  return {
    ...{ bins, fills, predicted },
    ratio: predicted > 0 ? fills / predicted : null,
    pValue: z === null ? null : 1 - erf(Math.abs(z) / Math.SQRT2),
    fitted: await regression(bins),
  };
}

function pooled(exposure: readonly ExposureBin[]): IntensityBin[] {
  const byFrom = new Map<number, ExposureBin[]>();
  for (const bin of exposure) byFrom.set(bin.from, [...(byFrom.get(bin.from) ?? []), bin]);
  const sum = (bins: readonly ExposureBin[], pick: (bin: ExposureBin) => number): number =>
    bins.reduce((total, bin) => total + pick(bin), 0);
  return [...byFrom]
    .sort(([a], [b]) => a - b)
    .map(([from, bins]) => {
      const seconds = sum(bins, (bin) => bin.seconds);
      const fills = sum(bins, (bin) => bin.fills);
      const distance =
        seconds > 0 ? sum(bins, (b) => b.distance * b.seconds) / seconds : from + BIN_BPS / 2;
      const per = (count: number): number => (seconds > 0 ? count / seconds : 0);
      // Anscombe's square-root limits of a Poisson count: never below 0, sound from 0 on.
      const root = Math.sqrt(fills + 3 / 8);
      const limit = (z: number): number => Math.max(0, (root + z / 2) * (root + z / 2) - 3 / 8);
      return {
        ...{ from, to: from + BIN_BPS, distance, seconds, fills },
        predicted: sum(bins, (bin) => bin.predicted),
        rate: per(fills),
        low: per(root < 0.98 ? 0 : limit(-1.96)),
        high: per(limit(1.96)),
      };
    });
}

/** log(rate) = a - kappa·distance by maximum likelihood; the covariance is the inverse of the information. */
async function regression(bins: readonly IntensityBin[]): Promise<IntensityFit['fitted']> {
  const used = bins.filter(({ seconds }) => seconds > 0);
  const fills = used.reduce((sum, bin) => sum + bin.fills, 0);
  const time = used.reduce((sum, bin) => sum + bin.seconds, 0);
  if (used.filter((bin) => bin.fills > 0).length < FEWEST_BINS || fills < FEWEST_FILLS) return null;
  const { inv, multiply } = await import('mathjs');
  let [a, kappa] = [Math.log(fills / time), 0];
  let covariance: number[][] = [];
  for (let step = 0; step < STEPS; step += 1) {
    let [g0, g1, i00, i01, i11] = [0, 0, 0, 0, 0];
    for (const { seconds, distance, fills: count } of used) {
      const mean = seconds * Math.exp(a - kappa * distance);
      g0 += count - mean;
      g1 -= (count - mean) * distance;
      i00 += mean;
      i01 -= mean * distance;
      i11 += mean * distance * distance;
    }
    if (!(i00 * i11 - i01 * i01 > 0)) return null;
    covariance = inv([
      [i00, i01],
      [i01, i11],
    ]);
    const [da = NaN, dk = NaN] = multiply(covariance, [g0, g1]) as unknown as number[];
    // Half a step at most in the exponent: the likelihood is concave, but far from its top a whole step overshoots.
    const scale = Math.min(1, 1 / Math.max(Math.abs(da), Math.abs(dk), 1e-12));
    a += scale * da;
    kappa += scale * dk;
    if (!Number.isFinite(a + kappa)) return null;
    if (Math.abs(da) + Math.abs(dk) < 1e-9) break;
  }
  const alpha = Math.exp(a);
  const [va, vk] = [covariance[0]?.[0] ?? NaN, covariance[1]?.[1] ?? NaN];
  return { alpha, alphaError: alpha * Math.sqrt(va), kappa, kappaError: Math.sqrt(vk) };
}
