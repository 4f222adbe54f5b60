// Whatever a client sends, the loopback Paradex answers: once, with JSON, without throwing, and its accounts are as
// before. Fields are replaced by nonsense of every type, texts are cut and damaged, paths are anything.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Instrument } from '#core/instrument';
import type { Micros } from '#core/units';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { SyntheticMarket } from '#sim/market/market';
import type { FaceReply } from '#sim/venues/face';
import { MarketPlayer } from '#sim/venues/feed';
import { ParadexFace } from '#sim/venues/paradex/paradex-face';
import { SteppedClock } from '#sim/venues/stepped-clock';
import { newSigner } from '../../contract/paradex-trader.js';

const START = 1_767_600_000_000_000 as Micros;
const RUNS = Number(process.env['MM_NONSENSE'] ?? 100);

function world() {
  const clock = new SteppedClock(START);
  const source = new SyntheticMarket({ preset: 'normal', seed: 5, startUs: START });
  const feed = new MarketPlayer({ clock, source });
  const instrument = new Instrument(SYNTHETIC_INSTRUMENT);
  const face = new ParadexFace({ clock, instrument, feed, seed: 5, limitScale: 1e6 });
  face.changeMarket({ price_tick_size: '0.1' });
  const signer = newSigner();
  const ask = (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    target: string,
    body: string,
    headers: Record<string, string>,
  ) => {
    const replies: (FaceReply | null)[] = [];
    face.request({ method, target, headers, body, ip: 'x' }, (reply) => replies.push(reply));
    expect(replies).toHaveLength(1);
    const reply = replies[0] as FaceReply;
    if (reply.body !== '') JSON.parse(reply.body);
    return reply;
  };
  const s = START / 1e6;
  const auth = {
    'paradex-starknet-account': signer.account,
    'paradex-starknet-signature': signer.signAuth(s, s + 1_800),
    'paradex-timestamp': String(s),
    'paradex-signature-expiration': String(s + 1_800),
  };
  const login = ask('POST', `/v1/auth/${signer.publicKey}`, '', auth);
  const token = (JSON.parse(login.body) as { jwt_token: string }).jwt_token;
  const order = {
    market: 'BTC-USD-PERP',
    side: 'BUY' as const,
    type: 'LIMIT',
    size: '0.01',
    price: '99000',
  };
  const body = {
    ...{ ...order, instruction: 'POST_ONLY', signature_timestamp: START / 1000, client_id: 'a' },
    ...{ signature: signer.signOrder({ ...order, timestampMs: START / 1000 }), flags: [], stp: '' },
    ...{ recv_window: 1_000, trigger_price: '1', id: '1', order_ids: ['1'] },
  };
  return { face, clock, ask, auth, token, body };
}

const nonsense = fc.oneof(
  fc.string(),
  fc.double(),
  fc.bigInt().map(String),
  fc.constantFrom(
    null,
    true,
    [],
    {},
    ['x', 1, null],
    { a: {} },
    -1,
    '1e9',
    '0x',
    '٣',
    '__proto__',
    '-5',
    '0',
  ),
);

test(`survives nonsense, ${RUNS} times each way`, () => {
  const { face, ask, auth, token, body } = world();
  const bearer = { authorization: `Bearer ${token}` };
  const link = face.connect('/v1', {}, 'x', {
    ...{ text: (text) => void JSON.parse(text), binary: () => undefined, ping: () => undefined },
    close: () => undefined,
  });
  if ('status' in link) throw new Error('refused');
  link.text(JSON.stringify({ id: 1, method: 'auth', params: { bearer: token } }));
  link.text(JSON.stringify({ id: 2, method: 'subscribe', params: { channel: 'orders.ALL' } }));
  const members = fc.constantFrom(...Object.keys(body));
  const methods = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE');
  const paths = fc.constantFrom(
    ...[
      '/orders',
      '/orders/batch',
      '/orders/1',
      '/auth',
      '/auth/0x1',
      '/onboarding',
      '/fills',
      '/trades',
    ],
    ...[
      '/markets/klines?symbol=BTC-USD-PERP',
      '/orderbook/BTC-USD-PERP',
      '/account/margin/BTC-USD-PERP',
    ],
    ...[
      '/orders-history?cursor=',
      '/onboarding?public_key=',
      '/orders/by_client_id/%ff',
      '//',
      '/%',
      '?',
    ],
  );
  const calls = fc.constantFrom(
    ...['auth', 'subscribe', 'unsubscribe', 'modify_subscription', 'order.create', 'order.modify'],
    ...['order.create_batch', 'order.cancel', 'order.cancel_batch', 'order.cancel_all', 'x', ''],
  );
  fc.assert(
    fc.property(
      members,
      nonsense,
      methods,
      paths,
      calls,
      fc.string(),
      (member, value, method, path, call, tail) => {
        const bad = { ...body, [member]: value };
        const text = JSON.stringify(bad);
        const m = method as 'GET';
        expect(ask('POST', '/v1/orders', text, bearer).status).toBeLessThan(500);
        ask(m, `/v1${path}${encodeURIComponent(tail)}`, text, bearer);
        ask(m, `/v1${path}${tail}`, JSON.stringify(value), bearer);
        ask(m, `/v1${path}`, text.slice(0, tail.length * 3), bearer);
        ask('POST', `/v1/auth/${tail}`, '', { ...auth, 'paradex-timestamp': String(value) });
        ask('POST', '/v1/auth', '', { ...auth, 'paradex-starknet-account': String(value) });
        ask('GET', '/v1/account', '', { authorization: `Bearer ${String(value)}` });
        for (const params of [
          bad,
          value,
          [bad, value],
          { orders: [bad, value] },
          { channel: value },
        ])
          if (call !== 'auth')
            link.text(JSON.stringify({ jsonrpc: '2.0', id: value, method: call, params }));
        link.text(text);
        link.text(tail);
      },
    ),
    { numRuns: RUNS },
  );
  for (const account of face.accounts.all.values()) {
    expect(account.fills).toEqual([]);
    expect([...account.openOrders].every((o) => o.ticks === 990_000 && o.lots === 100)).toBe(true);
  }
});
