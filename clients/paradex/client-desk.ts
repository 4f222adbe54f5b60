// What the words of Paradex mean for our orders: an older sequence number is nothing, a modify is judged by the order's
// own events and may give it a new id, and NEW then CLOSED for a known reason is a refusal.
import type { PlaceCommand, RejectReason } from '#core/messages';
import type { Lots, Micros } from '#core/units';
import { fromMs } from '#core/units';
import type { DeskParts, Ending } from '#clients/net/order-desk';
import { OrderDesk } from '#clients/net/order-desk';
import { holdEnd, isReplacement, ParadexOrder, replaceId } from './client-order.js';
import type { OrderWord } from './client-words.js';
import { closeReason, refusalReason } from './errors.js';

const HELD_ASK = fromMs(400);

export interface ParadexDeskParts extends DeskParts {
  /** A modify gave it a new id while a cancel of the old one was under way. */
  readonly onReplaced: (order: ParadexOrder) => void;
}

export class ParadexDesk extends OrderDesk<ParadexOrder, OrderWord> {
  /** Words for an end that the log has named: there is no complete list of them. */
  private readonly endings = new Set<string>();

  constructor(private readonly own: ParadexDeskParts) {
    super(own);
  }

  /** The venue took it in (NEW): it has an id. Whatever it may say of its state is not final. */
  taken(order: ParadexOrder, word: OrderWord): void {
    if (word.id !== '') this.name(order, word.id);
    if (order.phase === 'sent') order.phase = 'provisional';
  }

  amendLost(order: ParadexOrder): void {
    if (order.amend === null || order.phase === 'closed') return;
    this.soon(order, this.parts.timing.askAgain);
    this.unknown(order, 'amend');
  }

  /** The venue definitely refused to move it. */
  amendRefused(order: ParadexOrder, reason: RejectReason | 'not-found'): void {
    if (order.amend === null || order.phase === 'closed') return;
    order.amend = null;
    this.emit({ kind: 'amend-rejected', ordinal: order.ordinal, reason, us: this.parts.nowUs() });
    if (reason === 'not-found') this.soon(order, 0);
  }

  override heard(word: OrderWord): void {
    const order = this.ownerOf(word.clientId, word.id);
    if (order === undefined || word.market !== this.parts.market) return super.heard(word);
    if (order.retired.has(word.id)) return;
    const replaced = isReplacement(order, word.id);
    if (replaced) {
      replaceId(order, word.seq);
      this.rename(order, word.id);
    }
    if (word.seq > 0n && word.seq < order.seq) return;
    if (word.seq > order.seq) order.seq = word.seq;
    if (replaced && order.phase === 'closed' && word.state !== 'done') this.reopen(order);
    super.heard(word);
    if (order.phase === 'closed' || word.state !== 'open') return;
    this.judgeAmend(order, word, replaced);
    if (replaced && order.cancelSent) this.own.onReplaced(order);
  }

  protected make(command: PlaceCommand, id: string, nowUs: Micros): ParadexOrder {
    return new ParadexOrder(command, id, nowUs);
  }

  protected sizeOf(order: ParadexOrder | undefined, word: OrderWord): Lots {
    const size = this.parts.instrument.parseSize(word.size) ?? order?.lots ?? 0;
    return ((order?.baseLots ?? 0) + size) as Lots;
  }

  protected filledOf(order: ParadexOrder | undefined, word: OrderWord): Lots {
    const base = order?.baseLots ?? 0;
    return Math.max(base, this.sizeOf(order, word) - this.leftOf(word)) as Lots;
  }

  protected endOf(order: ParadexOrder, word: OrderWord): Ending | null {
    const { cancelReason } = word;
    const left = this.leftOf(word);
    const reason = closeReason(cancelReason, order.ioc ? 'IOC' : 'POST_ONLY');
    const unexplained = reason === 'venue' && Number(word.remaining) !== 0;
    if (holdEnd(order, unexplained, this.parts.nowUs())) {
      this.soon(order, HELD_ASK);
      return null;
    }
    if (reason === 'venue') this.noteOnce(cancelReason);
    if (this.isAsked(order, word)) this.amended(order, word);
    const lots = this.filledOf(order, word);
    return { lots, reason, refusal: refusalReason(cancelReason), whole: left === 0 && lots > 0 };
  }

  protected override close(order: ParadexOrder): void {
    super.close(order);
    order.amend = null;
  }

  protected override busy(order: ParadexOrder, word: OrderWord): boolean {
    return order.cancelSent || (order.amend !== null && !this.isAsked(order, word));
  }

  private noteOnce(cancelReason: string): void {
    const text = cancelReason.slice(0, 60).replace(/[^\w .-]/g, '?');
    if (text === '' || this.endings.has(text)) return;
    this.endings.add(text);
    this.parts.inbox.note('info', `the venue ended an order of ours: ${text}`);
  }

  private leftOf(word: OrderWord): Lots {
    return this.parts.instrument.parseSize(word.remaining) ?? (0 as Lots);
  }

  private isAsked(order: ParadexOrder, word: OrderWord): boolean {
    const { instrument } = this.parts;
    if (order.amend === null) return false;
    const { ticks, lots, wireLots } = order.amend;
    const size = instrument.parseSize(word.size);
    // Where the rest was sent the venue may state that, or the new total.
    return instrument.parsePrice(word.price) === ticks && (size === wireLots || size === lots);
  }

  /** A modify is judged by the order event alone: its status, or the price and size that it asked for. */
  private judgeAmend(order: ParadexOrder, word: OrderWord, replaced: boolean): void {
    if (order.amend === null) return;
    const { requestStatus, requestId } = word;
    const repeat = requestId !== '' && requestId === order.amendSeen;
    if (replaced || this.isAsked(order, word)) this.amended(order, word);
    else if (requestStatus === 'REJECTED' && !repeat) {
      order.amendSeen = requestId;
      this.amendRefused(order, 'other');
      order.dueUs = order.cancelSent ? order.dueUs : Infinity;
    }
  }

  private amended(order: ParadexOrder, word: OrderWord): void {
    const { amend } = order;
    if (amend === null) return;
    order.amendSeen = word.requestId;
    order.amend = null;
    order.ticks = amend.ticks;
    order.lots = amend.lots;
    const stated = this.parts.instrument.parseSize(word.size) ?? amend.wireLots;
    if (!order.retired.size) order.baseLots = (amend.lots - stated) as Lots;
    const { ordinal } = order;
    const { ticks, lots } = amend;
    this.emit({ kind: 'amended', ordinal, ticks, lots, us: this.parts.nowUs() });
  }
}
