// Alpha, kappa and epsilon against sums done by hand, and what surrounds them: unknown sides,
// bursts, goodness of fit, resting quotes, the chance of reach.
import { at } from '../support/instant.js';
import { describe, expect, test } from 'vitest';
import type { MarketEstimates } from '#core/analyzer';
import { L2Book } from '#core/book';
import { Random } from '#core/random';
import type { Aggressor, Bps, Lots, Micros, Seconds, TickPrice, Ticks } from '#core/units';
import type { BpsPerRootSecond, PerBp, PerSecond } from '#core/units';
import { ASK, BID } from '#core/units';
import { GoodnessOfFit } from '#analyzers/goodness-of-fit';
import { bandOf } from '#analyzers/liquidity-decay';
import { OrderBookAnalyzer } from '#analyzers/order-book-analyzer';
import { boundedDriftOffset, chanceOfReach, driftOffset } from '#analyzers/reach-chance';
import { DEFAULT_MARKET, marketOf, TakerWorld } from '../support/taker-world.js';

const SECOND = 1_000_000;
const T0 = 1_800_000_000 * SECOND;
const MID = 1_000_000;
const FIXED = marketOf(0.7, 1, 0.2, 0.1);
const HALF_LIFE_S = 900;
const fade = (seconds: number): number => Math.exp((-Math.LN2 * seconds) / HALF_LIFE_S);

/** A book whose mid is always the same unless told, a second apart, and orders at given reaches. */
class Script {
  readonly analyzer = new OrderBookAnalyzer({ market: FIXED, bandFrom: 1 as Bps });
  private readonly book = new L2Book(64);
  private second = 0;

  book1(mid = MID): void {
    this.book.clear();
    this.book.apply(BID, (mid - 1) as Ticks, 1 as Lots);
    this.book.apply(ASK, (mid + 1) as Ticks, 1 as Lots);
    this.analyzer.onBook(at(this.nowUs), this.book);
  }

  /** Until just before `second`. */
  wait(second: number, mid = MID): void {
    for (; this.second < second; this.second += 1) this.book1(mid);
  }

  order(side: Aggressor, away: number, atSecond: number, mid = MID): void {
    const us = T0 + atSecond * SECOND;
    const ticks = mid * (1 + away * 1e-4);
    this.analyzer.onTrade(at(us), side, ticks as TickPrice, 1 as Lots, this.book);
  }

  /** At the last book. */
  get estimates(): MarketEstimates {
    return this.analyzer.estimates((T0 + (this.second - 1) * SECOND) as Micros);
  }

  private get nowUs(): Micros {
    return (T0 + this.second * SECOND) as Micros;
  }
}

describe('three orders by hand', () => {
  // Band 1 to 4 bp. Buys at 2 bp (10 s) and 7 bp (20 s, censored), a sell at 0.5 bp (15 s, short of
  // it).
  const script = new Script();
  script.wait(10);
  script.order(1, 2, 9.5);
  script.wait(15);
  script.order(-1, -0.5, 14.5);
  script.wait(20);
  script.order(1, 7, 19.5);
  script.wait(31);
  const e = script.estimates;
  const [w1, w2] = [fade(30 - 9.5), fade(30 - 19.5)];
  const watched = (HALF_LIFE_S / Math.LN2) * (1 - fade(30));

  test('band', () => expect(e.band).toEqual({ from: 1, to: 4 }));

  test('kappa: (a0 + n) / (b0 + sum of depths), censored orders without a count', () => {
    expect(e.kappa.ask.value).toBeCloseTo((5 + w1) / (5 + w1 + 3 * w2), 9);
    expect(e.kappa.bid.value).toBe(1);
    expect(e.kappa.both.value).toBeCloseTo((10 + w1) / (10 + w1 + 3 * w2), 9);
    expect(e.kappa.ask.effectiveCount).toBeCloseTo(1, 9);
    expect(e.kappa.ask.standardError / e.kappa.ask.value).toBeCloseTo(w1 / (5 + w1), 9);
    expect(e.kappa.bid.standardError).toBe(0);
    expect(e.kappa.bid.age).toBeNull();
    expect(e.kappa.ask.age).toBeCloseTo(10.5, 6);
  });

  test('alpha: (c0 + N) / (d0 + time) e^{kappa from}, less the bias of that exponential', () => {
    const rate = (5 + w1 + w2) / (5 / (0.2 * Math.exp(-1)) + watched);
    const { value, standardError } = e.kappa.ask;
    const s = standardError / value;
    const alpha = rate * Math.exp(value - s * s * (value + (value * value) / 2));
    expect(e.alpha.ask.value / alpha).toBeCloseTo(1, 3);
    const error = Math.sqrt((w1 * w1 + w2 * w2) / (5 + w1 + w2) ** 2 + standardError ** 2);
    expect(Math.log(e.alpha.ask.high / e.alpha.ask.value) / 1.959964).toBeCloseTo(error, 6);
    expect(e.alpha.ask.effectiveCount).toBeCloseTo((w1 + w2) ** 2 / (w1 * w1 + w2 * w2), 9);
    // Nothing hit the bid: its rate has fallen from the prior by the time watched.
    const bid = 5 / (5 / (0.2 * Math.exp(-1)) + watched);
    expect(e.alpha.bid.value).toBeCloseTo(bid * Math.E, 4);
  });
});

test('epsilon: the mid 5 s after an order, from that before it, in its direction', () => {
  const script = new Script();
  script.wait(10);
  script.order(1, 2, 9.5);
  script.order(-1, -2, 9.6);
  script.wait(14, MID + 100); // the first mid at or after 14.5 s is that of 15 s
  script.wait(30, MID + 300);
  const { epsilon } = script.estimates;
  const w = fade(14);
  expect(epsilon.ask.value).toBeCloseTo((20 * 0.1 + w * 3) / (20 + w), 6);
  expect(epsilon.bid.value).toBeCloseTo((20 * 0.1 - w * 3) / (20 + w), 6);
  expect(epsilon.both.value).toBeCloseTo((20 * 0.1) / (20 + 2 * w), 6);
});

test('unknown side: half an order for either side, no epsilon', () => {
  const script = new Script();
  script.wait(10);
  script.order(0, 2, 9.5);
  script.order(0, -3, 9.7);
  script.wait(31);
  const { alpha, kappa, epsilon } = script.estimates;
  expect(alpha.bid).toEqual(alpha.ask);
  expect(kappa.bid).toEqual(kappa.ask);
  expect(kappa.bid.effectiveCount).toBeCloseTo(2, 3); // both tell about either side
  expect(kappa.both.value).toBeCloseTo(kappa.bid.value, 2);
  expect(epsilon.both.effectiveCount).toBe(0);
});

describe('bursts', () => {
  /** Orders at 2 bp on the ask: `n` of them 100 ms apart, every 20 s. */
  function burst(n: number): MarketEstimates {
    const script = new Script();
    for (let s = 20; s < 1200; s += 20) {
      script.wait(s);
      for (let k = 0; k < n; k += 1) script.order(1, 2, s - 0.9 + k / 10);
    }
    return script.estimates;
  }

  test('count in full for alpha, and once for a quote that is missing after a hit', () => {
    const one = burst(1);
    const four = burst(4);
    expect(four.alpha.ask.value / one.alpha.ask.value).toBeGreaterThan(3);
    expect(one.hitShare).toBeGreaterThan(0.97);
    expect(four.hitShare).toBeLessThan(0.35);
  });

  test('do not exist in a Poisson world', () => {
    const shares = Array.from({ length: 20 }, (_, seed) => {
      const world = new TakerWorld({ seed: `share/${seed}`, market: DEFAULT_MARKET });
      const analyzer = new OrderBookAnalyzer({ market: DEFAULT_MARKET, bandFrom: 0.3 as Bps });
      world.run(7200, analyzer);
      return analyzer.estimates(world.nowUs as Micros).hitShare;
    });
    const mean = shares.reduce((sum, x) => sum + x, 0) / shares.length;
    expect(mean).toBeGreaterThan(0.98);
  });
});

describe('goodness of fit', () => {
  const band = bandOf(0.5 as Bps, 1.2 as PerBp);
  const random = new Random('fit');
  const add = (fit: GoodnessOfFit, reach: number): void =>
    fit.add({ us: T0, side: BID, reach, mid: MID, way: BID });
  const fill = (reach: () => number): GoodnessOfFit => {
    const fit = new GoodnessOfFit(band, 9e8);
    for (let i = 0; i < 5_000; i += 1) add(fit, Math.max(band.from, reach()));
    return fit;
  };

  test('is near 0 for the exponential it was given, and not for another shape', () => {
    expect(fill(() => 0.5 + random.exponential(1.2)).distance(1.2)).toBeLessThan(0.02);
    expect(fill(() => 0.5 + random.exponential(1.2)).distance(2.4)).toBeGreaterThan(0.2);
    expect(fill(() => 0.5 + 2.5 * random.next()).distance(1.2)).toBeGreaterThan(0.15);
    expect(new GoodnessOfFit(band, 9e8).distance(1.2)).toBe(0);
  });
});

describe('a quote that rests', () => {
  test('is reached as the theory says: resting fit = alpha, kappa in a mid that stays', () => {
    const still = marketOf(0.02, 1.2, 0.2, 0);
    const world = new TakerWorld({ seed: 'rest', market: still });
    const analyzer = new OrderBookAnalyzer({
      market: still,
      bandFrom: 0.3 as Bps,
      quoteAge: 5 as Seconds,
    });
    world.run(4 * 3600, analyzer);
    const fit = analyzer.estimates(world.nowUs as Micros).resting;
    expect(Math.abs((fit?.kappa ?? 0) / 1.2 - 1)).toBeLessThan(0.12);
    expect(Math.abs((fit?.alpha ?? 0) / 0.2 - 1)).toBeLessThan(0.12);
    expect(fit?.r2).toBeGreaterThan(0.95);
  });

  test('a mid that drifts brings distant quotes nearer: a smaller kappa', () => {
    const world = new TakerWorld({ seed: 'drift', market: DEFAULT_MARKET });
    const ages = [1, 5, 20].map(
      (age) =>
        new OrderBookAnalyzer({
          market: DEFAULT_MARKET,
          bandFrom: 0.3 as Bps,
          quoteAge: age as Seconds,
        }),
    );
    world.run(2 * 3600, ...ages);
    const kappas = ages.map((a) => a.estimates(world.nowUs as Micros).resting?.kappa ?? NaN);
    expect(kappas[0]).toBeGreaterThan((kappas[1] as number) + 0.1);
    expect(kappas[1]).toBeGreaterThan((kappas[2] as number) + 0.1);
  });

  test('the drift offset: theory.md B2.4 within its domain, held at its edge beyond', () => {
    const kappa = 1.2 as PerBp;
    const sigma = 0.71 as BpsPerRootSecond;
    expect(driftOffset(kappa, sigma, 1e-12 as Seconds)).toBe(1);
    // 2 / (k^2 s^2) (e^{k^2 s^2 h / 2} - 1) / h at h = 1 s.
    const k2 = 1.2 * 1.2 * 0.71 * 0.71;
    expect(driftOffset(kappa, sigma, 1 as Seconds)).toBeCloseTo((2 / k2) * Math.expm1(k2 / 2), 12);
    expect(boundedDriftOffset(kappa, sigma, 1 as Seconds)).toBe(
      driftOffset(kappa, sigma, 1 as Seconds),
    );
    expect(boundedDriftOffset(kappa, sigma, 60 as Seconds)).toBeCloseTo(2 * Math.expm1(0.5), 9);
    // theory.md, example: k 0.3 a tick held 10 s, sigma 1: alpha overstated 1.26 times.
    const offset = driftOffset(0.3 as PerBp, 1 as BpsPerRootSecond, 10 as Seconds);
    expect(offset).toBeGreaterThan(1.24);
    expect(offset).toBeLessThan(1.28);
  });

  test('the chance of reach', () => {
    const at = { alpha: 0.2 as PerSecond, kappa: 1.2 as PerBp };
    const p = chanceOfReach(at, 1 as Bps, 5 as Seconds);
    expect(p).toBeCloseTo(1 - Math.exp(-0.2 * Math.exp(-1.2) * 5), 12);
  });
});
