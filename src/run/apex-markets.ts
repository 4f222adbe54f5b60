// The specification of one market of ApeX, by its public list: no key needed. Reads only.
import { isFields, recordsOf, textOf } from '#clients/apex/codec/words';
import { API, PATHS, type ApexEnvironment } from '#clients/apex/endpoints';
import { readReply } from '#clients/apex/errors';
import type { DashSymbol } from '#clients/apex/wire';
import { StartProblem } from '#config/problem';
import type { Network } from '#core/outside';
import { fromSeconds } from '#core/units';
import { ask } from './ask-venue.js';
import { noMarket } from './market-names.js';

const TIMEOUT = fromSeconds(8); // the list of all markets is 700 kB

export type Contract = Readonly<Record<string, unknown>>;

/** Throws StartProblem, for an unknown market with names. */
export async function apexContract(
  network: Network,
  { origin }: ApexEnvironment,
  symbol: DashSymbol,
): Promise<Contract> {
  const url = `${origin}${API}${PATHS.symbols}`;
  const outcome = await ask(network, { method: 'GET', url, headers: {}, timeout: TIMEOUT });
  const reply = outcome.kind === 'reply' ? readReply(outcome.status, outcome.body) : null;
  const config = reply?.kind === 'ok' && isFields(reply.data) ? reply.data['contractConfig'] : null;
  if (!isFields(config)) {
    const why = outcome.kind === 'reply' ? `no list of markets, HTTP ${outcome.status}` : outcome.detail; // prettier-ignore
    throw new StartProblem(
      `ApeX does not answer at ${origin} (${why}); check the connection, --network and --apex-url`,
    );
  }
  const all = ['perpetualContract', 'prelaunchContract'].flatMap((name) => recordsOf(config[name]));
  const found = all.find((item) => textOf(item, 'symbol') === symbol);
  if (found !== undefined) return found;
  const trading = all.filter((item) => item['enableTrade'] !== false);
  const names = trading.map((item) => textOf(item, 'symbol'));
  throw new StartProblem(noMarket(symbol, names, 'ApeX', url));
}
