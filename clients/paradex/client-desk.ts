// Our orders at Paradex, and which word of the venue becomes which event for the engine. A reply is provisional, an
// event of the orders channel (or a later query) is the truth, an older sequence number is nothing, a fill counts once,
// and a closed order stays closed. It sends nothing and asks nothing: `due` says when somebody should ask.
import type { Instrument } from '#core/instrument';
import type { EngineEvent, OpenOrder, PlaceCommand, RejectReason } from '#core/messages';
import { CLIENT_ID_PREFIX, clientId, parseClientId } from '#core/messages';
import type { Lots, Micros, SpanMicros, Ticks } from '#core/units';
import { fromMs, fromSeconds } from '#core/units';
import type { VenueCounters, VenueInbox } from '#clients/net/venue-client';
import { holdEnd, isReplacement, OwnOrder, replaceId } from './client-order.js';
import type { OrderWord } from './client-words.js';
import { closeReason, refusalReason } from './errors.js';

/** Silence after which the venue is asked about an order. */
export const ASK_AFTER = fromSeconds(2);
/** The venue is given this long to take in what we lost sight of, before it is asked. */
const LOST_ASK = fromMs(300);
const HELD_ASK = fromMs(400);
/** Between two questions about one order. */
const ASK_AGAIN = fromSeconds(1);
/** Fills that a close has counted may be this late before they are asked for, and before the close is told anyway. */
const FILLS_LATE = fromSeconds(1);
const FILLS_GIVEN_UP = 4;
/** Closed orders are remembered for late words and repeats. */
const REMEMBERED = 2_048;

export interface DeskParts {
  readonly instrument: Instrument;
  readonly market: string;
  readonly runId: string;
  readonly inbox: VenueInbox;
  readonly counters: VenueCounters;
  readonly nowUs: () => Micros;
  /** An order is open that was believed never to have arrived: a list of open orders is needed. */
  readonly onSurprise: () => void;
  /** A modify gave it a new id while a cancel of the old one was under way. */
  readonly onReplaced: (order: OwnOrder) => void;
  /** The order cannot have arrived later than this after it was sent. */
  readonly latestArrival: SpanMicros;
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

  /** We are about to send it. */
  placing(command: PlaceCommand): OwnOrder {
    const { ordinal, side, ticks, lots, tif, reduceOnly } = command;
    const { runId, nowUs } = this.parts;
    const id = clientId(runId, ordinal);
    const now = nowUs();
    const order = new OwnOrder(ordinal, id, side, ticks, lots, tif === 'ioc', reduceOnly, now);
    order.dueUs = now + ASK_AFTER;
    this.byOrdinal.set(ordinal, order);
    this.live.add(order);
    this.forget();
    return order;
  }

  /** The venue took it in (NEW): it has an id. Whatever it may say of its state is not final. */
  taken(order: OwnOrder, word: OrderWord): void {
    if (word.id !== '') this.name(order, word.id);
    if (order.phase === 'sent') order.phase = 'provisional';
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
    this.soon(order, LOST_ASK);
    this.unknown(order, 'place');
  }

  amendLost(order: OwnOrder): void {
    if (order.amend === null || order.phase === 'closed') return;
    this.soon(order, ASK_AGAIN);
    this.unknown(order, 'amend');
  }

  /** The venue definitely refused to move it. */
  amendRefused(order: OwnOrder, reason: RejectReason | 'not-found'): void {
    if (order.amend === null || order.phase === 'closed') return;
    order.amend = null;
    this.emit({ kind: 'amend-rejected', ordinal: order.ordinal, reason, us: this.parts.nowUs() });
    if (reason === 'not-found') this.soon(order, 0);
  }

  cancelLost(order: OwnOrder): void {
    if (order.phase === 'closed') return;
    this.soon(order, ASK_AGAIN);
    this.unknown(order, 'cancel');
  }

  /** The engine believes it open: tells its end again. One that waits for its fills will be told anyway. */
  repeatEnd(order: OwnOrder): void {
    if (order.told && order.phase === 'closed') this.tellClosed(order);
  }

  /** Never an end: "not found" may mean filled, and is settled by a question. */
  cancelRefused(order: OwnOrder, reason: 'not-found' | 'rate-limit' | 'other'): void {
    if (order.phase === 'closed') return;
    order.cancelSent = false;
    const us = this.parts.nowUs();
    this.emit({ kind: 'cancel-rejected', ordinal: order.ordinal, reason, us });
    if (reason === 'not-found') this.soon(order, 0);
  }

  /** Something of this order is under way: ask when nothing is heard. */
  expect(order: OwnOrder): void {
    this.soon(order, ASK_AFTER);
  }

  /** A word of the venue on an order of this market, from the channel or from a query. */
  heard(word: OrderWord): void {
    if (word.market !== this.parts.market) return;
    const order = this.match(word);
    if (order === undefined) {
      this.stranger(word);
      return;
    }
    if (order.retired.has(word.id)) return;
    const replaced = isReplacement(order, word.id);
    if (replaced) replaceId(order, word.id, word.seq);
    if (word.seq > 0n && word.seq < order.seq) return;
    if (word.seq > order.seq) order.seq = word.seq;
    this.name(order, word.id);
    order.asks = 0;
    order.absent = 0;
    const gone = order.phase === 'closed' && (order.byVerdict || replaced);
    if (gone && word.status !== 'CLOSED') this.reopen(order);
    if (order.phase === 'closed') {
      if (word.status === 'CLOSED') this.finish(order);
      return;
    }
    if (word.status === 'CLOSED') this.ended(order, word);
    else if (word.status === 'OPEN') this.resting(order, word);
    else if (order.phase === 'sent') order.phase = 'provisional';
    this.judgeAmend(order, word, replaced);
    if (replaced && order.cancelSent && word.status === 'OPEN') this.parts.onReplaced(order);
  }

  /** The venue's history and list of open orders have never heard of it. */
  missing(order: OwnOrder): void {
    if (order.phase === 'closed') return;
    order.absent += 1;
    const age = this.parts.nowUs() - order.sentUs;
    const never = order.phase === 'sent' && order.venueId === '' && order.filledLots === 0;
    if (never && order.absent >= 2 && age > this.parts.latestArrival) {
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

  /** One line of a list of open orders; null when it is not of this market or makes no sense on its grid. */
  listed(word: OrderWord): OpenOrder | null {
    const { instrument, market } = this.parts;
    if (word.market !== market) return null;
    const ticks = instrument.parsePrice(word.price);
    const base = this.match(word)?.baseLots ?? 0;
    const lots = base + (instrument.parseSize(word.size) ?? 0);
    const left = instrument.parseSize(word.remaining);
    const { side, clientId: id } = word;
    const filledLots = Math.max(0, lots - (left ?? 0)) as Lots;
    return {
      ordinal: this.ordinalOf(id),
      ...{ clientId: id, side, filledLots },
      ticks: ticks ?? (0 as Ticks),
      lots: lots as Lots,
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

  private match(word: OrderWord): OwnOrder | undefined {
    return this.ownerOf(word.clientId, word.id);
  }

  private name(order: OwnOrder, id: string): void {
    if (id === '' || order.venueId === id) return;
    order.venueId = id;
    this.byVenueId.set(id, order);
  }

  private stranger(word: OrderWord): void {
    const closed = word.status === 'CLOSED';
    if (!word.clientId.startsWith(CLIENT_ID_PREFIX)) {
      if (closed) this.foreign.delete(word.id);
      else this.foreign.add(word.id);
      return;
    }
    const ordinal = this.ordinalOf(word.clientId);
    if (closed) return;
    // Ours, and nobody remembers it: the engine asks for the list, which names it.
    if (ordinal !== null) this.emit({ kind: 'accepted', ordinal, us: this.parts.nowUs() });
    else this.parts.inbox.note('warn', `order ${word.clientId} of another run is open`);
  }

  private resting(order: OwnOrder, word: OrderWord): void {
    const first = order.phase !== 'open';
    order.phase = 'open';
    order.placeLost = false;
    if (first) this.emit({ kind: 'accepted', ordinal: order.ordinal, us: this.parts.nowUs() });
    const busy = order.cancelSent || (order.amend !== null && !this.isAsked(order, word));
    if (busy) this.soon(order, ASK_AGAIN);
    else order.dueUs = Infinity;
  }

  private isAsked(order: OwnOrder, word: OrderWord): boolean {
    const { instrument } = this.parts;
    return (
      order.amend !== null &&
      instrument.parsePrice(word.price) === order.amend.ticks &&
      instrument.parseSize(word.size) === order.amend.wireLots
    );
  }

  /** A modify is judged by the order event alone: its status, or the price and size that it asked for. */
  private judgeAmend(order: OwnOrder, word: OrderWord, replaced: boolean): void {
    if (order.amend === null || word.status !== 'OPEN') return;
    const { requestStatus, requestId } = word;
    const repeat = requestId !== '' && requestId === order.amendSeen;
    if (replaced || this.isAsked(order, word)) this.amended(order, word);
    else if (requestStatus === 'REJECTED' && !repeat) {
      order.amendSeen = requestId;
      this.amendRefused(order, 'other');
      order.dueUs = order.cancelSent ? order.dueUs : Infinity;
    }
  }

  private amended(order: OwnOrder, word: OrderWord): void {
    const { amend } = order;
    if (amend === null) return;
    order.amendSeen = word.requestId;
    order.amend = null;
    order.ticks = amend.ticks;
    order.lots = amend.lots;
    if (!order.retired.size) order.baseLots = (amend.lots - amend.wireLots) as Lots;
    const { ordinal } = order;
    const { ticks, lots } = amend;
    this.emit({ kind: 'amended', ordinal, ticks, lots, us: this.parts.nowUs() });
  }

  private ended(order: OwnOrder, word: OrderWord): void {
    const { instrument } = this.parts;
    const reason = closeReason(word.cancelReason, order.ioc ? 'IOC' : 'POST_ONLY');
    const filled = word.remaining === '0' || Number(word.remaining) === 0;
    if (holdEnd(order, reason === 'venue' && !filled, this.parts.nowUs())) {
      this.soon(order, HELD_ASK);
      return;
    }
    if (this.isAsked(order, word)) this.amended(order, word);
    const size = instrument.parseSize(word.size) ?? order.lots;
    const left = instrument.parseSize(word.remaining) ?? (0 as Lots);
    const rested = order.phase === 'open';
    const final = (order.baseLots + Math.max(0, size - left)) as Lots;
    this.close(order);
    order.finalLots = Math.max(final, order.filledLots) as Lots;
    order.closeReason = reason;
    const refusal = refusalReason(word.cancelReason);
    if (!rested && refusal !== null && order.finalLots === 0) {
      this.tell(order, { kind: 'rejected', reason: refusal, detail: word.cancelReason });
      return;
    }
    // A partial fill with an end is told at once: what is owed counts as risk. A full one waits for its fills.
    if (left > 0 || size === 0) this.tellClosed(order);
    this.finish(order);
  }

  /** Tells the end of a filled order once its fills are in, and watches for fills still owed. */
  private finish(order: OwnOrder): void {
    const complete = order.filledLots >= order.finalLots;
    if (complete || order.asks >= FILLS_GIVEN_UP) {
      if (!order.told) this.tellClosed(order);
      if (complete || order.asks >= FILLS_GIVEN_UP) this.live.delete(order);
      order.dueUs = Infinity;
      return;
    }
    this.live.add(order);
    this.soon(order, FILLS_LATE);
  }

  private close(order: OwnOrder): void {
    order.phase = 'closed';
    order.placeLost = false;
    order.amend = null;
    order.dueUs = Infinity;
    order.asks = 0;
  }

  private tellClosed(order: OwnOrder): void {
    const { closeReason: reason, finalLots } = order;
    this.tell(order, { kind: 'closed', reason, filledLots: finalLots });
  }

  private tell(order: OwnOrder, what: Ending): void {
    order.told = true;
    const { ordinal } = order;
    if (order.filledLots >= order.finalLots) this.live.delete(order);
    this.emit({ ...what, ordinal, us: this.parts.nowUs() } as EngineEvent);
  }

  private unknown(order: OwnOrder, operation: 'place' | 'amend' | 'cancel'): void {
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

type Ending =
  | { readonly kind: 'rejected'; readonly reason: RejectReason; readonly detail: string }
  | {
      readonly kind: 'closed';
      readonly reason: OwnOrder['closeReason'];
      readonly filledLots: Lots;
    };
