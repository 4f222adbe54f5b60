// Outcomes unknown, lists of open orders, the venue's position, fills that are not ours, repeats and busts.
import { describe, expect, test } from 'vitest';
import type { OpenOrder } from '#core/messages';
import type { Lots, Micros, Side, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { MS, PARAMS, Rig, SECOND, START } from './fixture.js';

const listed = (ordinal: number | null, side: Side, ticks: number, lots = 5): OpenOrder => ({
  ordinal,
  clientId: ordinal === null ? 'mm-old-9' : `mm-run-${ordinal}`,
  side,
  ticks: ticks as Ticks,
  lots: lots as Lots,
  filledLots: 0 as Lots,
});
const report = (rig: Rig, orders: OpenOrder[], venueUs = rig.now): Rig =>
  rig.event({ kind: 'open-orders', venueUs: venueUs as Micros, orders });
const account = (rig: Rig, lots: number, venueUs = rig.now): Rig =>
  rig.event({
    ...{ kind: 'account', venueUs: venueUs as Micros, positionLots: lots as Lots },
    ...{ equity: PARAMS.risk.capital, marginRatio: 8 },
  });

describe('orders in doubt', () => {
  test('an unknown place keeps its slot and its risk; overdue it is unresolved', () => {
    const rig = new Rig().up();
    rig.event({ kind: 'unknown', ordinal: 1, operation: 'place' }).accept(2).settle();
    expect(rig.engine.unresolved).toEqual([]);
    expect(rig.engine.nextWakeUs).toBeLessThanOrEqual(START + 2 * SECOND);
    while (rig.now < START + 2 * SECOND) rig.toWake();
    expect(rig.engine.unresolved).toEqual([1]);
    for (let i = 0; i < 4; i += 1) rig.wait(5 * SECOND);
    expect(rig.sent).toHaveLength(2);
    expect(rig.engine.numbers.longestLots).toBe(5);
  });

  test('listed: it rests; not listed too early: proves nothing; not listed later: gone', () => {
    const rig = new Rig().up();
    rig.event({ kind: 'unknown', ordinal: 1, operation: 'place' });
    rig.event({ kind: 'unknown', ordinal: 2, operation: 'place' });
    rig.wait(3 * SECOND);
    report(rig, [listed(1, BID, 199_960)]).settle();
    expect(rig.engine.unresolved).toEqual([2]);
    expect(rig.engine.openOrders).toBe(2);
    rig.wait(10 * SECOND);
    report(rig, [listed(1, BID, 199_960)]).settle();
    expect(rig.said).toEqual(['place 3 ask 5 @ 200040']);
    expect(rig.engine.unresolved).toEqual([]);
    // Fills of the lost one may still turn up: it counts until the account agrees.
    expect(rig.engine.numbers.shortestLots).toBe(-10);
    // One report may agree by chance, several over 5 s do not.
    account(rig.wait(2 * SECOND), 0).settle();
    expect(rig.engine.numbers.shortestLots).toBe(-10);
    account(rig.wait(5 * SECOND), 0).settle();
    expect(rig.engine.numbers.shortestLots).toBe(-5);
  });

  test('a list older than newer events undoes nothing', () => {
    const rig = new Rig().quoted();
    rig.wait(5 * SECOND);
    const before = rig.now;
    rig.wait(SECOND).mid(9);
    rig.closed(2).settle().acceptAll().settle();
    report(rig, [listed(1, BID, 199_960), listed(2, ASK, 200_040)], before).settle();
    expect(rig.engine.orders.map((o) => o.ordinal)).toEqual([1, 3]);
    report(rig, [], before - SECOND).settle();
    expect(rig.notes.at(-1)).toContain('older than the last one');
    expect(rig.engine.openOrders).toBe(2);
  });

  test('an order of ours that nobody remembers is cancelled', () => {
    const rig = new Rig().quoted();
    rig.wait(5 * SECOND);
    report(rig, [listed(1, BID, 199_960), listed(2, ASK, 200_040), listed(99, BID, 199_000, 7)]);
    rig.settle();
    expect(rig.said).toEqual(['cancel 99']);
    expect(rig.engine.numbers.longestLots).toBe(5 + 7);
    rig.closed(99).settle();
    expect(rig.engine.numbers.longestLots).toBe(5);
  });

  test('one with our prefix of a run we do not know: cancel-all; a stranger’s is left alone', () => {
    const rig = new Rig().quoted();
    rig.wait(5 * SECOND);
    const mine = [listed(1, BID, 199_960), listed(2, ASK, 200_040)];
    report(rig, [...mine, { ...listed(null, BID, 1), clientId: 'web-5' }]).settle();
    expect(rig.batch).toEqual([]);
    rig.wait(SECOND);
    report(rig, [...mine, listed(null, BID, 199_000)]).settle();
    expect(rig.said).toEqual(['cancel-all']);
  });

  test('events of an ordinal nobody remembers are noted and asked about', () => {
    const rig = new Rig().quoted();
    rig.event({ kind: 'accepted', ordinal: 77 }).settle();
    expect(rig.notes.at(-1)).toBe('order 77, which nobody remembers: accepted');
    expect(rig.engine.unresolved).toEqual([77]);
    report(rig.wait(2 * SECOND), [listed(1, BID, 199_960), listed(2, ASK, 200_040)]).settle();
    expect(rig.engine.unresolved).toEqual([]);
  });

  test('an order that comes back to a slot given away is cancelled, never two in a slot', () => {
    const rig = new Rig().quoted();
    rig.wait(5 * SECOND).mid(9);
    rig.closed(2).settle().acceptAll();
    rig.wait(5 * SECOND);
    report(rig, [listed(1, BID, 199_960), listed(2, ASK, 200_040), listed(3, ASK, 200_050)]);
    rig.settle();
    expect(rig.said).toEqual(['cancel 2']);
    expect(rig.resting(ASK)?.ordinal).toBe(3);
  });
});

describe('fills', () => {
  test('a repeat is dropped', () => {
    const rig = new Rig().quoted();
    rig.fill(1, BID, 199_960, 2, 'x').fill(1, BID, 199_960, 2, 'x').settle();
    expect(rig.engine.numbers.positionLots).toBe(2);
    expect(rig.breaker.fills).toHaveLength(1);
    expect(rig.notes.at(-1)).toContain('seen before');
  });

  test('both sides of a trade with ourselves count', () => {
    const rig = new Rig().quoted();
    rig.fill(1, BID, 199_960, 2, 'x').fill(2, ASK, 199_960, 2, 'x').settle();
    expect(rig.engine.position).toMatchObject({ lots: 0, fills: 2 });
  });

  test('not ours: moves the position, is noted, is no fill for the guards', () => {
    const rig = new Rig().quoted();
    rig.fill(null, ASK, 200_000, 4).settle();
    expect(rig.engine.numbers.positionLots).toBe(-4);
    expect([rig.breaker.fills.length, rig.notes.at(-1)]).toEqual([
      ...[0, 'fill t1: ask 4 at 200000: not an order of ours'],
    ]);
  });

  test('nonsense is dropped, not booked and not fatal', () => {
    const rig = new Rig().quoted();
    rig.fill(1, BID, 199_960, -3).fill(1, BID, 0, 3).fill(1, BID, 199_960, NaN).settle();
    expect(rig.engine.numbers.positionLots).toBe(0);
    expect(rig.notes.filter((n) => n.includes('makes no sense'))).toHaveLength(3);
  });

  test('a bust takes the trade back to the last unit, once; its repeat stays dropped', () => {
    const rig = new Rig().quoted();
    const { position } = rig.engine;
    rig.fill(1, BID, 199_960, 2, 'x').settle();
    rig.event({ kind: 'trade-bust', tradeId: 'x' }).event({ kind: 'trade-bust', tradeId: 'x' });
    rig.fill(1, BID, 199_960, 2, 'x').settle();
    expect([position.lots, position.cash()]).toEqual([0, 0]);
    expect(rig.notes.some((n) => n.includes('nobody remembers it'))).toBe(true);
  });

  test('funding and transfers', () => {
    const rig = new Rig().quoted();
    rig.event({ kind: 'funding', amount: 500 as never, rate: 0 as never, mark: 1 as never });
    rig.event({ kind: 'transfer', amount: 900 as never });
    rig.event({ kind: 'transfer', amount: NaN as never }).settle();
    expect(rig.engine.position).toMatchObject({ funding: 500, transfers: 900 });
    // A deposit is no profit: the guards do not see it.
    expect(rig.engine.numbers.guardEquity).toBe(PARAMS.risk.capital + 500);
  });
});

describe("the venue's position", () => {
  test('one mismatch is patience, the second adopts its word and withdraws', () => {
    const rig = new Rig().quoted();
    account(rig.wait(SECOND), 3).settle();
    expect([rig.engine.numbers.positionLots, rig.breaker.trips]).toEqual([0, []]);
    account(rig.wait(5 * SECOND), 3).settle();
    expect(rig.engine.numbers.positionLots).toBe(3);
    expect(rig.engine.numbers.marginRatio).toBe(8);
    expect(rig.breaker.trips).toMatchObject([{ guard: 'host', severity: 'withdraw' }]);
    expect(rig.said).toEqual(['cancel-all']);
    // Booked at the mark: no profit appears from nowhere, and no fill or volume is invented.
    expect(rig.engine.numbers.guardEquity).toBe(PARAMS.risk.capital);
    expect(rig.engine.position).toMatchObject({ fills: 0, volume: 0 });
  });

  test('a fill that explains the first mismatch settles it', () => {
    const rig = new Rig().quoted();
    rig.wait(SECOND);
    account(rig, 2).settle();
    rig.fill(1, BID, 199_960, 2).settle();
    account(rig.wait(5 * SECOND), 2).settle();
    expect([rig.engine.numbers.positionLots, rig.breaker.trips]).toEqual([2, []]);
  });

  test('fills newer than the report are not held against it', () => {
    const rig = new Rig().quoted();
    rig.wait(SECOND);
    const at = rig.now;
    rig.wait(100 * MS).fill(1, BID, 199_960, 2);
    account(rig, 0, at).settle();
    account(rig.wait(100 * MS), 2).settle();
    expect(rig.notes.filter((n) => n.includes('more than ours'))).toEqual([]);
  });

  test('a late fill that was in the adopted position replaces the adopted lots', () => {
    const rig = new Rig().quoted();
    rig.wait(SECOND);
    const at = rig.now;
    account(rig.wait(SECOND), 5).settle();
    account(rig.wait(5 * SECOND), 5).settle();
    rig.engine.handle({
      ...{ kind: 'fill', tradeId: 'late', ordinal: 1, side: BID, ticks: 199_960 as Ticks },
      ...{ lots: 5 as Lots, fee: 7 as never, maker: true, liquidation: false },
      ...{ venueUs: at as Micros, us: rig.now as Micros },
    });
    rig.settle();
    expect(rig.engine.position).toMatchObject({ lots: 5, fees: 7, fills: 1 });
    // Bought at 199,960, 40 ticks below the mark: the profit is there although the lots were adopted at the mark.
    expect(rig.engine.numbers.guardEquity).toBe(PARAMS.risk.capital + 5 * 40 * 10_000 - 7);
  });

  test('an older report is ignored', () => {
    const rig = new Rig().quoted();
    rig.wait(SECOND);
    account(rig, 0);
    account(rig, 3, rig.now - 10).settle();
    account(rig, 3, rig.now - 5).settle();
    expect(rig.engine.numbers.positionLots).toBe(0);
  });
});
