// Hot path: the touch as it would be without us. A venue's public book shows our own quotes too, and "strictly behind the
// touch" measured from a touch that is us alone would walk away from the market, a tick at every requote.
import type { L2Book } from '#core/book';
import type { Side, Ticks } from '#core/units';
import type { OrderTable } from './orders.js';

/**
 * The best price of that side with more on it than we may have there; NO_PRICE when there is none. An order whose
 * outcome is unknown counts as ours: the error is a quote farther out, never nearer. Allocation-free.
 */
export function outerTouch(book: L2Book, table: OrderTable, side: Side): Ticks {
  let ticks = side > 0 ? book.bidTicks : book.askTicks;
  while (ticks > 0) {
    let own = 0;
    for (let i = 0; i < table.live.length; i += 1) {
      const order = table.live[i];
      if (order !== undefined && order.side === side && order.ticks === ticks)
        own += order.remainingLots;
    }
    if (own === 0 || book.lotsAt(side, ticks) > own) return ticks;
    ticks = book.next(side, ticks);
  }
  return ticks;
}
