// The private REST calls of the simulated Paradex: token, onboarding, account and every order call. What the exchange
// does about an order happens after the reply has left (`act`).
import { jsonText } from '../json.js';
import type { ParadexAccount } from './account.js';
import { accountWire, balanceWire, infoWire, positionWire } from './account-views.js';
import type { VenueOrder } from './order.js';
import { batchOf, bodyOf } from './order-entry.js';
import { invalid, Refusal } from './refusal.js';
import type { Route, RouteAnswer, RouteContext, RouteScope } from './routes.js';

const DEFAULT_EXPIRATION_S = 1_800;
const MOST_HISTORY = 5_000;

function header(context: RouteContext, name: string): string {
  const value = context.request.headers[name];
  if (value !== undefined && value !== '') return value;
  throw invalid(`header ${name} is required`);
}

function jsonBody(context: RouteContext): unknown {
  const { body } = context.request;
  if (body === '') return {};
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, 'BINDING_ERROR', 'the request body is not JSON');
  }
}

const json = (status: number, value: unknown): RouteAnswer => ({ status, body: jsonText(value) });

function auth(context: RouteContext): RouteAnswer {
  const { venue, params } = context;
  const timestampS = Number(header(context, 'paradex-timestamp'));
  const given = context.request.headers['paradex-signature-expiration'];
  const expirationS = given === undefined ? timestampS + DEFAULT_EXPIRATION_S : Number(given);
  const account = venue.accounts.authenticate(
    {
      account: header(context, 'paradex-starknet-account'),
      signature: header(context, 'paradex-starknet-signature'),
      publicKey: params[0] ?? null,
      ...{ timestampS, expirationS },
    },
    venue.now(),
  );
  return json(200, { jwt_token: venue.issueToken(account) });
}

function onboard(context: RouteContext): RouteAnswer {
  const publicKey = bodyOf(jsonBody(context))['public_key'];
  if (typeof publicKey !== 'string') throw invalid('public_key is required');
  const account = header(context, 'paradex-starknet-account');
  const signature = header(context, 'paradex-starknet-signature');
  context.venue.accounts.onboard(account, publicKey, signature);
  return json(200, {});
}

function openOrders(context: RouteContext, account: ParadexAccount): RouteAnswer {
  const { venue, query } = context;
  const market = query.get('market');
  const wanted = market === null || market === '' || market === account.market;
  const orders = wanted ? [...account.openOrders] : [];
  return json(200, { results: orders.map((order) => venue.calls.wire(account, order)) });
}

function history(context: RouteContext, account: ParadexAccount): RouteAnswer {
  const { venue, query } = context;
  const tests: ((order: VenueOrder) => boolean)[] = [];
  const filter = (name: string, value: (order: VenueOrder) => string): void => {
    const wanted = query.get(name);
    if (wanted !== null && wanted !== '') tests.push((order) => value(order) === wanted);
  };
  filter('client_id', (order) => order.facts.clientId);
  filter('market', () => account.market);
  filter('side', (order) => (order.facts.side > 0 ? 'BUY' : 'SELL'));
  filter('status', (order) => order.status);
  filter('type', (order) => order.facts.type);
  const orders = account.history.filter((order) => tests.every((test) => test(order)));
  const time = (order: VenueOrder): number => order.facts.receivedUs / 1000;
  const page = venue.pages.of('orders', orders, query, time, MOST_HISTORY);
  return json(200, { ...page, results: page.results.map((o) => venue.calls.wire(account, o)) });
}

function fills(context: RouteContext, account: ParadexAccount): RouteAnswer {
  const { venue, query } = context;
  const market = query.get('market');
  const wanted = market === null || market === '' || market === account.market;
  const list = wanted ? account.fills : [];
  return json(
    200,
    venue.pages.of('fills', list, query, (fill) => fill.created_at, MOST_HISTORY),
  );
}

function payments(context: RouteContext, account: ParadexAccount): RouteAnswer {
  const { venue, query } = context;
  const time = (payment: { created_at: number }): number => payment.created_at;
  return json(200, venue.pages.of('payments', account.payments, query, time, MOST_HISTORY));
}

function busts({ venue, query }: RouteContext, account: ParadexAccount): RouteAnswer {
  const time = (bust: { created_at: number }): number => bust.created_at;
  return json(200, venue.pages.of('busts', account.busts, query, time, MOST_HISTORY));
}

function positions(context: RouteContext, account: ParadexAccount): RouteAnswer {
  const { venue } = context;
  const traded = account.fills.length > 0 || account.exchange.account.position.lots !== 0;
  const position = positionWire(account, venue.now(), venue.seq());
  return json(200, { results: traded ? [position] : [] });
}

function oneOrder(context: RouteContext, account: ParadexAccount): RouteAnswer {
  const { venue, params } = context;
  const id = params[0] ?? '';
  const order = account.orders.get(id);
  if (order === undefined) throw new Refusal(404, 'ORDER_ID_NOT_FOUND', `order ${id} not found`);
  return json(200, venue.calls.wire(account, order));
}

function create(context: RouteContext, account: ParadexAccount): RouteAnswer {
  const answer = context.venue.calls.create(account, bodyOf(jsonBody(context)), 0);
  return { ...json(201, answer.result), act: answer.act };
}

function createBatch(context: RouteContext, account: ParadexAccount): RouteAnswer {
  const { calls, rules } = context.venue;
  const bodies = batchOf(
    jsonBody(context),
    rules.quirks.batchParams === 'object' ? 'both' : 'array',
  );
  const answer = calls.batch(account, bodies, 0);
  return { ...json(201, answer.result), act: answer.act };
}

function modify(context: RouteContext, account: ParadexAccount): RouteAnswer {
  const { calls } = context.venue;
  const id = context.params[0] ?? '';
  const answer = calls.modify(account, id, bodyOf(jsonBody(context)), 0);
  return { ...json(200, answer.result), act: answer.act };
}

function cancelOne(context: RouteContext, account: ParadexAccount): RouteAnswer {
  const { calls } = context.venue;
  const answer = calls.cancel(account, calls.openOrder(account, context.params[0] ?? ''));
  return { status: 204, body: '', act: answer.act };
}

function cancelByClientId(context: RouteContext, account: ParadexAccount): RouteAnswer {
  const { calls } = context.venue;
  const answer = calls.cancel(account, calls.openByClientId(account, context.params[0] ?? ''));
  return { status: 204, body: '', act: answer.act };
}

function cancelBatch(context: RouteContext, account: ParadexAccount): RouteAnswer {
  const body = bodyOf(jsonBody(context));
  const words = (name: string): string[] => {
    const list = body[name];
    return Array.isArray(list) ? list.map(String) : [];
  };
  const answer = context.venue.calls.cancelBatch(
    account,
    words('order_ids'),
    words('client_order_ids'),
  );
  return { ...json(200, { results: answer.result }), act: answer.act };
}

function cancelAll(context: RouteContext, account: ParadexAccount): RouteAnswer {
  const answer = context.venue.calls.cancelAll(account, context.query.get('market'));
  return { ...json(200, {}), act: answer.act };
}

/** Set for the whole venue: a wish to change it is answered with what holds. */
const marginOf = ({ market, leverage }: ParadexAccount): object => ({
  ...{ market, leverage, margin_type: 'CROSS' },
});

const margin = (context: RouteContext, account: ParadexAccount): RouteAnswer =>
  json(200, {
    account: account.address,
    configs: [marginOf(account)],
  });

const route = (
  method: Route['method'],
  path: string,
  scope: RouteScope,
  run: Route['run'],
): Route => ({
  ...{ method, path, scope, run },
});
const none = (): RouteAnswer => json(200, { results: [] });

export const PRIVATE_ROUTES: readonly Route[] = [
  route('POST', '/auth', 'auth', auth),
  route('POST', '/auth/:key', 'auth', auth),
  route('POST', '/onboarding', 'auth', onboard),
  route('GET', '/account', 'reads', ({ venue }, account) =>
    json(200, accountWire(account, venue.now(), venue.seq())),
  ),
  route('GET', '/account/info', 'reads', (_context, account) =>
    json(200, { results: [infoWire(account)] }),
  ),
  route('GET', '/account/margin', 'reads', margin),
  route('POST', '/account/margin/:market', 'reads', (context, account) => {
    context.venue.rules.known(context.params[0] ?? '');
    bodyOf(jsonBody(context));
    return json(200, { account: account.address, ...marginOf(account) });
  }),
  route('GET', '/positions', 'reads', positions),
  route('GET', '/balance', 'reads', (_context, account) =>
    json(200, { results: [balanceWire(account)] }),
  ),
  route('GET', '/fills', 'reads', fills),
  route('GET', '/funding/payments', 'reads', payments),
  route('GET', '/transactions', 'reads', none),
  route('GET', '/tradebusts', 'reads', busts),
  route('GET', '/transfers', 'reads', none),
  route('GET', '/orders', 'reads', openOrders),
  route('GET', '/orders-history', 'reads', history),
  route('GET', '/orders/:id', 'reads', oneOrder),
  route('GET', '/orders/by_client_id/:id', 'reads', ({ venue, params }, account) =>
    json(200, venue.calls.wire(account, venue.calls.openByClientId(account, params[0] ?? ''))),
  ),
  route('POST', '/orders', 'orders', create),
  route('POST', '/orders/batch', 'orders', createBatch),
  route('PUT', '/orders/:id', 'orders', modify),
  route('DELETE', '/orders/batch', 'orders', cancelBatch),
  route('DELETE', '/orders/:id', 'orders', cancelOne),
  route('DELETE', '/orders/by_client_id/:id', 'orders', cancelByClientId),
  route('DELETE', '/orders', 'orders', cancelAll),
];
