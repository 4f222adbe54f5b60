// On a venue the book shows our own quotes. The touch that placement, mid and guards go by is that of others.
import { describe, expect, test } from 'vitest';
import type { Lots, Side, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { MID, PARAMS, Rig, UNIT } from './fixture.js';

const ON_VENUE = { ...PARAMS, venue: { ...PARAMS.venue, ownQuotesInBook: true } };
const level = (rig: Rig, side: Side, ticks: number, lots: number): void =>
  rig.engine.level(side, ticks as Ticks, lots as Lots);

/** Quoting at about 2 bp; the venue shows both quotes, and others far behind them. */
function alone(params: typeof PARAMS): Rig {
  const rig = new Rig({ params });
  rig.up().acceptAll();
  const [bid, ask] = [rig.resting(BID), rig.resting(ASK)];
  level(rig, BID, bid?.ticks ?? 0, bid?.lots ?? 0);
  level(rig, ASK, ask?.ticks ?? 0, ask?.lots ?? 0);
  for (const side of [BID, ASK] as const) level(rig, side, MID - side * 100, 50);
  level(rig, BID, MID - 1, 0);
  level(rig, ASK, MID + 1, 0);
  rig.settle();
  return rig;
}

describe('the touch without us', () => {
  test('is that of others when only our own quote is better', () => {
    const { numbers } = alone(ON_VENUE).engine;
    expect([numbers.bestBid, numbers.bestAsk]).toEqual([MID - 100, MID + 100]);
    expect(numbers.bookSound).toBe(true);
  });

  test('so that nothing is ever quoted behind ourselves', () => {
    const rig = alone(ON_VENUE);
    const first = rig.resting(BID)?.ticks;
    for (let i = 0; i < 5; i += 1) {
      const before = [rig.resting(BID), rig.resting(ASK)];
      rig.wait(61e6); // old enough to be cancelled and placed anew
      for (const order of [...rig.engine.orders])
        if (order.cancel === 'sent') rig.closed(order.ordinal);
      for (const [i, side] of ([BID, ASK] as const).entries())
        level(rig, side, before[i]?.ticks ?? 0, 0);
      rig.settle().acceptAll();
      for (const side of [BID, ASK] as const) level(rig, side, rig.resting(side)?.ticks ?? 0, UNIT);
      rig.settle();
    }
    expect(rig.strategy.views.at(-1)?.bidTicks).toBe(MID - 100);
    const last = rig.resting(BID)?.ticks ?? 0;
    expect(last).toBe(MID - 101);
    expect(first).toBe(MID - 40);
  });

  test('a simulated venue leaves us out by itself: there the best price counts', () => {
    const { numbers } = alone(PARAMS).engine;
    expect(numbers.bestBid).toBeGreaterThan(MID - 100);
  });

  test('somebody beside us at the price makes it the touch again', () => {
    const rig = alone(ON_VENUE);
    const bid = rig.resting(BID);
    level(rig, BID, bid?.ticks ?? 0, (bid?.lots ?? 0) + 1);
    rig.settle();
    expect(rig.engine.numbers.bestBid).toBe(bid?.ticks);
  });

  test('a book that is us alone is no market: quotes go', () => {
    const rig = alone(ON_VENUE);
    for (const side of [BID, ASK] as const) level(rig, side, MID - side * 100, 0);
    rig.settle();
    expect(rig.engine.numbers.bookSound).toBe(false);
    expect(rig.said.length).toBeGreaterThan(0);
    expect(rig.said.every((said) => said.startsWith('cancel'))).toBe(true);
  });
});

describe('a position adopted from the venue', () => {
  test('is told to the observer, and told back when its fill comes late', () => {
    const told: unknown[] = [];
    const observer = {
      onAdopted: (_us: number, side: Side, _ticks: Ticks, lots: Lots): void =>
        void told.push([side, lots]),
    };
    const rig = new Rig({ observer });
    rig.quoted();
    const report = (): void => {
      rig.wait(1e6);
      const venueUs = rig.now as never;
      rig.event({
        kind: 'account',
        venueUs,
        positionLots: 3 as Lots,
        equity: 0 as never,
        marginRatio: 9,
      });
    };
    report();
    expect(told).toEqual([]);
    report();
    expect(told).toEqual([[BID, 3]]);
    rig.now -= 1_500_000;
    rig.fill(rig.resting(BID)?.ordinal ?? 0, BID, MID - 40, 3, 'late');
    expect(told).toEqual([
      [BID, 3],
      [ASK, 3],
    ]);
    expect(rig.engine.position.lots).toBe(3);
  });
});
