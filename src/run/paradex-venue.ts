// Paradex as mm sees a venue: trade, reach, keys, checks, feed. What `mm keys` and `mm doctor` do sends nothing that
// changes anything, and never says a private key but into a file asked for.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { realNetwork } from '#clients/net/network';
import { privateKeyFromEthereum } from '#clients/paradex/keys';
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { WallClock } from './clock.js';
import { paradexEnvironment, paradexIdentity, type ParadexIdentity } from './paradex-account.js';
import { examineParadex } from './paradex-doctor.js';
import { paradexFeed } from './paradex-feed.js';
import { paradexEmergency, paradexPaperPlace, paradexPlace } from './paradex-place.js';
import type { VenueIdentity, VenueModule } from './venue-module.js';

export const PARADEX: VenueModule = {
  place: paradexPlace,
  paperPlace: paradexPaperPlace,
  emergency: paradexEmergency,
  identity,
  exportKey,
  examine: examineParadex,
  onPaper,
  feed: paradexFeed,
  url: ({ paradexUrl }) => paradexUrl,
};

/** Known to be a private key on every curve: below the order by its length. */
const KEY_BYTES = 31;

function onPaper(origin: string): Partial<ParameterValues> {
  const paradexPrivateKey = `0x${randomBytes(KEY_BYTES).toString('hex')}`;
  return { paradexUrl: origin, paradexPrivateKey, paradexAccount: null, paradexEthereumKey: null };
}

async function identify(
  values: ParameterValues,
  warn: (text: string) => void,
): Promise<ParadexIdentity> {
  const environment = paradexEnvironment(values.network, values.paradexUrl);
  return await paradexIdentity(realNetwork(new WallClock()), environment, values, warn);
}

async function identity(
  values: ParameterValues,
  warn: (text: string) => void,
): Promise<VenueIdentity> {
  const { signer, chainId, subkey, onboarded } = await identify(values, warn);
  const { account, publicKey } = signer;
  const { network } = values;
  const whose = subkey ? 'a subkey (or not known to the venue)' : 'the main key of the account';
  return {
    facts: { network, chainId, account, publicKey, subkey, onboarded },
    lines: [
      ['network', `${network} (${chainId})`],
      ['account', account],
      ['public key', publicKey],
      ['the key is', whose],
      ['the venue', onboarded ? 'knows it' : 'has no account made by this key'],
    ],
  };
}

/** Writes the L2 key that belongs to the Ethereum key into a new file of mode 600. Throws StartProblem. */
async function exportKey(values: ParameterValues, file: string): Promise<void> {
  const { l1ChainId } = paradexEnvironment(values.network, null);
  if (values.paradexEthereumKey === null)
    throw new StartProblem('there is nothing to derive from: set MM_PARADEX_ETHEREUM_KEY in .env');
  const key = await privateKeyFromEthereum(values.paradexEthereumKey, l1ChainId ?? '1').catch(
    () => {
      throw new StartProblem('MM_PARADEX_ETHEREUM_KEY must be 0x and 64 hex digits');
    },
  );
  try {
    writeFileSync(file, `MM_PARADEX_PRIVATE_KEY=${key}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'failed';
    throw new StartProblem(`${file} cannot be written (${code}); it must not exist yet`);
  }
}
