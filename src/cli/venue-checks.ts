// `mm keys` and `mm doctor`: who we are at a venue, and what would keep a run from trading there.
import type { Command } from 'commander';
import { EXIT } from '#config/problem';
import { addParameters, settingsFrom } from './options.js';

type Options = Readonly<Record<string, unknown>>;
const warn = (text: string): void => void process.stderr.write(`mm: ${text}\n`);

function addKeys(program: Command): void {
  const command = program
    .command('keys')
    .description('show account address and public key that belong to the keys in .env')
    .argument('<VENUE>', 'paradex or apex')
    .option(
      '--export <FILE>',
      'paradex: write the L2 key of MM_PARADEX_ETHEREUM_KEY into a new file of mode 600',
    )
    .option('--json', 'one JSON object');
  addParameters(command, ['venue']).action(async (name: string, options: Options) => {
    const { venueCalled } = await import('#run/venue-registry');
    const venue = venueCalled(name, 'mm keys');
    const { values } = settingsFrom(options);
    const { exportKey, venueKeys } = await import('#run/venue-checks');
    if (typeof options['export'] === 'string') {
      await exportKey(venue, values, options['export']);
      process.stdout.write(
        `written to ${options['export']}; keep it secret, or make a subkey and keep that\n`,
      );
      return;
    }
    const { facts, lines } = await venueKeys(venue, values, warn);
    if (options['json'] === true) {
      process.stdout.write(`${JSON.stringify({ schemaVersion: 1, ...facts }, null, 2)}\n`);
      return;
    }
    for (const [label, value] of lines) process.stdout.write(`${label.padEnd(11)} ${value}\n`);
  });
}

function addDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description(
      'check configuration, clock, keys, account and market; each problem with its remedy',
    )
    .option('--json', 'one JSON object');
  addParameters(command, ['venue', 'size']).action(async (options: Options) => {
    const { values } = settingsFrom(options);
    const { venueCalled } = await import('#run/venue-registry');
    const venue = venueCalled(values.venue, 'mm doctor --venue');
    const { venueDoctor } = await import('#run/venue-checks');
    const checks = await venueDoctor(venue, values);
    if (checks.some(({ state }) => state === 'problem')) process.exitCode = EXIT.cannotStart;
    if (options['json'] === true)
      process.stdout.write(`${JSON.stringify({ schemaVersion: 1, checks }, null, 2)}\n`);
    else for (const { state, text } of checks) process.stdout.write(`${state.padEnd(8)} ${text}\n`);
  });
}

export function addVenueChecks(program: Command): void {
  addKeys(program);
  addDoctor(program);
}
