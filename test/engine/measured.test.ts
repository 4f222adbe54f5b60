// What is measured reaches the quotes: a fake analyzer behind the real engine and the real models. Doubling sigma
// multiplies the skew as specification section 1 says, per model; an alarm withdraws in the very settle that sees it.
import { describe, expect, test } from 'vitest';
import type { Alarm, Analyzer } from '#core/analyzer';
import type { MarketParams, StrategyParams } from '#core/params';
import { Position } from '#core/position';
import type { CurrentMarket } from '#core/strategy';
import type { BpsPerRootSecond, Lots, Micros, Money, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { findStrategy } from '#strategies/registry';
import { BTC } from '../support/core-instruments.js';
import { MID, PARAMS, Rig, SECOND, START, UNIT, dollars } from './fixture.js';

const FIXED: MarketParams = PARAMS.strategy.market;

/** Says what the test sets. */
class FakeAnalyzer implements Analyzer {
  sigma = FIXED.sigma;
  raised: Alarm | null = null;
  asked = 0;
  broken = false;
  onBook(): void {}
  onTrade(): void {}
  onGap(): void {}
  market(): CurrentMarket {
    return { ...FIXED, sigma: this.sigma, source: 'dynamic' };
  }
  /** A new object each time, as a careless analyzer may. */
  alarm(): Alarm | null {
    this.asked += 1;
    if (this.broken) throw new Error('broken alarm');
    return this.raised === null ? null : { ...this.raised };
  }
}

/** reason.shift of the decision at `units` of inventory with sigma so many times the static one. */
function shiftAt(units: number, times: number, model: Partial<StrategyParams>): number {
  const analyzer = new FakeAnalyzer();
  analyzer.sigma = (FIXED.sigma * times) as BpsPerRootSecond;
  const position = new Position(BTC);
  const side = units > 0 ? BID : ASK;
  const lots = Math.abs(units) * UNIT;
  position.fill(side, MID as Ticks, lots as Lots, 0 as Money, true);
  const params = { ...PARAMS, strategy: { ...PARAMS.strategy, ...model } };
  const makeStrategy = findStrategy('avellaneda')?.(params.strategy);
  if (makeStrategy === undefined) throw new Error('no strategy');
  const capital = dollars(5_000);
  const start = { nowUs: START, firstOrdinal: 1, capital, position: position.snapshot() };
  const rig = new Rig({ params, parts: { analyzer, makeStrategy, start } });
  rig.event({ kind: 'link', channel: 'public', state: 'up', detail: '' });
  rig.event({ kind: 'link', channel: 'private', state: 'up', detail: '' });
  rig.event({
    kind: 'account',
    positionLots: position.lots,
    equity: null,
    marginRatio: null,
  } as never);
  rig.book(MID - 0.5, MID + 0.5);
  expect(rig.engine.lastView?.market.source).toBe('dynamic');
  expect(rig.engine.lastDecision?.reason.inventory).toBeCloseTo(units, 9);
  return rig.engine.lastDecision?.reason.shift ?? NaN;
}

describe('doubling live sigma, through the engine', () => {
  const INVENTORIES = [-2, -1, 1, 2];

  test('multiplies the skew by 4 in as', () => {
    for (const n of INVENTORIES) {
      const [one, two] = [shiftAt(n, 1, { model: 'as' }), shiftAt(n, 2, { model: 'as' })];
      expect(one).not.toBe(0);
      expect(two / one).toBeCloseTo(4, 9);
    }
  });

  test('multiplies the skew by 2 in closed glft', () => {
    const closed = { model: 'glft', glftSolution: 'closed' } as const;
    for (const n of INVENTORIES) {
      expect(shiftAt(n, 2, closed) / shiftAt(n, 1, closed)).toBeCloseTo(2, 9);
    }
  });

  test('multiplies the skew by 2 within 5 % in exact glft', () => {
    const exact = { model: 'glft', glftSolution: 'exact' } as const;
    for (const n of INVENTORIES) {
      const ratio = shiftAt(n, 2, exact) / shiftAt(n, 1, exact);
      expect(Math.abs(ratio / 2 - 1)).toBeLessThan(0.05);
      expect(ratio).not.toBe(2); // it is another formula than the closed one
    }
  });
});

describe('the alarm of an analyzer', () => {
  const watched = (): { rig: Rig; analyzer: FakeAnalyzer } => {
    const analyzer = new FakeAnalyzer();
    return { analyzer, rig: new Rig({ parts: { analyzer } }).quoted() };
  };
  const alarm = (rig: Rig): Alarm => ({
    reason: 'jump: test',
    untilUs: (rig.now + 60 * SECOND) as Micros,
  });

  test('cancels everything in the settle that sees it, and quotes come back when it ends', () => {
    const { rig, analyzer } = watched();
    expect(rig.engine.openOrders).toBe(2);
    analyzer.raised = alarm(rig);
    const { untilUs } = analyzer.raised;
    rig.mid(0);
    expect(rig.breaker.trips).toEqual([
      { guard: 'jump', severity: 'withdraw', reason: 'jump: test', untilUs },
    ]);
    expect(rig.said).toEqual(['cancel-all']);
    for (const order of [...rig.engine.orders]) rig.closed(order.ordinal);
    while (rig.now < untilUs - 1) {
      rig.now = Math.min(untilUs - 1, Math.max(rig.now + 1, rig.engine.nextWakeUs));
      rig.settle();
      expect(rig.said.filter((text) => text.startsWith('place'))).toEqual([]);
    }
    expect(rig.engine.nextWakeUs).toBe(untilUs);
    analyzer.raised = null;
    rig.toWake();
    expect(rig.said.map((text) => text.split(' ')[0])).toEqual(['place', 'place']);
  });

  test('is seen in a settle that would else be skipped, as nothing that matters has moved', () => {
    const { rig, analyzer } = watched();
    Object.assign(rig.breaker, { idle: () => true });
    const deepRow = (): void => {
      rig.now += 1_000;
      rig.engine.level(BID, (MID - 300) as Ticks, 7 as Lots);
      rig.settle();
    };
    deepRow();
    rig.breaker.seen = null;
    deepRow();
    expect(rig.breaker.seen).toBeNull(); // skipped indeed
    analyzer.raised = alarm(rig);
    deepRow();
    expect(rig.breaker.trips).toHaveLength(1);
    expect(rig.said).toEqual(['cancel-all']);
  });

  test('trips once, and again only when its end moves', () => {
    const { rig, analyzer } = watched();
    analyzer.raised = alarm(rig);
    rig.mid(0).wait(SECOND).mid(0);
    rig.wait(SECOND).mid(0);
    expect(rig.breaker.trips).toHaveLength(1);
    analyzer.raised = alarm(rig);
    rig.mid(0).wait(SECOND).mid(0);
    expect(rig.breaker.trips).toHaveLength(2);
  });

  test('an analyzer that fails in it is dropped: static values, quotes go on', () => {
    const { rig, analyzer } = watched();
    expect(rig.engine.measuring).toBe(true);
    analyzer.broken = true;
    rig.mid(0).wait(5 * SECOND);
    expect(rig.engine.measuring).toBe(false);
    expect(rig.engine.lastView?.market.source).toBe('static');
    expect(rig.breaker.trips).toEqual([]);
    expect(rig.notes.join()).toContain('broken alarm');
    const { asked } = analyzer;
    rig.wait(5 * SECOND).mid(0);
    expect(analyzer.asked).toBe(asked);
  });
});

test('lost rows are told to the fair price as well', () => {
  let gaps = 0;
  const fairPrice = {
    onBook: () => undefined,
    fair: () => NaN as never,
    onGap: () => void (gaps += 1),
  };
  const rig = new Rig({ params: { ...PARAMS, fair: 'micro' }, parts: { fairPrice } }).quoted();
  rig.engine.gap(START, (START + SECOND) as Micros);
  expect(gaps).toBe(1);
  rig.event({ kind: 'link', channel: 'public', state: 'gap', detail: 'test' });
  expect(gaps).toBe(2);
});
