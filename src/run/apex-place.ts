// ApeX as a place to trade: the loopback one of a paper run, testnet, or mainnet. One way for all three: the real client
// over real sockets, orders signed on a thread of their own; only address and keys differ.
import { createHash, randomBytes } from 'node:crypto';
import { ApexClient } from '#clients/apex/client';
import { ApexEmergency } from '#clients/apex/client-emergency';
import { workerSigner, type ApexSigner } from '#clients/apex/signer';
import { realNetwork } from '#clients/net/network';
import type { EmergencyClient } from '#clients/net/venue-client';
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { apexApiKey, apexCredentials, apexEnvironment, apexMarket } from './apex-account.js';
import { apexContract } from './apex-markets.js';
import { apexSwitches } from './apex-switches.js';
import { WallClock } from './clock.js';
import type { PaperVenue } from './paper-venue.js';
import type { VenueKeys } from './venue-keys.js';
import type { Reach, VenuePlace } from './venue-place.js';
import { together } from './venue-problem.js';
import { startWatchdog } from './watchdog-link.js';
import { watchdogJob } from './watchdog-words.js';

const VENUE = 'apex';
const PAPER_KEY_BYTES = 12;

/** A new account at the venue of a paper run, which goes on when the place is closed. Throws StartProblem. */
export function apexPaperPlace(
  values: ParameterValues,
  { market, origin }: PaperVenue,
): Promise<VenuePlace> {
  const paperKey = `paper-${randomBytes(PAPER_KEY_BYTES).toString('hex')}`;
  const reach = { venue: VENUE, network: values.network, market, url: origin, paperKey };
  return Promise.resolve(place(`apex paper, ${origin}, ${market}`, reach, values));
}

/** Testnet or mainnet, with the keys of the settings. Throws StartProblem. */
export async function apexPlace(values: ParameterValues): Promise<VenuePlace> {
  const market = apexMarket(values.market);
  const reach = { venue: VENUE, network: values.network, market, url: values.apexUrl };
  const clock = new WallClock();
  const environment = apexEnvironment(values.network, values.apexUrl);
  try {
    await together([
      (async () => apexCredentials(values, null))(),
      apexContract(realNetwork(clock), environment, market),
    ]);
  } finally {
    clock.release();
  }
  return place(`apex ${values.network}, ${market}`, { ...reach, paperKey: null }, values);
}

function place(name: string, reach: Reach, values: ParameterValues): VenuePlace {
  const { paperKey } = reach;
  const { api, seed } = apexCredentials(values, paperKey);
  const parts = {
    api,
    environment: apexEnvironment(reach.network, reach.url),
    symbol: apexMarket(reach.market),
    switches: apexSwitches(values.apexSwitches),
    seed: randomBytes(8).toString('hex'),
  };
  const clock = new WallClock();
  const network = realNetwork(clock);
  return {
    ...{ venue: VENUE, network: reach.network, market: reach.market, name, reach },
    identity: createHash('sha256').update(parts.api.key).digest('hex').slice(0, 32),
    client: async (runId, inbox, runClock) => {
      const signer = await signingThread(seed);
      return new ApexClient({ ...parts, network, clock: runClock, signer, runId, inbox });
    },
    emergency: () => apexEmergency(reach, values),
    watch: (runId, note) => startWatchdog(watchdogJob(reach, values, runId), note),
    close: () => Promise.resolve(clock.release()),
  };
}

/** Throws StartProblem when it does not come up sound. */
export async function signingThread(seed: Uint8Array): Promise<ApexSigner> {
  try {
    return await workerSigner(seed);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartProblem(`orders for ApeX cannot be signed: ${why}; reinstall mm`);
  }
}

/** For `mm stop` and the watchdog: shares nothing with a running bot but the account, and needs no seed. */
export function apexEmergency(reach: Reach, keys: VenueKeys): Promise<EmergencyClient> {
  const { network: where, url, paperKey, market } = reach;
  const clock = new WallClock();
  const client = new ApexEmergency({
    ...{ clock, network: realNetwork(clock), symbol: apexMarket(market) },
    api: apexApiKey(keys, paperKey),
    environment: apexEnvironment(where, url),
  });
  return Promise.resolve(client);
}
