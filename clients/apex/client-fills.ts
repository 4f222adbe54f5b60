// Fills: each once, however often and on whatever way it comes (stream, snapshot, REST after a reconnect). A fill that
// the venue takes back later becomes a trade bust. Our own record says which side we were on.
import type { Instrument } from '#core/instrument';
import { parseMoney } from '#core/money';
import type { Micros, Money, Ticks } from '#core/units';
import { MICROS_PER_MS } from '#core/units';
import type { VenueCounters, VenueInbox } from '#clients/net/venue-client';
import type { OrderDesk } from './client-desk.js';
import type { FillWord } from './codec/words.js';

/** Ids remembered at least; twice as many at most. */
const REMEMBERED = 16_384;
/** A query after a break reaches back this far before the newest fill known. */
const OVERLAP_MS = 30_000;

export interface FillParts {
  readonly instrument: Instrument;
  readonly symbol: string;
  readonly desk: OrderDesk;
  readonly inbox: VenueInbox;
  readonly counters: VenueCounters;
  readonly nowUs: () => Micros;
  /** The venue's clock at the start of this client: fills from before it are history. */
  readonly startMs: number;
}

export class FillDesk {
  private young = new Map<string, boolean>();
  private old = new Map<string, boolean>();
  /** Venue time of the newest fill of this market, ms. */
  newestMs = 0;

  constructor(private readonly parts: FillParts) {}

  /** Where a query for missed fills has to begin, ms of the venue's clock. */
  get sinceMs(): number {
    return Math.max(this.parts.startMs, this.newestMs - OVERLAP_MS);
  }

  /** Books one fill. False when it was known, of another market, or from before our start. */
  heard(word: FillWord): boolean {
    const { symbol, desk, inbox, counters } = this.parts;
    if (word.symbol !== symbol) return false;
    const known = this.young.get(word.id) ?? this.old.get(word.id);
    if (known !== undefined) {
      if (word.failed && known) this.bust(word);
      else counters.duplicateFills += 1;
      return false;
    }
    const order = desk.ownerOf(word.clientId, word.orderId);
    if (word.failed || (order === undefined && word.createdMs < this.parts.startMs)) return false;
    if (!this.book(word)) {
      inbox.note('warn', `fill ${word.id} makes no sense on our grid; the account will tell`);
      return false;
    }
    return true;
  }

  private book(word: FillWord): boolean {
    const { instrument, desk, inbox, nowUs } = this.parts;
    const ticks = instrument.parsePrice(word.price) ?? nearest(instrument, word.price);
    const lots = instrument.parseSize(word.size);
    const fee = word.fee === '' ? (0 as Money) : parseMoney(word.fee);
    if (ticks === null || lots === null || lots === 0 || fee === null) return false;
    const order = desk.ownerOf(word.clientId, word.orderId);
    this.remember(word);
    inbox.event(
      Object.freeze({
        ...{ kind: 'fill' as const, tradeId: word.id, side: order?.side ?? word.side },
        ...{ ticks, lots, fee, maker: word.maker, liquidation: word.liquidation },
        ordinal: order?.ordinal ?? desk.ordinalOf(word.clientId),
        venueUs: (word.createdMs * MICROS_PER_MS) as Micros,
        us: nowUs(),
      }),
    );
    if (order !== undefined) desk.filled(order, lots);
    return true;
  }

  private bust(word: FillWord): void {
    const { inbox, nowUs } = this.parts;
    (this.young.has(word.id) ? this.young : this.old).set(word.id, false);
    inbox.note('warn', `the venue took fill ${word.id} back`);
    inbox.event(Object.freeze({ kind: 'trade-bust', tradeId: word.id, us: nowUs() }));
  }

  private remember(word: FillWord): void {
    if (this.young.size >= REMEMBERED) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(word.id, true);
    this.newestMs = Math.max(this.newestMs, word.createdMs);
  }
}

/** A price of another grid (the tick has just changed): the nearest of ours. */
function nearest(instrument: Instrument, text: string): Ticks | null {
  const ticks = Math.round(Number(text) / instrument.tickSize);
  return Number.isSafeInteger(ticks) && ticks > 0 ? (ticks as Ticks) : null;
}
