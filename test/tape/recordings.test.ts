// Real recordings, where the machine has them (../shared/data): every row arrives, Binance's book never crosses,
// and the portrait's figures come out of the tape. Their licence keeps them out of this repository.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { importTape } from '#tape/import';
import type { TapeInfo } from '#tape/format';
import { TapeSource } from '#tape/read';
import { verifyTape } from '#tape/verify';
import { type Portrait, portray, record } from '../sim/market/measure.js';
import { folder } from './support.js';

const DATA = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const here = existsSync(DATA);
const { path } = folder();

async function tapeOf(set: string): Promise<TapeInfo> {
  const files = readdirSync(DATA).filter(
    (name) => name.startsWith(set) && name.endsWith('.csv.gz'),
  );
  expect(files.length).toBeGreaterThan(1);
  return importTape({
    files: files.map((name) => DATA + name),
    out: path(`${set}.tape`),
    overwrite: true,
  });
}

const portraitOf = (info: TapeInfo): Portrait =>
  portray(record(new TapeSource(info.file)), Number(info.instrument.lotSize));

/** Within `part` of it. */
function near(value: number, wanted: number, part: number): void {
  expect(value).toBeGreaterThan(wanted * (1 - part));
  expect(value).toBeLessThan(wanted * (1 + part));
}

describe.skipIf(!here)(`recordings${here ? '' : ' (skipped: no ../shared/data here)'}`, () => {
  test.each([
    ['binance_usdm_btcusdt_2023-04-04', '0.1', 324_682, 12_934, 44_205],
    ['binance_usdm_btcusdt_2024-07-18', '0.1', 402_668, 10_701, 52_260],
    ['binance_usdm_ethusdt_2024-07-18', '0.01', 356_944, 13_655, 47_328],
  ])('%s', async (set, tick, book, trades, quotes) => {
    const info = await tapeOf(set);
    expect(info.instrument).toMatchObject({
      venue: 'binance-futures',
      tickSize: tick,
      lotSize: '0.001',
    });
    expect(info.kinds).toMatchObject({ book, trade: trades, quote: 2 * quotes, clear: 1, gap: 0 });
    for (const origin of info.origins) {
      const bytes = readFileSync(DATA + origin.name);
      expect(origin.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
    const report = verifyTape(info.file);
    expect(report).toMatchObject({ verdict: 'good', check: { crossed: 0, tradesOutside: 0 } });
  });

  test('Binance 2024: the recorder is behind the venue, and both clocks are kept', async () => {
    const info = await tapeOf('binance_usdm_btcusdt_2024');
    const block = new TapeSource(info.file).next();
    const lag = (block?.localUs[0] as number) - (block?.exchangeUs[0] as number);
    expect(lag / 1e6).toBeCloseTo(-1.5, 0);
  });

  test('Binance 2023: spread, volatility, flow as the portrait has them', async () => {
    const p = portraitOf(await tapeOf('binance_usdm_btcusdt_2023'));
    near(p.sigma[0] as number, 0.37, 0.05);
    near(p.spreadBp, 0.036, 0.05);
    near(p.ordersPerSecond, 7.73, 0.02);
    near(p.size.mean, 0.2993, 0.02);
    near(p.fano60, 20.93, 0.1);
    near(p.markouts[0] as number, 0.11, 0.2);
    near(p.reach1[1] as number, 0.0603, 0.1);
    near(p.depth.best, (6.19 + 5.72) / 2, 0.1);
  });

  test('Hyperliquid: tick 1, one gap, figures as the portrait has them', async () => {
    const info = await tapeOf('hyperliquid_btc_2025-09-04');
    expect(info.instrument).toMatchObject({ tickSize: '1', lotSize: '0.00001' });
    expect(info.kinds).toMatchObject({ book: 98_560, trade: 6_675, gap: 1 });
    expect(info.gapUs / 1e6).toBeCloseTo(18, 0);
    const p = portraitOf(info);
    near(p.sigma[0] as number, 0.4, 0.05);
    near(p.sigma[1] as number, 0.57, 0.05);
    near(p.ordersPerSecond, 1.13, 0.03);
    near(p.size.mean, 0.2342, 0.03);
    near(p.fano60, 4.66, 0.1);
    near(p.tight, 0.95, 0.01);
    near(p.markouts[1] as number, 0.29, 0.1);
    near(p.reach5[2] as number, 0.1138, 0.2);
  });

  test('StandX, a day: gaps, trades between ticks, unknown sides, a book locked half the time', async () => {
    const info = await tapeOf('standx_btcusd_perp_2026-01-06');
    expect(info.instrument).toMatchObject({ tickSize: '0.1', lotSize: '0.0001' });
    expect(info.kinds).toMatchObject({ book: 1_844_915, trade: 165_660 });
    expect(info.kinds.gap).toBeGreaterThan(2_300);
    expect(info.notes.join('\n')).toContain('107383 trades between two ticks');
    const { check, verdict } = verifyTape(info.file);
    expect(verdict).toBe('usable');
    expect(check.crossed).toBe(0);
    near(check.locked / check.instants, 0.46, 0.05);
    const p = portraitOf(info);
    near(p.spreadBp, 0.1, 0.1);
    near(p.sigma[3] as number, 0.59, 0.2); // the portrait's figure is of three days
    near(p.ordersPerSecond, 0.91, 0.2);
  }, 60_000);
});
