// Both settings of what nobody could confirm of Paradex (section 11 of our notes; quirks.ts), card by card, over real sockets
// on 127.0.0.1. Elsewhere: VC-70, 83, 84, 85 and 87 (paradex.test.ts), VC-93, 94 and 96 (paradex-modes.test.ts).
import { expect, test } from 'vitest';
import type { ParadexQuirks } from '#sim/venues/paradex/quirks';
import type { NewOrder } from './harness.js';
import { quiet, until } from './harness.js';
import { bare, served } from './paradex-served.js';
import { ParadexTrader, RawSocket } from './paradex-trader.js';

const NEAR: NewOrder = { side: 'buy', price: '99990', size: '0.01' };
const SBE = '?sbeSchemaId=1&sbeSchemaVersion=1';

test.each([
  [true, true],
  [false, false],
])('VC-97 a socket without the SBE query, by switch: %s', async (plainSockets, open) => {
  const { server } = await bare({ plainSockets });
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
  [false, 'rest', 12],
  [true, 'rest', 9],
  [false, 'socket', 12],
  [true, 'socket', 9],
] as const)('VC-103 the limit of an address counts order calls, %s: by %s', async (ipLimitCoversOrders, way, taken) => {
  // Nine calls a minute for an address, four orders a second for an account, of which there are three.
  const { server } = await bare({ ipLimitCoversOrders }, 0.006);
  const traders = [1, 2, 3].map(() => new ParadexTrader(server.origin));
  const socket = await RawSocket.open(`${server.origin.replace('http', 'ws')}/v1`);
  const said: boolean[] = [];
  for (const trader of traders) {
    await trader.login();
    if (way === 'socket') await socket.call('auth', { bearer: trader.token });
    for (let i = 0; i < 4; i += 1) {
      const body = trader.body(NEAR);
      if (way === 'rest') said.push((await trader.rest('POST', '/orders', body)).status === 201);
      else said.push('result' in (await socket.call('order.create', body)));
    }
  }
  expect(said).toEqual(said.map((_, i) => i < taken));
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

/** A bid behind 1 of others at its price, of whom 0.4 have traded; a modify to `size`, and 0.75 more trade there. */
async function filledAfter(modifyPriority: 'kept' | 'lost', size: string): Promise<number> {
  const { market, trader } = await served({ modifyPriority });
  const order: NewOrder = { side: 'buy', price: '100000', size: '0.2', clientId: 'a' };
  const { id } = await trader.place(order);
  market.print('sell', 100_000, 0.4);
  await trader.modify(id, { ...order, size });
  await until(() => trader.heard.orders.length === 2, 'the modify');
  market.print('sell', 100_000, 0.75);
  await quiet();
  return (await trader.look('a'))?.filled ?? -1;
}

test.each([
  ['kept', '0.18', 0.15], // 0.6 were left before it
  ['lost', '0.18', 0],
  ['kept', '0.22', 0],
  ['lost', '0.22', 0],
] as const)('VC-109 priority after a modify is %s: to a size of %s, filled %d', async (priority, size, filled) => {
  expect(await filledAfter(priority, size)).toBe(filled);
}); // prettier-ignore

test.each([
  [undefined, [1], 'self-trade', true],
  ['EXPIRE_TAKER', [1], 'self-trade', true],
  ['EXPIRE_MAKER', [1, 0.5], 'filled', false],
  ['EXPIRE_BOTH', [1], 'self-trade', false],
] as const)('VC-110 an order that would meet ours, stp %s', async (stp, sizes, ending, rests) => {
  const { trader } = await served();
  await trader.place({ side: 'sell', price: '100001.5', size: '0.01', clientId: 'resting' });
  const taking: NewOrder = { side: 'buy', price: '100002', size: '1.5', kind: 'gtc' };
  const body = trader.body({ ...taking, clientId: 'taking' }, stp === undefined ? {} : { stp });
  await trader.rest('POST', '/orders', body);
  expect((await trader.fills()).map((fill) => fill.size).reverse()).toEqual(sizes);
  expect(await trader.look('taking')).toMatchObject({ open: false, ending });
  expect((await trader.look('resting'))?.open).toBe(rests);
});
