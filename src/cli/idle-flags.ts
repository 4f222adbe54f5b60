// Flags that would change nothing in the command they are given to: refused, because whoever types one believes that it
// acts. Only flags: a .env or --config file serves every command, and may hold what this one has no use for.
import { flagOf } from '#config/parameters';
import type { ParameterKey, ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';

type Options = Readonly<Record<string, unknown>>;

/** What only a backtest can play: a live run has the delays, fees and funding that its venue gives it. */
const BACKTEST_ONLY: readonly ParameterKey[] = [
  ...(['latencyModel', 'latencySpread', 'orderClass', 'feeTiers', 'funding'] as const),
];
/** Of the exchange in our own process; a venue behind a client, on paper too, has its own queue. */
const OWN_EXCHANGE: readonly ParameterKey[] = ['queueModel'];
/** Of everything simulated, paper venues among it. */
const SIMULATED: readonly ParameterKey[] = ['latency', 'seed'];
/** Of a venue that stands elsewhere: a paper run serves one of its own. */
const ELSEWHERE: readonly ParameterKey[] = ['paradexAccount', 'paradexUrl', 'apexUrl'];
/** Of orders that leave the process. */
const LIVE_ONLY: readonly ParameterKey[] = [
  ...(['network', 'signer', 'account', 'paradexAccount', 'paradexUrl', 'apexUrl'] as const),
  ...(['replayDays'] as const),
];

function idle(options: Options, keys: readonly ParameterKey[], where: string, name: string): void {
  const flags = keys.filter((key) => options[key] !== undefined).map(flagOf);
  if (flags.length === 0) return;
  const [act, it] = flags.length === 1 ? ['acts', 'it'] : ['act', 'them'];
  throw new StartProblem(`${flags.join(', ')} ${act} ${where}; leave ${it} out of ${name}`);
}

/** For commands that quote. Throws StartProblem. */
export function refuseBacktestOnly(options: Options, name: string): void {
  idle(options, BACKTEST_ONLY, 'in backtests only (mm backtest, mm sweep)', name);
}

/** For commands that quote, once the venue is known. Throws StartProblem. */
export function refuseSimulationOnly(
  options: Options,
  { venue, network }: Pick<ParameterValues, 'venue' | 'network'>,
  name: string,
): void {
  if (venue === 'sim') return;
  const where = 'on --venue sim and in backtests only';
  idle(options, OWN_EXCHANGE, where, `${name} --venue ${venue}`);
  if (network === 'paper') {
    const real = 'on --network testnet and mainnet only (a mm venue of your own is a testnet)';
    return idle(options, ELSEWHERE, real, `${name} --network paper`);
  }
  idle(options, SIMULATED, 'on paper and in backtests only', `${name} --network ${network}`);
}

/** For commands that never send an order. Throws StartProblem. */
export function refuseLiveOnly(options: Options, name: string): void {
  idle(options, LIVE_ONLY, 'in live and paper runs only (mm run, mm ab)', name);
}
