// The life of one order as a flat mutable record and the transition for every event in every phase. Odd but possible
// orders of messages (fill before ack, fill after the close, duplicates, answers to nothing) are legal and come back
// as a note; only our own mistakes assert. It never guesses: what nobody said stays possible and counts as risk.
import { assert, unreachable } from './assert.js';
import type { Amended, Closed, CloseReason, Fill, OpenOrder, OrderEvent } from './messages.js';
import type { OutcomeUnknown, Rejected, TimeInForce } from './messages.js';
import type { Bps, Lots, Micros, Side, Ticks } from './units.js';

/** pending: sent, nothing heard. open: the venue has it. closed: it can match no more. */
export type OrderPhase = 'pending' | 'open' | 'closed';
/** What we know of one operation on an order. `unknown`: its answer will not come. */
export type OperationState = 'none' | 'sent' | 'unknown';
/** `absent`: no event said so, a newer list of open orders (or cancel-all) did not have it. */
export type ClosedBy = CloseReason | 'filled' | 'rejected' | 'absent';

/** The venue has not said how much of a closed order was filled. */
export const FINAL_UNKNOWN = -1;

export class Order {
  phase: OrderPhase = 'pending';
  /** The answer to the place request will not come; cleared by anything that proves the order open or closed. */
  placeUnknown = false;
  /** The venue has acknowledged it in so many words (a fill may come first). */
  acknowledged = false;
  amend: OperationState = 'none';
  /** What the amend in flight asks for. */
  amendTicks = 0 as Ticks;
  amendLots = 0 as Lots;
  cancel: OperationState = 'none';
  /** The venue said "not found": filled, closed, or not yet arrived. */
  missing = false;
  /** Sum of the fills reported one by one. */
  filledLots = 0 as Lots;
  /** Fills of its whole life by the venue's last word; FINAL_UNKNOWN while open or closed without one. */
  finalLots = FINAL_UNKNOWN as Lots;
  closedBy: ClosedBy | null = null;
  /** Local times: first proof that the venue had it, last command of ours about it, close; 0 = not yet. */
  openUs = 0 as Micros;
  actedUs: Micros;
  /** When the last amend was sent or reported. */
  amendUs = 0 as Micros;
  cancelUs = 0 as Micros;
  closedUs = 0 as Micros;
  /** When its price was last decided: its age as a quote. */
  quotedUs: Micros;
  /** Target distance from the fair price at the last decision. */
  distance = 0 as Bps;

  /** Throws AssertionFailure for sizes and prices that we must never send. `level`: the slot it was wanted for. */
  constructor(
    readonly ordinal: number,
    readonly side: Side,
    public ticks: Ticks,
    public lots: Lots,
    readonly tif: TimeInForce,
    readonly reduceOnly: boolean,
    public level: number,
    readonly sentUs: Micros,
  ) {
    assert(isCount(ticks) && isCount(lots), `order ${ordinal}: ${lots} lots at ${ticks} ticks`);
    this.actedUs = sentUs;
    this.quotedUs = sentUs;
  }

  /** What rests, as far as reported; 0 when closed. */
  get remainingLots(): Lots {
    return (this.phase === 'closed' ? 0 : Math.max(0, this.lots - this.filledLots)) as Lots;
  }

  /** The most that may still reach the position: open size at its worst, or fills of a closed order still owed. */
  get riskLots(): Lots {
    const most = this.phase === 'closed' && this.finalLots >= 0 ? this.finalLots : this.mostLots;
    return Math.max(0, most - this.filledLots) as Lots;
  }

  /** Largest total size that it may have at the venue. */
  get mostLots(): Lots {
    return this.amend === 'none' || this.amendLots < this.lots ? this.lots : this.amendLots;
  }

  /** Some outcome is unknown: only an event, a query or a reconciliation settles it. */
  get inDoubt(): boolean {
    if (this.phase === 'closed') return false;
    return (
      this.placeUnknown || this.missing || this.amend === 'unknown' || this.cancel === 'unknown'
    );
  }

  /** An answer is due or will not come. */
  get awaiting(): boolean {
    if (this.phase === 'closed') return false;
    return (
      this.phase === 'pending' || this.missing || this.amend !== 'none' || this.cancel !== 'none'
    );
  }

  /** We send an amend. One at a time, and only on an order that the venue has. */
  askAmend(ticks: Ticks, lots: Lots, nowUs: Micros): void {
    assert(this.phase === 'open', `order ${this.ordinal}: amend while ${this.phase}`);
    assert(this.amend === 'none' && this.cancel === 'none', `order ${this.ordinal}: amend on top`);
    assert(isCount(ticks) && isCount(lots), `order ${this.ordinal}: amend to ${lots} at ${ticks}`);
    this.amend = 'sent';
    this.amendTicks = ticks;
    this.amendLots = lots;
    this.amendUs = nowUs;
    this.actedUs = nowUs;
  }

  /** We send a cancel (again, if need be: cancels are idempotent). */
  askCancel(nowUs: Micros): void {
    assert(this.phase !== 'closed', `order ${this.ordinal}: cancel of a closed order`);
    this.cancel = 'sent';
    this.cancelUs = nowUs;
    this.actedUs = nowUs;
  }
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value > 0;

/**
 * Applies one event about this order. Returns a note when it was odd (for the log), null when it was not.
 * Duplicate fills must have been dropped by their trade id before. Throws only when the event is another order's.
 */
export function applyOrderEvent(order: Order, event: OrderEvent): string | null {
  assert(event.ordinal === order.ordinal, `event of ${event.ordinal} given to ${order.ordinal}`);
  switch (event.kind) {
    case 'accepted':
      return onAccepted(order, event.us);
    case 'rejected':
      return onRejected(order, event);
    case 'closed':
      return onClosed(order, event);
    case 'cancel-rejected':
      return onCancelRejected(order, event.reason);
    case 'amended':
      return onAmended(order, event);
    case 'amend-rejected':
      return onAmendRejected(order, event.reason, event.us);
    case 'fill':
      return onFill(order, event);
    case 'unknown':
      return onUnknown(order, event.operation);
    default:
      return unreachable(event);
  }
}

/** The venue has it: whatever we doubted about its arrival is settled. Returns a note if there was a doubt. */
function proveOpen(order: Order, us: Micros): string | null {
  const doubted = order.placeUnknown || order.missing;
  order.phase = 'open';
  order.openUs = us;
  order.placeUnknown = false;
  if (order.missing) {
    // The "not found" was a cancel that overtook the order: it did not cancel anything.
    order.missing = false;
    order.cancel = 'none';
  }
  return doubted ? 'open after all, its outcome was unknown' : null;
}

function close(order: Order, by: ClosedBy, finalLots: number, us: Micros): void {
  order.lots = order.mostLots;
  order.phase = 'closed';
  order.closedBy = by;
  order.closedUs = us;
  order.finalLots = finalLots as Lots;
  order.amend = 'none';
  order.missing = false;
  order.placeUnknown = false;
}

function closeIfFilled(order: Order, us: Micros): void {
  if (order.phase === 'open' && order.filledLots >= order.mostLots)
    close(order, 'filled', order.filledLots, us);
}

function onAccepted(order: Order, us: Micros): string | null {
  const again = order.acknowledged;
  order.acknowledged = true;
  if (order.phase === 'closed') {
    if (order.closedBy !== 'absent' || order.openUs > 0)
      return order.closedBy === 'filled' && !again ? null : `accepted after ${order.closedBy}`;
    order.closedBy = null;
    order.finalLots = FINAL_UNKNOWN as Lots;
    proveOpen(order, us);
    return 'accepted after a list of open orders did not have it';
  }
  if (order.phase === 'pending') return proveOpen(order, us);
  return again ? 'accepted twice' : null;
}

function onRejected(order: Order, event: Rejected): string | null {
  const { phase, filledLots, placeUnknown, closedBy } = order;
  if (phase === 'closed' && closedBy !== 'absent')
    return `rejected (${event.reason}) after ${closedBy}`;
  close(order, 'rejected', filledLots, event.us);
  if (phase === 'open' || filledLots > 0) return `rejected (${event.reason}) although it was open`;
  return placeUnknown ? `rejected (${event.reason}), its outcome was unknown` : null;
}

function onClosed(order: Order, event: Closed): string | null {
  const told = event.filledLots;
  const valid = Number.isSafeInteger(told) && told >= 0;
  const final = valid ? Math.max(told, order.filledLots) : FINAL_UNKNOWN;
  if (order.phase !== 'closed') {
    close(order, event.reason, final, event.us);
    return final === told ? null : `closed with ${told} filled, we know of ${order.filledLots}`;
  }
  if (order.closedBy === 'absent' || final > order.finalLots) {
    const odd =
      order.closedBy === 'absent' ? 'close reported late' : `closed again, ${told} filled`;
    order.closedBy = event.reason;
    order.finalLots = final as Lots;
    return odd;
  }
  return order.closedBy === 'filled' ? null : `closed (${event.reason}) after ${order.closedBy}`;
}

function onCancelRejected(
  order: Order,
  reason: 'not-found' | 'rate-limit' | 'other',
): string | null {
  if (order.phase === 'closed') return null; // the ordinary race of a cancel with a fill
  if (reason === 'not-found') {
    order.missing = true;
    order.cancel = 'unknown';
    return 'cancel answered "not found": may be filled';
  }
  order.cancel = 'none';
  return `cancel refused (${reason})`;
}

function onAmended(order: Order, event: Amended): string | null {
  const { ticks, lots } = event;
  if (!isCount(ticks) || !isCount(lots)) return `amended to ${lots} at ${ticks}: ignored`;
  if (order.phase === 'closed') return `amended after ${order.closedBy}`;
  const proof = order.phase === 'pending' ? proveOpen(order, event.us) : null;
  const asked = order.amend !== 'none' && ticks === order.amendTicks && lots === order.amendLots;
  if (!asked && ticks === order.ticks && lots === order.lots) return 'amended twice';
  order.ticks = ticks;
  order.amendUs = event.us;
  if (asked) {
    order.amend = 'none';
    order.lots = lots;
    closeIfFilled(order, event.us);
    return proof;
  }
  // It may be a repeat of an old one: it can raise what we count on, only a list of open orders can lower it.
  order.lots = Math.max(order.lots, lots) as Lots;
  return `amended to ${lots} at ${ticks}, which we did not ask for`;
}

function onAmendRejected(order: Order, reason: string, us: Micros): string | null {
  if (order.phase === 'closed') return null;
  if (order.amend === 'none') return `amend refused (${reason}), but none was asked for`;
  order.amend = 'none';
  if (reason === 'not-found') order.missing = true;
  closeIfFilled(order, us);
  return `amend refused (${reason})`;
}

function onFill(order: Order, event: Fill): string | null {
  order.filledLots = (order.filledLots + event.lots) as Lots;
  const over = order.filledLots > order.mostLots ? 'filled beyond its size' : null;
  if (order.phase === 'closed') {
    if (order.finalLots >= 0 && order.filledLots > order.finalLots) {
      order.finalLots = order.filledLots;
      return over ?? `fill after ${order.closedBy}, which did not count it`;
    }
    return over ?? `fill after ${order.closedBy}`;
  }
  const proof = order.phase === 'pending' ? proveOpen(order, event.us) : null;
  closeIfFilled(order, event.us);
  return over ?? proof;
}

function onUnknown(order: Order, operation: OutcomeUnknown['operation']): string | null {
  if (order.phase === 'closed') return null;
  if (operation === 'place') {
    if (order.phase !== 'pending' || order.placeUnknown) return null;
    order.placeUnknown = true;
  } else if (operation === 'amend') {
    if (order.amend !== 'sent') return null;
    order.amend = 'unknown';
  } else {
    if (order.cancel !== 'sent') return null;
    order.cancel = 'unknown';
  }
  return `outcome of ${operation} unknown`;
}

/** How far a statement of the venue, true at one moment of its clock, reaches in our own time. */
export interface Horizon {
  /** Local time at which the statement reached us. */
  readonly us: Micros;
  /** What the venue provably had before this (local) time was there at that moment, or gone. */
  readonly openBefore: Micros;
  /** What we sent before this (local) time had arrived by then, or never will. */
  readonly sentBefore: Micros;
}

/** A list of open orders has it. Settles doubts older than the list; returns a note when that changed something. */
export function applyListed(order: Order, listed: OpenOrder, horizon: Horizon): string | null {
  if (order.phase === 'closed') {
    // An older list may not undo a newer close.
    if (order.closedUs >= horizon.openBefore) return null;
    const by = order.closedBy;
    order.finalLots = FINAL_UNKNOWN as Lots;
    order.closedBy = null;
    order.cancel = 'none';
    proveOpen(order, horizon.us);
    takeListed(order, listed);
    return `listed as open after ${by}`;
  }
  let note = order.phase === 'pending' ? proveOpen(order, horizon.us) : null;
  const took = order.amendTicks === listed.ticks && order.amendLots === listed.lots;
  if (order.amend !== 'none' && (took || order.amendUs < horizon.sentBefore)) {
    note = took
      ? 'amend found in the list of open orders'
      : 'amend lost, by the list of open orders';
    order.amend = 'none';
    takeListed(order, listed);
  } else if (order.amend === 'none' && order.amendUs < horizon.openBefore) {
    takeListed(order, listed);
  }
  if ((order.missing || order.cancel !== 'none') && order.actedUs < horizon.sentBefore) {
    note = 'still open, by the list of open orders';
    order.missing = false;
    order.cancel = 'none';
  }
  closeIfFilled(order, horizon.us);
  return note;
}

function takeListed(order: Order, listed: OpenOrder): void {
  if (!isCount(listed.ticks) || !isCount(listed.lots)) return;
  order.ticks = listed.ticks;
  order.lots = listed.lots;
}

/**
 * A list of open orders (or a cancel-all, whose list is empty) does not have it. Closes it when the statement is
 * newer than its arrival; how much of it was filled stays unknown until the account agrees. True when it closed.
 */
export function applyAbsent(order: Order, horizon: Horizon): boolean {
  if (order.phase === 'closed') return false;
  const had = order.phase === 'open';
  if (had ? order.openUs >= horizon.openBefore : order.sentUs >= horizon.sentBefore) return false;
  close(order, 'absent', FINAL_UNKNOWN, horizon.us);
  return true;
}

/** The account agrees with our position at a moment after this order closed: no fill of it is owed. */
export function settleOwed(order: Order): void {
  assert(order.phase === 'closed', `order ${order.ordinal}: settled while ${order.phase}`);
  order.finalLots = order.filledLots;
}
