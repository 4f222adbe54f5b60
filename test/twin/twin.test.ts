// The twin: one tape and one set of parameters through the backtest with `--venue`, and through that venue's real client,
// the wire format, real signatures and the loopback venue on a stepped clock. The commands must be the same, time and
// all, hash for hash. MM_TWIN_MINUTES=30 plays longer.
import { rmSync } from 'node:fs';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { ParameterValues } from '#config/parameters';
import type { Mode } from '#run/assembly';
import { behindClient } from '#run/behind-client';
import type { PresetName } from '#sim/market/presets';
import { APEX_TWIN } from './apex-twin.js';
import type { Both } from './compare.js';
import { Twin, firstDifference, same } from './compare.js';
import { PARADEX_TWIN } from './paradex-twin.js';
import { recordedTape, scratch, syntheticTape } from './tapes.js';
import { WireTwin, backtestTwin } from './twin-world.js';

const LONG = process.env['MM_TWIN_MINUTES'] !== undefined;
const MINUTES = Number(process.env['MM_TWIN_MINUTES'] ?? 1.5);
if (LONG) vi.setConfig({ testTimeout: 900_000 });
const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const TWINS = {
  paradex: new Twin(PARADEX_TWIN, 'paradex', folder),
  apex: new Twin(APEX_TWIN, 'apex', folder),
};
const VENUES = ['paradex', 'apex'] as const;

const tapes = new Map<string, string>();
function made(preset: PresetName, seed: number): string {
  const name = `${preset} ${seed}`;
  const tape = tapes.get(name) ?? syntheticTape(folder, preset, seed, MINUTES);
  tapes.set(name, tape);
  return tape;
}

/** The recorder of the first is ahead of its venue, and it has touches beside its levels; the last has many holes. */
const FILES: Readonly<Record<string, string[]>> = {
  'binance_usdm_btcusdt_2024-07-18': ['incremental_book_L2', 'trades', 'quotes'],
  'hyperliquid_btc_2025-09-04': ['incremental_book_L2', 'trades'],
  'standx_btcusd_perp_2026-01-06': ['incremental_book_L2', 'trades'],
};
const parts = new Map<string, Promise<string | null>>();
function recorded(name: string, minutes: number, whole: boolean): Promise<string | null> {
  const kinds = FILES[name] as string[];
  const part = parts.get(`${name} ${whole}`) ?? recordedTape(folder, name, kinds, minutes, whole);
  parts.set(`${name} ${whole}`, part);
  return part;
}

/** Funding fell due, and the client has heard of it. */
function paid({ wire, back }: Both): void {
  expect(wire.funding).not.toBe(0);
  expect(wire.funding).toBe(back.funding);
}

describe('the same commands, hash for hash', () => {
  test('static, orders of Paradex moved in place, behind the queue of the interface', async () => {
    const outcome = await TWINS.paradex.both(made('fast', 9), 'static');
    same(outcome, 40, ['place', 'amend', 'cancel-all']);
    expect(outcome.wire.fills).toBeGreaterThan(5);
    paid(outcome); // told with the next fill
  });

  test('static, cancelled and placed anew, at the end of the queue', async () => {
    const flags = { queueModel: 'pessimistic', paradexSwitches: 'amend=replace' };
    const outcome = await TWINS.paradex.both(made('fast', 9), 'static', flags);
    same(outcome, 40, ['place', 'cancel', 'cancel-all']);
  });

  test('static on ApeX: the best 200 levels every 100 ms, no amend; a wide market withdraws', async () => {
    const tape = made('fast', 9);
    const outcome = await TWINS.apex.both(tape, 'static', { maxMarketSpread: '2bp' });
    same(outcome, 40, ['place', 'cancel', 'cancel-all']);
    expect(outcome.wire.fills).toBeGreaterThan(4);
  });

  const latency = 'feed=20ms,order=35ms,reply=7ms';
  test('dynamic, other latencies, three levels, partly filled orders moved as well, to the back of the queue', async () => {
    const paradexSwitches = 'modifyPartlyFilled=modify,modifyPriority=lost';
    const flags = { latency, levels: '3', paradexSwitches };
    const outcome = await TWINS.paradex.both(made('normal', 7), 'dynamic', flags);
    same(outcome, 40, ['place', 'amend', 'cancel-all']);
  });

  test('dynamic on ApeX, other latencies, two levels', async () => {
    const flags = { latency, levels: '2' };
    const outcome = await TWINS.apex.both(made('normal', 7), 'dynamic', flags);
    same(outcome, 40, ['place', 'cancel']);
    paid(outcome); // asked for 20 s after the hour
  });

  /** Holes included, but for one of 18 s that makes a client of Paradex subscribe anew, which an analyzer hears of. */
  const recordings: [string, Mode, boolean][] = [
    ['binance_usdm_btcusdt_2024-07-18', 'static', true],
    ['hyperliquid_btc_2025-09-04', 'dynamic', false],
    ['hyperliquid_btc_2025-09-04', 'static', true],
    ['standx_btcusd_perp_2026-01-06', 'static', true],
    ['standx_btcusd_perp_2026-01-06', 'dynamic', true],
  ];
  // The book of the first is large, which costs most on a grid.
  const short = (venue: string, i: number): boolean => i === 1 || (i === 0 && venue === 'paradex');
  const plays = VENUES.flatMap((venue) =>
    recordings
      .filter((_, i) => LONG || short(venue, i))
      .map(([name, mode, whole]) => [venue, name, mode, whole || venue === 'apex'] as const),
  );

  test.each(plays)('%s: a recording: %s, %s', async (venue, name, mode, whole) => {
    const part = await recorded(name, LONG ? 2 * MINUTES : 2, whole);
    if (part === null) return console.warn(`skipped: ../shared/data has no ${name}`);
    const outcome = await TWINS[venue].both(part, mode);
    expect(firstDifference(outcome)).toBe('none');
    expect(outcome.wire.hash).toBe(outcome.back.hash);
    expect(outcome.wire.commands.length).toBeGreaterThan(10);
  });
});

describe('what the equality rests on', () => {
  test.each(VENUES)('%s: a millisecond more on the way back, or no client', async (venue) => {
    const tape = made('fast', 8);
    const setup = await TWINS[venue].setup(tape, 'static', {});
    const world = new WireTwin(TWINS[venue].venue, setup);
    await world.start();
    const { hash } = world.run();
    const withValues = (change: Partial<ParameterValues>): string =>
      backtestTwin({ ...setup, values: { ...setup.values, ...change } }, world.facts).hash;
    expect(withValues({})).toBe(hash);
    const { latency } = setup.values;
    const slower = { ...latency, reply: latency.reply + 1_000 } as typeof latency;
    expect(withValues({ latency: slower })).not.toBe(hash);
    expect(withValues({ venue: 'sim' })).not.toBe(hash);
    expect(behindClient(setup.values)?.profile).toEqual(world.facts.profile);
  });
});
