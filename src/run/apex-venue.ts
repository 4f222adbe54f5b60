// ApeX as mm sees a venue: trade, reach, keys, checks, feed. What `mm keys` and `mm doctor` do changes nothing at the
// venue, and never says a secret.
import { randomBytes } from 'node:crypto';
import { textOf } from '#clients/apex/codec/words';
import { realNetwork } from '#clients/net/network';
import type { ParameterValues } from '#config/parameters';
import { loopbackCredentials } from '#sim/venues/apex/credentials';
import { apexCredentials, apexEnvironment } from './apex-account.js';
import { apexAccount, examineApex, signerHere } from './apex-doctor.js';
import { apexFeed } from './apex-feed.js';
import { apexEmergency, apexPaperPlace, apexPlace } from './apex-place.js';
import { WallClock } from './clock.js';
import type { VenueIdentity, VenueModule } from './venue-module.js';

export const APEX: VenueModule = {
  place: apexPlace,
  paperPlace: apexPaperPlace,
  emergency: apexEmergency,
  identity,
  exportKey: null,
  examine: examineApex,
  onPaper,
  feed: apexFeed,
  url: ({ apexUrl }) => apexUrl,
};

const PAPER_KEY_BYTES = 12;

function onPaper(origin: string): Partial<ParameterValues> {
  const word = `paper-${randomBytes(PAPER_KEY_BYTES).toString('hex')}`;
  const { key, secret, passphrase, seed } = loopbackCredentials(word);
  const keys = { apexKey: key, apexSecret: secret, apexPassphrase: passphrase, apexSeed: seed };
  return { apexUrl: origin, ...keys };
}

/** The public key comes from the seed alone; the account is what the API key opens. */
async function identity(values: ParameterValues): Promise<VenueIdentity> {
  const environment = apexEnvironment(values.network, values.apexUrl);
  const { api, seed } = apexCredentials(values, null);
  const { l2Key } = signerHere(seed);
  const network = realNetwork(new WallClock());
  const account = await apexAccount(network, environment, api);
  const [id, key] = [textOf(account, 'id'), textOf(account, 'l2Key')];
  const plain = (text: string): string => text.toLowerCase().replace(/^0x/, '');
  const matches = plain(key) === plain(l2Key);
  return {
    facts: { network: values.network, account: id, l2Key, accountL2Key: key, matches },
    lines: [
      ['network', `${values.network} (${environment.origin})`],
      ['account', id],
      ['l2Key', l2Key],
      ['the seed', matches ? 'is that of the account' : `IS ANOTHER ONE: the account has ${key}`],
    ],
  };
}
