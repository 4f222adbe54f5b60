// Hot path (add only): is the reach of taker orders exponential where we quote? A fading histogram
// of the band, and the Kolmogorov-Smirnov distance between it and the fitted exponential, censored
// orders included. One exponential is a rough description of a real market (portrait.md section 5,
// finding a): this says how rough. It fits nothing.
import { FadingSums } from './fading.js';
import type { Band } from './liquidity-decay.js';
import type { MarketOrder } from './market-orders.js';

/** Bins of equal width; the last cell holds what was censored. */
const BINS = 30;

export class GoodnessOfFit {
  private readonly sums: FadingSums;

  constructor(
    private readonly band: Band,
    halfLifeUs: number,
  ) {
    this.sums = new FadingSums(BINS + 1, 0, halfLifeUs);
  }

  /** One order whose reach is in the band or beyond. */
  add(order: MarketOrder): void {
    const { band, sums } = this;
    const bin = Math.floor(((order.reach - band.from) / (band.to - band.from)) * BINS);
    sums.advance(order);
    sums.add(Math.min(bin, BINS), 1);
  }

  /**
   * Greatest distance between the two distributions at the edges of the bins, 0 to 1; 0 without
   * data.
   */
  distance(kappa: number): number {
    const { cells } = this.sums; // one clock for all: fading cancels
    let total = 0;
    for (const weight of cells) total += weight;
    if (!(total > 0)) return 0;
    const width = (this.band.to - this.band.from) / BINS;
    let below = 0;
    let worst = 0;
    for (let i = 0; i < BINS; i += 1) {
      below += cells[i] as number;
      const fitted = -Math.expm1(-kappa * width * (i + 1));
      worst = Math.max(worst, Math.abs(below / total - fitted));
    }
    return worst;
  }

  save(): number[] {
    return this.sums.save();
  }

  restore(saved: unknown): boolean {
    return this.sums.restore(saved);
  }
}
