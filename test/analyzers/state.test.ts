// What was learnt survives a restart, damage does not get in, and rows that make no sense do no
// harm.
import { at } from '../support/instant.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MarketEstimates } from '#core/analyzer';
import { L2Book } from '#core/book';
import type { Aggressor, Bps, Lots, Micros, Seconds, Side, TickPrice, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { type AnalyzerState, OrderBookAnalyzer } from '#analyzers/order-book-analyzer';
import { DEFAULT_MARKET, marketOf, TakerWorld } from '../support/taker-world.js';

const FAST = marketOf(1.4, 0.6, 0.4, 0.4);
const HOUR_US = 3_600_000_000;
const make = (bandFrom = 0.3, quoteAge = 5): OrderBookAnalyzer =>
  new OrderBookAnalyzer({
    market: DEFAULT_MARKET,
    bandFrom: bandFrom as Bps,
    quoteAge: quoteAge as Seconds,
  });

function learnt(): { world: TakerWorld; analyzer: OrderBookAnalyzer; saved: AnalyzerState } {
  const world = new TakerWorld({ seed: 'learnt', market: FAST });
  const analyzer = make();
  for (let i = 0; i < 720; i += 1) {
    world.run(10, analyzer);
    analyzer.market(world.nowUs as Micros);
  }
  return { world, analyzer, saved: JSON.parse(JSON.stringify(analyzer.save())) as AnalyzerState };
}

const figures = (e: MarketEstimates): unknown => {
  const { sigma, sigmaFast, kappa, alpha, epsilon, resting, ks, fano, hitShare, jumps } = e;
  return { sigma, sigmaFast, kappa, alpha, epsilon, resting, ks, fano, hitShare, jumps };
};

describe('save and restore', () => {
  test('the same figures after a restart, from plain JSON', () => {
    const { world, analyzer, saved } = learnt();
    const other = make();
    expect(other.restore(saved)).toBeNull();
    expect(other.save()).toEqual(saved);
    const us = world.nowUs as Micros;
    const [before, after] = [analyzer.estimates(us), other.estimates(us)];
    expect(after.sigma).toEqual(before.sigma);
    expect(after.kappa).toEqual(before.kappa);
    expect(after.epsilon).toEqual(before.epsilon);
    expect(after.alpha.both.value / before.alpha.both.value).toBeCloseTo(1, 3); // a second of watching
    expect(other.market(us)).toMatchObject({ source: 'static' }); // until there is a book
    expect(other.market(us).kappa).toBeCloseTo(analyzer.market(us).kappa, 9);
  });

  test('goes on as if nothing had happened', () => {
    const { world, analyzer, saved } = learnt();
    const other = make();
    other.restore(saved);
    world.run(2 * 3600, analyzer, other);
    const us = world.nowUs as Micros;
    const [one, two] = [analyzer.estimates(us), other.estimates(us)];
    expect(two.kappa.both.value / one.kappa.both.value).toBeCloseTo(1, 2);
    expect(two.alpha.both.value / one.alpha.both.value).toBeCloseTo(1, 2);
    expect(two.sigma.value / one.sigma.value).toBeCloseTo(1, 2);
    expect(two.state).toBe('ready');
  });

  test('after days away the static values have come back by themselves', () => {
    const { world, saved } = learnt();
    const other = make();
    other.restore(saved);
    const e = other.estimates((world.nowUs + 48 * HOUR_US) as Micros);
    expect(e.kappa.both.value).toBeCloseTo(DEFAULT_MARKET.kappa, 6);
    expect(e.sigma.value).toBeCloseTo(DEFAULT_MARKET.sigma, 3);
    expect(e.alpha.both.value).toBeCloseTo(DEFAULT_MARKET.alpha, 6);
  });

  test('another band: the order flow starts anew, sigma is kept', () => {
    const { world, saved } = learnt();
    const other = make(1);
    expect(other.restore(saved)).toBe('not used: order flow, resting reach');
    const e = other.estimates(world.nowUs as Micros);
    expect(e.kappa.both.effectiveCount).toBe(0);
    expect(e.sigma.value).toBeGreaterThan(1.2);
    expect(make(0.3, 9).restore(saved)).toBe('not used: resting reach');
  });

  test('nothing but a state gets in, and only before the first row', () => {
    const { world, analyzer, saved } = learnt();
    expect(analyzer.restore(saved)).toBe('rows have been seen already');
    for (const odd of [null, 5, 'x', [], {}, { ...saved, version: 2 }]) {
      expect(make().restore(odd)).toBe('not a saved analyzer of this version');
    }
    const other = make();
    const broken = { ...saved, flow: [...(saved.flow as unknown[]).slice(0, -1), 'damage'] };
    expect(other.restore(broken)).toBe('not used: order flow');
    const e = other.estimates(world.nowUs as Micros);
    expect(e.alpha.bid.effectiveCount).toBe(0); // not even the half that was sound
    expect(e.sigma.value).toBeGreaterThan(1.2);
  });

  test('any damage: never a throw, never a figure that is not finite', () => {
    const { world, saved } = learnt();
    const paths = leaves(saved);
    const odd = fc.constantFrom(null, 'NaN', -1, 1e308, [], {}, true);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: paths.length - 1 }), odd, (which, value) => {
        const copy = JSON.parse(JSON.stringify(saved)) as AnalyzerState;
        put(copy, paths[which] as (string | number)[], value);
        const other = make();
        other.restore(copy);
        const text = JSON.stringify(other.market((world.nowUs + 1) as Micros));
        expect(text).not.toContain('null');
      }),
      { numRuns: 300 },
    );
  });
});

function leaves(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, part]) => leaves(part, [...path, key]));
}

function put(target: unknown, path: readonly (string | number)[], value: unknown): void {
  const [key, ...rest] = path as [string, ...string[]];
  const holder = target as Record<string, unknown>;
  if (rest.length === 0) holder[key] = value;
  else put(holder[key], rest, value);
}

describe('rows that make no sense', () => {
  const odd = fc.constantFrom(NaN, Infinity, -Infinity, 0, -1, 0.5, 1e300, 2 ** 60);
  const price = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 990, max: 1010 }) }, odd);
  const lots = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 5 }) }, odd);
  const time = fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: 0, max: 3_000_000 }) },
    fc.constantFrom(NaN, -5_000_000, Infinity, 40_000_000, 4_000_000_000),
  );
  const side = fc.constantFrom(1, -1, 0, 2, NaN);
  const row = fc.oneof(
    fc.record({ kind: fc.constant('level' as const), side, price, lots, time }),
    fc.record({ kind: fc.constant('trade' as const), side, price, lots, time }),
    fc.record({ kind: fc.constantFrom('gap' as const, 'clear' as const), side, price, lots, time }),
  );

  test('no throw, and what may be quoted on stays finite and positive', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 50, maxLength: 400 }), (rows) => {
        const analyzer = make();
        const book = new L2Book(64);
        let now = 1e15;
        for (const { kind, side: s, price: p, lots: l, time: t } of rows) {
          const us = (now + t) as Micros;
          if (t >= 0 && t < Infinity) now += t;
          if (kind === 'clear') book.clear();
          else if (kind === 'gap') analyzer.onGap(us);
          else if (kind === 'level') {
            book.apply(s as Side, p as Ticks, l as Lots);
            analyzer.onBook(at(us), book);
          } else analyzer.onTrade(at(us), s as Aggressor, p as TickPrice, l as Lots, book);
          const m = analyzer.market(us);
          const sound = m.sigma > 0 && m.kappa > 0 && m.alpha > 0 && m.epsilon >= 0;
          expect(sound && m.sigma + m.kappa + m.alpha + m.epsilon < Infinity).toBe(true);
          analyzer.alarm(at(us));
        }
        const e = analyzer.estimates(now as Micros);
        expect(JSON.parse(JSON.stringify(e))).toEqual(e);
        expect(JSON.parse(JSON.stringify(analyzer.save()))).toEqual(analyzer.save());
      }),
      { numRuns: 300 },
    );
  });

  test('a locked book is a book; a crossed or one-sided one is not', () => {
    const world = new TakerWorld({ seed: 'locked', market: DEFAULT_MARKET });
    const analyzer = make();
    world.run(600, analyzer);
    const book = new L2Book(64);
    const trade = (us: number): void =>
      analyzer.onTrade(at(us), 1, 1_000_300 as TickPrice, 1 as Lots, book);
    const blind = (): number => analyzer.estimates(world.nowUs as Micros).blind;
    const touch = (bid: number, ask: number, us: number): void => {
      book.clear();
      if (bid > 0) book.apply(BID, bid as Ticks, 1 as Lots);
      if (ask > 0) book.apply(ASK, ask as Ticks, 1 as Lots);
      analyzer.onBook(at(us), book);
      trade(us + 1);
      trade(us + 3_000_000);
    };
    touch(1_000_000, 1_000_000, world.nowUs + 1);
    expect(blind()).toBe(0);
    touch(1_000_010, 1_000_000, world.nowUs + 4_000_000);
    touch(1_000_000, 0, world.nowUs + 8_000_000);
    touch(1_000_000, 1_000_001, world.nowUs + 12_000_000);
    expect(blind()).toBe(4);
  });

  test('reading figures changes nothing: two analyzers, one of them read all the time', () => {
    const world = new TakerWorld({ seed: 'read', market: FAST });
    const [quiet, watched] = [make(), make()];
    for (let i = 0; i < 360; i += 1) {
      world.run(10, quiet, watched);
      watched.estimates(world.nowUs as Micros);
      watched.save();
      watched.alarm(at(world.nowUs));
    }
    expect(figures(watched.estimates(world.nowUs as Micros))).toEqual(
      figures(quiet.estimates(world.nowUs as Micros)),
    );
    expect(watched.save()).toEqual(quiet.save());
  });
});
