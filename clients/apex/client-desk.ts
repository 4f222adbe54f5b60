// Our orders at ApeX, and which word of the venue becomes which event for the engine. There are no sequence numbers: a
// word never leads back (pending, open, done), what is matched never shrinks, a fill counts once, and a closed order
// stays closed. It sends nothing and asks nothing: `dueUs` says when somebody should ask.
import type { Instrument } from '#core/instrument';
import type { EngineEvent, OpenOrder, PlaceCommand, RejectReason } from '#core/messages';
import { CLIENT_ID_PREFIX, clientId, parseClientId } from '#core/messages';
import type { Lots, Micros, Ticks } from '#core/units';
import { fromSeconds } from '#core/units';
import type { VenueCounters, VenueInbox } from '#clients/net/venue-client';
import { OwnOrder } from './client-order.js';
import type { OrderWord } from './codec/words.js';
import { closeReasonOf } from './errors.js';

/** Silence after which the venue is asked about an order. */
export const ASK_AFTER = fromSeconds(3);
const ASK_AGAIN = fromSeconds(2);
/** Two answers without it, and this long after it was sent: it never arrived. The venue has no receive window. */
export const NEVER_ARRIVED = fromSeconds(10);
/** Times that fills counted by a close are asked for before the close is told anyway. */
const FILLS_GIVEN_UP = 4;
/** Closed orders are remembered for late words and repeats. */
const REMEMBERED = 2_048;

export interface DeskParts {
  readonly instrument: Instrument;
  /** With a dash. */
  readonly symbol: string;
  readonly runId: string;
  readonly inbox: VenueInbox;
  readonly counters: VenueCounters;
  readonly nowUs: () => Micros;
  /** An order is open that was believed never to have arrived: a list of open orders is needed. */
  readonly onSurprise: () => void;
}

export class OrderDesk {
  private readonly byOrdinal = new Map<number, OwnOrder>();
  private readonly byVenueId = new Map<string, OwnOrder>();
  /** Venue ids of open orders on this market that carry no prefix of ours. */
  readonly foreign = new Set<string>();
  private readonly live = new Set<OwnOrder>();

  constructor(private readonly parts: DeskParts) {}

  find(ordinal: number): OwnOrder | undefined {
    return this.byOrdinal.get(ordinal);
  }

  /** Orders that may still be open, or whose end has not been told. */
  get open(): ReadonlySet<OwnOrder> {
    return this.live;
  }

  /** We are about to sign and send it. */
  placing(command: PlaceCommand): OwnOrder {
    const { ordinal, side, ticks, lots, tif, reduceOnly } = command;
    const now = this.parts.nowUs();
    const id = clientId(this.parts.runId, ordinal);
    const order = new OwnOrder(ordinal, id, side, ticks, lots, tif === 'ioc', reduceOnly, now);
    order.dueUs = now + ASK_AFTER;
    this.byOrdinal.set(ordinal, order);
    this.live.add(order);
    this.forget();
    return order;
  }

  /** The venue definitely refused to place it, or it certainly never left. */
  refused(order: OwnOrder, reason: RejectReason, detail: string): void {
    if (order.phase === 'closed') return;
    this.close(order);
    this.tell(order, { kind: 'rejected', reason, detail });
  }

  /** The answer to placing it will not come. */
  placeLost(order: OwnOrder): void {
    if (order.phase !== 'sent' || order.placeLost) return;
    order.placeLost = true;
    this.soon(order, 0);
    this.unknown(order, 'place');
  }

  cancelLost(order: OwnOrder): void {
    if (order.phase === 'closed') return;
    this.soon(order, 0);
    this.unknown(order, 'cancel');
  }

  /** Never an end: "not found" may mean filled, and is settled by a question. */
  cancelRefused(order: OwnOrder, reason: 'not-found' | 'rate-limit' | 'other'): void {
    if (order.phase === 'closed' && order.told) return;
    order.cancelSent = false;
    const us = this.parts.nowUs();
    this.emit({ kind: 'cancel-rejected', ordinal: order.ordinal, reason, us });
    if (reason === 'not-found') this.soon(order, 0);
  }

  /** Something of this order is under way: ask when nothing is heard. */
  expect(order: OwnOrder): void {
    this.soon(order, ASK_AFTER);
  }

  /** A word of the venue, from the stream, a list, a query or an answer. */
  heard(word: OrderWord): void {
    if (word.symbol !== this.parts.symbol) return;
    const order = this.ownerOf(word.clientId, word.id);
    if (order === undefined) return this.stranger(word);
    this.name(order, word.id);
    order.absent = 0;
    if (order.phase === 'closed' && order.byVerdict) this.reopen(order);
    if (order.phase === 'closed') {
      if (word.state === 'done') this.raise(order, word);
      return;
    }
    if (word.state === 'done') this.ended(order, word);
    else if (word.state === 'open') this.resting(order);
    else if (order.phase === 'sent') {
      order.phase = 'provisional';
      order.placeLost = false;
      this.soon(order, ASK_AFTER);
    }
  }

  /** The venue does not know it. */
  missing(order: OwnOrder): void {
    if (order.phase === 'closed') return;
    order.absent += 1;
    const age = this.parts.nowUs() - order.sentUs;
    const never = order.phase === 'sent' && order.venueId === '' && order.filledLots === 0;
    if (never && order.absent >= 2 && age > NEVER_ARRIVED) {
      this.refused(order, 'other', 'it never arrived: the venue has no record of it');
      order.byVerdict = true;
    } else this.soon(order, ASK_AGAIN);
  }

  /** A question about it went out, or could not: the next one waits. */
  asked(order: OwnOrder): void {
    order.asks += 1;
    this.soon(order, ASK_AGAIN * Math.min(order.asks, 5));
  }

  /** A fill of one of ours was booked. */
  filled(order: OwnOrder, lots: Lots): void {
    order.filledLots = (order.filledLots + lots) as Lots;
    if (order.phase === 'closed' && !order.told) this.finish(order);
  }

  ownerOf(clientIdText: string, orderId: string): OwnOrder | undefined {
    const known = this.byVenueId.get(orderId);
    if (known !== undefined) return known;
    const ordinal = this.ordinalOf(clientIdText);
    return ordinal === null ? undefined : this.byOrdinal.get(ordinal);
  }

  /** Our ordinal in a client id; null when it is somebody else's, or of another run. */
  ordinalOf(text: string): number | null {
    const parsed = parseClientId(text);
    return parsed !== null && parsed.runId === this.parts.runId ? parsed.ordinal : null;
  }

  /** One line of a list of open orders; null when it is of another market or done. */
  listed(word: OrderWord): OpenOrder | null {
    const { instrument, symbol } = this.parts;
    if (word.symbol !== symbol || word.state === 'done') return null;
    return {
      ordinal: this.ordinalOf(word.clientId),
      ...{ clientId: word.clientId, side: word.side },
      ticks: instrument.parsePrice(word.price) ?? (0 as Ticks),
      lots: instrument.parseSize(word.size) ?? (0 as Lots),
      filledLots: instrument.parseSize(word.filled) ?? (0 as Lots),
    };
  }

  /** The fills since its end were asked for and are in: is it complete now? */
  settleFills(order: OwnOrder): void {
    if (order.phase === 'closed') this.finish(order);
  }

  private reopen(order: OwnOrder): void {
    this.parts.inbox.note('warn', `order ${order.clientId} arrived after all`);
    order.phase = 'sent';
    order.byVerdict = false;
    order.told = false;
    this.live.add(order);
    this.parts.onSurprise();
  }

  private name(order: OwnOrder, id: string): void {
    if (id === '' || order.venueId === id) return;
    order.venueId = id;
    this.byVenueId.set(id, order);
  }

  private stranger(word: OrderWord): void {
    const done = word.state === 'done';
    if (!word.clientId.startsWith(CLIENT_ID_PREFIX)) {
      if (done) this.foreign.delete(word.id);
      else this.foreign.add(word.id);
      return;
    }
    if (done) return;
    const ordinal = this.ordinalOf(word.clientId);
    // Ours, and nobody remembers it: the engine asks for the list, which names it.
    if (ordinal !== null) this.emit({ kind: 'accepted', ordinal, us: this.parts.nowUs() });
    else this.parts.inbox.note('warn', `order ${word.clientId} of another run is open`);
  }

  private resting(order: OwnOrder): void {
    const first = order.phase !== 'open';
    order.phase = 'open';
    order.placeLost = false;
    order.asks = 0;
    if (first) this.emit({ kind: 'accepted', ordinal: order.ordinal, us: this.parts.nowUs() });
    if (order.cancelSent) this.soon(order, ASK_AGAIN);
    else order.dueUs = Infinity;
  }

  private ended(order: OwnOrder, word: OrderWord): void {
    const rested = order.phase === 'open';
    this.close(order);
    order.finalLots = Math.max(this.lotsOf(word.filled), order.filledLots) as Lots;
    order.closeReason = closeReasonOf(word.status, word.cancelReason, order.ioc);
    // Accepted, then thrown out without having rested: the venue's way of refusing a post-only order.
    const refusal = REFUSALS[order.closeReason];
    if (!rested && refusal !== undefined && order.finalLots === 0) {
      this.tell(order, { kind: 'rejected', reason: refusal, detail: word.cancelReason });
      return;
    }
    // A partial fill with an end is told at once: what is owed counts as risk. A full one waits for its fills.
    if (word.status !== 'FILLED') this.tellClosed(order);
    this.finish(order);
  }

  /** A later word on a closed order: what is matched may only have grown. */
  private raise(order: OwnOrder, word: OrderWord): void {
    const lots = this.lotsOf(word.filled);
    if (lots <= order.finalLots) return;
    order.finalLots = lots;
    this.finish(order);
  }

  private lotsOf(text: string): Lots {
    return this.parts.instrument.parseSize(text) ?? (0 as Lots);
  }

  /** Tells the end of a filled order once its fills are in, and watches for fills still owed. */
  private finish(order: OwnOrder): void {
    const complete = order.filledLots >= order.finalLots;
    if (complete || order.asks >= FILLS_GIVEN_UP) {
      if (!order.told) this.tellClosed(order);
      this.live.delete(order);
      order.dueUs = Infinity;
      return;
    }
    this.live.add(order);
    this.soon(order, ASK_AGAIN);
  }

  private close(order: OwnOrder): void {
    order.phase = 'closed';
    order.placeLost = false;
    order.dueUs = Infinity;
    order.asks = 0;
  }

  private tellClosed(order: OwnOrder): void {
    const { closeReason: reason, finalLots } = order;
    this.tell(order, { kind: 'closed', reason, filledLots: finalLots });
  }

  private tell(order: OwnOrder, what: Ending): void {
    order.told = true;
    if (order.filledLots >= order.finalLots) this.live.delete(order);
    const { ordinal } = order;
    this.emit({ ...what, ordinal, us: this.parts.nowUs() } as EngineEvent);
  }

  private unknown(order: OwnOrder, operation: 'place' | 'cancel'): void {
    this.parts.counters.unknowns += 1;
    this.emit({ kind: 'unknown', ordinal: order.ordinal, operation, us: this.parts.nowUs() });
  }

  private soon(order: OwnOrder, span: number): void {
    order.dueUs = this.parts.nowUs() + span;
  }

  private emit(event: EngineEvent): void {
    this.parts.inbox.event(Object.freeze(event));
  }

  private forget(): void {
    if (this.byOrdinal.size <= REMEMBERED) return;
    for (const [ordinal, order] of this.byOrdinal) {
      if (this.live.has(order)) continue;
      this.byOrdinal.delete(ordinal);
      this.byVenueId.delete(order.venueId);
      if (this.byOrdinal.size <= REMEMBERED) return;
    }
  }
}

const REFUSALS: Readonly<Partial<Record<OwnOrder['closeReason'], RejectReason>>> = {
  'post-only': 'post-only',
  'reduce-only': 'reduce-only',
  venue: 'other',
};

type Ending =
  | { readonly kind: 'rejected'; readonly reason: RejectReason; readonly detail: string }
  | {
      readonly kind: 'closed';
      readonly reason: OwnOrder['closeReason'];
      readonly filledLots: Lots;
    };
