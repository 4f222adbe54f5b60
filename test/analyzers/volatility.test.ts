// Sigma from mids: the figure itself, its sampling, gaps, winsorising, half-tick bounce, jumps and
// the alarm.
import { Instant } from '#core/instant';
import { describe, expect, test } from 'vitest';
import { Random } from '#core/random';
import type { Bps, Micros } from '#core/units';
import { OrderBookAnalyzer } from '#analyzers/order-book-analyzer';
import type { Moment } from '#analyzers/moment';
import { Volatility } from '#analyzers/volatility';
import { DEFAULT_MARKET, TakerWorld } from '../support/taker-world.js';
import { study, table } from '../support/world-study.js';

const SECOND = 1_000_000;
const T0 = 1_800_000_000 * SECOND;
const PATIENCE = { timeout: 120_000 };

const at = (us: number, mid: number): Moment => ({ us, mid, venueUs: us });

/** A mid every second from a function of the second. */
function feed(v: Volatility, from: number, to: number, mid: (s: number) => number): void {
  for (let s = from; s < to; s += 1) v.onMid(at(T0 + s * SECOND, mid(s)));
}
const bps = (x: number): number => 1e6 * Math.exp(x * 1e-4);

test('a mid that climbs 1 bp a second, mixed with 20 returns at the static sigma', () => {
  const v = new Volatility(1);
  feed(v, 0, 36, bps); // samples at 0, 5, ... 35: returns at 30 and 35
  const at = T0 + 35 * SECOND;
  const fade = Math.exp(-Math.LN2 * (5 / 1800));
  expect(v.slow.value(at)).toBeCloseTo((20 + 30 * fade + 30) / (20 + fade + 1), 9);
  const fast = Math.exp(-Math.LN2 * (5 / 120));
  expect(v.fast.value(at)).toBeCloseTo((2 + 30 * fast + 30) / (2 + fast + 1), 9);
  expect(v.variance(at)).toBe(v.fast.value(at));
});

test('samples are taken at their time with the mid of that time, not with the next one', () => {
  const v = new Volatility(1);
  v.onMid(at(T0, bps(0)));
  // Silent but for one change at 24.9 s and one at 30.1 s: the sample of 30 s still has the first.
  for (const s of [8, 16, 24.9]) v.onMid(at(T0 + s * SECOND, bps(s === 24.9 ? 3 : 0)));
  v.onMid(at(T0 + 30.1 * SECOND, bps(50)));
  expect(v.slow.value(T0 + 30 * SECOND)).toBeCloseTo((20 + 9 / 30) / 21, 9);
});

describe('gaps', () => {
  test('of 10 s at most are bridged, over the true time', () => {
    const v = new Volatility(1);
    feed(v, 0, 30, () => bps(0)); // samples 0 .. 25
    v.gap();
    // The sample of 30 s lay in the gap: taken at 33 s, against that of 5 s.
    v.onMid(at(T0 + 33 * SECOND, bps(6)));
    expect(v.slow.value(T0 + 33 * SECOND)).toBeCloseTo((20 + 36 / 28) / 21, 9);
  });

  test('longer ones start afresh: what happened inside never counts', () => {
    for (const reported of [true, false]) {
      const v = new Volatility(1);
      feed(v, 0, 40, () => bps(0));
      const before = v.slow.effectiveCount(T0 + 40 * SECOND);
      if (reported) v.gap();
      feed(v, 50.5, 80, () => bps(500));
      expect(v.slow.value(T0 + 80 * SECOND)).toBeLessThan(1);
      expect(v.slow.effectiveCount(T0 + 80 * SECOND)).toBeCloseTo(before, 9);
    }
  });

  test('while the feed is silent the static value comes back by itself', () => {
    const v = new Volatility(1);
    const random = new Random('silent');
    let x = 0;
    feed(v, 0, 3600, () => bps((x += 3 * random.normal())));
    expect(Math.sqrt(v.slow.value(T0 + 3600 * SECOND))).toBeGreaterThan(2);
    expect(Math.sqrt(v.slow.value(T0 + 30 * 3600 * SECOND))).toBeCloseTo(1, 2);
  });
});

test('one return counts for 6 sigma at most', () => {
  const v = new Volatility(1);
  feed(v, 0, 31, (s) => bps(s < 30 ? 0 : 5_000));
  expect(v.slow.value(T0 + 30 * SECOND)).toBeCloseTo((20 + 36) / 21, 6);
});

test('a bounce of half a tick hardly shows, also where the tick is 1 bp', PATIENCE, () => {
  for (const bounceBps of [0.01, 1]) {
    const world = { bounceBps };
    const [figures] = study({
      name: `bounce/${bounceBps}`,
      seeds: 60,
      hours: 2,
      from: [0.3],
      world,
    });
    table(`bounce of half a tick of ${bounceBps} bp`, [figures?.['sigma']?.row ?? '']);
    expect(Math.abs(figures?.['sigma']?.bias() ?? 1)).toBeLessThan(0.03);
    expect(figures?.['sigma']?.coverage).toBeGreaterThan(0.88);
  }
});

test(
  'jumps of 60 bp, one an hour: sigma stays that of the diffusion and its winsorised jumps',
  PATIENCE,
  () => {
    const world = { jumps: { perHour: 1, bps: 60 } };
    const [figures] = study({ name: 'jumps', seeds: 60, hours: 4, from: [0.3], world });
    table('jumps of 60 bp, one an hour', [figures?.['sigma']?.row ?? '']);
    // With the jumps in full sigma would be sqrt(0.71^2 + 3600 / 3600) = 1.23: 73 % more.
    expect(figures?.['sigma']?.bias()).toBeLessThan(0.25);
    expect(figures?.['sigma']?.bias()).toBeGreaterThan(0);
  },
);

describe('the jump alarm', () => {
  /** Diffusion at the static sigma for 20 min, then a jump. Seconds until the alarm, or -1. */
  function delay(seed: string, jump: number): number {
    const v = new Volatility(0.71);
    const random = new Random(seed);
    const atSecond = 1200 + random.int(5);
    let x = 0;
    for (let s = 0; s < atSecond + 60; s += 1) {
      x += 0.71 * random.normal() + (s === atSecond ? jump : 0);
      v.onMid(at(T0 + s * SECOND, bps(x)));
      if (s >= atSecond && v.jump.atUs >= T0 + atSecond * SECOND) return s - atSecond;
    }
    return -1;
  }

  test('sees 30 bp at the next sample, seldom 12 bp', () => {
    const rows: string[] = [];
    for (const [jump, least, most] of [
      [12, 0, 0.3],
      [20, 0.5, 0.9],
      [30, 0.95, 1],
      [60, 1, 1],
    ] as const) {
      const delays = Array.from({ length: 100 }, (_, i) => delay(`${jump}/${i}`, jump));
      const seen = delays.filter((d) => d >= 0);
      const mean = seen.reduce((sum, d) => sum + d, 0) / seen.length;
      rows.push(`${jump} bp | ${seen.length} % | ${mean.toFixed(1)} s`);
      expect.soft(seen.length / 100).toBeGreaterThanOrEqual(least);
      expect.soft(seen.length / 100).toBeLessThanOrEqual(most);
      if (jump >= 30) expect.soft(mean).toBeLessThan(6);
    }
    table('jump | seen | after', rows);
  });

  test('does not cry wolf: less than one false alarm a day of diffusion', () => {
    const v = new Volatility(0.71);
    const random = new Random('wolf');
    let x = 0;
    let above = 0;
    const days = 5;
    for (let s = 0; s < days * 86_400; s += 5) {
      x += 0.71 * Math.sqrt(5) * random.normal();
      v.onMid(at(T0 + s * SECOND, bps(x)));
      if (v.jump.ratio > 2) above += 1;
    }
    expect(v.jump.count).toBeLessThan(days);
    // The ratio alone, which the specification names, would have cried all day long.
    expect(above).toBeGreaterThan(100);
  });

  test('on a coarse tick, where most returns are 0, one tick of 1 bp is no jump', () => {
    const v = new Volatility(0.71);
    feed(v, 0, 3600, (s) => bps(s > 3000 ? 1 : 0));
    expect(v.jump.ratio).toBe(Infinity);
    expect(v.jump.count).toBe(0);
  });

  test('is raised once per jump, holds for 60 s, and tells why', () => {
    const analyzer = new OrderBookAnalyzer({ market: DEFAULT_MARKET, bandFrom: 2 as Bps });
    const world = new TakerWorld({ seed: 'alarm', market: DEFAULT_MARKET });
    world.run(1200, analyzer);
    expect(analyzer.alarm(new Instant(world.nowUs as Micros))).toBeNull();
    world.jumpBy(80);
    world.run(6, analyzer);
    const alarm = analyzer.alarm(new Instant(world.nowUs as Micros));
    expect(alarm?.reason).toMatch(/^jump: RV \/ BV \d+\.\d over 20 returns of 30 s$/);
    expect(alarm?.untilUs).toBeGreaterThan(world.nowUs + 50 * SECOND);
    expect(alarm?.untilUs).toBeLessThanOrEqual(world.nowUs + 60 * SECOND);
    expect(analyzer.alarm(new Instant(world.nowUs as Micros))).toBe(alarm); // the same object
    world.run(48, analyzer);
    expect(analyzer.alarm(new Instant(world.nowUs as Micros))).toBe(alarm);
    world.run(12, analyzer);
    expect(analyzer.alarm(new Instant(world.nowUs as Micros))).toBeNull();
    world.run(1200, analyzer);
    expect(analyzer.estimates(world.nowUs as Micros).jumps).toBe(1);
  });
});
