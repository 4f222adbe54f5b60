// What the client knows of one of our orders at Paradex, as a flat mutable record: how far the venue has confirmed it,
// what we asked of it, and by when something must have been heard. client-desk.ts changes it; nobody else may.
import type { CloseReason } from '#core/messages';
import type { Lots, Micros, Side, Ticks } from '#core/units';

/** sent: no word yet. provisional: NEW, not yet through the risk check. open: OPEN was said. closed: the last word. */
export type OwnPhase = 'sent' | 'provisional' | 'open' | 'closed';

export interface WantedAmend {
  readonly ticks: Ticks;
  /** The new total, fills included. */
  readonly lots: Lots;
  /** The size as it was sent: without what was filled then, where the switch says so. */
  readonly wireLots: Lots;
}

export class OwnOrder {
  phase: OwnPhase = 'sent';
  /** The venue's id; '' until it was said. */
  venueId = '';
  seq = 0n;
  /** Fills reported one by one. */
  filledLots = 0 as Lots;
  /** Fills of its whole life, once closed. */
  finalLots = 0 as Lots;
  closeReason: CloseReason = 'venue';
  /** The engine has been told that it is closed or was refused. */
  told = false;
  amend: WantedAmend | null = null;
  /** Fills that the venue's `size` does not count any more, after a modify that sent the rest only. */
  baseLots = 0 as Lots;
  /** The modify request whose outcome has been told: later events repeat it. */
  amendSeen = '';
  /** Ids that a modify has replaced: their words are history. */
  readonly retired = new Set<string>();
  /** Since when an unexplained end during a modify waits for the order that may replace it; 0 = none. */
  heldUs = 0;
  cancelSent = false;
  /** The outcome of its placing is not known. */
  placeLost = false;
  /** Closed because the venue had no record of it, not by its word. */
  byVerdict = false;
  /** By then something must have been heard, or the venue is asked. */
  dueUs = Infinity;
  asks = 0;
  /** Times that the venue's history did not have it. */
  absent = 0;

  constructor(
    readonly ordinal: number,
    readonly clientId: string,
    readonly side: Side,
    public ticks: Ticks,
    public lots: Lots,
    readonly ioc: boolean,
    readonly reduceOnly: boolean,
    readonly sentUs: Micros,
  ) {}

  /** Nothing more can happen to it, and the engine knows. */
  get done(): boolean {
    return this.phase === 'closed' && this.told;
  }
}

/** The venue speaks of this order under another id: a modify replaced it. Nobody confirmed that ids stay. */
export const isReplacement = (order: OwnOrder, venueId: string): boolean =>
  order.venueId !== '' && venueId !== order.venueId && !order.retired.has(venueId);

/** Goes on under the new id, whose size counts only what was left. */
export function replaceId(order: OwnOrder, venueId: string, seq: bigint): void {
  order.retired.add(order.venueId);
  order.venueId = venueId;
  order.seq = seq;
  order.heldUs = 0;
  order.baseLots = order.filledLots;
}

/** An end without a known reason while a modify is under way may only be the old id's: wait this long for a new one. */
const HOLD = 1_500_000;

/** True while the end must not be told yet. */
export function holdEnd(order: OwnOrder, unexplained: boolean, nowUs: Micros): boolean {
  if (order.amend === null || !unexplained) return false;
  if (order.heldUs === 0) order.heldUs = nowUs;
  return nowUs - order.heldUs < HOLD;
}
