// Avellaneda-Stoikov against the golden rows: the paper's absolute prices, and basis points with
// costs.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asHalf, asShift, liquidityHalf, riskPerUnit } from '#strategies/avellaneda/as';
import { infiniteHorizon } from '../support/as-infinite-horizon.js';
import { golden } from '../support/theory-golden.js';

describe('the published formulae, in absolute prices', () => {
  test.each(golden.avellaneda_stoikov)('q=$q gamma=$gamma tau=$tau', (row) => {
    const half = asHalf(row.gamma, row.sigma, row.tau, row.k, 0);
    const centre = row.s + asShift(row.q, row.gamma, row.sigma, row.tau);
    expect(centre).toBeCloseTo(row.reservation, 11);
    expect(2 * half).toBeCloseTo(row.spread, 12);
    expect(centre - half).toBeCloseTo(row.bid, 11);
    expect(centre + half).toBeCloseTo(row.ask, 11);
  });

  test('average spreads: the continuous mean and the left-end grid of 200', () => {
    const width = (gamma: number, tau: number): number => 2 * asHalf(gamma, 2, tau, 1.5, 0);
    for (const [gamma, expected] of Object.entries(golden.avg_spread_continuous)) {
      // Linear in tau, so the mean over [0, 1] is the value at 1/2.
      expect(width(Number(gamma), 0.5)).toBeCloseTo(expected, 12);
    }
    for (const [gamma, expected] of Object.entries(golden.avg_spread_left_grid_200)) {
      let sum = 0;
      for (let i = 0; i < 200; i += 1) sum += width(Number(gamma), 1 - i / 200);
      expect(sum / 200).toBeCloseTo(expected, 11);
    }
    expect(Object.keys(golden.avg_spread_continuous)).toHaveLength(4);
  });

  test('gamma -> 0: no shift, 1/k each side', () => {
    expect(asHalf(1e-18, 2, 1, 1.5, 0)).toBeCloseTo(1 / 1.5, 12);
    expect(liquidityHalf(0, 1.5)).toBe(1 / 1.5);
    expect(liquidityHalf(1.5e-12, 1.5)).toBeCloseTo(1 / 1.5, 11);
    expect(asShift(0, 1, 1, 1)).toBe(0);
  });
});

describe('basis points with costs', () => {
  test.each(golden.as_with_cost_bp)('q=$q h=$h', (row) => {
    const shift = asShift(row.q, row.gamma_per_bp, row.sigma, row.tau);
    const half = asHalf(row.gamma_per_bp, row.sigma, row.tau, row.k, row.h);
    expect(shift).toBeCloseTo(row.shift, 12);
    expect(half).toBeCloseTo(row.half, 12);
    expect(half - shift).toBeCloseTo(row.bid_distance, 12);
    expect(half + shift).toBeCloseTo(row.ask_distance, 12);
  });

  test('1/k + c is the best distance against e^{-k d}, so a cost enters each side in full', () => {
    for (const cost of [-0.1, 0, 0.2]) {
      let best = 0;
      let most = -Infinity;
      for (let d = 0; d < 3; d += 1e-4) {
        const value = Math.exp(-1.2 * d) * (d - cost);
        if (value > most) [most, best] = [value, d];
      }
      expect(best).toBeCloseTo(asHalf(1e-15, 0.71, 300, 1.2, cost), 3);
    }
  });

  test('the percent form equals the absolute form (theory.md A9: 5.986238870904661 bp)', () => {
    const sigma = 0.6 / Math.sqrt(365); // a day of a 365-day year, as that figure has it
    const gammaHat = 0.1;
    const full = 2 * asHalf(gammaHat, sigma, 1, 4000, 0) * 1e4;
    expect(full).toBeCloseTo(5.986238870904661, 10);
    // In bp: sigma x 1e4, kappa and gamma / 1e4.
    expect(2 * asHalf(gammaHat * 1e-4, sigma * 1e4, 1, 0.4, 0)).toBeCloseTo(full, 10);
    const mid = 60_000;
    const absolute = 2 * asHalf(gammaHat / mid, sigma * mid, 1, 4000 / mid, 0);
    expect((absolute / mid) * 1e4).toBeCloseTo(full, 10);
  });
});

const positive = (low: number, high: number): fc.Arbitrary<number> =>
  fc.double({ min: Math.log(low), max: Math.log(high), noNaN: true }).map(Math.exp);

describe('properties', () => {
  test('the width grows with sigma, tau and costs, falls with kappa; the shift is odd in n', () => {
    fc.assert(
      fc.property(
        positive(1e-8, 10),
        positive(0.01, 20),
        positive(0.01, 1e5),
        positive(0.01, 100),
        fc.integer({ min: -5000, max: 5000 }).map((n) => n / 100),
        (gamma, sigma, tau, kappa, n) => {
          const half = asHalf(gamma, sigma, tau, kappa, 0.3);
          expect(half).toBeGreaterThan(0);
          expect(asHalf(gamma, 2 * sigma, tau, kappa, 0.3)).toBeGreaterThanOrEqual(half);
          expect(asHalf(gamma, sigma, 2 * tau, kappa, 0.3)).toBeGreaterThanOrEqual(half);
          expect(asHalf(gamma, sigma, tau, 2 * kappa, 0.3)).toBeLessThanOrEqual(half);
          expect(asHalf(gamma, sigma, tau, kappa, 0.5)).toBeGreaterThanOrEqual(half);
          expect(asShift(-n, gamma, sigma, tau)).toBeCloseTo(-asShift(n, gamma, sigma, tau), 12);
          expect(asShift(n, gamma, 2 * sigma, tau)).toBe(4 * asShift(n, gamma, sigma, tau));
          expect(asShift(2, gamma, sigma, tau)).toBe(-2 * riskPerUnit(gamma, sigma, tau));
        },
      ),
    );
  });
});

describe('infinite horizon (theory.md A4; replication only, not used to quote)', () => {
  test.each(golden.as_infinite_horizon_derived)('q=$q', (row) => {
    const { bid, ask } = infiniteHorizon(row);
    expect(bid).toBeCloseTo(row.reservation_bid, 10);
    if (row.reservation_ask === null) expect(ask).toBeNull();
    else expect(ask).toBeCloseTo(row.reservation_ask, 10);
  });

  test('the suggested omega cancels the volatility: why it is not a model here', () => {
    const at = (sigma: number): number | null => {
      const omega = 0.5 * 0.01 * sigma * sigma * 121;
      return infiniteHorizon({ s: 100, q: 5, gamma: 0.1, sigma, omega }).bid;
    };
    expect(at(0.1)).toBeCloseTo(at(7) as number, 10);
  });
});
