// Static beside dynamic: pairs by fill model, the error of two samples, and no figure where the data has none.
import { describe, expect, test } from 'vitest';
import type { Estimate, MarketEstimates } from '#core/analyzer';
import { compare, comparisonText, pairsOf } from '#report/comparison';
import { marketLine, marketRows } from '#report/market-text';
import type { RunResult } from '#report/run-result';

const result = (over: Partial<RunResult>, resolved: number): RunResult =>
  ({
    mode: 'static',
    fillModel: 'queue',
    netEdgeBps: -1,
    netEdgeStdBps: 3,
    fills: resolved,
    pnl: '-1.5',
    inventory: { mean: 0, std: 1.25, max: 4 },
    markoutCounts: { resolved, bridged: 0, dropped: 0 },
    ...over,
  }) as RunResult;

describe('compare', () => {
  const fixed = result({}, 9);
  const measured = result({ mode: 'dynamic', netEdgeBps: -0.25, netEdgeStdBps: 4 }, 16);

  test('difference, two-sample error, and what could have been seen', () => {
    const compared = compare({ fixed, measured });
    expect(compared.netEdgeDifferenceBps).toBe(0.75);
    expect(compared.standardErrorBps).toBeCloseTo(Math.sqrt(9 / 9 + 16 / 16), 12);
    expect(compared.smallestVisibleBps).toBeCloseTo(2.8 * Math.SQRT2, 12);
  });

  test('nothing is claimed without two fills each, or without any', () => {
    const one = result({ mode: 'dynamic', netEdgeStdBps: null }, 1);
    expect(compare({ fixed, measured: one })).toMatchObject({
      netEdgeDifferenceBps: 0,
      standardErrorBps: null,
      smallestVisibleBps: null,
    });
    const none = result({ mode: 'dynamic', netEdgeBps: null, netEdgeStdBps: null }, 0);
    expect(compare({ fixed, measured: none }).netEdgeDifferenceBps).toBeNull();
    expect(comparisonText([fixed, none])).not.toContain('NaN');
  });

  test('pairs by fill model, and leaves alone what has no partner', () => {
    const floor = result({ fillModel: 'floor' }, 4);
    expect(pairsOf([fixed, floor, measured])).toEqual([{ fixed, measured }]);
    expect(comparisonText([fixed, floor])).toBe('');
    expect(comparisonText([fixed, measured])).toMatch(/^fills +9 \| 16$/m);
  });
});

describe('the market as text', () => {
  const estimate = (value: number, standardError: number): Estimate => ({
    ...{ value, standardError, low: value, high: value, effectiveCount: 1, age: null },
  });
  const sided = (value: number): MarketEstimates['kappa'] => {
    const both = estimate(value, 0.1);
    return { bid: both, ask: both, both };
  };
  const used = { sigma: 0.8, kappa: 1.5, alpha: 0.3, epsilon: 0.1, source: 'dynamic' };
  const estimates = {
    ...{ used, state: 'ready', limited: ['kappa'], jumps: 2 },
    ...{ sigma: estimate(0.9, 0.05), sigmaFast: estimate(1.4, 0.2) },
    ...{ kappa: sided(2), alpha: sided(0.4), epsilon: sided(0.2) },
  } as unknown as MarketEstimates;
  const quoted = { source: 'static', sigma: 0.71, kappa: 1.2, alpha: 0.2, epsilon: 0.2 };

  test('what is quoted on, what was measured, why, and what is held back', () => {
    const rows = marketRows('static', quoted, estimates);
    expect(rows.map(([name]) => name)).toEqual(['market', 'measured', 'would use']);
    expect(rows[0]?.[1]).toBe(
      'sigma 0.71 bp/√s  kappa 1.20/bp  alpha 0.200/s  epsilon 0.20 bp  (static)',
    );
    // The larger of the two sigmas is the one that counts.
    expect(rows[1]?.[1]).toBe(
      'sigma 1.40 ±0.20  kappa 2.00 ±0.10  alpha 0.400 ±0.100  epsilon 0.20 ±0.10  ' +
        '(ready; held back to 25% a minute: kappa; jumps: 2)',
    );
    expect(rows[2]?.[1]).toContain('kappa 1.50/bp');
    expect(marketRows('dynamic', quoted, estimates)).toHaveLength(2);
    expect(marketRows('dynamic', null, null)).toEqual([['market', 'nothing quoted yet']]);
  });

  test('one line for the log, in either mode', () => {
    expect(marketLine('static', estimates)).toContain('would quote on sigma 0.80');
    expect(marketLine('dynamic', estimates)).toContain('quoting on (dynamic) sigma 0.80');
  });
});
