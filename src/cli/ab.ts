// `mm ab`: both modes at once on the same market, each with an account of its own, so that a trader can compare them.
import type { Command } from 'commander';
import type { Layered } from '#config/layers';
import { refuseBacktestOnly, refuseSimulationOnly } from './idle-flags.js';
import { ALL_GROUPS, addParameters, settingsFrom } from './options.js';
import { addMarketOptions, marketOptions } from './run.js';
import { VERSION } from './version.js';

const HELP = `
Both see a copy of the same seeded flow from the same moment on, in accounts paper-static and paper-dynamic
(--account NAME: NAME-static and NAME-dynamic). One that latches stops alone; the other goes on.
With --venue paradex or apex both trade through the real client on a venue of 127.0.0.1 with two accounts;
--venue paradex,apex runs four bots on both venues and puts them into one table.

Examples:
  mm ab                                              paper, synthetic market, real time
  mm ab --synthetic fast --seed 7 --speed 60 --duration 12h
  mm ab --tape btc.tape --speed 20 --account btc
  mm ab --venue paradex,apex --duration 10m          the real clients on both venues, on paper
mm metrics shows all, mm stop stops all (with --account one), Ctrl-C cancels everything and sums up.
Ledgers are VENUE-ACCOUNT.ledger in the state folder, logs lie in a folder VENUE-ACCOUNT of the log folder.`;

type Options = Readonly<Record<string, unknown>>;

/** One set of settings for each venue named. Throws StartProblem. */
function layersOf(options: Options): Layered[] {
  const { venue } = options;
  const named = typeof venue === 'string' && venue.includes(',') ? venue.split(',') : null;
  return named === null
    ? [settingsFrom(options)]
    : named.map((name) => settingsFrom({ ...options, venue: name.trim() }));
}

export function addAb(program: Command): void {
  const command = program
    .command('ab')
    .description('both modes at once on the same market, side by side');
  addMarketOptions(command).addHelpText('after', HELP);
  addParameters(command, ALL_GROUPS).action(async (options: Options) => {
    refuseBacktestOnly(options, 'mm ab');
    const layers = layersOf(options);
    for (const { values } of layers) refuseSimulationOnly(options, values, 'mm ab');
    const wanted = marketOptions(options);
    const request = { ...wanted, terminal: process.stdout.isTTY === true, version: VERSION };
    const [layered] = layers as [Layered];
    if (layers.length === 1 && layered.values.venue === 'sim') {
      const { runAb } = await import('#run/ab');
      process.exitCode = await runAb({ ...request, layered });
      return;
    }
    const { runAbOnVenues } = await import('#run/ab-venue');
    process.exitCode = await runAbOnVenues({ ...request, layers });
  });
}
