// Cards of ApeX's own REST calls on the loopback venue over real sockets: who may, what is refused and in which words,
// limits, and the switches of orders in both settings.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Face } from '#sim/venues/face';
import type { Served, ServedOptions } from './apex-served.js';
import { served } from './apex-served.js';
import type { ApexTrader, Json } from './apex-trader.js';
import { connectedTrader, formOf } from './apex-trader.js';
import type { NewOrder } from './harness.js';
import { quiet, until } from './harness.js';

const BUY: NewOrder = { side: 'buy', price: '99990', size: '0.01' };

describe('apex: its calls', () => {
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
  const word = async (fields: Record<string, string>): Promise<string> => {
    const { json } = await trader.call('POST', '/order', formOf(fields));
    return String(json['key'] ?? json['code'] ?? 'ok');
  };

  test('VA-01 a wrong key, secret or passphrase is refused with 10002 and quoted back', async () => {
    const { credentials } = trader;
    for (const wrong of [{ key: 'nobody' }, { secret: 'x' }, { passphrase: 'x' }]) {
      const { status, json } = await trader.call('GET', '/account', '', {
        ...credentials,
        ...wrong,
      });
      expect([status, json['code']]).toEqual([200, 10_002]);
    }
    const { json } = await trader.call('GET', '/account', '', { ...credentials, key: 'nobody' });
    expect(json['msg']).toContain('nobody');
  });
  test('VA-02 a stale stamp is refused with 20002, one of the future passes, as a switch says', async () => {
    const at = async (ms: number): Promise<unknown> =>
      (await trader.call('GET', '/account', '', trader.credentials, Date.now() + ms)).json['code'];
    expect([await at(-700_000), await at(-300_000), await at(600_000)]).toEqual([
      20_002, undefined, undefined,
    ]); // prettier-ignore
    await again({ quirks: { stampWindowMs: 5_000 } });
    expect(await at(-300_000)).toBe(20_002);
  });
  test('VA-03 a form may come unsorted and encoded while the raw sorted one was signed', async () => {
    const { credentials } = trader;
    const signed = formOf({ symbol: 'BTC-USDT', note: 'a b' });
    const now = Date.now();
    const { signRequest } = await import('#clients/apex/sign/request');
    const send = async (body: string): Promise<unknown> => {
      const signature = signRequest(credentials.secret, now, 'POST', '/api/v3/delete-open-orders', signed); // prettier-ignore
      const response = await fetch(`${venue.server.origin}/api/v3/delete-open-orders`, {
        method: 'POST',
        headers: {
          'APEX-API-KEY': credentials.key,
          'APEX-PASSPHRASE': credentials.passphrase,
          'APEX-TIMESTAMP': String(now),
          'APEX-SIGNATURE': signature,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body,
      });
      return ((await response.json()) as Json)['code'];
    };
    expect(await send('symbol=BTC-USDT&note=a+b')).toBeUndefined();
    expect(await send('symbol=BTC-USDT&note=a%20c')).toBe(10_002);
  });
  test('VA-04 every zk signature is verified, and covers price, size, side and client id', async () => {
    await venue.server.close();
    await open({ checks: 'real' });
    const fields = trader.fields(BUY);
    for (const change of [
      { price: '99991' },
      { size: '0.02' },
      { side: 'SELL' },
      { clientId: 'other' },
    ]) {
      expect(await word({ ...fields, limitFee: '9', ...change })).toBe('INVALID_L2_SIGNATURE');
    }
    expect(await word({ ...fields, signature: `0x${fields['signature'] as string}` })).toBe('ok');
    expect(await word({ ...trader.fields(BUY), signature: 'nonsense' })).toBe(
      'INVALID_L2_SIGNATURE',
    );
    const { json } = await trader.call('GET', '/account');
    expect((json['data'] as Json)['l2Key']).toMatch(/^0x[0-9a-f]{64}$/);
  });
  test('VA-05 whether 0x may stand before a signature is a switch', async () => {
    const prefixed = (): Record<string, string> => ({ ...trader.fields(BUY), signature: '0x00' });
    for (const signaturePrefix of ['', '0x'] as const) {
      await again({ quirks: { signaturePrefix } });
      const bare = await word(trader.fields(BUY));
      const refused =
        signaturePrefix === '' ? [bare, await word(prefixed())] : [await word(prefixed()), bare];
      expect(refused).toEqual(['ok', 'INVALID_L2_SIGNATURE']);
    }
  });
  test("VA-06 fee rates in the signature: the account's, the standard ones, or either", async () => {
    const { zkChecks } = await import('#sim/venues/apex/zk-checks');
    const { Instrument } = await import('#core/instrument');
    const { rateFromBps } = await import('#core/money');
    const { INSTRUMENT } = await import('./apex-served.js');
    const instrument = new Instrument({ ...INSTRUMENT.spec, makerFee: rateFromBps(1) }); // signed: 2 bp
    for (const signedFees of ['account', 'standard', 'either'] as const) {
      await again({ instrument, quirks: { signedFees } });
      Object.assign(venue.face.desk, { checks: zkChecks() });
      Object.assign(trader, { sign: true });
      expect(await word(trader.fields(BUY))).toBe(
        signedFees === 'account' ? 'INVALID_L2_SIGNATURE' : 'ok',
      );
    }
  });
  test('VA-10 what is refused, and by which key', async () => {
    const base = (): Record<string, string> => trader.fields(BUY);
    const cases: readonly (readonly [Record<string, string>, string])[] = [
      [{ price: '0' }, 'ORDER_PRICE_MUST_GREETER_ZERO'],
      [{ side: 'LONG' }, 'ORDER_INVALID_ORDER_SIDE'],
      [{ type: 'STOP_LIMIT' }, 'ORDER_INVALID_ORDER_TYPE'],
      [{ timeInForce: 'GTC' }, 'ORDER_INVALID_TIME_IN_FORCE'],
      [{ clientId: '' }, 'ORDER_EMPTY_CLIENT_ORDER_ID'],
      [{ clientId: 'x'.repeat(65) }, 'ORDER_INVALID_CLIENT_ORDER_ID'],
      [{ size: '51', limitFee: '9999' }, 'ORDER_SIZE_GREATER_THAN_SYMBOL_MAX_ORDER_SIZE'],
      [{ limitFee: '0.1' }, 'ORDER_LIMIT_FEE_NOT_ENOUGH'],
      [{ reduceOnly: 'true' }, 'ORDER_IS_REDUCE_ONLY_CANNOT_OPEN_POSITION'],
      [{ expiration: '1700000000000' }, 'ORDER_INVALID_EXPIRATION'],
      [{ symbol: 'BTCUSDT' }, 'SYMBOL_NOT_FOUND'],
    ];
    for (const [change, key] of cases) expect(await word({ ...base(), ...change })).toBe(key);
    expect(await trader.open()).toEqual([]);
    venue.face.changeMarket({ enableOpenPosition: false });
    expect(await word(base())).toBe('ORDER_SYMBOL_DISABLE_OPEN_POSITION');
    venue.face.changeMarket({ enableTrade: false });
    expect(await word(base())).toBe('ORDER_SYMBOL_DISABLE_TRADE');
  });
  test('VA-11 a repeated client id conflicts, also after the order has ended', async () => {
    const { id } = await trader.place({ ...BUY, clientId: 'a' });
    await trader.cancel(id);
    expect((await trader.place({ ...BUY, clientId: 'a' })).word).toBe(
      'ORDER_CLIENT_ORDER_DATA_CONFLICT',
    );
  });
  test('VA-12 a size below the minimum is refused', async () => {
    venue.face.changeMarket({ minOrderSize: '0.02' });
    expect((await trader.place(BUY)).word).toBe('ORDER_SIZE_SMALLER_THAN_SYMBOL_MIN_ORDER_SIZE');
  });
  test('VA-13 an order beyond the margin is refused in the answer, and never was', async () => {
    for (let i = 0; i < 9; i++) expect((await trader.place({ ...BUY, size: '50' })).ok).toBe(true);
    expect((await trader.place({ ...BUY, size: '50', clientId: 'm' })).word).toBe('margin');
    await quiet();
    expect(trader.heard.orders.some((order) => order.clientId === 'm')).toBe(false);
    expect(await trader.look('m')).toBeUndefined();
  });
  test('VA-14 fill or kill: all at once or nothing', async () => {
    const kill = {
      ...trader.fields({ ...BUY, kind: 'gtc', price: '100001', size: '1.5', clientId: 'k' }),
      timeInForce: 'FILL_OR_KILL',
    };
    await word(kill);
    expect(await trader.look('k')).toMatchObject({ open: false, filled: 0 });
    const fill = {
      ...trader.fields({ ...BUY, kind: 'gtc', price: '100002', size: '1.5', clientId: 'f' }),
      timeInForce: 'FILL_OR_KILL',
    };
    await word(fill);
    expect(await trader.look('f')).toMatchObject({ ending: 'filled', filled: 1.5 });
  });
  test('VA-15 an order ends at its expiration, given in ms or seconds, where the venue does that', async () => {
    const soon = (): Record<string, string> => ({
      ...trader.fields(BUY),
      expiration: String(Date.now() + 150),
    });
    await word(soon());
    await until(
      () => trader.heard.orders.some((order) => order.ending === 'EXPIRED'),
      'the expiry',
    );
    expect(await trader.open()).toEqual([]);
    await again({ quirks: { expires: false, expirationUnit: 's' } });
    expect(await word(soon())).toBe('ORDER_INVALID_EXPIRATION');
    expect(await word({ ...soon(), expiration: String(Math.ceil(Date.now() / 1000) + 1) })).toBe(
      'ok',
    );
    await again({ quirks: { expirationUnit: 'ms' } });
    expect(await word({ ...soon(), expiration: String(Math.ceil(Date.now() / 1000) + 9) })).toBe(
      'ORDER_INVALID_EXPIRATION',
    );
  });
  test('VA-16 batch cancels: both forms of ids, and each alone as a switch says', async () => {
    const ids = async (): Promise<string[]> => [
      (await trader.place(BUY)).id,
      (await trader.place(BUY)).id,
    ];
    const indexed = async ([a, b]: string[]) =>
      trader.call('POST', '/delete-orders', `ids%5B0%5D=${a}&ids%5B1%5D=${b}`);
    const comma = async ([a, b]: string[]) =>
      trader.call('POST', '/delete-orders', `ids=${a}%2C${b}`);
    expect((await indexed(await ids())).json['data']).toHaveLength(2);
    expect((await comma(await ids())).json['data']).toHaveLength(2);
    expect(await trader.open()).toEqual([]);
    for (const [batchIds, refused] of [
      ['indexed', comma],
      ['comma', indexed],
    ] as const) {
      await again({ quirks: { batchIds } });
      expect((await refused(await ids())).json['code']).toBe(3);
    }
  });
  test('VA-17 beyond 300 POSTs a minute: 403 for a while, nothing executed', async () => {
    await again({ limitScale: 0.02, quirks: { banUs: 60_000 } }); // 6 POSTs, 12 requests of an address
    const status: number[] = [];
    for (let i = 0; i < 7; i++)
      status.push((await trader.call('POST', '/order', formOf(trader.fields(BUY)))).status);
    expect(status).toEqual([200, 200, 200, 200, 200, 200, 403]);
    expect((await trader.call('GET', '/account')).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(venue.face.accounts.of(trader.credentials.key).openOrders.size).toBe(6);
    for (let i = 0; i < 12; i++) await trader.call('GET', '/open-orders');
    expect((await fetch(`${venue.server.origin}/api/v3/time`)).status).toBe(403);
  });
  test('VA-18 maintenance is 503, an unknown call 404', async () => {
    expect((await trader.call('GET', '/nowhere')).status).toBe(404);
    venue.face.setMaintenance(true);
    expect((await trader.call('GET', '/account')).status).toBe(503);
  });
  test('VA-19 cancels of what is gone say how it went', async () => {
    const { id } = await trader.place({ ...BUY, price: '100000.5' });
    venue.market.print('sell', 99_999, 3);
    expect((await trader.cancel(id)).word).toBe('ORDER_NOT_CANCEL_FILLED');
    const other = await trader.place(BUY);
    await trader.cancel(other.id);
    expect((await trader.cancel(other.id)).word).toBe('ORDER_NOT_CANCEL_INVALID_STATUS');
    expect((await trader.cancel('77')).word).toBe('ORDER_NOT_FOUND');
  });
});
