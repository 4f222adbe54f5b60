// When measured values are quoted on, and how they get there: readiness, fall-back, recovery, the
// rate-of-change limit, a dead market, static mode, the registry.
import { at } from '../support/instant.js';
import { describe, expect, test } from 'vitest';
import { L2Book } from '#core/book';
import type { CurrentMarket } from '#core/strategy';
import type { Bps, Lots, Micros, TickPrice, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { Glide } from '#analyzers/glide';
import { OrderBookAnalyzer } from '#analyzers/order-book-analyzer';
import { analyzerNames, findAnalyzer } from '#analyzers/registry';
import { readiness } from '#analyzers/readiness';
import { Shadow } from '#analyzers/shadow';
import { DEFAULT_MARKET, marketOf, TakerWorld } from '../support/taker-world.js';

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const KEYS = ['sigma', 'kappa', 'alpha', 'epsilon'] as const;
const FAST = marketOf(1.6, 0.5, 0.6, 0.5);
const make = (): OrderBookAnalyzer =>
  new OrderBookAnalyzer({ market: DEFAULT_MARKET, bandFrom: 0.3 as Bps });

/** Runs a world for `minutes`, asking for the market every 5 s as the engine does. */
function follow(world: TakerWorld, analyzer: OrderBookAnalyzer, minutes: number): CurrentMarket[] {
  return Array.from({ length: minutes * 12 }, () => {
    world.run(5, analyzer);
    return analyzer.market(world.nowUs as Micros);
  });
}

/** Largest change of a figure from one answer to the next, as a ratio. */
const largestStep = (path: readonly CurrentMarket[], key: (typeof KEYS)[number]): number =>
  path.slice(1).reduce((most, market, i) => {
    const ratio = market[key] / (path[i] as CurrentMarket)[key];
    return Math.max(most, ratio, 1 / ratio);
  }, 1);

const FIVE_SECONDS_OF_25_PERCENT = Math.exp(Math.log(1.25) / 12) * (1 + 1e-9);

describe('from static to dynamic', () => {
  test('static to the letter until ready, then no cliff in any figure', () => {
    const world = new TakerWorld({ seed: 'start', market: FAST });
    const analyzer = make();
    expect(analyzer.market(world.nowUs as Micros)).toEqual({ ...DEFAULT_MARKET, source: 'static' });
    const path = follow(world, analyzer, 60);
    const static_ = path.filter(({ source }) => source === 'static');
    for (const market of static_) expect(market).toMatchObject(DEFAULT_MARKET);
    expect(static_.length).toBeGreaterThanOrEqual(11); // a minute of watching, no more than 75 s
    expect(static_.length).toBeLessThan(15);
    for (const key of ['kappa', 'alpha', 'epsilon'] as const) {
      expect(largestStep(path, key), key).toBeLessThan(FIVE_SECONDS_OF_25_PERCENT);
    }
    expect(path.some((market) => market.sigma > 1.2)).toBe(true);
    const last = path.at(-1) as CurrentMarket;
    expect(last.source).toBe('dynamic');
    expect(last.kappa).toBeLessThan(0.62);
    expect(last.alpha).toBeGreaterThan(0.45);
    expect(Object.isFrozen(last)).toBe(true);
  });

  test('what the limit holds back is said', () => {
    const world = new TakerWorld({ seed: 'said', market: marketOf(0.71, 0.3, 3, 0.2) });
    const analyzer = make();
    const said = new Set<string>();
    for (let i = 0; i < 240; i += 1) {
      world.run(5, analyzer);
      analyzer.market(world.nowUs as Micros);
      for (const name of analyzer.estimates(world.nowUs as Micros).limited) said.add(name);
    }
    expect(said).toContain('alpha');
  });
});

describe('back to static', () => {
  test('when the book stops: at 25 % a minute, and forward again when it returns', () => {
    const world = new TakerWorld({ seed: 'stop', market: FAST });
    const analyzer = make();
    follow(world, analyzer, 90);
    const before = analyzer.market(world.nowUs as Micros);
    const path = [before];
    for (let s = 5; s <= 1800; s += 5) {
      path.push(analyzer.market((world.nowUs + s * SECOND) as Micros));
    }
    const atSecond = (s: number): CurrentMarket => path[s / 5] as CurrentMarket;
    expect(atSecond(55).source).toBe('dynamic');
    expect(atSecond(65).source).toBe('static');
    const text = analyzer.estimates((world.nowUs + 90 * SECOND) as Micros).state;
    expect(text).toMatch(/^static: no sound book for 9\d s$/);
    for (const key of KEYS) {
      expect(largestStep(path, key), key).toBeLessThan(FIVE_SECONDS_OF_25_PERCENT);
      expect(path.at(-1)?.[key]).toBeCloseTo(DEFAULT_MARKET[key], 9);
    }
    world.run(1800, make()); // half an hour passes unseen
    analyzer.onGap(world.nowUs as Micros);
    const again = follow(world, analyzer, 30);
    expect(again.at(-1)?.source).toBe('dynamic');
    expect(largestStep(again, 'kappa')).toBeLessThan(FIVE_SECONDS_OF_25_PERCENT);
  });

  test('when takers stop, but not the book: sigma stays measured', () => {
    const world = new TakerWorld({ seed: 'takers', market: FAST });
    const analyzer = make();
    follow(world, analyzer, 60);
    world.market = marketOf(1.6, 0.5, 1e-9, 0);
    const [last] = follow(world, analyzer, 70).slice(-1);
    const { state } = analyzer.estimates(world.nowUs as Micros);
    expect(state).toMatch(/^sigma measured, the rest static: no taker order for \d\d min$/);
    expect(last?.sigma).toBeGreaterThan(1.2);
    expect(last).toMatchObject({ source: 'dynamic', kappa: 1.2, alpha: 0.2, epsilon: 0.2 });
  });

  test('readiness says what is missing', () => {
    const all = { nowUs: 1e12, watchedUs: 1e9, midUs: 1e12, movedUs: 1e12, orderUs: 1e12 };
    expect(readiness(all)).toEqual({ sigma: true, flow: true, text: 'ready' });
    const text = (over: Partial<typeof all>): string => readiness({ ...all, ...over }).text;
    expect(text({ midUs: 0 })).toBe('static: no sound book yet');
    expect(text({ midUs: 1e12 - 61 * SECOND })).toBe('static: no sound book for 61 s');
    expect(text({ watchedUs: 5 * SECOND })).toBe('static: watched for 5 s of 60 s');
    expect(text({ movedUs: 0 })).toBe('static: the mid has not moved yet');
    expect(text({ movedUs: 1e12 - 6 * MINUTE })).toBe('static: the mid has not moved for 6 min');
    expect(text({ orderUs: 0 })).toBe('sigma measured, the rest static: no taker order yet');
  });
});

describe('a dead market', () => {
  test('from the start: static to the end, every figure finite', () => {
    const world = new TakerWorld({ seed: 'dead', market: DEFAULT_MARKET });
    const analyzer = make();
    world.run(0, analyzer);
    for (let i = 0; i < 600; i += 1) {
      world.freeze(60, analyzer);
      const market = analyzer.market(world.nowUs as Micros);
      expect(market).toEqual({ ...DEFAULT_MARKET, source: 'static' });
    }
    expectFinite(analyzer, world.nowUs);
  });

  test('without a book at all', () => {
    const analyzer = make();
    for (let us = 1e15; us < 1e15 + 600 * MINUTE; us += 10 * MINUTE) {
      expect(analyzer.market(us as Micros)).toEqual({ ...DEFAULT_MARKET, source: 'static' });
    }
    expectFinite(analyzer, 2e15);
  });

  test('dying in the middle: no figure runs to 0, static in the end', () => {
    const world = new TakerWorld({ seed: 'dying', market: FAST });
    const analyzer = make();
    const [alive] = follow(world, analyzer, 90).slice(-1);
    let least = alive?.sigma ?? 0;
    for (let i = 0; i < 120; i += 1) {
      world.freeze(60, analyzer);
      least = Math.min(least, analyzer.market(world.nowUs as Micros).sigma);
    }
    expect(least).toBeGreaterThanOrEqual(DEFAULT_MARKET.sigma * 0.999);
    const market = analyzer.market(world.nowUs as Micros);
    for (const key of KEYS) expect(market[key]).toBeCloseTo(DEFAULT_MARKET[key], 6);
    expectFinite(analyzer, world.nowUs);
  });
});

/** JSON knows no NaN and no Infinity: what survives it unchanged has none. */
function expectFinite(analyzer: OrderBookAnalyzer, us: number): void {
  const e = analyzer.estimates(us as Micros);
  expect(JSON.parse(JSON.stringify(e))).toEqual(e);
}

test('beyond twenty times the static value nothing is quoted on', () => {
  const analyzer = make();
  const book = new L2Book(64);
  const step = (s: number): void => {
    const us = (1e15 + s * SECOND) as Micros;
    const mid = 1_000_000 + (s % 2) * 20_000 * (s % 3);
    book.clear();
    book.apply(BID, mid as Ticks, 1 as Lots);
    book.apply(ASK, (mid + 1) as Ticks, 1 as Lots);
    analyzer.onBook(at(us), book);
    for (let k = 0; k < 20; k += 1) {
      analyzer.onTrade(at(us + k * 1_000), 1, (mid + 40.5) as TickPrice, 1 as Lots, book);
    }
  };
  for (let s = 0; s < 7200; s += 1) {
    step(s);
    if (s % 5 === 0) analyzer.market((1e15 + s * SECOND) as Micros);
  }
  const market = analyzer.market((1e15 + 7200 * SECOND) as Micros);
  for (const key of ['sigma', 'kappa', 'alpha'] as const) {
    expect(market[key]).toBeLessThanOrEqual(20.000001 * DEFAULT_MARKET[key]);
    expect(market[key]).toBeGreaterThanOrEqual(DEFAULT_MARKET[key] / 20.000001);
  }
  expect(market.alpha).toBeGreaterThan(3.9);
});

describe('the glide', () => {
  test('25 % in a minute, up and down, and no more after a pause', () => {
    const up = new Glide(1, 0);
    up.step(1, 9);
    expect(up.value).toBe(1);
    expect(up.step(1 + MINUTE, 9)).toBeCloseTo(1.25, 12);
    expect(up.step(1 + 60 * MINUTE, 9)).toBeCloseTo(1.5625, 12);
    expect(up.limited).toBe(true);
    expect(up.step(1 + 61 * MINUTE, 1)).toBeCloseTo(1.25, 12);
    expect(up.step(1 + 62 * MINUTE, 1.2)).toBe(1.2);
    expect(up.limited).toBe(false);
    expect(up.step(1 + 62 * MINUTE, 5, true)).toBe(5); // free upwards
    expect(up.step(1 + 63 * MINUTE, 1, true)).toBe(4); // not downwards
  });

  test('many steps are as one; time that stands still or runs back moves nothing', () => {
    const once = new Glide(1, 0);
    const often = new Glide(1, 0);
    once.step(1, 9);
    for (let us = 0; us <= MINUTE; us += SECOND / 4) often.step(1 + us, 9);
    once.step(1 + MINUTE, 9);
    expect(often.value).toBeCloseTo(once.value, 9);
    expect(often.step(5, 9)).toBe(often.value);
  });

  test('leaves 0, by 25 % of its floor', () => {
    const glide = new Glide(0, 0.2);
    glide.step(1, 1);
    expect(glide.step(1 + MINUTE, 1)).toBeCloseTo(0.05, 12);
  });
});

describe('static mode, and names', () => {
  test('a shadow quotes on the fixed values and tells the measured ones', () => {
    const maker = findAnalyzer('order-book');
    const shadow = maker?.({ market: DEFAULT_MARKET, bandFrom: 0.3 as Bps }, 'static') as Shadow;
    expect(shadow).toBeInstanceOf(Shadow);
    const world = new TakerWorld({ seed: 'shadow', market: FAST });
    for (let i = 0; i < 60; i += 1) {
      world.run(60, shadow);
      expect(shadow.market(world.nowUs as Micros)).toEqual({ ...DEFAULT_MARKET, source: 'static' });
    }
    const { used, kappa, state } = shadow.estimates(world.nowUs as Micros);
    expect(state).toBe('ready');
    expect(used.source).toBe('dynamic');
    expect(used.kappa).toBeCloseTo(kappa.both.value, 1);
    expect(used.kappa).toBeLessThan(0.7);
  });

  test('registry', () => {
    expect(analyzerNames()).toEqual(['order-book']);
    expect(findAnalyzer('toString')).toBeNull();
    const dynamic = findAnalyzer('order-book')?.(
      { market: DEFAULT_MARKET, bandFrom: 2 as Bps },
      'dynamic',
    );
    expect(dynamic).toBeInstanceOf(OrderBookAnalyzer);
  });
});
