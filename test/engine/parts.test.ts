// The small parts on their own: sizing, throttle, refusals, operation counts, measures, trade memory, marks, the view.
import { Instant } from '#core/instant';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Analyzer } from '#core/analyzer';
import { L2Book } from '#core/book';
import type { Fill } from '#core/messages';
import type { CurrentMarket } from '#core/strategy';
import type { Lots, Micros, Money, TickPrice, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { Measures, weightedMid } from '#engine/measures';
import { Sizing } from '#engine/sizing';
import { OperationCount, Refusals, Throttle } from '#engine/throttle';
import { TRADES_REMEMBERED, TradeLog } from '#engine/trades';
import { BTC } from '../support/core-instruments.js';
import { MID, MS, PARAMS, Rig, SECOND, START, dollars } from './fixture.js';

const at = (us: number): Micros => (START + us) as Micros;

describe('sizing', () => {
  const unitAt = (sizing: Sizing, ticks: number): number => {
    sizing.fixUnit(ticks as TickPrice);
    return sizing.unitLots;
  };

  test('size over mid, rounded down; limits over mark', () => {
    const sizing = new Sizing(BTC, PARAMS);
    expect([sizing.limitLots, sizing.hardLimitLots]).toEqual([2 ** 53 - 1, 2 ** 53 - 1]);
    expect(unitAt(sizing, MID)).toBe(5);
    sizing.limitAt(MID as TickPrice);
    expect([sizing.limitLots, sizing.hardLimitLots]).toEqual([50, 75]);
  });

  test('shrinks at the boundary, grows half a lot past it, is never lost', () => {
    const sizing = new Sizing(BTC, { ...PARAMS, size: dollars(100) });
    expect(unitAt(sizing, 200_000)).toBe(5);
    expect(unitAt(sizing, 200_001)).toBe(4);
    expect(unitAt(sizing, 200_000)).toBe(4);
    expect(unitAt(sizing, 181_900)).toBe(4);
    expect(unitAt(sizing, 181_800)).toBe(5);
    expect(unitAt(sizing, 50_000)).toBe(20);
    expect(unitAt(sizing, 2_000_000)).toBe(20);
  });

  test('never worth more than the size, for any price', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1_000, max: 900_000 }), { minLength: 1 }), (mids) => {
        const sizing = new Sizing(BTC, PARAMS);
        for (const mid of mids) {
          sizing.fixUnit(mid as TickPrice);
          const worth = BTC.notional(sizing.unitLots, mid as TickPrice);
          expect(worth).toBeLessThanOrEqual(PARAMS.size);
        }
      }),
    );
  });
});

describe('throttle', () => {
  test('a burst, then the rate, exactly when it says', () => {
    const throttle = new Throttle({ amend: false, ordersPerSecond: 4, orderBurst: 2 }, at(0));
    const sent: number[] = [];
    for (let us = 0; sent.length < 5;) {
      if (throttle.ready(at(us))) {
        throttle.spend();
        sent.push(us / MS);
      } else us = throttle.readyUs(at(us)) - START;
    }
    expect(sent).toEqual([0, 0, 250, 500, 750]);
  });

  test('never more than burst + rate x time in any window', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 * SECOND }), { maxLength: 100 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 10 }),
        (gaps, rate, burst) => {
          const profile = { amend: false, ordersPerSecond: rate, orderBurst: burst };
          const throttle = new Throttle(profile, at(0));
          const sent: number[] = [];
          let us = 0;
          for (const gap of gaps) {
            us += gap;
            if (!throttle.ready(at(us))) continue;
            throttle.spend();
            sent.push(us);
          }
          for (let i = 0; i < sent.length; i += 1) {
            const span = (sent[sent.length - 1] as number) - (sent[i] as number);
            expect(sent.length - i).toBeLessThanOrEqual(burst + (rate * span) / SECOND + 1e-6);
          }
        },
      ),
    );
  });
});

describe('operation count', () => {
  test('forgets after a minute, in steps or in one leap', () => {
    const count = new OperationCount(at(0));
    count.sent(3);
    count.failed();
    count.roll(at(30 * SECOND));
    count.sent(2);
    count.roll(at(59 * SECOND));
    expect([count.operations, count.failures]).toEqual([5, 1]);
    count.roll(at(61 * SECOND));
    expect([count.operations, count.failures]).toEqual([2, 0]);
    count.roll(at(3_600 * SECOND));
    expect([count.operations, count.failures]).toEqual([0, 0]);
  });
});

describe('refusals', () => {
  test('twice as long each time up to the check, less after an order lived; one price longer', () => {
    const refusals = new Refusals((250 * MS) as never, (5 * SECOND) as never);
    const waits: number[] = [];
    for (let i = 0; i < 6; i += 1)
      waits.push((refusals.refused(BID, 100 as Ticks, at(0)) - START) / MS);
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000]);
    expect(refusals.freeUs(ASK, 100 as Ticks)).toBe(-Infinity);
    refusals.lived(BID);
    expect(refusals.refused(BID, 100 as Ticks, at(0))).toBe(at(250 * MS));
    expect(refusals.freeUs(BID, 101 as Ticks)).toBe(at(250 * MS));
    expect(refusals.freeUs(BID, 100 as Ticks)).toBe(at(5 * SECOND));
  });
});

describe('trade memory', () => {
  const fill = (tradeId: string, venueUs = START, lots = 1): Fill => ({
    ...{ kind: 'fill', us: START, tradeId, ordinal: 1, side: BID, ticks: 100 as Ticks },
    ...{ lots: lots as Lots, fee: 0 as Money, maker: true, venueUs, liquidation: false },
  });

  test('remembers at least 10,000 trades and stays bounded', () => {
    const log = new TradeLog();
    const count = 3 * TRADES_REMEMBERED;
    for (let i = 0; i < count; i += 1) expect(log.add(fill(`t${i}`))).toBe(true);
    for (let i = count - 10_000; i < count; i += 1) expect(log.add(fill(`t${i}`))).toBe(false);
    expect(log.add(fill('t0'))).toBe(true);
  });

  test('net lots after a moment of the venue', () => {
    const log = new TradeLog();
    log.add(fill('a', at(1), 2));
    log.add({ ...fill('b', at(2), 5), side: ASK });
    log.add(fill('c', at(3), 4));
    expect([0, 1, 2, 3].map((us) => log.netAfter(at(us)))).toEqual([1, -1, 4, 0]);
  });
});

describe('measures', () => {
  const book = new L2Book();
  book.apply(BID, 100 as Ticks, 30 as Lots);
  book.apply(ASK, 104 as Ticks, 10 as Lots);
  const market: CurrentMarket = { ...PARAMS.strategy.market, source: 'dynamic' };
  const analyzer = (over: Partial<Analyzer>): Analyzer => ({
    ...{ onBook: () => undefined, onTrade: () => undefined, onGap: () => undefined },
    ...{ market: () => market, ...over },
  });
  const make = (over: Partial<ConstructorParameters<typeof Measures>[0]>): [Measures, string[]] => {
    const notes: string[] = [];
    const parts = { market: PARAMS.strategy.market, fair: 'mid' as const, analyzer: undefined };
    const now = new Instant(START);
    const rest = { fairPrice: undefined, now, note: (text: string) => void notes.push(text) };
    return [new Measures({ ...parts, ...rest, ...over }), notes];
  };

  test('fair: mid, or weighted towards the side that is about to give way', () => {
    expect(make({})[0].fair(book)).toBe(102);
    expect(weightedMid(book)).toBe(103);
    expect(make({ fair: 'weighted' })[0].fair(book)).toBe(103);
  });

  test('fair: from its source; the mid when it has none or says nonsense', () => {
    const source = (fair: number) => ({ onBook: () => undefined, fair: () => fair as TickPrice });
    expect(make({ fair: 'micro', fairPrice: source(102.5) })[0].fair(book)).toBe(102.5);
    expect(make({ fair: 'micro', fairPrice: source(NaN) })[0].fair(book)).toBe(102);
    expect(make({ fair: 'micro' })[0].fair(book)).toBe(102);
  });

  test('static without an analyzer, dynamic with one, static again when it fails', () => {
    expect(make({})[0].market(START)).toEqual({ ...PARAMS.strategy.market, source: 'static' });
    expect(make({ analyzer: analyzer({}) })[0].market(START)).toBe(market);
    const boom = (): never => {
      throw new Error('boom');
    };
    for (const over of [{ market: boom }, { onBook: boom }, { onTrade: boom }, { onGap: boom }]) {
      const [measures, notes] = make({ analyzer: analyzer(over) });
      measures.onBook(book);
      measures.onTrade(BID, 104 as Ticks, 1 as Lots, book);
      measures.onGap(START);
      expect(measures.market(START).source).toBe('static');
      expect(notes).toEqual(['analyzer failed, static values from now on: Error: boom']);
    }
  });

  test.each([NaN, 0, -1, Infinity])('a sigma of %s is not quoted on', (sigma) => {
    const bad = analyzer({ market: () => ({ ...market, sigma: sigma as never }) });
    const [measures, notes] = make({ analyzer: bad });
    expect([measures.market(START).source, measures.market(START).source]).toEqual([
      ...['static', 'static'],
    ]);
    expect(notes).toHaveLength(1);
  });
});

describe('marks and the book', () => {
  test('venue mark, else mid, else the last trade while there is no mid', () => {
    const rig = new Rig();
    const { engine } = rig;
    const mark = (): number => rig.settle().engine.numbers.mark;
    expect(mark()).toBe(0);
    engine.trade(BID, 150_000 as Ticks, 1 as Lots, START);
    expect(mark()).toBe(150_000);
    rig.rows(MID - 1, MID + 2);
    expect(mark()).toBe(MID + 0.5);
    engine.trade(BID, 150_000 as Ticks, 1 as Lots, START);
    expect(mark()).toBe(MID + 0.5);
    engine.mark((MID + 0.3) as TickPrice);
    expect(mark()).toBe(Math.round((MID + 0.3) * 256) / 256);
    rig.rows(MID + 9, MID + 12);
    expect(mark()).toBe(Math.round((MID + 0.3) * 256) / 256);
    engine.mark(NaN as TickPrice);
    engine.mark(0 as TickPrice);
    expect(mark()).toBe(Math.round((MID + 0.3) * 256) / 256);
  });

  test('exposure, limits and guard equity follow the mark and the fills', () => {
    const rig = new Rig().quoted();
    rig.fill(null, ASK, 200_100, 10).settle();
    const { numbers } = rig.engine;
    expect(numbers).toMatchObject({ positionLots: -10, exposure: dollars(200), limitLots: 50 });
    expect(numbers.guardEquity - PARAMS.risk.capital).toBe(dollars(0.1));
    rig.engine.mark(400_000 as Ticks);
    rig.settle();
    expect(numbers).toMatchObject({ exposure: dollars(400), limitLots: 25, hardLimitLots: 37 });
  });

  test('a separate top of book makes the book only where there are no levels', () => {
    const rig = new Rig();
    const { engine } = rig;
    engine.quote(BID, 100 as Ticks, 1 as Lots);
    engine.quote(ASK, 102 as Ticks, 1 as Lots);
    engine.quote(BID, 99 as Ticks, 1 as Lots);
    expect([engine.book.bidTicks, engine.book.askTicks]).toEqual([99, 102]);
    engine.level(BID, 90 as Ticks, 1 as Lots);
    engine.level(ASK, 95 as Ticks, 1 as Lots);
    engine.quote(ASK, 91 as Ticks, 1 as Lots);
    expect([engine.book.bidTicks, engine.book.askTicks]).toEqual([90, 95]);
  });

  test('the view is frozen and complete', () => {
    const rig = new Rig({ params: { ...PARAMS, fair: 'weighted' } }).up();
    const view = rig.strategy.views[0];
    expect(Object.isFrozen(view)).toBe(true);
    expect(view).toEqual({
      ...{ nowUs: START, instrument: BTC, bidTicks: MID - 1, askTicks: MID + 1 },
      ...{ bidLots: 100, askLots: 100, mid: MID, fair: MID, positionLots: 0, unitLots: 5 },
      ...{ limitLots: 50, market: { ...PARAMS.strategy.market, source: 'static' } },
      ...{ elapsed: 0, reducing: false },
    });
    rig.wait(6 * SECOND);
    expect(rig.strategy.views.at(-1)?.elapsed).toBe(6);
  });

  test('the analyzer sees every print and each changed book once', () => {
    const seen: string[] = [];
    const analyzer: Analyzer = {
      onBook: ({ us }) => void seen.push(`book ${us - START}`),
      onTrade: ({ us }, side, ticks) => void seen.push(`trade ${us - START} ${side} ${ticks}`),
      onGap: (us) => void seen.push(`gap ${us - START}`),
      market: () => ({ ...PARAMS.strategy.market, source: 'dynamic' }),
    };
    const rig = new Rig({ parts: { analyzer } });
    rig.rows(MID - 1, MID + 1).rows(MID - 2, MID + 2);
    rig.engine.begin(at(5));
    rig.engine.trade(ASK, 7 as Ticks, 1 as Lots, START);
    rig.now = at(5);
    rig.settle().settle();
    rig.engine.gap(START, at(5));
    expect(seen).toEqual(['trade 5 -1 7', 'book 5', 'gap 5']);
  });
});

test('a restart goes on with position, baseline and ordinals', () => {
  const first = new Rig().quoted();
  first.fill(1, BID, 199_960, 5).settle();
  const position = first.engine.position.snapshot();
  const start = { nowUs: START, firstOrdinal: 50, capital: dollars(5_000), position };
  const rig = new Rig({ parts: { start: { ...start, capitalBaseline: dollars(4_900) } } }).up();
  expect(rig.said).toEqual(['place 50 ask 5 @ 200040', 'place 51 bid 5 @ 199960']);
  expect(rig.engine.numbers.guardEquity).toBe(dollars(4_900) + 5 * 40 * 10_000);
});
