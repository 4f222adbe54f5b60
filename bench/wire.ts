// A bot on the wire, all of it: real client, real sockets, signatures, the ledger on disk, against the loopback Paradex in
// a process of its own. From a frame that is there to the signed order on the socket, and what quoting costs: messages
// a second, CPU, memory. MM_BENCH_SECONDS=60 plays longer.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readLayers } from '#config/layers';
import type { Seconds } from '#core/units';
import { runOnVenue } from '#run/venue-run';
import { StopWatch, wirePlace } from './wire-place.js';

const SECONDS = Number(process.env['MM_BENCH_SECONDS'] ?? 20);
/** A market that moves this much faster than life, and quotes on a short leash: orders to be timed. */
const SPEED = 4;
const FLAGS = { requoteBps: '0.1,0.2', requoteInterval: '50ms', onHalt: 'hold' };
/** Compiling and connecting are no part of it. */
const WARM_UP_MS = 5_000;
const MB = 1_048_576;

const at = (sorted: readonly number[], share: number): string =>
  (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(2);

/** The run writes to the terminal as a run does; a bench prints its figures only. */
async function silently<T>(work: () => Promise<T>): Promise<T> {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = () => true;
  try {
    return await work();
  } finally {
    process.stdout.write = write;
  }
}

export async function benchWire(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mm-bench-'));
  const flags = {
    ...{ venue: 'paradex', network: 'paper', ...FLAGS },
    ...{ stateDir: join(folder, 'state'), logDir: join(folder, 'logs') },
  };
  const layered = readLayers({ flags, env: {}, dotenvPath: null, configPath: null });
  const watch = new StopWatch();
  const place = await wirePlace(layered.values, SPEED, watch);
  const memory: number[] = [];
  const begun = { frames: 0, sent: 0, taken: 0, cpu: process.cpuUsage(), ms: 0 };
  const warm = setTimeout(() => {
    const { frames, sent, taken } = watch;
    Object.assign(begun, { frames, sent, taken: taken.length, ms: performance.now() });
    begun.cpu = process.cpuUsage();
  }, WARM_UP_MS);
  const sampler = setInterval(() => memory.push(process.memoryUsage.rss() / MB), 500);
  try {
    const duration = (SECONDS + WARM_UP_MS / 1e3) as Seconds;
    const code = await silently(() =>
      runOnVenue({
        ...{ layered, mode: 'static', place, duration, terminal: false, version: 'bench' },
        adopt: true,
      }),
    );
    const seconds = (performance.now() - begun.ms) / 1e3;
    const cpu = process.cpuUsage(begun.cpu);
    const busy = ((cpu.user + cpu.system) / 1e6 / seconds) * 100;
    const [taken, ran] = [watch.taken, watch.ran].map((all) =>
      all.slice(begun.taken).sort((a, b) => a - b),
    ) as [number[], number[]];
    const heard = (watch.frames - begun.frames) / seconds;
    const sent = (watch.sent - begun.sent) / seconds;
    if (code !== 0) throw new Error(`the run ended with exit code ${code}`);
    return [
      `frame in to signed order on the socket, ledger on: p50 ${at(taken, 0.5)} ms, p99 ${at(taken, 0.99)} ms, longest ${at(taken, 1)} ms (${taken.length} orders or batches)`,
      `of that on the processor (the rest is the disk, and whoever else runs here): p50 ${at(ran, 0.5)} ms, p99 ${at(ran, 0.99)} ms`,
      `${seconds.toFixed(0)} s of quoting: ${heard.toFixed(0)} messages a second in, ${sent.toFixed(1)} out, ${busy.toFixed(0)} % of a core, RSS ${Math.max(...memory).toFixed(0)} MB at most`,
    ];
  } finally {
    clearTimeout(warm);
    clearInterval(sampler);
    await place.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log((await benchWire()).join('\n'));
  process.exit(0);
}
