// One market: the only place where decimal strings become ticks and lots and back, and the only one
// that knows which rounding is safe (bid down, ask up, size down). Also what a lot is worth, linear
// or inverse.
import { assert } from './assert.js';
import { DecimalStep } from './decimal.js';
import { MONEY_SCALE, divideBig, mulDiv, parseMoney } from './money.js';
import type { Lots, Money, Rate, Seconds, Side, TickPrice, Ticks } from './units.js';
import { BID } from './units.js';

/** Marks are kept on a grid of 1/256 tick, so that lots x mark is exact in a double. */
export const MARK_GRID = 256;
const MAX = Number.MAX_SAFE_INTEGER;

/** What a venue says of a market; decimals as strings, as on the wire. */
export interface InstrumentSpec {
  readonly venue: string;
  readonly symbol: string;
  /** Smallest price step, in quote currency, e.g. "0.1". */
  readonly tickSize: string;
  /** Smallest size step, in base currency (contracts for inverse), e.g. "0.001". */
  readonly lotSize: string;
  /** Smallest order size; defaults to the lot. */
  readonly minSize?: string;
  /** Smallest order notional in settle currency, "0" when there is none. */
  readonly minNotional: string;
  readonly kind: 'linear' | 'inverse';
  /**
   * Contract multiplier: quote currency per contract (inverse), base per size unit (linear, usually
   * "1").
   */
  readonly multiplier: string;
  readonly settle: string;
  readonly makerFee: Rate;
  readonly takerFee: Rate;
  readonly fundingPeriod: Seconds;
  /** Maintenance margin as a fraction of notional. */
  readonly maintenanceMargin: number;
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

export class Instrument {
  readonly tickSize: number;
  readonly lotSize: number;
  readonly minLots: Lots;
  readonly minNotional: Money;
  readonly inverse: boolean;
  private readonly priceStep: DecimalStep;
  private readonly sizeStep: DecimalStep;
  /**
   * Money units of one lot x one tick (linear) as the fraction valueUp / valueDown, in lowest
   * terms.
   */
  private readonly valueUp: number;
  private readonly valueDown: number;
  /**
   * The same per step of the mark grid, in lowest terms: keeps the products of the hot path below
   * 2^53.
   */
  private readonly gridUp: number;
  private readonly gridDown: number;

  constructor(readonly spec: InstrumentSpec) {
    this.priceStep = new DecimalStep('tickSize', spec.tickSize);
    this.sizeStep = new DecimalStep('lotSize', spec.lotSize);
    const multiplier = new DecimalStep('multiplier', spec.multiplier);
    this.tickSize = Number(spec.tickSize);
    this.lotSize = Number(spec.lotSize);
    this.inverse = spec.kind === 'inverse';
    this.minLots = Math.max(1, this.lotsToCover(spec.minSize ?? spec.lotSize)) as Lots;
    const minNotional = parseMoney(spec.minNotional);
    assert(minNotional !== null && minNotional >= 0, `minNotional "${spec.minNotional}"`);
    this.minNotional = minNotional;
    const lot = BigInt(this.sizeStep.mantissa) * BigInt(multiplier.mantissa) * BigInt(MONEY_SCALE);
    const lotDown = this.sizeStep.denominator * multiplier.denominator;
    const tick = BigInt(this.priceStep.mantissa);
    const tickDown = this.priceStep.denominator;
    // linear: lots x ticks x lot x tick x multiplier; inverse: lots x lot x multiplier / (ticks x
    // tick).
    const up = this.inverse ? lot * tickDown : lot * tick;
    const down = this.inverse ? lotDown * tick : lotDown * tickDown;
    const common = gcd(up, down);
    this.valueUp = Number(up / common);
    this.valueDown = Number(down / common);
    assert(
      this.valueUp <= MAX && this.valueDown * MARK_GRID <= MAX,
      `${spec.symbol}: tick x lot x multiplier has too many digits for exact money`,
    );
    const grid = BigInt(MARK_GRID);
    const shared = gcd(up / common, (down / common) * grid);
    this.gridUp = Number(up / common / shared);
    this.gridDown = Number(((down / common) * grid) / shared);
  }

  /**
   * Signed worth of `lots` at `price`, such that the profit of lots bought at p and valued at m is
   * worth(lots, m) - worth(lots, p): linear lots x price, inverse -lots x multiplier / price.
   * Rounded once. The price counts to the nearest 1/256 tick. Throws AssertionFailure for what is
   * no number, or does not fit.
   */
  worth(lots: Lots, price: TickPrice): Money {
    const grid = Math.round(price * MARK_GRID);
    const sound = grid >= 0 && grid <= MAX && Math.floor(lots) === lots;
    if (this.inverse) {
      const down = this.valueDown * grid;
      const up = lots * MARK_GRID;
      if (!sound || grid === 0 || down > MAX || up > MAX || up < -MAX)
        return this.worthBig(lots, grid);
      return (0 - mulDiv(up, this.valueUp, down)) as Money;
    }
    const product = lots * grid;
    if (!sound || product > MAX || product < -MAX) return this.worthBig(lots, grid);
    return mulDiv(product, this.gridUp, this.gridDown) as Money;
  }

  /** What the hot path leaves: large products and nonsense. `grid` is the price in 1/256 ticks. */
  private worthBig(lots: Lots, grid: number): Money {
    assert(grid >= 0 && grid <= MAX && Number.isSafeInteger(lots), 'worth of no price or no size');
    if (!this.inverse) {
      const value = BigInt(lots) * BigInt(grid) * BigInt(this.gridUp);
      return divideBig(value, BigInt(this.gridDown)) as Money;
    }
    assert(grid > 0, 'an inverse contract has no worth at price 0');
    const value = BigInt(lots) * BigInt(this.valueUp) * BigInt(MARK_GRID);
    return divideBig(-value, BigInt(this.valueDown) * BigInt(grid)) as Money;
  }

  /** Unsigned notional of `lots` at `price` in money. */
  notional(lots: Lots, price: TickPrice): Money {
    return Math.abs(this.worth(lots, price)) as Money;
  }

  /** The price at which `lots` (not 0) has the worth `cost`: the average entry, for display. */
  priceOfWorth(lots: Lots, cost: Money): TickPrice {
    if (!this.inverse) return (((cost / lots) * this.valueDown) / this.valueUp) as TickPrice;
    return (((-lots / cost) * this.valueUp) / this.valueDown) as TickPrice;
  }

  /** Nearest point of the mark grid to a decimal price. */
  mark(price: number): TickPrice {
    return (Math.round((price / this.tickSize) * MARK_GRID) / MARK_GRID) as TickPrice;
  }

  /**
   * Whole ticks of a decimal price string that lies on the grid; null when it does not, or is not
   * positive.
   */
  parsePrice(text: string): Ticks | null {
    const count = this.priceStep.count(text);
    return count !== null && count > 0 ? (count as Ticks) : null;
  }

  /** Whole lots of a decimal size string on the grid (0 allowed); null otherwise. */
  parseSize(text: string): Lots | null {
    return this.sizeStep.count(text) as Lots | null;
  }

  /** Exact for whole ticks; a fractional price is shown to 12 significant digits. */
  formatPrice(price: TickPrice): string {
    if (Number.isInteger(price)) return this.priceStep.format(price);
    const text = String(Number((price * this.tickSize).toPrecision(12)));
    return text.includes('e-') ? Number(text).toFixed(20).replace(/0+$/, '') : text;
  }

  formatSize(lots: Lots): string {
    return this.sizeStep.format(lots);
  }

  /** A fractional tick price to whole ticks, away from the touch: bid down, ask up. */
  roundQuote(side: Side, price: number): Ticks {
    const nearest = Math.round(price);
    if (Math.abs(price - nearest) < 1e-9) return nearest as Ticks;
    return (side === BID ? Math.floor(price) : Math.ceil(price)) as Ticks;
  }

  /**
   * The most whole lots whose notional at `price` is not above `notional`; 0 when even one is.
   * Throws AssertionFailure without a price (0).
   */
  lotsWithin(notional: Money, price: TickPrice): Lots {
    const exact = this.inverse
      ? ((notional * price) / this.valueUp) * this.valueDown
      : ((notional / price) * this.valueDown) / this.valueUp;
    assert(exact <= MAX, 'lots within a notional at no price');
    const guess = Math.max(0, Math.floor(exact)) as Lots; // off by one at most
    if (guess > 0 && this.notional(guess, price) > notional) return (guess - 1) as Lots;
    const more = (guess + 1) as Lots;
    return this.notional(more, price) <= notional ? more : guess;
  }

  /** Smallest order at `price` that the venue takes. */
  smallestLots(price: TickPrice): Lots {
    let lots = Math.max(this.minLots, this.lotsWithin(this.minNotional, price)) as Lots;
    while (this.notional(lots, price) < this.minNotional) lots = (lots + 1) as Lots;
    return lots;
  }

  /** Whole lots that a decimal size needs, rounded up. */
  private lotsToCover(size: string): number {
    const least = new DecimalStep('minSize', size);
    const lot = BigInt(this.sizeStep.mantissa) * least.denominator;
    const wanted = BigInt(least.mantissa) * this.sizeStep.denominator;
    return Number((wanted + lot - 1n) / lot);
  }
}
