// What a refusal means, and where things are: only a definite no is a rejection.
import { describe, expect, test } from 'vitest';
import {
  environment, encodingOf, loopback, socketUrl, JSON_ENCODING, PATHS, SBE_1,
} from '#clients/paradex/endpoints'; // prettier-ignore
import { closeReason, refusalReason, restFailure, rpcFailure } from '#clients/paradex/errors';

const rest = (status: number, error?: string, message = ''): string => {
  const { kind, reason } = restFailure(status, { error, message });
  return `${kind}/${reason}`;
};
const rpc = (code: number, message = '', data?: unknown): string => {
  const { kind, reason } = rpcFailure(code, message, data);
  return `${kind}/${reason}`;
};

describe('REST', () => {
  test.each([
    [400, 'INVALID_ORDER_SIZE', 'rejected/size'],
    [400, 'DUPLICATED_CLIENT_ID', 'rejected/duplicate-id'],
    [400, 'SYSTEM_STATUS_CANCEL_ONLY', 'maintenance/market-closed'],
    [400, 'INVALID_TIMESTAMP', 'clock/other'],
    [404, 'ORDER_ID_NOT_FOUND', 'not-found/other'],
    [400, 'ORDER_IS_CLOSED', 'not-found/other'],
    [400, 'INVALID_PRICE_PRECISION', 'rejected/price'],
    [400, 'ACCOUNT_NOT_FOUND', 'forbidden/other'],
    [400, 'SOMETHING_NEW', 'rejected/other'],
    [401, undefined, 'auth/other'],
    [401, 'GEO_IP_BLOCK', 'auth/other'],
    [403, 'GEO_IP_BLOCK', 'forbidden/other'],
    [403, undefined, 'forbidden/other'],
    [404, undefined, 'not-found/other'],
    [429, undefined, 'rate-limit/rate-limit'],
    [408, undefined, 'unknown/other'],
    [409, undefined, 'unknown/other'],
    [500, 'VALIDATION_ERROR', 'unknown/other'],
    [503, undefined, 'unknown/other'],
    [302, undefined, 'unknown/other'],
    [200, undefined, 'unknown/other'],
    [0, undefined, 'unknown/other'],
  ])('%i %s is %s', (status, code, want) => expect(rest(status, code)).toBe(want));

  test('bodies of any kind, inherited names, one line', () => {
    for (const body of [null, 'x', [], 3, { error: 5 }, { error: 'toString' }])
      expect(restFailure(400, body).kind).toBe('rejected');
    const { detail } = restFailure(400, { error: 'X', message: `a\n\u0000b${'c'.repeat(500)}` });
    expect(detail).toMatch(/^400 X a b/);
    expect(detail.length).toBeLessThanOrEqual(200);
  });
});

test.each([
  [100, 'POST_ONLY_WOULD_CROSS', 'rejected/post-only'],
  [100, 'not enough margin', 'rejected/margin'],
  [100, 'ORDER_IS_CLOSED', 'not-found/other'],
  [100, 'order 17675826027931140000000260 is closed', 'not-found/other'],
  [100, 'order not found', 'not-found/other'],
  [100, 'the market is not open', 'rejected/market-closed'],
  [100, 'whatever', 'rejected/other'],
  [-32602, 'bad params', 'rejected/other'],
  [-32603, 'internal VALIDATION_ERROR', 'unknown/other'],
  [40110, '', 'auth/other'],
  [40111, '', 'auth/other'],
  [40112, '', 'forbidden/other'],
  [40300, '', 'forbidden/other'],
  [42901, '', 'rate-limit/rate-limit'],
  [12345, 'new', 'unknown/other'],
])('JSON-RPC %i %s is %s', (code, message, want) => expect(rpc(code, message)).toBe(want));

test('how an order ended', () => {
  const ends = ['USER_CANCELED', 'POST_ONLY_WOULD_CROSS', 'SELF_TRADE', 'LIQUIDATION', 'NEW_TEXT'];
  expect(ends.map((text) => closeReason(text, 'GTC'))).toEqual(['cancelled', 'post-only', 'self-trade', 'liquidation', 'venue']); // prettier-ignore
  expect([closeReason('', 'IOC'), closeReason('', 'POST_ONLY')]).toEqual(['ioc', 'venue']);
  expect(['', 'USER_CANCELED', 'POST_ONLY_WOULD_CROSS', 'NOT_ENOUGH_MARGIN', 'MMP_FROZEN', 'ODD'].map(refusalReason))
    .toEqual([null, null, 'post-only', 'margin', 'market-closed', null]); // prettier-ignore
});

test('addresses', () => {
  expect(environment('mainnet').rest).toBe('https://api.prod.paradex.trade/v1');
  expect(socketUrl(environment('testnet'), SBE_1)).toBe(
    'wss://ws.api.testnet.paradex.trade/v1?sbeSchemaId=1&sbeSchemaVersion=1',
  );
  const local = loopback('http://127.0.0.1:4801');
  expect(local).toMatchObject({ rest: 'http://127.0.0.1:4801/v1', ws: 'ws://127.0.0.1:4801/v1', chainId: null }); // prettier-ignore
  expect([loopback('ftp://x'), loopback('http://x/y'), loopback('')]).toEqual([null, null, null]);
  const ask = (query: string): unknown => encodingOf(new URLSearchParams(query));
  expect(ask('')).toEqual(JSON_ENCODING);
  expect(ask('sbeSchemaId=1&sbeSchemaVersion=2')).toEqual({ kind: 'sbe', version: 2 });
  for (const bad of ['sbeSchemaId=1', 'sbeSchemaId=2&sbeSchemaVersion=1', 'sbeSchemaId=1&sbeSchemaVersion=3'])
    expect(ask(bad)).toBeNull(); // prettier-ignore
  expect(PATHS.orderByClientId('a/b')).toBe('/orders/by_client_id/a%2Fb');
});
