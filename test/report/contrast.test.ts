// Two runs against each other, end to end on the synthetic market: known to differ, known not to, and too short to say.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readLayers } from '#config/layers';
import type { Seconds } from '#core/units';
import { PARTS } from '#report/attribution';
import { contrastText } from '#report/contrast-text';
import { compareRuns, compareSets } from '#run/compare';

const folder = mkdtempSync(join(tmpdir(), 'mm-contrast-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const set = (flags: Record<string, string>): Parameters<typeof compareSets>[0]['a'] => ({
  values: readLayers({
    flags: { stateDir: folder, kappa: '2', minSpread: '1bp', ...flags },
    ...{ env: {}, dotenvPath: null, configPath: null },
  }).values,
  mode: 'static',
});
const over = { market: { tape: null, synthetic: 'calm' }, progress: { step: () => undefined } };

describe('compare', () => {
  test('two fees on one market: the difference is the fee, and it adds up', async () => {
    const [a, b] = [set({ makerFee: '0bp' }), set({ makerFee: '2bp', minSpread: '1bp' })];
    const contrast = await compareSets({ a, b, ...over, duration: 43_200 as Seconds });
    const { attributionApart: apart, netEdgeBps, pnlPerDay } = contrast;
    const sum = PARTS.reduce((total, part) => total + Number(apart[part]), 0);
    expect(sum).toBeCloseTo(Number(apart.pnl), 7);
    expect(Number(apart.fees)).toBeLessThan(0);
    expect(pnlPerDay.apart.blocks).toBe(48);
    expect(netEdgeBps.apart.estimate).toBeCloseTo(
      (netEdgeBps.b.estimate ?? NaN) - (netEdgeBps.a.estimate ?? NaN),
      9,
    );
    const again = compareRuns(folder, contrast.a.runId, contrast.b.runId);
    expect(again).toEqual(contrast);
    const back = compareRuns(folder, contrast.b.runId, contrast.a.runId);
    expect(back.pnlPerDay.apart.estimate).toBeCloseTo(-(pnlPerDay.apart.estimate ?? NaN), 9);
    expect(
      (back.pnlPerDay.apart.chancePositive ?? 0) + (pnlPerDay.apart.chancePositive ?? 0),
    ).toBeCloseTo(1, 2);
    const text = contrastText(contrast);
    expect(text).toMatch(/B - A +95 % interval/);
    // Each carries what it rests on: here they differ in the fee.
    expect(text).toMatch(/^A: Assumes: .*no market impact.*maker fee 0 bp/m);
    expect(text).toMatch(/^B: Assumes: .*maker fee 2 bp/m);
  }, 60_000);

  test('a run against itself differs by nothing, and says so', async () => {
    const a = set({ makerFee: '0bp' });
    const contrast = await compareSets({ a, b: a, ...over, duration: 1_800 as Seconds });
    expect(contrast.pnlPerDay.apart).toMatchObject({ estimate: 0, interval: null });
    expect(contrastText(contrast)).toMatch(/too short \(2 of 48 blocks\)/);
    expect(contrastText(contrast)).toMatch(/Too short to say anything/);
  }, 60_000);

  test('unknown runs and runs without a common hour are refused with the remedy', async () => {
    expect(() => compareRuns(folder, 'nothing', 'nothing')).toThrow(/no run nothing/);
  });
});
