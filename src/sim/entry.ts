// What the venue does with a command that has arrived: every check of a new order, amend and cancel, in the venue's
// order. Post-only as venues do it: accepted, then closed with a reason (Paradex POST_ONLY_WOULD_CROSS, ApeX
// COULD_NOT_FILL). It answers every command with at least one event; a price or size of any kind never throws.
import { unreachable } from '#core/assert';
import type { Instrument } from '#core/instrument';
import type { AmendCommand, Command, PlaceCommand, RejectReason } from '#core/messages';
import type { Lots, Side, TickPrice, Ticks } from '#core/units';
import { BID } from '#core/units';
import type { Desk } from './desk.js';
import { OrdinalSet } from './ordinal-set.js';
import { joinQueue } from './queue.js';
import { RestingOrder } from './resting.js';

interface Refusal {
  readonly reason: RejectReason;
  readonly detail: string;
}

export class OrderEntry {
  private readonly used = new OrdinalSet();

  constructor(
    private readonly desk: Desk,
    private readonly instrument: Instrument,
    /** False: every amend goes to the back of the queue at its price. */
    private readonly amendKeeps: boolean,
  ) {}

  submit(command: Command): void {
    switch (command.kind) {
      case 'place':
        return this.place(command);
      case 'amend':
        return this.amend(command);
      case 'cancel':
        return this.cancel(command.ordinal);
      case 'cancel-all': {
        const us = this.desk.nowUs;
        this.desk.closeAll('cancelled');
        return this.desk.emit({ kind: 'all-cancelled', us, venueUs: us });
      }
      default:
        return unreachable(command);
    }
  }

  private place(command: PlaceCommand): void {
    const { desk } = this;
    const { ordinal, side, ticks } = command;
    const us = desk.nowUs;
    const refusal = this.refusalOfPlace(command);
    if (refusal !== null) {
      desk.emit({ kind: 'rejected', us, ordinal, ...refusal });
      return;
    }
    desk.emit({ kind: 'accepted', us, ordinal });
    if (command.tif === 'ioc') {
      this.takeAtOnce(command);
    } else if (command.tif === 'gtc') {
      this.takeAndRest(command);
    } else if (this.wouldCross(side, ticks)) {
      const filledLots = 0 as Lots;
      desk.emit({ kind: 'closed', us, ordinal, reason: 'post-only', filledLots });
    } else {
      const order = new RestingOrder(ordinal, side, ticks, command.lots, command.reduceOnly);
      joinQueue(order, desk.book);
      desk.rest(order);
    }
  }

  /** What the book cannot give rests, even at a price that the recorded book still shows on the other side. */
  private takeAndRest(command: PlaceCommand): void {
    const { desk } = this;
    const { ordinal, side, ticks, lots, reduceOnly } = command;
    const most = reduceOnly ? desk.account.reducible(side) : lots;
    const taken = desk.take(ordinal, side, ticks, Math.min(lots, most) as Lots);
    if (taken === lots) return;
    const order = new RestingOrder(ordinal, side, ticks, lots, reduceOnly);
    order.filled = taken;
    joinQueue(order, desk.book);
    desk.rest(order);
  }

  private takeAtOnce(command: PlaceCommand): void {
    const { desk } = this;
    const { ordinal, side, reduceOnly } = command;
    const most = reduceOnly ? desk.account.reducible(side) : command.lots;
    const wanted = Math.min(command.lots, most) as Lots;
    const filledLots = desk.take(ordinal, side, command.ticks, wanted);
    if (filledLots === command.lots) return;
    desk.emit({ kind: 'closed', us: desk.nowUs, ordinal, reason: 'ioc', filledLots });
  }

  private refusalOfPlace(command: PlaceCommand): Refusal | null {
    const { ordinal, side, ticks, lots, reduceOnly } = command;
    if (!this.used.add(ordinal)) return { reason: 'duplicate-id', detail: `${ordinal} was used` };
    if (!isPrice(ticks)) return { reason: 'price', detail: `${ticks} ticks` };
    const tooSmall = this.tooSmall(ticks, lots, reduceOnly);
    if (tooSmall !== null) return tooSmall;
    if (reduceOnly) {
      const reduces = this.desk.account.reducible(side) > 0;
      return reduces ? null : { reason: 'reduce-only', detail: 'nothing to reduce' };
    }
    return this.beyondMargin(side, ticks, lots);
  }

  /** A position below the venue's minimum may be reduced, so reduce-only orders have none (spec.md section 1). */
  private tooSmall(ticks: Ticks, lots: Lots, reduceOnly: boolean): Refusal | null {
    if (!Number.isSafeInteger(lots) || lots <= 0) return { reason: 'size', detail: `${lots} lots` };
    if (reduceOnly) return null;
    const { minLots, minNotional } = this.instrument;
    if (lots < minLots) return { reason: 'size', detail: `${lots} lots, at least ${minLots}` };
    const notional = this.instrument.notional(lots, ticks);
    if (notional >= minNotional) return null;
    return { reason: 'size', detail: `notional ${notional}, at least ${minNotional}` };
  }

  /** With everything resting on its side filled as well, the position must stay within the leverage. */
  private beyondMargin(side: Side, ticks: Ticks, more: Lots): Refusal | null {
    const { account, mark, nowUs } = this.desk;
    const resting = this.desk.sideOf(side).openLots();
    const worst = Math.abs(account.position.lots + side * (resting + more)) as Lots;
    const price: TickPrice = mark > 0 ? mark : ticks;
    if (account.affords(nowUs, worst, price)) return null;
    return { reason: 'margin', detail: `${worst} lots at most` };
  }

  /** At or through the opposite touch. A book that is empty there, or crossed, is no reason to refuse. */
  private wouldCross(side: Side, ticks: Ticks): boolean {
    const { book } = this.desk;
    if (book.crossed) return false;
    return side === BID
      ? book.askTicks > 0 && ticks >= book.askTicks
      : book.bidTicks > 0 && ticks <= book.bidTicks;
  }

  private cancel(ordinal: number): void {
    const { desk } = this;
    const order = desk.orders.get(ordinal);
    if (order !== undefined) return desk.close(order, 'cancelled');
    desk.emit({ kind: 'cancel-rejected', us: desk.nowUs, ordinal, reason: 'not-found' });
  }

  /** Price or total size or both; an order that has filled the new total already, or would now cross, is closed. */
  private amend(command: AmendCommand): void {
    const { desk } = this;
    const { ordinal, ticks, lots } = command;
    const us = desk.nowUs;
    const order = desk.orders.get(ordinal);
    const reason = order === undefined ? 'not-found' : this.refusalOfAmend(order, command);
    if (order === undefined || reason !== null) {
      desk.emit({ kind: 'amend-rejected', us, ordinal, reason: reason ?? 'not-found' });
      return;
    }
    const keepsPlace = this.amendKeeps && ticks === order.ticks && lots <= order.lots;
    const crosses = !keepsPlace && this.wouldCross(order.side, ticks);
    order.lots = lots;
    if (order.remaining === 0) return desk.close(order, 'cancelled');
    if (crosses) return desk.close(order, 'post-only');
    if (!keepsPlace) this.requeue(order, ticks);
    desk.emit({ kind: 'amended', us, ordinal, ticks, lots });
  }

  private requeue(order: RestingOrder, ticks: Ticks): void {
    const { desk } = this;
    const side = desk.sideOf(order.side);
    side.remove(order);
    if (ticks !== order.ticks) desk.gap.left(order, order.ticks, desk.nowUs);
    order.ticks = ticks;
    joinQueue(order, desk.book);
    side.add(order);
  }

  /** Nothing here may depend on what has filled so far, or the fill models would no longer be nested. */
  private refusalOfAmend(order: RestingOrder, command: AmendCommand): RejectReason | null {
    const { side, ticks, lots } = command;
    if (side !== order.side) return 'other';
    if (!isPrice(ticks)) return 'price';
    const tooSmall = this.tooSmall(ticks, lots, order.reduceOnly);
    if (tooSmall !== null) return tooSmall.reason;
    const more = lots - order.lots;
    if (more <= 0 || order.reduceOnly) return null;
    return this.beyondMargin(side, ticks, more as Lots)?.reason ?? null;
  }
}

const isPrice = (ticks: number): boolean => Number.isSafeInteger(ticks) && ticks > 0;
