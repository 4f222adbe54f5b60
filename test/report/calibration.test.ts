// The counts behind `mm calibrate`, each on something whose answer is known: returns of a random walk with holes,
// means of clusters, Fano factors, the touch over time, reach within windows, a line through points, the plots.
import { describe, expect, test } from 'vitest';
import { L2Book } from '#core/book';
import { Random } from '#core/random';
import type { Lots, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { ClusteredMean, WindowCounts } from '#report/calibration-counts';
import { bars, logPlot } from '#report/calibration-plot';
import { OrderReaches, SeenReach, edgeOf, lineFit } from '#report/calibration-reach';
import { Returns } from '#report/calibration-returns';
import { TouchTimes } from '#report/calibration-touch';

const T0 = 1e15;

describe('returns at one horizon', () => {
  /** A walk of `sigma` bp per root second, seen every 0.1 s but for holes; the walk goes on inside them. */
  function walk(returns: readonly Returns[], seconds: number, sigma: number, hole = 0): void {
    const random = new Random('walk');
    let log = 0;
    let lost = false;
    for (let i = 0; i <= seconds * 10; i += 1) {
      log += sigma * Math.sqrt(0.1) * 1e-4 * random.normal();
      const inHole = hole > 0 && i % 400 >= 400 - hole * 10;
      if (inHole) lost = true;
      if (inHole) continue;
      for (const at of returns) {
        if (lost) at.gap();
        at.onMid(T0 + i * 1e5, 1e6 * Math.exp(log));
      }
      lost = false;
    }
  }

  test.each([0, 7])('of a random walk: the same at every horizon, holes of %d s', (hole) => {
    const all = [0.1, 1, 5, 30, 60, 300].map((seconds) => new Returns(seconds));
    walk(all, 80_000, 0.8, hole);
    for (const { sigma, standardError, effectiveCount } of all) {
      expect(Math.abs((sigma as number) - 0.8)).toBeLessThan(3.5 * (standardError as number));
      expect((standardError as number) / 0.8).toBeLessThan(1.3 / Math.sqrt(2 * effectiveCount));
    }
  });

  test('a hole of 10 s is bridged by its true time, a longer one is not', () => {
    const bridged = new Returns(30);
    const broken = new Returns(30);
    for (const [returns, hole] of [
      [bridged, 8],
      [broken, 12],
    ] as const) {
      // One bp a second: r^2 / h = h of the pair of mids, whatever the hole.
      for (let s = 0; s <= 60; s += 1) {
        if (s > 20 && s < 20 + hole) continue;
        if (s === 20 + hole) returns.gap();
        returns.onMid(T0 + s * 1e6, 1e6 * Math.exp(s * 1e-4));
      }
    }
    expect(bridged.count).toBe(7); // 30, 35, .. 60
    expect((bridged.sigma as number) ** 2).toBeCloseTo(30, -1);
    expect(broken.count).toBe(0); // from 32 s on there are 28 s
    expect(broken.sigma).toBeNull();
    expect(broken.standardError).toBeNull();
  });

  test('tells of each return', () => {
    const seen: [number, number][] = [];
    const returns = new Returns(1, (us, square) => seen.push([us, square]));
    for (let s = 0; s <= 3; s += 1) returns.onMid(T0 + s * 1e6, 1e6 * Math.exp(2e-4 * s));
    expect(seen.map(([us]) => us - T0)).toEqual([1e6, 2e6, 3e6]);
    for (const [, square] of seen) expect(square).toBeCloseTo(4, 6);
  });
});

describe('counts', () => {
  test('a clustered mean knows that copies are no evidence', () => {
    const random = new Random('clusters');
    const [alone, copied] = [new ClusteredMean(), new ClusteredMean()];
    for (let i = 0; i < 400; i += 1) {
      const x = 1 + random.normal();
      alone.add(x);
      alone.close();
      for (let k = 0; k < 10; k += 1) copied.add(x);
      copied.close();
      copied.close(); // an empty one is none
    }
    expect(alone.mean).toBeCloseTo(1, 0);
    expect(copied.mean).toBeCloseTo(alone.mean as number, 9);
    expect(alone.standardError).toBeCloseTo(1 / 20, 2);
    expect(copied.standardError).toBeCloseTo(alone.standardError as number, 9);
    expect(new ClusteredMean().mean).toBeNull();
    expect(new ClusteredMean().standardError).toBeNull();
  });

  test('the Fano factor of a Poisson process is 1, of pairs 2, of a clock 0', () => {
    const [poisson, pairs, clock] = [1, 2, 3].map(() => new WindowCounts(1e6)) as [
      WindowCounts,
      WindowCounts,
      WindowCounts,
    ];
    const random = new Random('fano');
    let us = 0;
    for (let i = 0; i < 20_000; i += 1) {
      us += random.exponential(3) * 1e6;
      poisson.add(us);
      pairs.add(us);
      pairs.add(us);
      clock.add(i * 0.25e6);
    }
    expect(poisson.fano(us)).toBeGreaterThan(0.94);
    expect(poisson.fano(us)).toBeLessThan(1.06);
    expect((pairs.fano(us) as number) / (poisson.fano(us) as number)).toBeCloseTo(2, 9);
    expect(clock.fano(5_000e6)).toBe(0);
  });

  test('too few windows, or no event, say nothing', () => {
    const counts = new WindowCounts(1e6);
    expect(counts.fano(100e6)).toBeNull();
    counts.add(100.5e6);
    expect(counts.fano(100.6e6)).toBeNull();
    const few = new WindowCounts(1e6);
    few.add(1);
    expect(few.fano(9e6)).toBeNull();
  });
});

describe('the touch', () => {
  const book = (bid: number, ask: number, lots: number): L2Book => {
    const made = new L2Book(64);
    made.apply(BID, bid as Ticks, lots as Lots);
    made.apply(ASK, ask as Ticks, (3 * lots) as Lots);
    return made;
  };

  test('is weighted by time, without holes and lost books', () => {
    const touch = new TouchTimes();
    expect(touch.means()).toBeNull();
    touch.take(T0, book(10_000, 10_000, 10)); // locked for 1 s
    touch.take(T0 + 1e6, book(9_999, 10_001, 20)); // two ticks, 2 bp, for 2 s
    touch.take(T0 + 3e6, book(10_000, 10_001, 40)); // one tick for 1 s
    touch.lost(T0 + 4e6); // nothing for 5 s
    touch.take(T0 + 9e6, book(1, 100_000, 1e6)); // before a hole: not counted
    touch.gap(T0 + 20e6);
    touch.take(T0 + 21e6, book(10_000, 10_001, 40)); // silence: 10 s of it count
    touch.lost(T0 + 99e6);
    const means = touch.means();
    expect(touch.totalUs).toBe(14e6);
    expect(means?.locked).toBeCloseTo(1 / 14, 9);
    expect(means?.oneTick).toBeCloseTo(12 / 14, 9);
    expect(means?.spreadBps).toBeCloseTo((0 * 1 + 2 * 2 + 1 * 11) / 14, 3);
    expect(means?.bidLots).toBeCloseTo((10 * 1 + 20 * 2 + 40 * 11) / 14, 9);
    expect(means?.askLots).toBeCloseTo(3 * (means?.bidLots as number), 9);
  });
});

describe('reach', () => {
  test('windows one after the other, both sides, each from its own first mid', () => {
    const seen = new SeenReach(1, [1, 2]);
    expect(seen.chance(0)).toBeNull();
    seen.onMid(T0, 1e6);
    seen.onPrint(T0 + 2e5, 1, 1e6 + 150); // 1.5 bp up
    seen.onMid(T0 + 1e6, 1e6 + 100);
    seen.onPrint(T0 + 1.5e6, -1, 1e6 + 100 - 250); // 2.5 bp down, from the new mid
    seen.onMid(T0 + 2e6, 1e6);
    seen.onPrint(T0 + 2.5e6, 0, 1e6 - 130); // a side unknown: down, since it is below
    seen.onMid(T0 + 3e6, 1e6);
    expect(seen.trials).toBe(6);
    expect(seen.chance(0)).toBeCloseTo(3 / 6, 12);
    expect(seen.chance(1)).toBeCloseTo(1 / 6, 12);
    seen.onPrint(T0 + 3.5e6, 1, 2e6);
    seen.drop(); // a hole: that window does not count
    seen.onMid(T0 + 9e6, 1e6);
    seen.onMid(T0 + 9.9e6, 1e6);
    expect(seen.trials).toBe(6);
  });

  test('orders by distance, at multiples of 0.05 bp', () => {
    const reaches = new OrderReaches();
    for (const reach of [-1, 0, 0.3, 1, 1.04, 2.5, 1e6]) reaches.add(reach);
    expect([0, 0.3, 0.35, 1, 1.05, 2.5, 2.55].map((d) => reaches.beyond(d))).toEqual([
      ...[6, 5, 4, 4, 2, 2, 1],
    ]);
    expect(edgeOf(1)).toBeCloseTo(1, 12);
    expect(edgeOf(1.01)).toBeCloseTo(1.05, 12);
  });

  test('R² is 1 on the line, less beside it, and not told of two points', () => {
    const points = [0, 1, 2, 3].map((distance) => ({
      distance,
      seen: 0.2 * Math.exp(-1.2 * distance),
      orders: 100,
    }));
    expect(lineFit(points, Math.log(0.2), 1.2)).toBeCloseTo(1, 9);
    expect(lineFit(points, Math.log(0.3), 1.2)).toBeLessThan(0.95);
    expect(lineFit(points.slice(0, 2), Math.log(0.2), 1.2)).toBeNull();
    expect(lineFit([...points.slice(0, 2), { distance: 3, seen: 0, orders: 0 }], 0, 1)).toBeNull();
  });
});

describe('plots', () => {
  test('points on a straight line of their own are all of one kind', () => {
    const points = [0, 1, 2, 3, 4].map((x) => ({ x, seen: 10 ** -x, fitted: 10 ** -x }));
    const lines = logPlot(points, 'bp').split('\n');
    expect(lines.join('').match(/@/g)).toHaveLength(5);
    expect(lines.join('')).not.toMatch(/[o.] *$/);
    expect(lines[0]).toBe('     1.0 |@');
    expect(lines[13]).toMatch(/^ {0,2}0\.00010 \| {59}@$/);
    expect(lines.at(-1)).toMatch(/^ {10}0 +4 bp$/);
  });

  test('what lies beyond the frame is left out, nothing to draw is nothing', () => {
    const text = logPlot(
      [
        { x: 0, seen: 1, fitted: 1e9 },
        { x: 1, seen: 0.1, fitted: 1e-9 },
        { x: 2, seen: 0, fitted: 1 },
      ],
      'bp',
    );
    expect(text.match(/o/g)).toHaveLength(2);
    expect(logPlot([{ x: 0, seen: 1, fitted: 1 }], 'bp')).toBe('');
  });

  test('bars are as long as their values', () => {
    const [half, whole] = bars([
      { name: '1 s', value: 0.25 },
      { name: '60 s', value: 0.5 },
    ]).split('\n') as [string, string];
    expect(half).toBe(` 1 s |${'='.repeat(25)} 0.250`);
    expect(whole).toBe(`60 s |${'='.repeat(50)} 0.500`);
  });
});
