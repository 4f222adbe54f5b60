// F2, the product document's formula, to the letter: golden rows through the formula and through
// the strategy.
import { describe, expect, test } from 'vitest';
import { rateFromBps } from '#core/money';
import type { StrategyParams } from '#core/params';
import type { Decision } from '#core/strategy';
import type { Bps, BpsPerRootSecond, Fraction, PerBp, Seconds } from '#core/units';
import { hold, prdBase, prdSide, prdSkew } from '#strategies/avellaneda/prd-f2';
import { Avellaneda } from '#strategies/avellaneda/strategy';
import { golden } from '../support/theory-golden.js';
import { MARKET, START, strategyParams, viewAt } from '../support/strategy-fixtures.js';

describe.each(golden.prd_f2_bp)('q=$q gamma=$gamma_per_bp sigma=$sigma tf=$time_factor', (row) => {
  test('the formula', () => {
    const base = prdBase(row.gamma_per_bp, row.sigma, row.tau, row.k);
    const skew = prdSkew(row.q, row.limit, 1);
    const side = (sign: 1 | -1): number =>
      hold(prdSide(base * row.time_factor, skew, sign, 0), row.min_side, row.max_side);
    expect(base).toBeCloseTo(row.base, 12);
    expect(side(1)).toBeCloseTo(row.bid, 12);
    expect(side(-1)).toBeCloseTo(row.ask, 12);
  });

  test('through decide: min and max are full widths, half of each a side', () => {
    // A session whose remainder is tau gives the row's time_factor; without one it is 1.
    const session = row.time_factor === 1 ? null : ((row.tau / row.time_factor) as Seconds);
    const params = strategyParams({
      model: 'prd-f2',
      risk: { kind: 'gamma', gammaHat: row.gamma_per_bp * 1e4 },
      horizon: row.tau as Seconds,
      session,
      minSpread: (2 * row.min_side) as Bps,
      maxSpread: (2 * row.max_side) as Bps,
    });
    const market = {
      ...MARKET,
      sigma: row.sigma as BpsPerRootSecond,
      kappa: row.k as PerBp,
      source: 'static',
    } as const;
    const elapsed = (session === null ? 0 : session - row.tau) as Seconds;
    const { reason } = new Avellaneda(params, START).decide(viewAt(row.q, { market, elapsed }));
    expect(reason.half - reason.shift).toBeCloseTo(row.bid, 11);
    expect(reason.half + reason.shift).toBeCloseTo(row.ask, 11);
    expect(reason.withdrawn).toBeNull();
    const acted = [row.bid, row.ask].filter((d) => d === row.min_side || d === row.max_side);
    const named = reason.clamps.filter((clamp) => /-spread$/.test(clamp.name));
    expect(named).toHaveLength(acted.length);
  });
});

const decide = (units: number, over: Partial<StrategyParams> = {}): Decision =>
  new Avellaneda(strategyParams({ model: 'prd-f2', ...over }), START).decide(viewAt(units));

describe('its options', () => {
  test('per side: half is half of full', () => {
    const full = decide(2).reason;
    const half = decide(2, { prdPerSide: 'half' }).reason;
    expect(half.half).toBeCloseTo(full.half / 2, 12);
    expect(half.shift).toBeCloseTo(full.shift / 2, 12);
    expect([full.model, half.model]).toEqual(['prd-f2-full', 'prd-f2-half']);
  });

  test('costs only when asked for, on each side in full', () => {
    const plain = decide(3).reason;
    const dear = decide(3, { makerFee: rateFromBps(1.5) }).reason;
    expect(dear.half).toBe(plain.half);
    const added = decide(3, { prdAddCosts: true, makerFee: rateFromBps(1.5) }).reason;
    expect(added.half - plain.half).toBeCloseTo(1.5 + 0.2, 12);
    expect(added.shift).toBeCloseTo(plain.shift, 12);
  });

  test('skewMax bounds the skew; beyond the limit it stays', () => {
    const at = decide(10, { skewMax: 0.5 as Fraction }).reason;
    expect(at.shift / at.half).toBeCloseTo(-0.5, 12);
    const beyond = decide(14, { skewMax: 0.5 as Fraction }).reason;
    expect(beyond.shift).toBe(at.shift);
    expect(prdSkew(5, 0, 0.7)).toBe(0.7);
    expect(prdSkew(0, 0, 0.7)).toBe(0);
  });

  test('wider than max it is clamped, where the other models withdraw', () => {
    const wide = { maxSpread: 2 as Bps };
    const prd = decide(0, wide);
    expect(prd.reason.withdrawn).toBeNull();
    expect(prd.reason.half).toBe(1);
    expect(prd.bids).toHaveLength(1);
    const as = new Avellaneda(strategyParams(wide), START).decide(viewAt(0));
    expect(as.reason.withdrawn).toMatch(/beyond max-spread 2 bp/);
  });
});
