// Cards of Paradex's own protocol, the second half: empty deltas, what maintenance ends, the cap on open orders,
// subscriptions that name their markets, funding that a fill tells of. Over real sockets on 127.0.0.1.
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
import type { ParadexTrader } from './paradex-trader.js';
import { RawSocket, connectedTrader } from './paradex-trader.js';

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

async function served(quirks: Partial<ParadexQuirks> = {}): Promise<Served> {
  const clock = new WallClock();
  const market = new HandMadeMarket(clock);
  const instrument = new Instrument(SYNTHETIC_INSTRUMENT);
  const face = new ParadexFace({ clock, instrument, feed: market, seed: 1, quirks });
  const server = await serve(face, 0);
  open.push(server);
  return { face, market, server, trader: await connectedTrader(server.origin) };
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
