// Cards of ApeX's own sockets on the loopback venue: books, prints, tickers, the private stream, heartbeats, and their
// switches in both settings.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WallClock } from '#run/clock';
import { FaultyFace } from '#sim/venues/faults';
import { NO_FAULTS } from '#sim/venues/fault-profiles';
import type { Face } from '#sim/venues/face';
import { loginFrame } from '#clients/apex/sign/request';
import type { Served, ServedOptions } from './apex-served.js';
import { served } from './apex-served.js';
import type { ApexTrader, Json } from './apex-trader.js';
import { connectedTrader, formOf, RawSocket } from './apex-trader.js';
import type { NewOrder } from './harness.js';
import { until } from './harness.js';

const BUY: NewOrder = { side: 'buy', price: '99990', size: '0.01' };
const BOOK = 'orderBook200.H.BTCUSDT';
const STREAM = 'ws_zk_accounts_v3';

describe('apex: its sockets', () => {
  let venue: Served;
  let trader: ApexTrader;
  const open = async (options: ServedOptions, wrap?: (face: Face) => Face): Promise<void> => {
    venue = await served(options, wrap);
    trader = await connectedTrader(venue.server.origin, options.checks === 'real');
  };
  const again = async (options: Omit<ServedOptions, 'checks'>, wrap?: (face: Face) => Face) => {
    await venue.server.close();
    await open({ checks: 'trusting', ...options }, wrap);
  };
  beforeEach(() => open({ checks: 'trusting' }));
  afterEach(() => venue.server.close());
  const publicSocket = async (...topics: string[]): Promise<RawSocket> => {
    const socket = await RawSocket.open(venue.server.origin, 'public');
    for (const topic of topics) socket.send('subscribe', topic);
    for (const topic of topics) await until(() => socket.of(topic).length > 0, topic);
    return socket;
  };
  const dataOf = (frame: Json | undefined): Json => (frame?.['data'] ?? {}) as Json;

  test('VA-30 a book is a snapshot, bids worst first, then deltas of u + 1, empty ones too', async () => {
    const socket = await publicSocket(BOOK);
    const first = dataOf(socket.of(BOOK)[0]);
    expect((first['b'] as string[][]).map(([price]) => price)).toEqual([
      '99998',
      '99999',
      '100000',
    ]);
    venue.market.level('buy', 99_999.5, 0.3);
    venue.market.level('sell', 100_001, 0);
    await until(() => socket.of(BOOK).length >= 4, 'three deltas');
    const frames = socket.of(BOOK).slice(0, 4);
    expect(frames.map((frame) => frame['type'])).toEqual(['snapshot', 'delta', 'delta', 'delta']);
    const us = frames.map((frame) => Number(dataOf(frame)['u']));
    expect(us.map((u) => u - (us[0] as number))).toEqual([0, 1, 2, 3]);
    const told = frames
      .slice(1)
      .map((frame) => dataOf(frame))
      .filter((d) => (d['b'] as unknown[]).length > 0);
    expect(told).toMatchObject([{ b: [['99999.5', '0.3']], a: [['100001', '0']] }]);
    expect(frames.every((frame) => Number(frame['ts']) > 1e15)).toBe(true);
  });
  test('VA-31 a new subscription begins with a fresh snapshot, at 1 where the venue counts so', async () => {
    await again({ quirks: { snapshotU: 'one' } });
    const socket = await publicSocket(BOOK);
    socket.send('unsubscribe', BOOK);
    venue.market.level('buy', 99_999.5, 0.3);
    socket.send('subscribe', BOOK);
    const snapshots = (): Json[] => socket.of(BOOK).filter((frame) => frame['type'] === 'snapshot');
    await until(() => snapshots().length === 2, 'the second snapshot');
    expect(dataOf(snapshots()[1])).toMatchObject({
      u: 1,
      b: [
        ['99998', '1'],
        ['99999', '1'],
        ['99999.5', '0.3'],
        ['100000', '1'],
      ],
    });
  });
  test('VA-32 what leaves the best levels is deleted; 25 and 200 count apart', async () => {
    for (let i = 0; i < 210; i++) venue.market.level('buy', 99_900 - i, 0.1);
    const socket = await publicSocket(BOOK, 'orderBook25.H.BTCUSDT');
    expect(dataOf(socket.of(BOOK)[0])['b']).toHaveLength(200);
    expect(dataOf(socket.of('orderBook25.H.BTCUSDT')[0])['b']).toHaveLength(25);
    venue.market.level('buy', 99_999.5, 0.3);
    const changed = (): Json | undefined =>
      socket
        .of(BOOK)
        .slice(1)
        .map(dataOf)
        .find((d) => (d['b'] as unknown[]).length > 0);
    await until(() => changed() !== undefined, 'the delta');
    expect(changed()?.['b']).toEqual([
      ['99999.5', '0.3'],
      ['99704', '0'],
    ]);
  });
  test('VA-33 prints: the last 50 newest first, then those of an instant together', async () => {
    for (let i = 0; i < 60; i++) venue.market.print('buy', 100_001, 0.01);
    const topic = 'recentlyTrade.H.BTCUSDT';
    const socket = await publicSocket(topic);
    expect(socket.of(topic)[0]?.['data']).toHaveLength(50);
    venue.market.print('sell', 100_000, 0.25);
    await until(() => socket.of(topic).length === 2, 'a print');
    expect(socket.of(topic)[1]?.['data']).toMatchObject([
      { S: 'Sell', p: '100000', v: '0.25', L: 'MinusTick', s: 'BTCUSDT' },
    ]);
    const { data } = (await (
      await fetch(`${venue.server.origin}/api/v3/trades?symbol=BTCUSDT&limit=2`)
    ).json()) as { data: Json[] };
    expect(data.map((trade) => trade['p'])).toEqual(['100001', '100000']);
  });
  test('VA-34 a ticker is told in full, then by the fields that changed', async () => {
    const topic = 'instrumentInfo.H.BTCUSDT';
    const socket = await publicSocket(topic);
    expect(dataOf(socket.of(topic)[0])).toMatchObject({ markPrice: '100000.5', fundingRate: '0' });
    venue.market.funding(0.0001, false);
    await until(() => socket.of(topic).length === 2, 'a delta');
    const delta = dataOf(socket.of(topic)[1]);
    expect(delta).toEqual({
      symbol: 'BTCUSDT',
      fundingRate: '0.0001',
      predictedFundingRate: '0.0001',
    });
  });
  test('VA-35 wrong spellings, unknown and doubled topics are answered as the venue does', async () => {
    const socket = await publicSocket(BOOK);
    const says = async (...topics: string[]): Promise<string> => {
      const before = socket.frames.filter((f) => 'success' in f).length;
      socket.send('subscribe', ...topics);
      await until(() => socket.frames.filter((f) => 'success' in f).length > before, 'an answer');
      return socket.said;
    };
    expect(await says('orderBook200.H.BTC-USDT')).toBe('error:handler not found');
    expect(await says(BOOK, 'recentlyTrade.H.BTCUSDT')).toBe(
      `error:topic:already subscribed ${BOOK}`,
    );
    socket.socket.send('nonsense');
    await until(() => socket.said === 'error:invalid op', 'invalid op');
    const depth = await (await fetch(`${venue.server.origin}/api/v3/depth?symbol=BTC-USDT`)).json();
    expect(depth).toMatchObject({ data: { a: null, b: null, s: '', u: 0 } });
  });
  test('VA-36 pings both ways; a silent socket is ended', async () => {
    const socket = await publicSocket(BOOK);
    socket.send('ping', '1');
    await until(() => socket.said === 'pong', 'a pong');
    socket.socket.close();
    await again({ quirks: { silenceUs: 50_000 } });
    await until(() => trader.socket?.closed !== null, 'the end');
  });
  test('VA-37 market data by REST', async () => {
    const get = async (path: string): Promise<unknown> =>
      ((await (await fetch(`${venue.server.origin}/api/v3${path}`)).json()) as Json)['data'];
    venue.market.print('buy', 100_001, 0.5);
    venue.market.funding(0.0001, true);
    const { time } = (await get('/time')) as { time: number };
    expect(Math.abs(time - Date.now())).toBeLessThan(2_000);
    expect(await get('/depth?symbol=BTCUSDT&limit=1')).toMatchObject({
      a: [['100001', '1']],
      b: [['100000', '1']],
    });
    expect(await get('/klines?symbol=BTCUSDT&interval=1')).toMatchObject({
      BTCUSDT: [{ o: '100001', v: '0.5', i: '1' }],
    });
    expect(await get('/klines?symbol=BTCUSDT&interval=1&limit=201')).toEqual({});
    expect(await get('/ticker?symbol=BTCUSDT')).toMatchObject([{ lastPrice: '100001' }]);
    expect(await get('/ticker')).toEqual([]);
    expect(await get('/history-funding?symbol=BTC-USDT')).toMatchObject({
      totalSize: 1,
      historyFunds: [{ rate: '0.0001' }],
    });
  });
  test('VA-50 life of an order on the stream: PENDING, OPEN, then fill, position and FILLED in one frame', async () => {
    await trader.place({ ...BUY, price: '100000.5' });
    venue.market.print('sell', 99_999, 3);
    const deltas = (): Json[] =>
      trader.socket
        ?.of(STREAM)
        .slice(1)
        .map((f) => f['contents'] as Json) ?? [];
    await until(() => deltas().length === 3, 'three frames');
    const statuses = deltas().map((c) => (c['orders'] as Json[]).map((o) => o['status']));
    expect(statuses).toEqual([['PENDING'], ['OPEN'], ['FILLED']]);
    expect(deltas()[2]).toMatchObject({
      fills: [{ liquidity: 'MAKER' }],
      positions: [
        { side: 'LONG', size: '0.01' },
        { side: 'SHORT', size: '0' },
      ],
    });
  });
  test('VA-51 a crossing post-only order: the answer says PENDING, the stream CANCELED', async () => {
    const { json } = await trader.call(
      'POST',
      '/order',
      formOf(trader.fields({ ...BUY, price: '100001' })),
    );
    expect(json['data']).toMatchObject({ status: 'PENDING' });
    const ends = (): unknown => JSON.stringify(trader.socket?.of(STREAM));
    await until(() => String(ends()).includes('COULD_NOT_FILL'), 'the end');
  });
  test('VA-52 the snapshot after a login has open orders, positions and fees', async () => {
    await trader.place(BUY);
    trader.cut();
    await trader.reconnect();
    const [snapshot] = trader.socket?.of(STREAM) ?? [];
    expect(snapshot).toMatchObject({
      type: 'snapshot',
      contents: {
        orders: [{ status: 'OPEN' }],
        contractAccounts: [{ makerFeeRate: '0.0002', takerFeeRate: '0.0005' }],
      },
    });
  });
  test('VA-53 empty lists are missing, null or [] as a switch says', async () => {
    for (const [emptyLists, seen] of [
      ['missing', undefined],
      ['null', null],
      ['empty', []],
    ] as const) {
      await again({ quirks: { emptyLists } });
      expect((trader.socket?.of(STREAM)[0]?.['contents'] as Json)['orders']).toEqual(seen);
    }
  });
  test('VA-54 a login with a wrong signature is refused; private topics need one', async () => {
    const socket = await RawSocket.open(venue.server.origin, 'private');
    socket.send('subscribe', STREAM);
    await until(() => socket.said === 'login authority err', 'a refusal');
    socket.socket.send(loginFrame({ ...trader.credentials, secret: 'x' }, Date.now(), [STREAM]));
    await until(() => socket.frames.filter((f) => f['success'] === false).length === 2, 'another');
    expect(socket.of(STREAM)).toEqual([]);
  });
  test('VA-55 a fill that the chain refuses is told, and the position goes back', async () => {
    await trader.place({ ...BUY, kind: 'market' });
    venue.face.accounts.of(trader.credentials.key).failLastFill();
    await until(
      () => JSON.stringify(trader.socket?.of(STREAM)).includes('FAILED_L2_REJECTED'),
      'it',
    );
    expect((await trader.position()).size).toBe(0);
  });
  test('VA-56 a fill that is told twice has one id, and is listed once', async () => {
    await again(
      {},
      (face) => new FaultyFace(face, new WallClock(), { ...NO_FAULTS, duplicate: 1 }, 1),
    );
    await trader.place({ ...BUY, price: '100000.5' });
    venue.market.print('sell', 99_999, 3);
    await until(() => trader.heard.fills.length === 2, 'the same fill twice');
    expect(new Set(trader.heard.fills.map((fill) => fill.id)).size).toBe(1);
    expect(await trader.fills()).toHaveLength(1);
  });
  test('VA-57 funding that was paid is listed, each payment once', async () => {
    await trader.place({ ...BUY, kind: 'market', size: '1' });
    venue.market.funding(0.0001, true);
    expect(await trader.data('/funding?symbol=BTC-USDT')).toMatchObject({
      ...{ totalSize: 1, fundingValues: [{ rate: '0.0001', side: 'LONG', positionSize: '1' }] },
    });
  });
  test('VA-58 lists page from 0 and know how many there are', async () => {
    for (let i = 0; i < 5; i++) await trader.place({ ...BUY, clientId: `p${i}` });
    const page = async (n: number): Promise<unknown> => {
      const data = (await trader.data(`/history-orders?limit=2&page=${n}`)) as {
        orders: Json[];
        totalSize: number;
      };
      return [...data.orders.map((order) => order['clientId']), data.totalSize];
    };
    expect([await page(0), await page(2)]).toEqual([
      ['p4', 'p3', 5],
      ['p0', 5],
    ]);
  });
});
