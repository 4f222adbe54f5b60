// A bot on the wire, all of it: real client, real sockets, signatures, the ledger on disk, in a process of its own with the
// flags of `npm start`, against the loopback Paradex in another. MM_BENCH_SECONDS=60 plays longer. Twice: as `npm start`
// has it, and as a run with real orders has it, whose ledger waits for the disk before an order leaves.
//
// What is timed: from the moment when the socket's callback hands over a frame (the first one that the turn has not seen;
// decoding is in it) until the bytes of a signed order or batch have been given to the socket. In between: the event
// loop's way to the turn, book, guards, decision, the intent synced to disk, signature, framing, system call. A turn that
// moves both quotes sends two orders; the second waits for the first: "first" counts one a turn, "every" all of them.
// Turns that a timer began have no frame and are left out, and so is what the kernel does before and after.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readLayers } from '#config/layers';
import type { Seconds } from '#core/units';
import type { TradingNetwork } from '#run/venue-place';
import { runOnVenue } from '#run/venue-run';
import { startFlags } from './start-flags.js';
import { StopWatch, wirePlace } from './wire-place.js';
import type { Timed } from './wire-place.js';

const FILE = fileURLToPath(import.meta.url);
const SECONDS = Number(process.env['MM_BENCH_SECONDS'] ?? 20);
/** A market that moves this much faster than life, and quotes on a short leash: orders to be timed. */
const SPEED = 4;
const FLAGS = { requoteBps: '0.1,0.2', requoteInterval: '50ms', onHalt: 'hold' };
/** Compiling and connecting are no part of it. */
const WARM_UP_MS = 5_000;
const MB = 1_048_576;

/** What the bot found out; messages a second, megabytes, percent of a core. */
interface Found {
  readonly timed: readonly Timed[];
  readonly apart: boolean;
  readonly seconds: number;
  readonly heard: number;
  readonly sent: number;
  readonly busy: number;
  readonly rss: { readonly warm: number; readonly end: number; readonly most: number };
}

/** In the child: a run as any other. */
async function bot(network: TradingNetwork): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'mm-bench-'));
  const flags = {
    ...{ venue: 'paradex', network: 'paper', ...FLAGS },
    ...{ stateDir: join(folder, 'state'), logDir: join(folder, 'logs') },
  };
  const layered = readLayers({ flags, env: {}, dotenvPath: null, configPath: null });
  const watch = new StopWatch();
  const place = await wirePlace(layered.values, network, SPEED, watch);
  const begun = { frames: 0, sent: 0, timed: 0, cpu: process.cpuUsage(), ms: 0, rss: 0 };
  const warm = setTimeout(() => {
    const { frames, sent, timed } = watch;
    const [ms, rss] = [performance.now(), process.memoryUsage.rss()];
    Object.assign(begun, { frames, sent, timed: timed.length, ms, rss, cpu: process.cpuUsage() });
  }, WARM_UP_MS);
  try {
    const duration = (SECONDS + WARM_UP_MS / 1e3) as Seconds;
    const code = await runOnVenue({
      ...{ layered, mode: 'static', place, duration, terminal: false, version: 'bench' },
      adopt: true,
    });
    const seconds = (performance.now() - begun.ms) / 1e3;
    const cpu = process.cpuUsage(begun.cpu);
    if (code !== 0) throw new Error(`the run ended with exit code ${code}`);
    const [end, most] = [process.memoryUsage.rss(), process.resourceUsage().maxRSS * 1_024];
    return {
      timed: watch.timed.slice(begun.timed),
      apart: watch.apart,
      seconds,
      heard: (watch.frames - begun.frames) / seconds,
      sent: (watch.sent - begun.sent) / seconds,
      busy: ((cpu.user + cpu.system) / 1e6 / seconds) * 100,
      rss: { warm: begun.rss / MB, end: end / MB, most: most / MB },
    };
  } finally {
    clearTimeout(warm);
    await place.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function inChild(network: TradingNetwork): Promise<Found> {
  const { flags, env } = startFlags();
  const child = spawn(process.execPath, [...flags, FILE, network], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  });
  return new Promise((resolve, reject) => {
    child.once('message', (found) => resolve(found as Found));
    child.once('exit', (code) => reject(new Error(`the bot ended with code ${code}`)));
  });
}

function quantiles(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(2);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`;
}

function latency({ timed }: Found): string[] {
  const first = timed.filter((one) => one.first);
  const ms = ({ ms: wall }: Timed): number => wall;
  const ran = ({ cpuMs }: Timed): number => cpuMs;
  return [
    `${quantiles(first.map(ms))} (first of ${first.length} turns)`,
    `  to every order or batch: ${quantiles(timed.map(ms))} (${timed.length})`,
    `  of the first on the processor (the rest is the disk, and whoever else runs here): ${quantiles(first.map(ran))}`,
  ];
}

export async function benchWire(): Promise<string[]> {
  const paper = await inChild('paper');
  const real = await inChild('testnet');
  const { seconds, heard, sent, busy, rss, apart } = paper;
  const [ofPaper = '', ...morePaper] = latency(paper);
  const [ofReal = '', ...moreReal] = latency(real);
  return [
    `frame in to signed order on the socket, ledger on, the venue ${apart ? 'on a processor of its own' : 'on the same processors'}: ${ofPaper}`,
    ...morePaper,
    `the same with real orders, the ledger waiting for the disk: ${ofReal}`,
    ...moreReal,
    `${seconds.toFixed(0)} s of quoting: ${heard.toFixed(0)} messages a second in, ${sent.toFixed(1)} out, ${busy.toFixed(0)} % of a core`,
    `RSS of the bot alone (${startFlags().text}): ${rss.warm.toFixed(0)} MB at first, ${rss.end.toFixed(0)} MB at the end, ${Math.max(rss.most, real.rss.most).toFixed(0)} MB at most, start included`,
  ];
}

if (process.argv[1] === FILE) {
  const network = process.argv[2];
  if (network === 'paper' || network === 'testnet') {
    process.send?.(await bot(network), () => process.exit(0));
  } else console.log((await benchWire()).join('\n'));
}
