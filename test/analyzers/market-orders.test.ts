// Prints -> market orders: what is one order, what is its reach, and what is refused.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Aggressor } from '#core/units';
import { MarketOrders } from '#analyzers/market-orders';
import type { Moment } from '#analyzers/moment';

type Seen = [us: number, side: number, reach: number, mid: number, way: number];

const at = (us: number, mid: number, venueUs = us): Moment => ({ us, mid, venueUs });

describe('market orders', () => {
  let seen: Seen[];
  let orders: MarketOrders;
  beforeEach(() => {
    seen = [];
    orders = new MarketOrders(({ us, side, reach, mid, way }) =>
      seen.push([us, side, Number(reach.toFixed(6)), mid, way]),
    );
  });

  /** Mid 10,000 ticks, so that one tick is one bp. */
  const print = (
    us: number,
    side: Aggressor,
    ticks: number,
    venueUs: number,
    mid = 10_000,
  ): boolean => orders.print(at(us, mid, venueUs), side, ticks, 1);

  test('prints of one side and venue time are one order; its reach is the deepest', () => {
    print(100, 1, 10_001, 50);
    print(120, 1, 10_001, 50); // two makers at one price
    print(140, 1, 10_004, 50);
    expect(seen).toEqual([]);
    orders.finish();
    expect(seen).toEqual([[100, 1, 4, 10_000, 1]]);
  });

  test('another side, venue time or a price that turns back is another order', () => {
    print(100, 1, 10_002, 50);
    print(101, -1, 9_997, 50);
    print(102, -1, 9_996, 51);
    print(103, -1, 9_998, 51); // a sell that prints higher: not the same sweep
    orders.finish();
    expect(seen.map(([, side, reach]) => [side, reach])).toEqual([
      [1, 2],
      [-1, 3],
      [-1, 4],
      [-1, 2],
    ]);
  });

  test('the mid is the one before its first print, also when it moves during the order', () => {
    print(100, 1, 10_002, 50, 10_000);
    print(101, 1, 10_006, 50, 10_004);
    orders.finish();
    expect(seen).toEqual([[100, 1, 6, 10_000, 1]]);
  });

  test('a known side that trades on the near side of the mid reaches less than nothing', () => {
    print(100, 1, 9_998, 50);
    orders.finish();
    expect(seen[0]?.[2]).toBe(-2);
  });

  test('unknown side: monotone either way, a distance, and where it lay', () => {
    print(100, 0, 10_001, 50);
    print(101, 0, 10_003, 50);
    print(102, 0, 9_999, 50); // StandX: the sell that follows under the same stamp
    print(103, 0, 9_995, 50);
    print(104, 0, 9_996, 50);
    orders.finish();
    expect(seen.map(([, side, reach, , way]) => [side, reach, way])).toEqual([
      [0, 3, 1],
      [0, 5, -1],
      [0, 4, -1],
    ]);
  });

  test('is handed out a second after its first print, and not before', () => {
    print(1_000_000, 1, 10_002, 50);
    orders.flush(at(1_999_999, 0));
    expect(seen).toHaveLength(0);
    orders.flush(at(2_000_000, 0));
    expect(seen).toHaveLength(1);
    orders.flush(at(9_000_000, 0));
    print(9_000_001, 1, 10_005, 50); // a straggler under the old stamp is an order of its own
    orders.finish();
    expect(seen).toHaveLength(2);
  });

  test('an order without a mid before it is counted, not measured', () => {
    print(100, 1, 10_002, 50, 0);
    orders.finish();
    expect(seen).toEqual([]);
    expect(orders.blind).toBe(1);
  });

  test.each([
    ['no price', 1, NaN, 1],
    ['price 0', 1, 0, 1],
    ['infinite price', 1, Infinity, 1],
    ['no size', 1, 10_001, 0],
    ['NaN size', 1, 10_001, NaN],
    ['no such side', 2, 10_001, 1],
  ])('refused: %s', (_, side, ticks, lots) => {
    expect(orders.print(at(100, 10_000, 50), side as Aggressor, ticks, lots)).toBe(false);
    orders.finish();
    expect(seen).toEqual([]);
    expect(orders.rejected).toBe(1);
  });
});
