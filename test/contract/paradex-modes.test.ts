// Cards of Paradex's own protocol, the second half: empty deltas, what maintenance ends, the cap on open orders,
// subscriptions that name their markets, funding that a fill tells of, and both settings of what nobody could confirm
// (quirks.ts) where no other card has them. Over real sockets on 127.0.0.1.
import { afterEach, expect, test } from 'vitest';
import { WallClock } from '#run/clock';
import { Instrument } from '#core/instrument';
import { readFrame } from '#clients/paradex/codec/frame';
import type { Frame } from '#clients/paradex/codec/frame';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { ParadexFace } from '#sim/venues/paradex/paradex-face';
import type { ParadexQuirks } from '#sim/venues/paradex/quirks';
import { serve } from '#sim/venues/server';
import type { FaceServer } from '#sim/venues/server';
import type { NewOrder } from './harness.js';
import { HandMadeMarket, quiet, until } from './harness.js';
import { ParadexTrader, RawSocket, connectedTrader } from './paradex-trader.js';

/** The mark is 100,000.5; 5 bp of it are 50. */
const NEAR: NewOrder = { side: 'buy', price: '99990', size: '0.01' };
const FAR: NewOrder = { ...NEAR, price: '99940' };
const SBE = '?sbeSchemaId=1&sbeSchemaVersion=1';
const DELTAS = 'order_book.BTC-USD-PERP.deltas';

interface Served {
  readonly face: ParadexFace;
  readonly market: HandMadeMarket;
  readonly server: FaceServer;
  readonly trader: ParadexTrader;
}
const open: FaceServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function face(quirks: Partial<ParadexQuirks>, limitScale = 1): Promise<Omit<Served, 'trader'>> {
  const clock = new WallClock();
  const market = new HandMadeMarket(clock);
  const instrument = new Instrument(SYNTHETIC_INSTRUMENT);
  const made = new ParadexFace({ clock, instrument, feed: market, seed: 1, quirks, limitScale });
  const server = await serve(made, 0);
  open.push(server);
  return { face: made, market, server };
} // prettier-ignore

async function served(quirks: Partial<ParadexQuirks> = {}): Promise<Served> {
  const bare = await face(quirks);
  return { ...bare, trader: await connectedTrader(bare.server.origin) };
}

const framesOf = (socket: RawSocket): Frame[] =>
  socket.frames.map((bytes) => {
    const frame = readFrame(bytes);
    if (typeof frame === 'string') throw new Error(frame);
    return frame;
  });
const publicSocket = ({ server }: Served): Promise<RawSocket> =>
  RawSocket.open(`${server.origin.replace('http', 'ws')}/v1${SBE}`);

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

test.each([
  [true, true],
  [false, false],
])('VC-97 a socket without the SBE query, by switch: %s', async (plainSockets, open) => {
  const { server } = await face({ plainSockets });
  const opens = (query: string): Promise<boolean> =>
    RawSocket.open(`${server.origin.replace('http', 'ws')}/v1${query}`).then(
      () => true,
      () => false,
    );
  expect([await opens(''), await opens(SBE)]).toEqual([open, true]);
});

test.each([10, 50] as const)('VC-98 the largest batch is one of %i', async (batchMost) => {
  const { trader } = await served({ batchMost });
  const bodies = Array.from({ length: batchMost + 1 }, () => trader.body(NEAR));
  const answer = async (count: number): Promise<unknown> =>
    (await trader.rest('POST', '/orders/batch', bodies.slice(0, count))).status;
  expect([await answer(batchMost), await answer(batchMost + 1)]).toEqual([201, 400]);
});

test.each([
  ['object', true, false],
  ['array', false, true],
  ['both', true, true],
] as const)('VC-99 order.create_batch takes %s', async (batchParams, object, array) => {
  const { trader } = await served({ batchParams });
  const taken = async (params: unknown): Promise<boolean> =>
    'result' in ((await trader.socket?.call('order.create_batch', params)) ?? {});
  const orders = [trader.body(NEAR)];
  expect([await taken({ orders }), await taken(orders)]).toEqual([object, array]);
});

/** A bid of 0.02 at the touch of which 0.005 is filled, and what a modify to `size` leaves open of it. */
async function partlyFilled(quirks: Partial<ParadexQuirks>, size: string) {
  const { market, trader } = await served(quirks);
  const order: NewOrder = { side: 'buy', price: '100000.5', size: '0.02', clientId: 'a' };
  const { id } = await trader.place(order);
  market.print('sell', 100_000.5, 0.005);
  await until(() => trader.heard.fills.length === 1, 'the fill');
  await trader.modify(id, { ...order, price: '99990', size });
  await quiet();
  const [found] = await trader.open();
  return { price: found?.price, left: Number(((found?.size ?? 0) - (found?.filled ?? 0)).toFixed(6)) };
} // prettier-ignore

test.each([
  ['total', 0.005],
  ['remaining', 0.01],
] as const)('VC-100 the size in a modify is %s', async (modifySize, left) => {
  expect(await partlyFilled({ modifySize }, '0.01')).toEqual({ price: 99990, left });
});

test.each([
  [true, 99990, 0.005],
  [false, 100000.5, 0.015],
])('VC-101 a partly filled order may be modified: %s', async (modifyPartlyFilled, price, left) => {
  expect(await partlyFilled({ modifyPartlyFilled }, '0.01')).toEqual({ price, left });
});

test.each([
  ['own', 'SELL'],
  ['taker', 'BUY'],
] as const)('VC-102 the side of a fill is %s', async (fillSide, said) => {
  const { market, trader } = await served({ fillSide });
  await trader.place({ side: 'sell', price: '100000.5', size: '0.02' });
  market.print('buy', 100_000.5, 0.02);
  await until(() => trader.heard.fills.length === 1, 'the fill');
  const fills = (await trader.rest('GET', '/fills')).json['results'];
  expect(fills).toMatchObject([{ side: said, liquidity: 'MAKER' }]);
});

test.each([
  [false, 12],
  [true, 9],
])('VC-103 the limit of an address counts order calls by REST: %s', async (ipLimitCoversOrders, taken) => {
  // Nine calls a minute for an address, four orders a second for an account, of which there are three.
  const { server } = await face({ ipLimitCoversOrders }, 0.006);
  const traders = [1, 2, 3].map(() => new ParadexTrader(server.origin));
  const place = async (trader: ParadexTrader): Promise<number> =>
    (await trader.rest('POST', '/orders', trader.body(NEAR))).status;
  const said: number[] = [];
  for (const trader of traders) {
    await trader.login();
    for (let i = 0; i < 4; i += 1) said.push(await place(trader));
  }
  expect(said).toEqual(said.map((_, i) => (i < taken ? 201 : 429)));
}); // prettier-ignore

test.each([
  [true, 0],
  [false, 1],
])('VC-104 a clean goodbye cancels as a loss does: %s', async (disconnectOnCleanClose, left) => {
  const { trader } = await served({ disconnectOnCleanClose });
  await trader.arm();
  await trader.place(NEAR);
  trader.socket?.socket.close(1000);
  await quiet();
  expect(await trader.open()).toHaveLength(left);
});

test.each([
  [0, 0],
  [60_000_000, 1],
])('VC-105 cancel-on-disconnect comes after %i us', async (disconnectDelayUs, left) => {
  const { trader } = await served({ disconnectDelayUs });
  await trader.arm();
  await trader.place(NEAR);
  trader.cut();
  await quiet();
  expect(await trader.open()).toHaveLength(left);
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
