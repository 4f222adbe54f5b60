// ApeX's public book and prints, one rule each, and what its answers mean. The whole under damage: codec-fuzz.test.ts.
import { describe, expect, test } from 'vitest';
import { readAccountFrame } from '#clients/apex/codec/account';
import { ApexFeed } from '#clients/apex/codec/feed';
import { netPosition } from '#clients/apex/codec/words';
import { readReply } from '#clients/apex/errors';
import type { CrossSymbol } from '#clients/apex/wire';
import { ROW_CLEAR, ROW_FUNDING, ROW_LEVEL, ROW_MARK, ROW_TRADE } from '#core/rows';
import { INSTRUMENT, SYMBOL } from '../../support/apex-naive.js';

type Row = readonly [kind: number, side: number, us: number, price: number, size: number];
const US = 1_790_000_000_000_000;

function feedOf(): { feed: ApexFeed; rows: Row[] } {
  const rows: Row[] = [];
  const out = { row: (...row: Row) => void rows.push(row) };
  return { feed: new ApexFeed(SYMBOL as CrossSymbol, INSTRUMENT, out), rows };
}
type Levels = readonly (readonly [string, string])[];
const book = (
  type: string,
  u: unknown,
  b: Levels | null,
  a: Levels | null,
  s: string = SYMBOL,
) => ({
  topic: `orderBook200.H.${SYMBOL}`,
  ...{ type, data: { s, b, a, u }, cs: 1, ts: US },
});
/** Worst bid first, as the venue has it. */
const BIDS: Levels = [['99.0', '1'], ['99.5', '2']]; // prettier-ignore
const ASKS: Levels = [['100.0', '3'], ['100.5', '1']]; // prettier-ignore
const started = (): { feed: ApexFeed; rows: Row[] } => {
  const desk = feedOf();
  expect(desk.feed.onFrame(book('snapshot', 500, BIDS, ASKS))).toBe('applied');
  desk.rows.length = 0;
  return desk;
};

describe('the book', () => {
  test('a snapshot with the worst bids first, then a delta: ticks, lots, microseconds', () => {
    const { feed, rows } = feedOf();
    expect(feed.onFrame(book('delta', 499, [], []))).toBe('ignored');
    feed.onFrame(book('snapshot', 500, BIDS, ASKS));
    expect(feed.onFrame(book('delta', 501, [['99.5', '0']], [['100.0', '2.5']]))).toBe('applied');
    expect(rows).toEqual([
      [ROW_CLEAR, 0, US, 0, 0],
      [ROW_LEVEL, 1, US, 198, 1000],
      [ROW_LEVEL, 1, US, 199, 2000],
      [ROW_LEVEL, -1, US, 200, 3000],
      [ROW_LEVEL, -1, US, 201, 1000],
      [ROW_LEVEL, 1, US, 199, 0],
      [ROW_LEVEL, -1, US, 200, 2500],
    ]);
  });

  test('u grows by exactly 1, an empty delta included; else broken until a snapshot', () => {
    const { feed, rows } = started();
    expect(feed.onFrame(book('delta', 501, [], []))).toBe('applied');
    for (const u of [501, 503, 500]) {
      expect(feed.onFrame(book('delta', u, [['98', '1']], []))).toBe('gap');
      expect([feed.live, feed.onFrame(book('delta', 502, [], []))]).toEqual([false, 'ignored']);
      feed.onFrame(book('snapshot', 501, BIDS, ASKS));
      expect(feed.live).toBe(true);
    }
    expect(rows.some((row) => row[3] === 196)).toBe(false);
    // A snapshot may count from anywhere.
    expect([feed.onFrame(book('snapshot', 1, BIDS, ASKS)), feed.u]).toEqual(['applied', 1]);
  });

  test('crossed is broken, locked is not', () => {
    const { feed } = started();
    expect(feed.onFrame(book('delta', 501, [['100.0', '1']], []))).toBe('applied');
    expect(feed.onFrame(book('delta', 502, [['100.5', '1']], []))).toBe('crossed');
    expect(feed.live).toBe(false);
  });

  test('at most 200 levels a side: the worst fall out, and are told as gone', () => {
    const { feed, rows } = feedOf();
    const bids: Levels = Array.from({ length: 200 }, (_, i) => [String(100 + i / 2), '1']);
    feed.onFrame(book('snapshot', 1, bids, []));
    rows.length = 0;
    feed.onFrame(book('delta', 2, [['200', '5'], ['201', '5'], ['99', '1']], [])); // prettier-ignore
    const gone = rows.filter((row) => row[4] === 0).map((row) => row[3]);
    expect(gone.sort()).toEqual([198, 200, 201]);
  });

  test.each([
    ['u is no number', book('snapshot', null, BIDS, ASKS)],
    ['another symbol', book('snapshot', 501, BIDS, ASKS, 'ETHUSDT')],
    ['the empty frame of a bad subscription', book('snapshot', 501, null, null, '')],
    ['a price off the tick', book('delta', 501, [['99.3', '1']], [])],
    ['a size off the lot', book('delta', 501, [['99', '0.0001']], [])],
    ['a price that is no text', book('delta', 501, [[99 as never, '1']], [])],
    ['neither snapshot nor delta', book('odd', 501, [], [])],
    ['no object', 'text'],
    ['no JSON', undefined],
  ])('%s: unreadable, nothing leaves, the book is broken', (_, frame) => {
    const { feed, rows } = started();
    expect(feed.onFrame(frame)).toBe('unreadable');
    expect([feed.live, rows]).toEqual([false, []]);
  });
});

const print = (i: string, side: string, p = '99.5', ms = 1_790_000_000_123) => ({ T: ms, s: SYMBOL, S: side, v: '0.01', p, L: 'PlusTick', i }); // prettier-ignore
const prints = (type: string, data: unknown) => ({ topic: `recentlyTrade.H.${SYMBOL}`, type, data, ts: US }); // prettier-ignore

test('prints: milliseconds to microseconds, history untold, each id once', () => {
  const { feed, rows } = started();
  expect(feed.onFrame(prints('snapshot', [print('b', 'Buy'), print('a', 'Sell')]))).toBe('ignored');
  feed.onFrame(prints('delta', [print('b', 'Buy'), print('c', 'Sell'), print('d', 'Buy')]));
  feed.onFrame(prints('delta', [print('d', 'Buy')]));
  expect(rows).toEqual([
    [ROW_TRADE, -1, 1_790_000_000_123_000, 199, 10],
    [ROW_TRADE, 1, 1_790_000_000_123_000, 199, 10],
  ]);
  expect(feed.onFrame(prints('delta', [print('e', 'Buy', '99.3')]))).toBe('refused');
  expect(feed.onFrame(prints('delta', [print('f', 'Buy', '99', null as never)]))).toBe('unreadable'); // prettier-ignore
  expect(feed.onFrame(prints('delta', {}))).toBe('unreadable');
  expect([rows.length, feed.live]).toEqual([2, true]); // the book is another topic's
});

test('the ticker tells what changed, and only that', () => {
  const { feed, rows } = started();
  const ticker = (data: object) => ({ topic: `instrumentInfo.H.${SYMBOL}`, type: 'delta', data, ts: US }); // prettier-ignore
  expect(feed.onFrame(ticker({ markPrice: '99.75' }))).toBe('applied');
  expect(feed.onFrame(ticker({ fundingRate: '-0.0000125' }))).toBe('applied');
  expect(feed.onFrame(ticker({ openInterest: '1' }))).toBe('ignored');
  expect(feed.onFrame(ticker({ markPrice: 'NaN' }))).toBe('refused');
  expect(rows).toEqual([
    [ROW_MARK, 0, US, 199.5, 0],
    [ROW_FUNDING, 0, US, -125_000, 0],
  ]);
});

test('private frames: lists may be missing or null; net of the two rows', () => {
  const frame = { topic: 'ws_zk_accounts_v3', contents: { orders: null, fills: [{ id: 'x' }], positions: [{}] } }; // prettier-ignore
  expect(readAccountFrame(frame)).toEqual({ snapshot: true, orders: [], fills: [], moved: true, deleveraged: false, unreadable: 1 }); // prettier-ignore
  expect(readAccountFrame({ topic: 'other' })).toBeNull();
  const row = (side: string, size: string) => ({ symbol: 'BTC-USDT', side, size, entryPrice: '5' });
  const net = netPosition([row('LONG', '0.0'), row('SHORT', '0.3'), { symbol: 'ETH-USDT', side: 'LONG', size: '9' }], 'BTC-USDT'); // prettier-ignore
  expect(net).toMatchObject({ long: '0.0', short: '0.3', entry: '5' });
  expect(netPosition([row('ODD', '1')], 'BTC-USDT')).toBeNull();
});

test.each([
  [200, '{"data":{"id":"1"}}', 'ok'],
  [200, '{"code":3,"msg":"ORDER_NOT_FOUND","key":"ORDER_NOT_FOUND"}', 'not-found/other'],
  [200, '{"code":3,"msg":"x","key":"ORDER_SIZE_SMALLER_THAN_SYMBOL_MIN_ORDER_SIZE"}', 'rejected/size'],
  [200, '{"code":20002,"msg":"t"}', 'clock/other'],
  [200, '{"code":10003,"msg":"t"}', 'rate-limit/rate-limit'],
  [200, '{"code":10004,"msg":"t"}', 'unknown/other'],
  [200, '{"code":77777,"msg":"new"}', 'unknown/other'],
  [200, '{"code":77777,"msg":"x","key":"ORDER_SOMETHING_NEW"}', 'rejected/other'],
  [200, '<html>', 'unknown/other'],
  [403, '', 'banned/rate-limit'],
  [429, '', 'rate-limit/rate-limit'],
  [502, '', 'unknown/other'],
])('an answer %i %s means %s', (status, body, want) => {
  const reply = readReply(status, body);
  expect(reply.kind === 'ok' ? 'ok' : `${reply.failure.kind}/${reply.failure.reason}`).toBe(want);
}); // prettier-ignore
