// Speed and fills against hftbacktest (the Python package, compiled by numba): interleaved pairs on one file, same
// latency, queue model and quotes. Anyone can run it: `npm run build && node dist/bench/peers/hftbacktest.js`. Without
// Python, the package or the recording it says why and measures nothing. Options: --python PATH, --pairs N, --times N.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { spread, timed, yardstick, yardstickSeconds } from '../measure.js';
import { replayTape } from './replay.js';
import * as w from './world.js';

const PACKAGE = 'hftbacktest==2.4.4';
const INTERVALS_MS = [100, 10];
const REPLAY_STEP_MS = 60_000;
const WARM_UP = 12;
const SCRIPT = fileURLToPath(new URL('../../../bench/peers/quote_at_touch.py', import.meta.url));
const DATA = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};

interface Theirs {
  readonly seconds: number;
  readonly cpu: number;
  readonly sent: number;
  readonly fills: number;
  readonly volume: number;
  readonly position: number;
}

/** A Python that has the package: the one given, the system's, or a throw-away environment in `folder`. */
function findPython(folder: string): string | { readonly reason: string } {
  const has = (python: string): boolean =>
    spawnSync(python, ['-c', 'import hftbacktest']).status === 0;
  const given = option('python');
  if (given !== undefined) {
    return has(given) ? given : { reason: `${given} cannot import hftbacktest` };
  }
  if (spawnSync('python3', ['--version']).status !== 0)
    return { reason: 'there is no python3 here' };
  if (has('python3')) return 'python3';
  const venv = join(folder, 'venv');
  spawnSync('python3', ['-m', 'venv', venv]);
  const python = join(venv, 'bin', 'python');
  spawnSync(python, ['-m', 'pip', 'install', '--quiet', PACKAGE]);
  return has(python) ? python : { reason: `${PACKAGE} could not be installed in ${venv}` };
}

/** Their process: asked a line at a time. */
class Peer {
  private readonly waiting: ((line: string) => void)[] = [];
  private readonly ended: string[] = [];

  constructor(private readonly child: ChildProcessWithoutNullStreams) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{')) this.waiting.shift()?.(line);
    });
    child.stderr.on('data', (chunk: Buffer) => this.ended.push(chunk.toString()));
    child.on('exit', (code) => {
      if (this.waiting.length > 0)
        throw new Error(`hftbacktest ended (${code}): ${this.ended.join('').slice(-2_000)}`);
    });
  }

  line(): Promise<string> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  async ask(question: string): Promise<Theirs> {
    const answer = this.line();
    this.child.stdin.write(`${question}\n`);
    return JSON.parse(await answer) as Theirs;
  }

  end(): void {
    this.child.stdin.end();
  }
}

const figures = (values: readonly number[], digits = 2): string => {
  const { median, lower, upper } = spread(values);
  return `${median.toFixed(digits)} (${lower.toFixed(digits)} to ${upper.toFixed(digits)})`;
};

async function pairs(
  peer: Peer,
  world: w.World,
  depth: string,
  ms: number,
  count: number,
): Promise<string[]> {
  const speeds = { ours: [] as number[], theirs: [] as number[], ratio: [] as number[] };
  const cpu: number[] = [];
  // Theirs was compiled before it answered; ours is by these.
  for (let i = 0; i < WARM_UP; i += 1) w.runOurs(world, ms, world.held.open());
  let [ours, theirs] = [
    w.runOurs(world, ms, world.held.open()),
    await peer.ask(`run ${depth} ${ms}`),
  ];
  for (let i = 0; i < count; i += 1) {
    ours = w.runOurs(world, ms, world.held.open());
    theirs = await peer.ask(`run ${depth} ${ms}`);
    speeds.ours.push(world.rows / ours.seconds / 1e6);
    speeds.theirs.push(world.rows / theirs.seconds / 1e6);
    speeds.ratio.push(theirs.seconds / ours.seconds);
    cpu.push(theirs.cpu / ours.cpu);
  }
  const { lower, median } = spread(speeds.ratio);
  const verdict = median >= 1.5 && lower >= 1.2 ? 'met' : 'MISSED';
  const side = (name: string, run: Theirs): string =>
    `  ${name}: ${run.fills} fills, volume ${run.volume.toFixed(3)}, position ${run.position.toFixed(3)}, ${run.sent} commands`;
  return [
    `a quote a side every ${ms} ms, their ${depth} depth: ratio ${figures(speeds.ratio)} (bar 1.5, lower quartile 1.2: ${verdict}); by CPU time ${figures(cpu)}`,
    `  M rows/s: ours ${figures(speeds.ours)}, theirs ${figures(speeds.theirs)}`,
    side('ours', ours),
    side('theirs', theirs),
  ];
}

async function replays(peer: Peer, world: w.World, count: number): Promise<string[]> {
  const [ours, theirs]: [number[], number[]] = [[], []];
  replayTape(world.tape);
  for (let i = 0; i < count; i += 1) {
    ours.push(world.rows / replayTape(world.tape) / 1e6);
    const { seconds } = await peer.ask(`replay roi ${REPLAY_STEP_MS}`);
    theirs.push(world.rows / seconds / 1e6);
  }
  const ratios = ours.map((speed, i) => speed / (theirs[i] as number));
  return [
    `replay only (both books, no orders), M rows/s: ours ${figures(ours)} with the file read and checked, theirs ${figures(theirs)} in memory; ratio ${figures(ratios)} (bar: ours 10)`,
  ];
}

export async function benchPeers(count: number, times: number): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mm-peers-'));
  try {
    if (!existsSync(DATA)) return ['skipped: no recordings in ../shared/data'];
    const python = findPython(folder);
    if (typeof python !== 'string') return [`skipped: ${python.reason}`];
    const world = await w.makeWorld(DATA, folder, times);
    if (world === null) return [`skipped: no ${w.NAME} in ../shared/data`];
    const options = {
      ...{
        file: world.npz,
        tick: world.tick,
        lot: world.lot,
        size: w.LOTS * world.lot,
        fee: 0.0002,
      },
      ...{
        order_us: w.ORDER_US,
        reply_us: w.REPLY_US,
        exponent: w.EXPONENT,
        roi_lb: 20_000,
        roi_ub: 40_000,
      },
    };
    const peer = new Peer(spawn(python, [SCRIPT, JSON.stringify(options)]));
    const ready = JSON.parse(await peer.line()) as { readonly events: number };
    const lines = [
      `${w.NAME} x ${times}: ${world.rows} rows, ${ready.events} events in the .npz; feed ${w.FEED_US / 1000} ms, order ${w.ORDER_US / 1000} ms, reply ${w.REPLY_US / 1000} ms, power queue ${w.EXPONENT}; ${count} interleaved pairs, median and quartiles`,
    ];
    for (const depth of ['roi', 'hash']) {
      for (const ms of INTERVALS_MS) lines.push(...(await pairs(peer, world, depth, ms, count)));
    }
    lines.push(...(await replays(peer, world, count)));
    peer.end();
    const yard = Array.from({ length: count }, () => yardstickSeconds(timed(yardstick)) * 1e6);
    return [...lines, `yardstick JSON.parse of 1 kB: ${figures(yard)} us`];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const number = (name: string, fallback: number): number => Number(option(name) ?? fallback);
  console.log((await benchPeers(number('pairs', 9), number('times', 10))).join('\n'));
}
