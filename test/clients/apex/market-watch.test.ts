// What may change of the market while a client runs: it stops trading, its grid changes, our fees change. ApeX announces none
// of it.
import { describe, expect, test } from 'vitest';
import type { Micros } from '#core/units';
import type { Rig } from './scripted.js';
import { API, CONTRACT, makeRig, place, readyRig, refusal } from './scripted.js';

const NOW = 0 as Micros;
const TEN_MINUTES = 600_000;

/** Time goes by with a book that ticks. */
function live(rig: Rig, ms: number): void {
  for (let t = 0; t < ms; t += 1_000) {
    rig.venue.book('delta', [], []);
    rig.run(1_000);
  }
}

describe('the market while we run', () => {
  test('another tick: told as a stop, nothing is quoted, and no way back', async () => {
    const rig = await readyRig();
    const { venue, client, heard } = rig;
    venue.contract = { ...CONTRACT, tickSize: '0.5' };
    live(rig, TEN_MINUTES + 5_000);
    expect(heard.of('operator').map((e) => e.order)).toEqual(['stop']);
    expect(heard.of('operator')[0]?.reason).toContain('tick 0.1 -> 0.5');
    expect(heard.links('public').at(-1)).toBe('down');
    client.send(NOW, [place(1)]);
    rig.run(100);
    expect(heard.of('rejected')[0]).toMatchObject({ ordinal: 1, reason: 'not-sent' });
    venue.contract = CONTRACT;
    live(rig, TEN_MINUTES + 5_000);
    expect(heard.links('public').at(-1)).toBe('down');
    expect(heard.of('operator')).toHaveLength(1);
  });

  test.each([
    ['enableTrade', 'does not trade now'],
    ['enableOpenPosition', 'lets nobody open a position now'],
  ])('%s goes off: no quotes until it is on again', async (field, text) => {
    const rig = await readyRig();
    const { venue, client, heard } = rig;
    venue.contract = { ...CONTRACT, [field]: false };
    live(rig, TEN_MINUTES + 5_000);
    expect(heard.of('link').at(-1)).toMatchObject({ channel: 'public', state: 'down' });
    expect(heard.of('link').at(-1)?.detail).toContain(text);
    client.send(NOW, [place(1)]);
    rig.run(100);
    expect(heard.story(1)).toEqual(['rejected']);
    venue.contract = CONTRACT;
    live(rig, TEN_MINUTES + 5_000);
    expect(heard.links('public').at(-1)).toBe('up');
    expect(heard.of('operator')).toEqual([]);
  });

  test('an order refused because the market is closed: asked at once', async () => {
    const rig = await readyRig();
    const { venue, client, heard } = rig;
    venue.contract = { ...CONTRACT, enableTrade: false };
    venue.handlers.set('/order', () => refusal(3, 'ORDER_SYMBOL_DISABLE_TRADE'));
    client.send(NOW, [place(1)]);
    rig.run(500);
    expect(heard.links('public').at(-1)).toBe('down');
  });

  test('other fees: the next order signs them, and a line says so', async () => {
    const rig = await readyRig();
    const { venue, client, heard } = rig;
    const limitFee = (): string =>
      new URLSearchParams(venue.calls('/order').at(-1)?.body ?? '').get('limitFee') ?? '';
    client.send(NOW, [place(1)]);
    rig.run(100);
    const before = Number(limitFee());
    venue.account = {
      ...venue.account,
      contractAccount: { makerFeeRate: '0.00050', takerFeeRate: '0.00100' },
    };
    live(rig, TEN_MINUTES + 5_000);
    client.send(NOW, [place(2)]);
    rig.run(100);
    expect(Number(limitFee())).toBeCloseTo(2 * before, 5);
    expect(heard.notes.filter((note) => note.includes('our fees are'))).toHaveLength(1);
    expect(heard.notes.join()).not.toContain(API.secret);
  });

  test('what cannot be read changes nothing', async () => {
    const rig = await readyRig();
    rig.venue.handlers.set('/symbols', () => null);
    live(rig, TEN_MINUTES + 10_000);
    expect(rig.heard.links('public').at(-1)).toBe('up');
    expect(rig.heard.of('operator')).toEqual([]);
  });
});

describe('a reply that is lost at the start is asked for again', () => {
  test.each(['/time', '/symbols', '/account', '/ticker', '/open-orders', '/account-balance'])(
    '%s',
    async (path) => {
      const rig = makeRig();
      let left = 1;
      rig.venue.handlers.set(path, () => (left-- > 0 ? null : 'plain'));
      const facts = await rig.settle(rig.client.start());
      expect(facts.instrument.spec.symbol).toBe('BTC-USDT');
      expect(left).toBeLessThan(0);
    },
  );
});
