// A day of StandX (2026-01-06, 24 h) and ten times it through the whole backtest: time and memory. Bars: the cost of a
// row within 15 % of each other, memory below MOST_MB whatever the length. Each length runs in a process of its own, in
// turn, after one warm-up over the day; time is CPU time, which other work on the machine disturbs less. Skips, saying
// so, where the recording is absent.
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
const ROUNDS = 3;
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
  readonly seconds: number;
  readonly mb: number;
  readonly fills: number;
}

/** In the child: one run over `times` days. */
async function measure(tape: string, times: number): Promise<Measured> {
  const flags = { makerFee: '0.3bp' };
  const { values } = readLayers({ flags, env: {}, dotenvPath: null, configPath: null });
  const market = await openMarket({ tape, synthetic: null }, values, null, tmpdir());
  const request = { values, market, mode: 'static', duration: null, fillModel: 'queue' } as const;
  simulateRun(request);
  const source = new Watched(new RepeatedSource(() => market.open(0), times));
  const before = process.cpuUsage();
  const { rows, fills } = simulateRun({ ...request, source });
  const { user, system } = process.cpuUsage(before);
  return { rows, seconds: (user + system) / 1e6, mb: source.mostMb, fills };
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
      ten.push(child(10));
    }
    const nanos = (runs: readonly Measured[]): number[] =>
      runs.map((r) => (1e9 * r.seconds) / r.rows);
    const ratio = spread(
      ten.map(
        (r, i) => r.seconds / r.rows / ((day[i] as Measured).seconds / (day[i] as Measured).rows),
      ),
    );
    const line = (name: string, runs: readonly Measured[]): string => {
      const { rows, fills } = runs[0] as Measured;
      const mb = Math.max(...runs.map((r) => r.mb));
      return `  ${name}: ${rows} rows, ${fills} fills, ${spread(runs.map((r) => r.seconds)).median.toFixed(2)} s of CPU, ${spread(nanos(runs)).median.toFixed(0)} ns a row, at most ${mb.toFixed(0)} MB`;
    };
    const most = Math.max(...[...day, ...ten].map((r) => r.mb));
    const flat = Math.abs(ratio.median - 1) <= FLAT_SHARE ? 'met' : 'MISSED';
    const small = most <= MOST_MB ? 'met' : 'MISSED';
    return [
      `${NAME}, ${rounds} interleaved pairs of processes`,
      line('24 h', day),
      line('240 h', ten),
      `  cost of a row, 240 h over 24 h: ${ratio.median.toFixed(3)} (${ratio.lower.toFixed(3)} to ${ratio.upper.toFixed(3)}); bar within ${FLAT_SHARE}: ${flat}; memory below ${MOST_MB} MB: ${small}`,
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
