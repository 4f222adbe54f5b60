// Exposure, the promise and the fit, against worlds whose truth is known.
import { describe, expect, test } from 'vitest';
import { Random } from '#core/random';
import { Exposure } from '#report/exposure';
import type { ExposureBin } from '#report/exposure';
import { intensityOf } from '#report/intensity';

const MARKET = { alpha: 0.2, kappa: 1.2, sigma: 1, epsilon: 0 } as never;
const MID = 1_000_000;

/** A quote a side that wanders between 0 and 4 bp, filled at rate a·exp(-k·distance). */
function world(seed: string, alpha: number, kappa: number, seconds: number): ExposureBin[] {
  const random = new Random(seed);
  const exposure = new Exposure();
  for (let s = 1; s <= seconds; s += 1) {
    const [bid, ask] = [4 * random.next(), 4 * random.next()];
    const price = (bps: number): number => MID * (1 + bps / 10_000);
    exposure.second(s * 1e6, MID, price(-bid), price(ask), MARKET);
    if (random.bool(alpha * Math.exp(-kappa * bid))) exposure.fill(1);
    if (random.bool(alpha * Math.exp(-kappa * ask))) exposure.fill(-1);
  }
  return exposure.bins();
}

describe('fill intensity', () => {
  test('what was promised comes, when the parameters are right', async () => {
    const fit = await intensityOf(world('right', 0.2, 1.2, 20_000));
    expect(fit.ratio).toBeCloseTo(1, 1);
    expect(fit.pValue).toBeGreaterThan(0.01);
    expect(fit.fitted?.kappa).toBeCloseTo(1.2, 1);
    const { alpha = 0, alphaError = 0 } = fit.fitted ?? {};
    expect(Math.abs(alpha - 0.2)).toBeLessThan(3 * alphaError);
    const inside = fit.bins.filter(({ low, high, predicted, seconds }) => {
      const promised = predicted / seconds;
      return low <= promised && promised <= high;
    });
    expect(inside.length).toBeGreaterThanOrEqual(fit.bins.length - 2);
  });

  test('the fitted errors are honest: the truth lies within two of them in most worlds', async () => {
    let within = 0;
    for (let i = 0; i < 20; i += 1) {
      const { fitted } = await intensityOf(world(`errors ${i}`, 0.1, 0.8, 2_000));
      if (fitted !== null && Math.abs(fitted.kappa - 0.8) < 1.96 * fitted.kappaError) within += 1;
    }
    expect(within).toBeGreaterThan(16);
  });

  test('half of what was promised is seen to be half', async () => {
    const fit = await intensityOf(world('half', 0.1, 1.2, 20_000));
    expect(fit.ratio).toBeCloseTo(0.5, 1);
    expect(fit.pValue).toBeLessThan(1e-6);
  });

  test('no quotes, no promise; a hole in time does not count as standing', async () => {
    expect(await intensityOf([])).toMatchObject({ fills: 0, ratio: null, fitted: null });
    const exposure = new Exposure();
    exposure.second(1e6, MID, MID - 100, 0, MARKET);
    exposure.second(1_000e6, MID, MID - 100, 0, MARKET);
    expect(exposure.bins().reduce((sum, { seconds }) => sum + seconds, 0)).toBe(10);
  });
});
