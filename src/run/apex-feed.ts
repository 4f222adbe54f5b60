// The public feed of ApeX for `mm record`: the client's own public link, without key or account.
import { randomBytes } from 'node:crypto';
import { PublicLink } from '#clients/apex/client-public';
import { API, PATHS, crossOf } from '#clients/apex/endpoints';
import { APEX_SWITCHES } from '#clients/apex/switches';
import type { CrossSymbol } from '#clients/apex/wire';
import { realNetwork } from '#clients/net/network';
import { VenueTime } from '#clients/net/venue-time';
import { StartProblem } from '#config/problem';
import { Instrument } from '#core/instrument';
import type { Network } from '#core/outside';
import { Random } from '#core/random';
import { fromSeconds } from '#core/units';
import type { Rate, Seconds } from '#core/units';
import { apexEnvironment, apexMarket } from './apex-account.js';
import { apexSwitches } from './apex-switches.js';
import { ask } from './ask-venue.js';
import { noMarket } from './market-names.js';
import type { FeedRequest, PublicFeed } from './venue-module.js';

const TIMEOUT = fromSeconds(10); // the list of all markets is 700 kB

/** Throws StartProblem. */
export async function apexFeed(request: FeedRequest): Promise<PublicFeed> {
  const { values, clock, counters } = request;
  const network = realNetwork(clock);
  const environment = apexEnvironment(values.network, values.apexUrl);
  const market = apexMarket(values.market);
  const contract = await contractAt(network, environment.origin, market);
  const instrument = instrumentOf(market, contract);
  const switches = { ...APEX_SWITCHES, ...apexSwitches(values.apexSwitches) };
  const symbol = (contract['crossSymbolName'] ?? crossOf(market)) as CrossSymbol;
  const open: PublicFeed['open'] = (inbox) => {
    const link = new PublicLink({
      ...{ network, environment, instrument, inbox, counters, switches, symbol },
      time: new VenueTime(clock),
      random: new Random(randomBytes(8).toString('hex')),
    });
    link.open();
    return () => link.close();
  };
  return { instrument, from: environment.origin, open };
}

type Contract = Readonly<Record<string, string | undefined>>;

async function contractAt(network: Network, origin: string, market: string): Promise<Contract> {
  const url = `${origin}${API}${PATHS.symbols}`;
  const reply = await ask(network, { method: 'GET', url, headers: {}, timeout: TIMEOUT });
  const why = reply.kind === 'reply' ? `HTTP ${reply.status}` : reply.detail;
  const all = contractsIn(reply.kind === 'reply' && reply.status === 200 ? reply.body : '{}');
  const found = all.find(({ symbol }) => symbol === market);
  if (found !== undefined) return found;
  const names = all.map(({ symbol = '' }) => symbol);
  if (names.length > 0) throw new StartProblem(noMarket(market, names, origin, url));
  throw new StartProblem(
    `ApeX does not answer at ${origin} (${why}); check the connection, --network and --apex-url`,
  );
}

function contractsIn(body: string): readonly Contract[] {
  interface Config {
    readonly contractConfig?: { readonly perpetualContract?: readonly Contract[] };
  }
  try {
    const read = JSON.parse(body) as Config & { readonly data?: Config };
    return (read.data ?? read).contractConfig?.perpetualContract ?? [];
  } catch {
    return [];
  }
}

function instrumentOf(market: string, contract: Contract): Instrument {
  try {
    return new Instrument({
      ...{ venue: 'apex', symbol: market, kind: 'linear', multiplier: '1', minNotional: '0' },
      tickSize: contract['tickSize'] ?? '',
      lotSize: contract['stepSize'] ?? '',
      minSize: contract['minOrderSize'] ?? contract['stepSize'] ?? '',
      settle: contract['settleAssetId'] ?? 'USDT',
      ...{ makerFee: 0 as Rate, takerFee: 0 as Rate },
      ...{ fundingPeriod: 3_600 as Seconds, maintenanceMargin: 0.005 },
    });
  } catch {
    throw new StartProblem(`the specification of ${market} at the venue makes no sense`);
  }
}
