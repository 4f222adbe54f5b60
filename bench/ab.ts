// `mm ab` on both loopback venues in wall time, then everything that must be true of it: each ledger equals the books of
// its venue, both accounts of a venue saw the same public flow, no log holds a warning, nothing was booked to make the
// books fit. `node dist/bench/ab.js 10m fast 7 [paradex,apex]`: duration, preset, seed, venues. Exit code 1 when not.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, readdirSync, writeSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { realNetwork } from '#clients/net/network';
import { readLayers } from '#config/layers';
import type { Layered } from '#config/layers';
import { seconds } from '#config/quantities';
import { ROW_LEVEL, ROW_TRADE } from '#core/rows';
import { LedgerReader } from '#ledger/reader';
import { playAb, startStands } from '#run/ab-venue';
import type { Stand } from '#run/ab-venue';
import { WallClock } from '#run/clock';
import { paradexEnvironment, paradexIdentity } from '#run/paradex-account';
import { recordingPaths } from '#run/run-recording';
import { readReach } from '#run/venue-place';
import { TapeSource } from '#tape/read';
import { compareApexBooks } from './ab-apex-books.js';
import { BooksReader, compareBooks } from './soak-books.js';
import type { Comparison } from './soak-books.js';
import { linesOf } from './soak-figures.js';

const [duration = '1m', synthetic = 'fast', seed = '7', venues = 'paradex,apex'] =
  process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'mm-ab-'));
const stateDir = join(folder, 'state');
const clock = new WallClock();
const network = realNetwork(clock);
const names = (venue: string): string[] =>
  ['static', 'dynamic'].map((mode) => `${venue}-paper-${mode}`);
const ledgerOf = (name: string): string => join(stateDir, `${name}.ledger`);
const MB = 1_048_576;
/** Warnings that a market gives reason for: they are no fault of the bot. */
const EXPLAINED = /^(order rejected: post-only|state paused: bleed)/;

const layers = venues.split(',').map((venue): Layered =>
  readLayers({
    flags: { venue, seed, stateDir, logDir: join(folder, 'logs') },
    ...{ env: {}, dotenvPath: null, configPath: null },
  }),
);

/** Everything that is said goes to a file; what comes after the last table's head is the table. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const write = process.stdout.write.bind(process.stdout);
  const out = openSync(join(folder, 'console.txt'), 'a');
  process.stdout.write = (text: string | Uint8Array) => writeSync(out, String(text)) > 0;
  try {
    return await work();
  } finally {
    process.stdout.write = write;
  }
}

async function booksOf(venue: string, origin: string, name: string): Promise<Comparison> {
  const path = ledgerOf(name);
  const paperKey = readReach(path)?.paperKey ?? '';
  const nowMs = (): number => clock.nowUs() / 1_000;
  if (venue === 'apex') return await compareApexBooks(path, { network, origin, paperKey, nowMs });
  const keys = { ...layers[0]?.values, paradexPrivateKey: paperKey, paradexAccount: null };
  const where = paradexEnvironment('paper', origin);
  const identity = await paradexIdentity(network, where, keys as never, () => undefined);
  return compareBooks(path, await new BooksReader(network, identity, nowMs).read());
}

/** Prints and levels as the bot's engine got them, with the venue's times: one line each. */
function flowOf(name: string): string[] {
  const path = ledgerOf(name);
  const reader = LedgerReader.open(path);
  const runId = reader.lastRun()?.run ?? '';
  reader.close();
  const source = new TapeSource(recordingPaths(path, runId).tape);
  const rows: string[] = [];
  for (let block = source.next(); block !== null; block = source.next(block)) {
    for (let i = 0; i < block.count; i += 1) {
      const kind = block.kind[i];
      if (kind !== ROW_TRADE && kind !== ROW_LEVEL) continue;
      const { exchangeUs, side, price, size } = block;
      rows.push(`${exchangeUs[i]} ${kind} ${side[i]} ${price[i]} ${size[i]}`);
    }
  }
  source.close();
  return rows;
}

/** From the first print that both saw to the last; the snapshot that each began with is its own. */
function sameFlow(venue: string): { readonly rows: number; readonly differ: number } {
  const [a, b] = names(venue).map(flowOf) as [string[], string[]];
  const prints = (rows: readonly string[]): string[] =>
    rows.filter((row) => row.split(' ')[1] === String(ROW_TRADE));
  const [inA, inB] = [new Set(prints(a)), new Set(prints(b))];
  const first = prints(a).find((row) => inB.has(row)) ?? '';
  const last = prints(a).findLast((row) => inB.has(row)) ?? '';
  const cut = (rows: string[]): string[] => rows.slice(rows.indexOf(first), rows.lastIndexOf(last));
  const [left, right] = [cut(a), cut(b)];
  const differ = left.filter((row, i) => row !== right[i]).length + Math.abs(left.length - right.length); // prettier-ignore
  return { rows: left.length, differ: inA.size === 0 ? Infinity : differ };
}

const rssOf = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1_024;

async function check(stands: readonly Stand[]): Promise<string[]> {
  const problems: string[] = [];
  for (const { layered, paper } of stands) {
    const { venue, capital } = layered.values;
    for (const name of names(venue)) {
      const { fills, differences } = await booksOf(venue, paper.origin, name);
      problems.push(...differences.map((line) => `${name}: ${line}`));
      if (differences.length === 0)
        console.log(`${name}: the ledger equals the books of the venue, ${fills} fills`);
      const reader = LedgerReader.open(ledgerOf(name));
      const paid = reader.accounts().at(-1)?.position.transfers;
      reader.close();
      if (paid !== capital) problems.push(`${name}: ${paid} was paid in, not ${capital}`);
      const lines = linesOf(join(folder, 'logs', name));
      const loud = lines.filter(
        ({ level, msg }) => !/^(DEBUG|INFO)$/.test(level) && !EXPLAINED.test(msg),
      );
      problems.push(...loud.map(({ level, msg }) => `${name}: log: ${level} ${msg}`));
      console.log(
        `${name}: ${lines.length} log lines, ${loud.length} above INFO that a market does not explain`,
      );
    }
    const { rows, differ } = sameFlow(venue);
    console.log(`${venue}: ${rows} public rows in both recordings, ${differ} differ`);
    if (differ > 0) problems.push(`${venue}: the two accounts saw different flows`);
  }
  return problems;
}

async function main(): Promise<number> {
  const layered = layers[0] as Layered;
  const request = {
    ...{ layers, market: { tape: null, synthetic }, duration: seconds(duration), speed: 1 },
    ...{ terminal: false, version: 'bench' },
  };
  console.log(
    `mm ab of ${duration}, ${synthetic}, seed ${layered.values.seed}, files in ${folder}`,
  );
  const stands = await startStands(request);
  const loop = monitorEventLoopDelay({ resolution: 10 });
  const own: number[] = [];
  const loads: number[] = [];
  const sampler = setInterval(() => {
    own.push(process.memoryUsage.rss() / MB);
    loads.push(loadavg()[0] as number);
  }, 5_000);
  const cpu = process.cpuUsage();
  const began = performance.now();
  loop.enable();
  try {
    const code = await quietly(() => playAb(request, stands));
    loop.disable();
    clearInterval(sampler);
    const { user, system } = process.cpuUsage(cpu);
    const share = ((user + system) / 1e3 / (performance.now() - began)) * 100;
    const text = readFileSync(join(folder, 'console.txt'), 'utf8');
    console.log(text.slice(text.lastIndexOf('A/B on')));
    const bots = 2 * stands.length;
    const most = Math.max(...own, process.memoryUsage.rss() / MB);
    console.log(
      `exit code ${code}; ${bots} bots in one process: RSS ${most.toFixed(0)} MB at most (${(most / bots).toFixed(0)} a bot), ${share.toFixed(0)} % of a core; loop delay p50 ${(loop.percentile(50) / 1e6 - 10).toFixed(1)} ms, p99 ${(loop.percentile(99) / 1e6 - 10).toFixed(1)} ms over the 10 ms of its timer`,
    );
    for (const { layered: of, paper } of stands)
      console.log(`${of.values.venue} venue process: RSS ${rssOf(paper.pid ?? 0).toFixed(0)} MB`);
    const load = loads.reduce((sum, value) => sum + value, 0) / Math.max(loads.length, 1);
    console.log(`load of the machine while it ran: ${load.toFixed(1)} on average, ${Math.max(...loads, 0).toFixed(1)} at most`); // prettier-ignore
    const problems = await check(stands);
    for (const line of problems) console.log(`PROBLEM: ${line}`);
    console.log(`files written: ${readdirSync(stateDir).filter((name) => name.endsWith('.ledger')).length} ledgers, ${readdirSync(join(folder, 'logs')).length} logs`); // prettier-ignore
    return code === 0 && problems.length === 0 ? 0 : 1;
  } finally {
    await Promise.all(stands.map(({ paper }) => paper.close()));
  }
}

process.exit(await main());
