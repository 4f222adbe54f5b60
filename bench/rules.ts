// Quoting rules of the family that are not options of mm, tried by bench/results.ts: a fair price that follows or fades the
// last minutes, a width that moves with volatility, and the place where a fill curve of two exponentials pays most. They
// live here and not in strategies/, because none of them earned its place (docs/results.md).
import type { FairPrice } from '#core/analyzer';
import type { L2Book } from '#core/book';
import type { Instant } from '#core/instant';
import type { View } from '#core/strategy';
import type { PerBp, TickPrice } from '#core/units';
import type { Calibration, CurvePoint } from '#report/calibration';
import type { TriedRule } from '#run/assembly';

const MEMORY_US = 60e6;

/** The mid plus `share` of its distance from its own mean over about a minute: above 0 it follows, below 0 it fades. */
class DriftingMid implements FairPrice {
  private mean = 0;
  private mid = 0;
  private us = 0;

  constructor(private readonly share: number) {}

  onBook(now: Instant, book: L2Book): void {
    const { mid } = book;
    if (!(mid > 0)) return;
    const weight = this.us === 0 ? 0 : Math.exp((this.us - now.us) / MEMORY_US);
    // The old mid stood until now.
    this.mean = weight * this.mean + (1 - weight) * (this.us === 0 ? mid : this.mid);
    [this.mid, this.us] = [mid, now.us];
  }

  fair(book: L2Book): TickPrice {
    const drift = this.share * (book.mid - this.mean);
    const most = book.mid / 1_000;
    return (book.mid + Math.max(-most, Math.min(most, drift))) as TickPrice;
  }
}

const VOLATILITY_MEMORY_S = 300;

/** Distances in units of the volatility of the last five minutes instead of in bp: kappa shrinks as sigma grows. */
function widthByVolatility(): (view: View) => View {
  let [variance, lastMid, lastUs] = [0, 0, 0];
  return (view) => {
    const { mid, nowUs, market } = view;
    const seconds = (nowUs - lastUs) / 1e6;
    if (lastUs === 0) variance = market.sigma * market.sigma;
    else if (seconds > 0) {
      const moved = ((mid - lastMid) / lastMid) * 10_000;
      const weight = Math.exp(-seconds / VOLATILITY_MEMORY_S);
      variance = weight * variance + (1 - weight) * ((moved * moved) / seconds);
    }
    if (lastUs === 0 || seconds > 0) [lastMid, lastUs] = [mid, nowUs];
    const scale = Math.min(4, Math.max(0.5, Math.sqrt(variance) / market.sigma));
    return { ...view, market: { ...market, kappa: (market.kappa / scale) as PerBp } };
  };
}

/** Engines keep state: each run gets a rule of its own. */
export const RULES: Readonly<Record<string, () => TriedRule>> = {
  'as, follows the last minute': () => ({ fairPrice: new DriftingMid(0.25) }),
  'as, fades the last minute': () => ({ fairPrice: new DriftingMid(-0.25) }),
  'as, width by volatility': () => ({ view: widthByVolatility() }),
};

interface TwoExponentials {
  readonly near: number;
  readonly far: number;
  readonly a: number;
  readonly b: number;
}

/** Weighted least squares of the fill curve on a grid of two decays, both amplitudes at least 0; null without a curve. */
function twoExponentials(curve: readonly CurvePoint[]): TwoExponentials | null {
  const points = curve.filter(({ seen, orders }) => seen > 0 && orders >= 5);
  if (points.length < 5) return null;
  let best: (TwoExponentials & { readonly loss: number }) | null = null;
  for (let far = 0.05; far < 3; far *= 1.15) {
    for (let near = far * 1.5; near < 12; near *= 1.15) {
      let [nn, nf, ff, ny, fy] = [0, 0, 0, 0, 0];
      for (const { distance, seen, orders } of points) {
        // The error of a rate of so many orders is rate / sqrt(orders).
        const weight = orders / (seen * seen);
        const [n, f] = [Math.exp(-near * distance), Math.exp(-far * distance)];
        nn += weight * n * n;
        nf += weight * n * f;
        ff += weight * f * f;
        ny += weight * n * seen;
        fy += weight * f * seen;
      }
      const whole = nn * ff - nf * nf;
      if (!(whole > 0)) continue;
      const [a, b] = [(ff * ny - nf * fy) / whole, (nn * fy - nf * ny) / whole];
      if (a < 0 || b <= 0) continue;
      const loss = points.reduce((sum, { distance, seen, orders }) => {
        const off = (a * Math.exp(-near * distance) + b * Math.exp(-far * distance)) / seen - 1;
        return sum + orders * off * off;
      }, 0);
      if (best === null || loss < best.loss) best = { near, far, a, b, loss };
    }
  }
  return best;
}

/** The decay of the two together where a fill that costs `cost` bp pays most; null without a curve. */
export function kappaOfTwo({ fillCurve }: Calibration, cost: number): number | null {
  const fit = twoExponentials(fillCurve);
  if (fit === null) return null;
  let [at, most] = [0, -Infinity];
  for (let d = 0.05; d < 20; d += 0.05) {
    const rate = fit.a * Math.exp(-fit.near * d) + fit.b * Math.exp(-fit.far * d);
    if ((d - cost) * rate > most) [at, most] = [d, (d - cost) * rate];
  }
  return most > 0 ? 1 / (at - cost) : null;
}
