// Fills: each once, however often and on whatever way it comes (stream, snapshot, query after a break). Our own record
// says which side we were on.
import type { Instrument } from '#core/instrument';
import type { Micros, Side, Ticks } from '#core/units';
import { MICROS_PER_MS } from '#core/units';
import { sensibleFill } from './fill-sense.js';
import type { OrderDesk } from './order-desk.js';
import type { OwnOrder } from './own-order.js';
import type { VenueCounters, VenueInbox } from './venue-client.js';
import type { FillWord, OrderWord } from './words.js';

/** Ids remembered at least; twice as many at most. */
const REMEMBERED = 16_384;
/** A query after a break reaches back this far before the newest fill known. */
const OVERLAP_MS = 30_000;

export interface FillParts {
  readonly instrument: Instrument;
  readonly market: string;
  readonly desk: OrderDesk<OwnOrder, OrderWord>;
  readonly inbox: VenueInbox;
  readonly counters: VenueCounters;
  /** Whether the market is believed to trade at that price. */
  readonly believes: (ticks: Ticks) => boolean;
  readonly nowUs: () => Micros;
}

export class FillDesk<Word extends FillWord> {
  private young = new Map<string, number>();
  private old = new Map<string, number>();
  /** Fills matched before this (venue, ms) are in the account that the engine starts with; 0 until that was read. */
  startMs = 0;
  /** Venue time of the newest fill of this market, ms, and its id. */
  newestMs = 0;
  newestId = '';

  constructor(protected readonly parts: FillParts) {}

  /** Where a query for missed fills has to begin, ms of the venue's clock. */
  get sinceMs(): number {
    return Math.max(this.startMs, this.newestMs - OVERLAP_MS);
  }

  /** Venue time of a fill that we know, ms; undefined when we do not. */
  timeOf(id: string): number | undefined {
    return this.young.get(id) ?? this.old.get(id);
  }

  /** Books one fill. False when it was known, of another market, or from before our start. */
  heard(word: Word): boolean {
    const { market, desk, inbox, counters } = this.parts;
    if (word.market !== market) return false;
    if (this.timeOf(word.id) !== undefined) {
      counters.duplicateFills += 1;
      return false;
    }
    const known = desk.ownerOf(word.clientId, word.orderId) !== undefined;
    if (!known && word.createdMs < this.startMs) return false;
    const booked = this.book(word);
    if (!booked) inbox.note('warn', `fill ${word.id} cannot be as it was told; the account will tell`); // prettier-ignore
    return booked;
  }

  /** One of a query that overlaps what is known. */
  heardAgain(word: Word): void {
    if (this.timeOf(word.id) === undefined) this.heard(word);
  }

  /** Which side we were on where no order of ours says so. */
  protected sideOf(word: Word): Side {
    return word.side;
  }

  protected book(word: Word): boolean {
    const { instrument, desk, inbox, believes, nowUs } = this.parts;
    const order = desk.ownerOf(word.clientId, word.orderId);
    const limits = { orderLots: order?.mostLots ?? null, believes, nowUs: nowUs() };
    const fill = sensibleFill(instrument, word, limits);
    if (fill === null) return false;
    this.remember(word);
    inbox.event(
      Object.freeze({
        ...{ kind: 'fill' as const, tradeId: word.id, side: order?.side ?? this.sideOf(word) },
        ...{ ...fill, maker: word.maker, liquidation: word.liquidation },
        ordinal: order?.ordinal ?? desk.ordinalOf(word.clientId),
        venueUs: (word.createdMs * MICROS_PER_MS) as Micros,
        us: nowUs(),
      }),
    );
    if (order !== undefined) desk.filled(order, fill.lots);
    return true;
  }

  private remember(word: Word): void {
    if (this.young.size >= REMEMBERED) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(word.id, word.createdMs);
    if (word.createdMs < this.newestMs) return;
    this.newestMs = word.createdMs;
    this.newestId = word.id;
  }
}
