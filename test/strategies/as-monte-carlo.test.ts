// The tables of both versions of the paper, replicated with the functions that quote: 20,000 paths
// a row against 200,000-path figures (test/golden, and theory.md A3 where golden has no row).
// Tolerances: issue 2.
import { describe, expect, test } from 'vitest';
import { simulate, type MonteCarloSetup } from '../support/as-monte-carlo.js';
import { golden } from '../support/theory-golden.js';

const PATHS = 20_000;

interface Expected {
  readonly profit: number;
  readonly std?: number;
  readonly stdQ?: number;
  readonly fills?: number;
}

function near(actual: number, expected: number, share: number, what: string): void {
  expect(Math.abs(actual / expected - 1), `${what}: ${actual} for ${expected}`).toBeLessThan(share);
}

function check(setup: Omit<MonteCarloSetup, 'paths' | 'seed'>, expected: Expected): void {
  const result = simulate({ ...setup, paths: PATHS, seed: 20_261_121 });
  near(result.profit, expected.profit, 0.015, 'profit');
  if (expected.std !== undefined) near(result.stdProfit, expected.std, 0.03, 'std(profit)');
  if (expected.stdQ !== undefined) near(result.stdQ, expected.stdQ, 0.03, 'std(q)');
  if (expected.fills !== undefined) near(result.fills, expected.fills, 0.01, 'fills');
  // Symmetric by construction: the mean inventory is 0 within 5 standard errors.
  expect(Math.abs(result.meanQ)).toBeLessThan((5 * result.stdQ) / Math.sqrt(PATHS));
}

describe('golden rows, A = 140', () => {
  test.each(golden.as_monte_carlo_200k_paths)('$version gamma=$gamma $strategy $fill', (row) => {
    const { version, gamma, strategy, fill } = row;
    check(
      { version, gamma, strategy, fill, A: 140 },
      { profit: row.profit, std: row.std_profit, stdQ: row.std_q, fills: row.fills },
    );
  });
});

/** theory.md A3, the last column: fill probability 1 - e^{-lambda dt}. */
const EXACT: [number, 'inv' | 'sym', Expected][] = [
  [0.1, 'inv', { profit: 57.15, std: 6.36, stdQ: 2.99 }],
  [0.1, 'sym', { profit: 60.94, std: 12.86, stdQ: 8.06 }],
  [0.01, 'inv', { profit: 60.31, std: 9.04 }],
  [0.01, 'sym', { profit: 60.58, std: 13.05 }],
  [1, 'inv', { profit: 28.24, std: 4.6 }],
  [1, 'sym', { profit: 42.11, std: 10.54 }],
  [0.5, 'inv', { profit: 42.88 }],
  [0.5, 'sym', { profit: 55.87 }],
];

describe('exact Poisson fills, A = 140', () => {
  test.each(EXACT)('2008 gamma=%d %s', (gamma, strategy, expected) => {
    check({ version: '2008', gamma, strategy, fill: 'exact', A: 140 }, expected);
  });
});

/** theory.md A3: the preprint's rule with the A that it implies. */
const PREPRINT: [number, 'inv' | 'sym', Expected][] = [
  [0.1, 'inv', { profit: 63.01, std: 6.03, stdQ: 2.92 }],
  [0.1, 'sym', { profit: 67.42, std: 13.71, stdQ: 8.79 }],
  [0.01, 'inv', { profit: 67.18, std: 8.9, stdQ: 5.21 }],
  [0.01, 'sym', { profit: 67.45, std: 13.66, stdQ: 8.71 }],
  [0.5, 'inv', { profit: 23.23, std: 5.02, stdQ: 1.96 }],
  [0.5, 'sym', { profit: 66.76, std: 13.9, stdQ: 9.07 }],
];

describe('the preprint, A e^{kM/2} dt = 1 with M = 0.5: A = 137.458', () => {
  const A = 200 / Math.exp(0.375);

  test('the implied A', () => expect(A).toBeCloseTo(137.458, 3));

  test.each(PREPRINT)('2006 gamma=%d %s', (gamma, strategy, expected) => {
    check({ version: '2006', gamma, strategy, fill: 'linear', A }, expected);
  });
});

test('the same seed gives the same figures, another one others', () => {
  const setup = { version: '2008', gamma: 0.1, strategy: 'inv', fill: 'linear', A: 140 } as const;
  const first = simulate({ ...setup, paths: 100, seed: 1 });
  expect(simulate({ ...setup, paths: 100, seed: 1 })).toEqual(first);
  expect(simulate({ ...setup, paths: 100, seed: 2 })).not.toEqual(first);
});
