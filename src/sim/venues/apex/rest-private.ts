// The signed calls of the simulated ApeX. A call's answer leaves first; what it caused is told on the private stream after
// it (`act`). There is no amend and no batch of new orders, as at the venue.
import type { Side, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { accountWire, balanceWire, snapshotContents } from './account-views.js';
import type { ApexAccount } from './account.js';
import { idsOf } from './form.js';
import type { VenueOrder } from './order.js';
import { CODE, Refusal, refuse } from './refusal.js';
import type { Answer, Call, PrivateRoute } from './routes.js';
import { pageOf } from './routes.js';

function create({ venue, form }: Call, account: ApexAccount): Answer {
  const order = venue.desk.check(account, form.fields, venue.now());
  const data = account.place(order);
  venue.placed(account, order.facts.id);
  return { data, act: () => account.flush() };
}

/** Throws Refusal in the venue's words when there is nothing to cancel. */
function cancellable(order: VenueOrder | undefined): VenueOrder {
  if (order === undefined) throw refuse('ORDER_NOT_FOUND');
  if (order.status === 'FILLED') throw refuse('ORDER_NOT_CANCEL_FILLED');
  if (!order.open) throw refuse('ORDER_NOT_CANCEL_INVALID_STATUS');
  return order;
}

const cancelled = (account: ApexAccount, orders: readonly VenueOrder[], data: unknown): Answer => {
  for (const order of orders) account.cancel(order);
  return { data, act: () => account.flush() };
};

const idOf = (text: string | null | undefined): string => {
  if (text === null || text === undefined || text === '')
    throw new Refusal(CODE.business, 'id is required');
  return text;
};

function cancelBy(book: 'orders' | 'byClientId') {
  return ({ form }: Call, account: ApexAccount): Answer => {
    const id = idOf(form.fields.get('id'));
    return cancelled(account, [cancellable(account[book].get(id))], id);
  };
}

/** Unknown and closed ones are no error: the answer names those that were taken. */
function cancelMany(book: 'orders' | 'byClientId') {
  return ({ venue, form }: Call, account: ApexAccount): Answer => {
    const ids = idsOf(form, venue.quirks.batchIds);
    const taken = ids.filter((id) => account[book].get(id)?.open === true);
    const orders = taken.map((id) => account[book].get(id) as VenueOrder);
    return cancelled(account, orders, taken);
  };
}

function cancelAll({ venue, form }: Call, account: ApexAccount): Answer {
  const symbols = form.fields.get('symbol')?.split(',') ?? [];
  for (const symbol of symbols) venue.rules.known(symbol);
  return cancelled(account, [...account.openOrders], '');
}

function orderBy(book: 'orders' | 'byClientId') {
  return ({ query }: Call, account: ApexAccount): Answer => {
    const order = account[book].get(idOf(query.get('id')));
    if (order === undefined) throw refuse('ORDER_NOT_FOUND');
    return { data: account.wire(order) };
  };
}

/** Filters that history and fills share. */
const wanted = (query: URLSearchParams, fields: Readonly<Record<string, unknown>>): boolean =>
  ['symbol', 'side', 'status', 'type', 'orderId'].every((name) => {
    const value = query.get(name);
    return value === null || value === '' || fields[name] === value;
  });

function historyOrders({ query }: Call, account: ApexAccount): Answer {
  const wires = account.history.map((order) => account.wire(order));
  const found = wires.filter((wire) => wanted(query, { ...wire }));
  const { page, totalSize } = pageOf(found, query, (wire) => wire.createdAt);
  return { data: { orders: page, totalSize } };
}

/** Fills come under the name `orders`. */
function fills({ query }: Call, account: ApexAccount): Answer {
  const found = account.fills.filter((fill) => wanted(query, { ...fill }));
  const { page, totalSize } = pageOf(found, query, (fill) => fill.createdAt);
  return { data: { orders: page, totalSize } };
}

function funding({ query }: Call, account: ApexAccount): Answer {
  const found = account.payments.filter((payment) => wanted(query, { ...payment }));
  const { page, totalSize } = pageOf(found, query, (payment) => payment.fundingTime);
  const fundingValues = page.map((p) => ({ ...p, status: 'SUCCESS', transactionId: p.id }));
  return { data: { fundingValues, totalSize } };
}

/** The price at which the book gives the size; the edge of the range where it does not. */
function worstPrice({ venue, query }: Call): Answer {
  const { market, rules } = venue;
  rules.known(query.get('symbol') ?? '');
  const { instrument } = market;
  const side: Side = query.get('side') === 'SELL' ? ASK : BID;
  let left = Number(query.get('size') ?? '0') / instrument.lotSize;
  const levels = market.levels(side === BID ? ASK : BID, 1_000);
  const level = levels.find(([, lots]) => (left -= lots) <= 0);
  const edge = market.fair * (1 + side * Number(rules.contract.maxMarketPriceRange));
  const price = (ticks: number | undefined): string =>
    ticks === undefined ? '' : instrument.formatPrice(Math.max(1, Math.round(ticks)) as Ticks);
  const [bid] = market.levels(BID, 1);
  const [ask] = market.levels(ASK, 1);
  const worst = price(level?.[0] ?? (side === BID ? Math.floor(edge) : Math.ceil(edge)));
  return {
    data: { worstPrice: worst, bidOnePrice: price(bid?.[0]), askOnePrice: price(ask?.[0]) },
  };
}

function marginRate({ venue, form }: Call): Answer {
  venue.rules.known(form.fields.get('symbol'));
  const rate = Number(form.fields.get('initialMarginRate'));
  if (!(rate > 0 && rate <= 1)) throw new Refusal(CODE.business, 'initialMarginRate is invalid');
  return { data: '' };
}

const get = (path: string, run: PrivateRoute['run']): PrivateRoute => ({
  method: 'GET',
  path,
  run,
});
const post = (path: string, run: PrivateRoute['run']): PrivateRoute => ({ method: 'POST', path, run }); // prettier-ignore

export const PRIVATE_ROUTES: readonly PrivateRoute[] = [
  get('/account', ({ venue }, account) => ({ data: accountWire(account, venue.accounts.l2KeyOf(account)) })),
  get('/account-balance', ({ venue }, account) => ({ data: balanceWire(account, venue.now()) })),
  get('/account-snapshot', ({ venue }, account) => ({ data: snapshotContents(account, venue.accounts.l2KeyOf(account)) })),
  get('/user', (_call, account) => ({ data: { ethereumAddress: account.id, isRegistered: true } })),
  get('/open-orders', (_call, account) => ({ data: [...account.openOrders].map((order) => account.wire(order)) })),
  get('/order', orderBy('orders')),
  get('/order-by-client-order-id', orderBy('byClientId')),
  get('/history-orders', historyOrders),
  get('/fills', fills),
  get('/order-fills', fills),
  get('/funding', funding),
  get('/historical-pnl', () => ({ data: { historicalPnl: [], totalSize: 0 } })),
  get('/get-worst-price', worstPrice),
  post('/order', create),
  post('/delete-order', cancelBy('orders')),
  post('/delete-client-order-id', cancelBy('byClientId')),
  post('/delete-orders', cancelMany('orders')),
  post('/delete-client-order-ids', cancelMany('byClientId')),
  post('/delete-open-orders', cancelAll),
  post('/set-initial-margin-rate', marginRate),
]; // prettier-ignore
