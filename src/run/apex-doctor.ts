// `mm doctor` at ApeX: a start of the real client (API key, clock, derived l2Key against the account), then what the
// market allows and what the key may do. Whether it may trade is asked by cancelling an order that does not exist: nothing
// else tells, and it changes nothing. Never says a secret.
import { randomBytes } from 'node:crypto';
import { ApexClient } from '#clients/apex/client';
import { isFields, numberOf, recordsOf, textOf } from '#clients/apex/codec/words';
import { API, PATHS, REQUEST_LIMITS, crossOf, type ApexEnvironment } from '#clients/apex/endpoints';
import { readReply, type ApexReply } from '#clients/apex/errors';
import { encodeForm, signedHeaders, type ApiKey } from '#clients/apex/sign/request';
import { inThreadSigner, type ApexSigner } from '#clients/apex/signer';
import type { DashSymbol } from '#clients/apex/wire';
import { realNetwork } from '#clients/net/network';
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import type { Network } from '#core/outside';
import { MICROS_PER_MS, fromSeconds } from '#core/units';
import { apexCredentials, apexEnvironment, apexMarket } from './apex-account.js';
import { apexContract } from './apex-markets.js';
import { apexSwitches } from './apex-switches.js';
import { ask } from './ask-venue.js';
import { clientWarnings } from './client-warnings.js';
import { WallClock } from './clock.js';
import { newRunId } from './run-id.js';
import type { AddCheck, Examined } from './venue-module.js';
import { together } from './venue-problem.js';
import { WireInbox } from './wire-inbox.js';

const TIMEOUT = fromSeconds(5);
const NOT_SEEN =
  'permissions: what else the API key may do, its IP allow-list (this address is let in now), and whether the venue takes our signature of an order: the first order shows it (check list in docs/go-live.md)';
type Fields = Readonly<Record<string, unknown>>;

/** Throws StartProblem or VenueProblem. */
export async function examineApex(values: ParameterValues, add: AddCheck): Promise<Examined> {
  const environment = apexEnvironment(values.network, values.apexUrl);
  const symbol = apexMarket(values.market);
  const switches = apexSwitches(values.apexSwitches);
  const clock = new WallClock();
  const network = realNetwork(clock);
  const [{ api, seed }, contract] = await together([
    (async () => apexCredentials(values, null))(),
    apexContract(network, environment, symbol),
  ]);
  const signer = signerHere(seed);
  const client = new ApexClient({
    ...{ network, clock, seed: randomBytes(8).toString('hex') },
    ...{ api, signer, environment, symbol, switches },
    ...{ runId: newRunId(), inbox: new WireInbox(clock) },
  });
  try {
    const facts = await client.start();
    add('ok', `API key, and the l2Key of the account ${signer.l2Key}, which is that of the seed`);
    clientWarnings(facts.warnings, add);
    marketChecks(contract, symbol, add);
    await permissionChecks(network, environment, api, add);
    if (values.network !== 'paper') add('unknown', NOT_SEEN);
    const mark = facts.instrument.mark(await markOf(network, environment, symbol));
    return { facts, limits: limitsOf(contract, mark) };
  } finally {
    await client.close();
    clock.release();
  }
}

/** Signs in this thread: nothing here waits for it. Throws StartProblem when it is not sound. */
export function signerHere(seed: Uint8Array): ApexSigner {
  try {
    return inThreadSigner(seed);
  } catch (error) {
    throw new StartProblem(`orders for ApeX cannot be signed: ${(error as Error).message}`);
  }
}

/** The account that the API key opens. Throws StartProblem with what the venue said. */
export async function apexAccount(
  network: Network,
  environment: ApexEnvironment,
  api: ApiKey,
): Promise<Fields> {
  const reply = await signed(network, environment, api, 'GET', PATHS.account, '');
  if (typeof reply === 'string')
    throw new StartProblem(
      `ApeX does not answer at ${environment.origin} (${reply}); check the connection, --network and --apex-url`,
    );
  if (reply.kind === 'failed') throw new StartProblem(`ApeX: ${reply.failure.detail}`);
  return isFields(reply.data) ? reply.data : {};
}

/** A signed request; as text why nothing came. */
async function signed(
  network: Network,
  { origin }: ApexEnvironment,
  api: ApiKey,
  method: 'GET' | 'POST',
  path: string,
  form: string,
): Promise<ApexReply | string> {
  const stampMs = Math.floor(new WallClock().nowUs() / MICROS_PER_MS);
  const headers = signedHeaders(api, stampMs, method, `${API}${path}`, form);
  const body = method === 'POST' ? { body: form } : {};
  const url = `${origin}${API}${path}`;
  const outcome = await ask(network, { method, url, headers, timeout: TIMEOUT, ...body });
  return outcome.kind === 'reply' ? readReply(outcome.status, outcome.body) : outcome.detail;
}

async function open(
  network: Network,
  { origin }: ApexEnvironment,
  path: string,
): Promise<ApexReply | string> {
  const url = `${origin}${API}${path}`;
  const outcome = await ask(network, { method: 'GET', url, headers: {}, timeout: TIMEOUT });
  return outcome.kind === 'reply' ? readReply(outcome.status, outcome.body) : outcome.detail;
}

const dataOf = (reply: ApexReply | string): unknown =>
  typeof reply !== 'string' && reply.kind === 'ok' ? reply.data : null;

async function markOf(
  network: Network,
  environment: ApexEnvironment,
  symbol: DashSymbol,
): Promise<number> {
  const reply = await open(network, environment, `${PATHS.ticker}?symbol=${crossOf(symbol)}`);
  return numberOf(recordsOf(dataOf(reply))[0] ?? {}, 'markPrice');
}

function marketChecks(contract: Fields, symbol: string, add: AddCheck): void {
  if (contract['enableTrade'] === false)
    add('problem', `${symbol} does not trade now: wait, or choose another --market`);
  else if (contract['enableOpenPosition'] === false)
    add('problem', `${symbol} lets nobody open a position now: wait, or choose another --market`);
  else add('ok', `market: ${symbol} trades, positions may be opened`);
}

const atLeastZero = (value: number): number | null => (value > 0 ? value : null);

const limitsOf = (contract: Fields, mark: Examined['limits']['mark']): Examined['limits'] => ({
  mark,
  maxOrderSize: atLeastZero(numberOf(contract, 'maxOrderSize')),
  maxOpenOrders: REQUEST_LIMITS.openOrders, // by the documents: no call tells
  maxPosition: atLeastZero(numberOf(contract, 'maxPositionSize')),
  initialMargin: atLeastZero(numberOf(contract, 'initialMarginRate')),
});

async function permissionChecks(
  network: Network,
  environment: ApexEnvironment,
  api: ApiKey,
  add: AddCheck,
): Promise<void> {
  const account = await apexAccount(network, environment, api);
  const own = isFields(account['contractAccount']) ? account['contractAccount'] : {};
  const status = textOf(own, 'status');
  if (status === 'NORMAL') add('ok', 'account status NORMAL');
  else if (status === '') add('unknown', 'account status: not said');
  else add('warning', `account status ${status} (NORMAL was expected): look at the account on the site`); // prettier-ignore
  const form = encodeForm({ id: `mm-doctor-${randomBytes(6).toString('hex')}` });
  tradeCheck(await signed(network, environment, api, 'POST', PATHS.deleteByClientId, form), add);
}

function tradeCheck(reply: ApexReply | string, add: AddCheck): void {
  const failure = typeof reply !== 'string' && reply.kind === 'failed' ? reply.failure : null;
  const said = typeof reply === 'string' ? reply : (failure?.detail ?? '');
  if (failure?.kind === 'not-found' || (failure === null && typeof reply !== 'string'))
    add('ok', 'permissions: the key may read and trade (a cancel of no order was heard)');
  else if (failure !== null && ['config', 'rejected', 'banned'].includes(failure.kind))
    add('problem', `permissions: the key may not trade (${said}): make an API key that can on the key page of the site`); // prettier-ignore
  else add('unknown', `permissions: whether the key may trade (${said}): try again`);
}
