// ApeX as mm sees a venue: trade, reach, keys, checks, feed. What `mm keys` and `mm doctor` do sends nothing that changes
// anything, and never says a secret.
import { randomBytes } from 'node:crypto';
import { ApexClient } from '#clients/apex/client';
import { isFields, textOf } from '#clients/apex/codec/words';
import { API, PATHS, type ApexEnvironment } from '#clients/apex/endpoints';
import { readReply } from '#clients/apex/errors';
import { signedHeaders, type ApiKey } from '#clients/apex/sign/request';
import { inThreadSigner, type ApexSigner } from '#clients/apex/signer';
import { realNetwork } from '#clients/net/network';
import type { VenueFacts } from '#clients/net/venue-client';
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { MICROS_PER_MS, fromSeconds } from '#core/units';
import { apexCredentials, apexEnvironment, apexMarket } from './apex-account.js';
import { apexFeed } from './apex-feed.js';
import { apexEmergency, apexPlace, signingThread } from './apex-place.js';
import { apexSwitches } from './apex-switches.js';
import { ask } from './ask-venue.js';
import { WallClock } from './clock.js';
import { newRunId } from './run-id.js';
import type { AddCheck, VenueIdentity, VenueModule } from './venue-module.js';
import { WireInbox } from './wire-inbox.js';

const TIMEOUT = fromSeconds(5);

export const APEX: VenueModule = {
  place: apexPlace,
  emergency: apexEmergency,
  identity,
  exportKey: null,
  examine,
  feed: apexFeed,
  url: ({ apexUrl }) => apexUrl,
};

/** The public key comes from the seed alone; the account is what the API key opens. */
async function identity(values: ParameterValues): Promise<VenueIdentity> {
  const environment = apexEnvironment(values.network, values.apexUrl);
  const { api, seed } = apexCredentials(values, null);
  const { l2Key } = signerHere(seed);
  const { account, key } = await accountOf(environment, api);
  const plain = (text: string): string => text.toLowerCase().replace(/^0x/, '');
  const matches = plain(key) === plain(l2Key);
  const { network } = values;
  return {
    facts: { network, account, l2Key, accountL2Key: key, matches },
    lines: [
      ['network', `${network} (${environment.origin})`],
      ['account', account],
      ['l2Key', l2Key],
      ['the seed', matches ? 'is that of the account' : `IS ANOTHER ONE: the account has ${key}`],
    ],
  };
}

function signerHere(seed: Uint8Array): ApexSigner {
  try {
    return inThreadSigner(seed);
  } catch (error) {
    throw new StartProblem(`orders for ApeX cannot be signed: ${(error as Error).message}`);
  }
}

/** Throws StartProblem with what the venue said. */
async function accountOf(
  { origin }: ApexEnvironment,
  api: ApiKey,
): Promise<{ readonly account: string; readonly key: string }> {
  const clock = new WallClock();
  const path = `${API}${PATHS.account}`;
  const stampMs = Math.floor(clock.nowUs() / MICROS_PER_MS);
  const headers = signedHeaders(api, stampMs, 'GET', path, '');
  const url = `${origin}${path}`;
  const outcome = await ask(realNetwork(clock), { method: 'GET', url, headers, timeout: TIMEOUT });
  if (outcome.kind !== 'reply')
    throw new StartProblem(
      `ApeX does not answer at ${origin} (${outcome.detail}); check the connection, --network and --apex-url`,
    );
  const reply = readReply(outcome.status, outcome.body);
  if (reply.kind === 'failed') throw new StartProblem(`ApeX: ${reply.failure.detail}`);
  const fields = isFields(reply.data) ? reply.data : {};
  return { account: textOf(fields, 'id'), key: textOf(fields, 'l2Key') };
}

async function examine(values: ParameterValues, add: AddCheck): Promise<VenueFacts> {
  const environment = apexEnvironment(values.network, values.apexUrl);
  const { api, seed } = apexCredentials(values, null);
  const symbol = apexMarket(values.market);
  const switches = apexSwitches(values.apexSwitches);
  const signer = await signingThread(seed);
  const clock = new WallClock();
  const client = new ApexClient({
    ...{ network: realNetwork(clock), clock, seed: randomBytes(8).toString('hex') },
    ...{ api, signer, environment, symbol, switches },
    ...{ runId: newRunId(), inbox: new WireInbox(clock) },
  });
  try {
    const facts = await client.start();
    add('ok', `API key, clock, and the account's l2Key ${signer.l2Key}, which is that of the seed`);
    return facts;
  } finally {
    await client.close();
  }
}
