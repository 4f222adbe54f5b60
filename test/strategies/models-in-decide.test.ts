// The golden rows with costs once more, through `decide`: the formulae are wired to the right
// parameters, with the right signs, in both solutions of GLFT.
import { describe, expect, test } from 'vitest';
import { rateFromBps } from '#core/money';
import type { StrategyParams } from '#core/params';
import type { Reason } from '#core/strategy';
import type { Bps, BpsPerRootSecond, Lots, PerBp, PerSecond, Seconds } from '#core/units';
import { Avellaneda } from '#strategies/avellaneda/strategy';
import { golden } from '../support/theory-golden.js';
import { START, strategyParams, viewAt } from '../support/strategy-fixtures.js';

interface Numbers {
  readonly sigma: number;
  readonly kappa: number;
  readonly alpha: number;
  readonly gamma: number;
  readonly h: number;
  readonly q: number;
}

/** The reason for `q` units; h is split into a fee of whole bp and adverse selection. */
function reasonOf(row: Numbers, limit: number, over: Partial<StrategyParams>): Reason {
  const fee = Math.floor(row.h);
  const market = {
    sigma: row.sigma as BpsPerRootSecond,
    kappa: row.kappa as PerBp,
    alpha: row.alpha as PerSecond,
    epsilon: (row.h - fee) as Bps,
  };
  const params = strategyParams({
    ...over,
    market,
    risk: { kind: 'gamma', gammaHat: row.gamma * 1e4 },
    makerFee: rateFromBps(fee),
    minSpread: 0.01 as Bps,
  });
  const limitLots = (limit * START.unitLots) as Lots;
  const strategy = new Avellaneda(params, { ...START, limitLots });
  return strategy.decide(viewAt(row.q, { limitLots, market: { ...market, source: 'static' } }))
    .reason;
}

describe.each(golden.glft_with_cost_bp)('glft gamma=$gamma h=$h q=$q', (row) => {
  test.each(['exact', 'closed'] as const)('%s', (glftSolution) => {
    const numbers = { ...row, kappa: row.k, alpha: row.A, h: row.h ?? 0 };
    const { half, shift } = reasonOf(numbers, row.Q, { model: 'glft', glftSolution });
    expect(half - shift).toBeCloseTo(row[`${glftSolution}_bid`], 9);
    expect(half + shift).toBeCloseTo(row[`${glftSolution}_ask`], 9);
  });
});

test.each(golden.as_with_cost_bp)('as h=$h q=$q', (row) => {
  const numbers = { ...row, kappa: row.k, alpha: 0.2, gamma: row.gamma_per_bp };
  const { half, shift } = reasonOf(numbers, 10, { model: 'as', horizon: row.tau as Seconds });
  expect(half).toBeCloseTo(row.half, 11);
  expect(shift).toBeCloseTo(row.shift, 11);
});
