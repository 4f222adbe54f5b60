// `mm explain`: why the quotes are what they are, term by term in bp, from parameters or from a run's last decision.
import type { Command } from 'commander';
import { PARAMETER_KEYS, flagOf } from '#config/parameters';
import { BadValue, StartProblem } from '#config/problem';
import type { ExplainAnswer } from '#run/explain';
import { stateDirOf } from '#run/state-dir';
import { ALL_GROUPS, addParameters, given, settingsFrom, someSettings } from './options.js';

const HELP = `
From parameters: the block that mm run prints at its start, and one decision in a book one tick wide.
From a run (--run, --last): its last decision, with every clamp that acted.

Examples:
  mm explain                                          the defaults, holding nothing
  mm explain --inventory 4                            long 4 orders: how far do the quotes move?
  mm explain --model glft --kappa 1.5 --maker-fee 0.3bp --mid 63000 --inventory -2
  mm explain --tape btc.tape --size auto              that market's tick, lot and first price
  mm explain --last                                   what did the run just decide, and why?`;

const MOST_UNITS = 10_000;

function number(text: string): number {
  const value =
    text.trim() === '' ? Number.NaN : Number(text.trim().replace(/^\$/, '').replaceAll(',', ''));
  if (!Number.isFinite(value)) throw new BadValue('is not a number');
  return value;
}

function price(text: string): number {
  const value = number(text);
  if (!(value > 0)) throw new BadValue('must be greater than 0; write a price like 63000.5');
  return value;
}

function units(text: string): number {
  const value = number(text);
  if (Math.abs(value) > MOST_UNITS) {
    throw new BadValue(
      `must be within ${MOST_UNITS} order sizes; it counts orders of --size, negative is short`,
    );
  }
  return value;
}

type Options = Readonly<Record<string, unknown>>;

async function answerOf(options: Options): Promise<ExplainAnswer> {
  const runId = typeof options['run'] === 'string' ? options['run'] : null;
  if (runId !== null || options['last'] === true) return answerOfRun(options, runId);
  const tape = typeof options['tape'] === 'string' ? options['tape'] : null;
  const [mid, inventory] = [given(options, 'mid', price), given(options, 'inventory', units)];
  const layered = settingsFrom(options);
  const { explainParameters } = await import('#run/explain');
  return explainParameters({ layered, mid, inventory: inventory ?? 0, tape });
}

async function answerOfRun(options: Options, runId: string | null): Promise<ExplainAnswer> {
  const useless = PARAMETER_KEYS.filter((key) => !['account', 'stateDir', 'venue'].includes(key));
  const others = ['mid', 'inventory', 'tape', ...useless, ...(runId === null ? [] : ['last'])];
  const clash = others.find((name) => options[name] !== undefined);
  if (clash !== undefined) {
    const flag = PARAMETER_KEYS.find((key) => key === clash);
    const names = `${flag === undefined ? `--${clash}` : flagOf(flag)} and ${runId === null ? '--last' : '--run'}`;
    throw new StartProblem(
      `${names} exclude each other: a run is explained with its own parameters; leave one of them out`,
    );
  }
  const { values } = someSettings(options, ['stateDir', 'account']);
  const named = typeof options['account'] === 'string';
  const { explainRun } = await import('#run/explain-run');
  return explainRun(stateDirOf(values), named ? values.account : null, runId);
}

export function addExplain(program: Command): void {
  const command = program
    .command('explain')
    .description('how a quote comes about, term by term: from parameters, or of a run')
    .option('--mid <PRICE>', 'price to quote at (default: 100000, with --tape its first mid)')
    .option('--inventory <UNITS>', 'position in order sizes, negative is short (default: 0)')
    .option('--tape <FILE>', 'take tick, lot and price from this tape')
    .option('--run <ID>', 'the last decision of this run instead')
    .option('--last', 'the last decision of the last run instead')
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP);
  addParameters(command, ALL_GROUPS).action(async (options: Options) => {
    const { lines, ...answer } = await answerOf(options);
    const json = options['json'] === true;
    const text = json ? JSON.stringify({ schemaVersion: 1, ...answer }, null, 2) : lines.join('\n');
    process.stdout.write(`${text}\n`);
  });
}
