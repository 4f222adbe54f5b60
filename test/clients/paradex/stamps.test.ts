// Stamps of signatures through the client: they only grow, are never old, and the hashing of the next quote is done in
// idle time, so that the signature asks for the very fields that were hashed. The venue is scripted, the clock stepped.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OrderAct, SignableOrder, UnpricedOrder } from '#clients/paradex/sign';
import type { Command } from '#core/messages';
import type { Lots, Micros, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { orderWire, place, readyRig, SIGNER, type Rig } from './scripted.js';

const NOW = 0 as Micros;
const keyOf = (act: OrderAct, { timestampMs, market, side, type, size }: UnpricedOrder): string =>
  [act, timestampMs, market, side, type, size].join(' ');

/** A client whose signer writes down what it hashed early and what it signed. */
async function watchedRig(switches = {}) {
  const early: string[] = [];
  const signed: { key: string; stampMs: number }[] = [];
  const note = (act: OrderAct, order: SignableOrder): void => {
    signed.push({ key: keyOf(act, order), stampMs: order.timestampMs });
  };
  const signer = {
    ...SIGNER,
    signOrder: (order: SignableOrder) => (note('create', order), '["3","4"]'),
    signModify: (order: SignableOrder) => (note('modify', order), '["5","6"]'),
    prehash: (act: OrderAct, order: UnpricedOrder) => void early.push(keyOf(act, order)),
  };
  const rig = await readyRig(switches, { signer });
  return { rig, early, signed };
}

const amend = (ordinal: number, ticks: number): Command => ({
  ...{ kind: 'amend', ordinal, side: BID, lots: 100 as Lots },
  ticks: ticks as Ticks,
});

function open(rig: Rig, ordinal: number): void {
  const order = orderWire(ordinal, { status: 'NEW', seq_no: 0 });
  rig.venue.rpc.set('order.create', () => ({ result: { order, created_at: 1 } }));
  rig.client.send(NOW, [place(ordinal)]);
  rig.run(10);
  rig.venue.privateSocket.push('orders.ALL', orderWire(ordinal));
}

describe('hashed in idle time', () => {
  test('the order that moves a resting quote', async () => {
    const { rig, early, signed } = await watchedRig();
    open(rig, 1);
    rig.run(300);
    rig.client.send(NOW, [amend(1, 899_980)]);
    expect(signed[1]?.key).toMatch(/^modify /);
    expect(early).toContain(signed[1]?.key);
  });

  test('the new order in place of one that is gone, of its size', async () => {
    const { rig, early, signed } = await watchedRig();
    open(rig, 1);
    rig.run(10);
    const gone = { status: 'CLOSED', cancel_reason: 'USER_CANCELED', seq_no: 9 };
    rig.venue.privateSocket.push('orders.ALL', orderWire(1, gone));
    rig.run(300);
    rig.client.send(NOW, [place(2)]);
    expect(signed[1]?.key).toMatch(/^create /);
    expect(early).toContain(signed[1]?.key);
  });

  test('again at once after it was used, and now and then where nothing moves', async () => {
    const { rig, early, signed } = await watchedRig();
    open(rig, 1);
    rig.run(300);
    rig.client.send(NOW, [amend(1, 899_980)]);
    rig.run(60);
    rig.client.send(NOW, [amend(1, 899_970)]);
    expect(early).toContain(signed[2]?.key);
    const before = early.length;
    rig.run(2_000);
    expect(early.length - before).toBeGreaterThanOrEqual(6);
    expect(early.length - before).toBeLessThanOrEqual(11);
  });

  test('nothing where quotes are replaced, but for the new order', async () => {
    const { rig, early } = await watchedRig({ amend: 'replace' });
    open(rig, 1);
    rig.run(1_000);
    expect(early.length).toBeGreaterThan(0);
    expect(early.every((key) => key.startsWith('create '))).toBe(true);
  });

  test('nothing before the first order, nothing after the end', async () => {
    const { rig, early } = await watchedRig();
    rig.run(1_000);
    expect(early).toEqual([]);
    open(rig, 1);
    rig.run(300);
    await rig.settle(rig.client.close());
    const told = early.length;
    rig.run(1_000);
    expect(early.length).toBe(told);
  });
});

test('a short receive window leaves no room for early stamps', async () => {
  const { rig, signed } = await watchedRig({ recvWindowMs: 150 });
  for (let i = 0; i < 20; i += 1) {
    rig.run(77);
    rig.client.send(NOW, [place(i + 1)]);
    expect(rig.venue.clock.nowUs() / 1e3 - (signed.at(-1)?.stampMs ?? NaN)).toBeLessThanOrEqual(30);
  }
});

test('stamps only grow, none is older than 0.4 s or from the future, whatever is sent when', async () => {
  const side = fc.constantFrom(BID, ASK);
  const step = fc.record({ waitMs: fc.integer({ min: 0, max: 700 }), side, small: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      const { rig, signed } = await watchedRig({ batchParams: 'off' });
      let ordinal = 0;
      for (const { waitMs, side: which, small } of steps) {
        rig.run(waitMs);
        ordinal += 1;
        const lots = (small ? 50 : 100) as Lots;
        rig.client.send(NOW, [{ ...place(ordinal, which), lots }]);
        const last = signed.at(-1)?.stampMs ?? NaN;
        const age = rig.venue.clock.nowUs() / 1e3 - last;
        expect(age).toBeLessThanOrEqual(400);
        // Several in one millisecond run ahead of it by one each, early ones included.
        expect(age).toBeGreaterThan(-3 * ordinal);
      }
      const stamps = signed.map(({ stampMs }) => stampMs);
      expect(stamps).toEqual([...new Set(stamps)].sort((a, b) => a - b));
      await rig.settle(rig.client.close());
    }),
    { numRuns: 30 },
  );
});
