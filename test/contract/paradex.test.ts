// Contract cards on the loopback Paradex over real sockets on 127.0.0.1: the cards that every venue keeps, and those of
// Paradex's own protocol.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WallClock } from '#run/clock';
import { Instrument } from '#core/instrument';
import { readFrame } from '#clients/paradex/codec/frame';
import type { Frame } from '#clients/paradex/codec/frame';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { FaultyFace } from '#sim/venues/faults';
import { NO_FAULTS } from '#sim/venues/fault-profiles';
import { ParadexFace } from '#sim/venues/paradex/paradex-face';
import type { ParadexFaceOptions } from '#sim/venues/paradex/paradex-face';
import { serve } from '#sim/venues/server';
import type { FaceServer } from '#sim/venues/server';
import type { Face } from '#sim/venues/face';
import { contractCards } from './cards.js';
import type { NewOrder } from './harness.js';
import { HandMadeMarket, quiet, until } from './harness.js';
import { ParadexTrader, RawSocket, connectedTrader } from './paradex-trader.js';

type Options = Partial<Omit<ParadexFaceOptions, 'clock' | 'feed'>>;
interface Served {
  readonly face: ParadexFace;
  readonly market: HandMadeMarket;
  readonly server: FaceServer;
  readonly clock: WallClock;
}

async function served(options: Options = {}, wrap = (face: Face): Face => face): Promise<Served> {
  const clock = new WallClock();
  const market = new HandMadeMarket(clock);
  const instrument = new Instrument(SYNTHETIC_INSTRUMENT);
  const face = new ParadexFace({ clock, instrument, feed: market, seed: 1, ...options });
  return { face, market, server: await serve(wrap(face), 0), clock };
}

contractCards({
  venue: 'paradex',
  make: async () => {
    const { market, server } = await served();
    return {
      market,
      trader: () => connectedTrader(server.origin),
      close: () => server.close(),
    };
  },
  skips: {},
});

const BUY: NewOrder = { side: 'buy', price: '99990', size: '0.01' };
const SBE = '?sbeSchemaId=1&sbeSchemaVersion=1';

describe('paradex: its own protocol', () => {
  let venue: Served;
  let trader: ParadexTrader;
  beforeEach(async () => {
    venue = await served();
    trader = await connectedTrader(venue.server.origin);
  });
  afterEach(() => venue.server.close());

  const again = async (options: Options, wrap?: (face: Face) => Face): Promise<void> => {
    await venue.server.close();
    venue = await served(options, wrap);
    trader = await connectedTrader(venue.server.origin);
  };
  const publicSocket = async (query = SBE): Promise<RawSocket> =>
    RawSocket.open(trader.wsUrl(query));
  const framesOf = (socket: RawSocket): Frame[] =>
    socket.frames.map((f) => readFrame(f)).filter((f): f is Frame => typeof f === 'object');

  test('VC-60 a fill that is told twice has one id, and is listed once', async () => {
    await again(
      {},
      (face) => new FaultyFace(face, new WallClock(), { ...NO_FAULTS, duplicate: 1 }, 1),
    );
    await trader.place({ ...BUY, price: '100000.5' });
    venue.market.print('sell', 99_999, 3);
    await until(() => trader.heard.fills.length === 2, 'the same fill twice');
    expect(new Set(trader.heard.fills.map((f) => f.id)).size).toBe(1);
    expect(await trader.fills()).toHaveLength(1);
  });
  test('VC-61 a wrong auth signature gives no token', async () => {
    const liar = new ParadexTrader(venue.server.origin);
    const honest = liar.signer.signAuth.bind(liar.signer);
    Object.assign(liar, {
      signer: {
        ...liar.signer,
        publicKey: liar.signer.publicKey,
        account: liar.signer.account,
        signAuth: (a: number, b: number) => honest(a + 1, b),
      },
    });
    const reply = await liar.login();
    expect(reply.status).toBe(401);
    expect(reply.json['error']).toBe('STARKNET_SIGNATURE_VERIFICATION_FAILED');
  });
  test('VC-62 an expired token is refused with 401 and no code', async () => {
    await again({ tokenSeconds: 0 });
    const reply = await trader.rest('GET', '/account');
    expect(reply.status).toBe(401);
    expect(reply.json).toEqual({ message: expect.stringMatching(/token is expired by/) as string });
    expect(await trader.socket?.call('auth', { bearer: trader.token })).toMatchObject({
      error: { code: 40111 },
    });
  });
  test('VC-63 a plain auth of an unknown account is NOT_ONBOARDED; onboarding helps', async () => {
    const fresh = new ParadexTrader(venue.server.origin);
    const now = Math.floor(Date.now() / 1000);
    const headers = {
      'PARADEX-STARKNET-ACCOUNT': fresh.signer.account,
      'PARADEX-STARKNET-SIGNATURE': fresh.signer.signAuth(now, now + 1_800),
      'PARADEX-TIMESTAMP': String(now),
    };
    const refused = await fresh.rest('POST', '/auth', undefined, headers);
    expect([refused.status, refused.json['error']]).toEqual([400, 'NOT_ONBOARDED']);
    const onboarded = await fresh.rest(
      'POST',
      '/onboarding',
      { public_key: fresh.signer.publicKey },
      { ...headers, 'PARADEX-STARKNET-SIGNATURE': fresh.signer.signOnboarding() },
    );
    expect(onboarded.status).toBe(200);
    expect((await fresh.rest('POST', '/auth', undefined, headers)).status).toBe(200);
    const asked = await fresh.rest('GET', `/onboarding?public_key=${fresh.signer.publicKey}`);
    expect(asked.json).toMatchObject({ address: fresh.signer.account, exists: true });
  });
  test('VC-64 a wrong order signature is refused, and nothing rests', async () => {
    const body = { ...trader.body(BUY), size: '0.02' };
    const reply = await trader.rest('POST', '/orders', body);
    expect([reply.status, reply.json['error']]).toEqual([400, 'INVALID_ORDER_SIGNATURE']);
    expect(await trader.open()).toEqual([]);
  });
  test('VC-65 beyond the rate limit: 429 with headers, nothing executed', async () => {
    await again({ limitScale: 0.01 }); // 8 orders a second
    const bodies = Array.from({ length: 30 }, () => trader.body(BUY));
    const answers = await Promise.all(bodies.map((body) => trader.rest('POST', '/orders', body)));
    const refused = answers.filter((answer) => answer.status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(refused[0]?.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(answers[0]?.headers.get('x-ratelimit-limit')).toBe('8');
    const account = venue.face.accounts.get(trader.signer.account);
    expect(account?.openOrders.size).toBe(answers.length - refused.length);
  });
  test('VC-66 cancel-only: no new order, cancels work', async () => {
    const { id } = await trader.place(BUY);
    venue.face.setSystem('cancel_only');
    const refused = await trader.rest('POST', '/orders', trader.body(BUY));
    expect(refused.json['error']).toBe('SYSTEM_STATUS_CANCEL_ONLY');
    expect((await trader.cancel(id)).ok).toBe(true);
    expect((await trader.rest('GET', '/system/state')).json).toEqual({ status: 'cancel_only' });
  });
  test('VC-67 post-only mode takes post-only orders', async () => {
    venue.face.setSystem('post_only');
    const refused = await trader.rest('POST', '/orders', trader.body({ ...BUY, kind: 'gtc' }));
    expect(refused.json['error']).toBe('SYSTEM_STATUS_POST_ONLY');
    expect((await trader.place(BUY)).ok).toBe(true);
  });
  test('VC-68 maintenance: private calls get 503, the state can be asked', async () => {
    venue.face.setSystem('maintenance');
    expect((await trader.rest('GET', '/account')).status).toBe(503);
    expect((await trader.rest('GET', '/system/state')).json).toEqual({ status: 'maintenance' });
  });
  test('VC-69 a socket without a subscription is closed with 4031', async () => {
    await again({ quirks: { idleCloseUs: 30_000 } });
    const socket = await publicSocket();
    await until(() => socket.closed !== null, 'the close');
    expect(socket.closed).toBe(4031);
    expect(trader.socket?.closed).toBe(null);
  });
  test('VC-70 a schema version that does not exist is refused with 400', async () => {
    await expect(publicSocket('?sbeSchemaId=1&sbeSchemaVersion=9')).rejects.toThrow(/400/);
    await again({ quirks: { newestSchema: 1 } });
    await expect(publicSocket('?sbeSchemaId=1&sbeSchemaVersion=2')).rejects.toThrow(/400/);
  });
  test('VC-71 an order that comes after its receive window is refused', async () => {
    const body = trader.body(BUY, { recv_window: 10 });
    await new Promise((resolve) => setTimeout(resolve, 25));
    const reply = await trader.rest('POST', '/orders', body);
    expect([reply.status, reply.json['error']]).toEqual([400, 'INVALID_TIMESTAMP']);
  });
  test('VC-72 pages by cursor; a cursor of our own making is refused', async () => {
    for (let i = 0; i < 5; i++) await trader.place({ ...BUY, clientId: `p${i}` });
    const names: unknown[] = [];
    let cursor = '';
    for (let page = 0; page < 3; page++) {
      const reply = await trader.rest('GET', `/orders-history?page_size=2&cursor=${cursor}`);
      names.push(...(reply.json['results'] as { client_id: string }[]).map((o) => o.client_id));
      cursor = String(reply.json['next'] ?? '');
    }
    expect(names).toEqual(['p4', 'p3', 'p2', 'p1', 'p0']);
    expect(cursor).toBe('');
    expect((await trader.rest('GET', '/orders-history?cursor=b3JkZXJzOjI6eA')).status).toBe(400);
  });
  test('VC-73 integers beyond 2^53 are written in full', async () => {
    const reply = await trader.rest('POST', '/orders', trader.body(BUY));
    const [, seq] = /"seq_no":(\d+)/.exec(reply.text) ?? [];
    expect(BigInt(seq ?? 0)).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
  });
  test('VC-74 a market that changes is told of, and its new tick holds', async () => {
    await trader.socket?.call('subscribe', { channel: 'markets' });
    venue.face.changeMarket({ price_tick_size: '1' });
    await until(
      () => trader.socket?.texts.some((t) => t.includes('"UPDATED"')) === true,
      'UPDATED',
    );
    expect((await trader.place({ ...BUY, price: '99990.5' })).ok).toBe(false);
    expect((await trader.place({ ...BUY, price: '99990' })).ok).toBe(true);
  });
  test('VC-76 a reply comes before the events that it caused: NEW, then OPEN', async () => {
    const reply = await trader.socket?.call('order.create', trader.body(BUY));
    expect(JSON.stringify(reply)).toContain('"status":"NEW"');
    await until(() => trader.heard.orders.length === 1, 'OPEN');
    const texts = trader.socket?.texts.filter((t) => /"status":"(NEW|OPEN)"/.test(t)) ?? [];
    expect(texts.map((t) => t.includes('"method"'))).toEqual([false, true]);
  });
  test('VC-77 the book is a snapshot and then deltas of one sequence, equal to REST', async () => {
    const socket = await publicSocket();
    await socket.call('subscribe', { channel: 'order_book.BTC-USD-PERP.deltas' });
    venue.market.level('buy', 99_999.5, 0.3);
    venue.market.level('sell', 100_001, 0);
    await until(() => socket.frames.length === 3, 'three frames');
    const frames = framesOf(socket);
    expect(frames.map((f) => f.values['pkgType'])).toEqual([0, 1, 1]);
    const seqs = frames.map((f) => Number(f.values['seq']));
    expect(seqs).toEqual([0, 1, 2].map((i) => (seqs[0] as number) + i));
    expect(frames[2]?.asks).toEqual([['100001', '0']]);
    const rest = (await trader.rest('GET', '/orderbook/BTC-USD-PERP?depth=5')).json;
    expect(rest['seq_no']).toBe(seqs[2]);
    expect(rest['asks']).toEqual([
      ['100002', '1'],
      ['100003', '1'],
    ]);
  });
  test('VC-78 a new subscription begins with a fresh snapshot', async () => {
    const socket = await publicSocket();
    const channel = 'order_book.BTC-USD-PERP.deltas';
    await socket.call('subscribe', { channel });
    expect(await socket.call('subscribe', { channel })).toMatchObject({ error: { code: -32600 } });
    await socket.call('unsubscribe', { channel });
    venue.market.level('buy', 99_999.5, 0.3);
    await socket.call('subscribe', { channel });
    await until(() => socket.frames.length === 2, 'two snapshots');
    expect(framesOf(socket).map((f) => f.values['pkgType'])).toEqual([0, 0]);
    expect(framesOf(socket)[1]?.bids).toHaveLength(4);
  });
  test('VC-79 prints carry the taker, the book number and the price', async () => {
    const socket = await publicSocket();
    await socket.call('subscribe', { channel: 'trades.BTC-USD-PERP' });
    venue.market.print('sell', 100_000, 0.25);
    await until(() => socket.frames.length === 1, 'a print');
    expect(framesOf(socket)[0]).toMatchObject({
      name: 'trade',
      values: { side: 2, price: '100000', size: '0.25', seq: BigInt(venue.face.market.seq) },
    });
  });
  test('VC-80 private channels need a token, unknown ones do not exist', async () => {
    const socket = await publicSocket('');
    expect(await socket.call('subscribe', { channel: 'orders.ALL' })).toMatchObject({
      error: { code: 40300 },
    });
    expect(
      await socket.call('subscribe', { channel: 'order_book.BTC-USD-PERP.deltas@15@50ms' }),
    ).toMatchObject({ error: { code: -32600, data: 'invalid channel' } });
    expect(await socket.call('nonsense', {})).toMatchObject({ error: { code: -32601 } });
    socket.socket.send('{');
    await until(() => socket.texts.some((t) => t.includes('-32700')), 'a parse error');
    expect(await socket.call('auth', { bearer: 'a.b.c' })).toMatchObject({
      error: { code: 40111 },
    });
  });
  test('VC-81 one book channel a binary connection', async () => {
    const socket = await publicSocket();
    await socket.call('subscribe', { channel: 'order_book.BTC-USD-PERP.deltas' });
    const second = { channel: 'order_book.BTC-USD-PERP.snapshot@15@100ms' };
    expect(await socket.call('subscribe', second)).toMatchObject({ error: { code: -32600 } });
  });
  test('VC-82 periodic snapshots come by themselves', async () => {
    const socket = await publicSocket();
    await socket.call('subscribe', { channel: 'order_book.BTC-USD-PERP.snapshot@15@50ms' });
    await until(() => socket.frames.length >= 3, 'three snapshots');
    expect(framesOf(socket).every((f) => f.values['pkgType'] === 0)).toBe(true);
  });
  test('VC-83 market data as text only where the venue still serves it', async () => {
    const socket = await publicSocket('');
    await socket.call('subscribe', { channel: 'bbo.BTC-USD-PERP' });
    venue.market.level('buy', 100_000.5, 0.3);
    await quiet();
    expect(socket.texts.filter((t) => t.includes('"subscription"'))).toEqual([]);
    await again({ quirks: { jsonMarketData: true } });
    const text = await publicSocket('');
    await text.call('subscribe', { channel: 'bbo.BTC-USD-PERP' });
    await until(() => text.texts.some((t) => t.includes('"bid":"100000"')), 'a text bbo');
  });
  test('VC-84 private news as frames where the venue sends them so', async () => {
    await again({ quirks: { privateEncoding: 'sbe' } });
    const socket = await publicSocket('?sbeSchemaId=1&sbeSchemaVersion=2');
    await socket.call('auth', { bearer: trader.token });
    for (const channel of ['orders.ALL', 'fills.ALL', 'positions', 'account'])
      await socket.call('subscribe', { channel });
    await trader.place({ ...BUY, kind: 'market', price: '0', clientId: 'x' });
    await until(() => socket.frames.length >= 4, 'four frames');
    const frames = framesOf(socket);
    expect(new Set(frames.map((f) => f.name))).toEqual(
      new Set(['fill', 'order', 'position', 'account']),
    );
    const order = frames.find((f) => f.name === 'order');
    expect(order).toMatchObject({
      values: { status: 4, account: trader.signer.account },
      texts: { clientOrderId: 'x' },
    });
  });
  test('VC-85 switches of modify: a new id, sizes without what is filled', async () => {
    await again({ quirks: { modifyId: 'new', modifySize: 'remaining' } });
    const { id } = await trader.place({ ...BUY, clientId: 'a' });
    await trader.modify(id, { ...BUY, price: '99980' });
    await until(() => trader.heard.orders.some((o) => o.price === 99980), 'its successor');
    const [order] = await trader.open();
    expect(order?.id).not.toBe(id);
    expect(order).toMatchObject({ clientId: 'a', price: 99980 });
  });
  test('VC-86 batches: sizes, shapes and answers', async () => {
    const bodies = Array.from({ length: 11 }, () => trader.body(BUY));
    expect((await trader.rest('POST', '/orders/batch', bodies)).json['error']).toBe(
      'BATCH_SIZE_OUT_OF_RANGE',
    );
    const made = await trader.rest('POST', '/orders/batch', bodies.slice(0, 2));
    expect([made.status, made.json['errors']]).toEqual([201, [null, null]]);
    const ids = (made.json['orders'] as { id: string }[]).map((o) => o.id);
    const cancelled = await trader.rest('DELETE', '/orders/batch', { order_ids: [...ids, '77'] });
    expect((cancelled.json['results'] as { status: string }[]).map((r) => r.status)).toEqual([
      'QUEUED_FOR_CANCELLATION', 'QUEUED_FOR_CANCELLATION', 'NOT_FOUND',
    ]); // prettier-ignore
    expect(await trader.open()).toEqual([]);
  });
  test('VC-87 replayed orders and whitelisted ones, by switch', async () => {
    const body = trader.body(BUY);
    expect((await trader.rest('POST', '/orders', body)).status).toBe(201);
    expect((await trader.rest('POST', '/orders', body)).status).toBe(201);
    const rpi = await trader.rest('POST', '/orders', { ...trader.body(BUY), instruction: 'RPI' });
    expect([rpi.status, rpi.json['error']]).toEqual([403, 'RPI_ACCOUNT_NOT_WHITELISTED']);
    await again({ quirks: { refuseReplays: true } });
    const once = trader.body(BUY);
    await trader.rest('POST', '/orders', once);
    expect((await trader.rest('POST', '/orders', once)).status).toBe(400);
  });
  test('VC-88 system calls and market data by REST', async () => {
    const time = (await trader.rest('GET', '/system/time')).json['server_time'];
    expect(Math.abs(Number(time) - Date.now())).toBeLessThan(2_000);
    expect(typeof time).toBe('string');
    venue.market.print('buy', 100_001, 0.5);
    const trades = (await trader.rest('GET', '/trades?market=BTC-USD-PERP')).json['results'];
    expect(trades).toMatchObject([{ side: 'BUY', price: '100001', size: '0.5' }]);
    const klines = await trader.rest('GET', '/markets/klines?symbol=BTC-USD-PERP&resolution=1');
    expect((klines.json['results'] as number[][])[0]?.slice(1)).toEqual([
      100001, 100001, 100001, 100001, 0.5,
    ]);
    const [summary] = (await trader.rest('GET', '/markets/summary?market=ALL')).json[
      'results'
    ] as object[];
    expect(summary).toMatchObject({
      symbol: 'BTC-USD-PERP',
      mark_price: '100000.5',
      bid: '100000',
    });
    expect((await trader.rest('GET', '/nowhere')).status).toBe(404);
    expect((await trader.rest('GET', '/bbo/NO-USD-PERP')).json['error']).toBe('MARKET_NOT_FOUND');
  });
  test('VC-89 conditional orders wait for the mark', async () => {
    const stop = trader.conditional('sell', 'STOP_MARKET', '0.01', '99900', 'stop');
    expect((await trader.rest('POST', '/orders', stop)).json['status']).toBe('UNTRIGGERED');
    const profit = trader.conditional('sell', 'TAKE_PROFIT_MARKET', '0.01', '100900', 'profit');
    await trader.rest('POST', '/orders', profit);
    venue.market.mark(99_950);
    expect(await trader.open()).toHaveLength(2);
    venue.market.mark(99_890);
    await until(() => trader.heard.fills.length === 1, 'the stop');
    expect((await trader.open()).map((o) => o.clientId)).toEqual(['profit']);
    const [waiting] = await trader.open();
    expect((await trader.cancel(waiting?.id ?? '')).ok).toBe(true);
  });
  test('VC-90 a fill says what it realised', async () => {
    await trader.place({ ...BUY, kind: 'market', price: '0', size: '1' });
    await trader.place({ ...BUY, side: 'sell', kind: 'market', price: '0', size: '1' });
    const fills = (await trader.rest('GET', '/fills')).json['results'] as {
      realized_pnl: string;
    }[];
    expect(fills.map((f) => f.realized_pnl)).toEqual(['-1', '0']); // sold at 100,000 what cost 100,001
  });
});
