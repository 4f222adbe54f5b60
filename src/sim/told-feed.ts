// What a venue tells of a market, made of the rows of a recording: what its client hears in a backtest. Holes, touches
// beside levels, prints off the grid or without a side are a recording's; no venue tells them. Never look-ahead.
import type { Instrument } from '#core/instrument';
import { ROW_GAP, ROW_QUOTE, ROW_TRADE, RowBlock } from '#core/rows';
import type { RowSource } from '#core/rows';
import type { Aggressor, SpanMicros } from '#core/units';
import { GridFeed } from './grid-feed.js';
import { ToldBook } from './told-book.js';

/** How a venue tells its market. */
export interface FeedWays {
  /** The book is told at whole multiples of this, by the clock; 0: every change as it happens. */
  readonly bookEvery: SpanMicros;
  /** Best levels a side that are told on that grid. */
  readonly levels: number;
}

export interface ToldMarket {
  readonly instrument: Instrument;
  /** The rows have touches only: they are the book. */
  readonly useQuotes: boolean;
}

export const toldFeed = (source: RowSource, ways: FeedWays, market: ToldMarket): RowSource =>
  ways.bookEvery > 0 ? new GridFeed(source, ways, market) : new PlainFeed(source, market.useQuotes);

/** Everything as it happens, but what no venue tells. */
class PlainFeed implements RowSource {
  private readonly book: ToldBook;

  constructor(
    private readonly source: RowSource,
    useQuotes: boolean,
  ) {
    this.book = new ToldBook(useQuotes);
  }

  get totalRows(): number | null {
    return this.source.totalRows;
  }

  next(reuse?: RowBlock): RowBlock | null {
    const block = this.source.next(reuse);
    if (block === null) return null;
    let kept = 0;
    for (let i = 0; i < block.count; i += 1) {
      if (!this.told(block, i)) continue;
      if (kept < i) move(block, i, kept);
      kept += 1;
    }
    block.count = kept;
    return block;
  }

  close(): void {
    this.source.close();
  }

  private told(block: RowBlock, i: number): boolean {
    if (this.book.take(block, i)) return true;
    const kind = block.kind[i];
    if (kind !== ROW_TRADE) return kind !== ROW_GAP && kind !== ROW_QUOTE;
    const ticks = block.price[i] as number;
    block.side[i] = this.book.takerOf(block.side[i] as Aggressor, ticks);
    return Number.isSafeInteger(ticks);
  }
}

function move(block: RowBlock, from: number, to: number): void {
  for (const column of ['kind', 'side', 'exchangeUs', 'localUs', 'price', 'size'] as const)
    block[column][to] = block[column][from] as number;
}
