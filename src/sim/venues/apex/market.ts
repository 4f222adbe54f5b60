// The public side of the simulated ApeX: one market's book, prints, mark and hourly funding, made of rows. What is told
// is told later: prints at the end of the instant, book and ticker on the venue's grid of 100 ms (public-topics.ts). It
// knows no account.
import { L2Book } from '#core/book';
import type { Instrument } from '#core/instrument';
import type { Aggressor, Lots, Micros, Rate, Side, TickPrice, Ticks } from '#core/units';
import { ASK, BID, NO_PRICE } from '#core/units';
import { Candles } from '../candles.js';
import type { PublicSide } from '../floor.js';

export interface Print {
  readonly id: string;
  readonly us: Micros;
  /** The taker's. */
  readonly side: Side;
  readonly ticks: TickPrice;
  readonly lots: Lots;
  /** Plus, minus or zero tick, as the venue marks them. */
  readonly direction: string;
}

export interface FundingPast {
  readonly us: Micros;
  readonly rate: Rate;
  readonly price: TickPrice;
}

const MOST_PRINTS = 2_000;

export class ApexMarket implements PublicSide {
  readonly book = new L2Book();
  readonly prints: Print[] = [];
  readonly candles = new Candles();
  readonly fundings: FundingPast[] = [];
  us = 0 as Micros;
  markPrice = 0 as TickPrice;
  fundingRate = 0 as Rate;
  private fresh: Print[] = [];
  private printed = 0;
  private up = true;

  /** `told`: prints of the instant that has just ended, oldest first; called for every instant. */
  constructor(
    readonly instrument: Instrument,
    private readonly told: (prints: readonly Print[]) => void,
    /** The rows have no levels: the touches are the book. Else they say nothing that levels do not. */
    private readonly useQuotes = false,
  ) {}

  /** With a dash: `BTC-USDT`. */
  get symbol(): string {
    return this.instrument.spec.symbol;
  }

  /** Without one: `BTCUSDT`. */
  get cross(): string {
    return this.symbol.replace('-', '');
  }

  /** Mark, else mid, else the last print; 0 when there is nothing. */
  get fair(): TickPrice {
    if (this.markPrice > 0) return this.markPrice;
    if (this.book.twoSided) return this.book.mid;
    return this.prints[this.prints.length - 1]?.ticks ?? (0 as TickPrice);
  }

  begin(us: Micros): void {
    this.us = us;
  }

  end(): void {
    const { fresh } = this;
    this.fresh = [];
    this.told(fresh);
  }

  clear(): void {
    this.book.clear();
  }

  level(side: Side, ticks: Ticks, lots: Lots): void {
    this.book.apply(side, ticks, lots);
  }

  trade(aggressor: Aggressor, ticks: TickPrice, lots: Lots, _exchangeUs: Micros): void {
    if (!(ticks > 0 && lots > 0)) return;
    this.printed += 1;
    const side = aggressor === 0 ? (ticks >= this.book.mid ? BID : ASK) : aggressor;
    const before = this.prints[this.prints.length - 1]?.ticks ?? ticks;
    if (ticks !== before) this.up = ticks > before;
    const direction = `${ticks === before ? 'Zero' : ''}${this.up ? 'Plus' : 'Minus'}Tick`;
    const print = { id: this.printId(), us: this.us, side, ticks, lots, direction };
    this.prints.push(print);
    this.fresh.push(print);
    if (this.prints.length > 2 * MOST_PRINTS) this.prints.splice(0, MOST_PRINTS);
    this.candles.add(this.us, ticks, lots);
  }

  quote(side: Side, ticks: Ticks, lots: Lots): void {
    if (!this.useQuotes) return;
    const before = side === BID ? this.book.bidTicks : this.book.askTicks;
    if (before !== NO_PRICE && before !== ticks) this.level(side, before, 0 as Lots);
    this.level(side, ticks, lots > 0 ? lots : (1 as Lots));
  }

  mark(price: TickPrice): void {
    if (price > 0 && price < Infinity) this.markPrice = price;
  }

  funding(rate: Rate, due: boolean): void {
    if (!Number.isSafeInteger(rate)) return;
    this.fundingRate = rate;
    if (due) this.fundings.push({ us: this.us, rate, price: this.fair });
  }

  /** What happened in a hole is unknown; the rows that reopen the book say what is. */
  gap(): void {}

  /** Levels from the touch outwards, at most `most`. */
  levels(side: Side, most: number): (readonly [Ticks, Lots])[] {
    const { book } = this;
    const out: (readonly [Ticks, Lots])[] = [];
    let ticks = side === BID ? book.bidTicks : book.askTicks;
    while (ticks !== NO_PRICE && out.length < most) {
      out.push([ticks, book.lotsAt(side, ticks)]);
      ticks = book.next(side, ticks);
    }
    return out;
  }

  /** In the shape of a UUID, from time and count: a run repeats. */
  private printId(): string {
    const time = this.us.toString(16).padStart(16, '0');
    const count = this.printed.toString(16).padStart(16, '0');
    const all = time + count;
    return `${all.slice(0, 8)}-${all.slice(8, 12)}-${all.slice(12, 16)}-${all.slice(16, 20)}-${all.slice(20)}`;
  }
}
