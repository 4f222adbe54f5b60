// The guards of our dealings with the venue: order rate, error rate, margin.
import { describe, expect, test } from 'vitest';
import type { AccountNumbers } from '#core/guard';
import type { Micros } from '#core/units';
import { ErrorRate } from '#risk/error-rate';
import { Margin } from '#risk/margin';
import { OrderRate, runawayOperations } from '#risk/order-rate';
import { healthy, NOON, SECOND, VENUE } from './fixture.js';

const ops = (operations: number, failures: number, us = NOON as number): AccountNumbers =>
  healthy({ operations, failures, nowUs: us as Micros });

describe('error rate', () => {
  test.each([
    [19, 19, false],
    [20, 1, false],
    [20, 2, true],
    [39, 2, true],
    [40, 2, false],
    [0, 0, false],
  ])('%d operations, %d failed: pauses %s', (operations, failures, trips) => {
    const trip = new ErrorRate().onSettle(ops(operations, failures));
    expect(trip !== null).toBe(trips);
    if (trip) expect(trip).toMatchObject({ severity: 'pause', untilUs: NOON + 60 * SECOND });
  });

  test('one pause is 60 s, however long the window stays bad; then it is judged anew', () => {
    const guard = new ErrorRate();
    const first = guard.onSettle(ops(20, 20));
    expect(guard.onSettle(ops(20, 20, NOON + 60 * SECOND - 1))).toBe(first);
    const again = guard.onSettle(ops(20, 20, NOON + 60 * SECOND));
    expect(again?.untilUs).toBe(NOON + 120 * SECOND);
    expect(guard.onSettle(ops(0, 0, NOON + 120 * SECOND))).toBeNull();
  });

  test('NaN trips', () => {
    expect(new ErrorRate().onSettle(ops(NaN, 0))).not.toBeNull();
    expect(new ErrorRate().onSettle(ops(30, NaN))).not.toBeNull();
  });
});

describe('error rate: five operations in a row refused', () => {
  const runs = (refusedRuns: number, us: number = NOON): AccountNumbers =>
    healthy({ refusedRuns, lastRefusal: 'margin', nowUs: us as Micros });

  test('pauses for 60 s, however few operations there were, and says why the last was', () => {
    const guard = new ErrorRate();
    expect(guard.onSettle(runs(0))).toBeNull();
    expect(guard.onSettle(runs(1))).toEqual({
      ...{ guard: 'error-rate', severity: 'pause', untilUs: NOON + 60 * SECOND },
      reason: '5 operations in a row refused (last: margin), none done between',
    });
  });

  test('after the pause anew: the old count does not count, nor what it grew by meanwhile', () => {
    const guard = new ErrorRate();
    const first = guard.onSettle(runs(1));
    expect(guard.onSettle(runs(2, NOON + 60 * SECOND - 1))).toBe(first);
    expect(guard.onSettle(runs(2, NOON + 60 * SECOND))).toBeNull();
    expect(guard.onSettle(runs(2, NOON + 90 * SECOND))).toBeNull();
    const again = guard.onSettle(runs(3, NOON + 90 * SECOND));
    expect(again?.untilUs).toBe(NOON + 150 * SECOND);
    expect(guard.onSettle(runs(3, NOON + 150 * SECOND))).toBeNull();
  });

  test('while paused for the rate too', () => {
    const guard = new ErrorRate();
    expect(guard.onSettle(ops(20, 20))?.reason).toContain('limit 5 %');
    expect(guard.onSettle(runs(1, NOON + SECOND))?.untilUs).toBe(NOON + 60 * SECOND);
    expect(guard.onSettle(runs(1, NOON + 60 * SECOND))).toBeNull();
  });

  test('NaN trips', () => expect(new ErrorRate().onSettle(runs(NaN))).not.toBeNull());
});

describe('order rate', () => {
  test('only what the throttle cannot have let through: 3 x (5/s x 60 s + 10)', () => {
    expect(runawayOperations(VENUE)).toBe(930);
    expect(new OrderRate(VENUE).onSettle(ops(930, 0))).toBeNull();
    expect(new OrderRate(VENUE).onSettle(ops(931, 0))).toMatchObject({
      guard: 'order-rate',
      severity: 'pause',
      untilUs: NOON + 60 * SECOND,
    });
    expect(new OrderRate(VENUE).onSettle(ops(NaN, 0))).not.toBeNull();
  });

  test('a venue without a budget has no runaway', () => {
    const free = { ...VENUE, ordersPerSecond: Infinity };
    expect(new OrderRate(free).onSettle(ops(1e9, 0))).toBeNull();
  });
});

describe('margin', () => {
  const at = (marginRatio: number): AccountNumbers => healthy({ marginRatio });

  test('reduces below 2, is back at 2.2', () => {
    const guard = new Margin();
    const seen = [Infinity, 2, 1.99, 2, 2.19, 2.2, 2, 1.5, Infinity].map(
      (ratio) => guard.onSettle(at(ratio))?.severity ?? null,
    );
    expect(seen).toEqual([null, null, 'reduce', 'reduce', 'reduce', null, null, 'reduce', null]);
  });

  test('remembered across a restart; NaN trips', () => {
    expect(new Margin(true).onSettle(at(2.1))).not.toBeNull();
    expect(new Margin(false).onSettle(at(2.1))).toBeNull();
    expect(new Margin().onSettle(at(NaN))).not.toBeNull();
  });
});
