// What each event does to the state: orders, fills, reports, links, operator and host. It sends nothing; it leaves
// causes to wake for and flags that the next settle acts on. A venue's oddity becomes a note, never a crash.
import type { Breaker, Trip } from '#core/guard';
import type { AccountReport, AllCancelled, EngineEvent, Fill } from '#core/messages';
import type { HostFault, LinkFact, OperatorOrder, OrderEvent } from '#core/messages';
import type { Order } from '#core/order';
import { applyOrderEvent } from '#core/order';
import type { Micros, SpanMicros } from '#core/units';
import { sideName } from '#core/units';
import type { Account } from './account.js';
import type { Measures } from './measures.js';
import type { OrderTable } from './orders.js';
import { Outcomes, isFailure } from './outcomes.js';
import type { Outbox } from './outbox.js';
import type { EngineState } from './state.js';
import type { OperationCount, Refusals } from './throttle.js';
import { CLOCK_SKEW, type Unknowns } from './unknowns.js';
import { WAKE, type Wake } from './wake.js';

export interface DeskParts {
  readonly account: Account;
  readonly state: EngineState;
  readonly table: OrderTable;
  readonly outbox: Outbox;
  readonly wake: Wake;
  readonly count: OperationCount;
  readonly refusals: Refusals;
  readonly unknowns: Unknowns;
  readonly measures: Measures;
  readonly breaker: Breaker;
  readonly healthyFor: SpanMicros;
  readonly note: (text: string) => void;
}

export class EventDesk {
  /** No more quotes; the engine cancels until nothing can be open. */
  shuttingDown = false;
  /** Account facts may have been lost: no quotes until the venue's account agrees with ours. */
  resync = false;
  /** Orders of ours are open that cannot be named: only cancel-all helps. */
  purge = false;
  private nowUs = 0 as Micros;
  /** Venue time of the newest answer to a cancel-all. */
  private emptyUs = -Infinity;
  readonly outcomes: Outcomes;

  constructor(private readonly parts: DeskParts) {
    this.outcomes = new Outcomes(parts.state.numbers);
  }

  handle(event: EngineEvent, nowUs: Micros): void {
    this.nowUs = nowUs;
    switch (event.kind) {
      case 'fill':
        return this.fill(event);
      case 'all-cancelled':
        return this.allCancelled(event);
      case 'funding':
      case 'transfer':
        return this.cash(event.kind, event.amount);
      case 'trade-bust':
        return this.bust(event.tradeId);
      case 'open-orders':
        if (this.parts.unknowns.applyReport(event)) this.purge = true;
        this.parts.wake.note(WAKE.odd);
        return;
      case 'account':
        return this.account(event);
      case 'link':
        return this.link(event);
      case 'operator':
        return this.operator(event);
      case 'fault':
        return this.fault(event);
      default:
        return this.order(event);
    }
  }

  private order(event: Exclude<OrderEvent, Fill>): void {
    const { table, count, unknowns, note } = this.parts;
    const { ordinal } = event;
    const order = ordinal === null ? undefined : table.find(ordinal);
    if (isFailure(event, order)) count.failed();
    if (ordinal === null) {
      // Only cancel-all has no ordinal. It stays in the count of unanswered ones: see Outbox.
      for (const live of table.live) if (live.cancel === 'sent') live.cancel = 'unknown';
      note('outcome of cancel-all unknown');
      return;
    }
    if (order === undefined) {
      note(`order ${ordinal}, which nobody remembers: ${event.kind}`);
      if (event.kind === 'accepted' || event.kind === 'amended') unknowns.stranger(ordinal);
      return;
    }
    const amending = order.amend !== 'none';
    this.outcomes.told(order, event);
    this.transition(order, event);
    if (event.kind === 'amended' && amending) order.quotedUs = this.nowUs;
    if (event.kind === 'amend-rejected' && amending) this.refused(order);
  }

  private fill(fill: Fill): void {
    const { account, table, wake, note, unknowns } = this.parts;
    const { ordinal, lots, ticks } = fill;
    const text = `fill ${fill.tradeId}: ${sideName(fill.side)} ${lots} at ${ticks}`;
    const outcome = account.fill(fill);
    if (outcome === 'duplicate') return note(`${text}: seen before, dropped`);
    if (outcome === 'nonsense') return note(`${text}: makes no sense, dropped`);
    if (outcome === 'explained') note(`${text}: was in the position adopted from the venue`);
    table.dirty = true;
    wake.fill();
    if (ordinal === null) {
      note(`${text}: ${fill.liquidation ? 'LIQUIDATION of our position' : 'not an order of ours'}`);
      return;
    }
    this.outcomes.done();
    this.parts.breaker.onFill(fill, this.parts.state.numbers);
    const order = table.find(ordinal);
    if (order !== undefined) this.transition(order, fill);
    else {
      note(`${text}: of order ${ordinal}, which nobody remembers`);
      unknowns.stranger(ordinal);
    }
  }

  /** Applies the event to its order and draws the consequences of a close. */
  private transition(order: Order, event: OrderEvent): void {
    const { table, note, refusals, wake } = this.parts;
    const wasLive = order.phase !== 'closed';
    const asked = order.cancel !== 'none';
    const odd = applyOrderEvent(order, event);
    if (odd !== null) note(`order ${order.ordinal}: ${odd}`);
    table.update(order);
    if (odd !== null && order.phase !== 'closed') wake.note(WAKE.odd);
    if (!wasLive || order.phase !== 'closed') return;
    if (order.closedBy === 'filled' || asked) {
      refusals.lived(order.side);
      if (asked) wake.note(WAKE.freed);
    } else this.refused(order);
  }

  /** The venue would not have it, or threw it out unasked: that side waits a little. */
  private refused(order: Order): void {
    const { refusals, wake } = this.parts;
    if (order.level < 0) return;
    const ticks = order.phase === 'closed' ? order.ticks : order.amendTicks;
    wake.waitFor(refusals.refused(order.side, ticks, this.nowUs));
  }

  private allCancelled(event: AllCancelled): void {
    const { outbox, unknowns, wake, note } = this.parts;
    if (event.venueUs <= this.emptyUs) return note('answer to cancel-all repeated: ignored');
    this.emptyUs = event.venueUs;
    this.outcomes.done();
    // With one unanswered cancel-all this is its answer: what was open before it went out was covered.
    const coveredUs = outbox.cancelAllsOut === 1 ? outbox.cancelAllUs : -Infinity;
    outbox.cancelAllsOut = Math.max(0, outbox.cancelAllsOut - 1);
    unknowns.applyAllCancelled(event.us, event.venueUs, coveredUs);
    wake.note(WAKE.freed);
  }

  private cash(kind: 'funding' | 'transfer', amount: number): void {
    const { account, table, note } = this.parts;
    if (!Number.isSafeInteger(amount)) return note(`${kind} of ${amount}: makes no sense, dropped`);
    if (kind === 'funding') account.position.applyFunding(amount as never);
    else account.position.transfer(amount as never);
    table.dirty = true;
  }

  private bust(tradeId: string): void {
    const { account, table, note } = this.parts;
    const known = account.bust(tradeId);
    note(`trade ${tradeId} was busted by the venue${known ? '' : ', but nobody remembers it'}`);
    table.dirty = true;
  }

  private account(report: AccountReport): void {
    const { account, state, table, note, breaker } = this.parts;
    const { numbers } = state;
    if (report.marginRatio >= 0) numbers.marginRatio = report.marginRatio;
    const outcome = account.compare(report, numbers.mark);
    if (outcome === 'stale') return note('account report older than the last one: ignored');
    if (outcome === 'unclear') return note('a fill as old as the account report: not compared');
    if (outcome === 'differs') {
      note(`the venue's position is ${account.difference} lots more than ours`);
      return;
    }
    table.settleOwed((account.settledUs - CLOCK_SKEW) as Micros);
    if (numbers.privateUp) this.resync = false;
    if (outcome === 'agrees') return;
    state.revalue();
    const reason = `position was ${account.difference} lots off the venue's: the venue's was adopted`;
    note(reason);
    const untilUs = (this.nowUs + this.parts.healthyFor) as Micros;
    breaker.trip({ guard: 'host', severity: 'withdraw', reason, untilUs }, numbers);
  }

  private link({ channel, state, detail }: LinkFact): void {
    const { numbers } = this.parts.state;
    if (channel === 'public') {
      if (state === 'up') numbers.publicUp = true;
      else {
        if (state === 'down') numbers.publicUp = false;
        this.parts.state.breakBook();
        this.parts.measures.onGap(this.nowUs);
      }
    } else if (state === 'up') numbers.privateUp = true;
    else {
      // Only what was up can have lost something of ours.
      if (numbers.privateUp) this.resync = true;
      if (state === 'down') numbers.privateUp = false;
    }
    if (state === 'gap') this.parts.note(`${channel} link lost rows: ${detail}`);
  }

  private operator({ order, reason }: OperatorOrder): void {
    const { state, breaker } = this.parts;
    if (order === 'shutdown') {
      this.shuttingDown = true;
      return;
    }
    if (order === 'reset') state.rebase();
    else state.revalue();
    breaker.operator(order, reason, state.numbers);
  }

  /** Whoever cannot record or trust what happens must not trade: every host fault latches. */
  private fault({ source, detail }: HostFault): void {
    const { state, breaker } = this.parts;
    state.revalue();
    const reason = `${source}: ${detail}`;
    const trip: Trip = { guard: 'host', severity: 'latch', reason, untilUs: 0 as Micros };
    breaker.trip(trip, state.numbers);
  }
}
