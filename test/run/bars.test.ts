// Markets made of 1-minute bars, and funding laid over a recording: what is drawn agrees with the bars and with the fill
// curve it was asked for, everything printed says COARSE, and payments fall where the series has them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readLayers } from '#config/layers';
import type { ParameterValues } from '#config/parameters';
import { Random } from '#core/random';
import { ROW_FUNDING, ROW_GAP, ROW_LEVEL, ROW_TRADE } from '#core/rows';
import type { RowSource } from '#core/rows';
import type { Seconds } from '#core/units';
import { runBacktest } from '#run/backtest';
import { sensitivityText } from '#report/sensitivity-text';
import { BarMarket } from '#sim/market/bars';
import { FundedSource, readFunding } from '#tape/funding';
import { readBars } from '#tape/klines';
import { MemorySource, readAll } from '#tape/memory';
import type { Row } from '#tape/memory';

const folder = mkdtempSync(join(tmpdir(), 'mm-bars-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const T0 = 1_700_000_040_000; // a whole minute
const valuesOf = (flags: Record<string, string>): ParameterValues =>
  readLayers({ flags: { stateDir: folder, ...flags }, env: {}, dotenvPath: null, configPath: null })
    .values;

/** A random walk of minutes, one of them missing. */
function klines(count: number): string {
  const random = new Random('klines');
  let price = 50_000;
  const lines = ['open_time_ms,open,high,low,close,volume'];
  for (let i = 0; i < count; i += 1) {
    const close = price * (1 + 0.0005 * random.normal());
    const [high, low] = [
      Math.max(price, close) + 5 * random.next(),
      Math.min(price, close) - 5 * random.next(),
    ];
    const minute = i < count / 2 ? i : i + 1;
    const cells = [price, high, low, close].map((x) => x.toFixed(1));
    lines.push(`${T0 + minute * 60_000},${cells.join(',')},12.345`);
    price = Number(close.toFixed(1));
  }
  const path = join(folder, 'btc_1m.csv');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

const drain = (source: RowSource): Row[] => readAll(source);

describe('bars', () => {
  const path = klines(400);
  const flow = { alpha: 0.5, kappa: 1.2, epsilon: 0.3 };

  test('the path goes through open, high, low and close of every bar; a missing minute is a hole', async () => {
    const bars = await readBars(path);
    expect(bars).toMatchObject({ count: 400, missing: 1, tickSize: '0.1', lotSize: '0.001' });
    const mids = new Map<number, number[]>();
    const rows = drain(new BarMarket(bars, flow, 1, 100));
    for (const row of rows) {
      if (row.kind !== ROW_LEVEL || row.side !== 1 || row.size === 0) continue;
      const minute = Math.floor(row.localUs / 60e6);
      mids.set(minute, [...(mids.get(minute) ?? []), row.price + 0.5]);
    }
    for (let i = 0; i < bars.count; i += 1) {
      const seen = mids.get((bars.us[i] as number) / 60e6) ?? [];
      expect(seen).toHaveLength(60);
      expect(Math.abs((seen[0] as number) - (bars.open[i] as number))).toBeLessThanOrEqual(1);
      // The last second of a bar belongs to the next one's open, so an extreme at the close may be missed.
      expect(Math.max(...seen)).toBeLessThanOrEqual((bars.high[i] as number) + 1);
      expect(Math.min(...seen)).toBeGreaterThanOrEqual((bars.low[i] as number) - 1);
    }
    expect(rows.filter((row) => row.kind === ROW_GAP)).toHaveLength(1);
  });

  test('taker orders come at the rate and reach of the fill curve, and the mid follows by epsilon', async () => {
    const bars = await readBars(path);
    const rows = drain(new BarMarket(bars, flow, 2, 100));
    const mids = new Map<number, number>();
    for (const row of rows) {
      if (row.kind === ROW_LEVEL && row.side === 1 && row.size > 0)
        mids.set(Math.floor(row.localUs / 1e6), row.price + 0.5);
    }
    let [count, reach, follow, followed] = [0, 0, 0, 0];
    for (const row of rows) {
      if (row.kind !== ROW_TRADE) continue;
      const second = Math.floor(row.localUs / 1e6);
      const [mid, later] = [mids.get(second) as number, mids.get(second + 5)];
      count += 1;
      reach += (1e4 * row.side * (row.price - mid)) / mid;
      if (later === undefined) continue;
      follow += (1e4 * row.side * (later - mid)) / mid;
      followed += 1;
    }
    const seconds = 400 * 60;
    expect(Math.abs(count / (2 * flow.alpha * seconds) - 1)).toBeLessThan(0.03);
    expect(Math.abs((reach / count) * flow.kappa - 1)).toBeLessThan(0.05);
    expect(Math.abs(follow / followed - flow.epsilon)).toBeLessThan(0.06);
  });

  test('a backtest on them is marked as coarse, with the P&L at epsilon - 0.2, 0, + 0.2 bp', async () => {
    const outcome = await runBacktest({
      ...{ values: valuesOf({ makerFee: '0bp' }), mode: 'static', duration: 3_600 as Seconds },
      market: { klines: path, tape: null, synthetic: null },
      progress: { step: () => undefined },
    });
    expect(outcome.assumptions).toMatch(/^COARSE: made of 1-minute bars \(1 minutes missing\)/);
    for (const run of outcome.runs) expect(run.market).toContain('COARSE');
    const { sensitivity } = outcome;
    expect(sensitivity.map((row) => Number(row.epsilonBps.toFixed(2)))).toEqual([0, 0.2, 0.4]);
    const [low, , high] = sensitivity;
    expect(sensitivity[1]?.pnl).toBe(outcome.runs[1]?.pnl);
    expect(low?.netEdgeBps ?? 0).toBeGreaterThan(high?.netEdgeBps ?? 0);
    expect(sensitivityText(sensitivity)).toContain('COARSE');
    expect(sensitivityText([])).toBe('');
  });

  test('bars that are none are refused with their line', async () => {
    const bad = join(folder, 'bad.csv');
    const head = 'open_time_ms,open,high,low,close,volume\n';
    writeFileSync(bad, `${head}${T0},10,9,8,10,1\n`);
    await expect(readBars(bad)).rejects.toThrow('line 2: has open or close outside low to high');
    writeFileSync(bad, `${head}${T0},10,11,8,10,1\n${T0},10,11,8,10,1\n`);
    await expect(readBars(bad)).rejects.toThrow('line 3: does not open whole minutes after');
    writeFileSync(bad, 'a,b\n1,2\n');
    await expect(readBars(bad)).rejects.toThrow('unknown columns');
  });
});

describe('funding from a series', () => {
  const series = join(folder, 'funding.csv');
  const head = 'venue,symbol,time_ms,interval_h,rate';
  const row = (localUs: number): Row => ({
    kind: ROW_LEVEL,
    side: 1,
    exchangeUs: localUs,
    localUs,
    price: 1,
    size: 1,
  });

  test('each payment comes once, before the first row at or after it, none from before the tape', async () => {
    const times = [T0 - 1_000, T0 + 1_000, T0 + 1_500, T0 + 9_000];
    writeFileSync(
      series,
      [head, ...times.map((ms, i) => `binance,BTC,${ms},8,0.000${i + 1}`)].join('\n'),
    );
    const payments = await readFunding(series);
    const rows = [0, 500, 1_000, 2_000, 3_000].map((ms) => row((T0 + ms) * 1_000));
    for (const blockRows of [1, 2, 5]) {
      const got = readAll(new FundedSource(new MemorySource(rows, blockRows), payments));
      expect(got.filter((r) => r.kind === ROW_LEVEL)).toEqual(rows);
      const paid = got.filter((r) => r.kind === ROW_FUNDING);
      expect(
        paid.map((r) => [r.exchangeUs / 1_000 - T0, r.localUs / 1_000 - T0, r.price, r.size]),
      ).toEqual([
        [1_000, 1_000, 2_000_000, 1],
        [1_500, 2_000, 3_000_000, 1],
      ]);
      expect(got.map((r) => r.localUs)).toEqual(
        [...got.map((r) => r.localUs)].sort((a, b) => a - b),
      );
    }
  });

  test('several series in a file have to be named', async () => {
    writeFileSync(series, `${head}\nbinance,BTC,${T0},8,0.0001\nbybit,BTC,${T0},8,-0.0002\n`);
    await expect(readFunding(series)).rejects.toThrow('holds binance/BTC, bybit/BTC');
    expect(await readFunding(`${series}#bybit/BTC`)).toEqual([
      { us: T0 * 1_000, rate: -2_000_000 },
    ]);
    writeFileSync(series, `${head}\nbinance,BTC,${T0 * 1_000},8,0.0001\n`);
    await expect(readFunding(series)).rejects.toThrow('line 2: no payment');
  });
});
