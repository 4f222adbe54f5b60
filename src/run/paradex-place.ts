// Paradex as a place to trade: the loopback one of a paper run, testnet, or mainnet. One way for all three: the real
// client over real sockets; only address and keys differ.
import { randomBytes } from 'node:crypto';
import { realNetwork } from '#clients/net/network';
import type { EmergencyClient } from '#clients/net/venue-client';
import { ParadexClient } from '#clients/paradex/client';
import { ParadexEmergency } from '#clients/paradex/client-emergency';
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import type { Network } from '#core/outside';
import { WallClock } from './clock.js';
import {
  PARADEX_DEFAULT_MARKET, onboard, paradexEnvironment, paradexIdentity,
} from './paradex-account.js'; // prettier-ignore
import type { ParadexIdentity } from './paradex-account.js';
import { paradexMarket } from './paradex-markets.js';
import { paradexSwitches } from './paradex-switches.js';
import type { PaperVenue } from './paper-venue.js';
import type { VenueKeys } from './venue-keys.js';
import type { Reach, VenuePlace } from './venue-place.js';
import { together } from './venue-problem.js';
import { startWatchdog } from './watchdog-link.js';
import { watchdogJob } from './watchdog-words.js';

/** Known to be a private key on every curve: below the order by its length. */
const KEY_BYTES = 31;
const VENUE = 'paradex';

/** A new account at the venue of a paper run, which goes on when the place is closed. Throws StartProblem. */
export async function paradexPaperPlace(
  values: ParameterValues,
  paper: PaperVenue,
  warn: (text: string) => void,
): Promise<VenuePlace> {
  const clock = new WallClock();
  const network = realNetwork(clock);
  const paperKey = `0x${randomBytes(KEY_BYTES).toString('hex')}`;
  const reach: Reach = {
    ...{ venue: VENUE, network: 'paper', market: paper.market, url: paper.origin, paperKey },
  };
  const told = kept(warn);
  const identity = await identityOf(network, reach, values, told.warn);
  if (!identity.onboarded) await onboard(network, identity);
  const name = `paradex paper, ${paper.origin}, ${paper.market}`;
  return place(name, reach, values, network, identity, clock, told.lines);
}

/** Testnet or mainnet, with the keys of the settings. Throws StartProblem. */
export async function paradexPlace(
  values: ParameterValues,
  warn: (text: string) => void,
): Promise<VenuePlace> {
  const market = values.market ?? PARADEX_DEFAULT_MARKET;
  const { paradexUrl: url } = values;
  const clock = new WallClock();
  const network = realNetwork(clock);
  const reach: Reach = { venue: VENUE, network: values.network, market, url, paperKey: null };
  const { rest } = paradexEnvironment(values.network, url);
  const told = kept(warn);
  const [identity] = await together([
    identityOf(network, reach, values, told.warn),
    paradexMarket(network, rest, market),
  ]);
  if (!identity.onboarded && !identity.subkey && url !== null && values.network === 'testnet') {
    await onboard(network, identity); // a mm venue paradex, which welcomes any key
  } else if (!identity.onboarded && !identity.subkey) {
    throw new StartProblem(
      `no Paradex account belongs to this key (${identity.signer.account}); make one in the web app of ${values.network}, or set MM_PARADEX_ACCOUNT for a subkey`,
    );
  }
  for (const warning of identity.warnings) told.warn(warning);
  const name = `paradex ${values.network}, ${market}`;
  return place(name, reach, values, network, identity, clock, told.lines);
}

/** Warnings come before there is a log: said now, and kept for it. */
function kept(warn: (text: string) => void) {
  const lines: string[] = [];
  const both = (text: string): void => {
    lines.push(text);
    warn(text);
  };
  return { lines, warn: both };
}

function place(
  name: string,
  reach: Reach,
  values: ParameterValues,
  network: Network,
  identity: ParadexIdentity,
  clock: WallClock,
  warnings: readonly string[],
): VenuePlace {
  const { environment, signer } = identity;
  const { market } = reach;
  const seed = randomBytes(8).toString('hex');
  const switches = paradexSwitches(values.paradexSwitches);
  const fallbackFees = { maker: fraction(values.makerFee), taker: fraction(values.takerFee) };
  return {
    ...{ venue: VENUE, network: reach.network, market, name, reach },
    identity: signer.account,
    client: (runId, inbox, clock) => {
      for (const warning of warnings) inbox.note('warn', warning);
      const common = { network, clock, seed, signer, environment, market, runId, inbox };
      return Promise.resolve(new ParadexClient({ ...common, switches, fallbackFees }));
    },
    emergency: () =>
      Promise.resolve(
        new ParadexEmergency({
          network,
          clock: new WallClock(),
          seed,
          signer,
          environment,
          market,
        }),
      ),
    watch: (runId, note) => startWatchdog(watchdogJob(reach, values, runId), note),
    close: () => Promise.resolve(clock.release()),
  };
}

/** A rate (1e-10) as the decimal fraction that the venue writes. */
const fraction = (rate: number): string => (rate / 1e10).toFixed(10);

const identityOf = (
  network: Network,
  { network: where, url, paperKey }: Reach,
  keys: VenueKeys,
  warn: (text: string) => void,
): Promise<ParadexIdentity> => {
  const own =
    paperKey === null ? keys : { ...keys, paradexPrivateKey: paperKey, paradexAccount: null };
  return paradexIdentity(network, paradexEnvironment(where, url), own, warn);
};

/** For `mm stop`: shares nothing with a running bot but the account. */
export async function paradexEmergency(reach: Reach, keys: VenueKeys): Promise<EmergencyClient> {
  const clock = new WallClock();
  const network = realNetwork(clock);
  const { environment, signer } = await identityOf(network, reach, keys, () => undefined);
  const seed = randomBytes(8).toString('hex');
  return new ParadexEmergency({ network, clock, seed, signer, environment, market: reach.market });
}
