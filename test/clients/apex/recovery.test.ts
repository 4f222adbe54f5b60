// Start, links, breaks and what follows: reconciliation before any order, silence, gaps, bans, the clock, funding, and
// both settings of every switch. The venue is scripted, the clock stepped.
import { describe, expect, test } from 'vitest';
import type { Micros, SpanMicros } from '#core/units';
import { VenueProblem } from '#clients/net/venue-client';
import { ApexEmergency } from '#clients/apex/client-emergency';
import { APEX_SWITCHES, expirationOf } from '#clients/apex/switches';
import { API, data, ENVIRONMENT, HOP, L2_KEY, makeRig, place, readyRig, refusal, reply, ScriptedApex, START_US, SYMBOL } from './scripted.js'; // prettier-ignore

const NOW = 0 as Micros;
const id = (ordinal: number): string => `mm-run1-${ordinal}`;
const lastBody = (venue: ScriptedApex, path: string): URLSearchParams =>
  new URLSearchParams(venue.calls(path).at(-1)?.body ?? '');

describe('start', () => {
  test('reads market, fees, account and orders, and changes nothing', async () => {
    const rig = makeRig();
    rig.venue.positions = [
      { symbol: SYMBOL, side: 'LONG', size: '0.000', entryPrice: '' },
      { symbol: SYMBOL, side: 'SHORT', size: '0.012', entryPrice: '60000.5' },
    ];
    const facts = await rig.settle(rig.client.start());
    expect(facts.instrument.spec).toMatchObject({
      ...{ tickSize: '0.1', lotSize: '0.001', makerFee: 2_500_000, takerFee: 5_000_000 },
      fundingPeriod: 3_600,
    });
    expect(facts).toMatchObject({ feesFrom: 'account', averageEntry: 600_005, openOrders: [] });
    expect(facts.account).toMatchObject({ positionLots: -12, equity: 500_050_000_000, marginRatio: 500.05 }); // prettier-ignore
    expect(facts.profile).toMatchObject({ amend: false });
    expect(rig.venue.requests.every((r) => r.method === 'GET')).toBe(true);
  });

  test('tells every problem at once, with its remedy, and no secret', async () => {
    const rig = makeRig();
    rig.venue.handlers.set('/time', () => data({ time: START_US / 1_000 + 60_000 }));
    rig.venue.contract = { symbol: 'ETH-USDT' };
    rig.venue.account = { ...rig.venue.account, l2Key: `0x${'cd'.repeat(32)}` };
    const error = await rig.settle(rig.client.start()).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(VenueProblem);
    const text = (error as VenueProblem).lines.join('\n');
    expect(text).toMatch(/clock.*\n.*no market BTC-USDT.*\n.*APEX_SEED belongs to another account/);
    for (const secret of Object.values(API)) expect(text).not.toContain(secret);
    expect(text).not.toContain(L2_KEY);
  });

  test('time in seconds is understood; a market that does not trade bars quoting', async () => {
    const rig = makeRig();
    rig.venue.handlers.set('/time', () => data({ time: Math.floor(rig.venue.nowMs / 1_000) }));
    rig.venue.contract = { ...rig.venue.contract, enableTrade: false };
    const facts = await rig.settle(rig.client.start());
    expect(facts.warnings[0]).toContain('does not trade');
    rig.client.open();
    rig.run(500);
    expect(rig.heard.links('public')).toEqual([]); // never up
    rig.client.send(NOW, [place(1)]);
    expect(rig.heard.of('rejected')[0]).toMatchObject({ reason: 'not-sent' });
  });
});

describe('the private stream', () => {
  test('up only after login, snapshot and reconciliation; the account comes last', async () => {
    const { heard, venue } = await readyRig();
    const kinds = heard.events.filter((e) => !(e.kind === 'link' && e.channel === 'public')).map((e) => e.kind); // prettier-ignore
    expect(kinds).toEqual(['open-orders', 'link', 'account']);
    expect(venue.privateSocket.url).toMatch(/realtime_private\?v=2&timestamp=17900000000\d\d$/);
  });

  test('a cut cancels by REST at once, loses nothing and comes back reconciled', async () => {
    const { venue, client, heard, run } = await readyRig();
    client.send(NOW, [place(1), place(2)]);
    run(50);
    venue.privateSocket.end(1006, 'cut');
    venue.fill(id(1), 10, false); // while nobody listens
    run(5_000);
    expect(heard.links('private')).toEqual(['up', 'down', 'up']);
    expect(heard.story(1)).toEqual(['accepted', 'fill', 'closed']);
    expect(heard.story(2)).toEqual(['accepted', 'closed']);
    expect(heard.of('account').at(-1)).toMatchObject({ positionLots: 10 });
    expect(venue.open).toEqual([]);
    const up = heard.events.map((e) => e.kind === 'link' && e.state === 'up').lastIndexOf(true);
    const fill = heard.events.findIndex((e) => e.kind === 'fill');
    expect(fill).toBeLessThan(up);
  });

  test('a fill between the two answers on the account: asked again, never shown without it', async () => {
    const { venue, client, heard, run } = await readyRig();
    client.send(NOW, [place(1)]);
    run(50);
    let once = true;
    venue.handlers.set('/account-balance', () => {
      if (once) venue.fill(id(1), 10);
      once = false;
      return 'plain';
    });
    const before = heard.of('account').length;
    client.requestAccount();
    run(5_000);
    expect(heard.of('account').slice(before).map((e) => e.positionLots)).toEqual([10]); // prettier-ignore
  });

  test('half-open: silence is noticed within 4 s; nothing is placed meanwhile', async () => {
    const { venue, client, heard, run } = await readyRig();
    venue.privateSocket.frozen = true;
    venue.refusing = true;
    run(4_100);
    expect(heard.links('private').at(1)).toBe('down');
    client.send(NOW, [place(1)]);
    expect(heard.story(1)).toEqual(['rejected']);
  });

  test('a record that cannot be read: a new connection tells what was lost', async () => {
    const { venue, heard, run } = await readyRig();
    venue.push({ orders: [{ id: '1', status: 'MADE-UP', side: 'BUY' }] });
    run(3_000);
    expect(heard.links('private')).toEqual(['up', 'down', 'up']);
  });

  test('a refused login is said without a secret and tried again', async () => {
    const rig = makeRig();
    await rig.settle(rig.client.start());
    const login = rig.venue.onText.bind(rig.venue);
    let refusals = 2;
    rig.venue.onText = (socket, frame) => {
      if (frame['op'] !== 'login' || refusals-- <= 0) return login(socket, frame);
      socket.push({ success: false, ret_msg: 'login authority err', request: { op: 'login' } });
    };
    rig.client.open();
    rig.run(3_000);
    expect(rig.heard.notes.filter((n) => n.includes('authority'))).toHaveLength(2);
    expect(rig.heard.links('private')).toContain('up');
  });

  test('heartbeats: the server is answered on the socket it asked on, ours go every 15 s', async () => {
    const { venue, run } = await readyRig();
    venue.privateSocket.push({ op: 'ping', args: ['123'] });
    run(20);
    expect(venue.privateSocket.asked.at(-1)).toEqual({ op: 'pong', args: ['123'] });
    expect(venue.publicSocket.asked.some((f) => f['op'] === 'pong')).toBe(false);
    const keep = setAlive(venue, run, 31_000);
    expect(keep.filter((f) => f['op'] === 'ping').length).toBeGreaterThanOrEqual(2);
  });
});

/** Runs on while the book keeps ticking, as the real one does. */
function setAlive(venue: ScriptedApex, run: (ms: number) => void, ms: number) {
  for (let t = 0; t < ms; t += 500) {
    venue.book('delta', [], []);
    run(500);
  }
  return venue.privateSocket.asked;
}

describe('the public stream', () => {
  test('a gap in u is told, and cured by a new subscription', async () => {
    const { venue, heard, run, client } = await readyRig();
    expect(heard.links('public')).toEqual(['up']);
    venue.book('delta', [['60000.0', '5']], []);
    run(10);
    const rows = heard.rows.length;
    venue.book('delta', [['60000.0', '9']], [], venue.u + 2);
    run(50);
    expect(heard.links('public')).toEqual(['up', 'gap']);
    expect(client.counters.gaps).toBe(1);
    expect(heard.rows.slice(rows)[0]?.[0]).toBe(1); // cleared by the fresh snapshot, the delta left no trace
    const ops = venue.publicSocket.asked.filter((f) => (f['args'] as string[])[0]?.startsWith('orderBook')); // prettier-ignore
    expect(ops.map((f) => f['op'])).toEqual(['subscribe', 'unsubscribe', 'subscribe']);
  });

  test('a snapshot that is lost is asked for again within 1.5 s, on the same connection', async () => {
    const { venue, heard, run, client } = await readyRig();
    venue.silentBook = true;
    venue.book('delta', [], [], venue.u + 2);
    run(600);
    venue.silentBook = false;
    const rows = heard.rows.length;
    run(900);
    expect(heard.rows.length).toBeGreaterThan(rows);
    expect(client.counters.cuts).toBe(0);
  });

  test('an empty tick is heard of: a level that changes nothing', async () => {
    const { venue, heard, run } = await readyRig();
    const rows = heard.rows.length;
    for (let i = 0; i < 3; i += 1) {
      venue.book('delta', [], []);
      run(1_000);
    }
    expect(heard.rows.slice(rows).map((r) => [r[0], r[1], r[3], r[4]])).toEqual(
      Array(3).fill([2, 1, 600_000, 2_000]),
    );
    expect(heard.links('public')).toEqual(['up']);
  });

  test('prices are believed around the mark, which REST told; the band follows it', async () => {
    const rig = makeRig();
    rig.venue.mark = '60000.0';
    await rig.settle(rig.client.start());
    rig.client.open();
    rig.run(200);
    const { venue, heard, run } = rig;
    const marks = (): number[] => heard.rows.filter((r) => r[0] === 5).map((r) => r[3] as number);
    const mark = (markPrice: string): void => {
      venue.publicSocket.push({ topic: 'instrumentInfo.H.BTCUSDT', type: 'delta', data: { symbol: 'BTCUSDT', markPrice }, ts: 1 }); // prettier-ignore
      run(10);
    };
    for (const price of ['240000.1', '14999.9', '6000.0', '61000.0']) mark(price);
    expect(marks()).toEqual([610_000]);
    expect(heard.links('public')).toEqual(['up']);
    // Twice the price: the band moves, and a fresh book says what lies in it.
    mark('121000.0');
    run(50);
    expect(heard.links('public')).toEqual(['up', 'gap']);
    expect(venue.publicSocket.asked.filter((f) => f['op'] === 'unsubscribe')).toHaveLength(1);
    mark('240000.1');
    expect(marks().at(-1)).toBe(2_400_001);
  });

  test('a mark that stays beyond the band is believed in the end', async () => {
    const rig = makeRig();
    rig.venue.mark = '6.0';
    await rig.settle(rig.client.start());
    rig.client.open();
    for (let i = 0; i < 8; i += 1) {
      rig.run(1_000);
      rig.venue.publicSocket.push({ topic: 'instrumentInfo.H.BTCUSDT', type: 'delta', data: { symbol: 'BTCUSDT', markPrice: '60000.0' }, ts: 1 }); // prettier-ignore
      rig.venue.book('delta', [], []);
    }
    rig.run(100);
    expect(rig.heard.rows.filter((r) => r[0] === 5).length).toBeGreaterThan(0);
    expect(rig.heard.notes.join()).toContain('believed again');
    expect(rig.heard.rows.at(-1)?.[3]).toBeGreaterThan(500_000);
  });

  test('a crossed book is no book; a silent one is asked for anew', async () => {
    const { venue, heard, run } = await readyRig();
    venue.book('delta', [['60002.0', '1']], []);
    run(50);
    expect(heard.links('public')).toEqual(['up', 'gap']);
    run(12_000);
    expect(heard.links('public').filter((s) => s === 'gap').length).toBeGreaterThan(1);
  });
});

describe('limits of the venue', () => {
  test('20002: the clock is measured, the same is sent once more, never twice', async () => {
    const { venue, client, heard, run } = await readyRig();
    let left = 1;
    venue.handlers.set('/order', () => (left-- > 0 ? refusal(20002) : 'plain'));
    client.send(NOW, [place(1)]);
    run(100);
    expect(heard.story(1)).toEqual(['accepted']);
    expect(venue.calls('/order')).toHaveLength(2);
    venue.handlers.set('/order', () => refusal(20002));
    client.send(NOW, [place(2)]);
    run(100);
    expect(venue.calls('/order')).toHaveLength(4);
    expect(heard.story(2)).toEqual(['rejected']);
  });

  test('403: everything stops for minutes, cancels too, loudly; then swept and reconciled', async () => {
    const { venue, client, heard, run } = await readyRig();
    client.send(NOW, [place(1)]);
    run(50);
    venue.handlers.set('/order', () => reply('forbidden', 403));
    client.send(NOW, [place(2)]);
    run(50);
    expect(heard.notes.filter((n) => n.includes('403') && n.includes('cancels included'))).toHaveLength(1); // prettier-ignore
    expect(heard.links('public').at(-1)).toBe('down');
    expect(heard.links('private').at(-1)).toBe('down');
    const before = venue.requests.length;
    client.send(NOW, [{ kind: 'cancel', ordinal: 1 }]);
    expect(heard.of('cancel-rejected').at(-1)).toMatchObject({ reason: 'rate-limit' });
    setAlive(venue, run, 118_000);
    expect(venue.requests.length).toBe(before); // not one request, not even for the time
    setAlive(venue, run, 10_000);
    expect(venue.open).toEqual([]);
    expect(heard.links('private').at(-1)).toBe('up');
    expect(heard.links('public').at(-1)).toBe('up');
  });

  test('10003: no new orders for 5 s, then 10; cancels go on', async () => {
    const { venue, client, heard, run } = await readyRig();
    client.send(NOW, [place(1)]);
    run(50);
    venue.handlers.set('/order', () => refusal(10003));
    client.send(NOW, [place(2)]);
    run(50);
    venue.handlers.delete('/order');
    client.send(NOW, [place(3), { kind: 'cancel', ordinal: 1 }]);
    run(50);
    expect(heard.of('rejected').map((e) => e.ordinal)).toEqual([2, 3]);
    expect(heard.of('closed').map((e) => e.ordinal)).toEqual([1]);
    run(6_000);
    client.send(NOW, [place(4)]);
    run(50);
    expect(heard.story(4)).toEqual(['accepted']);
  });
});

test('funding: each hourly payment once, its sign from rate and side', async () => {
  const { venue, heard, run, client } = await readyRig();
  const pay = (n: number, side: string, rate: string) => ({
    ...{ id: String(n), symbol: SYMBOL, side, rate, fundingValue: '0.0123', price: '60000.1' },
    fundingTime: venue.nowMs,
  });
  venue.funding.push(pay(1, 'LONG', '0.00001'), pay(2, 'SHORT', '0.00001'), pay(3, 'LONG', '-0.00001')); // prettier-ignore
  venue.funding.push({ ...pay(4, 'LONG', '0.1'), fundingTime: 5 }, { ...pay(5, 'LONG', '1'), symbol: 'X-Y' }); // prettier-ignore
  venue.clock.after((2 * HOP) as SpanMicros, () => undefined);
  for (let minutes = 0; minutes < 130; minutes += 1) run(60_000);
  expect(heard.of('funding').map((e) => e.amount)).toEqual([-1_230_000, 1_230_000, 1_230_000]);
  // What was paid before the start is history for the run, and an answer to whoever asks for it.
  const since = async (ms: number): Promise<object> => {
    const asked = client.fundingSince((ms * 1_000) as Micros);
    run(1_000);
    return await asked;
  };
  expect(await since(6)).toEqual([]);
  expect(await since(5)).toMatchObject([{ amount: -1_230_000, us: 5_000 }]);
});

describe('switches, both settings', () => {
  test('expiration: unit and length', () => {
    const at = START_US / 1_000;
    expect(expirationOf(APEX_SWITCHES, at)).toBe(1_792_418_400_000);
    expect(expirationOf({ ...APEX_SWITCHES, expirationUnit: 's' }, at)).toBe(1_792_418_400);
    expect(expirationOf({ ...APEX_SWITCHES, expirationS: 120 }, at)).toBe(at + 120_000);
  });

  test('signature prefix, client id fields, signed fees', async () => {
    const plain = await readyRig();
    plain.client.send(NOW, [place(1)]);
    const body = lastBody(plain.venue, '/order');
    expect([body.get('signature'), body.get('clientOrderId')]).toEqual([`3-5-${id(1)}`, null]);
    const other = await readyRig({
      ...{ signaturePrefix: '0x', clientIdFields: 'both', signedFees: 'standard' },
    });
    other.client.send(NOW, [place(1)]);
    const turned = lastBody(other.venue, '/order');
    expect(turned.get('signature')).toBe(`0x2-5-${id(1)}`);
    expect(turned.get('clientOrderId')).toBe(id(1));
  });

  test('batch cancel: off, indexed, comma', async () => {
    for (const [batchCancel, path, sent] of [
      ['off', '/delete-order', 2],
      ['indexed', '/delete-orders', 1],
      ['comma', '/delete-orders', 1],
    ] as const) {
      const { client, venue, heard, run } = await readyRig({ batchCancel });
      client.send(NOW, [place(1), place(2)]);
      run(50);
      client.send(
        NOW,
        [1, 2].map((ordinal) => ({ kind: 'cancel' as const, ordinal })),
      );
      run(50);
      expect(venue.calls(path)).toHaveLength(sent);
      expect(heard.of('closed')).toHaveLength(2);
    }
  });

  test('heartbeat: by the transport, or by the venue’s own ping frames every 2 s', async () => {
    for (const heartbeat of ['protocol', 'application'] as const) {
      const { venue, heard, run } = await readyRig({ heartbeat });
      run(7_000);
      const pings = venue.privateSocket.asked.filter((f) => f['op'] === 'ping');
      expect(pings.length).toBe(heartbeat === 'protocol' ? 0 : 3);
      expect(heard.links('private')).toEqual(['up']);
      venue.privateSocket.frozen = true;
      run(4_500);
      expect(heard.links('private').at(1)).toBe('down');
    }
  });
});

describe('emergency', () => {
  test('cancels the market with the API key alone; keeps its hands off what is not ours', async () => {
    const { venue, client, run, settle } = await readyRig();
    client.send(NOW, [place(1), place(2)]);
    run(50);
    const notes: string[] = [];
    const emergency = new ApexEmergency({
      ...{ network: venue, clock: venue.clock, api: API, environment: ENVIRONMENT },
      ...{ symbol: SYMBOL, note: (text: string) => notes.push(text) },
    });
    expect((await settle(emergency.openOrders())).map((o) => o.ordinal)).toEqual([1, 2]);
    const own = venue.open[0];
    if (own === undefined) throw new Error('nothing rests');
    venue.orders.set('7', { ...own, id: '7', clientId: 'by-hand' });
    await settle(emergency.cancelAll());
    expect(venue.open.map((o) => o.clientId)).toEqual(['by-hand']);
    await settle(emergency.cancelAll(true));
    expect(await settle(emergency.openOrders())).toEqual([]);
    venue.handlers.set('/open-orders', () => reply('', 403));
    await expect(settle(emergency.cancelAll())).rejects.toThrow(/403/);
    expect(notes.join()).toContain('shut this address out');
    await emergency.close();
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
