// The wire of ApeX: book chain and cut, prints, ticker deltas, control frames, records with holes, errors on HTTP 200,
// and mutated frames. Campaign: MM_APEX_FRAMES=1000000 npx vitest run test/clients/apex/codec.test.ts
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Instrument } from '#core/instrument';
import { Random } from '#core/random';
import type { Rate, Seconds } from '#core/units';
import { readAccountFrame } from '#clients/apex/codec/account';
import { pingFrame, pongFrame, readControl, subscribeFrame } from '#clients/apex/codec/control';
import { DepthSide } from '#clients/apex/codec/depth';
import { ApexFeed } from '#clients/apex/codec/feed';
import { fillWord, netPosition, orderWord } from '#clients/apex/codec/words';
import {
  crossOf,
  dashSymbol,
  environment,
  loopback,
  socketUrl,
  TOPICS,
} from '#clients/apex/endpoints';
import { closeReasonOf, readReply } from '#clients/apex/errors';
import type { CrossSymbol } from '#clients/apex/wire';
import { tryParseJson } from '#clients/net/long-json';

const CROSS = 'BTCUSDT' as CrossSymbol;
const TS = 1_790_000_000_000_000;
const instrument = new Instrument({
  ...{ venue: 'apex', symbol: 'BTC-USDT', tickSize: '0.1', lotSize: '0.001', minNotional: '0' },
  ...{ kind: 'linear', multiplier: '1', settle: 'USDT', maintenanceMargin: 0.005 },
  ...{ makerFee: 0 as Rate, takerFee: 0 as Rate, fundingPeriod: 3_600 as Seconds },
});
type Level = [string, string];

function rig() {
  const rows: number[][] = [];
  const out = { row: (...columns: number[]) => void rows.push(columns) };
  const feed = new ApexFeed(CROSS, instrument, out as never);
  const book = (type: string, b: Level[], a: Level[], u: number, s: string = CROSS, ts = TS) =>
    feed.onFrame({ topic: TOPICS.book(CROSS), type, data: { s, b, a, u }, cs: 1, ts });
  const take = (): number[][] => rows.splice(0);
  return { feed, book, take, rows };
}
const SNAPSHOT: [Level[], Level[]] = [[['99.0', '1'], ['99.5', '2']], [['100.0', '3'], ['100.5', '1']]]; // prettier-ignore

describe('the book', () => {
  test('snapshot, delta, deletion, an empty tick: rows as the documents say', () => {
    const { book, take } = rig();
    expect(book('snapshot', ...SNAPSHOT, 500)).toBe('applied');
    expect(take()).toEqual([
      [1, 0, TS, 0, 0],
      ...[[2, 1, TS, 990, 1_000], [2, 1, TS, 995, 2_000]],
      ...[[2, -1, TS, 1_000, 3_000], [2, -1, TS, 1_005, 1_000]],
    ]); // prettier-ignore
    expect(book('delta', [['99.5', '0']], [['100.0', '2.5']], 501)).toBe('applied');
    expect(take()).toEqual([[2, 1, TS, 995, 0], [2, -1, TS, 1_000, 2_500]]); // prettier-ignore
    // It says that the book is fresh, and changes nothing.
    expect(book('delta', [], [], 502)).toBe('applied');
    expect(take()).toEqual([[2, 1, TS, 990, 1_000]]);
    expect(book('delta', [['99.0', '0']], [], 503)).toBe('applied');
    take();
    expect(book('delta', [], [], 504)).toBe('applied');
    expect(take()).toEqual([[2, -1, TS, 1_000, 2_500]]);
    expect(book('snapshot', [], [], 505)).toBe('applied');
    expect(take()).toEqual([[1, 0, TS, 0, 0]]);
  });

  test('u must grow by exactly 1; nothing counts until the next snapshot', () => {
    for (const wrong of [502, 503, 499]) {
      const { book, take, feed } = rig();
      book('snapshot', ...SNAPSHOT, 500);
      take();
      expect(book('delta', [['99.5', '9']], [], wrong)).toBe('gap');
      expect(feed.live).toBe(false);
      expect(book('delta', [['99.5', '9']], [], 501)).toBe('ignored');
      expect(take()).toEqual([]);
      expect(book('snapshot', ...SNAPSHOT, 7)).toBe('applied'); // any u starts a chain
      expect(book('delta', [], [], 8)).toBe('applied');
    }
  });

  test('a repeat is dropped: the same u, not newer; the same u with a later time is a gap', () => {
    const { book, take, feed } = rig();
    book('snapshot', ...SNAPSHOT, 500);
    expect(book('delta', [['99.5', '9']], [], 501)).toBe('applied');
    take();
    expect(book('delta', [['99.5', '9']], [], 501)).toBe('ignored');
    expect([take(), feed.u]).toEqual([[], 501]);
    expect(book('delta', [], [], 502)).toBe('applied');
    expect(book('delta', [], [], 502, CROSS, TS + 1)).toBe('gap');
    expect(feed.live).toBe(false);
  });

  test('crossed is broken, locked is not', () => {
    const { book, feed } = rig();
    book('snapshot', ...SNAPSHOT, 1);
    expect(book('delta', [['100.0', '1']], [], 2)).toBe('applied');
    expect(book('delta', [['100.1', '1']], [], 3)).toBe('crossed');
    expect(feed.live).toBe(false);
  });

  test('the wrong spelling, an empty answer and a level off the grid leave no trace', () => {
    const bad: [Level[] | null, Level[] | null, string][] = [
      [SNAPSHOT[0], SNAPSHOT[1], 'BTC-USDT'],
      [null, null, ''],
      [[['99.05', '1']], [], CROSS],
      [[['99.0', '0.0005']], [], CROSS],
      [[['-1', '1']], [], CROSS],
    ];
    for (const [b, a, s] of bad) {
      const { book, rows, feed } = rig();
      expect(book('snapshot', b as Level[], a as Level[], 5, s)).toBe('unreadable');
      expect([rows, feed.live]).toEqual([[], false]);
    }
  });

  test('cut to 200 levels a side: what falls out is removed', () => {
    const { book, take } = rig();
    const bids: Level[] = Array.from({ length: 200 }, (_, i) => [(900 + i / 10).toFixed(1), '1']);
    book('snapshot', bids, [['1000.0', '1']], 1);
    take();
    book('delta', [['950.0', '1']], [], 2);
    expect(take()).toEqual([[2, 1, TS, 9_500, 1_000], [2, 1, TS, 9_000, 0]]); // prettier-ignore
  });

  test('a side of the book is the sorted map that it should be', () => {
    const change = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 3 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), fc.constantFrom(1, -1), (changes, side) => {
        const depth = new DepthSide(side as 1 | -1);
        const model = new Map<number, number>();
        for (const [ticks, lots] of changes) {
          depth.set(ticks, lots);
          if (lots > 0) model.set(ticks, lots);
          else model.delete(ticks);
        }
        const sorted = [...model.keys()].sort((a, b) => (b - a) * side);
        expect(depth.ticks).toEqual(sorted);
        expect(depth.best).toBe(sorted[0] ?? 0);
      }),
    );
  });
});

describe('prints and ticker', () => {
  const print = (i: string, more: object = {}) => ({ T: 1_790_000_000_001, s: CROSS, S: 'Buy', v: '0.002', p: '100.1', L: 'PlusTick', i, ...more }); // prettier-ignore
  const trades = (feed: ApexFeed, type: string, list: unknown) =>
    feed.onFrame({ topic: TOPICS.trades(CROSS), type, data: list, ts: TS });

  test('the snapshot is history; deltas in order; each print once; ms become µs', () => {
    const { feed, take } = rig();
    expect(trades(feed, 'snapshot', [print('b'), print('a')])).toBe('ignored');
    expect(take()).toEqual([]);
    trades(feed, 'delta', [print('a'), print('c'), print('d', { S: 'Sell', p: '100.0' })]);
    trades(feed, 'delta', [print('c')]);
    expect(take()).toEqual([
      [3, 1, 1_790_000_000_001_000, 1_001, 2],
      [3, -1, 1_790_000_000_001_000, 1_000, 2],
    ]);
  });

  test('one bad print does not take the others along', () => {
    const { feed, take } = rig();
    expect(trades(feed, 'delta', [print('a', { v: '0' }), print('b')])).toBe('refused');
    expect(trades(feed, 'delta', [print('c', { S: 'Both' })])).toBe('unreadable');
    expect(trades(feed, 'delta', 'x')).toBe('unreadable');
    expect(take()).toHaveLength(1);
  });

  test('ticker: only the changed fields are told', () => {
    const { feed, take } = rig();
    const ticker = (fields: object) =>
      feed.onFrame({ topic: TOPICS.ticker(CROSS), type: 'delta', data: fields, ts: TS });
    expect(ticker({ markPrice: '100.05', fundingRate: '-0.0000125' })).toBe('applied');
    expect(take()).toEqual([[5, 0, TS, 1_000.5, 0], [6, 0, TS, -125_000, 0]]); // prettier-ignore
    expect(ticker({ lastPrice: '1' })).toBe('ignored');
    expect(ticker({ markPrice: 'NaN' })).toBe('refused');
    expect(take()).toEqual([]);
  });

  test('prices beyond the band are refused or left out', () => {
    const { feed, book, take } = rig();
    feed.setBand(990, 1_010);
    book('snapshot', [['50.0', '1'], ['99.5', '2']], [['100.0', '3'], ['500.0', '1']], 1); // prettier-ignore
    expect(take()).toHaveLength(3);
    expect(trades(feed, 'delta', [print('a', { p: '500' })])).toBe('refused');
  });
});

describe('control frames', () => {
  const request = { op: 'subscribe', args: ['t'] };
  test('each of those seen live', () => {
    expect(readControl({ op: 'ping', args: ['12'] })).toEqual({ kind: 'ping', stamp: '12' });
    expect(readControl({ success: true, ret_msg: 'pong', request: { op: 'ping', args: ['1'] } })).toEqual({ kind: 'pong' }); // prettier-ignore
    expect(readControl({ success: true, ret_msg: '', request })).toEqual({ kind: 'ack', ...request }); // prettier-ignore
    expect(readControl({ success: 'true', ret_msg: '', request })?.kind).toBe('ack');
    expect(readControl({ success: false, ret_msg: 'error:handler not found', request })?.kind).toBe('refused'); // prettier-ignore
    expect(readControl({ success: false, ret_msg: 'error:topic:already subscribed t', request })?.kind).toBe('duplicate'); // prettier-ignore
    expect(readControl({ success: false, msg: 'param error' })?.kind).toBe('refused');
    for (const data of [{ topic: 'x', success: true }, null, 7, {}, []]) expect(readControl(data)).toBeNull(); // prettier-ignore
    expect(readControl(JSON.parse(pingFrame(5)))).toEqual({ kind: 'ping', stamp: '5' });
    expect(readControl(JSON.parse(pongFrame('5')))).toEqual({ kind: 'pong' });
    expect(JSON.parse(subscribeFrame(['a']))).toEqual({ op: 'subscribe', args: ['a'] });
  });
});

describe('records', () => {
  const order = { id: '1', clientId: 'mm-a-1', symbol: 'BTC-USDT', side: 'SELL', price: '1', size: '2', status: 'OPEN', cumSuccessFillSize: '0.5', cumMatchFillSize: '0.7', updatedTime: '5' }; // prettier-ignore
  test('orders: matched counts before settled, remainingSize is not believed', () => {
    expect(orderWord(order)).toMatchObject({
      side: -1,
      state: 'open',
      filled: '0.7',
      updatedMs: 5,
    });
    expect(orderWord({ ...order, status: 'FILLED' })).toMatchObject({ state: 'done', filled: '2' });
    expect(orderWord({ ...order, remainingSize: '0.000' })?.filled).toBe('0.7');
    expect(orderWord({ ...order, clientId: '', clientOrderId: 'x' })?.clientId).toBe('x');
    for (const bad of [null, 'x', {}, { ...order, status: 'NEW?' }, { ...order, side: 'LONG' }, { ...order, id: '' }]) expect(orderWord(bad)).toBeNull(); // prettier-ignore
  });

  test('fills: liquidity or direction; liquidation and deleverage', () => {
    const fill = { id: 'f', orderId: '1', symbol: 'BTC-USDT', side: 'BUY', price: '1', size: '1', fee: '0', direction: 'MAKER', createdAt: 3 }; // prettier-ignore
    expect(fillWord(fill)).toMatchObject({ maker: true, liquidation: false, failed: false });
    expect(fillWord({ ...fill, isDeleverage: true })?.liquidation).toBe(true);
    expect(fillWord({ ...fill, status: 'FAILED_L2_REJECTED' })?.failed).toBe(true);
    expect(fillWord({ ...fill, size: undefined })).toBeNull();
  });

  test('private frames: null lists, no type is a snapshot, holes are counted', () => {
    const topic = TOPICS.account;
    const read = (contents: unknown, type?: string) => readAccountFrame({ topic, timestamp: 1, contents, ...(type === undefined ? {} : { type }) }); // prettier-ignore
    expect(read({ orders: null, fills: null, positions: null })).toMatchObject({ snapshot: true, orders: [], unreadable: 0, moved: false }); // prettier-ignore
    expect(read({ orders: [order, 5], positions: [{}] }, 'delta')).toMatchObject({ snapshot: false, unreadable: 1, moved: true }); // prettier-ignore
    expect(read('x', 'delta')).toMatchObject({ unreadable: 1 });
    expect(readAccountFrame({ topic: 'ws_notify_v1', contents: {} })).toBeNull();
  });

  test('LONG and SHORT rows are netted by their owner; another symbol is nothing', () => {
    const row = (side: string, size: string, symbol = 'BTC-USDT') => ({ symbol, side, size, entryPrice: `${size}00` }); // prettier-ignore
    expect(netPosition([row('LONG', '0.000'), row('SHORT', '1.5'), row('LONG', '9', 'X-Y')], 'BTC-USDT')).toEqual({ long: '0.000', short: '1.5', entry: '1.500', updatedMs: 0 }); // prettier-ignore
    expect(netPosition(null, 'BTC-USDT')).toMatchObject({ long: '0', short: '0' });
    expect(netPosition([row('LONG', '-1')], 'BTC-USDT')).toBeNull();
    expect(netPosition([row('BOTH', '1')], 'BTC-USDT')).toBeNull();
  });
});

describe('errors on HTTP 200', () => {
  const kindOf = (status: number, body: unknown): string => {
    const reply = readReply(status, typeof body === 'string' ? body : JSON.stringify(body));
    return reply.kind === 'ok' ? 'ok' : reply.failure.kind;
  };
  test('class by code, key and status', () => {
    const cases: [number, unknown, string][] = [
      [200, { data: null, timeCost: 1 }, 'ok'],
      [200, { code: 0, data: 1 }, 'ok'],
      [200, [], 'ok'],
      [200, { code: 3, msg: '', key: 'ORDER_NOT_FOUND' }, 'not-found'],
      [200, { code: 3, msg: 'ORDER_NOT_CANCEL_FILLED: gone' }, 'not-found'],
      [200, { code: 3, msg: 'x', key: 'ORDER_SOMETHING_NEW' }, 'rejected'],
      [200, { code: 3, msg: 'invalid symbol' }, 'rejected'],
      [200, { code: 400, msg: 'parse error' }, 'rejected'],
      [200, { code: 3, key: 'INVALID_L2_SIGNATURE', msg: '' }, 'config'],
      [200, { code: 10002, msg: 'key abc invalid' }, 'config'],
      [200, { code: 20006, msg: '' }, 'config'],
      [200, { code: 20002, msg: '' }, 'clock'],
      [200, { code: 10003, msg: '' }, 'rate-limit'],
      [429, '', 'rate-limit'],
      [403, '<html>', 'banned'],
      [200, { code: 10004, msg: '' }, 'unknown'],
      [200, { code: 10001, msg: '' }, 'unknown'],
      [200, { code: 12_345, msg: 'new' }, 'unknown'],
      [200, '<html>', 'unknown'],
      [503, { msg: '' }, 'unknown'],
      [404, '', 'unknown'],
      [400, '', 'rejected'],
    ];
    for (const [status, body, kind] of cases) expect(kindOf(status, body), JSON.stringify(body)).toBe(kind); // prettier-ignore
  });

  test('a key that the venue quotes back is not repeated', () => {
    const reply = readReply(200, JSON.stringify({ code: 10002, msg: 'api key SECRET-KEY wrong' }));
    expect(JSON.stringify(reply)).not.toContain('SECRET-KEY');
  });

  test('ends of orders', () => {
    expect(closeReasonOf('CANCELED', 'COULD_NOT_FILL', false)).toBe('post-only');
    expect(closeReasonOf('CANCELED', 'COULD_NOT_FILL', true)).toBe('ioc');
    expect(closeReasonOf('EXPIRED', '', false)).toBe('expired');
    expect(closeReasonOf('CANCELED', 'INTERNAL_FAILED', false)).toBe('venue');
  });
});

test('addresses and spellings', () => {
  expect(socketUrl(environment('testnet'), 'private', 5)).toBe('wss://qa-quote.omni.apex.exchange/realtime_private?v=2&timestamp=5'); // prettier-ignore
  expect(environment('testnet-qa').origin).toBe('https://qa.omni.apex.exchange');
  expect(loopback('http://127.0.0.1:9/')?.sockets).toBe('ws://127.0.0.1:9');
  expect(loopback('ftp://x')).toBeNull();
  expect(dashSymbol('BTC-USDT')).toBe('BTC-USDT');
  expect([dashSymbol('BTCUSDT'), dashSymbol('btc-usdt')]).toEqual([null, null]);
  expect(crossOf('BTC-USDT' as never)).toBe('BTCUSDT');
});

test('mutated frames: never a throw, never a price off the grid, at most the book broken', () => {
  const frames = Number(process.env['MM_APEX_FRAMES'] ?? '20000');
  const random = new Random('apex frames');
  const texts = [
    JSON.stringify({ topic: TOPICS.book(CROSS), type: 'snapshot', data: { s: CROSS, b: SNAPSHOT[0], a: SNAPSHOT[1], u: 500 }, cs: 1, ts: TS }),
    JSON.stringify({ topic: TOPICS.book(CROSS), type: 'delta', data: { s: CROSS, b: [['99.5', '0']], a: [['100.0', '2.5']], u: 501 }, cs: 2, ts: TS }),
    JSON.stringify({ topic: TOPICS.trades(CROSS), type: 'delta', data: [{ T: 1_790_000_000_001, s: CROSS, S: 'Buy', v: '0.002', p: '100.1', i: 'x' }], ts: TS }),
    JSON.stringify({ topic: TOPICS.ticker(CROSS), type: 'delta', data: { markPrice: '100.1', fundingRate: '0.0001' }, ts: TS }),
    JSON.stringify({ topic: TOPICS.account, type: 'delta', contents: { orders: [{ id: '1', side: 'BUY', status: 'OPEN', symbol: 'BTC-USDT', price: '1', size: '1' }], fills: null } }),
  ]; // prettier-ignore
  const { feed, rows } = rig();
  let applied = 0;
  let parsed = 0;
  for (let i = 0; i < frames; i += 1) {
    const chars = [...(texts[i % texts.length] as string)];
    for (let n = Math.floor(random.next() * 3) + 1; n > 0; n -= 1) {
      const at = Math.floor(random.next() * chars.length);
      const what = random.next();
      if (what < 0.3) chars.splice(at, 1);
      else if (what < 0.6)
        chars[at] = '0129.-{}[]",:nulNaE'[Math.floor(random.next() * 19)] as string;
      else if (what < 0.8) chars.length = Math.max(1, at);
      else chars.splice(at, 0, ...chars.slice(at, at + 5));
    }
    const frame = tryParseJson(chars.join(''));
    if (frame === undefined) continue;
    parsed += 1;
    readControl(frame);
    readAccountFrame(frame);
    const u = feed.u;
    const before = rows.length;
    const result = feed.onFrame(frame);
    if (result === 'applied') applied += 1;
    else if (result !== 'refused' && result !== 'crossed')
      expect(rows.length - before).toBeLessThan(2);
    if (result === 'gap' || result === 'unreadable')
      expect(feed.u === null || feed.u === u).toBe(true);
    for (const [kind, , us, price, size] of rows.splice(0) as [
      number,
      number,
      number,
      number,
      number,
    ][]) {
      expect(Number.isSafeInteger(us) && us > 0).toBe(true);
      if (kind === 2 || kind === 3) expect(Number.isInteger(price) && price > 0 && Number.isInteger(size) && size >= 0).toBe(true); // prettier-ignore
      if (kind === 5) expect(price > 0).toBe(true);
    }
  }
  expect(parsed).toBeGreaterThan(frames / 10);
  expect(applied).toBeGreaterThan(frames / 100);
}, 900_000);
