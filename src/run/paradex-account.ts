// Who we are at Paradex: from the keys of the settings (or a throw-away key on paper) to a signer, with everything that
// can be wrong about them found before anything is signed for an order: key and address are held against the venue's
// own word. Never says a key.
import { environment, loopback, PATHS, type Environment } from '#clients/paradex/endpoints';
import {
  accountAddress,
  privateKeyFromEthereum,
  publicKeyFromPrivate,
} from '#clients/paradex/keys';
import { makeSigner, type ParadexSigner } from '#clients/paradex/sign';
import { StartProblem } from '#config/problem';
import type { Network } from '#core/outside';
import { fromSeconds } from '#core/units';
import { ask } from './ask-venue.js';
import { noAnswer } from './paradex-markets.js';
import type { VenueKeys } from './venue-keys.js';
import type { TradingNetwork } from './venue-place.js';

export const PARADEX_DEFAULT_MARKET = 'BTC-USD-PERP';
const TIMEOUT = fromSeconds(5);

export interface ParadexIdentity {
  readonly environment: Environment;
  readonly signer: ParadexSigner;
  /** The address was given, and the key is not the one that made the account. */
  readonly subkey: boolean;
  /** The venue knows the account. */
  readonly onboarded: boolean;
  readonly chainId: string;
  readonly warnings: readonly string[];
}

/** Where to connect. Throws StartProblem for an address that is none. */
export function paradexEnvironment(network: TradingNetwork, url: string | null): Environment {
  if (url !== null) {
    const found = loopback(url);
    if (found !== null) return found;
    throw new StartProblem(
      `--paradex-url "${url}" must be an origin such as http://127.0.0.1:4801`,
    );
  }
  return environment(network === 'mainnet' ? 'mainnet' : 'testnet');
}

async function read(network: Network, url: string): Promise<Record<string, unknown> | string> {
  const outcome = await ask(network, { method: 'GET', url, headers: {}, timeout: TIMEOUT });
  if (outcome.kind !== 'reply') return outcome.detail;
  if (outcome.status !== 200) return `HTTP ${outcome.status}`;
  try {
    return JSON.parse(outcome.body) as Record<string, unknown>;
  } catch {
    return 'an answer that is no JSON';
  }
}

const textOf = (from: Record<string, unknown>, name: string): string =>
  typeof from[name] === 'string' ? from[name] : '';

const sameHex = (a: string, b: string): boolean => {
  const plain = (text: string): string => text.toLowerCase().replace(/^0x0*/, '');
  return plain(a) === plain(b);
};

/** Throws StartProblem with the remedy. `onWarning`: the fast signer failed its self-test. */
export async function paradexIdentity(
  network: Network,
  env: Environment,
  keys: VenueKeys,
  onWarning: (text: string) => void,
): Promise<ParadexIdentity> {
  const config = await read(network, `${env.rest}${PATHS.systemConfig}`);
  const problems = hasKey(keys) ? [] : [NO_KEY];
  if (typeof config === 'string') problems.push(noAnswer(env.rest, config));
  if (problems.length > 0 || typeof config === 'string') throw new StartProblem(problems);
  const chainId = textOf(config, 'starknet_chain_id');
  const privateKey = await privateKeyOf(keys, textOf(config, 'l1_chain_id'));
  const publicKey = said('MM_PARADEX_PRIVATE_KEY', () => publicKeyFromPrivate(privateKey));
  const derived = said('the class hashes of the venue', () =>
    accountAddress(publicKey, {
      proxyHash: textOf(config, 'paraclear_account_proxy_hash'),
      accountHash: textOf(config, 'paraclear_account_hash'),
    }),
  );
  const query = `account_signer_type=starknet&public_key=${publicKey}`;
  const told = await read(network, `${env.rest}${PATHS.onboarding}?${query}`);
  const known = typeof told === 'string' ? '' : textOf(told, 'address');
  const onboarded = typeof told !== 'string' && told['exists'] === true;
  const own = onboarded && known !== '' ? known : derived;
  const account = keys.paradexAccount ?? own;
  const subkey = !sameHex(account, own);
  if (subkey && onboarded) {
    throw new StartProblem(
      `MM_PARADEX_ACCOUNT is ${account}, but the key given made the account ${own}; correct the address, or give a subkey of that account`,
    );
  }
  const { signer: kind } = keys;
  const signer = await makeSigner({ kind, privateKey, account, chainId }, onWarning);
  const warnings =
    typeof told === 'string' ? [`the venue did not say whose key this is (${told})`] : [];
  return { environment: env, signer, subkey, onboarded, chainId, warnings };
}

const NO_KEY =
  'Paradex needs a key: set MM_PARADEX_PRIVATE_KEY in .env (best a subkey, with MM_PARADEX_ACCOUNT), or MM_PARADEX_ETHEREUM_KEY; --network paper needs none';

const hasKey = ({ paradexPrivateKey, paradexEthereumKey }: VenueKeys): boolean =>
  paradexPrivateKey !== null || paradexEthereumKey !== null;

async function privateKeyOf(keys: VenueKeys, l1ChainId: string): Promise<string> {
  const { paradexPrivateKey, paradexEthereumKey } = keys;
  if (paradexPrivateKey !== null) return paradexPrivateKey;
  if (paradexEthereumKey !== null) {
    try {
      return await privateKeyFromEthereum(paradexEthereumKey, l1ChainId);
    } catch {
      throw new StartProblem('MM_PARADEX_ETHEREUM_KEY must be 0x and 64 hex digits');
    }
  }
  throw new StartProblem(NO_KEY);
}

/** Runs `work`, whose errors name no key; an error becomes a problem of that setting. */
function said<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new StartProblem(`${name} cannot be used: ${(error as Error).message}`);
  }
}

/** Makes the account known to the venue (paper, testnet). Throws StartProblem. */
export async function onboard(network: Network, identity: ParadexIdentity): Promise<void> {
  const { environment: env, signer } = identity;
  const headers = {
    'content-type': 'application/json',
    'PARADEX-ETHEREUM-ACCOUNT': '0x0000000000000000000000000000000000000001',
    'PARADEX-STARKNET-ACCOUNT': signer.account,
    'PARADEX-STARKNET-SIGNATURE': signer.signOnboarding(),
  };
  const body = JSON.stringify({ public_key: signer.publicKey });
  const url = `${env.rest}${PATHS.onboarding}`;
  const outcome = await ask(network, { method: 'POST', url, headers, body, timeout: TIMEOUT });
  if (outcome.kind === 'reply' && outcome.status < 300) return;
  const why = outcome.kind === 'reply' ? `HTTP ${outcome.status}` : outcome.detail;
  throw new StartProblem(`the account could not be made at the venue (${why}); try again`);
}
