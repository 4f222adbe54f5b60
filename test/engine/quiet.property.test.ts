// A settle that is skipped, because nothing a guard or a quote looks at has changed, must not be missed: the same random
// market, with operators and links that interfere, goes through two engines, one of which asks every guard at every
// settle (its breaker does not say that it is idle) and makes a book of its own of every row, while the other one follows
// the venue's where it may. Everything either of them says or shows must be the same.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLayers } from '#config/layers';
import { Instrument } from '#core/instrument';
import type { EngineEvent, OperatorOrder } from '#core/messages';
import type { EngineObserver } from '#core/ports';
import { Random } from '#core/random';
import {
  ROW_CLEAR, ROW_GAP, ROW_LEVEL, ROW_MARK, ROW_QUOTE, ROW_TRADE, RowBlock,
} from '#core/rows'; // prettier-ignore
import type { RowKind, RowSource } from '#core/rows';
import type { Micros, Money, Side, SpanMicros, TickPrice } from '#core/units';
import { ASK, BID } from '#core/units';
import { SIM_PROFILE, assemble } from '#run/assembly';
import { Simulation } from '#run/simulation';
import { RecordedFeed, SampledFeed } from '#sim/feed-delay';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { SimVenue } from '#sim/venue';

const RUNS = Number(process.env['MM_HISTORIES'] ?? 200) / 10;
const MID = 1_000_000;
/** 20 s before midnight: the day's baselines roll within every longer history. */
const START = 1_767_571_180_300_000;
const INSTANTS = 1_500;

/** Rows of a market that does everything a feed can do, quiet most of the time. */
class WildMarket implements RowSource {
  readonly totalRows = null;
  private readonly random: Random;
  private readonly all: RowBlock;
  private given = 0;
  private nowUs = START;
  private bid = MID;
  private ask = MID + 1;

  constructor(
    seed: number,
    private readonly marks: boolean,
  ) {
    this.random = new Random(seed).fork('market');
    this.all = this.make();
  }

  /** In blocks as large as the one to be filled. */
  next(reuse = new RowBlock(INSTANTS * 16)): RowBlock | null {
    const { all } = this;
    const count = Math.min(reuse.capacity, all.count - this.given);
    if (count === 0) return null;
    for (const column of ['kind', 'side', 'exchangeUs', 'localUs', 'price', 'size'] as const)
      reuse[column].set(all[column].subarray(this.given, this.given + count));
    reuse.count = count;
    this.given += count;
    return reuse;
  }

  private make(): RowBlock {
    const block = new RowBlock(INSTANTS * 16);
    this.snapshot(block);
    for (let i = 0; i < INSTANTS; i += 1) {
      const { random } = this;
      this.nowUs += random.bool(0.002)
        ? random.int(9_000_000)
        : 1 + random.int(random.bool(0.05) ? 300_000 : 20_000);
      for (let rows = 1 + random.int(3); rows > 0; rows -= 1) this.something(block);
    }
    return block;
  }

  close(): void {}

  private something(block: RowBlock): void {
    const { random } = this;
    const side = random.bool(0.5) ? BID : ASK;
    const dice = random.int(10_000);
    const touch = side === BID ? this.bid : this.ask;
    if (dice < 8_000) this.level(block, side, touch - side * (1 + random.int(400)), random.int(50));
    else if (dice < 8_900) this.level(block, side, touch, 1 + random.int(900));
    else if (dice < 9_200) this.shift(block, random.int(81) - 40);
    else if (dice < 9_900)
      this.push(block, ROW_TRADE, side, this.around(side), 1 + random.int(300));
    else if (dice < 9_940) this.mark(block);
    else if (dice < 9_950)
      this.level(block, side, touch + side * (2 + random.int(100)), 1); // crossed, perhaps
    else if (dice < 9_960) this.level(block, side, touch, 0);
    else if (dice < 9_970) this.push(block, ROW_QUOTE, side, touch, 5);
    else if (dice < 9_980) this.push(block, ROW_GAP, 0, 0, 0);
    else this.snapshot(block);
  }

  private around(side: Side): number {
    const through = this.random.bool(0.3) ? this.random.int(120) : 0;
    return side === BID ? this.ask + through : this.bid - through;
  }

  private mark(block: RowBlock): void {
    if (this.marks) this.push(block, ROW_MARK, 0, this.bid + this.random.int(200) - 100, 0);
  }

  private shift(block: RowBlock, ticks: number): void {
    this.bid += ticks;
    this.ask = this.bid + 1 + (this.random.bool(0.01) ? this.random.int(4_000) : 0);
    this.snapshot(block);
  }

  private snapshot(block: RowBlock): void {
    this.push(block, ROW_CLEAR, 0, 0, 0);
    for (let i = 0; i < 3; i += 1) {
      this.level(block, BID, this.bid - 30 * i, 40);
      this.level(block, ASK, this.ask + 30 * i, 40);
    }
  }

  private level(block: RowBlock, side: Side, ticks: number, lots: number): void {
    this.push(block, ROW_LEVEL, side, ticks, lots);
  }

  private push(block: RowBlock, kind: RowKind, side: 0 | Side, price: number, size: number): void {
    const from = kind === ROW_GAP ? this.nowUs - 1_000 : this.nowUs;
    if (!block.full) block.push(kind, side, from, this.nowUs, price, size);
  }
}

const ORDERS: readonly OperatorOrder['order'][] = ['pause', 'resume', 'reset', 'stop'];

/** What interferes: an operator, a link, now and then a fault. */
function interference(random: Random, us: Micros): EngineEvent | null {
  const dice = random.int(100);
  if (dice < 90) return null;
  if (dice < 97) {
    const order = ORDERS[random.int(dice < 91 ? 4 : 3)] as OperatorOrder['order'];
    return { kind: 'operator', order, reason: 'the test', us };
  }
  const channel = random.bool(0.5) ? 'public' : 'private';
  const state = (['up', 'down', 'gap'] as const)[random.int(3)] as 'up';
  return { kind: 'link', channel, state, detail: 'the test', us };
}

/** How rows reach the bot; a latency of none, of a look, and longer than most of a history's silences. */
type Feed = 0 | 10_000 | 400_000 | 'sampled' | 'recorded';

interface Case {
  readonly seed: number;
  readonly flags: Record<string, string>;
  readonly feed: Feed;
  readonly mode: 'static' | 'dynamic';
  readonly shadow: boolean;
  readonly marks: boolean;
  readonly ownInBook: boolean;
  readonly calls: boolean;
  /** How somebody is told of decisions: of each, so that no look is left out; of how many stood; not at all. */
  readonly heard: 'each' | 'stood' | 'none';
}

const anything: fc.Arbitrary<Case> = fc.record({
  seed: fc.integer(),
  feed: fc.constantFrom<Feed>(0, 10_000, 400_000, 'sampled', 'recorded'),
  flags: fc.record({
    check: fc.constantFrom('10ms', '100ms', '1s', '60s'),
    refresh: fc.constantFrom('100ms', '130ms', '5s', '60s'),
    requoteBps: fc.constantFrom('off', 'auto'),
    fillWake: fc.constantFrom('on', 'off'),
    staleAfter: fc.constantFrom('500ms', '3s', '60s'),
    maxMarketSpread: fc.constantFrom('2bp', '30bp'),
    fair: fc.constantFrom('mid', 'weighted', 'micro'),
    levels: fc.constantFrom('1', '3'),
    size: fc.constantFrom('100', '2000'),
    maxDailyLoss: fc.constantFrom('0.0005%', '1%'),
    makerFee: fc.constantFrom('0', '2bp'),
    model: fc.constantFrom('as', 'glft', 'prd-f2'),
  }),
  mode: fc.constantFrom('static', 'dynamic'),
  shadow: fc.boolean(),
  marks: fc.boolean(),
  ownInBook: fc.boolean(),
  calls: fc.boolean(),
  heard: fc.constantFrom('each', 'stood', 'none'),
});

/** Half of them such that the book is followed. */
const cases: fc.Arbitrary<Case> = fc.tuple(anything, fc.boolean()).map(([given, touches]) => {
  if (!touches) return given;
  const flags = { ...given.flags, fair: 'mid' };
  return { ...given, flags, mode: 'static', shadow: false, ownInBook: false };
});

/** The market as the venue and the bot get it, and the latency of rows that do not say. */
function feedOf({ seed, feed, marks }: Case): [RowSource, SpanMicros] {
  const market = new WildMarket(seed, marks);
  if (feed === 'recorded') return [new RecordedFeed(market, 0, 0 as SpanMicros), 0 as SpanMicros];
  const sampled = feed === 'sampled';
  const latency = (sampled ? 0 : feed) as SpanMicros;
  return [sampled ? new SampledFeed(market, seed, 50_000 as SpanMicros, 1) : market, latency];
}

/** How often each kind of engine asked its guards, over all histories. */
const asked = { all: 0, quiet: 0, commands: 0 };
/** How often each was told a decision, and how often the quick one asked its strategy for one. */
const decided = { all: 0, quiet: 0, made: 0 };
/** How many books were followed, and how often looks were left out. */
let followed = 0;
let leftOut = 0;

/** Everything that can be heard and seen of one engine in that history. */
function transcript(given: Case, everySettle: boolean): string[] {
  const heard: string[] = [];
  const say = (...words: unknown[]): void => void heard.push(JSON.stringify(words));
  const { values } = readLayers({
    ...{ flags: given.flags, env: {}, dotenvPath: null, configPath: null },
  });
  const instrument = new Instrument(SYNTHETIC_INSTRUMENT);
  const venue = new SimVenue({
    ...{ instrument, fillModel: 'ceiling', account: { deposit: values.capital, leverage: 10 } },
    ...{ orderDelay: 5_000 as SpanMicros, replyDelay: 5_000 as SpanMicros },
  });
  const observer: EngineObserver = {
    onTransition: (us, from, to, cause) => say('transition', us, from, to, cause),
    onGuard: (us, trip, text) => say('guard', us, trip, text),
    onNote: (us, text) => say('note', us, text),
  };
  const onDecision: EngineObserver['onDecision'] = (us, view, decision) => {
    decided[everySettle ? 'all' : 'quiet'] += 1;
    say('decision', us, view.nowUs, view.fair, view.bidLots, view.unitLots, decision);
  };
  let decisions = 0;
  const counted: EngineObserver = {
    onDecision: () => (decisions += 1),
    onStood: (_us, looks) => (decisions += looks),
  };
  if (given.heard !== 'none')
    Object.assign(observer, given.heard === 'each' ? { onDecision } : counted);
  const { engine, breaker } = assemble({
    ...{ values, instrument, observer, restored: null, mode: given.mode, shadow: given.shadow },
    profile: { ...SIM_PROFILE, ownQuotesInBook: given.ownInBook },
    mid: MID as TickPrice,
    sink: {
      send: (us, commands) => {
        asked.commands += everySettle ? 0 : commands.length;
        say('send', us, commands);
        venue.send(us, commands);
      },
    },
    start: { nowUs: START as Micros, firstOrdinal: 1, capital: values.capital as Money },
  });
  const follow = engine.passing.follow.bind(engine.passing);
  engine.passing.follow = (book) => {
    const agreed = !everySettle && follow(book);
    followed += agreed ? 1 : 0;
    return agreed;
  };
  const look = engine.passing.look.bind(engine.passing);
  engine.passing.look = (beforeUs) => {
    leftOut += 1;
    look(beforeUs);
  };
  if (everySettle) Object.defineProperty(breaker, 'idle', { value: undefined });
  const onSettle = breaker.onSettle.bind(breaker);
  breaker.onSettle = (numbers) => {
    asked[everySettle ? 'all' : 'quiet'] += 1;
    return onSettle(numbers);
  };
  const [source, feed] = feedOf(given);
  const simulation = new Simulation({
    ...{ source, venue, engine, probe: null, feed },
    reportEvery: { account: 5e6 as SpanMicros, openOrders: 60e6 as SpanMicros },
  });
  const random = new Random(given.seed).fork('interference');
  let counting = everySettle || given.heard !== 'each';
  while (!simulation.exhausted) {
    simulation.advanceTo(simulation.nextUs + random.int(1_000_000));
    const us = simulation.nowUs;
    const event = given.calls ? interference(random, us) : null;
    if (event !== null) {
      engine.handle(event);
      if (random.bool(0.5)) engine.settle(us);
    }
    if (!counting && engine.strategy !== null) {
      counting = true;
      const { strategy } = engine;
      const decide = strategy.decide.bind(strategy);
      strategy.decide = (view) => {
        decided.made += 1;
        return decide(view);
      };
    }
    const { numbers, nextWakeUs, unresolved, needsResync, openOrders, orders } = engine;
    say(us, decisions, numbers, nextWakeUs, unresolved, needsResync, openOrders);
    say(orders.map(({ ordinal, quotedUs }) => [ordinal, quotedUs]));
    say(breaker.snapshot(), breaker.state, breaker.cause, breaker.untilUs);
  }
  return heard;
}

test(
  'an engine that skips quiet settles says and shows what one does that skips none',
  () => {
    fc.assert(
      fc.property(cases, (given) => {
        const quick = transcript(given, false);
        const whole = transcript(given, true);
        const apart = quick.findIndex((line, i) => line !== whole[i]);
        expect(quick[apart]).toBe(whole[apart]);
        expect(quick.length).toBe(whole.length);
      }),
      { numRuns: RUNS },
    );
    if (process.env['MM_HISTORIES'] !== undefined) console.log(asked, decided, followed, leftOut);
    expect(decided.quiet).toBe(decided.all);
    expect(followed).toBeGreaterThan(0);
    expect(asked.commands).toBeGreaterThan(0);
    if (RUNS < 100) return; // too few to say how often: that is for MM_HISTORIES
    expect(followed).toBeGreaterThan(RUNS * 0.3);
    expect(decided.made).toBeLessThan(decided.quiet); // some of them stand
    expect(leftOut).toBeGreaterThan(RUNS);
    expect(asked.commands).toBeGreaterThan(RUNS);
    expect(asked.quiet).toBeLessThan(asked.all * 0.8);
  },
  Math.max(60_000, RUNS * 1_000),
);
