// What the client knows of one of our orders at Paradex beside what every venue's orders have: sequence numbers, a modify
// under way, and ids that a modify has replaced. client-desk.ts changes it; nobody else may.
import { OwnOrder } from '#clients/net/own-order';
import type { Lots, Ticks } from '#core/units';

export interface WantedAmend {
  readonly ticks: Ticks;
  /** The new total, fills included. */
  readonly lots: Lots;
  /** The size as it was sent: without what was filled then, where the switch says so. */
  readonly wireLots: Lots;
}

export class ParadexOrder extends OwnOrder {
  seq = 0n;
  amend: WantedAmend | null = null;
  /** Fills that the venue's `size` does not count any more, after a modify that sent the rest only. */
  baseLots = 0 as Lots;
  /** The modify request whose outcome has been told: later events repeat it. */
  amendSeen = '';
  /** Ids that a modify has replaced: their words are history. */
  readonly retired = new Set<string>();
  /** Since when an unexplained end during a modify waits for the order that may replace it; 0 = none. */
  heldUs = 0;
}

/** The venue speaks of this order under another id: a modify replaced it. Nobody confirmed that ids stay. */
export const isReplacement = (order: ParadexOrder, venueId: string): boolean =>
  order.venueId !== '' && venueId !== order.venueId && !order.retired.has(venueId);

/** Goes on under a new id, whose size counts only what was left. */
export function replaceId(order: ParadexOrder, seq: bigint): void {
  order.retired.add(order.venueId);
  order.seq = seq;
  order.heldUs = 0;
  order.baseLots = order.filledLots;
}

/** An end without a known reason while a modify is under way may only be the old id's: wait this long for a new one. */
const HOLD = 1_500_000;

/** True while the end must not be told yet. */
export function holdEnd(order: ParadexOrder, unexplained: boolean, nowUs: number): boolean {
  if (order.amend === null || !unexplained) return false;
  if (order.heldUs === 0) order.heldUs = nowUs;
  return nowUs - order.heldUs < HOLD;
}
