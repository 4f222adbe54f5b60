// `mm backtest`: the same strategy, engine and guards over history, as fast as the machine allows; floor, queue and
// ceiling side by side. With --json one object whose names are a contract (report/run-result.ts).
import { Option } from 'commander';
import type { Command } from 'commander';
import { StartProblem } from '#config/problem';
import { seconds } from '#config/quantities';
import { backtestText, bothText } from '#report/backtest-text';
import { sensitivityText } from '#report/sensitivity-text';
import { compare, pairsOf } from '#report/comparison';
import { refuseLiveOnly } from './idle-flags.js';
import { ALL_GROUPS, addParameters, given, settingsFrom } from './options.js';
import { progressBar } from './progress.js';
import { modeFrom } from './run.js';

const EXAMPLES = `
Examples:
  mm backtest --static --synthetic normal --duration 6h --seed 3
  mm backtest --static --data btc_incremental_book_L2.csv.gz btc_trades.csv.gz
  mm backtest --static --data day1.npz day2.npz                              hftbacktest files
  mm backtest --static --klines btc_1m.csv.gz                                coarse: bars only
  mm backtest --static --tape btc.tape --latency-model recorded --order-class paradex-retail
  mm backtest --static --tape btc.tape --model glft --maker-fee 0.3bp --json
  mm backtest --both --tape btc.tape                                         static beside dynamic
  mm backtest --static --tape btc.tape --venue apex                          as a run behind the client of ApeX
  mm backtest --static --tape btc.tape --requote-bps off --fill-wake off     the literal 60 s clock`;

function market(options: Readonly<Record<string, unknown>>): {
  readonly data: readonly string[];
  readonly klines: string | null;
  readonly tape: string | null;
  readonly synthetic: string | null;
} {
  const data = Array.isArray(options['data']) ? (options['data'] as string[]) : [];
  const tape = typeof options['tape'] === 'string' ? options['tape'] : null;
  const synthetic = typeof options['synthetic'] === 'string' ? options['synthetic'] : null;
  const klines = typeof options['klines'] === 'string' ? options['klines'] : null;
  const given = [tape, synthetic, klines].filter((x) => x !== null).length;
  if (given + Number(data.length > 0) !== 1) {
    throw new StartProblem(
      'say what to run on: one of --data FILES, --tape FILE, --klines FILE or --synthetic calm|normal|fast',
    );
  }
  return { data, klines, tape, synthetic };
}

export function addBacktest(program: Command): void {
  const command = program
    .command('backtest')
    .description('run the strategy over a recording or a synthetic market')
    .option('--static', 'quote on the parameters given')
    .option('--dynamic', 'quote on parameters measured in the market')
    .addOption(
      new Option('--both', 'static, then dynamic, and what sets them apart').conflicts([
        'static',
        'dynamic',
      ]),
    )
    .option('--shadow', 'with --static: measure the market beside it (slower); a jump withdraws')
    .option(
      '--data <FILES...>',
      'Tardis CSV files (incremental_book_L2, trades, quotes; .gz), merged by local time, or hftbacktest .npz files of one market',
    )
    .option(
      '--klines <FILE>',
      '1-minute bars (CSV; .gz): COARSE, the flow inside each bar is drawn from --alpha, --kappa and --epsilon',
    )
    .option('--tape <FILE>', 'a tape (mm tape import)')
    .option('--synthetic <PRESET>', 'the seeded generator: calm, normal or fast')
    .option(
      '--duration <TIME>',
      'market time of a synthetic run (default: 1h), or the first part of a tape',
    )
    .option('--json', 'one JSON object')
    .addHelpText('after', EXAMPLES);
  addParameters(command, ALL_GROUPS).action(async (options: Record<string, unknown>) => {
    const mode = options['both'] === true ? 'both' : modeFrom(options, 'mm backtest');
    refuseLiveOnly(options, 'mm backtest');
    const shadow = options['shadow'] === true || mode === 'both';
    const { values } = settingsFrom(options);
    const where = market(options);
    const duration = given(options, 'duration', seconds);
    const { runBacktest } = await import('#run/backtest');
    const progress = progressBar();
    try {
      const outcome = await runBacktest({
        ...{ values, mode, shadow, market: where, duration, progress },
      });
      progress.done();
      for (const note of outcome.notes) process.stderr.write(`mm: ${note}\n`);
      const { runs, assumptions, sensitivity } = outcome;
      if (options['json'] === true) {
        const comparison = mode === 'both' ? { comparison: pairsOf(runs).map(compare) } : {};
        const coarse = sensitivity.length > 0 ? { coarse: true, sensitivity } : {};
        const answer = { schemaVersion: 1, ...coarse, assumptions, runs, ...comparison };
        process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
      } else {
        const text = mode === 'both' ? bothText : backtestText;
        process.stdout.write(`${text(runs, assumptions)}\n${sensitivityText(sensitivity)}`);
      }
    } finally {
      progress.done();
    }
  });
}
