// The public side of the simulated Paradex: one market's book with its counter, prints, mark and funding, made of rows
// and told as messages in the order of the rows. A delta is one message an instant (two when a print lies between); a
// print carries the counter of the book it met. It knows no account.
import { L2Book } from '#core/book';
import type { Instrument } from '#core/instrument';
import type { Aggressor, Lots, Micros, Rate, Side, TickPrice, Ticks } from '#core/units';
import { ASK, BID, NO_PRICE } from '#core/units';
import type { FeedSink } from '../feed.js';
import { Candles } from '../candles.js';

export interface LevelChange {
  readonly side: Side;
  readonly ticks: Ticks;
  readonly lots: Lots;
}
export interface Print {
  readonly id: bigint;
  readonly seq: number;
  readonly us: Micros;
  /** When it was matched, by whoever recorded it: prints of one order share it. */
  readonly createdUs: Micros;
  /** 0: unknown, told as a buy or sell by where it lies in the book. */
  readonly side: Side;
  readonly ticks: TickPrice;
  readonly lots: Lots;
}
/** What public channels tell, each at the state of its moment. */
export type MarketNews =
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'delta'; readonly changes: readonly LevelChange[] }
  | { readonly kind: 'bbo' }
  | { readonly kind: 'trade'; readonly print: Print }
  | { readonly kind: 'summary' }
  | { readonly kind: 'funding' };

const MOST_PRINTS = 5_000;
const FIRST_SEQ = 7_600_000_000;

export class ParadexMarket implements FeedSink {
  readonly book = new L2Book();
  readonly prints: Print[] = [];
  readonly candles: { readonly last: Candles; readonly mark: Candles };
  seq = FIRST_SEQ;
  us = 0 as Micros;
  /** The venue's mark; 0 before the first. */
  markPrice = 0 as TickPrice;
  fundingRate = 0 as Rate;
  /** Quote currency paid per unit held since the beginning. */
  fundingIndex = 0;
  private changes = new Map<number, LevelChange>();
  private cleared = false;
  private touched = false;
  private facts = { mark: false, funding: false };
  private printed = 0;
  private bid = { ticks: NO_PRICE, lots: 0 as Lots };
  private ask = { ticks: NO_PRICE, lots: 0 as Lots };

  constructor(
    readonly instrument: Instrument,
    private readonly news: (news: MarketNews) => void,
    /** The rows have no levels: the touches are the book. Else they say nothing that levels do not. */
    private readonly useQuotes = false,
  ) {
    this.candles = { last: new Candles(), mark: new Candles() };
  }

  get symbol(): string {
    return this.instrument.spec.symbol;
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
    this.flush();
    if (this.facts.funding) this.news({ kind: 'funding' });
    if (this.facts.mark || this.facts.funding) this.news({ kind: 'summary' });
    this.facts = { mark: false, funding: false };
  }

  clear(): void {
    this.book.clear();
    this.changes.clear();
    this.cleared = true;
    this.touched = true;
  }

  /** One that says what the book says already is no change: alone it makes an empty delta, as RPI orders do there. */
  level(side: Side, ticks: Ticks, lots: Lots): void {
    const key = side * ticks;
    const news = this.book.lotsAt(side, ticks) !== lots || this.changes.has(key);
    this.book.apply(side, ticks, lots);
    if (news) this.changes.set(key, { side, ticks, lots });
    this.touched = true;
  }

  trade(aggressor: Aggressor, ticks: TickPrice, lots: Lots, exchangeUs: Micros): void {
    if (!(ticks > 0 && lots > 0)) return;
    this.flush();
    this.printed += 1;
    const side = aggressor === 0 ? (ticks >= this.book.mid ? BID : ASK) : aggressor;
    const id = BigInt(this.us) * 1_000_000_000_000n + BigInt(this.printed);
    const createdUs = exchangeUs > 0 ? exchangeUs : this.us;
    const print = { id, seq: this.seq, us: this.us, createdUs, side, ticks, lots };
    this.prints.push(print);
    if (this.prints.length > 2 * MOST_PRINTS) this.prints.splice(0, MOST_PRINTS);
    this.candles.last.add(this.us, ticks, lots);
    this.news({ kind: 'trade', print });
  }

  quote(side: Side, ticks: Ticks, lots: Lots): void {
    if (!this.useQuotes) return;
    const before = side === BID ? this.book.bidTicks : this.book.askTicks;
    if (before !== NO_PRICE && before !== ticks) this.level(side, before, 0 as Lots);
    this.level(side, ticks, lots > 0 ? lots : (1 as Lots));
  }

  mark(price: TickPrice): void {
    if (!(price > 0 && price < Infinity)) return;
    this.markPrice = price;
    this.candles.mark.add(this.us, price, 0);
    this.facts.mark = true;
  }

  funding(rate: Rate, due: boolean): void {
    if (!Number.isSafeInteger(rate)) return;
    if (due) this.fundingIndex += (rate / 1e10) * this.fair * this.instrument.tickSize;
    this.fundingRate = rate;
    this.facts.funding = true;
  }

  /** What happened in a hole is unknown: the counter jumps, as a lost frame would make it. */
  gap(): void {
    this.seq += 1;
  }

  private flush(): void {
    if (!this.touched) return;
    this.touched = false;
    this.seq += 1;
    if (this.cleared) this.news({ kind: 'snapshot' });
    else this.news({ kind: 'delta', changes: [...this.changes.values()] });
    this.cleared = false;
    this.changes = new Map();
    this.touch();
  }

  private touch(): void {
    const { book } = this;
    const { bidTicks, askTicks, bidLots, askLots } = book;
    const same =
      this.bid.ticks === bidTicks && this.bid.lots === bidLots &&
      this.ask.ticks === askTicks && this.ask.lots === askLots; // prettier-ignore
    if (same) return;
    this.bid = { ticks: bidTicks, lots: bidLots };
    this.ask = { ticks: askTicks, lots: askLots };
    this.news({ kind: 'bbo' });
  }
}
