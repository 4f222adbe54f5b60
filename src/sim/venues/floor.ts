// Hands every row to the public market and to each account's exchange: copies of the same flow, which is what comparing
// two accounts wants. An exchange that is made later starts from the book, mark and funding of that moment.
import type { L2Book } from '#core/book';
import type { MarketRows } from '#core/rows';
import type { Aggressor, Lots, Micros, Rate, Side, TickPrice, Ticks } from '#core/units';
import { ASK, BID, NO_PRICE } from '#core/units';
import type { Exchange } from '#sim/exchange';
import type { FeedSink } from './feed.js';

/** A venue's public side: gets every row, and knows what an exchange that comes later must know. */
export interface PublicSide extends FeedSink {
  readonly book: L2Book;
  /** 0 before the first. */
  readonly markPrice: TickPrice;
  readonly fundingRate: Rate;
}

export class Floor implements FeedSink {
  private readonly exchanges: Exchange[] = [];

  constructor(private readonly market: PublicSide) {}

  add(exchange: Exchange, nowUs: Micros): void {
    const { book, markPrice, fundingRate } = this.market;
    exchange.nowUs = nowUs;
    for (const side of [BID, ASK] as const) {
      let ticks = side === BID ? book.bidTicks : book.askTicks;
      while (ticks !== NO_PRICE) {
        exchange.level(side, ticks, book.lotsAt(side, ticks));
        ticks = book.next(side, ticks);
      }
    }
    if (markPrice > 0) exchange.mark(markPrice);
    if (fundingRate !== 0) exchange.funding(fundingRate, false);
    this.exchanges.push(exchange);
  }

  begin(us: Micros): void {
    this.market.begin(us);
    for (const exchange of this.exchanges) exchange.nowUs = us;
  }

  end(): void {
    this.market.end();
  }

  clear(): void {
    this.each((rows) => rows.clear());
  }

  level(side: Side, ticks: Ticks, lots: Lots): void {
    this.each((rows) => rows.level(side, ticks, lots));
  }

  trade(aggressor: Aggressor, ticks: TickPrice, lots: Lots, exchangeUs: Micros): void {
    this.each((rows) => rows.trade(aggressor, ticks, lots, exchangeUs));
  }

  quote(side: Side, ticks: Ticks, lots: Lots): void {
    this.each((rows) => rows.quote(side, ticks, lots));
  }

  mark(price: TickPrice): void {
    this.each((rows) => rows.mark(price));
  }

  funding(rate: Rate, due: boolean): void {
    this.each((rows) => rows.funding(rate, due));
  }

  gap(fromUs: Micros, toUs: Micros): void {
    this.each((rows) => rows.gap(fromUs, toUs));
  }

  /** Exchanges first: a fill is known to the venue before the print is told. */
  private each(run: (rows: MarketRows) => void): void {
    for (const exchange of this.exchanges) run(exchange);
    run(this.market);
  }
}
