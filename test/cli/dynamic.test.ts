// `--dynamic` as a user has it: its own account, measured values in the log and in `mm metrics`, what was learnt taken
// up by the next start; `--static` says what it would have quoted on; `mm backtest --both` puts one beside the other.
import { describe, expect, test } from 'vitest';
import type { Comparison } from '#report/comparison';
import type { MetricsSnapshot } from '#report/metrics';
import type { RunResult } from '#report/run-result';
import { home, mm } from './command.js';

const RUN = [
  '--synthetic',
  'normal',
  '--maker-fee',
  '0',
  '--band-from',
  '0bp',
  '--speed',
  '120',
  '--duration',
  '4m',
];
const SLOW = { timeout: 60_000 };

async function figures(at: string, account: string): Promise<MetricsSnapshot> {
  const { out } = await mm(at, ['metrics', '--json', '--account', account]);
  return JSON.parse(out) as MetricsSnapshot;
}

describe('mm run', () => {
  test('--dynamic slides into what it measures, says so, and goes on from it', SLOW, async () => {
    const at = home();
    const first = await mm(at, ['run', '--dynamic', ...RUN]);
    expect(first.code).toBe(0);
    expect(first.out).toContain('market: nothing learnt before');
    expect(first.out).toContain('market: ready, sliding to the measured values');
    expect(first.out).toMatch(/market: quoting on \(dynamic\) sigma .* measured sigma /);
    expect(first.out).toMatch(/^market {4}sigma .* \(dynamic\)$/m);
    expect(first.out).toMatch(/^measured {2}sigma .* \(ready/m);
    const before = await figures(at, 'paper-dynamic');
    expect(before.mode).toBe('dynamic');
    expect(before.marketParams?.source).toBe('dynamic');
    const learnt = before.estimates?.kappa.both.effectiveCount ?? 0;
    expect(learnt).toBeGreaterThan(10);

    const second = await mm(at, ['run', '--dynamic', ...RUN, '--duration', '5s']);
    expect(second.out).toContain('market: goes on from what the last run had learnt');
    const after = await figures(at, 'paper-dynamic');
    expect(after.estimates?.kappa.both.effectiveCount).toBeGreaterThan(0.9 * learnt);
  });

  test('--static quotes on what is given, and says what it would have used', SLOW, async () => {
    const at = home();
    const { code, out } = await mm(at, ['run', '--static', ...RUN]);
    expect(code).toBe(0);
    expect(out).toMatch(/market: would quote on sigma /);
    expect(out).toMatch(/^would use sigma /m);
    const { marketParams, estimates } = await figures(at, 'paper-static');
    expect(marketParams).toMatchObject({ source: 'static', kappa: 1.2, alpha: 0.2, epsilon: 0.2 });
    expect(estimates?.used.source).toBe('dynamic');
  });
});

describe('mm backtest --both', () => {
  const BOTH = [
    'backtest',
    '--both',
    '--synthetic',
    'fast',
    '--duration',
    '20m',
    '--maker-fee',
    '0',
  ];

  test('prints static, dynamic, and what sets them apart', SLOW, async () => {
    const { code, out } = await mm(home(), BOTH);
    expect(code).toBe(0);
    const parts = [
      /^static as on /m,
      /^dynamic as on /m,
      /^static \| dynamic +floor/m,
      /^Assumes: /m,
    ];
    const places = parts.map((pattern) => out.search(pattern));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(Math.min(...places)).toBe(0);
    expect(out.match(/^Assumes: /gm)).toHaveLength(1);
    expect(out).toMatch(/smallest visible \(95%, 4 times in 5\) +\d/);
  });

  test('--json: every run says its mode, and the comparison is there', SLOW, async () => {
    const { out } = await mm(home(), [...BOTH, '--json']);
    const { runs, comparison } = JSON.parse(out) as {
      runs: RunResult[];
      comparison: Comparison[];
    };
    expect(runs.map(({ mode }) => mode)).toEqual([
      ...['static', 'static', 'static'],
      ...['dynamic', 'dynamic', 'dynamic'],
    ]);
    expect(comparison.map(({ fillModel }) => fillModel)).toEqual(['floor', 'queue', 'ceiling']);
    expect(comparison[1]?.standardErrorBps).toBeGreaterThan(0);
  });

  test('and --static exclude each other', async () => {
    const { code, err } = await mm(home(), [...BOTH, '--static']);
    expect(code).toBe(2);
    expect(err).toContain('--both');
  });
});
