// `mm sweep`: which parameters, chosen on one window and scored on the next.
import { Option } from 'commander';
import type { Command } from 'commander';
import { nearest } from '#config/nearest';
import { PARAMETER_KEYS, fileKeyOf } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { seconds } from '#config/quantities';
import { sweepText } from '#report/sweep-text';
import { chosenMarket } from './market-choice.js';
import { refuseLiveOnly } from './idle-flags.js';
import { ALL_GROUPS, addParameters, given, settingsFrom } from './options.js';
import { progressBar } from './progress.js';

const HELP = `
--vary takes any setting: NAME=LOW..HIGH (with a unit, /STEPS for a grid, ,log for equal ratios) or NAME=A,B,C.
Killed? The same command goes on where it stopped. The tape is cut into windows; parameters are chosen on one and scored
on the next, and only what came out of sample says anything. --search learn (a small Gaussian process, expected
improvement) looks at all windows but the last, so only the last one is out of sample.

Examples:
  mm sweep --tape btc.tape --vary kappa=0.6..2.4/7 --vary inventory-std=1,2,4 --maker-fee 0.3bp
  mm sweep --tape btc.tape --search random --points 200 --vary min-spread=1..6bp --vary model=as,glft --out sweep.csv
  mm sweep --synthetic fast --duration 12h --search learn --points 64 --vary kappa=0.5..4,log`;

type Options = Readonly<Record<string, unknown>>;

function whole(text: string, name: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new StartProblem(`--${name} "${text}" must be a whole number from ${least} to ${most}`);
}

/** Dimensions whose names are keys of settings. Throws StartProblem with every problem at once. */
async function spaceOf(options: Options): Promise<import('#run/sweep').SweepRequest['space']> {
  const { parseDimension } = await import('#run/sweep-space');
  const texts = Array.isArray(options['vary']) ? (options['vary'] as string[]) : [];
  if (texts.length === 0)
    throw new StartProblem('say what to vary, for example --vary kappa=0.6..2.4 (mm sweep --help)');
  const problems: string[] = [];
  const space = texts.flatMap((text) => {
    const parsed = parseDimension(text);
    if (typeof parsed === 'string') {
      problems.push(`--vary "${text}" ${parsed}`);
      return [];
    }
    const key = PARAMETER_KEYS.find((candidate) => fileKeyOf(candidate) === parsed.name);
    if (key === undefined) {
      const hint = nearest(parsed.name, PARAMETER_KEYS.map(fileKeyOf));
      problems.push(`--vary ${parsed.name}: no such setting${hint}`);
      return [];
    }
    return [{ ...parsed, name: key }];
  });
  const names = space.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) problems.push(`--vary ${twice} is given twice; give it once`);
  if (problems.length > 0) throw new StartProblem(problems);
  return space;
}

export function addSweep(program: Command): void {
  const command = program
    .command('sweep')
    .description('many parameter sets on all cores, chosen on one window, scored on the next')
    .option('--vary <RANGE...>', 'what to vary: name=low..high[/steps][,log] or name=a,b,c')
    .addOption(
      new Option('--search <HOW>', 'grid, random, or learn (Gaussian process)')
        .choices(['grid', 'random', 'learn'])
        .default('grid'),
    )
    .option('--points <N>', 'points of random and learn (default: 64)')
    .addOption(
      new Option(
        '--objective <WHAT>',
        'edge ($ of 30 s markouts after fees), net-edge (bp a fill), pnl',
      )
        .choices(['edge', 'net-edge', 'pnl'])
        .default('edge'),
    )
    .option('--windows <N>', 'windows of the walk-forward (default: 4)')
    .option('--dynamic', 'quote on measured parameters')
    .option('--data <FILES...>', 'Tardis CSV files')
    .option('--tape <FILE>', 'a tape (mm tape import)')
    .option('--synthetic <PRESET>', 'the seeded generator: calm, normal or fast')
    .option('--duration <TIME>', 'market time of a synthetic market, or the first part of a tape')
    .option('--jobs <N>', 'worker processes (default: one a core)')
    .option('--out <FILE>', 'every point as CSV')
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP);
  addParameters(command, ALL_GROUPS).action(sweep);
}

async function sweep(options: Options): Promise<void> {
  const market = chosenMarket(options);
  if (market === null)
    throw new StartProblem(
      'say what to run on: one of --data FILES, --tape FILE or --synthetic PRESET',
    );
  const text = (name: string): string | null =>
    typeof options[name] === 'string' ? options[name] : null;
  refuseLiveOnly(options, 'mm sweep');
  const space = await spaceOf(options);
  const { values, texts } = settingsFrom(options);
  const duration = given(options, 'duration', seconds);
  const { runSweep } = await import('#run/sweep');
  const { stateDirOf } = await import('#run/state-dir');
  const flags = Object.fromEntries([...texts].map(([key, { text: value }]) => [key, value]));
  const jobs = text('jobs');
  const progress = progressBar();
  try {
    const outcome = await runSweep({
      ...{
        flags,
        space,
        market,
        progress,
        duration: duration ?? (market.synthetic ? 3_600 : null),
      },
      search: options['search'] as 'grid',
      objective: options['objective'] as 'edge',
      points: whole(text('points') ?? '64', 'points', 2, 100_000),
      windows: whole(text('windows') ?? '4', 'windows', 2, 100),
      mode: options['dynamic'] === true ? 'dynamic' : 'static',
      seed: values.seed,
      jobs: jobs === null ? null : whole(jobs, 'jobs', 1, 1_024),
      stateDir: stateDirOf(values),
      out: text('out'),
    });
    progress.done();
    const { result, store, csv, resumed, assumptions } = outcome;
    const json = JSON.stringify({ ...result, assumptions, store, csv, resumed }, null, 2);
    const said = `${sweepText(result)}\nQueue fills. ${assumptions}`;
    process.stdout.write(`${options['json'] === true ? json : said}\n`);
    const before = resumed > 0 ? `; ${resumed} points were there already` : '';
    process.stderr.write(`kept in ${store}${csv === null ? '' : ` and ${csv}`}${before}\n`);
  } finally {
    progress.done();
  }
}
