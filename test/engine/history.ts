// One random history: the engine against the model venue, checked at every settle and at the end. Used by the
// property tests; nothing here decides what is right but the invariants in `check` and `end`.
import * as fc from 'fast-check';
import { Random } from '#core/random';
import type { Lots, Micros, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { Engine } from '#engine/engine';
import { BTC } from '../support/core-instruments.js';
import {
  FakeBreaker,
  FakeStrategy,
  HARD,
  MID,
  MS,
  PARAMS,
  SECOND,
  START,
  dollars,
} from './fixture.js';
import { ModelVenue, type Faults } from './model-venue.js';

export interface Plan {
  readonly seed: number;
  readonly steps: number;
  readonly amend: boolean;
  readonly levels: number;
  readonly lots: number;
  readonly faults: Faults;
}

export const plan: fc.Arbitrary<Plan> = fc.record({
  seed: fc.integer(),
  steps: fc.integer({ min: 1, max: 80 }),
  amend: fc.boolean(),
  levels: fc.integer({ min: 1, max: 3 }),
  lots: fc.integer({ min: 1, max: 40 }),
  faults: fc.record({
    lost: fc.constantFrom(0, 0.05, 0.2),
    repeated: fc.constantFrom(0, 0.2),
    lostFills: fc.constantFrom(0, 0, 0.1),
    late: fc.constantFrom(0, 0.1, 0.3),
    skewUs: fc.integer({ min: -400 * MS, max: 400 * MS }),
  }),
});

/** What all histories together went through: a campaign that exercised nothing must not pass. */
export const tally = { places: 0, amends: 0, cancels: 0, notes: 0, fills: 0, adopted: 0 };

export class History {
  readonly random: Random;
  readonly venue: ModelVenue;
  readonly breaker = new FakeBreaker();
  readonly strategy = new FakeStrategy();
  readonly engine: Engine;
  private reportedUs = 0;
  private stopping = false;

  constructor(private readonly plan: Plan) {
    this.random = new Random(plan.seed);
    this.venue = new ModelVenue(this.random.fork('venue'), plan.faults, START);
    this.strategy.levels = plan.levels;
    this.strategy.lots = plan.lots;
    this.strategy.skew = 0.2;
    this.engine = new Engine({
      instrument: BTC,
      params: { ...PARAMS, venue: { amend: plan.amend, ordersPerSecond: 20, orderBurst: 20 } },
      makeStrategy: () => this.strategy,
      breaker: this.breaker,
      sink: this.venue,
      observer: { onNote: () => void (tally.notes += 1) },
      start: { nowUs: START, firstOrdinal: 1, capital: dollars(5_000) },
    });
    this.venue.engine = this.engine;
  }

  run(): void {
    const { engine, venue, random, plan } = this;
    for (const channel of ['public', 'private'] as const)
      engine.handle({ kind: 'link', channel, state: 'up', detail: '', us: START });
    engine.mark(MID as Ticks);
    this.book(MID);
    for (let i = 0; i < plan.steps; i += 1) {
      this.step();
      const longest = random.bool(0.1) ? 8 * SECOND : 500 * MS;
      venue.advance(venue.now + 1 + random.int(longest), this.check);
      this.host();
    }
    this.end();
  }

  private step(): void {
    const { random, venue, breaker, strategy } = this;
    const dice = random.int(100);
    if (dice < 45) venue.tradeSomething();
    else if (dice < 75) this.book(MID + random.int(400) - 200);
    else if (dice < 78) venue.throwOut();
    else if (dice < 82) this.crossed();
    else if (dice < 86) strategy.lots = 1 + random.int(40);
    else if (dice < 89) strategy.levels = 1 + random.int(3);
    else if (dice < 91) this.takeSomething();
    else if (dice < 94) breaker.state = breaker.state === 'reducing' ? 'running' : 'reducing';
    else if (dice < 97) {
      breaker.next = (['withdrawn', 'paused'] as const)[random.int(2)] ?? null;
      breaker.untilUs = (venue.now + random.int(10 * SECOND)) as Micros;
    } else
      this.engine.handle({
        kind: 'link',
        channel: 'private',
        state: 'gap',
        detail: '',
        us: venue.now as Micros,
      });
  }

  private takeSomething(): void {
    const { position } = this.engine;
    const side = position.lots > 0 ? ASK : BID;
    const limitTicks = (MID - side * -500) as Ticks;
    this.strategy.immediate = this.random.bool(0.5)
      ? null
      : { side, limitTicks, lots: (1 + this.random.int(20)) as Lots };
  }

  private book(mid: number): void {
    const { engine } = this;
    engine.clear();
    engine.level(BID, (mid - 1) as Ticks, 50 as Lots);
    engine.level(ASK, (mid + 1) as Ticks, 50 as Lots);
  }

  private crossed(): void {
    this.engine.level(BID, (MID + 1_000) as Ticks, 50 as Lots);
  }

  /** Reports as a host asks for them: every 5 s, and when an order is unresolved or facts were lost. */
  private host(): void {
    const { engine, venue } = this;
    const asked = engine.unresolved.length > 0 || engine.needsResync;
    if (venue.now < this.reportedUs + (asked ? SECOND : 5 * SECOND)) return;
    this.reportedUs = venue.now;
    venue.reportAccount();
    if (asked || this.random.bool(0.1)) venue.reportOrders();
  }

  private readonly check = (): void => {
    const { venue, engine, breaker } = this;
    const { batch } = venue;
    const adds = batch.filter((c) => c.kind === 'place' || c.kind === 'amend').length;
    const stopped = breaker.state !== 'running' && breaker.state !== 'reducing';
    const { numbers } = engine;
    if (stopped && adds > 0) fail('an order after a halt');
    if ((this.stopping || !numbers.bookSound || engine.needsResync) && adds > 0)
      fail('an order while unsound, unsynchronised or shutting down');
    if (stopped && batch.some((c) => c.kind !== 'cancel-all')) fail('not a cancel-all in a halt');
    const double = venue.doubleSlot();
    if (double !== null) fail(`two orders in slot ${double}`);
    const [long, short] = [venue.worst(BID), venue.worst(ASK)];
    if (long > HARD || short < -HARD) fail(`hard limit: ${short} .. ${long}`);
    for (const command of batch) {
      if (command.kind === 'place') tally.places += 1;
      else if (command.kind === 'amend') tally.amends += 1;
      else tally.cancels += 1;
    }
  };

  /** The faults end: within two minutes the bot must be drained and agree with the venue on everything. */
  private end(): void {
    const { venue, engine } = this;
    venue.behave();
    this.stopping = true;
    const order = 'shutdown' as const;
    engine.handle({ kind: 'operator', order, reason: 'the end', us: venue.now as Micros });
    for (let i = 0; i < 60 && !this.agreed(); i += 1) {
      venue.advance(venue.now + 2 * SECOND, this.check);
      venue.reportAccount();
      venue.reportOrders();
    }
    tally.fills += engine.position.fills;
    tally.adopted += this.breaker.trips.length;
    if (!engine.drained) fail('not drained');
    if (venue.openCount > 0) fail('an order was left at the venue');
    if (engine.position.lots !== venue.position)
      fail(`position ${engine.position.lots}, the venue says ${venue.position}`);
    const { longestLots, shortestLots, positionLots } = engine.numbers;
    if (longestLots !== positionLots || shortestLots !== positionLots) fail('risk without orders');
  }

  private agreed(): boolean {
    const { engine, venue } = this;
    const { longestLots, shortestLots } = engine.numbers;
    const same = engine.position.lots === venue.position && longestLots === shortestLots;
    return same && engine.drained && venue.openCount === 0;
  }
}

export function fail(text: string): never {
  throw new Error(text);
}
