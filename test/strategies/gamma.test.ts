// Risk aversion derived from what a person asked for: spec.md's figures for the defaults, the round
// trip at any scale, and how the skew then answers to the live volatility.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rateFromBps } from '#core/money';
import type { StrategyParams } from '#core/params';
import type { Strategy } from '#core/strategy';
import type { Bps, BpsPerRootSecond, Lots, Seconds } from '#core/units';
import { costPerFill, deriveGamma, gammaOfSkew } from '#strategies/avellaneda/gamma';
import { glftSkew } from '#strategies/avellaneda/glft';
import { Avellaneda } from '#strategies/avellaneda/strategy';
import { MARKET, START, strategyParams, viewAt } from '../support/strategy-fixtures.js';

const fee = (bps: number): Pick<StrategyParams, 'makerFee'> => ({ makerFee: rateFromBps(bps) });
const gammaHat = (over: Partial<StrategyParams>): number =>
  deriveGamma(strategyParams(over), START).gammaHat;

describe("spec.md's defaults", () => {
  test('w = 0.104 bp a unit', () => {
    expect(deriveGamma(strategyParams(), START).skewPerUnit).toBeCloseTo(0.104, 3);
    const glft = deriveGamma(strategyParams({ model: 'glft' }), START);
    expect(glft.skewPerUnit).toBeCloseTo(1 / (2 * 1.2 * 4), 13);
    expect(glft.limitUnits).toBe(10);
  });

  test('gamma-hat: 6.9 (as), 2.7 and 20.8 (glft at fees 2 and 0.3 bp)', () => {
    expect(gammaHat({ model: 'as' })).toBeCloseTo(6.9, 1);
    expect(gammaHat({ model: 'prd-f2' })).toBeCloseTo(6.9, 1);
    expect(gammaHat({ model: 'glft' })).toBeCloseTo(2.7, 1);
    expect(gammaHat({ model: 'glft', ...fee(0.3) })).toBeCloseTo(20.8, 1);
    expect(gammaHat({ model: 'as', ...fee(0.3) })).toBe(gammaHat({ model: 'as' }));
  });

  test.each([
    [2, 3.1],
    [0.3, 1.4],
    [0, 1.1],
  ])('half-width at a fee of %d bp: %d bp, in every model with costs', (bps, half) => {
    for (const model of ['as', 'glft'] as const) {
      for (const glftSolution of ['exact', 'closed'] as const) {
        const params = strategyParams({ model, glftSolution, ...fee(bps) });
        const { reason } = new Avellaneda(params, START).decide(viewAt(0));
        expect(reason.half, `${model} ${glftSolution}`).toBeCloseTo(half, 1);
        expect(reason.shift).toBeCloseTo(0, 12);
      }
    }
  });

  test('the cost of a fill is the fee and the adverse selection, in full', () => {
    expect(costPerFill(strategyParams(), MARKET)).toBeCloseTo(2.2, 12);
    expect(costPerFill(strategyParams(fee(-0.5)), MARKET)).toBeCloseTo(-0.3, 12);
  });
});

describe('the three ways to ask', () => {
  test('inventory std: gamma = 1/(2 kappa std^2) / (sigma^2 tau)', () => {
    const one = deriveGamma(strategyParams({ risk: { kind: 'inventory-std', units: 1 } }), START);
    expect(one.gamma).toBeCloseTo(1 / (2 * 1.2) / (0.71 * 0.71 * 300), 15);
    expect(one.gamma).toBeCloseTo(4 * deriveGamma(strategyParams(), START).gamma, 15);
  });

  test('skew at the limit is the shift at the limit, in as and in closed glft', () => {
    const risk = { kind: 'skew-at-limit', bps: 3 as Bps } as const;
    for (const model of ['as', 'glft'] as const) {
      const params = strategyParams({ model, glftSolution: 'closed', risk });
      const { reason } = new Avellaneda(params, START).decide(viewAt(10));
      expect(reason.shift, model).toBeCloseTo(-3, 12);
    }
  });

  test('the limit in units may be a fraction', () => {
    const risk = { kind: 'skew-at-limit', bps: 3 as Bps } as const;
    const start = { ...START, limitLots: 250 as Lots };
    const derived = deriveGamma(strategyParams({ risk }), start);
    expect(derived.limitUnits).toBe(2.5);
    expect(derived.skewPerUnit).toBeCloseTo(1.2, 12);
  });

  test('gamma itself is taken as given, and w follows', () => {
    const risk = { kind: 'gamma', gammaHat: 6.9 } as const;
    expect(deriveGamma(strategyParams({ risk }), START).gamma).toBeCloseTo(6.9e-4, 15);
    const glft = deriveGamma(strategyParams({ risk, model: 'glft' }), START);
    expect(glft.skewPerUnit).toBe(glftSkew(0.71, 1.2, 0.2, glft.gamma, 2.2));
  });

  test('with a session, tau is all of it', () => {
    const day = strategyParams({ session: 86_400 as Seconds });
    const constant = deriveGamma(strategyParams(), START).gamma;
    expect(deriveGamma(day, START).gamma).toBeCloseTo((constant * 300) / 86_400, 15);
  });

  test.each([
    ['no size', strategyParams(), { ...START, unitLots: 0 as Lots }],
    ['no limit', strategyParams(), { ...START, limitLots: 0 as Lots }],
    ['gamma 0', strategyParams({ risk: { kind: 'gamma', gammaHat: 0 } }), START],
    ['gamma NaN', strategyParams({ risk: { kind: 'gamma', gammaHat: NaN } }), START],
    ['std 0', strategyParams({ risk: { kind: 'inventory-std', units: 0 } }), START],
    ['sigma 0', strategyParams({ market: { ...MARKET, sigma: 0 as BpsPerRootSecond } }), START],
  ])('refuses what config must have refused: %s', (_name, params, start) => {
    expect(() => deriveGamma(params, start)).toThrow(/must be/);
  });
});

const positive = (low: number, high: number): fc.Arbitrary<number> =>
  fc.double({ min: Math.log(low), max: Math.log(high), noNaN: true }).map(Math.exp);

test('gammaOfSkew inverts the closed form at any scale and any cost', () => {
  fc.assert(
    fc.property(
      positive(1e-6, 1e4),
      positive(1e-4, 1e3),
      positive(1e-3, 1e2),
      positive(1e-6, 1e3),
      fc.double({ min: -20, max: 20, noNaN: true }),
      (w, sigma, kappa, alpha, costInKappas) => {
        const h = costInKappas / kappa;
        const gamma = gammaOfSkew(w, sigma, kappa, alpha, h);
        expect(gamma).toBeGreaterThan(0);
        expect(glftSkew(sigma, kappa, alpha, gamma, h) / w).toBeCloseTo(1, 9);
      },
    ),
    { numRuns: 2000 },
  );
});

describe('doubling the live sigma (gamma stays frozen)', () => {
  const skewAt = (strategy: Strategy, n: number, factor: number): number => {
    const sigma = (MARKET.sigma * factor) as BpsPerRootSecond;
    return strategy.decide(viewAt(n, { market: { ...MARKET, sigma, source: 'dynamic' } })).reason
      .shift;
  };

  test.each([0.3, 2])('multiplies the skew by 4 in as, 2 in glft (fee %d bp)', (bps) => {
    for (const n of [-2, -1, -0.5, 0.5, 1, 1.5, 2]) {
      const ratio = (over: Partial<StrategyParams>): number => {
        const strategy = new Avellaneda(strategyParams({ ...over, ...fee(bps) }), START);
        return skewAt(strategy, n, 2) / skewAt(strategy, n, 1);
      };
      expect(ratio({ model: 'as' })).toBeCloseTo(4, 10);
      expect(ratio({ model: 'glft', glftSolution: 'closed' })).toBeCloseTo(2, 10);
      const exact = ratio({ model: 'glft', glftSolution: 'exact' });
      expect(Math.abs(exact / 2 - 1), `exact at ${n}: ${exact}`).toBeLessThan(0.05);
    }
  });
});
