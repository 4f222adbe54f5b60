// Who we are at ApeX: from the secrets of the settings (or a throw-away account on paper) to an API key and the zk seed,
// and where that account is. What can be seen to be wrong without the venue is found here; that key, seed and account
// belong together is the client's first check at its start. Never says a secret.
import {
  dashSymbol, environment, loopback, type ApexEnvironment,
} from '#clients/apex/endpoints'; // prettier-ignore
import type { ApiKey } from '#clients/apex/sign/request';
import { parseSeed } from '#clients/apex/sign/keys';
import type { DashSymbol } from '#clients/apex/wire';
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { loopbackCredentials } from '#sim/venues/apex/credentials';
import type { VenueKeys } from './venue-keys.js';
import type { TradingNetwork } from './venue-place.js';

export const APEX_DEFAULT_MARKET = 'BTC-USDT';
const OWN_HOSTS = ['mainnet', 'testnet', 'testnet-qa'] as const;

/** Where to connect. Throws StartProblem for an address that is none, and for the real one by a back door. */
export function apexEnvironment(network: TradingNetwork, url: string | null): ApexEnvironment {
  if (url === null) return environment(network === 'mainnet' ? 'mainnet' : 'testnet');
  const given = loopback(url);
  if (given === null)
    throw new StartProblem(`--apex-url "${url}" must be an origin such as http://127.0.0.1:4802`);
  // Both hosts of testnet have their sockets on a third one.
  const own = OWN_HOSTS.map(environment).find(({ origin }) => origin === given.origin);
  if (own?.network === 'mainnet' && network !== 'mainnet')
    throw new StartProblem(`--apex-url ${url} is the real ApeX: say --network mainnet`);
  return own ?? given;
}

/** Throws StartProblem for a market that ApeX could not have. */
export function apexMarket(text: string | null): DashSymbol {
  const symbol = dashSymbol(text ?? APEX_DEFAULT_MARKET);
  if (symbol !== null) return symbol;
  throw new StartProblem(`--market "${text}": markets of ApeX are spelt like BTC-USDT`);
}

const NAMES = {
  apexKey: 'MM_APEX_KEY',
  apexSecret: 'MM_APEX_SECRET',
  apexPassphrase: 'MM_APEX_PASSPHRASE',
  apexSeed: 'MM_APEX_SEED',
} as const;

const demand = (missing: readonly (keyof typeof NAMES)[]): StartProblem =>
  new StartProblem(
    `ApeX needs keys: set ${missing.map((name) => NAMES[name]).join(', ')} in .env (docs/go-live.md says where they are made); --network paper needs none`,
  );

const OF_API = ['apexKey', 'apexSecret', 'apexPassphrase'] as const;

/** What reads the account and cancels. `paperKey`: of a throw-away account, else null. Throws StartProblem. */
export function apexApiKey(keys: VenueKeys, paperKey: string | null): ApiKey {
  if (paperKey !== null) return loopbackCredentials(paperKey);
  const { apexKey: key, apexSecret: secret, apexPassphrase: passphrase } = keys;
  if (key !== null && secret !== null && passphrase !== null) return { key, secret, passphrase };
  throw demand(OF_API.filter((name) => keys[name] === null));
}

/** That and what signs orders. Throws StartProblem, once for all that is missing. */
export function apexCredentials(
  values: VenueKeys & Pick<ParameterValues, 'apexSeed'>,
  paperKey: string | null,
): { readonly api: ApiKey; readonly seed: Uint8Array } {
  const text = paperKey === null ? values.apexSeed : loopbackCredentials(paperKey).seed;
  if (text === null) throw demand([...OF_API.filter((name) => values[name] === null), 'apexSeed']);
  const seed = parseSeed(text);
  if (seed === null) throw new StartProblem('MM_APEX_SEED must be the Omni Key: 130 hex digits');
  return { api: apexApiKey(values, paperKey), seed };
}
