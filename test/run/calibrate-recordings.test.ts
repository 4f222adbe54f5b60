// `mm calibrate` on real recordings, where the machine has them (../shared/data): sigma against what the project's
// portrait of them says, and the time it takes. MM_TABLES=1 prints what was found.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLayers } from '#config/layers';
import type { Calibration } from '#report/calibration';
import { calibrationText } from '#report/calibration-text';
import { calibrate } from '#run/calibrate';
import { importTape } from '#tape/import';
import { TapeSource } from '#tape/read';
import { MidSeries, replay } from '../support/recording.js';
import { table } from '../support/world-study.js';

const DATA = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const here = existsSync(DATA);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mm-calibrate-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function tapeOf(set: string): Promise<string> {
  const out = join(folder, `${set}.tape`);
  const kinds = /_(incremental_book_L2|trades)\.csv\.gz$/;
  const names = readdirSync(DATA).filter((name) => name.startsWith(set) && kinds.test(name));
  await importTape({ files: names.map((name) => DATA + name), out });
  return out;
}

async function calibrated(
  tape: string,
  flags: Record<string, string> = {},
): Promise<{ readonly c: Calibration; readonly seconds: number }> {
  const { values } = readLayers({ flags, env: {}, dotenvPath: null, configPath: null });
  const began = performance.now();
  const c = await calibrate({
    values,
    market: { tape, synthetic: null },
    duration: null,
    out: null,
    overwrite: false,
    progress: { step: () => undefined },
  });
  const seconds = (performance.now() - began) / 1000;
  table(`${tape}: ${seconds.toFixed(1)} s`, [calibrationText(c)]);
  return { c, seconds };
}

describe.skipIf(!here)(`recordings${here ? '' : ' (skipped: no ../shared/data here)'}`, () => {
  const patience = { timeout: 180_000 };

  test('a day of StandX: sigma, what misleads, within 10 s', patience, async () => {
    const { c, seconds } = await calibrated(await tapeOf('standx_btcusd_perp_2026-01-06'));
    // Portrait: 0.54 over three days, of which this is one.
    expect(Math.abs(c.sigma.value / 0.54 - 1)).toBeLessThan(0.15);
    expect(c.rows).toBeGreaterThan(2_000_000);
    expect(seconds).toBeLessThan(10);
    // Portrait, section 3: a fifth of the time is missing, no sides, bid = ask in 46 % of the snapshots.
    expect(c.usable).toBeGreaterThan(0.75);
    expect(c.usable).toBeLessThan(0.85);
    expect(c.orders.unknownSide).toBe(1);
    expect(Math.abs((c.touch.locked as number) - 0.46)).toBeLessThan(0.05);
    // Reach over the three days, section 5: 1 s 2.10, 0.65 %; 5 s 8.43, 3.36 % at 1 and 2 bp.
    const seen = (s: number, d: number): number =>
      c.reach.find((point) => point.seconds === s && point.distance === d)?.seen as number;
    for (const [s, d, chance] of [
      [1, 1, 0.021],
      [1, 2, 0.0065],
      [5, 1, 0.0843],
      [5, 2, 0.0336],
    ] as const) {
      expect.soft(Math.abs(seen(s, d) / chance - 1)).toBeLessThan(0.25);
    }
    const text = c.warnings.join('\n');
    expect(text).toMatch(/of the time is missing/);
    expect(text).toMatch(/do not tell their side/);
    expect(text).toMatch(/bid equals ask 4\d% of the time/);
    expect(text).toMatch(/sigma rises with the horizon/);
    // The fit where quotes stand, 2 bp out, predicts how often they are reached there.
    for (const { distance, seconds: s, seen: real, fitted } of c.reach) {
      if (distance < c.band.from) continue;
      expect
        .soft(Math.abs(fitted / (real as number) - 1), `${s} s, ${distance} bp`)
        .toBeLessThan(0.25);
    }
  });

  test('half an hour of Hyperliquid: sigma, markouts, few orders far out', patience, async () => {
    const tape = await tapeOf('hyperliquid_btc_2025-09-04');
    const { c } = await calibrated(tape);
    // The portrait's 0.70 rests on 69 returns that do not overlap (by where one starts: 0.49 to 0.76); all of the
    // overlapping ones say 0.59. The first is inside the interval, the second is within 15 %.
    const mids = new MidSeries();
    replay(new TapeSource(tape), [mids]);
    expect(Math.abs(c.sigma.value / mids.sigma(30) - 1)).toBeLessThan(0.15);
    expect(c.sigma.low).toBeLessThan(0.7);
    expect(c.sigma.high).toBeGreaterThan(0.7);
    // Portrait, section 4: mark-outs 0.16, 0.29, 0.20, 0.18; 1.13 orders and 3.19 prints a second; 95 % at one tick.
    for (const [i, bps] of [0.16, 0.29, 0.2, 0.18].entries()) {
      expect.soft(Math.abs((c.markouts.all[i]?.bps as number) - bps)).toBeLessThan(0.08);
    }
    expect(c.orders.perSecond).toBeCloseTo(1.13, 1);
    expect(c.orders.printsPerSecond).toBeCloseTo(3.2, 1);
    expect(c.touch.oneTick).toBeCloseTo(0.95, 1);
    expect(c.warnings.join()).toMatch(/too few orders from 2.00 bp on/);
    const nearer = (await calibrated(tape, { bandFrom: '0.5bp' })).c;
    expect(nearer.kappa.both.effectiveCount).toBeGreaterThan(200);
    expect(nearer.warnings.join()).not.toMatch(/too few orders/);
  });
});
