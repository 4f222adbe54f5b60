// The contract cards that hold for every venue: one promise each, by number. A venue's own test file runs them all; what
// a venue cannot show is skipped there with a reason.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewOrder, Trader, Venue } from './harness.js';
import { quiet, until } from './harness.js';

export interface Suite {
  readonly venue: string;
  readonly make: () => Promise<Venue>;
  /** Cards that this venue cannot show, and why. */
  readonly skips: Readonly<Record<string, string>>;
}

const BUY: NewOrder = { side: 'buy', price: '99990', size: '0.01', kind: 'post-only' };
const SELL: NewOrder = { side: 'sell', price: '100010', size: '0.01', kind: 'post-only' };
/** Better than the touch, so nobody is ahead. */
const FRONT: NewOrder = { side: 'buy', price: '100000.5', size: '0.01', kind: 'post-only' };

export function contractCards({ venue: name, make, skips }: Suite): void {
  describe(`${name}: contract`, () => {
    let venue: Venue;
    let trader: Trader;
    beforeEach(async () => {
      venue = await make();
      trader = await venue.trader();
    });
    afterEach(() => venue.close());

    const card = (id: string, title: string, run: () => Promise<void>): void => {
      const reason = skips[id];
      if (reason === undefined) test(`${id} ${title}`, run);
      else test.skip(`${id} ${title} (${reason})`, run);
    };
    const ended = async (clientId: string, ending: string): Promise<void> => {
      await until(
        () => trader.heard.orders.some((o) => o.clientId === clientId && !o.open),
        `end of ${clientId}`,
      );
      const order = await trader.look(clientId);
      expect(order).toMatchObject({ open: false, ending });
    };

    card('VC-10', 'a post-only order is accepted and rests', async () => {
      const answer = await trader.place({ ...BUY, clientId: 'a' });
      expect(answer.ok).toBe(true);
      await until(() => trader.heard.orders.some((o) => o.open), 'the order event');
      expect(await trader.open()).toMatchObject([
        { clientId: 'a', price: 99990, size: 0.01, filled: 0, open: true },
      ]);
    });
    card('VC-11', 'a post-only order that would cross is accepted, then closed', async () => {
      const answer = await trader.place({ ...BUY, price: '100001', clientId: 'a' });
      expect(answer.ok).toBe(true);
      await ended('a', 'post-only');
      expect(await trader.open()).toEqual([]);
      expect(await trader.fills()).toEqual([]);
    });
    card('VC-12', 'an order may join the touch of its own side', async () => {
      await trader.place({ ...BUY, price: '100000' });
      expect(await trader.open()).toHaveLength(1);
    });
    card('VC-13', 'an immediate order takes what is there; the rest is closed', async () => {
      await trader.place({ ...BUY, kind: 'ioc', price: '100001', size: '1.5', clientId: 'a' });
      await ended('a', 'rest');
      expect(await trader.look('a')).toMatchObject({ filled: 1 });
      expect((await trader.position()).size).toBeCloseTo(1, 8);
    });
    card('VC-14', 'an immediate order that reaches nothing is closed unfilled', async () => {
      await trader.place({ ...BUY, kind: 'ioc', clientId: 'a' });
      await ended('a', 'rest');
      expect(await trader.fills()).toEqual([]);
    });
    card('VC-15', 'a market order walks the book, level by level', async () => {
      await trader.place({ ...BUY, kind: 'market', price: '0', size: '2', clientId: 'a' });
      await ended('a', 'filled');
      expect((await trader.fills()).map((f) => [f.price, f.size, f.maker])).toEqual([
        [100002, 1, false],
        [100001, 1, false],
      ]);
    });
    card('VC-16', 'a limit order takes what it can and rests with the remainder', async () => {
      await trader.place({ ...BUY, kind: 'gtc', price: '100001', size: '1.5', clientId: 'a' });
      await until(() => trader.heard.fills.length === 1, 'the fill');
      expect(await trader.open()).toMatchObject([{ clientId: 'a', size: 1.5, filled: 1 }]);
      venue.market.print('sell', 99_999, 5);
      await ended('a', 'filled');
      expect((await trader.position()).size).toBeCloseTo(1.5, 8);
    });
    card('VC-17', 'reduce-only without a position opens none', async () => {
      await trader.place({ ...SELL, reduceOnly: true, clientId: 'a' });
      expect(await trader.open()).toEqual([]);
      expect((await trader.position()).size).toBe(0);
    });
    card('VC-18', 'reduce-only takes no more than the position', async () => {
      await trader.place({ ...BUY, kind: 'market', price: '0', size: '0.5' });
      await trader.place({ ...SELL, kind: 'market', price: '0', size: '0.8', reduceOnly: true });
      await until(() => trader.heard.fills.length === 2, 'two fills');
      expect((await trader.position()).size).toBeCloseTo(0, 8);
    });
    card('VC-19', 'a size off the grid is refused', async () => {
      expect(await trader.place({ ...BUY, size: '0.01005' })).toMatchObject({ ok: false });
      expect(await trader.open()).toEqual([]);
    });
    card('VC-20', 'a price off the grid is refused', async () => {
      expect(await trader.place({ ...BUY, price: '99990.05' })).toMatchObject({ ok: false });
      expect(await trader.open()).toEqual([]);
    });
    card('VC-21', 'an order below the minimum is refused', async () => {
      expect(await trader.place({ ...BUY, size: '0.0001', price: '99990' })).toMatchObject({
        ok: true,
      }); // 10.0005 at the mark
      venue.market.mark(90_000);
      expect(await trader.place({ ...BUY, size: '0.0001' })).toMatchObject({ ok: false });
    });
    card('VC-22', 'an unknown market is refused', async () => {
      expect(await trader.place({ ...BUY, market: 'NO-USD-PERP' })).toMatchObject({ ok: false });
    });
    card('VC-23', 'a client id is used once', async () => {
      await trader.place({ ...BUY, clientId: 'a' });
      expect(await trader.place({ ...BUY, clientId: 'a' })).toMatchObject({ ok: false });
      expect(await trader.open()).toHaveLength(1);
    });
    card('VC-24', 'a size above the largest is refused', async () => {
      expect(await trader.place({ ...BUY, size: '101' })).toMatchObject({ ok: false });
    });
    card('VC-25', 'an order beyond the margin does not rest', async () => {
      venue.market.mark(100_000);
      for (let i = 0; i < 6; i++) await trader.place({ ...BUY, size: '90', clientId: `m${i}` });
      await ended('m5', 'margin');
      expect((await trader.open()).length).toBe(5);
    });
    card(
      'VC-26',
      'orders of one account do not trade with each other: one is ended for that',
      async () => {
        await trader.place({ ...FRONT, clientId: 'a' });
        await trader.place({ ...SELL, kind: 'ioc', price: '100000', size: '0.01', clientId: 'b' });
        await until(
          () => trader.heard.orders.some((o) => o.ending === 'self-trade'),
          'the end of one',
        );
        expect((await trader.fills()).every((f) => !f.maker)).toBe(true);
      },
    );
    card('VC-27', 'a price beyond the band is refused when it is aggressive', async () => {
      expect(await trader.place({ ...BUY, kind: 'gtc', price: '110000' })).toMatchObject({
        ok: false,
      });
      expect(await trader.place({ ...BUY, price: '50000' })).toMatchObject({ ok: true });
    });

    card('VC-30', 'cancel by id', async () => {
      const { id } = await trader.place({ ...BUY, clientId: 'a' });
      expect((await trader.cancel(id)).ok).toBe(true);
      await ended('a', 'cancelled');
      expect(await trader.open()).toEqual([]);
    });
    card('VC-31', 'cancel by client id', async () => {
      await trader.place({ ...BUY, clientId: 'a' });
      expect((await trader.cancelByClientId('a')).ok).toBe(true);
      await ended('a', 'cancelled');
    });
    card('VC-32', 'a closed order cannot be cancelled again', async () => {
      const { id } = await trader.place({ ...BUY, clientId: 'a' });
      await trader.cancel(id);
      await ended('a', 'cancelled');
      expect((await trader.cancel(id)).ok).toBe(false);
    });
    card('VC-33', 'an unknown order cannot be cancelled', async () => {
      expect((await trader.cancel('123')).ok).toBe(false);
      expect((await trader.cancelByClientId('nobody')).ok).toBe(false);
    });
    card('VC-34', 'cancel-all ends all of this account and none of another', async () => {
      const other = await venue.trader();
      await other.place(BUY);
      await trader.place(BUY);
      await trader.placeAside(SELL);
      expect((await trader.cancelAll()).ok).toBe(true);
      await until(() => trader.heard.orders.filter((o) => !o.open).length === 2, 'two ends');
      expect(await trader.open()).toEqual([]);
      expect(await other.open()).toHaveLength(1);
    });
    card('VC-35', 'a batch places every order', async () => {
      const orders = [0, 1, 2].map((i) => ({ ...BUY, clientId: `b${i}` }));
      expect((await trader.placeAll(orders)).ok).toBe(true);
      expect((await trader.open()).map((o) => o.clientId).sort()).toEqual(['b0', 'b1', 'b2']);
    });
    card('VC-36', 'a batch with one bad order places none', async () => {
      await trader.placeAll([BUY, { ...BUY, price: '99990.05' }]);
      expect(await trader.open()).toEqual([]);
    });
    card('VC-37', 'modify moves the price and keeps the id', async () => {
      const { id } = await trader.place({ ...BUY, clientId: 'a' });
      expect((await trader.modify(id, { ...BUY, price: '99980' })).ok).toBe(true);
      await until(() => trader.heard.orders.some((o) => o.price === 99980), 'the moved order');
      expect(await trader.open()).toMatchObject([{ id, price: 99980, clientId: 'a' }]);
    });
    card('VC-38', 'modify changes the size', async () => {
      const { id } = await trader.place({ ...BUY, clientId: 'a' });
      await trader.modify(id, { ...BUY, size: '0.005' });
      await until(() => trader.heard.orders.some((o) => o.size === 0.005), 'the new size');
      expect(await trader.open()).toMatchObject([{ id, size: 0.005 }]);
    });
    card('VC-39', 'a closed order cannot be modified', async () => {
      const { id } = await trader.place({ ...BUY, clientId: 'a' });
      await trader.cancel(id);
      await ended('a', 'cancelled');
      expect((await trader.modify(id, BUY)).ok).toBe(false);
    });
    card('VC-40', 'a modify that would cross fills nothing', async () => {
      const { id } = await trader.place({ ...BUY, clientId: 'a' });
      await trader.modify(id, { ...BUY, price: '100001' });
      await ended('a', 'post-only');
      expect(await trader.fills()).toEqual([]);
    });

    card('VC-41', 'a print through our price fills us, as maker, at our price', async () => {
      await trader.place({ ...FRONT, clientId: 'a' });
      venue.market.print('sell', 99_999, 3);
      await ended('a', 'filled');
      const [fill] = await trader.fills();
      expect(fill).toMatchObject({ price: 100000.5, size: 0.01, maker: true });
    });
    card('VC-42', 'a print at our price fills us when nobody is ahead', async () => {
      await trader.place({ ...FRONT, clientId: 'a' });
      venue.market.print('sell', 100_000.5, 3);
      await ended('a', 'filled');
    });
    card('VC-43', 'a print smaller than the queue ahead does not fill us', async () => {
      await trader.place({ ...BUY, price: '100000' });
      venue.market.print('sell', 100_000, 0.5);
      await quiet();
      expect(await trader.fills()).toEqual([]);
    });
    card('VC-44', 'a print by a buyer does not fill our bid', async () => {
      await trader.place(FRONT);
      venue.market.print('buy', 100_000.5, 5);
      await quiet();
      expect(await trader.fills()).toEqual([]);
    });
    card('VC-45', 'a partial fill leaves the rest open', async () => {
      await trader.place({ ...FRONT, clientId: 'a' });
      venue.market.print('sell', 100_000.5, 0.004);
      await until(() => trader.heard.fills.length === 1, 'the fill');
      expect(await trader.open()).toMatchObject([{ clientId: 'a', filled: 0.004, open: true }]);
    });
    card('VC-46', 'what the stream told of fills is what the list says', async () => {
      await trader.place({ ...FRONT, clientId: 'a' });
      venue.market.print('sell', 100_000.5, 0.004);
      venue.market.print('sell', 100_000.5, 3);
      await ended('a', 'filled');
      const listed = await trader.fills();
      expect([...trader.heard.fills].reverse()).toEqual(listed);
      expect(listed.reduce((sum, f) => sum + f.size, 0)).toBeCloseTo(0.01, 8);
    });
    card('VC-47', 'maker and taker pay their own fees', async () => {
      await trader.place(FRONT);
      venue.market.print('sell', 99_999, 3);
      await trader.place({ ...SELL, kind: 'market', price: '0', size: '0.01' });
      await until(() => trader.heard.fills.length === 2, 'two fills');
      const [taker, maker] = await trader.fills();
      expect(maker?.fee).toBeCloseTo(100000.5 * 0.01 * 0.0002, 8);
      expect(taker?.fee).toBeCloseTo(100000 * 0.01 * 0.0005, 8);
    });
    card('VC-48', 'the position has the average entry of its fills', async () => {
      await trader.place({ ...BUY, kind: 'market', price: '0', size: '2' });
      expect(await trader.position()).toEqual({ size: 2, entry: 100001.5 });
    });
    card('VC-49', 'equity is cash and position at the mark', async () => {
      const before = await trader.equity();
      await trader.place({ ...BUY, kind: 'market', price: '0', size: '1' });
      venue.market.mark(100_101);
      expect((await trader.equity()) - before).toBeCloseTo(100 - 100001 * 0.0005, 6);
    });
    card('VC-50', 'funding is paid by the long when the rate is positive', async () => {
      await trader.place({ ...BUY, kind: 'market', price: '0', size: '1' });
      const before = await trader.equity();
      venue.market.funding(0.0001, true);
      venue.market.funding(0, false);
      expect((await trader.equity()) - before).toBeCloseTo(-100000.5 * 0.0001, 4);
    });

    card('VC-51', 'an account hears nothing of another', async () => {
      const other = await venue.trader();
      await trader.place(BUY);
      await until(() => trader.heard.orders.length > 0, 'its own event');
      await quiet();
      expect(other.heard.orders).toEqual([]);
      expect(await other.open()).toEqual([]);
    });
    card('VC-52', 'two accounts are filled by the same flow, each in full', async () => {
      const other = await venue.trader();
      await trader.place(FRONT);
      await other.place(FRONT);
      venue.market.print('sell', 99_999, 0.01);
      await until(() => trader.heard.fills.length + other.heard.fills.length === 2, 'both fills');
    });
    card('VC-53', 'armed: a cut cancels the orders of that connection', async () => {
      await trader.arm();
      await trader.place({ ...BUY, clientId: 'a' });
      trader.cut();
      await untilEmpty(trader);
    });
    card('VC-54', 'not armed: orders outlive the connection', async () => {
      await trader.place(BUY);
      trader.cut();
      await quiet();
      expect(await trader.open()).toHaveLength(1);
    });
    card('VC-55', 'armed: orders placed another way stay', async () => {
      await trader.arm();
      await trader.placeAside(BUY);
      trader.cut();
      await quiet();
      expect(await trader.open()).toHaveLength(1);
    });
    card('VC-56', 'a new connection is not armed', async () => {
      await trader.arm();
      trader.cut();
      await trader.reconnect();
      await trader.place(BUY);
      trader.cut();
      await quiet();
      expect(await trader.open()).toHaveLength(1);
    });
    card('VC-57', 'what filled while away is in the list of fills', async () => {
      await trader.place(FRONT);
      trader.cut();
      venue.market.print('sell', 99_999, 3);
      await trader.reconnect();
      expect(await trader.fills()).toHaveLength(1);
      expect(await trader.open()).toEqual([]);
    });
    card('VC-58', 'an order that filled is not there to cancel', async () => {
      const { id } = await trader.place({ ...FRONT, clientId: 'a' });
      venue.market.print('sell', 99_999, 3);
      expect((await trader.cancel(id)).ok).toBe(false);
      expect(await trader.look('a')).toMatchObject({ ending: 'filled', filled: 0.01 });
    });
  });
}

async function untilEmpty(trader: Trader): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if ((await trader.open()).length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect.fail('orders stayed open');
}
