// A soak: the bot on the loopback Paradex in wall time with seeded faults, two processes as in production; at the end the
// ledger must equal the books of the venue. `node dist/bench/soak.js 30m light 7 [flags of mm run]`: duration, fault
// profile, seed. Exit code 1 when anything differs. Uptime is the share of time in which both sides had an order resting.
import { spawn, execFileSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { realNetwork } from '#clients/net/network';
import { readLayers } from '#config/layers';
import { LedgerReader } from '#ledger/reader';
import { WallClock } from '#run/clock';
import { onboard, paradexEnvironment, paradexIdentity } from '#run/paradex-account';
import type { ParadexIdentity } from '#run/paradex-account';
import { BooksReader, compareBooks } from './soak-books.js';
import { activity } from './soak-figures.js';
import { startFlags } from './start-flags.js';

const MAIN = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
const SAMPLE_MS = 10_000;
const STARTS = 30;
const KEY_BYTES = 31;
/** Fast enough for fills; faster than real time the bleed guard soon pauses it. */
const MARKET = ['--synthetic', 'fast', '--speed', '1'];

const [duration = '1m', profile = 'light', seed = '7', ...flags] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'mm-soak-'));
const clock = new WallClock();
const network = realNetwork(clock);

function start(name: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const out = openSync(join(folder, `${name}.txt`), 'a');
  const own = Object.entries(process.env).filter(([key]) => !key.startsWith('MM_'));
  const node = startFlags();
  return spawn(process.execPath, [...node.flags, MAIN, ...args], {
    ...{ cwd: folder, stdio: ['ignore', out, out] },
    env: { ...Object.fromEntries(own), ...node.env, ...env },
  });
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once('exit', (code) => resolve(code)));

/** Kilobytes; null when the process is gone. */
function rssOf(pid: number): number | null {
  try {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
  } catch {
    return null;
  }
}

async function originOf(): Promise<string> {
  for (let i = 0; i < 100; i += 1) {
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(readFileSync(join(folder, 'venue.txt'), 'utf8'));
    if (found !== null) return found[0];
    await sleep(100);
  }
  throw new Error('the venue did not start');
}

/** Faults are on from the first request: asks until it is there. */
async function account(origin: string, privateKey: string): Promise<ParadexIdentity> {
  const where = paradexEnvironment('testnet', origin);
  const env = { MM_PARADEX_PRIVATE_KEY: privateKey };
  const { values } = readLayers({ flags: {}, env, dotenvPath: null, configPath: null });
  for (let attempt = 1; ; attempt += 1) {
    try {
      const identity = await paradexIdentity(network, where, values, () => undefined);
      if (identity.onboarded) return identity;
      await onboard(network, identity);
    } catch (error) {
      if (attempt === STARTS) throw error;
    }
  }
}

interface Sat {
  readonly code: number | null;
  readonly refusedStarts: number;
  readonly rssKb: readonly number[];
}

/** One run that starts; exit code 2 (a fault met the start) is tried again, and counted. */
async function sit(origin: string, privateKey: string): Promise<Sat> {
  const where = ['--venue', 'paradex', '--network', 'testnet', '--paradex-url', origin];
  const files = ['--state-dir', join(folder, 'state'), '--log-dir', join(folder, 'logs')];
  const args = ['run', '--static', ...where, ...files, '--duration', duration, ...flags];
  for (let refusedStarts = 0; ; refusedStarts += 1) {
    const bot = start('bot', args, { MM_PARADEX_PRIVATE_KEY: privateKey });
    const rssKb: number[] = [];
    const over = ended(bot);
    const timer = setInterval(() => {
      const rss = bot.pid === undefined ? null : rssOf(bot.pid);
      if (rss !== null && rss > 0) rssKb.push(rss);
    }, SAMPLE_MS);
    const code = await over;
    clearInterval(timer);
    if (code !== 2 || refusedStarts === STARTS) return { code, refusedStarts, rssKb };
  }
}

function secretIn(text: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const bare = text.replace(/^0x0*/, '');
  return files
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(bare));
}

const mb = (kb: number | undefined): string => (kb === undefined ? '?' : (kb / 1024).toFixed(1));

async function main(): Promise<number> {
  const venue = start(
    'venue',
    ['venue', 'paradex', ...MARKET, '--faults', profile, '--seed', seed],
    {},
  );
  const gone = ended(venue);
  const privateKey = `0x${randomBytes(KEY_BYTES).toString('hex')}`;
  try {
    console.log(`soak of ${duration}, faults ${profile}, seed ${seed}, files in ${folder}`);
    const origin = await originOf();
    const identity = await account(origin, privateKey);
    const { code, refusedStarts, rssKb } = await sit(origin, privateKey);
    console.log(`exit code ${code}; ${refusedStarts} starts refused because of a fault`);
    const ledger = join(folder, 'state', 'paradex-testnet.ledger');
    const reader = LedgerReader.open(ledger);
    for (const line of activity(reader, join(folder, 'logs'))) console.log(line);
    reader.close();
    console.log(
      `RSS of the bot: ${mb(rssKb[0])} MB at the start, ${mb(rssKb.at(-1))} at the end, at most ${mb(Math.max(...rssKb))} (${rssKb.length} samples)`,
    );
    const books = await new BooksReader(network, identity, () => clock.nowUs() / 1000).read();
    const { fills, differences } = compareBooks(ledger, books);
    const secrets = secretIn(privateKey);
    for (const line of differences) console.log(`DIFFERENT: ${line}`);
    for (const path of secrets) console.log(`SECRET in ${path}`);
    if (differences.length === 0)
      console.log(
        `the ledger equals the books of the venue: ${fills} fills, fees, position ${books.position?.size ?? 0}, cash and equity to the last unit; nothing is open`,
      );
    return code === 0 && differences.length + secrets.length === 0 ? 0 : 1;
  } finally {
    venue.kill('SIGINT');
    await gone;
    console.log(readFileSync(join(folder, 'venue.txt'), 'utf8').trimEnd().split('\n').at(-1));
  }
}

process.exit(await main());
