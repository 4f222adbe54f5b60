// Cards of Paradex's own protocol, the second half: empty deltas, what maintenance ends, busted trades, the cap on open
// orders, subscriptions that name their markets, funding that a fill tells of, coarser books. Over real sockets on
// 127.0.0.1. Both settings of what nobody could confirm: paradex-switches.test.ts.
import { expect, test } from 'vitest';
import { readFrame } from '#clients/paradex/codec/frame';
import type { Frame } from '#clients/paradex/codec/frame';
import type { NewOrder } from './harness.js';
import { quiet, until } from './harness.js';
import { bare, served } from './paradex-served.js';
import type { Served } from './paradex-served.js';
import { RawSocket } from './paradex-trader.js';

/** The mark is 100,000.5; 5 bp of it are 50. */
const NEAR: NewOrder = { side: 'buy', price: '99990', size: '0.01' };
const FAR: NewOrder = { ...NEAR, price: '99940' };
const SBE = '?sbeSchemaId=1&sbeSchemaVersion=1';
const DELTAS = 'order_book.BTC-USD-PERP.deltas';

const publicSocket = ({ server }: Served): Promise<RawSocket> =>
  RawSocket.open(`${server.origin.replace('http', 'ws')}/v1${SBE}`);
const framesOf = (socket: RawSocket): Frame[] =>
  socket.frames.map((bytes) => {
    const frame = readFrame(bytes);
    if (typeof frame === 'string') throw new Error(frame);
    return frame;
  });

test('VC-91 what changes nothing in the book is an empty delta of the next number', async () => {
  const venue = await served();
  const socket = await publicSocket(venue);
  await socket.call('subscribe', { channel: DELTAS });
  venue.market.level('buy', 100_000, 1); // as it is
  venue.market.level('buy', 100_000, 2);
  await until(() => socket.frames.length === 3, 'three frames');
  const [first, empty, change] = framesOf(socket);
  const seq = Number(first?.values['seq']);
  expect(empty).toMatchObject({ bids: [], asks: [] });
  expect(Number(empty?.values['seq'])).toBe(seq + 1);
  expect(change).toMatchObject({ bids: [['100000', '2']], asks: [] });
  expect(Number(change?.values['seq'])).toBe(seq + 2);
});

test.each(['cancel_only', 'post_only'] as const)(
  'VC-92 %s ends what rests more than 5 bp away, also later',
  async (state) => {
    const { face, market, trader } = await served();
    await trader.place({ ...NEAR, clientId: 'near' });
    await trader.place({ ...FAR, clientId: 'far' });
    face.setSystem(state);
    await until(() => trader.heard.orders.some((o) => !o.open), 'the end of one');
    expect((await trader.open()).map((o) => o.clientId)).toEqual(['near']);
    expect((await trader.look('far'))?.ending).toBe('OUTSIDE_MAINTENANCE_BAND');
    market.mark(100_060);
    await until(
      () => trader.heard.orders.filter((o) => !o.open).length === 2,
      'the end of the other',
    );
    face.setSystem('ok');
    await trader.place({ ...FAR, clientId: 'again' });
    market.mark(100_061);
    await quiet();
    expect(await trader.open()).toHaveLength(1);
  },
);

test('VC-93 by the other reading only what lies through the fair price is ended', async () => {
  const { face, market, trader } = await served({ maintenanceBand: 'through' });
  await trader.place({ ...FAR, clientId: 'far' });
  await trader.place({ ...NEAR, clientId: 'near' });
  face.setSystem('post_only');
  await quiet();
  expect(await trader.open()).toHaveLength(2);
  market.mark(99_900); // the nearer bid is now 9 bp through it, the other 4
  await until(() => trader.heard.orders.some((o) => !o.open), 'the end of one');
  expect((await trader.open()).map((o) => o.clientId)).toEqual(['far']);
});

test.each([
  ['general', 100],
  ['market', 20],
] as const)('VC-94 open orders by the %s cap: %i', async (openOrderCap, cap) => {
  const { face, trader } = await served({ openOrderCap });
  face.changeMarket({ max_open_orders: '20' as never });
  for (let i = 0; i < cap; i += 10)
    await trader.placeAll(
      Array.from({ length: 10 }, (_, n) => ({ ...NEAR, clientId: `c${i + n}` })),
    );
  expect(face.accounts.get(trader.signer.account)?.openOrders.size).toBe(cap);
  expect(await trader.place({ ...NEAR, clientId: 'more' })).toMatchObject({ ok: false });
});

test('VC-95 a summary for a list of markets, which modify_subscription changes', async () => {
  const venue = await served();
  const socket = await publicSocket(venue);
  const channel = 'markets_summary';
  const heard = (): number => socket.frames.length;
  await socket.call('subscribe', { channel, markets: ['ETH-USD-PERP'] });
  venue.market.mark(100_010);
  await quiet();
  expect(heard()).toBe(0);
  const added = await socket.call('modify_subscription', { channel, add: ['BTC-USD-PERP'] });
  expect(added).toMatchObject({ result: { channel } });
  await until(() => heard() === 1, 'the state at once');
  venue.market.mark(100_020);
  await until(() => heard() === 2, 'the next');
  await socket.call('modify_subscription', { channel, remove: ['BTC-USD-PERP'] });
  venue.market.mark(100_030);
  await quiet();
  expect(heard()).toBe(2);
  for (const params of [
    { channel: DELTAS, add: [] },
    { channel, add: 'BTC' },
  ])
    expect(await socket.call('modify_subscription', params)).toHaveProperty('error');
  expect(await socket.call('subscribe', { channel: DELTAS, markets: [] })).toHaveProperty('error');
});

test.each([
  ['with-fills', '-10.00005', 1],
  ['alone', '0', 1],
] as const)(
  'VC-96 funding that is paid %s: unrealised until then, one record',
  async (fundingPaid, unrealised, records) => {
    const { market, trader } = await served({ fundingPaid });
    await trader.place({ ...NEAR, kind: 'market', price: '0', size: '1' });
    market.funding(0.0001, true);
    market.funding(0, false);
    const rows = async (path: string): Promise<Record<string, unknown>[]> =>
      (await trader.rest('GET', path)).json['results'] as Record<string, unknown>[];
    expect((await rows('/positions'))[0]?.['unrealized_funding_pnl']).toBe(unrealised);
    expect(await rows('/funding/payments?market=BTC-USD-PERP')).toHaveLength(
      fundingPaid === 'alone' ? records : 0,
    );
    await trader.place({ ...NEAR, side: 'sell', kind: 'market', price: '0', size: '0.5' });
    expect((await rows('/positions'))[0]?.['unrealized_funding_pnl']).toBe('0');
    const payments = await rows('/funding/payments?market=BTC-USD-PERP');
    expect(payments).toMatchObject([{ payment: '-10.00005' }]);
    const [fill] = await rows('/fills');
    expect(fill).toMatchObject({ realized_funding: '-10.00005' });
    expect(payments[0]?.['fill_id']).toBe(fundingPaid === 'alone' ? '' : fill?.['id']);
  },
);

test('VC-75 a trade bust is told of, listed page by page, and takes the position back', async () => {
  const { face, trader } = await served();
  await trader.socket?.call('subscribe', { channel: 'tradebusts' });
  const told = (): string[] =>
    trader.socket?.texts.filter((t) => t.includes('"busted_fill_id"')) ?? [];
  const before = await trader.equity();
  for (let i = 0; i < 2; i += 1) await trader.place({ ...NEAR, kind: 'market', price: '0' });
  const fills = await trader.fills();
  const account = face.accounts.get(trader.signer.account);
  expect((await trader.rest('GET', '/tradebusts')).json['results']).toEqual([]);
  expect([1, 2, 3].map(() => account?.bustLastFill())).toEqual([true, true, false]);
  await until(() => told().length === 2, 'two busts');
  expect((await trader.position()).size).toBe(0);
  expect(await trader.equity()).toBeCloseTo(before, 8);
  const pages: unknown[] = [];
  let next = '';
  do {
    const { json } = await trader.rest('GET', `/tradebusts?page_size=1&cursor=${next}`);
    pages.push(...(json['results'] as unknown[]));
    next = String(json['next'] ?? '');
  } while (next !== '');
  expect(pages).toEqual(
    [...fills].reverse().map(({ id }) => ({
      account: trader.signer.account,
      busted_fill_id: id,
      created_at: expect.any(Number) as number,
    })),
  );
  for (const { id } of fills) expect(told().join()).toContain(`"busted_fill_id":"${id}"`);
});

test('VC-106 a book in coarser steps: levels at the outer edge of their step, the touch as it is', async () => {
  const venue = await served();
  const path = '/orderbook/BTC-USD-PERP?depth=2&price_tick=2';
  const { json } = await venue.trader.rest('GET', path);
  expect(json).toMatchObject({
    bids: [['100000', '1'], ['99998', '2']],
    asks: [['100002', '2'], ['100004', '1']],
    best_bid_api: ['100000', '1'],
    best_ask_api: ['100001', '1'],
  });
  const socket = await publicSocket(venue);
  await socket.call('subscribe', { channel: 'order_book.BTC-USD-PERP.snapshot@15@50ms@0_5' });
  await until(() => socket.frames.length > 0, 'a snapshot');
  expect(framesOf(socket)[0]).toMatchObject({ asks: [['100001', '1'], ['100002', '1'], ['100003', '1']] });
}); // prettier-ignore

test('VC-107 the leverage of an account is told as it is, whatever is asked for; a fill names its book', async () => {
  const { trader, market } = await served();
  const wish = await trader.rest('POST', '/account/margin/BTC-USD-PERP', { leverage: 10 });
  const { json } = await trader.rest('GET', '/account/margin?market=BTC-USD-PERP');
  expect([wish.json['leverage'], json['configs']]).toMatchObject([50, [{ leverage: 50 }]]);
  market.level('buy', 99_990, 1);
  await trader.place({ ...NEAR, kind: 'market', price: '0' });
  const { json: book } = await trader.rest('GET', '/orderbook/BTC-USD-PERP');
  const [fill] = (await trader.rest('GET', '/fills')).json['results'] as Record<string, unknown>[];
  expect(fill?.['orderbook_seq_no']).toBe(book['seq_no']);
});

test('VC-111 a waiting conditional order is modified, its trigger too', async () => {
  const { market, trader } = await served();
  const stop = trader.conditional('sell', 'STOP_MARKET', '0.01', '99900', 'stop');
  const { json } = await trader.rest('POST', '/orders', stop);
  const id = String(json['id']);
  const { signature_timestamp: timestampMs, type } = stop;
  const fields = { market: 'BTC-USD-PERP', side: 'SELL' as const, size: '0.02', price: '0' };
  const signed = { ...fields, type: String(type), timestampMs: Number(timestampMs) };
  const signature = trader.signer.signModify(signed, id);
  const changed = await trader.rest('PUT', `/orders/${id}`, {
    ...{ ...fields, id, type, signature, trigger_price: '99960' },
    signature_timestamp: timestampMs,
  });
  expect(changed.status).toBe(200);
  const [order] = (await trader.rest('GET', '/orders')).json['results'] as object[];
  expect(order).toMatchObject({
    ...{ id, size: '0.02', trigger_price: '99960', status: 'UNTRIGGERED' },
    request_info: { status: 'SUCCESS' },
  });
  market.mark(99_970);
  expect(await trader.fills()).toEqual([]);
  market.mark(99_950);
  expect((await trader.fills()).map((fill) => fill.size)).toEqual([0.02]);
});

test('VC-112 what would pass the position limit with all of its side is closed after the reply', async () => {
  const { face, trader } = await served();
  face.changeMarket({ position_limit: '0.03' });
  const bid = (clientId: string): NewOrder => ({ ...NEAR, clientId });
  await trader.place({ ...NEAR, kind: 'market', price: '0' });
  for (const clientId of ['a', 'b', 'c']) expect((await trader.place(bid(clientId))).ok).toBe(true);
  await trader.place({ side: 'sell', price: '100010', size: '0.03', clientId: 'd' });
  await until(() => trader.heard.orders.some((o) => o.clientId === 'd'), 'the last');
  const ends = await Promise.all(['a', 'b', 'c', 'd'].map((id) => trader.look(id)));
  expect(ends.map((order) => order?.ending)).toEqual(['', '', 'ORDER_EXCEEDS_POSITION_LIMIT', '']);
});

test.each([
  ['0.1', 100_000, '100', '1000'],
  ['0.00001', 0.1, '100000000', '1000000000'],
])('VC-113 limits of size follow the price: tick %s, at %d', async (tickSize, price, order, position) => {
  const { market, server } = await bare({}, 1, { tickSize, lotSize: '1' });
  market.reset();
  market.mark(price / Number(tickSize) / 10);
  const reply = await fetch(`${server.origin}/v1/markets`);
  const { results } = (await reply.json()) as { results: object[] };
  expect(results).toMatchObject([{ max_order_size: order, position_limit: position }]);
}); // prettier-ignore
