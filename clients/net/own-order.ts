// What a client knows of one of our orders, as a flat mutable record: how far the venue has confirmed it, what we asked of
// it, and by when something must have been heard. The order desk changes it; nobody else may.
import type { CloseReason, PlaceCommand } from '#core/messages';
import type { Lots, Micros, Side, Ticks } from '#core/units';

/** sent: no word yet. provisional: the venue has it, not on the book. open: it rests. closed: the last word. */
export type OwnPhase = 'sent' | 'provisional' | 'open' | 'closed';

export class OwnOrder {
  readonly ordinal: number;
  readonly side: Side;
  readonly ioc: boolean;
  readonly reduceOnly: boolean;
  ticks: Ticks;
  lots: Lots;
  /** The largest size that it had or was asked to have: nothing can have filled more of it. */
  mostLots: Lots;
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
    { ordinal, side, ticks, lots, tif, reduceOnly }: PlaceCommand,
    readonly clientId: string,
    readonly sentUs: Micros,
  ) {
    this.ordinal = ordinal;
    this.side = side;
    this.ioc = tif === 'ioc';
    this.reduceOnly = reduceOnly;
    this.ticks = ticks;
    this.lots = this.mostLots = lots;
  }
}
