// How a decision is made smaller: the reducing side only, or what fits a room of lots. Per-decision path, immutable.
// Never makes an order larger, never moves a price, and gives back the same object when there was nothing to trim.
import type { Instrument } from '#core/instrument';
import type { Clamp, Decision, Immediate, Quote } from '#core/strategy';
import type { Lots, Side } from '#core/units';
import { ASK, BID } from '#core/units';

export const totalLots = (quotes: readonly Quote[]): number => {
  let sum = 0;
  for (const quote of quotes) sum += quote.lots;
  return sum;
};

/** A changed side and the clamp that says so; the same decision when neither side changed. */
export function withSides(
  decision: Decision,
  bids: readonly Quote[],
  asks: readonly Quote[],
  clampName: Clamp['name'] | null,
): Decision {
  if (bids === decision.bids && asks === decision.asks) return decision;
  const clamps: Clamp[] = [...decision.reason.clamps];
  if (clampName !== null) {
    const add = (before: readonly Quote[], after: readonly Quote[]): void => {
      if (before === after) return;
      clamps.push({ name: clampName, from: totalLots(before), to: totalLots(after) });
    };
    add(decision.bids, bids);
    add(decision.asks, asks);
  }
  return { ...decision, bids, asks, reason: { ...decision.reason, clamps } };
}

/**
 * The first quotes (innermost first, as they stand) that together stay within `room` lots. The one that no longer
 * fits is cut to the rest where the venue takes such a size, otherwise dropped, and so are those behind it.
 */
export function fitRoom(
  quotes: readonly Quote[],
  room: number,
  instrument: Instrument,
): readonly Quote[] {
  if (quotes.length === 0 || totalLots(quotes) <= room) return quotes;
  const kept: Quote[] = [];
  let left = room;
  for (const quote of quotes) {
    if (!(quote.lots <= left)) {
      const rest = Math.floor(left) as Lots;
      if (rest >= instrument.smallestLots(quote.ticks)) kept.push({ ...quote, lots: rest });
      break;
    }
    kept.push(quote);
    left -= quote.lots;
  }
  return kept;
}

/** An immediate order may only bring the position towards zero, never past it. Null when nothing of it may go. */
export function reducingImmediate(order: Immediate | null, positionLots: Lots): Immediate | null {
  if (order === null) return null;
  const side: Side = positionLots > 0 ? ASK : BID;
  const most = Math.abs(positionLots);
  if (most === 0 || order.side !== side) return null;
  return order.lots <= most ? order : { ...order, lots: most as Lots };
}

/**
 * Only what brings the position towards zero, reduce-only, together at most the position itself. A rest smaller
 * than the venue's minimum stays: such a position may be reduced only (spec.md section 1).
 */
export function keepReducing(decision: Decision, positionLots: Lots): Decision {
  const bids = positionLots < 0 ? reduceOnly(decision.bids, -positionLots) : none(decision.bids);
  const asks = positionLots > 0 ? reduceOnly(decision.asks, positionLots) : none(decision.asks);
  return withSides(decision, bids, asks, 'reduce-only');
}

const none = (quotes: readonly Quote[]): readonly Quote[] => (quotes.length === 0 ? quotes : []);

function reduceOnly(quotes: readonly Quote[], room: number): readonly Quote[] {
  if (quotes.every((quote) => quote.reduceOnly) && totalLots(quotes) <= room) return quotes;
  const kept: Quote[] = [];
  let left = room;
  for (const quote of quotes) {
    if (left <= 0) break;
    const lots = Math.min(quote.lots, left) as Lots;
    kept.push({ ...quote, lots, reduceOnly: true });
    left -= lots;
  }
  return kept;
}
