// The backtest as a user has it: rows a second of the apply loop with one quote a side re-decided every 100 ms of
// tape time, latency and queue model on; and replay-only (both books, no strategy) beside it. On the recording
// binance_usdm_btcusdt_2023-04-04 repeated 20 times, or on the synthetic market where the recordings are absent.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readLayers } from '#config/layers';
import { L2Book } from '#core/book';
import { ROW_CLEAR, ROW_LEVEL } from '#core/rows';
import type { RowSource } from '#core/rows';
import type { Lots, Seconds, Side, Ticks } from '#core/units';
import { simulateRun } from '#run/backtest';
import { openMarket } from '#run/markets';
import type { Market } from '#run/markets';
import { RepeatedSource } from '#tape/repeated';
import { spread, timed, yardstick, yardstickSeconds } from './measure.js';

const TIMES = 20;
const FEED_ROWS_BEHIND = 64;
const NAME = 'binance_usdm_btcusdt_2023-04-04';
const FLAGS = { makerFee: '0.3bp', check: '100ms', requoteBps: 'auto' };

interface Input {
  readonly market: Market;
  readonly open: () => RowSource;
  readonly label: string;
}

async function input(folder: string): Promise<Input> {
  const { values } = readLayers({ flags: FLAGS, env: {}, dotenvPath: null, configPath: null });
  const data = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
  const files = ['incremental_book_L2', 'trades'].map((kind) =>
    join(data, `${NAME}_${kind}.csv.gz`),
  );
  if (files.every((file) => existsSync(file))) {
    const market = await openMarket(
      { data: files, tape: null, synthetic: null },
      values,
      null,
      folder,
    );
    return {
      market,
      open: () => new RepeatedSource(() => market.open(0), TIMES),
      label: `${NAME} x ${TIMES}`,
    };
  }
  const market = await openMarket(
    { tape: null, synthetic: 'fast' },
    values,
    86_400 as Seconds,
    folder,
  );
  return {
    market,
    open: () => market.open(1_767_571_200_000_000),
    label: 'synthetic fast, 24 h (no recordings here)',
  };
}

/** Venue book, and the bot's book some rows behind: the work that no backtest can leave out. */
function replay(source: RowSource): number {
  const [venue, bot] = [new L2Book(), new L2Book()];
  let rows = 0;
  for (let block = source.next(); block !== null; block = source.next(block)) {
    const { kind, side, price, size, count } = block;
    for (let i = 0; i < count + FEED_ROWS_BEHIND; i += 1) {
      if (i < count) apply(venue, kind[i], side[i], price[i], size[i]);
      const j = i - FEED_ROWS_BEHIND;
      if (j >= 0) apply(bot, kind[j], side[j], price[j], size[j]);
    }
    rows += count;
  }
  source.close();
  return rows;
}

type Cell = number | undefined;
function apply(book: L2Book, kind: Cell, side: Cell, price: Cell, size: Cell): void {
  if (kind === ROW_LEVEL) book.apply(side as Side, price as Ticks, size as Lots);
  else if (kind === ROW_CLEAR) book.clear();
}

export async function benchBacktest(rounds = 9): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mm-bench-'));
  try {
    const { values } = readLayers({ flags: FLAGS, env: {}, dotenvPath: null, configPath: null });
    const { market, open, label } = await input(folder);
    const run = (shadow = false): ReturnType<typeof simulateRun> =>
      simulateRun({
        ...{ values, market, shadow, mode: 'static', duration: null, fillModel: 'queue' },
        source: open(),
      });
    const cold = run();
    const [backtest, watched, replayed, yard]: number[][] = [[], [], [], []];
    let rows = 0;
    for (let round = 0; round < rounds; round += 1) {
      backtest?.push(run().rowsPerSecond / 1e6);
      watched?.push(run(true).rowsPerSecond / 1e6);
      const seconds = timed(() => (rows = replay(open())));
      replayed?.push(rows / seconds / 1e6);
      yard?.push(yardstickSeconds(timed(yardstick)) * 1e6);
    }
    const show = (values: number[] | undefined): string => {
      const { median, lower, upper } = spread(values ?? []);
      return `${median.toFixed(2)} (${lower.toFixed(2)} to ${upper.toFixed(2)})`;
    };
    const share = spread((backtest ?? []).map((bare, i) => 1 - (watched?.[i] ?? NaN) / bare));
    const percents = [share.median, share.lower, share.upper].map((x) => (x * 100).toFixed(0));
    return [
      `backtest on ${label}: ${cold.rows} rows, ${cold.decisions} decisions, ${cold.commands} commands, ${cold.fills} fills`,
      `  M rows/s, apply loop: ${show(backtest)}; cold pass ${(cold.rowsPerSecond / 1e6).toFixed(2)}`,
      `  M rows/s, the analyzer watching: ${show(watched)}; its share of the time ${percents[0]} % (${percents[1]} to ${percents[2]})`,
      `  M rows/s, replay only (both books, blocks read and checked): ${show(replayed)}`,
      `  yardstick JSON.parse of 1 kB: ${show(yard)} us`,
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log((await benchBacktest()).join('\n'));
