// The public feed of Paradex for `mm record`: the client's own public link, without key or account.
import { randomBytes } from 'node:crypto';
import { realNetwork } from '#clients/net/network';
import { PublicLink } from '#clients/paradex/client-public';
import { socketUrl } from '#clients/paradex/endpoints';
import { PARADEX_SWITCHES } from '#clients/paradex/switches';
import { Instrument } from '#core/instrument';
import type { Network } from '#core/outside';
import { Random } from '#core/random';
import type { Rate, Seconds } from '#core/units';
import { PARADEX_DEFAULT_MARKET, paradexEnvironment } from './paradex-account.js';
import { paradexMarket } from './paradex-markets.js';
import { paradexSwitches } from './paradex-switches.js';
import type { FeedRequest, PublicFeed } from './venue-module.js';

/** Throws StartProblem. */
export async function paradexFeed(request: FeedRequest): Promise<PublicFeed> {
  const { values, clock, counters, onMarketChange } = request;
  const network = realNetwork(clock);
  const environment = paradexEnvironment(values.network, values.paradexUrl);
  const market = values.market ?? PARADEX_DEFAULT_MARKET;
  const instrument = await instrumentAt(network, environment.rest, market);
  const switches = { ...PARADEX_SWITCHES, ...paradexSwitches(values.paradexSwitches) };
  const open: PublicFeed['open'] = (inbox) => {
    const link = new PublicLink({
      ...{ network, clock, market, instrument, inbox, counters, switches },
      random: new Random(randomBytes(8).toString('hex')),
      url: socketUrl(environment, { kind: 'sbe', version: switches.schemaVersion }),
      onMarketChange: () => onMarketChange(market),
    });
    link.open();
    return () => link.close();
  };
  return { instrument, from: environment.rest, open };
}

async function instrumentAt(network: Network, rest: string, market: string): Promise<Instrument> {
  const found = await paradexMarket(network, rest, market);
  return new Instrument({
    ...{ venue: 'paradex', symbol: market, kind: 'linear', multiplier: '1', settle: 'USDC' },
    tickSize: found.price_tick_size,
    lotSize: found.order_size_increment,
    minNotional: found.min_notional,
    ...{ makerFee: 0 as Rate, takerFee: 0 as Rate },
    ...{ fundingPeriod: 28_800 as Seconds, maintenanceMargin: 0.01 },
  });
}
