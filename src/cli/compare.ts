// `mm compare A B`: what sets two runs apart, how sure that is, and how much longer it would take to tell.
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { nearest } from '#config/nearest';
import { PARAMETER_KEYS, fileKeyOf } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { seconds } from '#config/quantities';
import { contrastText } from '#report/contrast-text';
import type { ParameterSet } from '#run/compare';
import { stateDirOf } from '#run/state-dir';
import { chosenMarket } from './market-choice.js';
import { refuseLiveOnly } from './idle-flags.js';
import { ALL_GROUPS, addParameters, given, settingsFrom, someSettings } from './options.js';
import { progressBar } from './progress.js';

const HELP = `
A and B are run ids (mm backtest and mm metrics print them): backtests over the same market, or live runs over the same
hours. With --tape, --data or --synthetic they are parameter sets, run now with queue fills: a --config file, or
settings like kappa=1.5,model=glft (mode=dynamic measures); other flags hold for both.

Examples:
  mm compare 4k2jx9q01z 8c1mm20xq7
  mm compare inventory-std=2 inventory-std=4 --tape btc.tape --maker-fee 0.3bp
  mm compare mode=static mode=dynamic --tape btc.tape
  mm compare calm.json fast.json --synthetic fast --duration 24h`;

type Options = Readonly<Record<string, unknown>>;

/** One parameter set on top of the flags that hold for both. Throws StartProblem. */
function setFrom(text: string, options: Options): ParameterSet {
  if (existsSync(text))
    return { values: settingsFrom({ ...options, config: text }).values, mode: 'static' };
  const flags: Record<string, unknown> = { ...options };
  let mode: ParameterSet['mode'] = 'static';
  for (const part of text.split(/,(?=[a-z-]+=)/)) {
    const [name = '', ...rest] = part.split('=');
    const value = rest.join('=');
    const key = PARAMETER_KEYS.find((candidate) => fileKeyOf(candidate) === name);
    if (name === 'mode' && (value === 'static' || value === 'dynamic')) mode = value;
    else if (key !== undefined && value !== '') flags[key] = value;
    else {
      const hint = nearest(name, PARAMETER_KEYS.map(fileKeyOf));
      throw new StartProblem(
        `"${part}" is no setting${hint}; write name=value,name=value, mode=static|dynamic, or a --config file`,
      );
    }
  }
  return { values: settingsFrom(flags).values, mode };
}

export function addCompare(program: Command): void {
  const command = program
    .command('compare')
    .description('two runs or two parameter sets: the difference, its interval, where it came from')
    .argument('<A>', 'run id, or parameter set')
    .argument('<B>', 'the same')
    .option('--data <FILES...>', 'run both sets on these Tardis CSV files')
    .option('--tape <FILE>', 'run both sets on a tape')
    .option('--synthetic <PRESET>', 'run both sets on the seeded generator: calm, normal or fast')
    .option('--duration <TIME>', 'market time of a synthetic run, or the first part of a tape')
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP);
  addParameters(command, ALL_GROUPS).action(async (a: string, b: string, options: Options) => {
    refuseLiveOnly(options, 'mm compare');
    const market = chosenMarket(options);
    const { compareRuns, compareSets } = await import('#run/compare');
    const progress = progressBar();
    try {
      const contrast =
        market === null
          ? compareRuns(stateDirOf(someSettings(options, ['stateDir']).values), a, b)
          : await compareSets({
              ...{ a: setFrom(a, options), b: setFrom(b, options), market, progress },
              duration: given(options, 'duration', seconds),
            });
      progress.done();
      const text =
        options['json'] === true ? JSON.stringify(contrast, null, 2) : contrastText(contrast);
      process.stdout.write(`${text}\n`);
    } finally {
      progress.done();
    }
  });
}
