// Orders, fills, cancels: which word of the venue becomes which event, what leaves and what does not. The venue is
// scripted (scripted.ts checks every request signature), the clock stepped.
import { describe, expect, test } from 'vitest';
import type { CancelCommand } from '#core/messages';
import { CANCEL_ALL } from '#core/messages';
import type { Micros } from '#core/units';
import { ASK } from '#core/units';
import { API, place, readyRig, refusal, reply, START_US } from './scripted.js';

const NOW = 0 as Micros;
const cancel = (ordinal: number): CancelCommand => ({ kind: 'cancel', ordinal });
const id = (ordinal: number): string => `mm-run1-${ordinal}`;
const bodyOf = (request: { body?: string } | undefined): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(request?.body ?? ''));

describe('placing', () => {
  test('one signed form, accepted when it rests, filled, closed', async () => {
    const { venue, client, heard, run } = await readyRig();
    client.send(NOW, [place(1)]);
    run(50);
    const [request] = venue.calls('/order');
    expect(bodyOf(request)).toEqual({
      ...{ clientId: id(1), symbol: 'BTC-USDT', side: 'BUY', type: 'LIMIT', size: '0.01' },
      ...{ price: '59999', timeInForce: 'POST_ONLY', limitFee: '0.299995' },
      signature: `3-5-${id(1)}`, // 2.5 bp is signed as 3
      expiration: String(Math.floor((START_US / 1_000 + 28 * 86_400_000) / 3_600_000) * 3_600_000),
    });
    expect(request?.headers['Content-Type']).toBe('application/x-www-form-urlencoded');
    expect(heard.story(1)).toEqual(['accepted']);
    venue.fill(id(1), 4);
    venue.fill(id(1), 6);
    run(50);
    expect(heard.story(1)).toEqual(['accepted', 'fill', 'fill', 'closed']);
    expect(heard.of('fill')[0]).toMatchObject({ tradeId: 'f1', lots: 4, ticks: 599_990, fee: 1_550_000, maker: true, side: 1 }); // prettier-ignore
    expect(heard.of('closed')[0]).toMatchObject({ filledLots: 10 });
  });

  test('a post-only order is accepted by the POST and thrown out by the stream: rejected', async () => {
    const { venue, client, heard, run } = await readyRig();
    venue.crossing = true;
    client.send(NOW, [place(1)]);
    run(50);
    expect(heard.story(1)).toEqual(['rejected']);
    expect(heard.of('rejected')[0]).toMatchObject({ reason: 'post-only' });
  });

  test('refusals on HTTP 200 become reasons; what is refused is never asked for again', async () => {
    const cases: [number, string, string][] = [
      [3, 'ORDER_THERE_IS_NOT_ENOUGH_MARGIN_TO_OPEN_POSITION', 'margin'],
      [3, 'ORDER_SIZE_SMALLER_THAN_SYMBOL_MIN_ORDER_SIZE', 'size'],
      [3, 'ORDER_OPEN_ORDER_COUNT_LIMIT_EXCEED', 'rate-limit'],
      [10003, '', 'rate-limit'],
    ];
    for (const [code, key, reason] of cases) {
      const { venue, client, heard, run } = await readyRig();
      venue.handlers.set('/order', () => refusal(code, key));
      client.send(NOW, [place(1)]);
      run(8_000);
      expect(heard.of('rejected')[0], key).toMatchObject({ ordinal: 1, reason });
      expect(venue.calls('/order')).toHaveLength(1);
      expect(venue.calls('/order-by-client-order-id')).toHaveLength(0);
    }
  });

  test('cancelled while it is being signed: it never leaves', async () => {
    const { venue, client, heard, run, signer } = await readyRig();
    signer.hold = true;
    client.send(NOW, [place(1)]);
    client.send(NOW, [cancel(1)]);
    signer.release();
    run(50);
    expect(heard.story(1)).toEqual(['rejected']);
    expect(venue.calls('/order')).toHaveLength(0);
    expect(venue.calls('/delete-client-order-id')).toHaveLength(0);
  });

  test('the private stream died while it was being signed: it never leaves', async () => {
    const { venue, client, heard, run, signer } = await readyRig();
    signer.hold = true;
    client.send(NOW, [place(1)]);
    venue.privateSocket.end(1006, 'cut');
    run(5);
    signer.release();
    run(50);
    expect(heard.story(1)).toEqual(['rejected']);
    expect(venue.calls('/order')).toHaveLength(0);
  });

  test('250 POST a minute: what is over is refused at once and said once, cancels still go', async () => {
    const { venue, client, heard, run } = await readyRig();
    for (let i = 1; i <= 60; i += 1) client.send(NOW, [place(i)]);
    run(50);
    const placed = venue.calls('/order').length;
    expect(placed).toBe(40); // a burst of 50, a fifth of it for cancels
    expect(heard.of('rejected').filter((e) => e.reason === 'not-sent')).toHaveLength(20);
    expect(heard.notes.filter((n) => n.includes('budget'))).toHaveLength(1);
    for (let i = 1; i <= 40; i += 1) client.send(NOW, [cancel(i)]);
    run(50);
    expect(heard.of('closed')).toHaveLength(40);
  });

  test('never more than 300 POST in any minute, whatever is asked for', async () => {
    const { venue, client, run } = await readyRig();
    const stamps: number[] = [];
    for (let i = 1; i <= 600; i += 1) {
      const before = venue.calls('/order').length;
      client.send(NOW, [place(i)]);
      if (venue.calls('/order').length > before) stamps.push(venue.nowMs);
      run(200);
    }
    for (const from of stamps) {
      const within = stamps.filter((at) => at >= from && at < from + 60_000).length;
      expect(within).toBeLessThanOrEqual(300);
    }
  });
});

describe('unknown outcomes', () => {
  test('the answer is lost, the order is there: settled by client id, never sent twice', async () => {
    const { venue, client, heard, run } = await readyRig();
    venue.handlers.set('/order', () => 'lost');
    venue.privateSocket.frozen = true; // the stream is silent as well, for less than the ping notices
    client.send(NOW, [place(1)]);
    run(1_000);
    venue.privateSocket.frozen = false;
    run(8_000);
    expect(heard.story(1).slice(0, 1)).toEqual(['accepted']);
    expect(venue.calls('/order-by-client-order-id').length).toBeGreaterThan(0);
    expect(venue.orders.size).toBe(1);
  });

  test.each([[60], [10]])(
    'a timeout tells unknown; nothing there after %i s means that it never arrived',
    async (latestArrivalS) => {
      const { venue, client, heard, run } = await readyRig({ latestArrivalS });
      venue.handlers.set('/order', () => null);
      client.send(NOW, [place(1)]);
      run(latestArrivalS * 1_000 - 1_000);
      expect(heard.story(1)).toEqual(['unknown']);
      run(15_000);
      expect(heard.story(1)).toEqual(['unknown', 'rejected']);
      expect(venue.calls('/order')).toHaveLength(1);
    },
  );

  test('it arrives after the verdict all the same: told, listed, cancellable', async () => {
    const { venue, client, heard, run } = await readyRig();
    let form = '';
    venue.handlers.set('/order', (request) => {
      form = request.body ?? '';
      return null;
    });
    client.send(NOW, [place(1)]);
    run(75_000);
    expect(heard.story(1)).toEqual(['unknown', 'rejected']);
    const word = Object.fromEntries(new URLSearchParams(form));
    venue.push({ orders: [{ ...word, id: '99', status: 'OPEN', updatedAt: venue.nowMs }] });
    run(3_000);
    expect(heard.story(1)).toEqual(['unknown', 'rejected', 'accepted']);
    expect(heard.notes.join()).toContain('arrived after all');
  });

  test('5xx, 10004, 10001 and an unreadable body are unknown, not refusals', async () => {
    const answers = [
      reply('{}', 502),
      refusal(10004),
      refusal(10001),
      reply('<html>'),
      refusal(77_777),
    ];
    for (const answer of answers) {
      const { venue, client, heard, run } = await readyRig();
      venue.handlers.set('/order', () => answer);
      client.send(NOW, [place(1)]);
      run(20);
      expect(heard.story(1)).toEqual(['unknown']);
    }
  });

  test('duplicate client id: an earlier attempt arrived, so it is asked for, not refused', async () => {
    const { venue, client, heard, run } = await readyRig();
    venue.handlers.set('/order', () => refusal(3, 'ORDER_CLIENT_ORDER_DATA_CONFLICT'));
    client.send(NOW, [place(1)]);
    run(2_000);
    expect(heard.story(1)).toEqual(['unknown']);
    expect(venue.calls('/order-by-client-order-id').length).toBeGreaterThan(0);
  });
});

describe('cancelling', () => {
  test('by id once it is known, by client id before', async () => {
    const { venue, client, heard, run } = await readyRig();
    client.send(NOW, [place(1)]);
    client.send(NOW, [cancel(1)]);
    run(50);
    expect(bodyOf(venue.calls('/delete-client-order-id')[0])).toEqual({ id: id(1) });
    client.send(NOW, [place(2)]);
    run(50);
    client.send(NOW, [cancel(2)]);
    run(50);
    expect(venue.calls('/delete-order')).toHaveLength(1);
    expect(heard.of('closed').map((e) => e.reason)).toContain('cancelled');
  });

  test('not found may mean filled: asked, and the fill is found', async () => {
    const { venue, client, heard, run } = await readyRig();
    client.send(NOW, [place(1)]);
    run(50);
    venue.fill(id(1), 10, false); // the stream misses it
    client.send(NOW, [cancel(1)]);
    run(8_000);
    expect(heard.story(1)).toEqual(['accepted', 'cancel-rejected', 'fill', 'closed']);
    expect(heard.of('closed')[0]).toMatchObject({ filledLots: 10 });
  });

  test('cancel-all is answered only when a list asked afterwards has none of ours', async () => {
    const { venue, client, heard, run } = await readyRig();
    client.send(NOW, [place(1), place(2, ASK, 600_100)]);
    run(50);
    client.send(NOW, [CANCEL_ALL]);
    expect(heard.of('all-cancelled')).toHaveLength(0);
    run(1_000);
    expect(venue.calls('/delete-open-orders').map((r) => r.body)).toEqual(['symbol=BTC-USDT']);
    expect(heard.of('all-cancelled')).toHaveLength(1);
    expect(heard.of('closed')).toHaveLength(2);
    const kinds = heard.events.map((e) => e.kind);
    expect(kinds.lastIndexOf('open-orders')).toBeLessThan(kinds.lastIndexOf('all-cancelled'));
  });

  test('somebody else rests there too: only ours are cancelled', async () => {
    const { venue, client, heard, run } = await readyRig();
    client.send(NOW, [place(1)]);
    run(50);
    const own = venue.open[0];
    if (own === undefined) throw new Error('nothing rests');
    venue.orders.set('7', { ...own, id: '7', clientId: 'by-hand' });
    venue.push({ orders: [venue.wire({ ...own, id: '7', clientId: 'by-hand' })] });
    run(10);
    client.send(NOW, [CANCEL_ALL]);
    run(2_000);
    expect(venue.calls('/delete-open-orders')).toHaveLength(0);
    expect(venue.open.map((o) => o.clientId)).toEqual(['by-hand']);
    expect(heard.of('all-cancelled')).toHaveLength(1);
  });

  test('an amend is refused: there is none', async () => {
    const { client, heard } = await readyRig();
    client.send(NOW, [{ ...place(1), kind: 'amend' }]);
    expect(heard.of('amend-rejected')).toHaveLength(1);
  });
});

describe('fills', () => {
  test('each once, whatever repeats it; one taken back is a bust', async () => {
    const { venue, client, heard, run } = await readyRig();
    client.send(NOW, [place(1)]);
    run(50);
    const fill = venue.fill(id(1), 4);
    venue.push({ fills: [fill] });
    venue.push({ fills: [fill], orders: null }, 'snapshot');
    run(10);
    expect(heard.of('fill')).toHaveLength(1);
    expect(client.counters.duplicateFills).toBe(2);
    venue.push({ fills: [{ ...fill, status: 'FAILED_L2_REJECTED' }] });
    venue.push({ fills: [{ ...fill, status: 'FAILED_L2_REJECTED' }] });
    run(10);
    expect(heard.of('trade-bust').map((e) => e.tradeId)).toEqual([fill['id']]);
  });

  test('an older word of an order leads nowhere back', async () => {
    const { venue, client, heard, run } = await readyRig();
    client.send(NOW, [place(1)]);
    run(50);
    const resting = venue.wire(venue.open[0] as never);
    client.send(NOW, [cancel(1)]);
    run(50);
    venue.push({ orders: [resting] });
    venue.push({ orders: [{ ...resting, status: 'PENDING' }] });
    run(50);
    expect(heard.story(1)).toEqual(['accepted', 'closed']);
  });

  test('no secret in any event, note or counter', async () => {
    const { venue, client, heard, run } = await readyRig();
    venue.handlers.set('/order', () => refusal(10002, '', `api key ${API.key} is invalid`));
    client.send(NOW, [place(1)]);
    run(100);
    const all = JSON.stringify([heard.events, heard.notes, client.counters]);
    for (const secret of [API.key, API.secret, API.passphrase]) expect(all).not.toContain(secret);
    expect(heard.links('public').at(-1)).toBe('down'); // a refused key does not mend itself
  });
});
