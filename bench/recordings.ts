// The three models over every L2 recording, tuned on nothing, with the tolerance clock and with the literal one: one
// table, as it comes out. Needs ../shared/data; says so and prints nothing else where it is absent.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readLayers } from '#config/layers';
import { FILL_MODELS, simulateRun } from '#run/backtest';
import { openMarket } from '#run/markets';
import type { RunResult } from '#report/run-result';
import { figure, table } from '#report/table';

const MODELS = ['as', 'glft', 'prd-f2'];
const CLOCKS: Readonly<Record<string, Record<string, string>>> = {
  tolerance: {},
  literal: { requoteBps: 'off', fillWake: 'off' },
};
const L2 = '_incremental_book_L2.csv.gz';

function row(name: string, clock: string, runs: readonly RunResult[]): string[] {
  const [floor, queue, ceiling] = runs as [RunResult, RunResult, RunResult];
  const pnl = [floor, queue, ceiling].map((run) => Number(run.pnl).toFixed(2)).join(' / ');
  const { inventory: n, markoutBps: m } = queue;
  return [
    name, queue.model, clock, `${queue.fills}`, figure(queue.fillsPerHour, 0), figure(queue.netEdgeBps, 2),
    figure(queue.spreadCapturedBps, 2), [m[1], m[5], m[30]].map((x) => figure(x, 2)).join(' '),
    `${figure(n.mean, 1)} / ${figure(n.std, 1)} / ${figure(n.max, 0)}`, pnl, figure(queue.maxDrawdownPct, 3),
  ]; // prettier-ignore
}

/** Every recording, model and clock at the given maker fee. */
export async function benchRecordings(makerFee: string): Promise<string> {
  const data = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
  if (!existsSync(data)) return 'no recordings: ../shared/data is absent';
  const folder = mkdtempSync(join(tmpdir(), 'mm-recordings-'));
  const head = [
    'recording',
    'model',
    'clock',
    'fills',
    '/h',
    'net edge bp',
    'captured',
    'markout 1 5 30 s',
  ];
  const rows = [[...head, 'inventory mean/std/max', 'P&L floor/queue/ceiling $', 'drawdown %']];
  try {
    for (const book of readdirSync(data)
      .filter((name) => name.endsWith(L2))
      .sort()) {
      const name = book.slice(0, -L2.length);
      const files = [book, `${name}_trades.csv.gz`].map((file) => join(data, file));
      for (const model of MODELS) {
        for (const [clock, flags] of Object.entries(CLOCKS)) {
          const layers = {
            flags: { model, makerFee, ...flags },
            env: {},
            dotenvPath: null,
            configPath: null,
          };
          const { values } = readLayers(layers);
          const market = await openMarket(
            { data: files, tape: null, synthetic: null },
            values,
            null,
            folder,
          );
          const request = { values, mode: 'static' as const, market, duration: null };
          const runs = FILL_MODELS.map((fillModel) => simulateRun({ ...request, fillModel }));
          rows.push(row(name, clock, runs));
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return `maker fee ${makerFee}, $100 a side\n${table(rows)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const fee of process.argv.slice(2).length > 0
    ? process.argv.slice(2)
    : ['2bp', '0.3bp', '0bp']) {
    console.log(await benchRecordings(fee));
  }
}
