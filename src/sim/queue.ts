// Where we stand in the queue at our price, estimated from sizes by price level (the recording names no orders).
// Only trades advance us (pessimistic), or cancels do too by a power or log law (as in hftbacktest), or everyone at our
// price is before us always (behind-ui: API orders at Paradex).
// It decides how much of a print reaches us; it never decides whether a price was traded through.
import { assert } from '#core/assert';
import type { L2Book } from '#core/book';
import type { Lots } from '#core/units';
import { NO_PRICE } from '#core/units';
import type { RestingOrder } from './resting.js';

export const QUEUE_MODELS = ['pessimistic', 'power', 'log', 'behind-ui'] as const;
export type QueueModelName = (typeof QUEUE_MODELS)[number];

export interface QueueModel {
  readonly name: QueueModelName;
  /** The size of others at the order's price is now `lots`; sets `order.ahead`. */
  levelChanged(order: RestingOrder, lots: Lots): void;
}

/** Cancels happen behind us as long as they can: we advance only when the level is smaller than what was ahead. */
export const PESSIMISTIC: QueueModel = Object.freeze({
  name: 'pessimistic' as const,
  levelChanged(order: RestingOrder, lots: Lots): void {
    order.ahead = Math.min(order.ahead, lots);
  },
});

/**
 * Orders of the venue's own interface rest before ours at a price, also those that come later (Paradex, API orders).
 * Which ones they are no feed says: all of the displayed size is taken to be theirs, now and whenever it changes.
 */
export const BEHIND_UI: QueueModel = Object.freeze({
  name: 'behind-ui' as const,
  levelChanged(order: RestingOrder, lots: Lots): void {
    order.ahead = lots;
  },
});

/** A decrease that no print explains happened behind us with some probability; we advance by the expected value. */
abstract class ProbabilityQueue implements QueueModel {
  abstract readonly name: QueueModelName;

  levelChanged(order: RestingOrder, lots: Lots): void {
    const front = order.ahead;
    const cancelled = order.levelLots - order.traded - lots;
    if (cancelled > 0 && front > 0 && front < Infinity) {
      const back = Math.max(0, order.levelLots - order.traded - front);
      const behind = this.behind(front, back);
      order.ahead = Math.max(0, front - (1 - behind) * cancelled);
    }
    order.ahead = Math.min(order.ahead, lots); // more went than was behind us
  }

  /** Probability that a cancel is behind us, with `front` lots before us (> 0) and `back` behind. */
  protected abstract behind(front: number, back: number): number;
}

/** back^n / (back^n + front^n) (Rigtorp 2013; hftbacktest's PowerProbQueueFunc). Deterministic. */
export class PowerQueue extends ProbabilityQueue {
  readonly name = 'power';

  constructor(private readonly exponent = 2) {
    super();
    assert(exponent > 0 && exponent < 100, `an exponent of ${exponent} for the queue model`);
  }

  /** exp and log, not a power: bit-equal on every Node (DESIGN.md section 3). */
  protected behind(front: number, back: number): number {
    if (back <= 0) return 0;
    return 1 / (1 + Math.exp(this.exponent * Math.log(front / back)));
  }
}

/** log(1 + back) / (log(1 + back) + log(1 + front)), in lots (hftbacktest's LogProbQueueFunc). Deterministic. */
export class LogQueue extends ProbabilityQueue {
  readonly name = 'log';

  protected behind(front: number, back: number): number {
    if (back <= 0) return 0;
    const [f, b] = [Math.log1p(front), Math.log1p(back)];
    return b / (b + f);
  }
}

export function queueModelOf(name: QueueModelName): QueueModel {
  if (name === 'power') return new PowerQueue();
  if (name === 'log') return new LogQueue();
  return name === 'behind-ui' ? BEHIND_UI : PESSIMISTIC;
}

/**
 * The order joins the end of the queue at its price. Beyond the last displayed level nothing is known (a top-N feed
 * shows no size there): what is ahead is then whatever the level shows when it first appears.
 */
export function joinQueue(order: RestingOrder, book: L2Book): void {
  const lots = book.lotsAt(order.side, order.ticks);
  const hidden = lots === 0 && book.next(order.side, order.ticks) === NO_PRICE;
  order.ahead = hidden ? Infinity : lots;
  order.levelLots = lots;
  order.traded = 0;
}

/** A level row at a price of ours (`i` is our first order there), already applied to `book`. */
export function levelMoved(
  model: QueueModel,
  orders: readonly RestingOrder[],
  i: number,
  book: L2Book,
): void {
  const { side, ticks } = orders[i] as RestingOrder;
  const lots = book.lotsAt(side, ticks);
  // The last displayed level went: it may only have left the feed's window, with its queue intact.
  const leftWindow = lots === 0 && book.next(side, ticks) === NO_PRICE;
  let least = 0;
  for (let k = i; k < orders.length; k++) {
    const order = orders[k] as RestingOrder;
    if (order.ticks !== ticks) return;
    if (!leftWindow) model.levelChanged(order, lots);
    if (order.ahead < least) order.ahead = least; // a later order of ours is never ahead of an earlier one
    least = order.ahead;
    order.levelLots = lots;
    order.traded = 0;
  }
}

/** Whoever executes a fill; may remove the order, and others, from the list. */
export interface Filler {
  fill(order: RestingOrder, lots: number): void;
}

/**
 * A print of `lots` at the price of our best orders (the first ones of `orders`): it consumes what is ahead of the
 * first, then fills the first, then what is between it and the second, and so on.
 */
export function printAtOurPrice(orders: readonly RestingOrder[], lots: Lots, filler: Filler): void {
  const ticks = orders[0]?.ticks;
  let available = lots as number;
  let others = 0; // lots of others that this print has consumed
  let i = 0;
  while (i < orders.length && available > 0) {
    const order = orders[i] as RestingOrder;
    if (order.ticks !== ticks) break;
    const consumed = Math.min(available, Math.max(0, order.ahead - others));
    others += consumed;
    available -= consumed;
    const reached = Math.min(Math.floor(available), order.remaining);
    if (reached > 0) {
      available -= reached;
      filler.fill(order, reached);
    }
    if (orders[i] === order) i += 1;
  }
  for (let k = 0; k < orders.length; k++) {
    const order = orders[k] as RestingOrder;
    if (order.ticks !== ticks) break;
    order.ahead = Math.max(0, order.ahead - others);
    order.traded += lots;
  }
}

/** A print at our price that fills nobody (its side is unknown), yet explains the decrease that follows. */
export function printOfUnknownSide(orders: readonly RestingOrder[], lots: Lots): void {
  const ticks = orders[0]?.ticks;
  for (let k = 0; k < orders.length && orders[k]?.ticks === ticks; k++) {
    (orders[k] as RestingOrder).traded += lots;
  }
}
