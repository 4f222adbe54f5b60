// The specification of one market of Paradex, by its public list: no key needed. Reads only.
import { PATHS } from '#clients/paradex/endpoints';
import type { MarketWire, ResultsWire } from '#clients/paradex/wire';
import { StartProblem } from '#config/problem';
import type { Network } from '#core/outside';
import { fromSeconds } from '#core/units';
import { ask } from './ask-venue.js';
import { noMarket } from './market-names.js';

const TIMEOUT = fromSeconds(5);
const HTTP = 'HTTP ';

/** In the same words for every question, so that it is told once. */
export const noAnswer = (
  rest: string,
  why: string,
  check = 'the connection, --network and --paradex-url',
): string => `Paradex does not answer at ${rest} (${why}); check ${check}`;

/** `rest` is the address with `/v1`; `check` says what to look at. Throws StartProblem, for an unknown market with names. */
export async function paradexMarket(
  network: Network,
  rest: string,
  market: string,
  check?: string,
): Promise<MarketWire> {
  const listed = `${rest}${PATHS.markets}`;
  const one = await marketsAt(network, `${listed}?market=${encodeURIComponent(market)}`);
  const wire = typeof one === 'string' ? undefined : one.find(({ symbol }) => symbol === market);
  if (wire !== undefined) return wire;
  const all = await marketsAt(network, listed);
  if (typeof all === 'string') throw new StartProblem(noAnswer(rest, all, check));
  const perps = all.filter(({ asset_kind }) => asset_kind === 'PERP');
  const names = perps.map(({ symbol }) => symbol);
  throw new StartProblem(noMarket(market, names, rest, listed));
}

/** The markets listed at an address, or why there are none. */
async function marketsAt(network: Network, url: string): Promise<readonly MarketWire[] | string> {
  const reply = await ask(network, { method: 'GET', url, headers: {}, timeout: TIMEOUT });
  if (reply.kind !== 'reply') return reply.detail;
  if (reply.status !== 200) return `${HTTP}${reply.status}`;
  try {
    return (JSON.parse(reply.body) as Partial<ResultsWire<MarketWire>>).results ?? [];
  } catch {
    return 'an answer that is no JSON';
  }
}
