// The bleed guard: which fills count, which mids, and when fifty of them are enough to stop.
import { describe, expect, test } from 'vitest';
import type { AccountNumbers } from '#core/guard';
import type { Ticks } from '#core/units';
import { ASK } from '#core/units';
import { Bleed } from '#risk/bleed';
import { BUY, fill, healthy, INSTRUMENT, PARAMS, SECOND, tick } from './fixture.js';

/** A market at 1,000,000 ticks (so that 100 ticks are 1 bp) that moves by `bps`. */
function market(numbers: AccountNumbers, bps: number): AccountNumbers {
  numbers.bestBid = (1_000_000 + bps * 100 - 1) as Ticks;
  numbers.bestAsk = (1_000_000 + bps * 100 + 1) as Ticks;
  return numbers;
}

/**
 * `count` buys at 1,000,000, each with `markouts[i % n]` bp after 30 s: a settle every 31 s. Returns the first trip
 * and after how many fills it came.
 */
function run(guard: Bleed, numbers: AccountNumbers, count: number, markouts: number[], feeBps = 0) {
  for (let i = 0; i < count; i++) {
    guard.onFill(fill(numbers.nowUs, BUY, 1_000_000, feeBps));
    tick(market(numbers, 0), SECOND);
    expect(guard.onSettle(numbers)).toBeNull();
    tick(market(numbers, markouts[i % markouts.length] as number), 29 * SECOND);
    const trip = guard.onSettle(numbers);
    if (trip !== null) return { trip, fills: i + 1 };
  }
  return null;
}

const bleed = (): Bleed => new Bleed(PARAMS, INSTRUMENT);

describe('bleed', () => {
  test('pauses 15 min at the fiftieth fill, not at the forty-ninth', () => {
    const numbers = healthy();
    const found = run(bleed(), numbers, 60, [-1.5]);
    expect(found?.fills).toBe(50);
    expect(found?.trip).toMatchObject({ guard: 'bleed', severity: 'pause' });
    expect(found?.trip.untilUs).toBe(numbers.nowUs + 900 * SECOND);
    expect(found?.trip.reason).toContain('the last 50 fills lost 1.50 bp each after 30 s');
  });

  test('exactly -1 bp does not bleed', () => {
    expect(run(bleed(), healthy(), 120, [-1])).toBeNull();
    expect(run(bleed(), healthy(), 120, [-1.01])).not.toBeNull();
  });

  test('below -1 bp, but not by two standard errors, does not bleed', () => {
    // Mean -1.5, sd about 2.5 sqrt(50/49): s.e. 0.357, and -1.5 + 0.714 > -1. With sd 1.5: -1.5 + 0.429 < -1.
    expect(run(bleed(), healthy(), 120, [-4, 1])).toBeNull();
    expect(run(bleed(), healthy(), 120, [-3, 0])?.fills).toBe(50);
  });

  test('fees count, rebates too, and the side has its sign', () => {
    expect(run(bleed(), healthy(), 60, [-0.5], 1)).not.toBeNull();
    expect(run(bleed(), healthy(), 60, [-1.5], -1)).toBeNull();
    const guard = bleed();
    const numbers = market(healthy(), 0);
    for (let i = 0; i < 50; i++) guard.onFill(fill(numbers.nowUs, ASK, 1_000_000));
    guard.onSettle(numbers);
    expect(guard.onSettle(tick(market(numbers, 2), 30 * SECOND))?.guard).toBe('bleed');
  });

  test('a window slides: old losses leave it', () => {
    const numbers = healthy();
    const guard = bleed();
    expect(run(guard, numbers, 45, [-1.5])).toBeNull();
    expect(run(guard, numbers, 45, [3])).toBeNull();
    // With k good ones of 3 bp among 50: mean -1.5 + 0.09 k; k = 3 leaves -1.23 + 2 x 0.153, k = 2 -1.32 + 2 x 0.126.
    expect(run(guard, numbers, 47, [-1.5])).toBeNull();
    expect(run(guard, numbers, 1, [-1.5])).not.toBeNull();
  });

  test('starts afresh: window and pending fills are forgotten', () => {
    const numbers = healthy();
    const guard = bleed();
    for (let i = 0; i < 50; i++) guard.onFill(fill(numbers.nowUs, BUY, 1_000_000));
    guard.onSettle(tick(market(numbers, 0), 20 * SECOND));
    for (let i = 0; i < 49; i++) guard.onFill(fill(numbers.nowUs, BUY, 1_000_000));
    expect(guard.onSettle(tick(market(numbers, -2), 10 * SECOND))).not.toBeNull();
    expect(guard.onSettle(tick(numbers, 60 * SECOND))).toBeNull();
    expect(run(guard, numbers, 49, [-1.5])).toBeNull();
    expect(run(guard, numbers, 1, [-1.5])).not.toBeNull();
  });

  test('taker fills, liquidations and fills that are not ours do not count', () => {
    const guard = bleed();
    const numbers = market(healthy(), 0);
    for (let i = 0; i < 60; i++) {
      const lost = fill(numbers.nowUs, BUY, 1_000_000);
      guard.onFill({ ...lost, maker: false });
      guard.onFill({ ...lost, ordinal: null });
      guard.onFill({ ...lost, liquidation: true });
    }
    guard.onSettle(numbers);
    expect(guard.onSettle(tick(market(numbers, -50), 30 * SECOND))).toBeNull();
  });

  test('a stale or unsound book has no mid: the markout waits for the next real one', () => {
    const guard = bleed();
    const numbers = market(healthy(), 0);
    guard.onSettle(numbers);
    for (let i = 0; i < 50; i++) guard.onFill(fill(numbers.nowUs, BUY, 1_000_000));
    tick(numbers, 27 * SECOND);
    guard.onSettle(numbers);
    market(numbers, -50);
    tick(numbers, 3 * SECOND);
    expect(guard.onSettle({ ...numbers, bookSound: false })).toBeNull();
    expect(guard.onSettle({ ...numbers, publicUp: false })).toBeNull();
    const stale = { ...numbers, bookUs: (numbers.nowUs - 2 * SECOND - 1) as typeof numbers.bookUs };
    expect(guard.onSettle(stale)).toBeNull();
    expect(guard.onSettle(tick(market(numbers, 1), SECOND))).toBeNull();
  });
});
