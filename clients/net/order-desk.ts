// Our orders at a venue, and which word of the venue becomes which event for the engine. A word never leads back (sent,
// pending, open, done), a fill counts once, a closed order stays closed, and silence is never taken for an answer. It
// sends nothing and asks nothing: `dueUs` says when somebody should ask. Each venue's desk says what its words mean.
import type { Instrument } from '#core/instrument';
import type { CloseReason, EngineEvent, OpenOrder, PlaceCommand } from '#core/messages';
import { CLIENT_ID_PREFIX, clientId } from '#core/messages';
import type { RejectReason } from '#core/messages';
import type { Lots, Micros, SpanMicros, Ticks } from '#core/units';
import { fromSeconds } from '#core/units';
import { OrderMemory } from './order-memory.js';
import type { OwnOrder } from './own-order.js';
import type { VenueCounters, VenueInbox } from './venue-client.js';
import type { OrderWord } from './words.js';

/** Times that fills counted by a close are asked for before the close is told anyway. */
const FILLS_GIVEN_UP = 4;
/** The wait between two questions about one order grows up to this many times. */
const SLOWEST = 5;
/** An order of another run that turns up this late was sent by a bot that lives: a dead one's are long here, or gone. */
const RIVAL_AFTER = fromSeconds(60);

export interface DeskTiming {
  /** Silence after which the venue is asked about an order. */
  readonly askAfter: SpanMicros;
  /** The venue is given this long to take in what we lost sight of, before it is asked. */
  readonly lostAsk: SpanMicros;
  /** Between two questions about one order; and how late the fills that a close has counted may be. */
  readonly askAgain: SpanMicros;
  /** The order cannot have arrived later than this after it was sent. */
  readonly latestArrival: SpanMicros;
}

export interface DeskParts {
  readonly instrument: Instrument;
  readonly market: string;
  readonly runId: string;
  readonly inbox: VenueInbox;
  readonly counters: VenueCounters;
  readonly nowUs: () => Micros;
  readonly timing: DeskTiming;
  /** An order is open that was believed never to have arrived: a list of open orders is needed. */
  readonly onSurprise: () => void;
}

/** How an order ended, by a word of the venue. */
export interface Ending {
  /** Fills of its whole life. */
  readonly lots: Lots;
  readonly reason: CloseReason;
  /** What it means when it had never rested; null: an ordinary end all the same. */
  readonly refusal: RejectReason | null;
  /** Filled to the last lot: its end is told after its fills. */
  readonly whole: boolean;
}

export abstract class OrderDesk<
  Order extends OwnOrder,
  Word extends OrderWord,
> extends OrderMemory<Order> {
  private readonly begunUs: Micros;
  /** Orders of other runs from when we began. */
  private readonly leftovers = new Set<string>();
  private rival = false;

  constructor(protected readonly parts: DeskParts) {
    super(parts.runId);
    this.begunUs = parts.nowUs();
  }

  protected abstract make(command: PlaceCommand, id: string, nowUs: Micros): Order;
  /** Its size by this word, fills of its whole life included. */
  protected abstract sizeOf(order: Order | undefined, word: Word): Lots;
  protected abstract filledOf(order: Order | undefined, word: Word): Lots;
  /** Null: not to be told yet, and `dueUs` says when to ask. */
  protected abstract endOf(order: Order, word: Word): Ending | null;

  /** It rests, and something that we asked of it is still under way. */
  protected busy(order: Order, _word: Word): boolean {
    return order.cancelSent;
  }

  /** We are about to send it. */
  placing(command: PlaceCommand): Order {
    const { runId, nowUs, timing } = this.parts;
    const now = nowUs();
    const order = this.make(command, clientId(runId, command.ordinal), now);
    order.dueUs = now + timing.askAfter;
    this.keep(order);
    return order;
  }

  /** The venue definitely refused to place it, or it certainly never left. */
  refused(order: Order, reason: RejectReason, detail: string): void {
    if (order.phase === 'closed') return;
    this.close(order);
    this.tell(order, { kind: 'rejected', reason, detail });
  }

  /** The answer to placing it will not come. */
  placeLost(order: Order): void {
    if (order.phase !== 'sent' || order.placeLost) return;
    order.placeLost = true;
    this.soon(order, this.parts.timing.lostAsk);
    this.unknown(order, 'place');
  }

  cancelLost(order: Order): void {
    if (order.phase === 'closed') return;
    this.soon(order, this.parts.timing.lostAsk);
    this.unknown(order, 'cancel');
  }

  /** Never an end: "not found" may mean filled, and is settled by a question. */
  cancelRefused(order: Order, reason: 'not-found' | 'rate-limit' | 'other'): void {
    if (order.phase === 'closed') return;
    order.cancelSent = false;
    const us = this.parts.nowUs();
    this.emit({ kind: 'cancel-rejected', ordinal: order.ordinal, reason, us });
    if (reason === 'not-found') this.soon(order, 0);
  }

  /** The engine believes it open: tells its end again. One that waits for its fills will be told anyway. */
  repeatEnd(order: Order): void {
    if (order.told && order.phase === 'closed') this.tellClosed(order);
  }

  /** Something of this order is under way: ask when nothing is heard. */
  expect(order: Order): void {
    this.soon(order, this.parts.timing.askAfter);
  }

  /** A word of the venue on an order of this market: from a stream, a list, a query or an answer. */
  heard(word: Word): void {
    if (word.market !== this.parts.market) return;
    const order = this.ownerOf(word.clientId, word.id);
    if (order === undefined) return this.stranger(word);
    this.name(order, word.id);
    order.absent = 0;
    if (order.phase === 'closed') {
      if (word.state === 'done') return this.counted(order, word);
      if (!order.byVerdict) return;
      this.reopen(order);
    }
    order.asks = 0;
    if (word.state === 'done') this.ended(order, word);
    else if (word.state === 'open') this.resting(order, word);
    else if (order.phase === 'sent') {
      order.phase = 'provisional';
      order.placeLost = false;
      this.expect(order);
    }
  }

  /** The venue does not know it. */
  missing(order: Order): void {
    if (order.phase === 'closed') return;
    order.absent += 1;
    const { timing, nowUs } = this.parts;
    const never = order.phase === 'sent' && order.venueId === '' && order.filledLots === 0;
    if (never && order.absent >= 2 && nowUs() - order.sentUs > timing.latestArrival) {
      this.refused(order, 'other', 'it never arrived: the venue has no record of it');
      order.byVerdict = true;
    } else this.soon(order, timing.askAgain);
  }

  /** A question about it went out, or could not: the next one waits. */
  asked(order: Order): void {
    order.asks += 1;
    this.soon(order, this.parts.timing.askAgain * Math.min(order.asks, SLOWEST));
  }

  /** A fill of one of ours was booked. */
  filled(order: Order, lots: Lots): void {
    order.filledLots = (order.filledLots + lots) as Lots;
    if (order.phase === 'closed' && !order.told) this.finish(order);
  }

  /** The fills since its end were asked for and are in: is it complete now? */
  settleFills(order: Order): void {
    if (order.phase === 'closed') this.finish(order);
  }

  /** One line of a list of open orders; null when it is of another market or done. */
  listed(word: Word): OpenOrder | null {
    const { instrument, market } = this.parts;
    if (word.market !== market || word.state === 'done') return null;
    const order = this.ownerOf(word.clientId, word.id);
    const { clientId: id, side } = word;
    return {
      ...{ ordinal: this.ordinalOf(id), clientId: id, side },
      ticks: instrument.parsePrice(word.price) ?? (0 as Ticks),
      lots: this.sizeOf(order, word),
      filledLots: this.filledOf(order, word),
    };
  }

  protected reopen(order: Order): void {
    this.parts.inbox.note('warn', `order ${order.clientId} arrived after all`);
    order.phase = 'sent';
    order.byVerdict = false;
    order.told = false;
    this.live.add(order);
    this.parts.onSurprise();
  }

  private stranger(word: Word): void {
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
    else this.otherRun(word);
  }

  /** Two bots on one account would each keep to limits that they break together: whoever notices stops. */
  private otherRun({ clientId: id, state }: Word): void {
    const { inbox, nowUs, timing } = this.parts;
    inbox.note('warn', `order ${id} of another run is open`);
    const us = nowUs();
    if (us - this.begunUs < Math.max(RIVAL_AFTER, timing.latestArrival)) this.leftovers.add(id);
    if (this.rival || this.leftovers.has(id) || state !== 'open') return;
    this.rival = true;
    const reason = `another bot trades this account: order ${id} is new and not of this run; one bot an account`;
    this.emit({ kind: 'operator', order: 'stop', reason, us });
  }

  private resting(order: Order, word: Word): void {
    const first = order.phase !== 'open';
    order.phase = 'open';
    order.placeLost = false;
    if (first) this.emit({ kind: 'accepted', ordinal: order.ordinal, us: this.parts.nowUs() });
    if (this.busy(order, word)) this.soon(order, this.parts.timing.askAgain);
    else order.dueUs = Infinity;
  }

  private ended(order: Order, word: Word): void {
    const rested = order.phase === 'open';
    const end = this.endOf(order, word);
    if (end === null) return;
    this.close(order);
    order.finalLots = Math.max(order.filledLots, this.possible(order, end.lots)) as Lots;
    order.closeReason = end.reason;
    // Taken, then thrown out without having rested: that is how a venue refuses late.
    if (!rested && end.refusal !== null && order.finalLots === 0) {
      this.tell(order, { kind: 'rejected', reason: end.refusal, detail: word.cancelReason });
      return;
    }
    // A partial fill with an end is told at once: what is owed counts as risk. A full one waits for its fills.
    if (!end.whole) this.tellClosed(order);
    this.finish(order);
  }

  /** Another word on a closed order: what is filled may only have grown. */
  private counted(order: Order, word: Word): void {
    const lots = this.possible(order, this.filledOf(order, word));
    order.finalLots = Math.max(order.finalLots, lots) as Lots;
    this.finish(order);
  }

  /** Never more than it had: a damaged word must not make fills owed that nobody owes. */
  private possible(order: Order, lots: Lots): Lots {
    return Math.min(lots, order.mostLots) as Lots;
  }

  /** Tells the end of a filled order once its fills are in, and watches for fills still owed. */
  private finish(order: Order): void {
    if (order.filledLots >= order.finalLots || order.asks >= FILLS_GIVEN_UP) {
      if (!order.told) this.tellClosed(order);
      this.live.delete(order);
      order.dueUs = Infinity;
      return;
    }
    this.live.add(order);
    this.soon(order, this.parts.timing.askAgain);
  }

  protected close(order: Order): void {
    order.phase = 'closed';
    order.placeLost = false;
    order.dueUs = Infinity;
    order.asks = 0;
  }

  private tellClosed(order: Order): void {
    const { closeReason: reason, finalLots } = order;
    this.tell(order, { kind: 'closed', reason, filledLots: finalLots });
  }

  private tell(order: Order, what: End): void {
    order.told = true;
    if (order.filledLots >= order.finalLots) this.live.delete(order);
    const { ordinal } = order;
    this.emit({ ...what, ordinal, us: this.parts.nowUs() } as EngineEvent);
  }

  protected unknown(order: Order, operation: 'place' | 'amend' | 'cancel'): void {
    this.parts.counters.unknowns += 1;
    this.emit({ kind: 'unknown', ordinal: order.ordinal, operation, us: this.parts.nowUs() });
  }

  protected soon(order: Order, span: number): void {
    order.dueUs = this.parts.nowUs() + span;
  }

  protected emit(event: EngineEvent): void {
    this.parts.inbox.event(Object.freeze(event));
  }
}

type End =
  | { readonly kind: 'rejected'; readonly reason: RejectReason; readonly detail: string }
  | { readonly kind: 'closed'; readonly reason: CloseReason; readonly filledLots: Lots };
