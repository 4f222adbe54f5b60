// `mm metrics`: which runs it shows, and what it adds to the figures that the runs keep of themselves.
import { utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readMetrics, watchMetrics } from '#run/metrics';
import type { MetricsAnswer, MetricsQuery } from '#run/metrics';
import { witnessPath } from '#ledger/witness';
import { T0, folder, us } from '../ledger/fixtures.js';
import { LATCHED, figures, live, pathsOf, ran } from './accounts.js';

const metrics = (stateDir: string, change: Partial<MetricsQuery> = {}): MetricsAnswer =>
  readMetrics({ stateDir, venue: null, account: null, runId: null, ...change });
const idsOf = ({ runs }: MetricsAnswer): string[] => runs.map(({ vitals }) => vitals.runId);

describe('which runs', () => {
  test('none ever: one line', () => {
    expect(() => metrics(folder())).toThrow(/nothing has run yet .*start with mm run --static/);
  });

  test('the last one when none is live; all that live when some do', () => {
    const state = folder();
    ran(state, { account: 'old' });
    ran(state, { account: 'new', runId: 'run2', startedUs: us(T0 + 1e6) });
    expect(idsOf(metrics(state))).toEqual(['run2']);
    const bots = ['a', 'b'].map((account) =>
      live(state, { account, runId: `r-${account}` }, () => true),
    );
    expect(idsOf(metrics(state)).sort()).toEqual(['r-a', 'r-b']);
    expect(idsOf(metrics(state, { account: 'b' }))).toEqual(['r-b']);
    bots[0]?.die();
    expect(idsOf(metrics(state))).toEqual(['r-b']);
  });

  test('by its id, live or not; an unknown one is refused with the last one there is', () => {
    const state = folder();
    ran(state, { runId: 'first' });
    ran(state, { runId: 'second', startedUs: us(T0 + 1e6) });
    expect(idsOf(metrics(state, { runId: 'first' }))).toEqual(['first']);
    expect(() => metrics(state, { runId: 'third' })).toThrow(
      /no run third in .* \(the last one is second\)/,
    );
  });
});

describe('what it adds', () => {
  test('live is what the lock says, not what the run said', () => {
    const state = folder();
    const bot = live(state, { status: figures({ live: true }) }, () => true);
    expect(metrics(state).runs[0]).toMatchObject({
      vitals: { live: true, endReason: null, pid: 4711 },
      figures: { live: true, equity: '4999.5', inventory: '-0.001' },
    });
    bot.die();
    expect(metrics(state).runs[0]).toMatchObject({
      vitals: { live: false, endReason: 'killed', exitCode: null },
      figures: { live: false, halted: null, uptimeSeconds: 60 },
    });
  });

  test('how it ended; what it stored of a halt stays', () => {
    const state = folder();
    ran(state, {
      breaker: LATCHED,
      status: figures({ state: 'latched', halted: 'drawdown: fell' }),
    });
    expect(metrics(state).runs[0]).toMatchObject({
      vitals: { live: false, endReason: 'SIGINT', exitCode: 0 },
      figures: { state: 'latched', halted: 'drawdown: fell' },
    });
  });

  test('no sign of life for longer than a bot may be silent', () => {
    const state = folder();
    const bot = live(state, {}, () => true);
    expect(metrics(state).runs[0]?.vitals.silentSeconds).toBeNull();
    const then = Date.now() / 1000 - 40;
    utimesSync(witnessPath(pathsOf(state).ledger), then, then);
    expect(metrics(state).runs[0]?.vitals.silentSeconds).toBeGreaterThanOrEqual(39);
    bot.ledger.note(T0, 'x', 'alive');
    bot.ledger.commit();
    expect(metrics(state).runs[0]?.vitals.silentSeconds).toBeNull();
  });

  test('a run without figures yet, and a damaged ledger beside it', () => {
    const state = folder();
    live(state, { status: null }, () => true);
    writeFileSync(pathsOf(state, 'bad').ledger, 'x'.repeat(5000));
    const { runs, problems } = metrics(state);
    expect(runs[0]).toMatchObject({ vitals: { live: true }, figures: null });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/bad\.ledger: it is not a ledger .*move that file away/);
  });

  test('only damage: that is the answer', () => {
    const state = folder();
    writeFileSync(pathsOf(state, 'bad').ledger, 'x'.repeat(5000));
    expect(() => metrics(state)).toThrow(/not a ledger/);
  });
});

describe('watching', () => {
  test('shows again and again until it is told to stop, and survives a ledger that goes away', async () => {
    const state = folder();
    ran(state);
    const seen: MetricsAnswer[] = [];
    const ending = new AbortController();
    const query = { stateDir: state, venue: null, account: null, runId: null };
    await watchMetrics(query, 10, ending.signal, (answer) => {
      seen.push(answer);
      if (seen.length === 2) writeFileSync(pathsOf(state).ledger, 'x'.repeat(5000));
      if (seen.length === 4) ending.abort();
    });
    expect(seen).toHaveLength(4);
    expect(seen[1]?.problems).toEqual([]);
    expect(seen[3]?.problems[0]).toMatch(/not a ledger|damaged/);
    expect(idsOf(seen[3] as MetricsAnswer)).toEqual(['run1']);
  });
});
