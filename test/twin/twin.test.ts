// The twin: one tape and one set of parameters through the backtest and through the real client, the wire format, real
// signatures and the loopback Paradex on a stepped clock. The commands must be the same, time and all, hash for hash.
// MM_TWIN_MINUTES=60 plays longer.
import { rmSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { ParadexSwitches } from '#clients/paradex/switches';
import { readLayers } from '#config/layers';
import type { Mode } from '#run/assembly';
import { openMarket } from '#run/markets';
import { recordedTape, scratch, syntheticTape } from './tapes.js';
import { WireTwin, backtestTwin } from './twin-world.js';
import type { TwinOutcome, TwinSetup } from './twin-world.js';

const LONG = process.env['MM_TWIN_MINUTES'] !== undefined;
const MINUTES = Number(process.env['MM_TWIN_MINUTES'] ?? 2);
const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Flags = Readonly<Record<string, string>>;
const FLAGS: Flags = { makerFee: '0', kappa: '2', sigma: '0.5bp/√s', queueModel: 'behind-ui' };

async function setupOf(
  tape: string,
  mode: Mode,
  flags: Flags,
  switches: Partial<ParadexSwitches>,
): Promise<TwinSetup> {
  const layered = readLayers({
    ...{ flags: { ...FLAGS, ...flags }, env: {}, dotenvPath: null, configPath: null },
  });
  const { values } = layered;
  const market = await openMarket({ tape, synthetic: null }, values, null, folder);
  return { values, market, mode, switches };
}

interface Both {
  readonly wire: TwinOutcome;
  readonly back: TwinOutcome;
}

async function both(
  tape: string,
  mode: Mode,
  flags: Flags = {},
  switches: Partial<ParadexSwitches> = {},
): Promise<Both> {
  const setup = await setupOf(tape, mode, flags, switches);
  const world = new WireTwin(setup);
  await world.start();
  return { wire: world.run(), back: backtestTwin(setup, world.facts) };
}

/** The first difference as text, so that a red test says what happened. */
function firstDifference({ wire, back }: Both): string {
  const most = Math.max(wire.commands.length, back.commands.length);
  for (let i = 0; i < most; i += 1) {
    const [a, b] = [back.commands[i] ?? 'none', wire.commands[i] ?? 'none'];
    if (a !== b) return `command ${i + 1}: backtest "${a}", wire "${b}"`;
  }
  return 'none';
}

function same(outcome: Both, leastCommands: number, kinds: readonly string[]): void {
  expect(firstDifference(outcome)).toBe('none');
  expect(outcome.wire.hash).toBe(outcome.back.hash);
  expect(outcome.wire.commands.length).toBeGreaterThanOrEqual(leastCommands);
  const seen = new Set(outcome.wire.commands.map((text) => text.split(' ')[1]));
  expect([...seen].sort()).toEqual([...kinds].sort());
}

describe('the same commands, hash for hash', () => {
  const tape = syntheticTape(folder, 'fast', 6, MINUTES);
  const calm = syntheticTape(folder, 'normal', 7, MINUTES);

  test('static, orders moved in place, behind the queue of the interface', async () => {
    const outcome = await both(tape, 'static');
    same(outcome, 60, ['place', 'amend', 'cancel-all']);
    expect(outcome.wire.fills).toBeGreaterThan(5);
    expect(outcome.wire.fills).toBe(outcome.back.fills);
  });

  test('static, cancelled and placed anew, at the end of the queue', async () => {
    const flags = { queueModel: 'pessimistic' };
    const outcome = await both(tape, 'static', flags, { amend: 'replace' });
    same(outcome, 60, ['place', 'cancel', 'cancel-all']);
  });

  test('dynamic, other latencies, three levels, partly filled orders moved as well', async () => {
    const flags = { latency: 'feed=20ms,order=35ms,reply=7ms', levels: '3' };
    const outcome = await both(calm, 'dynamic', flags, { modifyPartlyFilled: 'modify' });
    same(outcome, 60, ['place', 'amend', 'cancel-all']);
  });

  /**
   * In static mode holes included. In dynamic mode up to the first one: there the analyzer of a backtest is told of the
   * hole when it ends, and that of a client when the book has been silent for 10 s, or not at all.
   * The recorder of the first is ahead of its venue, and it has touches beside its levels; the last is large.
   */
  const recordings: [string, Mode, string[]][] = [
    ['binance_usdm_btcusdt_2024-07-18', 'static', ['incremental_book_L2', 'trades', 'quotes']],
    ['hyperliquid_btc_2025-09-04', 'dynamic', ['incremental_book_L2', 'trades']],
    ['standx_btcusd_perp_2026-01-06', 'static', ['incremental_book_L2', 'trades']],
  ];

  test.each(recordings.slice(0, LONG ? 3 : 2))('a recording: %s, %s', async (name, mode, kinds) => {
    const files = kinds.map((kind) => `${name}_${kind}.csv.gz`);
    const own = scratch();
    try {
      const part = await recordedTape(own, files, 2 * MINUTES, mode === 'static');
      if (part === null) return console.warn(`skipped: ../shared/data has no ${name}`);
      const outcome = await both(part, mode);
      expect(firstDifference(outcome)).toBe('none');
      expect(outcome.wire.hash).toBe(outcome.back.hash);
      expect(outcome.wire.commands.length).toBeGreaterThan(20);
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  });
});

describe('what the equality rests on', () => {
  test('a millisecond more on the way back and the commands differ', async () => {
    const tape = syntheticTape(folder, 'fast', 8, MINUTES);
    const setup = await setupOf(tape, 'static', {}, {});
    const world = new WireTwin(setup);
    await world.start();
    const wire = world.run();
    const { values } = setup;
    const reply = values.latency.reply + 1_000;
    const slower = { ...values, latency: { ...values.latency, reply } } as typeof values;
    const asItWas = backtestTwin(setup, world.facts);
    expect(wire.hash).toBe(asItWas.hash);
    expect(backtestTwin({ ...setup, values: slower }, world.facts).hash).not.toBe(wire.hash);
    // and so does a backtest that does not know how the client answers a cancel-all, or what it can do
    const plain = { profile: { ...world.facts.profile, amend: false } };
    expect(backtestTwin(setup, { ...world.facts, ...plain }).hash).not.toBe(wire.hash);
  });
});
