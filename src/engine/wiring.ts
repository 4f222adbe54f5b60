// Builds the parts of one engine and connects them. It runs once, at the start, and knows nothing of what they do.
import type { Analyzer, FairPrice } from '#core/analyzer';
import type { Breaker } from '#core/guard';
import type { Instant } from '#core/instant';
import type { Instrument } from '#core/instrument';
import type { EngineParams } from '#core/params';
import type { CommandSink, EngineObserver } from '#core/ports';
import { Position, type PositionSnapshot } from '#core/position';
import type { StrategyFactory } from '#core/strategy';
import type { Micros, Money, TickPrice, Ticks } from '#core/units';
import { Account, type Adopted } from './account.js';
import { EventDesk } from './events.js';
import { Flattener } from './flatten.js';
import { Measures } from './measures.js';
import { OrderTable } from './orders.js';
import { Outbox } from './outbox.js';
import { Passing } from './passing.js';
import { Reconciler } from './reconcile.js';
import { Schedule } from './schedule.js';
import { Sizing } from './sizing.js';
import { StandDown } from './stand-down.js';
import { Standing } from './standing.js';
import { EngineState } from './state.js';
import { OperationCount, Refusals, Throttle } from './throttle.js';
import { Unknowns } from './unknowns.js';
import { Wake } from './wake.js';

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

/** What the engine itself works with. */
export interface Wired {
  readonly position: Position;
  readonly state: EngineState;
  readonly table: OrderTable;
  readonly sizing: Sizing;
  readonly throttle: Throttle;
  readonly count: OperationCount;
  readonly outbox: Outbox;
  readonly wake: Wake;
  readonly unknowns: Unknowns;
  readonly measures: Measures;
  readonly reconciler: Reconciler;
  readonly standing: Standing;
  readonly desk: EventDesk;
  readonly down: StandDown;
  readonly schedule: Schedule;
  readonly passing: Passing;
  /** What the tolerance of the quotes is measured against: the newest fair price and touches. */
  readonly sight: { fair: TickPrice; bidTicks: Ticks; askTicks: Ticks };
}

export interface Told {
  readonly note: (text: string) => void;
  readonly adopted: Adopted;
}

/** Every record is spelt out: V8 gives each copy made by spreading a shape of its own, and forgets what it has learnt. */
export function wire(parts: EngineParts, now: Instant, { note, adopted }: Told): Wired {
  const { instrument, start, breaker, analyzer, fairPrice } = parts;
  const { strategy, wake: wakes, risk, venue, fair, size } = parts.params;
  const params: EngineParams = { strategy, wake: wakes, risk, venue, fair, size };
  const position =
    start.position === undefined
      ? new Position(instrument)
      : Position.restore(instrument, start.position);
  const table = new OrderTable();
  const sizing = new Sizing(instrument, params);
  const baseline = start.capitalBaseline ?? start.capital;
  const state = new EngineState(
    instrument, position, table, sizing, start.nowUs, start.capital, baseline, venue.ownQuotesInBook,
  ); // prettier-ignore
  const { numbers, book } = state;
  const throttle = new Throttle(venue, start.nowUs);
  const count = new OperationCount(start.nowUs);
  const outbox = new Outbox(table, throttle, count, start.firstOrdinal);
  const wake = new Wake(wakes, instrument, table);
  const unknowns = new Unknowns(table, note, venue.latestArrival);
  const { market } = strategy;
  const measures = new Measures({ market, fair, analyzer, fairPrice, note, now });
  const refusals = new Refusals(wakes.requoteInterval, wakes.check);
  // prettier-ignore
  const reconciler = new Reconciler({
    params, numbers, table, outbox, throttle, refusals, wake, note,
  });
  const sight = { fair: 0 as TickPrice, bidTicks: 0 as Ticks, askTicks: 0 as Ticks };
  const standing = new Standing({ numbers, book, table, sizing, position, measures, sight });
  const account = new Account(position, adopted);
  const { healthyFor } = risk;
  // prettier-ignore
  const desk = new EventDesk({
    account, state, table, outbox, wake, count, refusals, unknowns, measures, breaker, healthyFor, note,
  });
  // prettier-ignore
  const flattener = new Flattener({
    instrument, numbers, book, table, outbox, throttle, sizing, wake: wakes,
  });
  const down = new StandDown({ params, numbers, breaker, desk, table, outbox, flattener });
  const scheduled = { params, numbers, breaker, wake, unknowns, count, down };
  const schedule = new Schedule(scheduled, start.nowUs);
  const { observer } = parts;
  // prettier-ignore
  const passing = new Passing({
    state, measures, schedule, standing, wake, throttle, now, observer,
  });
  // prettier-ignore
  return {
    position, state, table, sizing, throttle, count, outbox, wake, unknowns, measures, reconciler, standing, desk,
    down, schedule, passing, sight,
  };
}
