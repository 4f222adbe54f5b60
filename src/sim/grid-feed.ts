// A venue that tells its book on a grid of the clock, cut to the best levels: prints at the end of their instant, at each
// point of the grid the levels that have changed and those that fell out, then the mark. A point without a change tells a
// best level once more, as a sign of life. Made of the rows of a recording; holes are told as if the book stood still.
import { ROW_FUNDING, ROW_LEVEL, ROW_MARK, ROW_TRADE, RowBlock } from '#core/rows';
import type { RowKind, RowSource } from '#core/rows';
import type { Aggressor, Lots, Side, TickPrice, Ticks } from '#core/units';
import { ASK, BID, MICROS_PER_MS, NO_PRICE } from '#core/units';
import { ToldBook } from './told-book.js';
import type { FeedWays, ToldMarket } from './told-feed.js';

type Levels = Map<Ticks, Lots>;
/** Marks are told with so many decimals. */
const MARK_PLACES = 8;

export class GridFeed implements RowSource {
  private readonly book: ToldBook;
  private readonly told = new Map<Side, Levels>();
  private changed = false;
  private markPrice = 0 as TickPrice;
  private lastPrint = 0 as TickPrice;
  private toldMark = '';
  private input: RowBlock | null = null;
  private index = 0;
  private gridUs = NaN;
  private lastUs = NaN;
  private rate = 0;
  private over = false;
  private out = new RowBlock(0);

  constructor(
    private readonly source: RowSource,
    private readonly ways: FeedWays,
    private readonly market: ToldMarket,
  ) {
    this.book = new ToldBook(market.useQuotes);
  }

  get totalRows(): number | null {
    return null;
  }

  next(reuse?: RowBlock): RowBlock | null {
    const out = reuse ?? new RowBlock();
    out.count = 0;
    this.out = out;
    // No point of the grid tells more than all levels anew; the prints of one instant are few beside.
    const room = out.capacity - 4 * this.ways.levels - 2;
    while (out.count < room && this.step());
    return out.count === 0 ? null : out;
  }

  close(): void {
    this.source.close();
  }

  /** Takes in one row, or tells one point of the grid; false when all is told. */
  private step(): boolean {
    const { input } = this;
    if (this.over) return false;
    if (input === null || this.index === input.count) this.load();
    else if (this.gridUs < (input.localUs[this.index] as number)) this.grid();
    else {
      this.take(input, this.index);
      this.index += 1;
    }
    return true;
  }

  private load(): void {
    const before = this.input;
    const block = this.source.next(before ?? undefined);
    this.index = 0;
    this.input = block;
    if (block === null) return this.end();
    const firstUs = block.localUs[0];
    if (before !== null || firstUs === undefined) return;
    const { bookEvery } = this.ways;
    this.gridUs = Math.ceil(firstUs / bookEvery) * bookEvery;
  }

  /** A row that changes nothing marks the end: time goes on until the last row of the market. */
  private end(): void {
    this.over = true;
    if (this.gridUs === this.lastUs) this.grid();
    if (this.lastUs > 0) this.tell(ROW_FUNDING, 0, this.lastUs, this.rate, 0);
  }

  private take(block: RowBlock, i: number): void {
    const us = block.localUs[i] as number;
    const [kind, price, size] = [block.kind[i], block.price[i] as number, block.size[i] as number];
    this.lastUs = us;
    if (this.book.take(block, i)) this.changed = true;
    else if (kind === ROW_TRADE) this.print(block.side[i] as Aggressor, us, price, size);
    else if (kind === ROW_FUNDING) this.rate = price;
    else if (kind === ROW_MARK && price > 0 && price < Infinity)
      this.markPrice = price as TickPrice;
  }

  /** Stamped in milliseconds. */
  private print(aggressor: Aggressor, us: number, ticks: number, lots: number): void {
    if (!(ticks > 0 && lots > 0)) return;
    this.lastPrint = ticks as TickPrice;
    if (!Number.isSafeInteger(ticks)) return;
    const side = this.book.takerOf(aggressor, ticks);
    this.out.push(ROW_TRADE, side, us - (us % MICROS_PER_MS), us, ticks, lots);
  }

  private grid(): void {
    const us = this.gridUs;
    this.gridUs += this.ways.bookEvery;
    const { count } = this.out;
    if (this.changed) {
      this.side(BID, us);
      this.side(ASK, us);
      this.changed = false;
    }
    if (this.out.count === count) this.alive(us);
    this.mark(us);
  }

  /** Changed sizes from the touch outwards, then what left the best levels. */
  private side(side: Side, us: number): void {
    const { book, ways } = this;
    const before = this.told.get(side) ?? new Map<Ticks, Lots>();
    const now: Levels = new Map();
    let ticks = side === BID ? book.bidTicks : book.askTicks;
    while (ticks !== NO_PRICE && now.size < ways.levels) {
      const lots = book.lotsAt(side, ticks);
      now.set(ticks, lots);
      if (before.get(ticks) !== lots) this.tell(ROW_LEVEL, side, us, ticks, lots);
      ticks = book.next(side, ticks);
    }
    for (const gone of before.keys()) if (!now.has(gone)) this.tell(ROW_LEVEL, side, us, gone, 0);
    this.told.set(side, now);
  }

  private alive(us: number): void {
    const { bidTicks, bidLots, askTicks, askLots } = this.book;
    if (bidTicks !== NO_PRICE) this.tell(ROW_LEVEL, BID, us, bidTicks, bidLots);
    else if (askTicks !== NO_PRICE) this.tell(ROW_LEVEL, ASK, us, askTicks, askLots);
  }

  /** The venue's mark, else the mid, else the last print. */
  private mark(us: number): void {
    const { book, markPrice, lastPrint } = this;
    const { instrument } = this.market;
    const fair = markPrice > 0 ? markPrice : book.twoSided ? book.mid : lastPrint;
    if (fair === 0) return;
    const text = (fair * instrument.tickSize).toFixed(MARK_PLACES);
    if (text === this.toldMark) return;
    this.toldMark = text;
    this.tell(ROW_MARK, 0, us, instrument.mark(Number(text)), 0);
  }

  private tell(kind: RowKind, side: Aggressor, us: number, price: number, size: number): void {
    this.out.push(kind, side, us, us, price, size);
  }
}
