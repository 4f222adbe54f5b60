// What the client knows of one of our orders at ApeX, as a flat mutable record: how far the venue has confirmed it, what
// we asked of it, and by when something must have been heard. client-desk.ts changes it; nobody else may.
import type { CloseReason } from '#core/messages';
import type { Lots, Micros, Side, Ticks } from '#core/units';

/** sent: no word yet. provisional: PENDING. open: OPEN was said. closed: the last word. */
export type OwnPhase = 'sent' | 'provisional' | 'open' | 'closed';

export class OwnOrder {
  phase: OwnPhase = 'sent';
  /** The venue's id; '' until it was said. */
  venueId = '';
  /** Fills reported one by one. */
  filledLots = 0 as Lots;
  /** Fills of its whole life, once closed. */
  finalLots = 0 as Lots;
  closeReason: CloseReason = 'venue';
  /** The engine has been told that it is closed or was refused. */
  told = false;
  cancelSent = false;
  /** The request has left (signing comes first). */
  left = false;
  /** The outcome of its placing is not known. */
  placeLost = false;
  /** Closed because the venue had no record of it, not by its word. */
  byVerdict = false;
  /** By then something must have been heard, or the venue is asked. */
  dueUs = Infinity;
  asks = 0;
  /** Times that the venue did not know it. */
  absent = 0;

  constructor(
    readonly ordinal: number,
    readonly clientId: string,
    readonly side: Side,
    readonly ticks: Ticks,
    readonly lots: Lots,
    readonly ioc: boolean,
    readonly reduceOnly: boolean,
    readonly sentUs: Micros,
  ) {}
}
