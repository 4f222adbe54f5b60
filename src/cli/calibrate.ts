// `mm calibrate`: what parameters to start with, from a tape, a recording or the synthetic market. With --out the
// file that --config takes; with --json one object whose names are a contract (report/calibration.ts).
import { Option } from 'commander';
import type { Command } from 'commander';
import { PARAMETERS, flagOf, variableOf } from '#config/parameters';
import type { Parameter, ParameterKey } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { seconds } from '#config/quantities';
import { calibrationText } from '#report/calibration-text';
import { given, settingsFrom } from './options.js';
import { progressBar } from './progress.js';

const EXAMPLES = `
Examples:
  mm calibrate --data btc_incremental_book_L2.csv.gz btc_trades.csv.gz --maker-fee 0.3bp
  mm calibrate --tape btc.tape --band-from 1bp --out btc.json
  mm run --static --config btc.json                     start with what was measured
  mm calibrate --synthetic fast --duration 6h --json`;

/** What it takes of the settings: the values that estimators lean on, where they count, which market. */
const KEYS = [
  ...['bandFrom', 'makerFee', 'sigma', 'kappa', 'alpha', 'epsilon', 'market', 'seed', 'stateDir'],
] as readonly ParameterKey[];

function addFlags(command: Command): void {
  for (const key of KEYS) {
    const { hint, help, fallback, derived }: Parameter<unknown> = PARAMETERS[key];
    const text = `${help} (default: ${fallback ?? derived ?? ''}; ${variableOf(key)})`;
    command.addOption(new Option(`${flagOf(key)} <${hint}>`, text).helpGroup('Settings:'));
  }
  command.addOption(
    new Option('--config <FILE>', 'JSON file of settings (MM_CONFIG)').helpGroup('Settings:'),
  );
}

function market(options: Readonly<Record<string, unknown>>): {
  readonly data: readonly string[];
  readonly tape: string | null;
  readonly synthetic: string | null;
} {
  const data = Array.isArray(options['data']) ? (options['data'] as string[]) : [];
  const [tape, synthetic] = ['tape', 'synthetic'].map((name) =>
    typeof options[name] === 'string' ? options[name] : null,
  ) as [string | null, string | null];
  const count = Number(data.length > 0) + Number(tape !== null) + Number(synthetic !== null);
  if (count !== 1) {
    throw new StartProblem(
      'say what to measure: one of --data FILES, --tape FILE or --synthetic calm|normal|fast',
    );
  }
  return { data, tape, synthetic };
}

export function addCalibrate(program: Command): void {
  const command = program
    .command('calibrate')
    .description('measure what parameters to start with: A, kappa, sigma, epsilon, and how sure')
    .option(
      '--data <FILES...>',
      'Tardis CSV files (incremental_book_L2, trades, quotes; .gz), merged by local time',
    )
    .option('--tape <FILE>', 'a tape (mm tape import)')
    .option('--synthetic <PRESET>', 'the seeded generator: calm, normal or fast')
    .option(
      '--duration <TIME>',
      'market time of a synthetic market (default: 1h), or the first part of a tape',
    )
    .option('--out <FILE>', 'write the parameter file that --config takes')
    .option('--overwrite', 'replace that file if it is there')
    .option('--json', 'one JSON object')
    .addHelpText('after', EXAMPLES);
  addFlags(command);
  command.action(async (options: Record<string, unknown>) => {
    const { values } = settingsFrom(options);
    const where = market(options);
    const duration = given(options, 'duration', seconds);
    const out = typeof options['out'] === 'string' ? options['out'] : null;
    const overwrite = options['overwrite'] === true;
    const { calibrate } = await import('#run/calibrate');
    const progress = progressBar();
    try {
      const found = await calibrate({ values, market: where, duration, out, overwrite, progress });
      progress.done();
      const text =
        options['json'] === true ? JSON.stringify(found, null, 2) : calibrationText(found);
      process.stdout.write(`${text}\n`);
      if (out !== null) process.stderr.write(`written: ${out}; mm run --static --config ${out}\n`);
    } finally {
      progress.done();
    }
  });
}
