// Fills: each once, however often and on whatever way it comes (channel, REST after a reconnect). Our own record says
// which side we were on. Realised funding comes with fills or by the payments channel, as the switch says.
import type { Instrument } from '#core/instrument';
import type { EngineEvent } from '#core/messages';
import { parseMoney } from '#core/money';
import type { Micros, Money, Rate, Side, TickPrice, Ticks } from '#core/units';
import { MICROS_PER_MS } from '#core/units';
import type { VenueCounters, VenueInbox } from '#clients/net/venue-client';
import type { OrderDesk } from './client-desk.js';
import type { FillWord } from './client-words.js';
import type { ParadexSwitches } from './switches.js';

/** Ids remembered at least; twice as many at most. */
const REMEMBERED = 16_384;
/** A query after a break reaches back this far before the newest fill known. */
const OVERLAP_MS = 30_000;

export interface FillParts {
  readonly instrument: Instrument;
  readonly market: string;
  readonly desk: OrderDesk;
  readonly inbox: VenueInbox;
  readonly counters: VenueCounters;
  readonly switches: ParadexSwitches;
  readonly nowUs: () => Micros;
  /** The venue's clock at the start of this client: fills from before it are history. */
  readonly startMs: () => number;
}

export class FillDesk {
  private young = new Map<string, number>();
  private old = new Map<string, number>();
  /** Venue time of the newest fill of this market, ms, and its id. */
  newestMs = 0;
  newestId = '';

  constructor(private readonly parts: FillParts) {}

  /** The account that the engine starts with has been read. */
  get begun(): boolean {
    return this.parts.startMs() > 0;
  }

  /** Where a query for missed fills has to begin, ms of the venue's clock. */
  get sinceMs(): number {
    return Math.max(this.parts.startMs(), this.newestMs - OVERLAP_MS);
  }

  /** Venue time of a fill that we know, ms; undefined when we do not. */
  timeOf(id: string): number | undefined {
    return this.young.get(id) ?? this.old.get(id);
  }

  /** Books one fill. False when it was known, of another market, or from before our start. */
  heard(word: FillWord): boolean {
    const { market, desk, inbox, counters } = this.parts;
    if (word.market !== market) return false;
    if (this.timeOf(word.id) !== undefined) {
      counters.duplicateFills += 1;
      return false;
    }
    const order = desk.ownerOf(word.clientId, word.orderId);
    if (order === undefined && word.createdMs < this.parts.startMs()) return false;
    const event = this.eventOf(word, order?.side ?? null);
    if (event === null) {
      inbox.note('warn', `fill ${word.id} makes no sense on our grid; the account will tell`);
      return false;
    }
    this.remember(word);
    inbox.event(event);
    if (event.kind === 'fill' && order !== undefined) desk.filled(order, event.lots);
    this.funding(word);
    return true;
  }

  private eventOf(word: FillWord, own: Side | null): EngineEvent | null {
    const { instrument, desk, switches, nowUs } = this.parts;
    const ticks = instrument.parsePrice(word.price) ?? nearest(instrument, word.price);
    const lots = instrument.parseSize(word.size);
    const fee = word.fee === '' ? (0 as Money) : parseMoney(word.fee);
    if (ticks === null || lots === null || lots === 0 || fee === null) return null;
    const told = (switches.fillSide === 'taker' && word.maker ? -word.side : word.side) as Side;
    return Object.freeze({
      ...{ kind: 'fill' as const, tradeId: word.id, side: own ?? told, ticks, lots, fee },
      ordinal: desk.ordinalOf(word.clientId) ?? desk.ownerOf('', word.orderId)?.ordinal ?? null,
      maker: word.maker,
      venueUs: (word.createdMs * MICROS_PER_MS) as Micros,
      liquidation: word.liquidation,
      us: nowUs(),
    });
  }

  private funding(word: FillWord): void {
    if (this.parts.switches.fundingFrom !== 'fills' || word.realizedFunding === '') return;
    const amount = parseMoney(word.realizedFunding);
    if (amount === null || amount === 0) return;
    const { inbox, nowUs } = this.parts;
    const mark = 0 as TickPrice;
    inbox.event(Object.freeze({ kind: 'funding', amount, rate: 0 as Rate, mark, us: nowUs() }));
  }

  private remember(word: FillWord): void {
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

/** A price of another grid (the tick has just changed): the nearest of ours. */
function nearest(instrument: Instrument, text: string): Ticks | null {
  const ticks = Math.round(Number(text) / instrument.tickSize);
  return Number.isSafeInteger(ticks) && ticks > 0 ? (ticks as Ticks) : null;
}
