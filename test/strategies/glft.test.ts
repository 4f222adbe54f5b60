// GLFT exact and closed against the golden rows, the hftbacktest notebook, Cartea-Jaimungal, and
// the paper's section 6.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { liquidityHalf } from '#strategies/avellaneda/as';
import { GlftExact, glftClosedHalf, glftSkew, lnBracket } from '#strategies/avellaneda/glft';
import { groundState } from '#strategies/avellaneda/ground-state';
import { golden, type GlftRow } from '../support/theory-golden.js';

function exactOf(row: GlftRow): GlftExact {
  const exact = new GlftExact();
  exact.solve(row.sigma, row.k, row.A, row.gamma, row.Q, row.h ?? 0);
  return exact;
}

const rows = [...golden.glft, ...golden.glft_with_cost_bp];

describe('golden rows, with and without a cost per fill', () => {
  test.each(rows)('sigma=$sigma A=$A k=$k gamma=$gamma Q=$Q q=$q h=$h', (row) => {
    const exact = exactOf(row);
    expect(exact.bid(row.q)).toBeCloseTo(row.exact_bid, 9);
    expect(exact.ask(row.q)).toBeCloseTo(row.exact_ask, 9);
    const h = row.h ?? 0;
    const W = glftSkew(row.sigma, row.k, row.A, row.gamma, h);
    const half = glftClosedHalf(row.gamma, row.k, W, h);
    expect(half + row.q * W).toBeCloseTo(row.closed_bid, 11);
    expect(half - row.q * W).toBeCloseTo(row.closed_ask, 11);
    if (row.W !== undefined) expect(W).toBeCloseTo(row.W, 12);
  });

  test('the hftbacktest notebook, to the last figure', () => {
    const row = golden.glft_hftbacktest_notebook;
    const W = glftSkew(row.sigma, row.k, row.A, row.gamma, 0);
    expect(liquidityHalf(row.gamma, row.k)).toBeCloseTo(row.c1, 12);
    expect(W / row.sigma).toBeCloseTo(row.c2, 13);
    expect(W).toBeCloseTo(row.skew, 12);
    expect(glftClosedHalf(row.gamma, row.k, W, 0)).toBeCloseTo(row.half_spread, 12);
  });

  test('Cartea-Jaimungal is the same matrix with eta = lambda/e (theory.md A6: 3.367116)', () => {
    const [kappa, lambda, phi, Q] = [0.3, 0.9, 0.00045, 30];
    const excess = new Float64Array(Q + 1);
    groundState((kappa * phi) / (lambda / Math.E), Q, excess);
    const delta = 1 / kappa + Math.log1p(excess[1] as number) / kappa;
    expect(delta).toBeCloseTo(3.367116, 5);
  });
});

/** The vector f(0..Q) from its ratios, scaled to f(0) = 1. */
function vectorOf(excess: Float64Array, Q: number): number[] {
  const f = [1];
  for (let q = 1; q <= Q; q += 1) f.push((f[q - 1] as number) / (1 + (excess[q] as number)));
  return f;
}

describe('the smallest eigenvector', () => {
  test('satisfies M f = lambda f, is positive and falls outwards', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -12, max: 3, noNaN: true }),
        fc.integer({ min: 1, max: 300 }),
        (exponent, Q) => {
          const beta = Math.exp(exponent * Math.LN10);
          const excess = new Float64Array(Q + 1);
          const mu = groundState(beta, Q, excess);
          const f = vectorOf(excess, Q);
          for (let q = 0; q <= Q; q += 1) {
            const inner = q === 0 ? (f[1] ?? 0) : (f[q - 1] as number);
            const outer = f[q + 1] ?? 0;
            const here = f[q] as number;
            const residual = (beta * q * q + 2 - mu) * here - inner - outer;
            expect(Math.abs(residual)).toBeLessThanOrEqual(1e-12 * Math.max(inner, 1e-290));
            expect(here).toBeGreaterThanOrEqual(0);
            if (q > 0) expect(excess[q]).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a box without confinement is a cosine, known in closed form', () => {
    for (const Q of [1, 2, 10, 300]) {
      const excess = new Float64Array(Q + 1);
      const mu = groundState(0, Q, excess);
      const angle = Math.PI / (2 * (Q + 1));
      expect(mu / (4 * Math.sin(angle / 2) * Math.sin(angle / 2))).toBeCloseTo(1, 10);
      const ratio = Math.cos(angle * (Q - 1)) / Math.cos(angle * Q);
      expect((1 + (excess[Q] as number)) / ratio).toBeCloseTo(1, 8);
    }
  });

  test('no component underflows: 300 units with tails of e^-3000 keep exact ratios', () => {
    const Q = 300;
    const excess = new Float64Array(Q + 1);
    const beta = 10;
    const mu = groundState(beta, Q, excess);
    let ln = 0;
    for (let q = 1; q <= Q; q += 1) ln -= Math.log1p(excess[q] as number);
    expect(ln).toBeLessThan(-3000);
    expect(excess[Q]).toBe(beta * Q * Q - mu + 1);
  });
});

describe('the exact solution as an object', () => {
  const solved = (limit: number): GlftExact => {
    const exact = new GlftExact();
    exact.solve(0.71, 1.2, 0.2, 2.7e-4, limit, 2.2);
    return exact;
  };

  test('solves once, and again when any one of the six numbers changes', () => {
    const exact = solved(10);
    exact.solve(0.71, 1.2, 0.2, 2.7e-4, 10, 2.2);
    expect(exact.solves).toBe(1);
    const changed: Parameters<GlftExact['solve']>[] = [
      [0.72, 1.2, 0.2, 2.7e-4, 10, 2.2],
      [0.72, 1.3, 0.2, 2.7e-4, 10, 2.2],
      [0.72, 1.3, 0.3, 2.7e-4, 10, 2.2],
      [0.72, 1.3, 0.3, 2.8e-4, 10, 2.2],
      [0.72, 1.3, 0.3, 2.8e-4, 11, 2.2],
      [0.72, 1.3, 0.3, 2.8e-4, 11, 0.5],
    ];
    let before = exact.bid(3);
    for (const [i, numbers] of changed.entries()) {
      exact.solve(...numbers);
      expect(exact.solves).toBe(i + 2);
      expect(exact.bid(3)).not.toBe(before);
      before = exact.bid(3);
    }
  });

  test('the limit counts whole units, rounded up, at least one', () => {
    expect(solved(10).units).toBe(10);
    expect(solved(10.000000001).units).toBe(10);
    expect(solved(9.2).units).toBe(10);
    expect(solved(0.3).units).toBe(1);
  });

  test('interpolates linearly between whole units and goes on with the last slope', () => {
    const exact = solved(10);
    expect(exact.bid(2.25)).toBeCloseTo(0.75 * exact.bid(2) + 0.25 * exact.bid(3), 12);
    expect(exact.bid(-9.5)).toBeCloseTo((exact.bid(-10) + exact.bid(-9)) / 2, 12);
    const slope = exact.bid(9) - exact.bid(8);
    expect(exact.bid(12)).toBeCloseTo(exact.bid(9) + 3 * slope, 12);
    expect(exact.ask(-2.25)).toBe(exact.bid(2.25));
    const one = solved(1);
    expect(one.bid(0)).toBeLessThan(one.bid(1));
  });
});

const positive = (low: number, high: number): fc.Arbitrary<number> =>
  fc.double({ min: Math.log(low), max: Math.log(high), noNaN: true }).map(Math.exp);
const world = fc.record({
  sigma: positive(0.1, 5),
  kappa: positive(0.1, 3),
  alpha: positive(0.02, 5),
  gamma: positive(1e-5, 0.1),
  Q: fc.integer({ min: 3, max: 30 }),
  h: fc.double({ min: -0.5, max: 3, noNaN: true }),
});

describe('properties (paper, section 6), the exact solution and the closed form', () => {
  const width = (
    w: { sigma: number; kappa: number; alpha: number; gamma: number; Q: number; h: number },
    n: number,
  ): [number, number] => {
    const exact = new GlftExact();
    exact.solve(w.sigma, w.kappa, w.alpha, w.gamma, w.Q, w.h);
    const W = glftSkew(w.sigma, w.kappa, w.alpha, w.gamma, w.h);
    return [exact.bid(n) + exact.ask(n), 2 * glftClosedHalf(w.gamma, w.kappa, W, w.h)];
  };

  test('the spread falls in A, rises in sigma and in the cost, falls in kappa (no cost)', () => {
    fc.assert(
      fc.property(world, (w) => {
        const here = width(w, 0);
        const more = (over: Partial<typeof w>): [number, number] => width({ ...w, ...over }, 0);
        const a = more({ alpha: w.alpha * 1.5 });
        const s = more({ sigma: w.sigma * 1.5 });
        const c = more({ h: w.h + 0.5 });
        const free = width({ ...w, h: 0 }, 0);
        const k = more({ kappa: w.kappa * 1.3, h: 0 });
        for (const i of [0, 1] as const) {
          const slack = 1e-9 * Math.abs(here[i]);
          expect(a[i]).toBeLessThanOrEqual(here[i] + slack);
          expect(s[i]).toBeGreaterThanOrEqual(here[i] - slack);
          expect(c[i]).toBeGreaterThanOrEqual(here[i] + 1 - 1e-9);
          expect(k[i]).toBeLessThanOrEqual(free[i] + slack);
        }
      }),
    );
  });

  test('the more is held, the farther the bid and the nearer the ask; mirror symmetric', () => {
    fc.assert(
      fc.property(world, fc.double({ min: -1, max: 1, noNaN: true }), (w, part) => {
        const exact = new GlftExact();
        exact.solve(w.sigma, w.kappa, w.alpha, w.gamma, w.Q, w.h);
        const n = part * w.Q;
        expect(exact.bid(n + 0.5)).toBeGreaterThanOrEqual(exact.bid(n));
        expect(exact.ask(n + 0.5)).toBeLessThanOrEqual(exact.ask(n));
        expect(exact.ask(-n)).toBe(exact.bid(n));
      }),
    );
  });

  test('no NaN and no infinity, however extreme', () => {
    const any = positive(1e-300, 1e15);
    fc.assert(
      fc.property(
        any,
        positive(1e-12, 1e12),
        any,
        any,
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: -1e3, max: 1e3, noNaN: true }),
        (sigma, kappa, alpha, gamma, Q, h) => {
          const exact = new GlftExact();
          exact.solve(sigma, kappa, alpha, gamma, Q, h);
          for (const n of [-Q - 1, -Q, -0.5, 0, 1.5, Q, 1e6]) {
            expect(Number.isFinite(exact.bid(n)), `bid(${n})`).toBe(true);
          }
          expect(Number.isFinite(glftSkew(sigma, kappa, alpha, gamma, h))).toBe(true);
          expect(Number.isFinite(lnBracket(gamma / kappa))).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
