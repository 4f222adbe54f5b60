// The table of `mm ab` and the lines under it: every cell that is worked out, every reason to say less.
import { describe, expect, test } from 'vitest';
import { weigh } from '#report/ab-evidence';
import { abTable, evidenceLines, signed } from '#report/ab-text';
import type { AbSide, AbStanding } from '#report/ab-text';
import type { MetricsSnapshot } from '#report/metrics';
import { figures } from '../run/accounts.js';

const CAPITAL = 5_000;
const market = { source: 'static', sigma: 0.712, kappa: 1.2, alpha: 0.2, epsilon: 0.2 };
const FRESH = { equity: 5_000, fees: 0, funding: 0, volume: 0, fills: 0 };

const side = (change: Partial<MetricsSnapshot>, more: Partial<AbSide> = {}): AbSide => ({
  now: figures({ account: 'paper-static', marketParams: market, fills: 200, ...change }),
  start: FRESH,
  ...{ end: null, kept: null },
  ...more,
});

const quotes = (bid: number): MetricsSnapshot['quotes'] => [
  { side: 'bid', level: 1, price: '59000', size: '0.001', distanceBps: 9 },
  { side: 'bid', level: 0, price: '59990', size: '0.001', distanceBps: bid },
];

const STANDING: AbStanding = {
  market: 'synthetic normal, seed 1',
  seconds: 3_600,
  fixed: side({ quotes: quotes(1.5) }),
  measured: side({
    ...{ runId: 'run2', mode: 'dynamic', account: 'paper-dynamic', equity: '5000.75' },
    ...{ dailyPnl: '0.75', inventory: '0.0025', fills: 240, volume: '1000', fees: '0' },
    ...{ quotes: quotes(1.25), marketParams: { ...market, source: 'dynamic', kappa: 9.5 } },
  }),
  parting: null,
  difference: 1.25,
};

const rows = (text: string): string[] =>
  text.split('\n').map((line) => line.replace(/ {2,}/g, ' | '));

describe('the table', () => {
  test('side by side, with what sets them apart', () => {
    expect(rows(abTable([STANDING], true))).toEqual([
      'A/B on synthetic normal, seed 1, the same flow for both: 1h 0m of market time',
      ' | static | dynamic | dyn - stat',
      'run | run1 | run2',
      'account | paper-static | paper-dynamic',
      'state | running | running',
      'equity | $4999.50 | $5000.75 | +$1.25',
      'P&L of this run | -$0.50 | $0.75 | +$1.25',
      'P&L today | -$0.50 | $0.75 | +$1.25',
      'P&L per $1M traded | -$2500.00 | $750.00 | +$3250.00',
      'position | -0.0010 | 0.0025 | +0.0035',
      'fills | 200 | 240 | +40',
      'volume | $200.00 | $1000.00 | +$800.00',
      'fees | $0.02 | $0.00 | -$0.02',
      'funding | $0.00 | $0.00 | $0.00',
      'drawdown % | 0.010 | 0.010 | 0.000',
      'bid (bp from fair) | 59990 (1.50) | 59990 (1.25) | -0.25',
      'ask (bp from fair) | none | none | -',
      'sigma, bp/√s | 0.712 | 0.712 | 0.000',
      'kappa, 1/bp | 1.200 | 9.500 | +8.300',
      'alpha, 1/s | 0.200 | 0.200 | 0.000',
      'epsilon, bp | 0.200 | 0.200 | 0.000',
      'parameters in use | static | dynamic',
    ]);
  });

  test('ended runs have what only their ledgers know', () => {
    const kept = { netEdgeBps: 0.5, spreadCaptured: 2, adverseSelection: -1, quoted: 0.987 };
    const fixed = side({}, { end: { code: 0, reason: 'SIGINT' }, kept });
    const measured = side({}, { end: { code: 0, reason: 'SIGINT' } });
    const text = rows(abTable([{ ...STANDING, fixed, measured }], true));
    expect(text).toContain('both sides quoted % | 98.7 | - | -');
    expect(text).toContain('net edge, bp a fill | 0.50 | - | -');
    expect(text).toContain('spread captured | $2.00 | - | -');
    expect(text).toContain('adverse, 30 s | -$1.00 | - | -');
  });

  test('several venues stand in one table, on a terminal without what would not fit', () => {
    const there = (of: AbSide, parting: boolean): AbSide => ({
      ...of,
      now: { ...of.now, venue: 'apex', equity: parting ? '1' : '4990' },
    });
    const apex: AbStanding = {
      ...STANDING,
      fixed: there(STANDING.fixed, false),
      measured: there(STANDING.measured, true),
      parting: { mode: 'dynamic', seconds: 61, why: 'drawdown: fell by 20 %' },
    };
    const wide = rows(abTable([STANDING, apex], true));
    expect(wide.slice(1, 3)).toEqual([
      ' | sim | sim | apex | apex',
      ' | static | dynamic | dyn - stat | static | dynamic | dyn - stat',
    ]);
    expect(wide).toContain('equity | $4999.50 | $5000.75 | +$1.25 | $4990.00 | $1.00 | -$4989.00');
    expect(wide.at(-1)).toMatch(/^apex: dynamic stopped trading after 1m 1s/);
    const lines = abTable([STANDING, apex], false).split('\n');
    expect(Math.max(...lines.slice(1, -1).map((text) => text.length))).toBeLessThan(80);
    expect(rows(lines.join('\n'))).toContain('equity | $4999.50 | $5000.75 | $4990.00 | $1.00');
  });

  test('what the account had before is no result of this run', () => {
    const start = { equity: 4_990, fees: 0.01, funding: 0, volume: 150, fills: 195 };
    const text = rows(abTable([{ ...STANDING, fixed: { ...STANDING.fixed, start } }], true));
    expect(text).toContain('P&L of this run | $9.50 | $0.75 | -$8.75');
    expect(text).toContain('fills | 5 | 240 | +235');
    expect(text).toContain('volume | $50.00 | $1000.00 | +$950.00');
    expect(text).toContain('equity | $4999.50 | $5000.75 | +$1.25');
  });

  test('before the first mark nothing is known of the P&L', () => {
    const text = rows(abTable([{ ...STANDING, fixed: side({ mark: '0' }) }], true));
    expect(text).toContain('P&L of this run | - | $0.75 | -');
  });

  test('the block on a terminal fits on 24 lines of 80, also with both halted', () => {
    const halted = { state: 'latched', halted: 'drawdown: fell by 20 %' };
    const standing = {
      ...STANDING,
      fixed: side(halted),
      measured: side({ ...halted, mode: 'dynamic' }, { end: { code: 3, reason: 'latched' } }),
      parting: { mode: 'dynamic', seconds: 61, why: 'drawdown: fell by 20 %' },
    };
    const lines = abTable([standing], false).split('\n');
    expect(lines.length).toBeLessThanOrEqual(22);
    expect(Math.max(...lines.slice(0, -1).map((line) => line.length))).toBeLessThan(80);
    expect(lines.slice(-3)).toEqual([
      'static   latched: drawdown: fell by 20 %',
      'dynamic  ended, exit code 3: drawdown: fell by 20 %',
      'dynamic stopped trading after 1m 1s (drawdown: fell by 20 %): what comes later compares nothing',
    ]);
  });

  test('signs: none on a zero, also on one that is only rounded to it', () => {
    const cents = (value: number): string => value.toFixed(2);
    expect([0.004, -0.004, 0, 1, -1].map((value) => signed(value, cents))).toEqual([
      ...['0.00', '0.00', '0.00', '+1.00', '-1.00'],
    ]);
  });
});

describe('what it is worth', () => {
  const lines = (blocks: readonly number[], change: Partial<AbStanding> = {}): string[] =>
    evidenceLines({ ...STANDING, ...change }, weigh(blocks, CAPITAL), CAPITAL);
  const alternating = (count: number): number[] =>
    Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 1 : -1));

  test('an hour could have shown nothing', () => {
    expect(lines([1, -1, 1, -1])).toEqual([
      'dynamic - static while both traded (1h 0m): +$1.25',
      expect.stringMatching(
        /^What this length could have shown: nothing\. Its 4 whole blocks of 15 min/,
      ),
    ]);
  });

  test('six hours: the smallest difference, the days, and no interval', () => {
    const text = lines(alternating(24)); // variance 24/23 a block; days: 7.84 x 24/23 / (2.50 / 30)^2 x 96
    expect(text[1]).toBe(
      'What this length could have shown: a difference of $14.01 or more (0.280 % of capital; at 95 %, four times in five).',
    );
    expect(text[2]).toMatch(
      /takes about 7069 days to tell 0\.20 % .*, about 113093 days to tell 0\.05 %/,
    );
    expect(text[3]).toBe('Too short for an interval: 24 of 48 blocks of 15 min.');
  });

  test('a day: an interval, and whether chance explains it', () => {
    expect(lines(alternating(96)).at(-1)).toMatch(
      /^95 % interval from 96 blocks .*-\$\d.* to \+\$\d.*; chance explains it\.$/,
    );
    const clear = Array.from({ length: 96 }, (_, i) => 1 + (i % 3) / 10);
    expect(lines(clear).at(-1)).toMatch(
      /\+\$10\d\.\d\d to \+\$10\d\.\d\d; chance alone does not explain it\.$/,
    );
  });

  test('the same quotes in both say nothing at all', () => {
    expect(lines(new Array<number>(50).fill(0)).at(-1)).toMatch(
      /nothing\. The two made and lost the same/,
    );
  });

  test('who hardly trades is named; time after the parting does not count', () => {
    const idle = { ...STANDING.fixed, start: { ...FRESH, fills: 195 } };
    const parting = { mode: 'static', seconds: 600, why: 'operator: x' };
    const text = lines([], { fixed: idle, parting });
    expect(text[0]).toBe('dynamic - static while both traded (10m 0s): +$1.25');
    expect(text[1]).toBe('static does not trade: 5.0 fills an hour, fewer than 20');
    expect(text).toHaveLength(3);
  });
});
