// The account's position in one market by average entry, in exact money: realised and unrealised
// profit, fees, funding, transfers; long, short and through zero; linear and inverse. Every amount
// is rounded once, at its event, and equity = cash + worth(position, mark) + accrued funding holds
// with ===. It knows no venue and no clock.
import { assert } from './assert.js';
import type { Instrument } from './instrument.js';
import { ZERO_MONEY, mulDiv } from './money.js';
import type { Lots, Money, Side, TickPrice, Ticks } from './units.js';

/** Plain JSON: everything a restart needs. */
export interface PositionSnapshot {
  readonly lots: Lots;
  readonly cost: Money;
  readonly realised: Money;
  readonly fees: Money;
  readonly funding: Money;
  readonly transfers: Money;
  readonly volume: Money;
  readonly makerVolume: Money;
  readonly fills: number;
}

export class Position {
  /** Open position, long > 0. */
  lots = 0 as Lots;
  /** Signed worth at entry of the open lots (negative for a linear short or an inverse long). */
  cost = ZERO_MONEY;
  /** Profit of what was closed, before fees and funding. */
  realised = ZERO_MONEY;
  /** Paid > 0; rebates reduce it. */
  fees = ZERO_MONEY;
  /** Received > 0. */
  funding = ZERO_MONEY;
  /** Deposits - withdrawals; no part of any profit. */
  transfers = ZERO_MONEY;
  /** Notional traded; a statistic, exact up to 2^53 units (about 90 million). */
  volume = ZERO_MONEY;
  makerVolume = ZERO_MONEY;
  fills = 0;

  constructor(private readonly instrument: Instrument) {}

  /**
   * Applies one fill of `lots` (> 0) with `fee` (paid > 0) and returns the profit it realised, fee
   * not included. Through zero it closes first and then opens; its worth is rounded once, so cash
   * moves by -worth - fee exactly. Throws AssertionFailure for a size or price that is not positive
   * and whole, or when money leaves 2^53.
   */
  fill(side: Side, ticks: Ticks, lots: Lots, fee: Money, maker: boolean): Money {
    assert(Number.isSafeInteger(lots) && lots > 0, 'a fill of no size');
    assert(Number.isSafeInteger(ticks) && ticks > 0, 'a fill at no price');
    assert(Number.isSafeInteger(fee), 'a fee that is no amount');
    const traded = this.instrument.worth((side * lots) as Lots, ticks);
    const held = Math.abs(this.lots);
    const closed = this.lots * side < 0 ? Math.min(held, lots) : 0;
    let opened = traded as number;
    let profit = 0;
    if (closed > 0) {
      const rest = lots - closed;
      opened = rest > 0 ? this.instrument.worth((side * rest) as Lots, ticks) : 0;
      const released = mulDiv(this.cost, closed, held);
      profit = opened - traded - released;
      this.cost = (this.cost - released) as Money;
    }
    this.cost = (this.cost + opened) as Money;
    this.lots = (this.lots + side * lots) as Lots;
    this.realised = (this.realised + profit) as Money;
    this.fees = (this.fees + fee) as Money;
    const notional = Math.abs(traded);
    this.volume = (this.volume + notional) as Money;
    if (maker) this.makerVolume = (this.makerVolume + notional) as Money;
    this.fills += 1;
    assert(
      Number.isSafeInteger(this.cost) && Number.isSafeInteger(this.realised),
      'position beyond exact money',
    );
    return profit as Money;
  }

  /** Funding settled into cash; positive = received. */
  applyFunding(amount: Money): void {
    assert(Number.isSafeInteger(amount), 'funding that is no amount');
    this.funding = (this.funding + amount) as Money;
  }

  /** A deposit (positive) or withdrawal. */
  transfer(amount: Money): void {
    assert(Number.isSafeInteger(amount), 'a transfer that is no amount');
    this.transfers = (this.transfers + amount) as Money;
  }

  /** Profit of the open lots at `mark`; 0 when flat. */
  unrealised(mark: TickPrice): Money {
    return (this.worth(mark) - this.cost) as Money;
  }

  /** realised - fees + funding + unrealised. */
  pnl(mark: TickPrice): Money {
    return (this.realised - this.fees + this.funding + this.unrealised(mark)) as Money;
  }

  /**
   * What is left when the open lots are taken at their worth: transfers + realised - fees + funding
   * - cost.
   */
  cash(): Money {
    return (this.transfers + this.realised - this.fees + this.funding - this.cost) as Money;
  }

  /** cash + worth(lots, mark) + accrued funding (received > 0). */
  equity(mark: TickPrice, accrued: Money): Money {
    return (this.cash() + this.worth(mark) + accrued) as Money;
  }

  /** Average entry price in ticks, for display; 0 when flat. */
  averageEntry(): TickPrice {
    if (this.lots === 0) return 0 as TickPrice;
    return this.instrument.priceOfWorth(this.lots, this.cost);
  }

  snapshot(): PositionSnapshot {
    const { lots, cost, realised, fees, funding, transfers, volume, makerVolume, fills } = this;
    return { lots, cost, realised, fees, funding, transfers, volume, makerVolume, fills };
  }

  static restore(instrument: Instrument, snapshot: PositionSnapshot): Position {
    const position = new Position(instrument);
    position.lots = snapshot.lots;
    position.cost = snapshot.cost;
    position.realised = snapshot.realised;
    position.fees = snapshot.fees;
    position.funding = snapshot.funding;
    position.transfers = snapshot.transfers;
    position.volume = snapshot.volume;
    position.makerVolume = snapshot.makerVolume;
    position.fills = snapshot.fills;
    return position;
  }

  private worth(mark: TickPrice): Money {
    return this.lots === 0 ? ZERO_MONEY : this.instrument.worth(this.lots, mark);
  }
}
