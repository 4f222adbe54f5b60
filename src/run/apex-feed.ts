// The public feed of ApeX for `mm record`: the client's own public link, without key or account.
import { randomBytes } from 'node:crypto';
import { PublicLink } from '#clients/apex/client-public';
import { textOf } from '#clients/apex/codec/words';
import { crossOf } from '#clients/apex/endpoints';
import { APEX_SWITCHES } from '#clients/apex/switches';
import type { CrossSymbol } from '#clients/apex/wire';
import { realNetwork } from '#clients/net/network';
import { VenueTime } from '#clients/net/venue-time';
import { StartProblem } from '#config/problem';
import { Instrument } from '#core/instrument';
import { Random } from '#core/random';
import type { Rate, Seconds } from '#core/units';
import { apexEnvironment, apexMarket } from './apex-account.js';
import { apexContract, type Contract } from './apex-markets.js';
import { apexSwitches } from './apex-switches.js';
import type { FeedRequest, PublicFeed } from './venue-module.js';

/** Throws StartProblem. */
export async function apexFeed(request: FeedRequest): Promise<PublicFeed> {
  const { values, clock, counters } = request;
  const network = realNetwork(clock);
  const environment = apexEnvironment(values.network, values.apexUrl);
  const market = apexMarket(values.market);
  const contract = await apexContract(network, environment, market);
  const instrument = instrumentOf(market, contract);
  const switches = { ...APEX_SWITCHES, ...apexSwitches(values.apexSwitches) };
  const symbol = (textOf(contract, 'crossSymbolName') || crossOf(market)) as CrossSymbol;
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

function instrumentOf(market: string, contract: Contract): Instrument {
  try {
    return new Instrument({
      ...{ venue: 'apex', symbol: market, kind: 'linear', multiplier: '1', minNotional: '0' },
      tickSize: textOf(contract, 'tickSize'),
      lotSize: textOf(contract, 'stepSize'),
      minSize: textOf(contract, 'minOrderSize') || textOf(contract, 'stepSize'),
      settle: textOf(contract, 'settleAssetId') || 'USDT',
      ...{ makerFee: 0 as Rate, takerFee: 0 as Rate },
      ...{ fundingPeriod: 3_600 as Seconds, maintenanceMargin: 0.005 },
    });
  } catch {
    throw new StartProblem(`the specification of ${market} at the venue makes no sense`);
  }
}
