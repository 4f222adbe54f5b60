// Self-trade prevention of the simulated Paradex: which order of the same account an aggressive one would meet. Without a
// word of the client the aggressive one is closed (EXPIRE_TAKER). It changes nothing itself.
import type { Side, Ticks } from '#core/units';
import type { VenueOrder } from './order.js';

/** Why either of the two ends. */
export const SELF_TRADE = 'SELF_TRADE_PREVENTION';

/** The first of our resting orders that one of `side` up to `limit` would meet; null: none. */
export function firstMet(open: Iterable<VenueOrder>, side: Side, limit: Ticks): VenueOrder | null {
  let met: VenueOrder | null = null;
  for (const order of open) {
    if (order.ordinal === 0 || order.facts.side === side) continue;
    if ((order.ticks - limit) * side > 0) continue;
    if (met === null || (order.ticks - met.ticks) * side < 0) met = order;
  }
  return met;
}
