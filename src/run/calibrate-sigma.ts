// Sigma over a whole tape as --dynamic measures it (30 s returns every 5 s, winsorised at 6 sigma, a prior of 20
// returns), without fading; and by windows, from which regimes follow. Volatility comes in spells, so that its
// error is taken from the windows' scatter where that is larger than what single returns say.
import { positive } from '#analyzers/estimate';
import type { Figure } from '#report/calibration';
import { figureOf } from './calibrate-flow.js';

const PRIOR = 20;
const WINSOR_2 = 36;
/** Returns of 30 s every 5 s: so many are worth one (analyzers/volatility.ts). */
const OVERLAP = 146 / 36;
/** Fewer returns in a window say nothing about it. */
export const LEAST_RETURNS = 6;

export interface WindowSums {
  count: number;
  squares: number;
  fourths: number;
}

export class TapeSigma {
  readonly windows: WindowSums[] = [];
  private readonly prior2: number;
  private count = 0;
  private squares = 0;

  /** `prior`: the static sigma in bp per root second. */
  constructor(prior: number) {
    this.prior2 = prior * prior;
  }

  /** One return: r^2 / h. */
  add(window: number, square: number): void {
    const bounded = Math.min(square, WINSOR_2 * this.variance);
    this.count += 1;
    this.squares += bounded;
    while (this.windows.length <= window) {
      this.windows.push({ count: 0, squares: 0, fourths: 0 });
    }
    const sums = this.windows[window] as WindowSums;
    sums.count += 1;
    sums.squares += bounded;
    sums.fourths += bounded * bounded;
  }

  /** Of one window, without the prior; null with too few returns. */
  of(window: number): number | null {
    const sums = this.windows[window];
    if (sums === undefined || sums.count < LEAST_RETURNS) return null;
    return Math.sqrt(sums.squares / sums.count);
  }

  /** Over all of the tape, with the prior. */
  whole(): Figure {
    return sigmaFigure(this.windows, PRIOR, this.prior2);
  }

  /** Over some windows, without it. */
  over(take: (window: number) => boolean): Figure {
    return sigmaFigure(
      this.windows.filter((_, window) => take(window)),
      0,
      0,
    );
  }

  private get variance(): number {
    return (PRIOR * this.prior2 + this.squares) / (PRIOR + this.count);
  }
}

function sigmaFigure(windows: readonly WindowSums[], prior: number, prior2: number): Figure {
  let [n, squares, fourths] = [0, 0, 0];
  for (const window of windows) {
    n += window.count;
    squares += window.squares;
    fourths += window.fourths;
  }
  if (n === 0) return figureOf(positive(Math.sqrt(prior2), 0, 0, 0, 0));
  const mean = squares / n;
  const single = Math.max(2 * mean * mean, fourths / n - mean * mean) * n * OVERLAP;
  let between = 0;
  for (const window of windows) {
    const off = window.squares - mean * window.count;
    between += off * off;
  }
  const used = windows.filter(({ count }) => count > 0).length;
  const scatter = used >= 8 ? (between * used) / (used - 1) : 0;
  const value = (prior * prior2 + squares) / (prior + n);
  const logError = Math.sqrt(Math.max(single, scatter)) / (prior + n) / value / 2;
  return figureOf(positive(Math.sqrt(value), logError, n / OVERLAP, 0, 0));
}
