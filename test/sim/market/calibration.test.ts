// A simulated day of each preset against the portrait's ranges (portrait.md sections 4, 5 and 7), measured by the same
// code that finds the portrait's own figures in the real recordings (test/tape/recordings.test.ts). Ranges allow for
// the difference between days, which is real: volatility clusters for hours.
import { beforeAll, describe, expect, test } from 'vitest';
import { type PresetName, PRESET_NAMES } from '#sim/market/presets';
import { SyntheticMarket } from '#sim/market/market';
import { markout, type Portrait, portray, type Recording, record } from './measure.js';

const START = 1_767_225_600_000_000;
const DAY = 86_400_000_000;
const LOT = 0.0001;

interface Ranges {
  readonly sigma60: readonly [number, number];
  readonly orders: readonly [number, number];
  readonly a: readonly [number, number];
  readonly kappa: readonly [number, number];
  readonly markout5: readonly [number, number];
  /** Chance of reach within 1 s at 1 bp, within 5 s at 2 bp. */
  readonly reach1at1: readonly [number, number];
  readonly reach5at2: readonly [number, number];
  readonly depth1: readonly [number, number];
}

const RANGES: Readonly<Record<PresetName, Ranges>> = {
  calm: {
    sigma60: [0.2, 0.4],
    orders: [0.5, 1.5],
    a: [0.02, 0.1],
    kappa: [1.1, 2.4],
    markout5: [0.03, 0.2],
    reach1at1: [0.002, 0.015],
    reach5at2: [0.003, 0.025],
    depth1: [0.8, 2],
  },
  normal: {
    sigma60: [0.42, 0.8],
    orders: [0.5, 1.5],
    a: [0.06, 0.3],
    kappa: [1.1, 2.4],
    markout5: [0.1, 0.35],
    reach1at1: [0.0085, 0.03],
    reach5at2: [0.02, 0.075],
    depth1: [0.8, 1.6],
  },
  fast: {
    sigma60: [0.95, 2],
    orders: [1, 3],
    a: [0.2, 0.6],
    kappa: [0.9, 1.4],
    markout5: [0.5, 1.5],
    reach1at1: [0.045, 0.12],
    reach5at2: [0.1, 0.25],
    depth1: [0.6, 1.5],
  },
};

describe.each(PRESET_NAMES)('a day of %s', (preset) => {
  let day: Recording;
  let p: Portrait;
  const want = RANGES[preset];
  const within = (value: number, [least, most]: readonly [number, number]): void => {
    expect(value).toBeGreaterThan(least);
    expect(value).toBeLessThan(most);
  };

  beforeAll(() => {
    day = record(new SyntheticMarket({ preset, seed: 1, startUs: START, durationUs: DAY }));
    p = portray(day, LOT);
  });

  test('volatility at 60 s, rising with the horizon as a lagging touch makes it', () => {
    within(p.sigma[3] as number, want.sigma60);
    expect(p.sigma[1] as number).toBeGreaterThan(1.1 * (p.sigma[0] as number));
    within((p.sigma[0] as number) / (p.sigma[3] as number), [0.45, 0.8]);
    within(p.ac1, preset === 'calm' ? [0.05, 0.3] : [0.1, 0.3]);
    expect(p.kurtosis1s).toBeGreaterThan(9);
  });

  test('jumps: a minute beyond 30 bp about once in 1,000, more when fast', () => {
    within(p.big1min, preset === 'fast' ? [0.003, 0.04] : [-1, 0.003]);
  });

  test('taker orders cluster, and their sizes are lognormal', () => {
    within(p.ordersPerSecond, want.orders);
    within(p.fano1, [1.7, 2.4]);
    within(p.fano60, [5, 20]);
    within(p.size.lnSd, [1.85, 2.3]);
    within(p.size.mean, [0.019, 0.3]); // StandX to Hyperliquid
    within(p.size.p50, [0.002, 0.03]);
    within(p.size.p99, [0.26, 5.3]);
  });

  test('the spread is a tick most of the time, 0.05 to 0.2 bp on the mean', () => {
    within(p.tight, [0.65, 0.9]);
    within(p.spreadBp, [0.04, 0.2]);
  });

  test('depth: a best level 1.5 to 3 times the second, about 1 BTC within 1 bp, flat after', () => {
    within(p.depth.best / p.depth.second, [1.5, 3]);
    within(p.depth.one, want.depth1);
    within((p.depth.two - p.depth.one) / p.depth.one, [0.4, 1.2]);
  });

  test('fill curve', () => {
    within(p.fit1.a, want.a);
    within(p.fit1.kappa, want.kappa);
    within(p.reach1[2] as number, want.reach1at1);
    within(p.reach5[3] as number, want.reach5at2);
    // Diffusion helps distant quotes: kappa at 5 s is 0.5 to 0.9 of that at 1 s.
    within(p.fit5.kappa / p.fit1.kappa, [0.5, 0.95]);
  });

  test('the mid drifts in the taker’s direction', () => {
    within(p.markouts[1] as number, want.markout5);
    expect(p.markouts[0] as number).toBeLessThan(p.markouts[1] as number);
  });

  test('a naive quoter who joins the touch loses before fees', () => {
    // Filled first in the queue by every order at the touch: earns half the spread, pays the drift over 30 s.
    const edges: number[] = [];
    for (const order of day.orders) {
      const later = day.mids[order.second + 30];
      if (later === undefined) continue;
      const drift = (order.side * (later - order.midBefore) * 1e4) / order.midBefore;
      edges.push(order.spreadBp / 2 - drift);
    }
    const mean = edges.reduce((a, b) => a + b, 0) / edges.length;
    // Blocks of 1,000 orders, as drifts of neighbouring orders overlap.
    const blocks: number[] = [];
    for (let i = 0; i + 1_000 <= edges.length; i += 1_000) {
      blocks.push(edges.slice(i, i + 1_000).reduce((a, b) => a + b, 0) / 1_000);
    }
    const variance = blocks.reduce((a, b) => a + (b - mean) * (b - mean), 0) / (blocks.length - 1);
    expect(mean).toBeLessThan(0);
    expect(mean / Math.sqrt(variance / blocks.length)).toBeLessThan(-2);
  });

  test('deep orders drift farther, but not always as far as they went', () => {
    const deep = markout(day, 30, (order) => order.reach >= 1);
    expect(deep).toBeGreaterThan(p.markouts[2] as number);
    // In calm and normal markets a quote 1 bp away is paid before fees; in a fast one it is not.
    if (preset === 'fast') expect(deep).toBeGreaterThan(1);
    else expect(deep).toBeLessThan(1);
  });

  test('the book is never crossed, in a whole day', () => {
    expect(day.crossed).toBe(0);
    expect(day.messages).toBeGreaterThan(200_000);
  });
});

test('calm, normal and fast are in that order', () => {
  const sigma = PRESET_NAMES.map((preset) => {
    const hours = new SyntheticMarket({ preset, seed: 5, startUs: START, durationUs: DAY / 6 });
    return portray(record(hours), LOT).sigma[2] as number;
  });
  expect(sigma).toEqual([...sigma].sort((a, b) => a - b));
});
