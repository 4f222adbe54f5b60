// Works a position down after a halt, where the user asked for that (--on-halt, `mm stop --flatten`): one reduce-only
// order at a time, either joining the touch or an IOC bounded a few bp beyond it. Never opens, never quotes.
import type { AccountNumbers } from '#core/guard';
import type { Instrument } from '#core/instrument';
import type { Order } from '#core/order';
import type { OnHalt, WakeParams } from '#core/params';
import { atDistance, placeTicks } from '#core/placement';
import type { Bps, Lots, Micros, Side, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import type { BookView } from '#core/book';
import { FLATTEN, type OrderTable } from './orders.js';
import type { Outbox } from './outbox.js';
import { CANCEL_AGAIN } from './reconcile.js';
import type { Sizing } from './sizing.js';
import type { Throttle } from './throttle.js';

export type FlattenMode = Exclude<OnHalt, 'hold'>;
/** An IOC may take at most this far beyond the touch: a bound, not a target. */
export const IOC_REACH = 10 as Bps;

export interface FlattenParts {
  readonly instrument: Instrument;
  readonly numbers: AccountNumbers;
  readonly book: BookView;
  readonly table: OrderTable;
  readonly outbox: Outbox;
  readonly throttle: Throttle;
  readonly sizing: Sizing;
  readonly wake: WakeParams;
}

export class Flattener {
  /** When something is to be done next by time alone; Infinity when nothing is. */
  nextUs = Infinity;
  private triedUs = -Infinity;

  constructor(private readonly parts: FlattenParts) {}

  /** One step; the caller has made sure that nothing else is open and that the book and the links are sound. */
  step(nowUs: Micros, mode: FlattenMode): void {
    const { numbers, table } = this.parts;
    this.nextUs = Infinity;
    const side: Side = numbers.positionLots > 0 ? ASK : BID;
    const held = Math.abs(numbers.positionLots) as Lots;
    const working = table.live.find((o) => o.level === FLATTEN && o.phase !== 'closed');
    if (working !== undefined) this.tend(nowUs, working, side, held);
    else if (held > 0) this.send(nowUs, mode, side, held);
  }

  /** Pulls a resting order that is no longer at the touch, or no longer of use. */
  private tend(nowUs: Micros, order: Order, side: Side, held: Lots): void {
    const wrong = order.side !== side || held === 0;
    const due = nowUs >= order.sentUs + this.parts.wake.requoteInterval;
    const away = order.tif === 'post-only' && due && order.ticks !== this.joinTicks(side);
    if (!wrong && !away) return;
    const againUs = order.cancelUs + CANCEL_AGAIN;
    if (order.cancel === 'sent' || order.missing) return;
    if (order.cancelUs > 0 && nowUs < againUs) this.nextUs = againUs;
    else this.parts.outbox.cancel(nowUs, order);
  }

  private send(nowUs: Micros, mode: FlattenMode, side: Side, held: Lots): void {
    const { instrument, book, outbox, throttle, sizing, table, numbers, wake } = this.parts;
    const post = mode === 'post-only';
    // An IOC that found nothing, or a refusal, is tried again at the next check.
    const freeUs = this.triedUs + (post ? wake.requoteInterval : wake.check);
    if (nowUs < freeUs) {
      this.nextUs = freeUs;
      return;
    }
    if (!throttle.ready(nowUs)) {
      this.nextUs = throttle.readyUs(nowUs);
      return;
    }
    const touch = side === ASK ? book.bidTicks : book.askTicks;
    const bound = Math.round(atDistance(-side as Side, touch, IOC_REACH));
    const ticks = post ? this.joinTicks(side) : (bound as Ticks);
    const least = instrument.smallestLots(numbers.mark);
    const slice = Math.max(sizing.unitLots, least);
    const lots = (post ? Math.min(held, slice) : held) as Lots;
    const room = numbers.hardLimitLots - side * numbers.positionLots;
    if (ticks <= 0 || table.risk(side) + lots > room) return;
    this.triedUs = nowUs;
    outbox.place(nowUs, side, ticks, lots, post ? 'post-only' : 'ioc', true, FLATTEN, 0 as Bps);
  }

  private joinTicks(side: Side): Ticks {
    const { instrument, book } = this.parts;
    const touch = side === BID ? book.bidTicks : book.askTicks;
    return placeTicks(instrument, side, touch, book.bidTicks, book.askTicks, 'join');
  }
}
