// Breaks and what follows: the order of events to the engine, the dead-man before any order, tokens, silence, limits,
// maintenance, a market that changes. The venue is scripted, the clock stepped.
import { describe, expect, test } from 'vitest';
import type { Micros } from '#core/units';
import { BID } from '#core/units';
import { ParadexEmergency } from '#clients/paradex/client-emergency';
import { VenueProblem } from '#clients/net/venue-client';
import {
  ENVIRONMENT, fillWire, makeRig, MARKET, MARKET_SPEC, orderWire, place, readyRig, reply, results, SIGNER, START_US,
} from './scripted.js'; // prettier-ignore

const NOW = 0 as Micros;
const created = (ordinal: number) => ({
  result: { order: orderWire(ordinal, { status: 'NEW', seq_no: 0 }) },
});

describe('start', () => {
  test('reads market, fees, account and open orders, and changes nothing', async () => {
    const rig = makeRig();
    rig.venue.http.set('GET /orders', () =>
      results(orderWire(3), orderWire(4, { client_id: 'hand' })),
    );
    const facts = await rig.settle(rig.client.start());
    expect(facts.instrument.spec).toMatchObject({ tickSize: '0.1', makerFee: 300_000 });
    expect(facts.feesFrom).toBe('account');
    expect(facts.openOrders.map((o) => o.ordinal)).toEqual([3, null]);
    expect(facts.account).toMatchObject({ positionLots: 0, equity: 500_000_000_000 });
    const changing = rig.venue.requests.filter(
      (r) => r.method !== 'GET' && !r.url.includes('/auth'),
    );
    expect(changing).toEqual([]);
  });

  const fee = (text: string) => ({ fee: text, fee_cap: '1', fee_floor: '0' });
  const api_fee = { maker_fee: fee('0.0001'), taker_fee: fee('0.0003') };
  test.each([
    ['account', { maker_rate: '0', taker_rate: '0.0002' }, { api_fee }, 0, 2_000_000],
    ['market', {}, { api_fee }, 1_000_000, 3_000_000],
    ['configuration', {}, {}, 7_000_000, 9_000_000],
  ])('fees by the %s, the first that names any', async (from, fees, fee_config, maker, taker) => {
    const rig = makeRig({}, { fallbackFees: { maker: '0.0007', taker: '0.0009' } });
    rig.venue.http.set('/account/info', () => results({ account: '0xacc', fees }));
    rig.venue.http.set('/markets', () => results({ ...MARKET_SPEC, fee_config }));
    const { instrument, feesFrom } = await rig.settle(rig.client.start());
    const { makerFee, takerFee } = instrument.spec;
    expect([feesFrom, makerFee, takerFee]).toEqual([from, maker, taker]);
  });

  test('a lost answer is asked for again; three lost ones are a problem', async () => {
    for (const [lost, starts] of [
      [2, true],
      [3, false],
    ] as const) {
      const rig = makeRig();
      let asked = 0;
      const cut = { kind: 'unknown', detail: 'cut' } as const;
      rig.venue.http.set('/markets', () => {
        asked += 1;
        return asked <= lost ? cut : results(MARKET_SPEC);
      });
      const started = await rig.settle(rig.client.start()).catch((e: unknown) => e);
      expect(started instanceof VenueProblem).toBe(!starts);
      expect(asked).toBe(3);
    }
  });

  test('tells every problem at once, with its remedy, and no secret', async () => {
    const rig = makeRig();
    rig.venue.http.set('/system/time', () => reply({ server_time: '1763683300000' }));
    rig.venue.http.set('/markets', () => results());
    rig.venue.http.set('/account/info', () =>
      reply({ error: 'INVALID_TOKEN_SCOPE', message: 'no' }, 403),
    );
    const error = await rig.settle(rig.client.start()).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(VenueProblem);
    const { lines } = error as VenueProblem;
    expect(lines.join('\n')).toMatch(/clock.*\n.*no market.*\n.*INVALID_TOKEN_SCOPE/);
    expect(lines.join('\n')).not.toContain('secret');
  });
});

describe('the private link', () => {
  test('up only after authentication, subscriptions, a confirmed dead-man and reconciliation', async () => {
    const rig = await readyRig();
    expect(rig.venue.privateSocket.asked.map((a) => a.method)).toEqual([
      ...['auth', 'subscribe', 'subscribe', 'subscribe', 'subscribe', 'subscribe'],
      'order.cancel_on_disconnect',
    ]);
    const kinds = rig.heard.events.map((e) =>
      e.kind === 'link' ? `${e.channel} ${e.state}` : e.kind,
    );
    const up = kinds.indexOf('private up');
    expect(kinds.slice(up - 1, up + 2)).toEqual(['open-orders', 'private up', 'account']);
    expect(rig.heard.links('public')).toEqual(['up']);
  });

  test.each([
    ['unanswered', null],
    ['refused', { error: { code: 100, message: 'no' } }],
    ['not confirmed', { result: { enabled: false } }],
  ])('a dead-man that is %s: never up, no order, tried again', async (_name, answer) => {
    const rig = makeRig();
    rig.venue.rpc.set('order.cancel_on_disconnect', () => answer);
    await rig.settle(rig.client.start());
    rig.client.open();
    rig.run(12_000);
    rig.client.send(NOW, [place(1)]);
    rig.run(100);
    expect(rig.heard.links('private')).not.toContain('up');
    expect(rig.venue.orders('order.create')).toEqual([]);
    expect(rig.venue.orders('order.cancel_on_disconnect').length).toBeGreaterThan(1);
  });

  test('a break: down first, the order in flight unknown, the market cancelled by REST at once', async () => {
    const rig = await readyRig();
    rig.venue.rpc.set('order.create', () => null);
    rig.client.send(NOW, [place(1)]);
    rig.run(10);
    const before = rig.heard.events.length;
    rig.venue.privateSocket.end(1006, '');
    rig.run(2);
    expect(rig.heard.events.slice(before).map((e) => e.kind)).toEqual(['link', 'unknown']);
    expect(rig.venue.calls('DELETE', `/orders?market=${MARKET}`)).toHaveLength(1);
  });

  test('after a break: fills since, orders and account come before the link is up, the dead-man anew', async () => {
    const rig = await readyRig();
    rig.venue.rpc.set('order.create', () => created(1));
    rig.client.send(NOW, [place(1)]);
    rig.run(10);
    rig.venue.privateSocket.push('orders.ALL', orderWire(1, { seq_no: 2 }));
    rig.run(10);
    rig.venue.http.set(
      '/orders-history',
      () =>
      results(orderWire(1, { status: 'CLOSED', cancel_reason: 'USER_CANCELED', remaining_size: '0.0006', seq_no: 6 })), // prettier-ignore
    );
    rig.venue.http.set('/fills', () => results(fillWire(1, 'f1', { size: '0.0004' })));
    const before = rig.heard.events.length;
    rig.venue.privateSocket.end(1006, '');
    rig.run(1_500);
    const kinds = rig.heard.events
      .slice(before)
      .map((e) => (e.kind === 'link' ? `link ${e.state}` : e.kind));
    const up = kinds.indexOf('link up');
    expect(kinds[0]).toBe('link down');
    expect(kinds.slice(up - 1, up + 2)).toEqual(['open-orders', 'link up', 'account']);
    expect(kinds.slice(0, up)).toEqual(expect.arrayContaining(['closed', 'fill']));
    expect(rig.heard.of('closed')).toMatchObject([{ ordinal: 1, filledLots: 40 }]);
    expect(rig.heard.of('fill')).toHaveLength(1);
    expect(rig.venue.orders('order.cancel_on_disconnect')).toHaveLength(2);
  });

  test('half-open: found out within 4 s and treated as a break', async () => {
    const rig = await readyRig();
    rig.venue.privateSocket.frozen = true;
    rig.run(4_100);
    expect(rig.heard.links('private').slice(0, 2)).toEqual(['up', 'down']);
    expect(rig.venue.calls('DELETE', '/orders?market')).toHaveLength(1);
  });

  test.each(['protocol', 'json-rpc'] as const)(
    'heartbeat %s: a living socket is left alone',
    async (heartbeat) => {
      const rig = await readyRig({ heartbeat });
      rig.run(30_000);
      expect(rig.client.counters.cuts).toBe(0);
      expect(rig.heard.links('private')).toEqual(['up']);
      expect(rig.venue.orders('ping').length > 0).toBe(heartbeat === 'json-rpc');
    },
  );

  test('back-off: a venue that refuses everybody is asked ever more rarely, and never less than every 5 s', async () => {
    const rig = await readyRig();
    rig.venue.refusing = true;
    rig.venue.privateSocket.end(4031, 'no subscription');
    const failed = (): number => rig.venue.tried.filter((s) => s.isPrivate && !s.open).length;
    rig.run(60_000);
    const first = failed();
    rig.run(60_000);
    expect(first).toBeGreaterThan(8);
    expect(failed() - first).toBeGreaterThanOrEqual(11);
    expect(failed() - first).toBeLessThanOrEqual(25);
    rig.venue.refusing = false;
    rig.run(9_000);
    expect(rig.heard.links('private').at(-1)).toBe('up');
  });

  test.each([
    ['keep', 0],
    ['disarm', 1],
  ] as const)('codAtClose %s sends %i disarming', async (codAtClose, times) => {
    const rig = await readyRig({ codAtClose });
    await rig.settle(rig.client.close());
    const off = rig.venue
      .orders('order.cancel_on_disconnect')
      .filter((a) => a.params['enabled'] === false);
    expect(off).toHaveLength(times);
  });
});

describe('the account', () => {
  test('a position that names a fill nobody reported: the fill is fetched before the report', async () => {
    const rig = await readyRig();
    const ms = Math.floor(rig.venue.clock.nowUs() / 1000);
    const position = { market: MARKET, side: 'LONG', size: '0.001', last_fill_id: 'f1' };
    rig.venue.http.set('/positions', () => results({ ...position, last_updated_at: ms }));
    rig.venue.http.set('/fills', () => results(fillWire(1, 'f1', { created_at: ms })));
    const before = rig.heard.events.length;
    rig.client.requestAccount();
    rig.run(50);
    expect(rig.heard.events.slice(before).map((e) => e.kind)).toEqual(['fill', 'account']);
    const asked = rig.venue.calls('GET', '/fills').length;
    rig.client.requestAccount();
    rig.run(50);
    expect(rig.venue.calls('GET', '/fills')).toHaveLength(asked);
  });

  test('a snapshot older than a fill that we know is thrown away', async () => {
    const rig = await readyRig();
    const ms = Math.floor(rig.venue.clock.nowUs() / 1000);
    for (const id of ['f1', 'f2'])
      rig.venue.privateSocket.push(
        'fills.ALL',
        fillWire(1, id, { created_at: ms + Number(id[1]) }),
      );
    rig.run(20);
    let last = 'f1';
    rig.venue.http.set('/positions', () =>
      results({
        market: MARKET,
        side: 'LONG',
        size: '0.002',
        last_fill_id: last,
        last_updated_at: ms,
      }),
    );
    const before = rig.heard.of('account').length;
    rig.client.requestAccount();
    rig.run(400);
    expect(rig.heard.of('account')).toHaveLength(before);
    last = 'f2';
    rig.run(400);
    expect(rig.heard.of('account')).toHaveLength(before + 1);
  });
});

describe('tokens', () => {
  test('one login however many ask; renewed at about 180 s, before it dies', async () => {
    const rig = await readyRig();
    expect(rig.venue.logins).toBe(1);
    rig.run(160_000);
    expect(rig.venue.logins).toBe(1);
    rig.run(25_000);
    expect(rig.venue.logins).toBe(2);
  });

  test('a 401 renews it once; reads and cancels are sent again, orders are not', async () => {
    const rig = await readyRig({ orderRoute: 'rest' });
    const expired = reply({ message: 'missing or malformed jwt: token is expired by 9.4s' }, 401);
    let first = true;
    rig.venue.http.set('/account', (request) => {
      const answer = first ? expired : reply({ account_value: '4000', status: 'ACTIVE' });
      first = false;
      expect(request.headers['authorization']).toContain('Bearer');
      return answer;
    });
    rig.client.requestAccount();
    rig.run(100);
    expect(rig.heard.of('account').at(-1)?.equity).toBe(400_000_000_000);
    expect(rig.venue.logins).toBe(2);
    rig.venue.http.set('POST /orders', () => expired);
    rig.client.send(NOW, [place(1)]);
    rig.run(100);
    expect(rig.venue.calls('POST', '/orders')).toHaveLength(1);
    expect(rig.heard.story(1)).toEqual(['rejected']);
  });

  test('no secret in any note, event or address', async () => {
    const rig = await readyRig();
    rig.venue.http.set('/positions', () => reply({ message: 'bad' }, 401));
    rig.client.requestAccount();
    rig.venue.privateSocket.end(1006, '');
    rig.run(20_000);
    const said = JSON.stringify([rig.heard.events, rig.heard.notes, rig.venue.requests.map((r) => r.url)]); // prettier-ignore
    expect(said).not.toMatch(/secret-token/);
  });
});

describe('the public link', () => {
  test('a gap is told at once and answered by a new subscription; the next snapshot heals it', async () => {
    const rig = await readyRig();
    rig.venue.delta();
    rig.venue.delta(2);
    rig.run(2);
    expect(rig.heard.links('public')).toEqual(['up', 'gap']);
    rig.run(50);
    expect(rig.venue.publicSocket.asked.map((a) => a.method)).toContain('unsubscribe');
    const rows = rig.heard.rows.length;
    rig.venue.delta();
    rig.run(5);
    expect(rig.heard.rows.length).toBeGreaterThan(rows);
    expect(rig.client.counters.gaps).toBe(1);
  });

  test('a snapshot that is lost is asked for again within 1.5 s, on the same connection', async () => {
    const rig = await readyRig();
    rig.venue.rpc.set('subscribe', ({ params }) => ({ result: params })); // and no book follows
    rig.venue.delta(2);
    rig.run(600);
    rig.venue.rpc.delete('subscribe');
    const rows = rig.heard.rows.length;
    rig.run(900);
    rig.venue.delta();
    rig.run(5);
    expect(rig.heard.rows.length).toBeGreaterThan(rows);
    expect(rig.client.counters.cuts).toBe(0);
  });

  test('an empty delta is heard of: the engine must not take a quiet book for a stale one', async () => {
    const rig = await readyRig();
    const rows = rig.heard.rows.length;
    for (let i = 0; i < 3; i += 1) {
      rig.venue.delta(1, []);
      rig.run(1_000);
    }
    expect(rig.heard.rows.length).toBe(rows + 3);
    expect(rig.heard.links('public')).toEqual(['up']);
  });

  test('prices are believed around the mark, which REST told; the band follows it', async () => {
    const rig = makeRig();
    rig.venue.http.set('/markets/summary', () => results({ symbol: MARKET, mark_price: '90000' }));
    await rig.settle(rig.client.start());
    rig.client.open();
    rig.run(200);
    for (const price of ['360001', '22499', '9000', '91000']) rig.venue.summary(price);
    rig.run(10);
    expect(rig.heard.marks).toEqual([910_000]);
    expect(rig.heard.links('public')).toEqual(['up']);
    // Twice the price: the band moves, and a fresh book says what lies in it.
    rig.venue.summary('181000');
    rig.run(2);
    expect(rig.heard.links('public')).toEqual(['up', 'gap']);
    rig.run(50);
    expect(rig.venue.publicSocket.asked.map((a) => a.method)).toContain('unsubscribe');
    rig.venue.summary('360001');
    rig.run(10);
    expect(rig.heard.marks.at(-1)).toBe(3_600_010);
  });

  test('a mark that stays beyond the band is believed in the end', async () => {
    const rig = makeRig();
    rig.venue.http.set('/markets/summary', () => results({ symbol: MARKET, mark_price: '9' }));
    await rig.settle(rig.client.start());
    rig.client.open();
    for (let i = 0; i < 8; i += 1) {
      rig.run(1_000);
      rig.venue.summary('90000');
      rig.venue.delta();
    }
    rig.run(100);
    expect(rig.heard.marks.at(-1)).toBe(900_000);
    expect(rig.heard.notes.join()).toContain('believed again');
    expect(rig.heard.links('public').at(-1)).toBe('gap');
    expect(rig.venue.publicSocket.asked.map((a) => a.method)).toContain('unsubscribe');
  });

  test('a frame that cannot be read is a gap', async () => {
    const rig = await readyRig();
    rig.venue.publicSocket.text('{"jsonrpc":');
    rig.run(2);
    expect(rig.heard.links('public')).toEqual(['up', 'gap']);
  });

  test('a book that says nothing for 10 s is dead, although the socket answers pings', async () => {
    const rig = await readyRig();
    rig.run(11_500);
    expect(rig.heard.links('public')).toEqual(['up', 'gap']);
  });
});

describe('what bars the market', () => {
  test.each(['cancel_only', 'post_only', 'maintenance'])(
    'state %s withdraws, ok brings it back',
    async (status) => {
      const rig = await readyRig();
      rig.venue.http.set('/system/state', () => reply({ status }));
      for (let i = 0; i < 4; i += 1, rig.venue.delta()) rig.run(1_000);
      expect(rig.heard.links('public').at(-1)).toBe('down');
      rig.client.send(NOW, [place(1)]);
      expect(rig.heard.story(1)).toEqual(['rejected']);
      rig.venue.http.delete('/system/state');
      rig.run(3_500);
      expect(rig.heard.links('public').at(-1)).toBe('up');
    },
  );

  test('an order refused because of maintenance bars at once', async () => {
    const rig = await readyRig();
    rig.venue.http.set('/system/state', () => reply({ status: 'post_only' }));
    rig.venue.rpc.set('order.create', () => ({
      error: { code: 100, message: 'SYSTEM_STATUS_POST_ONLY' },
    }));
    rig.client.send(NOW, [place(1)]);
    rig.run(10);
    expect(rig.heard.links('public').at(-1)).toBe('down');
  });

  test('a clock that drifts beyond 500 ms', async () => {
    const rig = await readyRig();
    rig.venue.http.set('/system/time', () =>
      reply({ server_time: String(Math.floor(rig.venue.clock.nowUs() / 1000) + 700) }),
    );
    for (let i = 0; i < 31; i += 1, rig.venue.delta()) rig.run(1_000);
    expect(rig.heard.links('public').at(-1)).toBe('down');
  });

  test('another tick size stops for good; another field does not', async () => {
    const rig = await readyRig();
    const update = { event_type: 'UPDATED', symbol: MARKET, changed_fields: ['max_order_size'] };
    rig.venue.publicSocket.push('markets', update);
    rig.run(50);
    expect(rig.heard.links('public').at(-1)).toBe('up');
    rig.venue.http.set('/markets', () => results({ ...MARKET_SPEC, price_tick_size: '1' }));
    rig.venue.publicSocket.push('markets', update);
    rig.run(50);
    expect(rig.heard.links('public').at(-1)).toBe('down');
    expect(rig.heard.of('operator')).toMatchObject([{ order: 'stop' }]);
  });

  test('liquidation and a busted trade stop; the bust is undone by its id', async () => {
    const rig = await readyRig();
    const bust = { account: '0xacc', busted_fill_id: 'f1', created_at: 1 }; // all that the AsyncAPI says of it
    rig.venue.privateSocket.push('tradebusts', bust);
    rig.venue.privateSocket.push('tradebusts', bust);
    rig.run(5);
    expect(rig.heard.of('trade-bust')).toMatchObject([{ tradeId: 'f1' }]);
    expect(rig.heard.of('operator')).toMatchObject([{ order: 'stop' }]);
    const other = await readyRig();
    other.venue.privateSocket.push('account', { account_value: '10', status: 'LIQUIDATION' });
    other.run(5);
    expect(other.heard.of('operator')).toMatchObject([{ order: 'stop' }]);
  });
});

describe('trades that the chain took back', () => {
  const bust = { account: '0xacc', busted_fill_id: 'f7', created_at: START_US / 1_000 + 5 };

  test('one that names no fill stops all the same', async () => {
    const rig = await readyRig();
    rig.venue.privateSocket.push('tradebusts', { account: '0xacc' });
    rig.run(5);
    expect(rig.heard.of('trade-bust')).toEqual([]);
    expect(rig.heard.of('operator')).toMatchObject([{ order: 'stop' }]);
  });

  test('during a break: told once, before the account that it changed', async () => {
    const rig = await readyRig();
    expect(rig.venue.calls('GET', '/tradebusts')).toEqual([]);
    rig.venue.http.set('/tradebusts', () => results(bust));
    rig.venue.privateSocket.end(1006, '');
    rig.run(4_000);
    rig.venue.privateSocket.push('tradebusts', bust);
    rig.venue.privateSocket.end(1006, '');
    rig.run(4_000);
    expect(rig.heard.links('private').at(-1)).toBe('up');
    const words = rig.heard.events.map((event) => event.kind).filter((k) => /bust|account/.test(k));
    expect(words.slice(words.indexOf('trade-bust'))[1]).toBe('account');
    expect(rig.heard.of('trade-bust')).toMatchObject([{ tradeId: 'f7' }]);
    expect(rig.venue.calls('GET', '/tradebusts')[0]?.url).toContain('start_at=');
  });

  test('a venue that does not know the question is not asked for ever', async () => {
    const rig = await readyRig();
    rig.venue.http.set('/tradebusts', () => reply({ error: 'NOT_FOUND' }, 404));
    rig.venue.privateSocket.end(1006, '');
    rig.run(4_000);
    expect(rig.heard.links('private').at(-1)).toBe('up');
  });
});

describe('limits and switches', () => {
  test('our own budget refuses orders before the venue does, and never a cancel', async () => {
    const rig = await readyRig();
    rig.venue.rpc.set('order.create', ({ params }) =>
      created(Number(String(params['client_id']).split('-')[2])),
    );
    for (let i = 1; i <= 900; i += 1) {
      rig.client.send(NOW, [place(i)]);
      if (i % 100 === 0) rig.run(1);
    }
    rig.run(5);
    const refused = rig.heard.of('rejected').filter((e) => e.reason === 'not-sent');
    expect(refused.length).toBeGreaterThan(0);
    rig.client.send(NOW, [{ kind: 'cancel-all' }]);
    rig.run(5);
    expect(rig.venue.orders('order.cancel_all')).toHaveLength(1);
  });

  test.each([
    ['market', 150],
    ['general', 100],
  ] as const)('openOrderCap %s lets %i orders be open', async (openOrderCap, most) => {
    const rig = await readyRig({ openOrderCap });
    for (let i = 1; i <= 160; i += 1) rig.client.send(NOW, [place(i)]);
    rig.run(5);
    expect(rig.venue.orders('order.create')).toHaveLength(most);
  });

  test.each([
    ['object', 'order.create_batch', false],
    ['array', 'order.create_batch', true],
    ['off', 'order.create', false],
  ] as const)('batchParams %s', async (batchParams, method, bare) => {
    const rig = await readyRig({ batchParams });
    rig.client.send(NOW, [place(1), place(2)]);
    rig.run(5);
    const asked = rig.venue.orders(method);
    expect(asked).toHaveLength(batchParams === 'off' ? 2 : 1);
    expect(Array.isArray(asked[0]?.params)).toBe(bare);
  });

  test.each([10, 50])('batchMost %i', async (batchMost) => {
    const rig = await readyRig({ batchMost });
    rig.client.send(
      NOW,
      Array.from({ length: 20 }, (_, i) => place(i + 1)),
    );
    rig.run(5);
    expect(rig.venue.orders('order.create_batch')).toHaveLength(batchMost === 10 ? 2 : 1);
  });

  test.each([
    ['modify', true],
    ['replace', false],
  ] as const)('amend %s: the profile says %s', async (amend, told) => {
    const rig = makeRig({ amend });
    const facts = await rig.settle(rig.client.start());
    expect(facts.profile.amend).toBe(told);
  });

  test.each(['POST_ONLY', 'RPI'] as const)('instruction %s', async (instruction) => {
    const rig = await readyRig({ instruction });
    rig.client.send(NOW, [place(1, BID)]);
    rig.run(5);
    expect(rig.venue.orders('order.create')[0]?.params['instruction']).toBe(instruction);
  });

  test.each(['EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'] as const)('stp %s', async (stp) => {
    const rig = await readyRig({ stp });
    rig.client.send(NOW, [place(1, BID)]);
    rig.run(5);
    expect(rig.venue.orders('order.create')[0]?.params['stp']).toBe(stp);
  });

  test.each([2_000, 5_000])('recvWindowMs %i: said in each order', async (recvWindowMs) => {
    const rig = await readyRig({ recvWindowMs });
    rig.client.send(NOW, [place(1, BID)]);
    rig.run(5);
    expect(rig.venue.orders('order.create')[0]?.params['recv_window']).toBe(recvWindowMs);
  });

  test.each([
    ['plain', 1, 0],
    ['sbe', 2, 2],
  ] as const)('privateSocket %s, schemaVersion %i', async (privateSocket, schemaVersion, asked) => {
    const rig = makeRig({ privateSocket, schemaVersion });
    await rig.settle(rig.client.start());
    rig.client.open();
    rig.run(2);
    const urls = rig.venue.sockets.map((s) => s.url);
    expect(urls.filter((u) => u.includes(`sbeSchemaVersion=${schemaVersion}`))).toHaveLength(
      asked || 1,
    );
  });

  test.each([
    ['websocket', false, 1_500, 200],
    ['rest', false, 1_500, 200],
    ['websocket', true, 1_350, 10],
    ['rest', true, 1_350, 10],
  ] as const)(
    'orders by %s, ipLimitCoversOrders %s: about %i of 1,500 in 4.5 s leave, the engine sends %i a second',
    async (orderRoute, ipLimitCoversOrders, leave, perSecond) => {
      const rig = makeRig({ ipLimitCoversOrders, orderRoute });
      const facts = await rig.settle(rig.client.start());
      expect(facts.profile.ordersPerSecond).toBe(perSecond);
      rig.client.open();
      rig.run(500);
      rig.venue.http.set('POST /orders', () => reply({ error: 'INVALID_ORDER_SIZE' }, 400));
      rig.venue.rpc.set('order.create', () => ({ error: { code: 100, message: 'size' } }));
      for (let i = 1; i <= 1_500; i += 1) {
        rig.client.send(NOW, [place(i)]);
        if (i % 5 === 0) rig.run(15);
      }
      rig.run(100);
      const refused = rig.heard.of('rejected').filter((e) => e.detail.includes('budget')).length;
      const sent = 1_500 - refused;
      if (leave === 1_500) expect(sent).toBe(leave);
      else {
        expect(sent).toBeGreaterThan(leave - 50); // less what the start and the recovery asked
        expect(sent).toBeLessThan(leave + 4.6 * 25);
      }
      rig.client.send(NOW, [{ kind: 'cancel-all' }]);
      rig.run(5);
      expect(rig.venue.orders('order.cancel_all')).toHaveLength(1);
    },
  );

  test('by REST as many orders leave at once as over the socket', async () => {
    const rig = await readyRig({ orderRoute: 'rest' });
    rig.venue.http.set('POST /orders', () => reply({ error: 'INVALID_ORDER_SIZE' }, 400));
    for (let i = 1; i <= 140; i += 1) rig.client.send(NOW, [place(i)]);
    rig.run(5);
    for (let round = 1; round < 5; round += 1) {
      for (let i = 1; i <= 140; i += 1) rig.client.send(NOW, [place(round * 1_000 + i)]);
      rig.run(5);
    }
    expect(rig.heard.of('rejected').filter((e) => e.detail.includes('budget'))).toEqual([]);
    expect(rig.venue.calls('POST', '/orders')).toHaveLength(700);
  });
});

describe('the emergency client', () => {
  const emergency = (rig: ReturnType<typeof makeRig>): ParadexEmergency =>
    new ParadexEmergency({
      ...{ network: rig.venue, clock: rig.venue.clock, seed: 1, signer: SIGNER },
      ...{ environment: ENVIRONMENT, market: MARKET },
    });

  test('cancels the market in one call when all on it is ours', async () => {
    const rig = makeRig();
    rig.venue.http.set('GET /orders', () => results(orderWire(1)));
    await rig.settle(emergency(rig).cancelAll());
    expect(rig.venue.calls('DELETE', `/orders?market=${MARKET}`)).toHaveLength(1);
  });

  test('leaves orders of others alone unless told to', async () => {
    const rig = makeRig();
    rig.venue.http.set('GET /orders', () =>
      results(orderWire(1), orderWire(2, { client_id: 'hand' })),
    );
    await rig.settle(emergency(rig).cancelAll());
    expect(rig.venue.calls('DELETE', '/orders?market')).toEqual([]);
    expect(rig.venue.calls('DELETE', '/orders/batch')[0]?.body).toBe('{"order_ids":["v1"]}');
    await rig.settle(emergency(rig).cancelAll(true));
    expect(rig.venue.calls('DELETE', '/orders?market')).toHaveLength(1);
  });

  test('tells what is open by the venue, and throws when it refuses', async () => {
    const rig = makeRig();
    rig.venue.http.set('GET /orders', () => results(orderWire(1)));
    expect(await rig.settle(emergency(rig).openOrders())).toMatchObject([
      { ordinal: 1, lots: 100 },
    ]);
    rig.venue.http.set('GET /orders', () => reply({ error: 'INVALID_TOKEN_SCOPE' }, 403));
    await expect(rig.settle(emergency(rig).openOrders())).rejects.toThrow('INVALID_TOKEN_SCOPE');
  });
});

test('a venue that is away for five minutes: a line a subject at once, then one in thirty seconds', async () => {
  const rig = await readyRig();
  const { venue, heard } = rig;
  heard.notes.length = 0;
  venue.refusing = venue.away = true;
  venue.privateSocket.end(1006, 'cut');
  venue.publicSocket.end(1006, 'cut');
  rig.client.send(0 as Micros, [{ kind: 'cancel-all' }]);
  rig.run(2_000);
  expect(heard.notes.length).toBeLessThanOrEqual(4);
  rig.run(298_000);
  expect(heard.notes.length).toBeLessThanOrEqual(4 * 10);
  expect(heard.notes.some((note) => note.includes('times more since'))).toBe(true);
  venue.refusing = venue.away = false;
  rig.run(12_000);
  expect(heard.notes.filter((note) => note.startsWith('left out of the log'))).toHaveLength(1);
});
