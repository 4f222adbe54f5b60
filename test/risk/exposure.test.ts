// 100,000 random histories: whatever is decided and whatever subset of the live orders fills, partly or in full,
// also those whose cancel is on its way, |position| never passes the hard limit. And the model can be broken.
import { expect, test } from 'vitest';
import type { AccountNumbers } from '#core/guard';
import { Random } from '#core/random';
import type { Decision, Immediate, Quote } from '#core/strategy';
import type { Lots, Side, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { RiskBreaker } from '#risk/breaker';
import { makeGuards } from '#risk/registry';
import {
  decision,
  healthy,
  INSTRUMENT,
  MARK,
  PARAMS,
  quote,
  SECOND,
  tick,
  VENUE,
  VIEW,
} from './fixture.js';

interface Live {
  readonly side: Side;
  readonly level: number;
  readonly reduceOnly: boolean;
  lots: number;
  leaving: boolean;
}

interface Rules {
  /** Decisions pass the breaker. */
  readonly guarded: boolean;
  /** The reconciler holds back single orders, as its contract in core/guard.ts says. */
  readonly gated: boolean;
  readonly levels: number;
  /** Share of decisions with an immediate order beside the quotes. */
  readonly immediates: number;
}

/** One market with a venue that fills as badly as it may. */
class World {
  readonly numbers: AccountNumbers = healthy();
  readonly live: Live[] = [];
  private readonly breaker = new RiskBreaker({ guards: makeGuards(PARAMS, INSTRUMENT, VENUE) });

  constructor(
    private readonly random: Random,
    private readonly rules: Rules,
  ) {
    const limit = 1 + random.int(24);
    this.numbers.limitLots = limit as Lots;
    this.numbers.hardLimitLots = Math.floor(limit * 1.5) as Lots;
  }

  step(): void {
    const { random, numbers, rules } = this;
    this.count();
    if (this.breaker.onSettle(tick(numbers, SECOND))) for (const o of this.live) o.leaving = true;
    const wanted = this.decide();
    const checked = rules.guarded ? this.breaker.onDecision(VIEW, wanted, numbers) : wanted;
    if (checked !== null) this.reconcile(checked);
    for (let i = random.int(4); i > 0; i--) this.fillOne();
    // Some cancels arrive.
    for (let i = this.live.length - 1; i >= 0; i--) {
      if ((this.live[i] as Live).leaving && random.bool(0.4)) this.live.splice(i, 1);
    }
  }

  private decide(): Decision {
    const { random, rules, numbers } = this;
    const most = random.bool(0.5) ? numbers.hardLimitLots : 2 + Math.floor(numbers.limitLots / 4);
    const side = (sign: number): Quote[] =>
      Array.from({ length: random.int(rules.levels + 1) }, (_, level) =>
        quote(level, MARK + sign * (level + 1), 1 + random.int(most)),
      );
    const immediate: Immediate | null = random.bool(rules.immediates)
      ? {
          side: random.bool(0.5) ? BID : ASK,
          limitTicks: MARK as Ticks,
          lots: (1 + random.int(most)) as Lots,
        }
      : null;
    return decision(side(-1), side(1), { immediate });
  }

  /** Never two live orders in a slot, cancel before replace: the engine's law, with as little sense as possible. */
  private reconcile(checked: Decision): void {
    const { random } = this;
    for (const side of [BID, ASK] as const) {
      const quotes = side === BID ? checked.bids : checked.asks;
      for (const order of this.live) {
        if (order.side !== side || order.level < 0) continue;
        const wanted = quotes.find((q) => q.level === order.level);
        if (wanted === undefined || wanted.lots < order.lots || random.bool(0.3))
          order.leaving = true;
      }
      for (const q of quotes) {
        if (this.live.some((o) => o.side === side && o.level === q.level)) continue;
        this.place(side, q.level, q.lots, q.reduceOnly);
      }
    }
    const now = checked.immediate;
    if (now !== null && !this.live.some((o) => o.level < 0)) {
      this.place(now.side, -1, now.lots, this.rules.guarded);
      const placed = this.live.find((o) => o.level < 0);
      if (placed !== undefined) placed.leaving = true; // an IOC is gone soon
    }
  }

  private place(side: Side, level: number, lots: number, reduceOnly: boolean): void {
    const { numbers, rules } = this;
    this.count();
    const worst = side === BID ? numbers.longestLots : -numbers.shortestLots;
    if (rules.gated && worst + lots > numbers.hardLimitLots) return;
    this.live.push({ side, level, lots, reduceOnly, leaving: false });
  }

  private fillOne(): void {
    const { random, numbers } = this;
    const order = this.live[random.int(Math.max(1, this.live.length))];
    if (order === undefined) return;
    let lots = random.bool(0.6) ? order.lots : 1 + random.int(order.lots);
    const against = Math.max(0, -order.side * numbers.positionLots);
    if (order.reduceOnly) lots = Math.min(lots, against); // the venue sees to that
    order.lots -= lots;
    numbers.positionLots = (numbers.positionLots + order.side * lots) as Lots;
    if (order.lots === 0) this.live.splice(this.live.indexOf(order), 1);
  }

  private count(): void {
    const { numbers } = this;
    let [bids, asks] = [0, 0];
    for (const order of this.live) {
      if (order.side === BID) bids += order.lots;
      else asks += order.lots;
    }
    numbers.longestLots = (numbers.positionLots + bids) as Lots;
    numbers.shortestLots = (numbers.positionLots - asks) as Lots;
  }
}

/** How many of the histories went beyond the hard limit, and how many came to within a lot of it. */
function histories(count: number, rules: Rules): { beyond: number; close: number } {
  const random = new Random('exposure');
  let [beyond, close] = [0, 0];
  for (let i = 0; i < count; i++) {
    const world = new World(random, rules);
    const { numbers } = world;
    let most = 0;
    for (let step = 0; step < 10; step++) {
      world.step();
      most = Math.max(most, Math.abs(numbers.positionLots));
    }
    if (most > numbers.hardLimitLots) beyond += 1;
    if (most >= numbers.hardLimitLots - 1) close += 1;
  }
  return { beyond, close };
}

test(
  '100,000 histories of several levels: never beyond the hard limit, though often close',
  { timeout: 60_000 },
  () => {
    const { beyond, close } = histories(100_000, {
      guarded: true,
      gated: true,
      levels: 3,
      immediates: 0.1,
    });
    expect(beyond).toBe(0);
    expect(close).toBeGreaterThan(10_000);
  },
);

test('one level a side and quotes only: the guard alone is enough, the gate is not needed', () => {
  const { beyond, close } = histories(20_000, {
    guarded: true,
    gated: false,
    levels: 1,
    immediates: 0,
  });
  expect(beyond).toBe(0);
  expect(close).toBeGreaterThan(1_000);
});

test('the model has teeth: without guard and gate, and with several levels and no gate, it goes beyond', () => {
  expect(
    histories(2_000, { guarded: false, gated: false, levels: 3, immediates: 0 }).beyond,
  ).toBeGreaterThan(500);
  expect(
    histories(2_000, { guarded: true, gated: false, levels: 3, immediates: 0 }).beyond,
  ).toBeGreaterThan(10);
});
