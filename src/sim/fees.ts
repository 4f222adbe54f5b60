// What a fill costs where that depends on more than maker or taker: tiers by traded volume, and order classes with
// fees of their own. Rates below 0 are rebates. It books nothing and knows no order but by its number.
import { assert } from '#core/assert';
import type { Micros, Money, Rate } from '#core/units';

export interface FeeSchedule {
  /** The rate of a fill at `nowUs` of order `ordinal`; null: the venue's own, in a liquidation. */
  rate(nowUs: Micros, ordinal: number | null, maker: boolean): Rate;
  /** A fill of that notional has been booked. */
  traded(nowUs: Micros, notional: Money): void;
}

export interface FeeTier {
  /** In force from this traded volume on. */
  readonly volume: Money;
  readonly maker: Rate;
  readonly taker: Rate;
}

const DAY_US = 86_400e6;

/**
 * Tiers by the volume of the UTC days before today, as venues do it: a fill changes the tier at the next midnight.
 * `tiers` rise in volume and begin at 0; only this account's volume in this run counts.
 */
export class TieredFees implements FeeSchedule {
  private readonly days: number[];
  private today = -1;
  private tier: FeeTier;

  constructor(
    private readonly tiers: readonly FeeTier[],
    windowDays: number,
  ) {
    const [first] = tiers;
    assert(first !== undefined && first.volume === 0, 'fee tiers begin at a volume of 0');
    assert(windowDays >= 1, `fee tiers over ${windowDays} days`);
    this.tier = first;
    this.days = new Array<number>(windowDays).fill(0);
  }

  rate(nowUs: Micros, _ordinal: number | null, maker: boolean): Rate {
    this.turn(nowUs);
    return maker ? this.tier.maker : this.tier.taker;
  }

  traded(nowUs: Micros, notional: Money): void {
    this.turn(nowUs);
    const i = this.today % this.days.length;
    this.days[i] = (this.days[i] as number) + notional;
  }

  /** A new UTC day: the window's days before it count now, and its own slot begins empty. */
  private turn(nowUs: Micros): void {
    const day = Math.floor(nowUs / DAY_US);
    if (day === this.today) return;
    const { days, today } = this;
    const idle = today < 0 ? 0 : Math.min(day - today - 1, days.length);
    for (let d = 1; d <= idle; d += 1) days[(today + d) % days.length] = 0;
    const volume = days.reduce((sum, x) => sum + x, 0);
    days[day % days.length] = 0;
    this.tier = this.tiers.findLast((tier) => volume >= tier.volume) as FeeTier;
    this.today = day;
  }
}
