// Hot path: the machine. Rows and events only update state; `settle` does everything else, once, in one synchronous
// turn: numbers, breaker (a halt cancels all before anything else), wake rules, decision, commands. Time is an
// argument; it keeps no clock, no timer and no promise, and after a halt it sends nothing but cancels.
import type { Alarm } from '#core/analyzer';
import type { BookView } from '#core/book';
import type { AccountNumbers, Breaker, BreakerStateName } from '#core/guard';
import { Instant } from '#core/instant';
import type { Instrument } from '#core/instrument';
import type { EngineEvent } from '#core/messages';
import type { Order } from '#core/order';
import type { CommandSink, EngineObserver } from '#core/ports';
import type { Position } from '#core/position';
import type { LevelRuns, RowBlock } from '#core/rows';
import type { Decision, Strategy, View } from '#core/strategy';
import type {
  Aggressor, Lots, Micros, Money, Rate, Side, TickPrice, Ticks,
} from '#core/units'; // prettier-ignore
import { MICROS_PER_MS } from '#core/units';
import type { EventDesk } from './events.js';
import type { FlattenMode } from './flatten.js';
import type { Measures } from './measures.js';
import type { OrderTable } from './orders.js';
import type { Outbox } from './outbox.js';
import type { Passing } from './passing.js';
import type { Reconciler } from './reconcile.js';
import type { Schedule } from './schedule.js';
import type { Sizing } from './sizing.js';
import type { StandDown } from './stand-down.js';
import type { Standing } from './standing.js';
import type { EngineState } from './state.js';
import type { OperationCount, Throttle } from './throttle.js';
import type { Unknowns } from './unknowns.js';
import { makeView } from './view.js';
import { WAKE, type Wake } from './wake.js';
import { wire, type EngineParts, type Wired } from './wiring.js';

export type { EngineParts, EngineStart } from './wiring.js';

export class Engine implements LevelRuns {
  readonly position: Position;
  readonly numbers: AccountNumbers;
  readonly book: BookView;
  /**
   * The present moment. A host that settles millions of times sets `now.us` (never backwards) and calls `settleNow`: a
   * time that is passed to a call which V8 does not inline costs 16 bytes.
   */
  readonly now = new Instant();
  /** For a host that keeps the book anyway: what it need not give. */
  readonly passing: Passing;
  /** The strategy, once the first sound book has made it. */
  strategy: Strategy | null = null;
  /** The last decision and the view it came from, for status and `mm explain`. */
  lastView: View | null = null;
  lastDecision: Decision | null = null;

  private readonly state: EngineState;
  /** Taken out of the parts: their shape depends on who put them together, and V8 pays for that at every settle. */
  private readonly breaker: Breaker;
  private readonly sink: CommandSink;
  private readonly observer: EngineObserver | null;
  private readonly instrument: Instrument;
  private readonly table: OrderTable;
  private readonly sizing: Sizing;
  private readonly throttle: Throttle;
  private readonly count: OperationCount;
  private readonly outbox: Outbox;
  private readonly wake: Wake;
  private readonly unknowns: Unknowns;
  private readonly measures: Measures;
  private readonly reconciler: Reconciler;
  private readonly standing: Standing;
  private readonly down: StandDown;
  private readonly desk: EventDesk;
  private readonly schedule: Schedule;
  private readonly sight: Wired['sight'];
  private breakerState: BreakerStateName;
  private quoting = false;
  private sent = false;

  constructor(private readonly parts: EngineParts) {
    const { start, breaker, observer, instrument } = parts;
    this.now.us = start.nowUs;
    this.breaker = breaker;
    this.breakerState = breaker.state;
    this.sink = parts.sink;
    this.observer = observer ?? null;
    this.instrument = instrument;
    const wired = wire(parts, this.now, {
      note: (text) => observer?.onNote?.(this.nowUs, text),
      adopted: (...move) => observer?.onAdopted?.(this.nowUs, ...move),
    });
    this.position = wired.position;
    this.state = wired.state;
    this.numbers = wired.state.numbers;
    this.book = wired.state.book;
    this.table = wired.table;
    this.sizing = wired.sizing;
    this.throttle = wired.throttle;
    this.count = wired.count;
    this.outbox = wired.outbox;
    this.wake = wired.wake;
    this.unknowns = wired.unknowns;
    this.measures = wired.measures;
    this.reconciler = wired.reconciler;
    this.standing = wired.standing;
    this.sight = wired.sight;
    this.desk = wired.desk;
    this.down = wired.down;
    this.schedule = wired.schedule;
    this.passing = wired.passing;
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

  levelRun(block: RowBlock, from: number, to: number): void {
    this.state.levelRun(block, from, to);
  }

  trade(aggressor: Aggressor, ticks: TickPrice, lots: Lots, exchangeUs: Micros): void {
    this.state.traded(ticks);
    this.now.venueUs = exchangeUs;
    this.measures.onTrade(aggressor, ticks, lots, this.state.book.own);
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
    this.schedule.unguard();
    this.begin(event.us);
    this.observer?.onEvent?.(this.nowUs, event);
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
    if (idle && (schedule.quiet() || this.stands())) return;
    this.act(changed, alarm, idle);
  }

  /** All that a settle does once the numbers are up to date. `idle`: no guard needs to be asked. */
  private act(ordersChanged: boolean, alarm: Alarm | null, idle: boolean): void {
    const { wake, table } = this;
    this.outbox.begin();
    this.sent = false;
    let changed = ordersChanged;
    if (alarm !== null) this.away('jump', alarm.reason, alarm.untilUs);
    const worse = !idle && this.breaker.onSettle(this.numbers);
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
    this.schedule.settled(this.quoting && !this.sent && !this.state.moved);
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
    const { state, numbers, count } = this;
    const { own } = state.book;
    numbers.nowUs = now; // what follows reads it there: passing it on may cost 16 bytes a call
    if (now >= count.edgeUs) count.roll(now);
    numbers.operations = count.operations;
    numbers.failures = count.failures;
    const bookChanged = state.refresh();
    if (bookChanged) this.measures.onBook(own);
    const moved = state.moved || ordersChanged;
    if (!numbers.bookSound || !(bookChanged || ordersChanged)) return moved;
    if (!moved && this.measures.kind === 'mid') return false;
    const fair = this.measures.kind === 'mid' ? state.mid : this.measures.fair(own);
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
    const state = this.breaker.state;
    if (state !== 'running' && state !== 'reducing') return false;
    if (desk.shuttingDown || desk.resync || desk.purge) return false;
    return numbers.bookSound && numbers.publicUp && numbers.privateUp && numbers.mark > 0;
  }

  /** A change of the breaker's state is a reason to decide. The breaker itself tells the observer. */
  private seeBreaker(): void {
    const { state } = this.breaker;
    const before = this.breakerState;
    if (state === before) return;
    this.breakerState = state;
    this.wake.note(WAKE.state);
    if (before === 'paused' || before === 'latched') this.desk.outcomes.anew();
  }

  /** No quotes may rest. `worse`: cancel in this very turn. */
  private standDown(now: Micros, worse: boolean): void {
    const stopped = this.quoting;
    this.quoting = false;
    this.down.act(now, stopped, worse);
  }

  private decide(now: Micros): void {
    const { breaker, sizing, position, wake } = this;
    const { mid } = this.state;
    this.standing.drop();
    if (position.lots === 0 || sizing.unitLots === 0) sizing.fixUnit(mid);
    const { unitLots, limitLots } = sizing;
    this.strategy ??= this.parts.makeStrategy({ mid, unitLots, limitLots });
    const view = this.look();
    wake.begin(now);
    wake.stretch = this.throttle.stretch(now);
    const decision = this.strategy.decide(view);
    this.lastView = view;
    this.lastDecision = decision;
    if (decision.reason.withdrawn !== null) {
      this.withdraw(now, decision.reason.withdrawn, decision.reason.withdrawForMs);
      this.handOut(now, view, decision);
      return;
    }
    const checked = breaker.onDecision(view, decision, this.numbers);
    this.seeBreaker();
    if (checked === null) this.pull(now);
    else if (!this.mayQuote()) this.standDown(now, true);
    else {
      this.lastDecision = checked;
      this.reconciler.run(now, checked, this.sight.fair, breaker.state === 'reducing');
      if (checked === decision && this.outbox.commands.length === 0)
        this.standing.keep(this.strategy, view, checked);
    }
    this.handOut(now, view, checked ?? decision);
  }

  /**
   * With the guards idle: only time has called, and the last decision stands. It is told as a new one, and the age of
   * the quotes begins again. False when there is more to do.
   */
  private stands(): boolean {
    const { wake, standing, now, unknowns, observer, lastDecision } = this;
    if (!wake.aged(now) || now.us >= unknowns.nextUs || !standing.holds()) return false;
    this.passing.again();
    if (observer?.onDecision === undefined || lastDecision === null) return true;
    this.outbox.begin();
    this.lastView = this.look();
    observer.onDecision(now.us, this.lastView, lastDecision, this.outbox.commands);
    return true;
  }

  private look(): View {
    const { instrument, sizing, position, book, numbers, measures } = this;
    return makeView({
      startUs: this.parts.start.nowUs, instrument, book, numbers, sizing, fair: this.sight.fair,
      market: measures.market(this.nowUs), positionLots: position.lots,
      reducing: this.breaker.state === 'reducing',
    }); // prettier-ignore
  }

  /** Quotes go in this very settle and stay away until then: the market jumped, or the strategy wants none. */
  private away(guard: 'jump' | 'strategy', reason: string, untilUs: Micros): void {
    this.breaker.trip({ guard, severity: 'withdraw', reason, untilUs }, this.numbers);
  }

  /** The strategy wants no quotes: they go, and stay away at least that long. */
  private withdraw(now: Micros, reason: string, forMs: number): void {
    if (forMs > 0) {
      this.away('strategy', reason, (now + forMs * MICROS_PER_MS) as Micros);
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
    this.observer?.onDecision?.(now, view, decision, commands);
    this.send(now);
  }

  private send(now: Micros): void {
    const { commands } = this.outbox;
    if (this.sent || commands.length === 0) return;
    this.sent = true;
    this.sink.send(now, commands);
  }
}
