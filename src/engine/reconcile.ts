// Wanted quotes against what rests, is in flight or in doubt: the fewest commands that lead there. Never two live
// orders in a slot, cancel before replace (or amend in place), cancels first, and no order that could carry the
// position past the hard limit even if everything fills. Takes checked decisions only.
import { assert } from '#core/assert';
import type { AccountNumbers, CheckedDecision } from '#core/guard';
import type { Order } from '#core/order';
import type { EngineParams } from '#core/params';
import type { Immediate, Quote } from '#core/strategy';
import type { Bps, Lots, Micros, Side, TickPrice } from '#core/units';
import { ASK, BID, fromSeconds } from '#core/units';
import { FLATTEN, IMMEDIATE, STRAY, type OrderTable } from './orders.js';
import type { Outbox } from './outbox.js';
import type { Refusals, Throttle } from './throttle.js';
import { outside, type Wake } from './wake.js';

/** A cancel whose answer was "no" or never came is sent again after this long. */
export const CANCEL_AGAIN = fromSeconds(1);

export interface ReconcileParts {
  readonly params: Pick<EngineParams, 'wake' | 'venue'>;
  readonly numbers: AccountNumbers;
  readonly table: OrderTable;
  readonly outbox: Outbox;
  readonly throttle: Throttle;
  readonly refusals: Refusals;
  readonly wake: Wake;
  readonly note: (text: string) => void;
}

type Verdict = 'keep' | 'renew' | 'wait' | 'replace' | 'cancel';

/** What a slot needs after the cancels: an order to move in place, or (null) a new one. */
interface Task {
  readonly order: Order | null;
  readonly quote: Quote;
  /** Rather no order than this one: it is too old, too large or too close. */
  readonly urgent: boolean;
}

export class Reconciler {
  private nowUs = 0 as Micros;
  private fair = 0 as TickPrice;

  constructor(private readonly parts: ReconcileParts) {}

  /** `reducing`: only quotes against the position, reduce-only, and together no larger than it. */
  run(nowUs: Micros, decision: CheckedDecision, fair: TickPrice, reducing: boolean): void {
    this.nowUs = nowUs;
    this.fair = fair;
    const position = this.parts.numbers.positionLots;
    const bids = allowed(decision.bids, BID, position, reducing);
    const asks = allowed(decision.asks, ASK, position, reducing);
    // The side that brings the position home is served first when the budget is short.
    const first: Side = position > 0 ? ASK : BID;
    this.cancelStrays();
    const firstTasks = this.clearSide(first, first === BID ? bids : asks);
    const otherTasks = this.clearSide(-first as Side, first === BID ? asks : bids);
    for (const task of firstTasks) this.fulfil(first, task);
    for (const task of otherTasks) this.fulfil(-first as Side, task);
    if (decision.immediate !== null) this.takeNow(decision.immediate);
    this.parts.wake.decided(decision.placement);
  }

  /** The first pass over a side: cancels what has to go and lists what has to come. */
  private clearSide(side: Side, quotes: readonly (Quote | undefined)[]): Task[] {
    const { table, wake } = this.parts;
    const exact = wake.isExact(side);
    const movableUs = wake.movableUs(side);
    const tasks: Task[] = [];
    let complete = true;
    let renewed = false;
    for (let level = 0; level < Math.max(quotes.length, table.levels(side)); level += 1) {
      const order = table.slot(side, level);
      const quote = quotes[level];
      if (order === null) {
        if (quote !== undefined) tasks.push({ order, quote, urgent: false });
        continue;
      }
      if (quote !== undefined) order.distance = quote.distance;
      const verdict = quote === undefined ? 'cancel' : this.judge(order, quote, exact, movableUs);
      if (verdict === 'cancel') this.cancel(order);
      else if (verdict === 'renew') {
        order.quotedUs = this.nowUs;
        renewed = true;
      } else if (verdict === 'replace')
        complete = this.replace(order, quote as Quote, tasks) && complete;
      else if (verdict === 'wait') {
        wake.waitFor(movableUs);
        complete = false;
      }
    }
    this.cutToLimit(side);
    if (exact && complete) wake.settled(side);
    if (renewed) table.renewed();
    return tasks;
  }

  /** What becomes of an order for which a quote is wanted in its slot. */
  private judge(order: Order, quote: Quote, exact: boolean, movableUs: number): Verdict {
    if (order.cancel !== 'none' || order.missing) return 'cancel'; // it is leaving: nothing joins it
    const remaining = order.remainingLots;
    if (quote.reduceOnly !== order.reduceOnly) return 'cancel';
    if (order.amend !== 'none') {
      const elsewhere = order.amend === 'unknown' && quote.ticks !== order.amendTicks;
      return elsewhere || order.amendLots - order.filledLots > quote.lots ? 'cancel' : 'keep';
    }
    const moved = quote.ticks !== order.ticks;
    if (remaining > quote.lots) return 'replace';
    if (order.phase === 'pending') return 'keep';
    const { stretch } = this.parts.wake;
    const { requote, refresh } = this.parts.params.wake;
    if (this.nowUs - order.quotedUs >= refresh)
      return moved || remaining < quote.lots ? 'replace' : 'renew';
    const off =
      requote !== null &&
      outside(requote, order.side, order.ticks, quote.ticks, this.fair, stretch);
    // A partly filled order keeps its place in the queue while at least half of the wanted size is left.
    const thin = (requote !== null || exact) && remaining * 2 < quote.lots;
    if (!off && !thin && !(exact && moved)) return 'keep';
    return this.nowUs < movableUs ? 'wait' : 'replace';
  }

  /** Cancels, or lists an amend. False when it has to wait for the budget. */
  private replace(order: Order, quote: Quote, tasks: Task[]): boolean {
    const { params, throttle, wake } = this.parts;
    const { nowUs } = this;
    const old = nowUs - order.quotedUs >= params.wake.refresh;
    const urgent = old || order.remainingLots > quote.lots || tooClose(order, quote);
    if (!throttle.ready(nowUs) && !urgent) {
      this.outOfBudget(order);
      return false;
    }
    wake.moved(order.side, nowUs);
    const amendable = params.venue.amend && order.phase === 'open' && throttle.ready(nowUs);
    if (amendable) tasks.push({ order, quote, urgent });
    else this.cancel(order);
    return true;
  }

  private outOfBudget(order: Order): void {
    this.parts.wake.waitFor(this.parts.throttle.readyUs(this.nowUs));
    this.parts.note(`order ${order.ordinal}: out of budget, stays at ${order.ticks}`);
  }

  /** Cancels once, and again when the answer was no or did not come. "Not found" is not asked twice. */
  private cancel(order: Order): void {
    const { outbox, wake } = this.parts;
    if (order.cancel === 'sent' || (order.missing && order.cancel === 'unknown')) return;
    const againUs = order.cancelUs + CANCEL_AGAIN;
    if (order.cancelUs > 0 && this.nowUs < againUs) wake.waitFor(againUs);
    else outbox.cancel(this.nowUs, order);
  }

  private cancelStrays(): void {
    for (const order of this.parts.table.live) {
      const out = order.level === STRAY || order.level === FLATTEN;
      if (out && order.phase !== 'closed') this.cancel(order);
    }
  }

  /** Takes quotes away, outermost first, while all that is not leaving could pass the hard limit. */
  private cutToLimit(side: Side): void {
    const { table } = this.parts;
    const room = this.room(side);
    if (table.risk(side) <= room) return;
    let staying = table.risk(side) as number;
    for (let level = table.levels(side) - 1; level >= 0; level -= 1) {
      const order = table.slot(side, level);
      if (order !== null && order.cancel !== 'none') staying -= order.riskLots;
    }
    for (let level = table.levels(side) - 1; level >= 0 && staying > room; level -= 1) {
      const order = table.slot(side, level);
      if (order === null || order.cancel !== 'none') continue;
      staying -= order.riskLots;
      this.parts.note(`order ${order.ordinal}: cancelled, the hard limit is ${room} lots away`);
      this.cancel(order);
    }
  }

  /** The second pass: amends and places what may be sent now. */
  private fulfil(side: Side, { order, quote, urgent }: Task): void {
    if (order !== null) {
      if (order.cancel === 'none') this.move(order, quote, urgent);
      return;
    }
    const { outbox, refusals, wake } = this.parts;
    const { nowUs } = this;
    const freeUs = refusals.freeUs(side, quote.ticks);
    if (freeUs > nowUs) wake.waitFor(freeUs);
    else if (this.mayPlace(side, quote.lots)) {
      const { ticks, lots, reduceOnly, level, distance } = quote;
      outbox.place(nowUs, side, ticks, lots, 'post-only', reduceOnly, level, distance);
    }
  }

  /** Amends in place; an order that cannot be moved where it should be is cancelled if it may not stay. */
  private move(order: Order, quote: Quote, urgent: boolean): void {
    const { outbox, throttle, table } = this.parts;
    const total = (order.filledLots + quote.lots) as Lots;
    const more = Math.max(0, total - order.mostLots);
    if (table.risk(order.side) + more > this.room(order.side)) this.cancel(order);
    else if (throttle.ready(this.nowUs)) outbox.amend(this.nowUs, order, quote.ticks, total);
    else if (urgent) this.cancel(order);
    else this.outOfBudget(order);
  }

  /** One order that may take, reduce-only and no larger than the position; one at a time. */
  private takeNow(immediate: Immediate): void {
    const { numbers, outbox, table } = this.parts;
    const { side, limitTicks } = immediate;
    if (table.live.some((order) => order.level === IMMEDIATE && order.phase !== 'closed')) return;
    const lots = Math.min(immediate.lots, Math.max(0, -side * numbers.positionLots)) as Lots;
    if (lots === 0 || !this.mayPlace(side, lots)) return;
    outbox.place(this.nowUs, side, limitTicks, lots, 'ioc', true, IMMEDIATE, 0 as Bps);
  }

  /** Lots by which that side may be filled in all before the position passes the hard limit. */
  private room(side: Side): number {
    const { numbers } = this.parts;
    return numbers.hardLimitLots - side * numbers.positionLots;
  }

  private mayPlace(side: Side, lots: Lots): boolean {
    const { table, throttle, wake } = this.parts;
    if (table.risk(side) + lots > this.room(side)) {
      const text = `${lots} more with ${table.risk(side)} possible`;
      this.parts.note(`${side === BID ? 'bid' : 'ask'} not sent: ${text}, room ${this.room(side)}`);
      return false;
    }
    if (throttle.ready(this.nowUs)) return true;
    wake.waitFor(throttle.readyUs(this.nowUs));
    this.parts.note('out of budget: an order waits');
    return false;
  }
}

/** The quote wanted lies farther out than the order rests: left alone it would be filled too well. */
const tooClose = (order: Order, quote: Quote): boolean =>
  (order.ticks - quote.ticks) * order.side > 0;

/** Quotes by level; while reducing only those against the position, reduce-only, and no more than it in all. */
function allowed(
  quotes: readonly Quote[],
  side: Side,
  position: Lots,
  reducing: boolean,
): readonly (Quote | undefined)[] {
  if (!reducing && inOrder(quotes)) return quotes;
  const byLevel: (Quote | undefined)[] = [];
  let left = reducing ? Math.max(0, -side * position) : Infinity;
  for (const quote of quotes) {
    const { level } = quote;
    assert(Number.isSafeInteger(level) && level >= 0 && level < 64, `quote on level ${level}`);
    while (byLevel.length <= level) byLevel.push(undefined);
    assert(byLevel[level] === undefined, `two quotes on level ${level}`);
    assert(Number.isSafeInteger(quote.ticks) && quote.ticks > 0, `quote at ${quote.ticks} ticks`);
    assert(Number.isSafeInteger(quote.lots) && quote.lots > 0, `quote of ${quote.lots} lots`);
    const lots = Math.min(quote.lots, left) as Lots;
    left -= lots;
    if (lots > 0) byLevel[level] = reducing ? { ...quote, lots, reduceOnly: true } : quote;
  }
  return byLevel;
}

/** Sound quotes on levels 0, 1, 2 ... as they stand: what strategies give nearly always. */
function inOrder(quotes: readonly Quote[]): boolean {
  for (let i = 0; i < quotes.length; i += 1) {
    const { level, ticks, lots } = quotes[i] as Quote;
    if (level !== i || !Number.isSafeInteger(ticks) || !Number.isSafeInteger(lots)) return false;
    if (ticks <= 0 || lots <= 0 || level >= 64) return false;
  }
  return true;
}
