// Hot path: kappa, how fast the intensity of taker orders decays with distance: the maximum
// likelihood estimate of an exponential reach seen in a fixed band [from, to], censored at its end,
// with a Gamma prior centred on the static value: (a0 + n) / (b0 + sum of (min(D, to) - from)),
// spec.md section 3. The band is fixed by configuration, never by the current quote, which would
// feed back on itself.
import type { Bps, PerBp } from '#core/units';
import { FadingSums } from './fading.js';
import type { MarketOrder } from './market-orders.js';

export interface Band {
  readonly from: Bps;
  readonly to: Bps;
}

/** From the distance where the nearest quotes may stand, three mean reaches deep. */
export const bandOf = (from: Bps, kappa: PerBp): Band =>
  Object.freeze({ from, to: (from + 3 / kappa) as Bps });

const UNCENSORED = 0;
const DEPTH = 1;
const UNCENSORED_2 = 2;

export interface DecayPrior {
  /** Imaginary orders a0, and the sum b0 of their depths in bp. */
  readonly orders: number;
  readonly depth: number;
}

export class LiquidityDecay {
  private readonly sums: FadingSums;

  constructor(
    private readonly band: Band,
    private readonly prior: DecayPrior,
    halfLifeUs: number,
  ) {
    this.sums = new FadingSums(2, 1, halfLifeUs);
  }

  /** One order whose reach is `from` or more. */
  add(order: MarketOrder, weight: number): void {
    const { sums, band } = this;
    const { reach } = order;
    sums.advance(order);
    if (reach < band.to) {
      sums.add(UNCENSORED, weight);
      sums.add(UNCENSORED_2, weight * weight);
    }
    sums.add(DEPTH, weight * (Math.min(reach, band.to) - band.from));
  }

  /** Per bp. */
  kappa(us: number): number {
    const { prior, sums } = this;
    return (prior.orders + sums.at(UNCENSORED, us)) / (prior.depth + sums.at(DEPTH, us));
  }

  /**
   * Standard error of ln kappa = sqrt(n_e) / (a0 n_e / n + n_e), n_e = n^2 / sum of w^2; 0 without
   * data.
   */
  logError(us: number): number {
    const squares = this.sums.at(UNCENSORED_2, us);
    return Math.sqrt(squares) / (this.prior.orders + this.sums.at(UNCENSORED, us));
  }

  effectiveCount(us: number): number {
    const orders = this.sums.at(UNCENSORED, us);
    return orders > 0 ? (orders * orders) / this.sums.at(UNCENSORED_2, us) : 0;
  }

  save(): number[] {
    return this.sums.save();
  }

  restore(saved: unknown): boolean {
    return this.sums.restore(saved);
  }
}
