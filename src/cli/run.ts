// `mm run`: quotes until stopped. The mode has no default on purpose: which parameters to trust is the user's choice.
import { Option } from 'commander';
import type { Command } from 'commander';
import { StartProblem } from '#config/problem';
import { seconds } from '#config/quantities';
import type { Seconds } from '#core/units';
import { refuseBacktestOnly, refuseSimulationOnly } from './idle-flags.js';
import { ALL_GROUPS, addParameters, given, settingsFrom } from './options.js';
import { VERSION } from './version.js';

const EXAMPLES = `
Examples:
  mm run --static                                    paper, synthetic market, default parameters
  mm run --static --synthetic fast --seed 7 --speed 20 --duration 2h
  mm run --static --model glft --kappa 1.5 --size 200 --inventory-std 3
  mm run --dynamic --maker-fee 0.3bp                 sigma, kappa, alpha, epsilon measured; yours are the start
  mm run --static --tape btc.tape                    paper on a recording, in real time
  mm run --static --venue paradex                    paper through the real Paradex client, on 127.0.0.1
  mm run --static --venue apex                       the same through the real ApeX client
  mm run --static --venue paradex --relay https://api.prod.paradex.trade   paper on live public data, no key
  mm run --static --venue paradex --network testnet  keys from .env (docs/go-live.md)
Stop it with Ctrl-C (cancels everything, then exits) or from anywhere with mm stop.`;

/** Exactly one of --static and --dynamic, or an explanation of the choice. */
export function modeFrom(
  options: Readonly<Record<string, unknown>>,
  command = 'mm run',
): 'static' | 'dynamic' {
  const [fixed, adaptive] = [options['static'] === true, options['dynamic'] === true];
  if (fixed && adaptive) {
    throw new StartProblem(
      '--static and --dynamic exclude each other; give one of them (mm backtest has --both)',
    );
  }
  if (adaptive) return 'dynamic';
  if (fixed) return 'static';
  throw new StartProblem(
    `choose a mode: --static quotes on the alpha, kappa and sigma that you give (or their defaults), --dynamic on what it measures in the market; for example ${command} --static`,
  );
}

/** Which market, for how long, how fast: what `mm run` and `mm ab` ask besides the parameters. */
export function addMarketOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--tape <FILE>', 'market data from a tape (mm tape import)').conflicts(
        'synthetic',
      ),
    )
    .option(
      '--synthetic <PRESET>',
      'market data from the seeded generator: calm, normal or fast (default: normal)',
    )
    .option('--duration <TIME>', 'stop after this much market time, e.g. 10m')
    .option('--speed <X>', 'market time per second of your time (default: 1)');
}

export function marketOptions(options: Readonly<Record<string, unknown>>): {
  readonly market: { readonly tape: string | null; readonly synthetic: string | null };
  readonly duration: Seconds | null;
  readonly speed: number;
} {
  return {
    market: { tape: text(options['tape']), synthetic: text(options['synthetic']) },
    duration: given(options, 'duration', seconds),
    speed: given(options, 'speed', speedOf) ?? 1,
  };
}

export function addRun(program: Command): void {
  const command = program
    .command('run')
    .description('quote: fixed parameters (--static) or measured ones (--dynamic)')
    .option('--static', 'quote on the parameters given')
    .option('--dynamic', 'quote on parameters measured in the market')
    .option(
      '--relay <URL>',
      'paper on --venue paradex: play the public feed of another Paradex, real or mm venue paradex',
    )
    .option('--adopt', 'take orders and a position that the ledger does not know as they are')
    .option('--yes-real-money', 'needed for --network mainnet');
  addMarketOptions(command).addHelpText('after', EXAMPLES);
  addParameters(command, ALL_GROUPS).action(async (options: Record<string, unknown>) => {
    const mode = modeFrom(options);
    refuseBacktestOnly(options, 'mm run');
    const layered = settingsFrom(options);
    refuseSimulationOnly(options, layered.values, 'mm run');
    const wanted = marketOptions(options);
    const terminal = process.stdout.isTTY === true;
    const request = { layered, mode, ...wanted, terminal, version: VERSION };
    if (layered.values.venue === 'sim') {
      refuseOnSim(layered.values.network, text(options['relay']));
      const { runLive } = await import('#run/live');
      process.exitCode = await runLive(request);
      return;
    }
    const { runLiveOnVenue } = await import('#run/venue-live');
    process.exitCode = await runLiveOnVenue({
      ...request,
      market: { ...wanted.market, relay: text(options['relay']) },
      adopt: options['adopt'] === true,
      yesRealMoney: options['yesRealMoney'] === true,
    });
  });
}

/** What would be ignored there, and is better said than ignored. */
function refuseOnSim(network: string, relay: string | null): void {
  const venue = 'add --venue paradex or --venue apex';
  if (network !== 'paper')
    throw new StartProblem(`--network ${network} is of a venue: ${venue}, or leave --network out`);
  if (relay !== null) throw new StartProblem('--relay needs a venue: add --venue paradex');
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function speedOf(value: string): number {
  const speed = Number(value);
  if (!(speed > 0 && speed <= 10_000))
    throw new StartProblem(`--speed "${value}" must be a number above 0, at most 10000`);
  return speed;
}
