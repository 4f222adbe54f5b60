// The three models over every L2 recording, tuned on nothing, with the tolerance clock and with the literal one, or in
// static mode beside dynamic mode: one table, as it comes out. Needs ../shared/data; says so and prints nothing else where it is absent.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readLayers } from '#config/layers';
import type { Mode } from '#run/assembly';
import { FILL_MODELS, simulateRun } from '#run/backtest';
import { openMarket } from '#run/markets';
import { compare, pairsOf } from '#report/comparison';
import type { RunResult } from '#report/run-result';
import { figure, table } from '#report/table';

const MODELS = ['as', 'glft', 'prd-f2'];
const CLOCKS: Readonly<Record<string, Record<string, string>>> = {
  tolerance: {},
  literal: { requoteBps: 'off', fillWake: 'off' },
};
const L2 = '_incremental_book_L2.csv.gz';

type Modes = 'static' | 'dynamic' | 'both';
const MODES: Readonly<Record<Modes, readonly Mode[]>> = {
  static: ['static'],
  dynamic: ['dynamic'],
  both: ['static', 'dynamic'],
};
const HEAD = [
  'recording', 'model', 'clock', 'mode', 'fills', '/h', 'net edge bp', 'captured', 'markout 1 5 30 s',
  'inventory mean/std/max', 'P&L floor/queue/ceiling $', 'drawdown %', 'withdrawals, pauses',
]; // prettier-ignore
const BESIDE = ['less static bp', 's.e.', 'visible', 'end: sigma kappa alpha epsilon'];

function row(name: string, clock: string, runs: readonly RunResult[]): string[] {
  const [floor, queue, ceiling] = runs as [RunResult, RunResult, RunResult];
  const pnl = [floor, queue, ceiling].map((run) => Number(run.pnl).toFixed(2)).join(' / ');
  const { inventory: n, markoutBps: m } = queue;
  return [
    name, queue.model, clock, queue.mode, `${queue.fills}`, figure(queue.fillsPerHour, 0),
    figure(queue.netEdgeBps, 2), figure(queue.spreadCapturedBps, 2),
    [m[1], m[5], m[30]].map((x) => figure(x, 2)).join(' '),
    `${figure(n.mean, 1)} / ${figure(n.std, 1)} / ${figure(n.max, 0)}`, pnl,
    figure(queue.maxDrawdownPct, 3), `${queue.jumps ?? '-'}, ${queue.halts.length}`,
  ]; // prettier-ignore
}

/** The queue model's difference in net edge, and what this much data could have shown; then what was used last. */
function beside(fixed: readonly RunResult[], measured: readonly RunResult[]): string[] {
  const [pair] = pairsOf([...fixed, ...measured]).filter((p) => p.fixed.fillModel === 'queue');
  const used = pair?.measured.estimates?.used;
  if (pair === undefined || used === undefined) return [];
  const { netEdgeDifferenceBps: d, standardErrorBps: e, smallestVisibleBps: v } = compare(pair);
  const ends = [used.sigma, used.kappa, used.alpha, used.epsilon].map((x) => figure(x, 2));
  return [figure(d, 2), figure(e, 2), figure(v, 2), ends.join(' ')];
}

interface Case {
  readonly name: string;
  readonly files: readonly string[];
  readonly folder: string;
  readonly makerFee: string;
  readonly modes: Modes;
}

/** One recording: every model and clock in every mode. */
async function rowsOf({ name, files, folder, makerFee, modes }: Case): Promise<string[][]> {
  const rows: string[][] = [];
  for (const model of MODELS) {
    for (const [clock, flags] of Object.entries(CLOCKS)) {
      // The literal clock has its row in the static table; both modes on it say nothing about the analyzer.
      if (modes === 'both' && clock === 'literal') continue;
      const set = { model, makerFee, ...flags };
      const { values } = readLayers({ flags: set, env: {}, dotenvPath: null, configPath: null });
      const choice = { data: files, tape: null, synthetic: null };
      const market = await openMarket(choice, values, null, folder);
      const request = { values, market, duration: null, shadow: modes === 'both' };
      const byMode = MODES[modes].map((mode) =>
        FILL_MODELS.map((fillModel) => simulateRun({ ...request, mode, fillModel })),
      );
      for (const runs of byMode) {
        const against = runs === byMode[0] ? [] : beside(byMode[0] as RunResult[], runs);
        rows.push([...row(name, clock, runs), ...against]);
      }
    }
  }
  return rows;
}

/** Every recording, model and clock at the given maker fee; `both`: static beside dynamic, tolerance clock only. */
export async function benchRecordings(makerFee: string, modes: Modes = 'static'): Promise<string> {
  const data = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
  if (!existsSync(data)) return 'no recordings: ../shared/data is absent';
  const folder = mkdtempSync(join(tmpdir(), 'mm-recordings-'));
  const rows = [[...HEAD, ...(modes === 'both' ? BESIDE : [])]];
  const books = readdirSync(data).filter((name) => name.endsWith(L2));
  try {
    for (const book of books.sort()) {
      const name = book.slice(0, -L2.length);
      const files = [book, `${name}_trades.csv.gz`].map((file) => join(data, file));
      rows.push(...(await rowsOf({ name, files, folder, makerFee, modes })));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return `maker fee ${makerFee}, $100 a side\n${table(rows)}`;
}

// node dist/bench/recordings.js [static|dynamic|both] [FEE ...]
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  const modes = (Object.keys(MODES) as Modes[]).find((mode) => mode === args[0]);
  const fees = modes === undefined ? args : args.slice(1);
  for (const fee of fees.length > 0 ? fees : ['2bp', '0.3bp', '0bp']) {
    console.log(await benchRecordings(fee, modes));
  }
}
