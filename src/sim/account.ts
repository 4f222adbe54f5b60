// The venue's own account of us: position, cash, fees, funding, margin. What the bot believes is compared with this.
// Exact money throughout; it knows no book and sends no events (Desk and Exchange do).
import { assert } from '#core/assert';
import type { Instrument } from '#core/instrument';
import { RATE_SCALE, ZERO_MONEY, atRate, mulDiv } from '#core/money';
import { Position } from '#core/position';
import type { PositionSnapshot } from '#core/position';
import type { Lots, Micros, Money, Rate, Side, TickPrice, Ticks } from '#core/units';
import { MICROS_PER_SECOND } from '#core/units';
import type { FeeSchedule } from './fees.js';

export interface AccountOptions {
  /** Cash paid in before the first order, also on top of a restored position. */
  readonly deposit: Money;
  /** Position value over equity that an order may lead to at most. */
  readonly leverage: number;
  /** What an earlier run left behind. */
  readonly position?: PositionSnapshot;
  /** Fees that depend on more than maker or taker; the instrument's without. */
  readonly fees?: FeeSchedule;
}

export class VenueAccount {
  readonly position: Position;
  /** Marks at or beyond which the account may have to be liquidated; never reached while flat. */
  liquidateBelow = 0;
  liquidateAbove = Infinity;
  private readonly leverage: number;
  private readonly maintenanceE6: number;
  private rate = 0 as Rate;
  private paidUs = -1;
  private readonly fees: FeeSchedule | null;

  constructor(
    private readonly instrument: Instrument,
    options: AccountOptions,
  ) {
    assert(options.leverage > 0, `a leverage of ${options.leverage}`);
    this.leverage = options.leverage;
    this.fees = options.fees ?? null;
    this.maintenanceE6 = Math.round(instrument.spec.maintenanceMargin * 1e6);
    this.position = options.position
      ? Position.restore(instrument, options.position)
      : new Position(instrument);
    this.position.transfer(options.deposit);
    this.watchFrom(this.position.averageEntry());
  }

  /**
   * Books one fill; returns its fee (paid > 0, rebate < 0), rounded once. `nowUs` and `ordinal` (null: the venue
   * itself, in a liquidation) are what a fee schedule may depend on.
   */
  fill(
    side: Side,
    ticks: Ticks,
    lots: Lots,
    maker: boolean,
    nowUs = 0 as Micros,
    ordinal: number | null = null,
  ): Money {
    const { makerFee, takerFee } = this.instrument.spec;
    const notional = this.instrument.notional(lots, ticks);
    const { fees } = this;
    const rate = fees === null ? (maker ? makerFee : takerFee) : fees.rate(nowUs, ordinal, maker);
    const fee = atRate(notional, rate);
    fees?.traded(nowUs, notional);
    this.position.fill(side, ticks, lots, fee, maker);
    this.watchFrom(ticks);
    return fee;
  }

  /** The funding rate in force from now on: until it is due, it accrues. */
  setRate(rate: Rate): void {
    this.rate = rate;
  }

  /** A funding payment: the long pays a positive rate on the position's worth at `mark`. Returns what we received. */
  settleFunding(nowUs: Micros, mark: TickPrice): Money {
    const amount = this.fundingOf(mark, 1, 1);
    this.paidUs = nowUs;
    if (amount !== 0) this.position.applyFunding(amount);
    this.watchFrom(mark);
    return amount;
  }

  /**
   * The part of the coming payment that has accrued, linear in time (whole seconds) since the last one; before the
   * first, since the period began in UTC (00:00 + n periods). Received > 0. Capped at one whole payment.
   */
  accrued(nowUs: Micros, mark: TickPrice): Money {
    const period = this.instrument.spec.fundingPeriod;
    if (this.rate === 0 || this.position.lots === 0 || mark <= 0 || !(period > 0))
      return ZERO_MONEY;
    const seconds = nowUs / MICROS_PER_SECOND;
    const since = this.paidUs >= 0 ? this.paidUs / MICROS_PER_SECOND : seconds - (seconds % period);
    const elapsed = Math.min(period, Math.max(0, Math.floor(seconds - since)));
    return this.fundingOf(mark, elapsed, Math.round(period));
  }

  /** cash + position x mark + accrued funding, exactly; at an unknown mark (0) the open lots count at cost. */
  equity(nowUs: Micros, mark: TickPrice): Money {
    if (mark <= 0) return (this.position.cash() + this.position.cost) as Money;
    return this.position.equity(mark, this.accrued(nowUs, mark));
  }

  /** Equity that the open position needs to stay open. */
  maintenance(mark: TickPrice): Money {
    if (this.position.lots === 0 || mark <= 0) return ZERO_MONEY;
    const notional = this.instrument.notional(this.position.lots, mark);
    return mulDiv(notional, this.maintenanceE6, 1_000_000) as Money;
  }

  /** Equity over maintenance margin; Infinity when none is needed. */
  marginRatio(nowUs: Micros, mark: TickPrice): number {
    const needed = this.maintenance(mark);
    return needed > 0 ? this.equity(nowUs, mark) / needed : Infinity;
  }

  /** Settled equity (funding not yet due left out) below maintenance: the venue takes over. */
  liquidatable(mark: TickPrice): boolean {
    if (this.position.lots === 0 || mark <= 0) return false;
    return this.position.equity(mark, ZERO_MONEY) < this.maintenance(mark);
  }

  /** Lots that an order of that side can take off the position. */
  reducible(side: Side): Lots {
    return Math.max(0, -side * this.position.lots) as Lots;
  }

  /**
   * May the account come to hold `worstLots` (> 0, all resting orders of one side filled)? What does not go beyond
   * the position it already has is always allowed.
   */
  affords(nowUs: Micros, worstLots: Lots, price: TickPrice): boolean {
    if (worstLots <= Math.abs(this.position.lots)) return true;
    return this.instrument.notional(worstLots, price) <= this.equity(nowUs, price) * this.leverage;
  }

  private fundingOf(mark: TickPrice, part: number, whole: number): Money {
    if (this.position.lots === 0 || mark <= 0 || part === 0) return ZERO_MONEY;
    const worth = this.instrument.worth(this.position.lots, mark);
    return (0 - mulDiv(worth, this.rate * part, RATE_SCALE * whole)) as Money;
  }

  /**
   * Works out the marks of liquidation anew, in floating point and a hair too wide: `liquidatable` decides exactly.
   * With worth slope x m (linear) or pole / m (inverse): cash + worth(m) = maintenance x |worth(m)|, solved for m.
   */
  private watchFrom(reference: TickPrice): void {
    const { lots } = this.position;
    this.liquidateBelow = 0;
    this.liquidateAbove = Infinity;
    if (lots === 0 || reference <= 0) return;
    const cash = this.position.cash();
    const needed = this.maintenanceE6 / 1e6;
    const grid = (Math.round(reference * 256) / 256) as TickPrice;
    const worth = this.instrument.worth(lots, grid);
    const signed = worth - Math.abs(worth) * needed;
    const ratio = this.instrument.inverse ? (-signed * grid) / cash : (-cash * grid) / signed;
    const longSide = lots > 0;
    if (this.instrument.inverse && signed * cash >= 0) {
      // An inverse short with cash to spare is never liquidated; a long without any always is.
      if (longSide) this.liquidateBelow = Infinity;
      return;
    }
    if (longSide) this.liquidateBelow = Math.max(0, ratio) * (1 + 1e-6);
    else this.liquidateAbove = Math.max(0, ratio) * (1 - 1e-6);
  }
}
