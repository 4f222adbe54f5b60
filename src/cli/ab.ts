// `mm ab`: both modes at once on the same market, each with an account of its own, so that a trader can compare them.
import type { Command } from 'commander';
import { StartProblem } from '#config/problem';
import { ALL_GROUPS, addParameters, settingsFrom } from './options.js';
import { addMarketOptions, marketOptions } from './run.js';
import { VERSION } from './version.js';

const HELP = `
Both see a copy of the same seeded flow from the same moment on, in accounts paper-static and paper-dynamic
(--account NAME: NAME-static and NAME-dynamic). One that latches stops alone; the other goes on.

Examples:
  mm ab                                              paper, synthetic market, real time
  mm ab --synthetic fast --seed 7 --speed 60 --duration 12h
  mm ab --tape btc.tape --speed 20 --account btc
mm metrics shows both, mm stop stops both (with --account one), Ctrl-C cancels everything and sums up.`;

export function addAb(program: Command): void {
  const command = program
    .command('ab')
    .description('both modes at once on the same market, side by side');
  addMarketOptions(command).addHelpText('after', HELP);
  addParameters(command, ALL_GROUPS).action(async (options: Record<string, unknown>) => {
    const layered = settingsFrom(options);
    const { venue } = layered.values;
    if (venue !== 'sim') {
      const run = (mode: string): string => `mm run --${mode} --venue ${venue} --seed 1`;
      throw new StartProblem(
        `mm ab runs on the simulated venue; on ${venue} start ${run('static')} and ${run('dynamic')} in two terminals`,
      );
    }
    const wanted = marketOptions(options);
    const { runAb } = await import('#run/ab');
    const terminal = process.stdout.isTTY === true;
    process.exitCode = await runAb({ layered, ...wanted, terminal, version: VERSION });
  });
}
