// `mm keys` and `mm doctor`: who we are at a venue, and what would keep a run from trading there.
import type { Command } from 'commander';
import { EXIT } from '#config/problem';
import { refuseSimulationOnly } from './idle-flags.js';
import { ALL_GROUPS, addParameters, settingsFrom } from './options.js';

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

const DOCTOR_HELP = `
Takes the flags of mm run and looks whether such a run could trade: configuration, clock, key and address, fees, limits,
permissions. On paper it starts the venue of a paper run and looks at that. It places no order; it takes 10 s at most.

  ok       as it should be
  warning  a run starts all the same; read it
  problem  keeps a run from starting or trading; the remedy stands behind it. Exit code 2
  unknown  cannot be seen from here, or could not this time

Examples:
  mm doctor --venue paradex                     the venue of a paper run: no key needed
  mm doctor --venue paradex --network testnet   keys from .env (docs/go-live.md)
  mm doctor --venue apex --network mainnet --market ETH-USDT --size 200`;

function addDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description(
      'check configuration, clock, keys, fees, limits and permissions; each problem with its remedy',
    )
    .option('--json', 'one JSON object')
    .addHelpText('after', DOCTOR_HELP);
  addParameters(command, ALL_GROUPS).action(async (options: Options) => {
    const layered = settingsFrom(options);
    refuseSimulationOnly(options, layered.values, 'mm doctor');
    const { venueCalled } = await import('#run/venue-registry');
    const venue = venueCalled(layered.values.venue, 'mm doctor --venue');
    const { venueDoctor } = await import('#run/doctor');
    const checks = await venueDoctor(venue, layered);
    const problems = checks.filter(({ state }) => state === 'problem').length;
    const code = problems > 0 ? EXIT.cannotStart : EXIT.clean;
    const verdict = problems === 0 ? 'no problem found' : `problems: ${problems}`;
    const text =
      options['json'] === true
        ? JSON.stringify({ schemaVersion: 1, checks }, null, 2)
        : [...checks.map(({ state, text: line }) => `${state.padEnd(8)} ${line}`), verdict].join(
            '\n',
          );
    // A request that never came back would hold the process for as long as it may take.
    process.stdout.write(`${text}\n`, () => process.exit(code));
  });
}

export function addVenueChecks(program: Command): void {
  addKeys(program);
  addDoctor(program);
}
