// A day of StandX (2026-01-06, 24 h) and ten times it through the whole backtest: time and memory. Bars: the cost of a
// row within 15 % of each other, memory below MOST_MB whatever the length. Each length runs in a process of its own, in
// turn: once cold, then warm, after unmeasured runs over the day, because compiling at the start of a process is paid once
// and not by the row. The bar is held against the warm ones; both are printed. Time is CPU time, which other work on the
// machine disturbs less. Skips, saying so, where the recording is absent.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readLayers } from '#config/layers';
import type { RowBlock, RowSource } from '#core/rows';
import { simulateRun } from '#run/backtest';
import { openMarket } from '#run/markets';
import { importTape } from '#tape/import';
import { RepeatedSource } from '#tape/repeated';
import { spread } from './measure.js';

/** Resident memory of a backtest process at most, in MB: heap, code and the two or three blocks in flight. */
export const MOST_MB = 250;
const FLAT_SHARE = 0.15;
const ROUNDS = 5;
/** Days of the long run. The short one is measured so often that both clocks see as many rows. */
const LONG = 10;
/** Unmeasured runs over the day before the warm one; bench/peers takes as many of its shorter file. */
const WARM_RUNS = 12;
const NAME = 'standx_btcusd_perp_2026-01-06';

/** Looks at the memory with every block. */
class Watched implements RowSource {
  mostMb = 0;
  constructor(private readonly source: RowSource) {}
  get totalRows(): number | null {
    return this.source.totalRows;
  }
  next(reuse?: RowBlock): RowBlock | null {
    this.mostMb = Math.max(this.mostMb, process.memoryUsage.rss() / 1e6);
    return this.source.next(reuse);
  }
  close(): void {
    this.source.close();
  }
}

interface Measured {
  readonly rows: number;
  readonly fills: number;
  /** CPU time of the first run of the process, and of those after WARM_RUNS more over the day (their mean). */
  readonly cold: number;
  readonly warm: number;
  readonly mb: number;
}

/** In the child: a cold run over `times` days, then warm ones over LONG days in all. */
async function measure(tape: string, times: number): Promise<Measured> {
  const flags = { makerFee: '0.3bp' };
  const { values } = readLayers({ flags, env: {}, dotenvPath: null, configPath: null });
  const market = await openMarket({ tape, synthetic: null }, values, null, tmpdir());
  const request = { values, market, mode: 'static', duration: null, fillModel: 'queue' } as const;
  let mb = 0;
  const run = (days: number): { rows: number; fills: number; seconds: number } => {
    const source = new Watched(new RepeatedSource(() => market.open(0), days));
    const before = process.cpuUsage();
    const { rows, fills } = simulateRun({ ...request, source });
    const { user, system } = process.cpuUsage(before);
    mb = Math.max(mb, source.mostMb);
    return { rows, fills, seconds: (user + system) / 1e6 };
  };
  const cold = run(times);
  for (let i = 0; i < WARM_RUNS; i += 1) run(1);
  const warm = Array.from({ length: LONG / times }, () => run(times).seconds);
  const mean = warm.reduce((sum, seconds) => sum + seconds, 0) / warm.length;
  return { rows: cold.rows, fills: cold.fills, cold: cold.seconds, warm: mean, mb };
}

const perRow = (run: Measured, which: 'cold' | 'warm'): number => (1e9 * run[which]) / run.rows;

function describe(name: string, runs: readonly Measured[]): string {
  const { rows, fills } = runs[0] as Measured;
  const mb = Math.max(...runs.map((r) => r.mb)).toFixed(0);
  const [cold, warm] = (['cold', 'warm'] as const).map((which) => {
    const seconds = spread(runs.map((r) => r[which])).median.toFixed(2);
    return `${seconds} s, ${spread(runs.map((r) => perRow(r, which))).median.toFixed(0)} ns a row`;
  });
  return `  ${name}: ${rows} rows, ${fills} fills; CPU warm ${warm}, cold ${cold}; at most ${mb} MB`;
}

/** Cost of a row of the long runs over that of the short ones, pair by pair. */
function ratioOf(day: readonly Measured[], ten: readonly Measured[], which: 'cold' | 'warm') {
  return spread(ten.map((r, i) => perRow(r, which) / perRow(day[i] as Measured, which)));
}

export async function benchScale(rounds = ROUNDS): Promise<string[]> {
  const data = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
  const files = ['incremental_book_L2', 'trades'].map((kind) =>
    join(data, `${NAME}_${kind}.csv.gz`),
  );
  if (!files.every((file) => existsSync(file))) return [`skipped: no ${NAME} in ../shared/data`];
  const folder = mkdtempSync(join(tmpdir(), 'mm-scale-'));
  try {
    const tape = join(folder, 'day.tape');
    await importTape({ files, out: tape });
    const child = (times: number): Measured =>
      JSON.parse(
        execFileSync(process.execPath, [fileURLToPath(import.meta.url), tape, String(times)], {
          encoding: 'utf8',
        }),
      ) as Measured;
    const [day, ten]: [Measured[], Measured[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      day.push(child(1));
      ten.push(child(LONG));
    }
    const [warm, cold] = [ratioOf(day, ten, 'warm'), ratioOf(day, ten, 'cold')];
    const words = ({ median, lower, upper }: typeof warm): string =>
      `${median.toFixed(3)} (${lower.toFixed(3)} to ${upper.toFixed(3)})`;
    const most = Math.max(...[...day, ...ten].map((r) => r.mb));
    const flat = Math.abs(warm.median - 1) <= FLAT_SHARE ? 'met' : 'MISSED';
    const small = most <= MOST_MB ? 'met' : 'MISSED';
    return [
      `${NAME}, ${rounds} interleaved pairs of processes, cold and after ${WARM_RUNS} runs over the day`,
      describe('24 h', day),
      describe('240 h', ten),
      `  cost of a row, 240 h over 24 h: warm ${words(warm)}; bar within ${FLAT_SHARE}: ${flat}; cold ${words(cold)}`,
      `  memory below ${MOST_MB} MB: ${small}`,
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [tape, times] = process.argv.slice(2);
  if (tape !== undefined && times !== undefined)
    console.log(JSON.stringify(await measure(tape, Number(times))));
  else console.log((await benchScale()).join('\n'));
}
