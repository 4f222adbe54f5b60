// The same backtests under several Node versions: `node test/support/command-hashes.mjs NODE [NODE...]`, each NODE a path
// of a node binary (the npm package `node` brings them: npm install --prefix DIR node@24). Runs what is built, prints
// the command hash of each case and version, and exits 1 when they differ. Not part of the test run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'dist/src/cli/main.js');
const DATA = join(ROOT, '../shared/data');

const synthetic = (preset, ...more) => ['--synthetic', preset, '--duration', '2h', ...more];
const CASES = [
  ['as, fast, fee 0', synthetic('fast', '--maker-fee', '0')],
  ['glft exact, normal', synthetic('normal', '--model', 'glft', '--seed', '3')],
  ['glft closed, calm', synthetic('calm', '--model', 'glft', '--glft-solution', 'closed')],
  ['prd-f2, fast', synthetic('fast', '--model', 'prd-f2', '--seed', '9')],
  [
    'as, 4 levels, micro',
    synthetic('normal', '--levels', '4', '--fair', 'micro', '--queue-model', 'power'),
  ],
  ['literal clock', synthetic('normal', '--requote-bps', 'off', '--fill-wake', 'off')],
  ...recording('binance_usdm_btcusdt_2023-04-04', '100'),
  ...recording('binance_usdm_ethusdt_2024-07-18', '100'),
];

/** A recording from ../shared/data, where that is there. */
function recording(name, size) {
  let files = [];
  try {
    files = readdirSync(DATA).filter(
      (file) => file.startsWith(name) && /book_L2|trades/.test(file),
    );
  } catch {
    return []; // no data beside the repository
  }
  if (files.length === 0) return [];
  return [[name, ['--data', ...files.map((file) => join(DATA, file)), '--size', size]]];
}

/** The command hashes of floor, queue and ceiling, and the commands in all. */
function hashes(node, args, folder) {
  const env = { PATH: process.env.PATH, HOME: folder, MM_STATE_DIR: folder };
  const all = [MAIN, 'backtest', '--static', '--json', ...args];
  const done = spawnSync(node, all, { cwd: folder, env, encoding: 'utf8', maxBuffer: 1e8 });
  if (done.status !== 0) throw new Error(`${node} ${args.join(' ')}: ${done.stderr}`);
  const { runs } = JSON.parse(done.stdout);
  return { text: runs.map((run) => run.commandHash.slice(0, 12)).join(' '), runs };
}

const nodes = process.argv.slice(2);
if (nodes.length === 0) nodes.push(process.execPath);
let differ = false;
for (const [name, args] of CASES) {
  const found = new Map();
  for (const node of nodes) {
    // A state folder each: imports are made by the version under test, too.
    const folder = mkdtempSync(join(tmpdir(), 'mm-hashes-'));
    const { text, runs } = hashes(node, args, folder);
    rmSync(folder, { recursive: true });
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
    const commands = runs.reduce((sum, run) => sum + (run.commands ?? 0), 0);
    console.log(`${name.padEnd(34)} ${version.padEnd(10)} ${text}  ${commands} commands`);
    found.set(text, version);
  }
  if (found.size > 1) {
    differ = true;
    console.log(`${name}: DIFFERENT`);
  }
}
process.exitCode = differ ? 1 : 0;
