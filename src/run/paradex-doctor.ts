// `mm doctor` at Paradex: key and account against the venue's word, a start of the real client, then what the market
// allows and what the key may do. Whether it may trade is asked by cancelling an order that does not exist: nothing else
// tells, and it changes nothing. Never says a key.
import { randomBytes } from 'node:crypto';
import { realNetwork } from '#clients/net/network';
import { ParadexClient } from '#clients/paradex/client';
import { makeBudgets } from '#clients/paradex/client-budget';
import { ParadexRest, replyText } from '#clients/paradex/client-rest';
import type { RestCall, RestReply } from '#clients/paradex/client-rest';
import { VenueTime } from '#clients/net/venue-time';
import { TokenKeeper } from '#clients/paradex/client-token';
import { isRecord, listOf, numberOf, textOf } from '#clients/paradex/client-words';
import { PATHS } from '#clients/paradex/endpoints';
import type { ParameterValues } from '#config/parameters';
import type { Network } from '#core/outside';
import { Random } from '#core/random';
import { WallClock } from './clock.js';
import { PARADEX_DEFAULT_MARKET, onboard, paradexEnvironment, paradexIdentity } from './paradex-account.js'; // prettier-ignore
import type { ParadexIdentity } from './paradex-account.js';
import { paradexMarket } from './paradex-markets.js';
import { paradexSwitches } from './paradex-switches.js';
import { newRunId } from './run-id.js';
import { clientWarnings } from './client-warnings.js';
import type { AddCheck, Examined } from './venue-module.js';
import { together } from './venue-problem.js';
import { WireInbox } from './wire-inbox.js';

type Fields = Readonly<Record<string, unknown>>;

/** Throws StartProblem or VenueProblem; null when a check before that failed. */
export async function examineParadex(
  values: ParameterValues,
  add: AddCheck,
): Promise<Examined | null> {
  const clock = new WallClock();
  const network = realNetwork(clock);
  const environment = paradexEnvironment(values.network, values.paradexUrl);
  const market = values.market ?? PARADEX_DEFAULT_MARKET;
  const [identity, wire] = await together([
    paradexIdentity(network, environment, values, (text) => add('warning', text)),
    paradexMarket(network, environment.rest, market),
  ]);
  if (!(await accountCheck(network, identity, values, add))) return null;
  const rest = new Asking(network, clock, identity);
  try {
    const spec: Fields = { ...wire };
    const client = new ParadexClient({
      ...{ network, clock, seed: randomBytes(8).toString('hex'), signer: identity.signer },
      ...{ environment, market, runId: newRunId(), inbox: new WireInbox(clock) },
      switches: paradexSwitches(values.paradexSwitches),
    });
    try {
      const facts = await client.start();
      clientWarnings(facts.warnings, add);
      await permissionChecks(rest, identity, values, add);
      marketChecks(spec, market, clock, add);
      const mark = facts.instrument.mark(await markOf(rest, market));
      return { facts, limits: limitsOf(spec, mark) };
    } finally {
      await client.close();
    }
  } finally {
    rest.close();
    clock.release();
  }
}

/** Adds what is known of key and account; false when nothing more can be asked. */
async function accountCheck(
  network: Network,
  identity: ParadexIdentity,
  values: ParameterValues,
  add: AddCheck,
): Promise<boolean> {
  const { signer, subkey, onboarded } = identity;
  const whose = subkey ? ', by a subkey' : '';
  add('ok', `key and account ${signer.account}${whose}, signer ${signer.kind}`);
  if (onboarded) add('ok', 'onboarding: the venue says that this key made the account');
  if (onboarded || subkey) return true;
  if (values.network !== 'mainnet' && values.paradexUrl !== null) {
    await onboard(network, identity); // a mm venue paradex: mm run does the same
    add('ok', 'onboarding: the account was made there just now, as mm run does');
    return true;
  }
  const remedy = `log in once with it in the web app of ${values.network}, or set MM_PARADEX_ACCOUNT for a subkey`;
  add('problem', `no account belongs to this key: ${remedy}`);
  return false;
}

/** One client's worth of requests, apart from that client: its answers are facts already. */
class Asking {
  private readonly token: TokenKeeper;
  private readonly rest: ParadexRest;

  constructor(network: Network, clock: WallClock, { signer, environment }: ParadexIdentity) {
    const time = new VenueTime(clock);
    const random = new Random(randomBytes(8).toString('hex'));
    const { rest: base } = environment;
    this.token = new TokenKeeper({ network, clock, time, random, signer, rest: base });
    this.rest = new ParadexRest({
      ...{ network, clock, base, token: this.token, budgets: makeBudgets(clock.nowUs()) },
      counters: {
        ...{ connects: 0, cuts: 0, gaps: 0, requests: 0, failures: 0, unknowns: 0 },
        ...{ unreadable: 0, duplicateFills: 0, messages: 0 },
      },
    });
  }

  ask(call: RestCall): Promise<RestReply> {
    return new Promise((resolve) => this.rest.call(call, resolve));
  }

  get(path: string, scope: 'public' | 'reads'): Promise<RestReply> {
    return this.ask({ method: 'GET', path, scope });
  }

  close(): void {
    this.token.close();
  }
}

const itemsOf = (reply: RestReply): readonly Fields[] =>
  reply.kind === 'ok' ? (listOf(reply.json) ?? []) : [];

async function markOf(rest: Asking, market: string): Promise<number> {
  const path = `${PATHS.marketsSummary}?market=${encodeURIComponent(market)}`;
  const [summary] = itemsOf(await rest.get(path, 'public'));
  return summary === undefined ? 0 : numberOf(summary, 'mark_price');
}

function marketChecks(spec: Fields, market: string, clock: WallClock, add: AddCheck): void {
  const nowMs = clock.nowUs() / 1_000;
  const [opens, expires] = [numberOf(spec, 'open_at'), numberOf(spec, 'expiry_at')];
  const mode = textOf(spec, 'trading_mode') || 'STANDARD';
  if (opens > nowMs)
    add('problem', `${market} opens at ${new Date(opens).toISOString()}: choose another --market`);
  else if (expires > 0 && expires < nowMs)
    add('problem', `${market} ended at ${new Date(expires).toISOString()}: choose another --market`); // prettier-ignore
  else if (mode !== 'STANDARD')
    add('warning', `${market} is in trading mode ${mode}: orders may be refused`);
  else add('ok', `market: ${market} is open, trading mode ${mode}`);
}

const atLeastZero = (value: number): number | null => (value > 0 ? value : null);

function limitsOf(spec: Fields, mark: Examined['limits']['mark']): Examined['limits'] {
  const margin = spec['delta1_cross_margin_params'];
  return {
    mark,
    maxOrderSize: atLeastZero(numberOf(spec, 'max_order_size')),
    maxOpenOrders: atLeastZero(numberOf(spec, 'max_open_orders')),
    maxPosition: atLeastZero(numberOf(spec, 'position_limit')),
    initialMargin: isRecord(margin) ? atLeastZero(numberOf(margin, 'imf_base')) : null,
  };
}

async function permissionChecks(
  rest: Asking,
  { subkey }: ParadexIdentity,
  { network }: ParameterValues,
  add: AddCheck,
): Promise<void> {
  const account = await rest.get(PATHS.account, 'reads');
  const fields = account.kind === 'ok' && isRecord(account.json) ? account.json : {};
  const status = textOf(fields, 'status');
  if (status === 'ACTIVE') add('ok', 'account status ACTIVE');
  else if (status === '') add('unknown', `account status: not said (${replyText(account)})`);
  else add('problem', `account status ${status}: see to it on the site of the venue first`);
  const nobodys = `mm-doctor-${randomBytes(6).toString('hex')}`;
  const path = PATHS.orderByClientId(nobodys);
  tradeCheck(await rest.ask({ method: 'DELETE', path, scope: 'orders' }), add);
  if (subkey) add('ok', 'permissions: a subkey, which can trade and not withdraw');
  else if (network !== 'paper')
    add('warning', 'permissions: this is the main key of the account, it can withdraw too: make a subkey for the bot (docs/go-live.md)'); // prettier-ignore
  if (network === 'paper') return;
  add('unknown', 'permissions: an IP allow-list of the key (this address is let in now), and whether the venue takes our signature of an order: the first order shows it (check list in docs/go-live.md)'); // prettier-ignore
}

function tradeCheck(reply: RestReply, add: AddCheck): void {
  const said = replyText(reply);
  const refused = reply.kind === 'refused' ? reply : null;
  if (
    reply.kind === 'ok' ||
    refused?.status === 404 ||
    /NOT_FOUND|IS_CLOSED/.test(refused?.code ?? '')
  )
    // prettier-ignore
    add('ok', 'permissions: the key may read and trade (a cancel of no order was heard)');
  else if (refused !== null && refused.status !== 429 && !/SYSTEM_STATUS/.test(refused.code))
    add('problem', `permissions: the key may not trade (${said}): make a subkey that can, or mend its scope or IP allow-list in the web app`); // prettier-ignore
  else add('unknown', `permissions: whether the key may trade (${said}): try again`);
}
