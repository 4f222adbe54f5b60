// Replay only: the venue's book and the bot's book some rows behind, blocks read from the file and checked. The work
// that no backtest can leave out. Used by the bench of the backtest and by the comparison with hftbacktest.
import { L2Book } from '#core/book';
import { ROW_CLEAR, ROW_LEVEL } from '#core/rows';
import type { RowSource } from '#core/rows';
import type { Lots, Side, Ticks } from '#core/units';
import { TapeSource } from '#tape/read';
import { timed } from '../measure.js';

const FEED_ROWS_BEHIND = 64;

/** Returns the rows replayed. Closes the source. */
export function replaySource(source: RowSource): number {
  const [venue, bot] = [new L2Book(), new L2Book()];
  let rows = 0;
  for (let block = source.next(); block !== null; block = source.next(block)) {
    const { kind, side, price, size, count } = block;
    for (let i = 0; i < count + FEED_ROWS_BEHIND; i += 1) {
      if (i < count) apply(venue, kind[i], side[i], price[i], size[i]);
      const j = i - FEED_ROWS_BEHIND;
      if (j >= 0) apply(bot, kind[j], side[j], price[j], size[j]);
    }
    rows += count;
  }
  source.close();
  return rows;
}

/** Seconds that one replay of a tape takes. */
export const replayTape = (path: string): number =>
  timed(() => void replaySource(new TapeSource(path)));

type Cell = number | undefined;
function apply(book: L2Book, kind: Cell, side: Cell, price: Cell, size: Cell): void {
  if (kind === ROW_LEVEL) book.apply(side as Side, price as Ticks, size as Lots);
  else if (kind === ROW_CLEAR) book.clear();
}
