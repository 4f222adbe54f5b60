// The page: self-contained, the same numbers as the JSON beside it, sound where a run has little to show; and looked at by
// a real browser where there is one. MM_BROWSER names one that is not found by itself.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLayers } from '#config/layers';
import type { Seconds } from '#core/units';
import { reportData } from '#report/html/data';
import type { ReportData } from '#report/html/data';
import { pageOf } from '#report/html/page';
import { svgOf } from '#report/html/plot';
import { linear, time } from '#report/html/scale';
import { grouped, money, signedDollars } from '#report/html/words';
import type { RunRecord } from '#report/record';
import { keptRun, prepare } from '#run/kept-run';
import { writeReport } from '#run/report';

const folder = mkdtempSync(join(tmpdir(), 'mm-html-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

let record: RunRecord;
let data: ReportData;
let page = '';
beforeAll(async () => {
  const { values } = readLayers({
    flags: { kappa: '2', makerFee: '0.3bp', stateDir: join(folder, 'state') },
    ...{ env: {}, dotenvPath: null, configPath: null },
  });
  const duration = 1_500 as Seconds;
  const ready = await prepare(values, { tape: null, synthetic: 'fast' }, duration);
  record = keptRun({
    ...{ ...ready, mode: 'dynamic', shadow: false, duration, fillModel: 'queue' },
    onProgress: () => undefined,
  });
  data = await reportData(record, record.assumptions);
  page = pageOf(data);
}, 90_000);

describe('the page', () => {
  test('fetches nothing and runs nothing', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:|\bsrc=|\bon\w+=/i);
    expect(page).toMatch(/@media print/);
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  test('has every chart', () => {
    const titles = [
      'Profit and loss', 'Drawdown', 'Inventory', 'Where it came from', 'Quotes around the mid',
      'Markout:', 'α·exp', 'Volatility σ', 'Decay κ', 'Arrivals α', 'Adverse selection ε',
    ]; // prettier-ignore
    for (const title of titles) expect(page).toContain(title);
    expect(page).toContain('measured, 95 %');
    expect(page.split('<svg').length - 1).toBe(page.split('</svg>').length - 1);
    expect(page).not.toContain('nothing to draw');
  });

  test('says the same as the run and as the JSON', async () => {
    const { result } = record;
    expect(data.attribution).toEqual({ ...result?.attribution, pnl: result?.pnl });
    expect(data.figures.fills).toBe(result?.fills);
    expect(data.figures.fills).toBeGreaterThan(10);
    expect(data.markouts[0]?.netEdge.bps).toBeCloseTo(result?.netEdgeBps ?? NaN, 9);
    expect(data.series.pnl.at(-1)).toBeCloseTo(Number(result?.pnl), 8);
    expect(data.figures.maxDrawdownPct).toBeLessThanOrEqual((result?.maxDrawdownPct ?? 0) + 1e-9);
    expect(page).toContain(money(Number(result?.pnl)));
    expect(page).toContain(record.assumptions?.slice(0, 40));
    const sides = data.markouts.filter(({ by }) => by === 'side');
    expect(sides.reduce((sum, { fills }) => sum + fills, 0)).toBe(data.figures.fills);
    const files = await writeReport({
      ...{ stateDir: join(folder, 'state'), runId: record.run.run, out: join(folder, 'r.html') },
    });
    expect(readFileSync(files.html, 'utf8')).toBe(page);
    expect(JSON.parse(readFileSync(files.json, 'utf8'))).toEqual(JSON.parse(JSON.stringify(data)));
  });

  test('a live run without traces, fills or quotes still has a page', async () => {
    const bare = {
      ...record,
      exposure: null,
      excerpt: [],
      result: null,
      fills: [],
      assumptions: null,
    };
    const empty = { ...bare, fees: 0 as RunRecord['fees'], funding: [] };
    const shown = pageOf(await reportData(empty, null));
    expect(shown).not.toMatch(/NaN|undefined|Infinity/);
    expect(shown).toContain('This run kept no path of its quotes');
    expect(shown).toContain('A live run: real fills');
    const paper = { ...empty, run: { ...empty.run, kind: 'paper' } };
    expect(pageOf(await reportData(paper, null))).toContain('no market impact');
  });

  test('names are text, never markup', () => {
    const odd = { ...data, run: { ...data.run, market: '<b>x</b>', model: '"&"' } };
    expect(pageOf(odd)).not.toContain('<b>x</b>');
    expect(pageOf(odd)).toContain('&lt;b&gt;x&lt;/b&gt;');
  });
});

describe('drawing', () => {
  test('axes have round ticks inside, and a flat or empty line is no accident', () => {
    const { ticks, at } = linear(0, 97, 0, 970, 6);
    expect(ticks.map(({ label }) => label)).toEqual(['0', '20', '40', '60', '80']);
    expect(at(97)).toBe(970);
    expect(linear(5, 5, 0, 10, 3).ticks.length).toBeGreaterThan(0);
    expect(linear(0, 0.02, 0, 1, 4).ticks.map(({ label }) => label)).toContain('0.005');
    const day = time(0, 86_400e6, 0, 1, 8).ticks.map(({ label }) => label);
    expect(day).toContain('06:00');
    const none = { title: 'x', x: { kind: 'plain' }, y: { label: '' }, marks: [] } as const;
    expect(svgOf(none)).toContain('nothing to draw');
  });

  test('numbers as people write them', () => {
    expect([grouped(1234567.891, 2), grouped(-0.001, 2), grouped(-12, 0)]).toEqual(['1,234,567.89', '0.00', '−12']); // prettier-ignore
    expect([money(-1234.5), signedDollars(3), signedDollars(0)]).toEqual(['−$1,234.50', '+$3.00', '$0.00']); // prettier-ignore
  });
});

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];
const browser = [
  process.env['MM_BROWSER'] ?? '',
  ...BROWSERS.flatMap((name) => ['/usr/bin', '/usr/local/bin'].map((at) => join(at, name))),
].find((path) => path !== '' && existsSync(path));

/** Width, height and how many different colours a sample of pixels has, of an 8-bit RGB(A) PNG. */
function lookAt(path: string): { width: number; height: number; colours: number } {
  const png = readFileSync(path);
  const [width, height, kind] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25]];
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const rows = inflateSync(Buffer.concat(parts));
  const channels = kind === 6 ? 4 : 3;
  const colours = new Set<string>();
  // Filtered bytes are differences: an empty page has next to none that vary.
  for (let i = 1; i < rows.length - 3; i += channels * 7 + 1)
    colours.add(`${rows[i]},${rows[i + 1]},${rows[i + 2]}`);
  return { width, height, colours: colours.size };
}

test.skipIf(browser === undefined)('a browser draws it', { timeout: 60_000 }, () => {
  const shot = join(folder, 'shot.png');
  const args = [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
    ...[`--user-data-dir=${join(folder, 'browser')}`, '--window-size=1000,3600'],
    ...[`--screenshot=${shot}`, `file://${join(folder, 'r.html')}`],
  ];
  execFileSync(browser as string, args, { stdio: 'ignore', timeout: 50_000 });
  expect(statSync(shot).size).toBeGreaterThan(50_000);
  const { width, height, colours } = lookAt(shot);
  expect([width, height]).toEqual([1000, 3600]);
  expect(colours).toBeGreaterThan(200);
});

test.runIf(browser === undefined)('no browser', () => {
  console.log('skipped: no Chromium found in /usr/bin or /usr/local/bin (MM_BROWSER names one)');
});
