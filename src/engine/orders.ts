// Every order that can still matter, and the level slots they rest in: one live order per slot and side, never two.
// It keeps the sums that the guards and the reconciler need. It sends nothing and decides nothing.
import { assert } from '#core/assert';
import { Order, settleOwed } from '#core/order';
import type { Lots, Micros, Side } from '#core/units';
import { BID } from '#core/units';

/** Levels below 0 are no slots: any number of orders, each looked after by whoever made it. */
export const IMMEDIATE = -1;
/** Open at the venue, but its slot is taken or it was forgotten: to be cancelled. */
export const STRAY = -2;
/** Works the position down after a halt. */
export const FLATTEN = -3;
/** Closed orders are remembered for late fills and repeats; older ones are forgotten. */
const REMEMBERED = 1024;

export class OrderTable {
  /** Orders that may still match or be reported filled; usually a handful. Order of arrival. */
  readonly live: Order[] = [];
  /** Of those, how many may be open at the venue. */
  open = 0;
  bidRisk = 0 as Lots;
  askRisk = 0 as Lots;
  /** Oldest decision behind a quietly resting quote; Infinity when none rests. */
  oldestQuoteUs = Infinity;
  /** Set by every change; the engine clears it when it has revalued. */
  dirty = true;
  /** Grows with every change but the age of a quote. */
  version = 0;
  private readonly known = new Map<number, Order>();
  private readonly bidSlots: (Order | null)[] = [];
  private readonly askSlots: (Order | null)[] = [];
  private readonly closed: number[] = [];
  private closedNext = 0;

  find(ordinal: number): Order | undefined {
    return this.known.get(ordinal);
  }

  /** The order in that slot, live by construction, or null. */
  slot(side: Side, level: number): Order | null {
    return this.slots(side)[level] ?? null;
  }

  /** Slots ever used on that side: levels 0 .. levels-1. */
  levels(side: Side): number {
    return this.slots(side).length;
  }

  /** Worst-case lots of one side. */
  risk(side: Side): Lots {
    return side === BID ? this.bidRisk : this.askRisk;
  }

  /** Takes an order that has just been sent (or found). Its slot must be free: that is the reconciler's duty. */
  add(order: Order): void {
    assert(!this.known.has(order.ordinal), `ordinal ${order.ordinal} used twice`);
    if (order.level >= 0) {
      assert(this.slot(order.side, order.level) === null, `two orders in slot ${order.level}`);
      this.occupy(order);
    }
    this.known.set(order.ordinal, order);
    this.live.push(order);
    this.recount();
  }

  /** After any change to `order`: frees or takes back its slot and counts again. */
  update(order: Order): void {
    const gone = order.phase === 'closed';
    if (order.level >= 0) {
      const held = this.slot(order.side, order.level);
      if (gone && held === order) this.slots(order.side)[order.level] = null;
      else if (!gone && held === null) this.occupy(order);
      else if (!gone && held !== order) order.level = STRAY; // it came back to a slot that was given away
    }
    if (!this.live.includes(order) && (!gone || order.riskLots > 0)) this.live.push(order);
    this.recount();
  }

  /** The account agreed at `beforeUs`: orders closed before it owe no fills. */
  settleOwed(beforeUs: Micros): void {
    for (const order of this.live) {
      if (order.phase === 'closed' && order.closedUs < beforeUs) settleOwed(order);
    }
    this.recount();
  }

  /** A quote was found right and its age begins again: nothing else is counted anew. */
  renewed(): void {
    let oldest = Infinity;
    for (let i = 0; i < this.live.length; i += 1) {
      const order = this.live[i] as Order;
      const rests = order.phase !== 'closed' && !order.awaiting && order.level >= 0;
      if (rests && order.quotedUs < oldest) oldest = order.quotedUs;
    }
    this.oldestQuoteUs = oldest;
  }

  recount(): void {
    const { live } = this;
    let bids = 0;
    let asks = 0;
    let open = 0;
    let oldest = Infinity;
    let kept = 0;
    for (let i = 0; i < live.length; i += 1) {
      const order = live[i] as Order;
      const risk = order.riskLots;
      if (order.side === BID) bids += risk;
      else asks += risk;
      if (order.phase !== 'closed') {
        open += 1;
        if (!order.awaiting && order.level >= 0 && order.quotedUs < oldest) oldest = order.quotedUs;
      } else if (risk === 0) {
        this.forgetLater(order.ordinal);
        continue;
      }
      live[kept] = order;
      kept += 1;
    }
    if (kept < live.length) live.length = kept;
    this.open = open;
    this.bidRisk = bids as Lots;
    this.askRisk = asks as Lots;
    this.oldestQuoteUs = oldest;
    this.dirty = true;
    this.version += 1;
  }

  private slots(side: Side): (Order | null)[] {
    return side === BID ? this.bidSlots : this.askSlots;
  }

  private occupy(order: Order): void {
    const slots = this.slots(order.side);
    while (slots.length <= order.level) slots.push(null);
    slots[order.level] = order;
  }

  private forgetLater(ordinal: number): void {
    const old = this.closed[this.closedNext];
    const stale = old === undefined ? undefined : this.known.get(old);
    if (stale !== undefined && old !== ordinal && !this.live.includes(stale)) {
      this.known.delete(old as number);
    }
    this.closed[this.closedNext] = ordinal;
    this.closedNext = (this.closedNext + 1) % REMEMBERED;
  }
}
