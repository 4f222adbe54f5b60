// The book behind what a venue tells, kept from the rows of a recording: levels, or touches where there are no levels. It
// also says what no recording may leave open on the wire: the side of a print.
import { L2Book } from '#core/book';
import { ROW_CLEAR, ROW_LEVEL, ROW_QUOTE, RowBlock } from '#core/rows';
import type { Aggressor, Lots, Side, Ticks } from '#core/units';
import { ASK, BID, NO_PRICE } from '#core/units';

export class ToldBook extends L2Book {
  /** `useQuotes`: the rows have touches only, which are the book. */
  constructor(private readonly useQuotes: boolean) {
    super();
  }

  /** True when row `i` is one of the book. */
  take(block: RowBlock, i: number): boolean {
    const kind = block.kind[i];
    const [side, ticks] = [block.side[i] as Side, block.price[i] as Ticks];
    const lots = block.size[i] as Lots;
    if (kind === ROW_LEVEL) this.apply(side, ticks, lots);
    else if (kind === ROW_CLEAR) this.clear();
    else if (kind === ROW_QUOTE && this.useQuotes) this.touch(side, ticks, lots);
    else return false;
    return true;
  }

  /** A side that the recording does not know is guessed from where the print lies. */
  takerOf(aggressor: Aggressor, ticks: number): Side {
    if (aggressor !== 0) return aggressor;
    return ticks >= this.mid ? BID : ASK;
  }

  /** Size 0: the feed gives no size. */
  private touch(side: Side, ticks: Ticks, lots: Lots): void {
    const before = side === BID ? this.bidTicks : this.askTicks;
    if (before !== NO_PRICE && before !== ticks) this.apply(side, before, 0 as Lots);
    this.apply(side, ticks, lots > 0 ? lots : (1 as Lots));
  }
}
