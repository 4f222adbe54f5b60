// Hot path: the machine. Rows and events only update state; `settle` does everything else, once, in one synchronous
// turn: numbers, breaker (a halt cancels all before anything else), wake rules, decision, commands. Time is an
// argument; it keeps no clock, no timer and no promise, and after a halt it sends nothing but cancels.
import type { Alarm, Analyzer, FairPrice } from '#core/analyzer';
import type { L2Book } from '#core/book';
import type { AccountNumbers, Breaker, BreakerStateName, Trip } from '#core/guard';
import { Instant } from '#core/instant';
import type { Instrument } from '#core/instrument';
import type { EngineEvent } from '#core/messages';
import type { Order } from '#core/order';
import type { EngineParams } from '#core/params';
import type { CommandSink, EngineObserver } from '#core/ports';
import { Position, type PositionSnapshot } from '#core/position';
import type { MarketRows } from '#core/rows';
import type { Decision, Strategy, StrategyFactory, View } from '#core/strategy';
import type { Aggressor, Lots, Micros, Money, Rate, Side, TickPrice, Ticks } from '#core/units';
import { MICROS_PER_MS } from '#core/units';
import { Account, type Adopted } from './account.js';
import { EventDesk } from './events.js';
import { Flattener, type FlattenMode } from './flatten.js';
import { Measures } from './measures.js';
import { OrderTable } from './orders.js';
import { Outbox } from './outbox.js';
import { Reconciler } from './reconcile.js';
import { Schedule } from './schedule.js';
import { Sizing } from './sizing.js';
import { StandDown } from './stand-down.js';
import { EngineState } from './state.js';
import { OperationCount, Refusals, Throttle } from './throttle.js';
import { Unknowns } from './unknowns.js';
import { makeView } from './view.js';
import { WAKE, Wake } from './wake.js';

export interface EngineStart {
  readonly nowUs: Micros;
  /** First order number of this run; client ids are never reused because the run id is new. */
  readonly firstOrdinal: number;
  /** The position as the ledger has it; flat without. */
  readonly position?: PositionSnapshot;
  /** Guard equity at the last reset: what a reset goes back to. */
  readonly capital: Money;
  /** Guard equity when the position's profit is 0, when it is not the capital: restarts and resets. */
  readonly capitalBaseline?: Money;
}

export interface EngineParts {
  readonly instrument: Instrument;
  readonly params: EngineParams;
  readonly makeStrategy: StrategyFactory;
  readonly breaker: Breaker;
  readonly sink: CommandSink;
  readonly analyzer?: Analyzer;
  readonly fairPrice?: FairPrice;
  readonly observer?: EngineObserver;
  readonly start: EngineStart;
}

export class Engine implements MarketRows {
  readonly position: Position;
  readonly numbers: AccountNumbers;
  readonly book: L2Book;
  /**
   * The present moment. A host that settles millions of times sets `now.us` (never backwards) and calls `settleNow`: a
   * time that is passed to a call which V8 does not inline costs 16 bytes.
   */
  readonly now = new Instant();
  /** The strategy, once the first sound book has made it. */
  strategy: Strategy | null = null;
  /** The last decision and the view it came from, for status and `mm explain`. */
  lastView: View | null = null;
  lastDecision: Decision | null = null;

  private readonly state: EngineState;
  private readonly table = new OrderTable();
  private readonly sizing: Sizing;
  private readonly throttle: Throttle;
  private readonly count: OperationCount;
  private readonly outbox: Outbox;
  private readonly wake: Wake;
  private readonly unknowns: Unknowns;
  private readonly measures: Measures;
  private readonly reconciler: Reconciler;
  private readonly down: StandDown;
  private readonly desk: EventDesk;
  private readonly schedule: Schedule;
  private readonly note: (text: string) => void;
  private readonly adopted: Adopted = (side, ticks, lots, reason) =>
    this.parts.observer?.onAdopted?.(this.nowUs, side, ticks, lots, reason);
  private readonly sight = { fair: 0 as TickPrice, bidTicks: 0 as Ticks, askTicks: 0 as Ticks };
  private breakerState: BreakerStateName;
  private quoting = false;
  private sent = false;

  constructor(private readonly parts: EngineParts) {
    const { instrument, params, start, breaker, observer } = parts;
    this.now.us = start.nowUs;
    this.breakerState = breaker.state;
    this.note = (text) => observer?.onNote?.(this.nowUs, text);
    const { note, table } = this;
    this.position =
      start.position === undefined
        ? new Position(instrument)
        : Position.restore(instrument, start.position);
    this.sizing = new Sizing(instrument, params);
    const baseline = start.capitalBaseline ?? start.capital;
    const { position, sizing } = this;
    this.state = new EngineState(
      instrument, position, table, sizing, start.nowUs, start.capital, baseline,
      params.venue.ownQuotesInBook,
    ); // prettier-ignore
    const { numbers, book } = this.state;
    [this.numbers, this.book] = [numbers, book];
    this.throttle = new Throttle(params.venue, start.nowUs);
    this.count = new OperationCount(start.nowUs);
    this.outbox = new Outbox(table, this.throttle, this.count, start.firstOrdinal);
    this.wake = new Wake(params.wake, instrument, table);
    this.unknowns = new Unknowns(table, note);
    const { analyzer, fairPrice } = parts;
    const { market } = params.strategy;
    const { now } = this;
    this.measures = new Measures({ market, fair: params.fair, analyzer, fairPrice, note, now });
    const refusals = new Refusals(params.wake.requoteInterval, params.wake.check);
    const { outbox, throttle, wake, count, state, unknowns, measures } = this;
    this.reconciler = new Reconciler({
      ...{ params, numbers, table, outbox, throttle, refusals, wake, note },
    });
    const account = new Account(position, this.adopted);
    this.desk = new EventDesk({
      ...{ account, state, table, outbox, wake, count, refusals },
      ...{ unknowns, measures, breaker, healthyFor: params.risk.healthyFor, note },
    });
    const flattener = new Flattener({
      ...{ instrument, numbers, book, table, outbox, throttle, sizing, wake: params.wake },
    });
    const { desk } = this;
    this.down = new StandDown({ params, numbers, breaker, desk, table, outbox, flattener });
    this.schedule = new Schedule(
      { params, numbers, breaker, wake, unknowns, count, down: this.down },
      start.nowUs,
    );
  }

  /** The host must call `settle` at this time at the latest; always later than the last settle. */
  get nextWakeUs(): Micros {
    return this.schedule.nextWakeUs;
  }

  private get nowUs(): Micros {
    return this.now.us;
  }

  /** Time of the rows that follow; optional, sharpens what the analyzer is told before the settle. */
  begin(nowUs: Micros): void {
    if (nowUs > this.nowUs) this.now.us = nowUs;
  }

  clear(): void {
    this.state.clear();
  }

  level(side: Side, ticks: Ticks, lots: Lots): void {
    this.state.level(side, ticks, lots);
  }

  trade(aggressor: Aggressor, ticks: TickPrice, lots: Lots, exchangeUs: Micros): void {
    this.state.traded(ticks);
    this.now.venueUs = exchangeUs;
    this.measures.onTrade(aggressor, ticks, lots, this.book);
  }

  quote(side: Side, ticks: Ticks, lots: Lots): void {
    this.state.quote(side, ticks, lots);
  }

  mark(price: TickPrice): void {
    this.state.mark(price);
  }

  /** Funding that is paid arrives as an event; the announced rate changes nothing here. */
  funding(_rate: Rate, _due: boolean): void {}

  /** A hole in a recording. The levels stay, as the simulated venue keeps its own; a live link says more. */
  gap(_fromUs: Micros, _toUs: Micros): void {
    this.measures.onGap(this.nowUs);
  }

  /** One fact about orders, account, links, operator or host. Updates state; commands wait for the settle. */
  handle(event: EngineEvent): void {
    this.schedule.guarded = false;
    this.begin(event.us);
    this.parts.observer?.onEvent?.(this.nowUs, event);
    this.desk.handle(event, this.nowUs);
    this.seeBreaker();
  }

  /** The rows and events of one drain are in: acts on them, once. */
  settle(nowUs: Micros): void {
    this.begin(nowUs);
    this.settleNow();
  }

  /** The same at `now`. */
  settleNow(): void {
    const { schedule } = this;
    const changed = this.table.dirty;
    const moved = this.refresh(changed);
    const alarm = this.measures.takeAlarm();
    const idle = !moved && alarm === null && schedule.guardsIdle();
    if (!idle || !schedule.quiet()) this.act(changed, alarm, idle);
  }

  /** All that a settle does once the numbers are up to date. `idle`: no guard needs to be asked. */
  private act(ordersChanged: boolean, alarm: Alarm | null, idle: boolean): void {
    const { wake, table } = this;
    this.outbox.begin();
    this.sent = false;
    let changed = ordersChanged;
    if (alarm !== null) this.jumped(alarm);
    const worse = !idle && this.parts.breaker.onSettle(this.numbers);
    this.seeBreaker();
    if (!this.mayQuote()) this.standDown(this.nowUs, worse);
    else {
      if (!this.quoting) wake.note(WAKE.state);
      this.quoting = true;
      this.down.over();
      if (wake.due(this.now)) this.decide(this.nowUs);
    }
    if (this.outbox.commands.length > 0) this.send(this.nowUs);
    this.state.moved = false;
    if (table.dirty) {
      changed = true;
      this.state.refreshAccount();
    }
    if (changed || this.nowUs >= this.unknowns.nextUs) this.unknowns.review(this.nowUs);
    this.schedule.plan(this.quoting);
    this.schedule.guarded = this.quoting && !this.sent && !this.state.moved;
  }

  /** Orders whose state the host should ask the venue for (open orders, account). */
  get unresolved(): readonly number[] {
    return this.unknowns.unresolved;
  }

  /** Account facts may have been lost: the host should ask for the account and the open orders; no quotes till then. */
  get needsResync(): boolean {
    return this.desk.resync;
  }

  /** Every order that may still match or be reported filled. Read only. */
  get orders(): readonly Order[] {
    return this.table.live;
  }

  /** How many orders may be open at the venue, unknown outcomes included. */
  get openOrders(): number {
    return this.table.open;
  }

  /** The analyzer is listened to; false without one, and for good after it failed. */
  get measuring(): boolean {
    return this.measures.measuring;
  }

  /** After a shutdown: no order can be open any more. */
  get drained(): boolean {
    return this.desk.shuttingDown && this.table.open === 0;
  }

  /** guardEquity at profit 0, for the next run's start. */
  get capitalBaseline(): Money {
    return this.state.capitalBaseline;
  }

  /** Works the position down while halted (latched or paused, not while shutting down); null: no more. */
  flatten(mode: FlattenMode | null): void {
    this.down.flattenMode = mode;
  }

  /** Brings the numbers up to date; true when a guard or a quote may see a difference other than of time. */
  private refresh(ordersChanged: boolean): boolean {
    const now = this.nowUs;
    const { state, numbers, count, book } = this;
    numbers.nowUs = now; // what follows reads it there: passing it on may cost 16 bytes a call
    if (now >= count.edgeUs) count.roll(now);
    numbers.operations = count.operations;
    numbers.failures = count.failures;
    const bookChanged = state.refresh();
    if (bookChanged) this.measures.onBook(book);
    const moved = state.moved || ordersChanged;
    if (!numbers.bookSound || !(bookChanged || ordersChanged)) return moved;
    if (!moved && this.measures.kind === 'mid') return false;
    const fair = this.measures.kind === 'mid' ? state.mid : this.measures.fair(book);
    const bidTicks = numbers.bestBid as Ticks;
    const askTicks = numbers.bestAsk as Ticks;
    const { sight } = this;
    const same = fair === sight.fair && bidTicks === sight.bidTicks && askTicks === sight.askTicks;
    if (same && !ordersChanged) return moved;
    sight.fair = fair;
    sight.bidTicks = bidTicks;
    sight.askTicks = askTicks;
    if (this.quoting) this.wake.watch(this.now, sight);
    return true;
  }

  private mayQuote(): boolean {
    const { numbers, desk } = this;
    const state = this.parts.breaker.state;
    if (state !== 'running' && state !== 'reducing') return false;
    if (desk.shuttingDown || desk.resync || desk.purge) return false;
    return numbers.bookSound && numbers.publicUp && numbers.privateUp && numbers.mark > 0;
  }

  /** A change of the breaker's state is a reason to decide. The breaker itself tells the observer. */
  private seeBreaker(): void {
    const { state } = this.parts.breaker;
    if (state !== this.breakerState) this.wake.note(WAKE.state);
    this.breakerState = state;
  }

  /** No quotes may rest. `worse`: cancel in this very turn. */
  private standDown(now: Micros, worse: boolean): void {
    const stopped = this.quoting;
    this.quoting = false;
    this.down.act(now, stopped, worse);
  }

  private decide(now: Micros): void {
    const { parts, sizing, position, book, numbers, wake } = this;
    const { breaker } = parts;
    const { mid } = this.state;
    if (position.lots === 0 || sizing.unitLots === 0) sizing.fixUnit(mid);
    const { unitLots, limitLots } = sizing;
    this.strategy ??= parts.makeStrategy({ mid, unitLots, limitLots });
    // Spelt out: spreading would cost as much as all the rest of a decision (V8 builds a dictionary).
    const view = makeView({
      startUs: parts.start.nowUs, instrument: parts.instrument, book, numbers, sizing,
      fair: this.sight.fair, positionLots: position.lots, market: this.measures.market(now),
      reducing: breaker.state === 'reducing',
    }); // prettier-ignore
    wake.begin(now);
    const decision = this.strategy.decide(view);
    this.lastView = view;
    this.lastDecision = decision;
    if (decision.reason.withdrawn !== null) {
      this.withdraw(now, decision.reason.withdrawn, decision.reason.withdrawForMs);
      this.handOut(now, view, decision);
      return;
    }
    const checked = breaker.onDecision(view, decision, numbers);
    this.seeBreaker();
    if (checked === null) this.pull(now);
    else if (!this.mayQuote()) this.standDown(now, true);
    else {
      this.lastDecision = checked;
      this.reconciler.run(now, checked, this.sight.fair, breaker.state === 'reducing');
    }
    this.handOut(now, view, checked ?? decision);
  }

  /** The market jumped: quotes go in this very settle and stay away until the alarm is over. */
  private jumped({ reason, untilUs }: Alarm): void {
    const trip: Trip = { guard: 'jump', severity: 'withdraw', reason, untilUs };
    this.parts.breaker.trip(trip, this.numbers);
  }

  /** The strategy wants no quotes: they go, and stay away at least that long. */
  private withdraw(now: Micros, reason: string, forMs: number): void {
    if (forMs > 0) {
      const untilUs = (now + forMs * MICROS_PER_MS) as Micros;
      const trip: Trip = { guard: 'strategy', severity: 'withdraw', reason, untilUs };
      this.parts.breaker.trip(trip, this.numbers);
      this.seeBreaker();
    }
    this.pull(now);
  }

  /** Nothing may rest for now. */
  private pull(now: Micros): void {
    if (!this.mayQuote()) this.standDown(now, true);
    else this.down.cancelOpen(now, false);
  }

  /** Observer before sink, so that a ledger can journal decision and orders as one; cancels wait for nobody. */
  private handOut(now: Micros, view: View, decision: Decision): void {
    const { commands, onlyCancels } = this.outbox;
    if (onlyCancels) this.send(now);
    this.parts.observer?.onDecision?.(now, view, decision, commands);
    this.send(now);
  }

  private send(now: Micros): void {
    const { commands } = this.outbox;
    if (this.sent || commands.length === 0) return;
    this.sent = true;
    this.parts.sink.send(now, commands);
  }
}
