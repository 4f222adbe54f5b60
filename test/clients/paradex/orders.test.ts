// One order's life through the client: what each word of the venue becomes for the engine, in every order of arrival
// that faults.md section E.3 lists. The venue is scripted, the clock stepped.
import { describe, expect, test } from 'vitest';
import type { Lots, Micros, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import {
  fillWire,
  MARKET,
  orderWire,
  place,
  readyRig,
  reply,
  results,
  type Rig,
} from './scripted.js';

const NOW = 0 as Micros;
const created = (ordinal: number) => ({
  result: { order: orderWire(ordinal, { status: 'NEW', seq_no: 0 }), created_at: 1 },
});

async function placed(rig: Rig, ordinal = 1): Promise<void> {
  rig.venue.rpc.set('order.create', () => created(ordinal));
  rig.client.send(NOW, [place(ordinal)]);
  rig.run(10);
  rig.venue.privateSocket.push('orders.ALL', orderWire(ordinal, { seq_no: 2 }));
  rig.run(10);
}

describe('placing', () => {
  test('the reply is provisional: accepted comes with the OPEN event', async () => {
    const rig = await readyRig();
    rig.venue.rpc.set('order.create', () => created(1));
    rig.client.send(NOW, [place(1)]);
    rig.run(10);
    expect(rig.heard.story(1)).toEqual([]);
    rig.venue.privateSocket.push('orders.ALL', orderWire(1));
    rig.run(10);
    expect(rig.heard.story(1)).toEqual(['accepted']);
  });

  test('the request carries what the venue wants, in exact decimals', async () => {
    const rig = await readyRig();
    rig.client.send(NOW, [{ ...place(7), reduceOnly: true }]);
    rig.run(5);
    const [ask] = rig.venue.orders('order.create');
    expect(ask?.params).toMatchObject({
      ...{ market: MARKET, side: 'BUY', type: 'LIMIT', size: '0.001', price: '89999' },
      ...{ instruction: 'POST_ONLY', client_id: 'mm-run1-7', stp: 'EXPIRE_TAKER' },
      ...{ recv_window: 2000, flags: ['REDUCE_ONLY'], signature: '["3","4"]' },
    });
  });

  test('two orders go in one batch frame; each item is judged alone', async () => {
    const rig = await readyRig();
    rig.venue.rpc.set('order.create_batch', () => ({
      result: {
        results: [
          { order: orderWire(1, { status: 'NEW' }) },
          { error: { error: 'NOT_ENOUGH_MARGIN', message: 'no' } },
        ],
      },
    }));
    rig.client.send(NOW, [place(1), place(2, ASK, 900_020)]);
    rig.run(10);
    expect(rig.venue.orders('order.create_batch')).toHaveLength(1);
    expect(rig.heard.of('rejected')).toMatchObject([{ ordinal: 2, reason: 'margin' }]);
    const stamps = (rig.venue.orders('order.create_batch')[0]?.params['orders'] as { signature_timestamp: number }[]).map((o) => o.signature_timestamp); // prettier-ignore
    expect(stamps[1]).toBeGreaterThan(stamps[0] as number);
  });

  test('a crossing post-only order: NEW, then CLOSED, is a refusal', async () => {
    const rig = await readyRig();
    rig.venue.rpc.set('order.create', () => created(1));
    rig.client.send(NOW, [place(1)]);
    rig.run(10);
    const closed = { status: 'CLOSED', cancel_reason: 'POST_ONLY_WOULD_CROSS', seq_no: 3 };
    rig.venue.privateSocket.push('orders.ALL', orderWire(1, closed));
    rig.run(10);
    expect(rig.heard.of('rejected')).toMatchObject([{ ordinal: 1, reason: 'post-only' }]);
    expect(rig.heard.of('closed')).toEqual([]);
  });

  test('a definite refusal of the request is a rejection, an internal error is not', async () => {
    const rig = await readyRig();
    rig.venue.rpc.set('order.create', () => ({
      error: { code: 100, message: 'INVALID_ORDER_SIZE' },
    }));
    rig.client.send(NOW, [place(1)]);
    rig.run(10);
    rig.venue.rpc.set('order.create', () => ({ error: { code: -32603, message: 'internal' } }));
    rig.client.send(NOW, [place(2)]);
    rig.run(10);
    expect(rig.heard.of('rejected')).toMatchObject([{ ordinal: 1, reason: 'size' }]);
    expect(rig.heard.story(2)).toEqual(['unknown']);
  });

  test('nothing leaves before the socket is ready: refused at once', async () => {
    const rig = await readyRig();
    rig.venue.rpc.set('order.cancel_on_disconnect', () => null);
    rig.venue.privateSocket.end(1006, '');
    rig.run(300);
    rig.client.send(NOW, [place(1)]);
    rig.run(3_000);
    expect(rig.venue.orders('order.create')).toEqual([]);
    expect(rig.heard.of('rejected')).toMatchObject([{ ordinal: 1, reason: 'not-sent' }]);
  });
});

describe('fills', () => {
  test('a fill before the reply and before OPEN is booked, and a repeat is not', async () => {
    const rig = await readyRig();
    rig.client.send(NOW, [place(1)]);
    rig.run(2);
    rig.venue.privateSocket.push('fills.ALL', fillWire(1, 'f1', { size: '0.0004' }));
    rig.venue.privateSocket.push('fills.ALL', fillWire(1, 'f1', { size: '0.0004' }));
    rig.run(10);
    const [fill] = rig.heard.of('fill');
    expect(rig.heard.of('fill')).toHaveLength(1);
    expect(fill).toMatchObject({ ordinal: 1, side: BID, ticks: 899_990, lots: 40, fee: 270_000 });
    expect(rig.client.counters.duplicateFills).toBe(1);
  });

  test('our own record says the side, whatever the fill says', async () => {
    const rig = await readyRig();
    await placed(rig);
    rig.venue.privateSocket.push('fills.ALL', fillWire(1, 'f1', { side: 'SELL' }));
    rig.run(10);
    expect(rig.heard.of('fill')[0]?.side).toBe(BID);
  });

  test.each([
    ['own', BID],
    ['taker', ASK],
  ] as const)(
    'fillSide %s decides for a maker fill of an order nobody knows',
    async (fillSide, side) => {
      const rig = await readyRig({ fillSide });
      rig.venue.privateSocket.push(
        'fills.ALL',
        fillWire(1, 'f9', { client_id: 'x', order_id: 'y' }),
      );
      rig.run(10);
      expect(rig.heard.of('fill')).toMatchObject([{ ordinal: null, side }]);
    },
  );

  test('a close that counts fills waits for them, and then says nothing new', async () => {
    const rig = await readyRig();
    await placed(rig);
    const closed = { status: 'CLOSED', remaining_size: '0', seq_no: 9 };
    rig.venue.privateSocket.push('orders.ALL', orderWire(1, closed));
    rig.run(10);
    expect(rig.heard.story(1)).toEqual(['accepted']);
    rig.venue.privateSocket.push('fills.ALL', fillWire(1, 'f1'));
    rig.run(10);
    expect(rig.heard.story(1)).toEqual(['accepted', 'fill', 'closed']);
  });

  test('fills that never come are fetched', async () => {
    const rig = await readyRig();
    await placed(rig);
    rig.venue.http.set('/fills', () => results(fillWire(1, 'f1')));
    const closed = { status: 'CLOSED', remaining_size: '0', seq_no: 9 };
    rig.venue.privateSocket.push('orders.ALL', orderWire(1, closed));
    rig.run(2_000);
    expect(rig.heard.story(1)).toEqual(['accepted', 'fill', 'closed']);
  });

  test.each([
    ['fills', 1],
    ['payments', 0],
  ] as const)(
    'fundingFrom %s: realised funding of a fill is told %i times',
    async (fundingFrom, times) => {
      const rig = await readyRig({ fundingFrom });
      await placed(rig);
      rig.venue.privateSocket.push('fills.ALL', fillWire(1, 'f1', { realized_funding: '-0.5' }));
      rig.run(10);
      expect(rig.heard.of('funding')).toHaveLength(times);
      expect(rig.venue.privateSocket.subscribed.has('funding_payments.ALL')).toBe(times === 0);
    },
  );
});

describe('cancels', () => {
  test('a reply never ends an order; the event does, with its fills', async () => {
    const rig = await readyRig();
    await placed(rig);
    rig.venue.rpc.set('order.cancel_batch', () => ({
      result: { results: [{ id: 'v1', status: 'QUEUED_FOR_CANCELLATION' }] },
    }));
    rig.client.send(NOW, [{ kind: 'cancel', ordinal: 1 }]);
    rig.run(10);
    expect(rig.heard.story(1)).toEqual(['accepted']);
    const closed = {
      status: 'CLOSED',
      cancel_reason: 'USER_CANCELED',
      remaining_size: '0.0004',
      seq_no: 5,
    };
    rig.venue.privateSocket.push('orders.ALL', orderWire(1, closed));
    rig.run(10);
    expect(rig.heard.of('closed')).toMatchObject([
      { ordinal: 1, reason: 'cancelled', filledLots: 60 },
    ]);
  });

  test('"already closed" may mean filled: told as not found, settled by history and fills', async () => {
    const rig = await readyRig();
    await placed(rig);
    rig.venue.rpc.set('order.cancel_batch', () => ({
      result: { results: [{ id: 'v1', status: 'ALREADY_CLOSED' }] },
    }));
    rig.venue.http.set('/orders-history', () =>
      results(orderWire(1, { status: 'CLOSED', remaining_size: '0', seq_no: 8 })),
    );
    rig.venue.http.set('/fills', () => results(fillWire(1, 'f1')));
    rig.client.send(NOW, [{ kind: 'cancel', ordinal: 1 }]);
    rig.run(3_000);
    expect(rig.heard.story(1)).toEqual(['accepted', 'cancel-rejected', 'fill', 'closed']);
  });

  test('cancels leave before new orders, whatever the order of the commands', async () => {
    const rig = await readyRig();
    await placed(rig);
    rig.client.send(NOW, [place(2), { kind: 'cancel', ordinal: 1 }]);
    rig.run(5);
    const methods = rig.venue.privateSocket.asked.map((a) => a.method).slice(-2);
    expect(methods).toEqual(['order.cancel_batch', 'order.create']);
  });

  test('with the socket down a cancel goes by REST', async () => {
    const rig = await readyRig();
    await placed(rig);
    rig.venue.refusing = true;
    rig.venue.privateSocket.end(1006, '');
    rig.run(50);
    rig.client.send(NOW, [{ kind: 'cancel', ordinal: 1 }]);
    rig.run(50);
    expect(rig.venue.calls('DELETE', '/orders/v1')).toHaveLength(1);
  });

  test('cancel-all is answered only when a later list has none of ours', async () => {
    const rig = await readyRig();
    await placed(rig);
    let open = [orderWire(1)];
    rig.venue.http.set('GET /orders', () => results(...open));
    rig.client.send(NOW, [{ kind: 'cancel-all' }]);
    rig.run(300);
    expect(rig.venue.orders('order.cancel_all')[0]?.params).toEqual({ market: MARKET });
    expect(rig.heard.of('all-cancelled')).toEqual([]);
    open = [];
    rig.run(1_000);
    expect(rig.heard.of('all-cancelled')).toHaveLength(1);
  });

  test('orders of others on the market are not touched by our cancel-all', async () => {
    const rig = await readyRig();
    await placed(rig);
    const manual = orderWire(5, { client_id: 'by-hand', id: 'manual' });
    rig.venue.http.set('GET /orders', () => results(manual));
    rig.venue.privateSocket.push('orders.ALL', manual);
    rig.run(10);
    rig.client.send(NOW, [{ kind: 'cancel-all' }]);
    rig.run(500);
    expect(rig.venue.orders('order.cancel_all')).toEqual([]);
    expect(rig.venue.orders('order.cancel_batch')[0]?.params).toEqual({ order_ids: ['v1'] });
    expect(rig.venue.calls('DELETE', '/orders?market')).toEqual([]);
    expect(rig.heard.of('all-cancelled')).toHaveLength(1);
  });
});

describe('modify', () => {
  const amend = {
    kind: 'amend' as const,
    ordinal: 1,
    side: BID,
    ticks: 899_980 as Ticks,
    lots: 100 as Lots,
  };

  test('the reply is nothing; the event with the price asked for is everything', async () => {
    const rig = await readyRig();
    await placed(rig);
    rig.venue.rpc.set('order.modify', () => ({
      result: { order: orderWire(1, { price: '89998' }) },
    }));
    rig.client.send(NOW, [amend]);
    rig.run(10);
    expect(rig.heard.story(1)).toEqual(['accepted']);
    rig.venue.privateSocket.push('orders.ALL', orderWire(1, { price: '89998', seq_no: 7 }));
    rig.run(10);
    expect(rig.heard.of('amended')).toMatchObject([{ ordinal: 1, ticks: 899_980, lots: 100 }]);
  });

  test('a modify that gives a new id: the old id ends without ending the order', async () => {
    const rig = await readyRig();
    await placed(rig);
    rig.venue.rpc.set('order.modify', () => ({ result: { order: orderWire(1) } }));
    rig.client.send(NOW, [amend]);
    rig.run(10);
    const old = { status: 'CLOSED', cancel_reason: 'MODIFIED', seq_no: 6 };
    rig.venue.privateSocket.push('orders.ALL', orderWire(1, old));
    rig.venue.privateSocket.push(
      'orders.ALL',
      orderWire(1, { id: 'v1b', price: '89998', seq_no: 7 }),
    );
    rig.venue.privateSocket.push('orders.ALL', orderWire(1, { ...old, seq_no: 8 }));
    rig.run(10);
    expect(rig.heard.story(1)).toEqual(['accepted', 'amended']);
    rig.client.send(NOW, [{ kind: 'cancel', ordinal: 1 }]);
    rig.run(10);
    expect(rig.venue.orders('order.cancel_batch')[0]?.params).toEqual({ order_ids: ['v1b'] });
  });

  test('an end without a reason during a modify is told, if no new id comes', async () => {
    const rig = await readyRig();
    await placed(rig);
    rig.venue.rpc.set('order.modify', () => ({ result: { order: orderWire(1) } }));
    rig.client.send(NOW, [amend]);
    rig.run(10);
    const ended = orderWire(1, { status: 'CLOSED', cancel_reason: 'WHO_KNOWS', seq_no: 6 });
    rig.venue.http.set('/orders-history', () => results(ended));
    rig.venue.privateSocket.push('orders.ALL', ended);
    rig.run(1_000);
    expect(rig.heard.of('closed')).toEqual([]);
    rig.run(2_000);
    expect(rig.heard.of('closed')).toMatchObject([{ ordinal: 1, reason: 'venue' }]);
  });

  test('a word for an end that nobody listed: ended by the venue, and the log names it once', async () => {
    const rig = await readyRig();
    for (const ordinal of [1, 2]) {
      rig.venue.rpc.set('order.create', () => created(ordinal));
      rig.client.send(NOW, [place(ordinal)]);
      rig.run(10);
      const ended = { status: 'CLOSED', cancel_reason: 'WHO_KNOWS' };
      rig.venue.privateSocket.push('orders.ALL', orderWire(ordinal, { seq_no: 5 }));
      rig.venue.privateSocket.push('orders.ALL', orderWire(ordinal, { ...ended, seq_no: 6 }));
      rig.run(10);
    }
    expect(rig.heard.of('closed').map(({ reason }) => reason)).toEqual(['venue', 'venue']);
    expect(rig.heard.notes.filter((note) => note.includes('WHO_KNOWS'))).toHaveLength(1);
  });

  test('REJECTED in the event is a refusal, once, however often it is repeated', async () => {
    const rig = await readyRig();
    await placed(rig);
    rig.venue.rpc.set('order.modify', () => ({ result: { order: orderWire(1) } }));
    const info = {
      request_info: { id: 'r1', request_type: 'MODIFY_ORDER', status: 'REJECTED', message: 'no' },
    };
    rig.client.send(NOW, [amend]);
    rig.run(10);
    rig.venue.privateSocket.push('orders.ALL', orderWire(1, { ...info, seq_no: 7 }));
    rig.run(10);
    expect(rig.heard.of('amend-rejected')).toHaveLength(1);
    rig.client.send(NOW, [amend]);
    rig.venue.privateSocket.push('orders.ALL', orderWire(1, { ...info, seq_no: 8 }));
    rig.run(10);
    expect(rig.heard.of('amend-rejected')).toHaveLength(1);
  });

  test.each([
    ['cancel', 'order.cancel_batch'],
    ['modify', 'order.modify'],
  ] as const)('modifyPartlyFilled %s sends %s', async (modifyPartlyFilled, method) => {
    const rig = await readyRig({ modifyPartlyFilled });
    await placed(rig);
    rig.venue.privateSocket.push('fills.ALL', fillWire(1, 'f1', { size: '0.0004' }));
    rig.run(10);
    rig.client.send(NOW, [amend]);
    rig.run(10);
    expect(rig.venue.privateSocket.asked.at(-1)?.method).toBe(method);
  });

  test.each([
    ['total', '0.001'],
    ['remaining', '0.0006'],
  ] as const)('modifySize %s sends %s of 100 lots, 40 of them filled', async (modifySize, size) => {
    const rig = await readyRig({ modifySize, modifyPartlyFilled: 'modify' });
    await placed(rig);
    rig.venue.privateSocket.push('fills.ALL', fillWire(1, 'f1', { size: '0.0004' }));
    rig.run(10);
    rig.venue.rpc.set('order.modify', () => ({ result: { order: orderWire(1) } }));
    rig.client.send(NOW, [amend]);
    rig.run(10);
    expect(rig.venue.orders('order.modify')[0]?.params['size']).toBe(size);
    const moved = { price: '89998', size, remaining_size: '0.0006', seq_no: 7 };
    rig.venue.privateSocket.push('orders.ALL', orderWire(1, moved));
    rig.run(10);
    expect(rig.heard.of('amended')).toMatchObject([{ ticks: 899_980, lots: 100 }]);
    const closed = { ...moved, status: 'CLOSED', cancel_reason: 'USER_CANCELED', seq_no: 8 };
    rig.venue.privateSocket.push('orders.ALL', orderWire(1, closed));
    rig.run(10);
    expect(rig.heard.of('closed')).toMatchObject([{ filledLots: 40 }]);
  });
});

describe('outcomes that nobody told us', () => {
  test('no reply: unknown, never sent again, settled by the history as open', async () => {
    const rig = await readyRig();
    rig.venue.rpc.set('order.create', () => null);
    rig.venue.http.set('/orders-history', () => results(orderWire(1)));
    rig.client.send(NOW, [place(1)]);
    rig.run(6_000);
    expect(rig.venue.orders('order.create')).toHaveLength(1);
    expect(rig.heard.story(1).slice(0, 2)).toEqual(['unknown', 'accepted']);
  });

  test('an order that the venue never saw is refused only after its receive window, asked twice', async () => {
    const rig = await readyRig();
    rig.venue.rpc.set('order.create', () => null);
    rig.client.send(NOW, [place(1)]);
    rig.run(2_900);
    expect(rig.heard.story(1)).toEqual(['unknown']);
    rig.run(5_000);
    expect(rig.heard.story(1)).toEqual(['unknown', 'rejected']);
    expect(rig.venue.calls('GET', '/orders-history').length).toBeGreaterThanOrEqual(2);
  });

  test('an order that appears after that verdict is told, and listed', async () => {
    const rig = await readyRig();
    rig.venue.rpc.set('order.create', () => null);
    rig.client.send(NOW, [place(1)]);
    rig.run(8_000);
    const before = rig.heard.of('open-orders').length;
    rig.venue.http.set('GET /orders', () => results(orderWire(1)));
    rig.venue.privateSocket.push('orders.ALL', orderWire(1));
    rig.run(3_000);
    expect(rig.heard.story(1)).toEqual(['unknown', 'rejected', 'accepted']);
    expect(rig.heard.of('open-orders').length).toBeGreaterThan(before);
  });

  test('an older sequence number changes nothing', async () => {
    const rig = await readyRig();
    await placed(rig);
    const closed = { status: 'CLOSED', cancel_reason: 'USER_CANCELED', seq_no: 9 };
    rig.venue.privateSocket.push('orders.ALL', orderWire(1, closed));
    rig.venue.privateSocket.push('orders.ALL', orderWire(1, { seq_no: 3 }));
    rig.run(10);
    expect(rig.heard.story(1)).toEqual(['accepted', 'closed']);
  });

  test('a 5xx by REST is unknown too', async () => {
    const rig = await readyRig({ orderRoute: 'rest' });
    rig.venue.http.set('POST /orders', () => reply({ error: 'SERVICE_UNAVAILABLE' }, 503));
    rig.client.send(NOW, [place(1)]);
    rig.run(50);
    expect(rig.heard.story(1)).toEqual(['unknown']);
    expect(rig.venue.calls('POST', '/orders')).toHaveLength(1);
  });
});

describe('orders of another run', () => {
  const of = (run: string, ordinal: number) =>
    orderWire(ordinal, { id: `venue-${run}-${ordinal}`, client_id: `mm-${run}-${ordinal}` });
  const stops = (rig: Rig): string[] =>
    rig.heard.events.flatMap((event) => (event.kind === 'operator' ? [event.reason] : []));

  test('what a dead run left, or had on its way, is no reason to stop', async () => {
    const rig = await readyRig();
    rig.venue.privateSocket.push('orders.ALL', of('dead', 1));
    rig.run(90_000);
    rig.venue.privateSocket.push('orders.ALL', of('dead', 1));
    for (const status of ['CLOSED', 'NEVER_HEARD_OF'])
      rig.venue.privateSocket.push('orders.ALL', { ...of('dead', 2), status });
    rig.run(10);
    expect(stops(rig)).toEqual([]);
  });

  test('a new one a minute later is of a bot that lives: everything stops, once', async () => {
    const rig = await readyRig();
    rig.run(61_000);
    rig.venue.privateSocket.push('orders.ALL', of('other', 7));
    rig.venue.privateSocket.push('orders.ALL', of('other', 8));
    rig.run(10);
    expect(stops(rig)).toHaveLength(1);
    expect(stops(rig)[0]).toContain('another bot trades this account: order mm-other-7');
  });
});
