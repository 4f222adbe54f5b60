// A bot on the wire of ApeX: real client, real sockets, zk signatures on a worker's thread, the ledger on disk, against the
// loopback ApeX in a process of its own. How soon both quotes rest, what signing costs the main thread beside a signer that
// signs nothing (interleaved, a process each), and memory of the bot alone. MM_BENCH_SECONDS=60: length of the last.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readLayers } from '#config/layers';
import { CANCEL_ALL } from '#core/messages';
import type { PlaceCommand } from '#core/messages';
import type { Lots, Seconds, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { WallClock } from '#run/clock';
import { runOnVenue } from '#run/venue-run';
import { WireInbox } from '#run/wire-inbox';
import { PlaceWatch, benchClient, benchPlace } from './apex-place.js';
import { startApexVenue } from './apex-venue.js';
import { spread } from './measure.js';
import { startFlags } from './start-flags.js';

const FILE = fileURLToPath(import.meta.url);
const SECONDS = Number(process.env['MM_BENCH_SECONDS'] ?? 20);
const PAIR_SECONDS = 6;
const ROUNDS = 9;
/** Compiling and connecting are no part of it. */
const WARM_UP_MS = 5_000;
/** Quotes on a short leash: as many orders as the budget of the venue has. */
const FLAGS = { venue: 'apex', network: 'paper', requoteBps: '0.1,0.2', requoteInterval: '250ms' };
const PAIRS = 60;
/** With the delays that a paper run has by default: 150 ms each way. */
const DELAYED = { pairs: 15, ms: 150 };
/** Three POSTs a round, of 250 a minute. */
const BETWEEN_MS = 800;
const LONGEST_MS = 5_000;
const MB = 1_048_576;
const NS = 1e6;

/** What a bot in a process of its own found out; milliseconds and megabytes. */
interface Found {
  readonly loop: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly placed: readonly number[];
  readonly slices: readonly number[];
  readonly rss: number;
}

const at = (values: readonly number[], share: number, places = 1): string => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(places);
};

/** In the child: a run as any other, for so long after the warm-up. */
async function bot(origin: string, signs: boolean, seconds: number): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'mm-bench-'));
  const files = { stateDir: join(folder, 'state'), logDir: join(folder, 'logs') };
  const flags = { ...FLAGS, ...files };
  const layered = readLayers({ flags, env: {}, dotenvPath: null, configPath: null });
  const watch = new PlaceWatch();
  const place = benchPlace(origin, signs, watch);
  const loop = monitorEventLoopDelay({ resolution: 1 });
  const memory: number[] = [];
  const warm = setTimeout(() => loop.enable(), WARM_UP_MS);
  const sampler = setInterval(() => memory.push(process.memoryUsage.rss() / MB), 500);
  const duration = (seconds + WARM_UP_MS / 1e3) as Seconds;
  const code = await runOnVenue({
    ...{ layered, mode: 'static', place, duration, terminal: false, version: 'bench' },
    adopt: true,
  });
  clearTimeout(warm);
  clearInterval(sampler);
  await place.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  if (code !== 0) throw new Error(`the run ended with exit code ${code}`);
  const { placed, slices } = watch;
  const [p50, p99] = [loop.percentile(50) / NS, loop.percentile(99) / NS];
  return { loop: { p50, p99, max: loop.max / NS }, placed, slices, rss: Math.max(...memory) };
}

/** In the child: two quotes at a time, far from the market, and away again; when the second of them rests. */
async function pairs(origin: string, count: number): Promise<number[]> {
  const clock = new WallClock();
  const watch = new PlaceWatch();
  const client = await benchClient(origin, true, watch, {
    ...{ clock, inbox: new WireInbox(clock), runId: `pairs${process.pid}` },
  });
  await client.start();
  client.open();
  await sleep(1_500);
  const both: number[] = [];
  const order = (ordinal: number, side: typeof BID | typeof ASK): PlaceCommand => ({
    ...{ kind: 'place', ordinal, side, lots: 10 as Lots, tif: 'post-only', reduceOnly: false },
    ticks: (1_000_000 - side * 100_000) as Ticks,
  });
  for (let i = 0; i < count; i += 1) {
    const before = watch.placed.length;
    client.send(clock.nowUs(), [order(2 * i + 1, BID), order(2 * i + 2, ASK)]);
    for (let waited = 0; waited < LONGEST_MS && watch.placed.length < before + 2; waited += 5)
      await sleep(5);
    const found = watch.placed.slice(before);
    both.push(found.length === 2 ? Math.max(...found) : Infinity);
    client.send(clock.nowUs(), [CANCEL_ALL]);
    await sleep(BETWEEN_MS);
  }
  await client.close();
  clock.release();
  return both;
}

/** Runs one of the two in a process of its own, with what a bot runs with; its terminal is not ours. */
function child<T>(what: 'bot' | 'pairs', ...args: readonly string[]): Promise<T> {
  const { flags, env } = startFlags();
  const process_ = spawn(process.execPath, [...flags, FILE, what, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  });
  return new Promise((resolve, reject) => {
    process_.once('message', (found) => resolve(found as T));
    process_.once('exit', (code) => reject(new Error(`${what} ended with code ${code}`)));
  });
}

const quartiles = (values: readonly number[]): string => {
  const { median, lower, upper } = spread(values);
  return `${median.toFixed(2)} ms (${lower.toFixed(2)} to ${upper.toFixed(2)})`;
};

async function againstNull(): Promise<string[]> {
  const venue = await startApexVenue(false);
  const [real, none]: [Found[], Found[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const run = (signs: boolean): Promise<Found> =>
      child('bot', venue.origin, String(signs), String(PAIR_SECONDS));
    const first = round % 2 === 0;
    const [a, b] = [await run(first), await run(!first)];
    real.push(first ? a : b);
    none.push(first ? b : a);
  }
  venue.close();
  const line = (name: 'p50' | 'p99' | 'max'): string => {
    const [ours, theirs] = [real, none].map((all) => all.map(({ loop }) => loop[name]));
    const difference = ours?.map((ms, i) => ms - (theirs?.[i] ?? NaN)) ?? [];
    return `  ${name}: ${quartiles(ours ?? [])} with the zk signer, ${quartiles(theirs ?? [])} with none; difference ${quartiles(difference)}`;
  };
  const slices = ([all, name]: readonly [readonly Found[], string]): string => {
    const every = all.flatMap((found) => found.slices);
    return `p99 ${at(every, 0.99, 2)} ms, longest ${at(every, 1, 2)} of ${every.length} with ${name}`;
  };
  const pair = [[real, 'the zk signer'] as const, [none, 'none'] as const];
  return [
    `loop delay of the bot, ${ROUNDS} pairs of ${PAIR_SECONDS} s, medians and quartiles (the timer's own 1 ms in it):`,
    ...(['p50', 'p99', 'max'] as const).map(line),
    `  slice of the main thread in the signer, wall time (pauses by others in it): ${pair.map(slices).join('; ')}`,
  ];
}

async function placing(latency: number, count: number): Promise<string> {
  const venue = await startApexVenue(true, latency);
  const both = await child<number[]>('pairs', venue.origin, String(count));
  venue.close();
  const late = both.filter((ms) => !(ms <= 250)).length;
  return `decision to both quotes resting, every signature verified, ${latency} ms each way: p50 ${at(both, 0.5)} ms, p99 ${at(both, 0.99)}, longest ${at(both, 1)} (${count} pairs, ${late} above 250 ms)`;
}

async function alone(): Promise<string> {
  const venue = await startApexVenue(true);
  const { placed, rss } = await child<Found>('bot', venue.origin, 'true', String(SECONDS));
  venue.close();
  return `${SECONDS} s of quoting: decision to an order resting p50 ${at(placed, 0.5)} ms, p99 ${at(placed, 0.99)}, longest ${at(placed, 1)} (${placed.length} orders); RSS ${rss.toFixed(0)} MB at most`;
}

export async function benchApexWire(): Promise<string[]> {
  return [
    await placing(0, PAIRS),
    await placing(DELAYED.ms, DELAYED.pairs),
    await alone(),
    ...(await againstNull()),
  ];
}

const [, main, what, origin = '', ...rest] = process.argv;
if (main === FILE && what === undefined) console.log((await benchApexWire()).join('\n'));
else if (main === FILE) {
  const found =
    what === 'pairs'
      ? await pairs(origin, Number(rest[0]))
      : await bot(origin, rest[0] === 'true', Number(rest[1]));
  process.send?.(found, () => process.exit(0));
}
