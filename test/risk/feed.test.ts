// The guards of the market itself: stale feed, wide market, price band.
import { describe, expect, test } from 'vitest';
import type { AccountNumbers } from '#core/guard';
import { ALLOW } from '#core/guard';
import type { Lots, Micros, TickPrice, Ticks } from '#core/units';
import { ASK } from '#core/units';
import { PriceBand } from '#risk/price-band';
import { StaleFeed } from '#risk/stale-feed';
import { WideMarket } from '#risk/wide-market';
import {
  decision,
  healthy,
  lotsOf,
  MARK,
  NOON,
  PARAMS,
  quote,
  SECOND,
  tick,
  VIEW,
} from './fixture.js';

const started = (): StaleFeed => {
  const guard = new StaleFeed(PARAMS);
  expect(guard.onSettle(healthy())).toBeNull();
  return guard;
};
const aged = (us: number): AccountNumbers => healthy({ bookUs: (NOON - us) as Micros });

describe('stale feed', () => {
  test('a frame is fresh for exactly staleAfter', () => {
    expect(started().onSettle(aged(2 * SECOND))).toBeNull();
    const trip = started().onSettle(aged(2 * SECOND + 1));
    expect(trip).toMatchObject({ guard: 'stale-feed', severity: 'withdraw', untilUs: 0 });
    expect(trip?.reason).toBe('no book frame for 2000.001 ms');
  });

  test.each([
    [{ bookUs: 0 as Micros }, 'no book frame yet'],
    [{ bookSound: false }, 'the book is one-sided or crossed'],
    [{ publicUp: false }, 'the public link is down or has a gap'],
    [{ privateUp: false }, 'the private link is down'],
    [{ bookUs: NaN as Micros }, 'no book frame yet'],
    [{ nowUs: NaN as Micros, bookUs: NOON }, 'no book frame for NaN ms'],
  ])('%o: %s', (changes, reason) => {
    expect(started().onSettle(healthy(changes))?.reason).toBe(reason);
  });

  test('at start the first healthy settle is enough: there is nothing to recover from', () => {
    const guard = new StaleFeed(PARAMS);
    expect(guard.onSettle(healthy({ bookUs: 0 as Micros }))).not.toBeNull();
    expect(guard.onSettle(healthy())).toBeNull();
  });

  test('back after 5 s of unbroken health, not a microsecond earlier', () => {
    const guard = started();
    const numbers = healthy();
    expect(guard.onSettle({ ...numbers, bookSound: false })).not.toBeNull();
    expect(guard.onSettle(numbers)).not.toBeNull();
    expect(guard.onSettle(tick(numbers, 5 * SECOND - 1))).not.toBeNull();
    expect(guard.onSettle(tick(numbers, 1))).toBeNull();
  });

  test('a relapse begins the 5 s anew', () => {
    const guard = started();
    const numbers = healthy();
    guard.onSettle({ ...numbers, publicUp: false });
    guard.onSettle(numbers);
    guard.onSettle({ ...tick(numbers, 4 * SECOND), privateUp: false });
    expect(guard.onSettle(tick(numbers, SECOND))).not.toBeNull();
    expect(guard.onSettle(tick(numbers, 5 * SECOND - 1))).not.toBeNull();
    expect(guard.onSettle(tick(numbers, 1))).toBeNull();
  });

  test('a clock that steps back an hour leaves no frame fresh, and the wait neither endless nor void', () => {
    const guard = started();
    const numbers = healthy({ bookUs: NOON });
    numbers.nowUs = (NOON - 3_600 * SECOND) as Micros;
    expect(guard.onSettle(numbers)?.reason).toContain('stepped back');
    expect(guard.onSettle(tick(numbers, 0))).not.toBeNull();
    expect(guard.onSettle(tick(numbers, 4 * SECOND))).not.toBeNull();
    expect(guard.onSettle(tick(numbers, -600 * SECOND))).not.toBeNull();
    expect(guard.onSettle(tick(numbers, 5 * SECOND - 1))).not.toBeNull();
    expect(guard.onSettle(tick(numbers, 1))).toBeNull();
  });
});

/** Touches with mid 1,000,000 and that many bp between them. */
const wide = (bps: number, us = NOON as number): AccountNumbers =>
  healthy({
    nowUs: us as Micros,
    bestBid: (1_000_000 - bps * 50) as TickPrice,
    bestAsk: (1_000_000 + bps * 50) as TickPrice,
  });

describe('wide market', () => {
  test('exactly 20 bp is quoted in, more is not', () => {
    expect(new WideMarket(PARAMS).onSettle(wide(20))).toBeNull();
    const trip = new WideMarket(PARAMS).onSettle(wide(20.02));
    expect(trip).toMatchObject({ guard: 'wide-market', severity: 'withdraw' });
    expect(trip?.reason).toBe('the market is 20.02 bp wide, limit 20 bp; back after 30 s');
  });

  test('back 30 s after the last wide moment', () => {
    const guard = new WideMarket(PARAMS);
    guard.onSettle(wide(25));
    expect(guard.onSettle(wide(5, NOON + 29 * SECOND))).not.toBeNull();
    expect(guard.onSettle(wide(25, NOON + 29.5 * SECOND))).not.toBeNull();
    expect(guard.onSettle(wide(5, NOON + 59.5 * SECOND - 1))).not.toBeNull();
    expect(guard.onSettle(wide(5, NOON + 59.5 * SECOND))).toBeNull();
    expect(guard.onSettle(wide(5, NOON + 60 * SECOND))).toBeNull();
  });

  test('an empty or broken book is not wide, and does not end a withdrawal', () => {
    const guard = new WideMarket(PARAMS);
    expect(guard.onSettle({ ...wide(25), bookSound: false })).toBeNull();
    expect(guard.onSettle({ ...wide(25), bestBid: 0 as Ticks })).toBeNull();
    guard.onSettle(wide(25));
    expect(guard.onSettle({ ...wide(5, NOON + SECOND), bestAsk: 0 as Ticks })).not.toBeNull();
  });

  test('a clock that steps back does not make 30 s an hour', () => {
    const guard = new WideMarket(PARAMS);
    guard.onSettle(wide(25));
    const back = NOON - 3_600 * SECOND;
    expect(guard.onSettle(wide(5, back))).not.toBeNull();
    expect(guard.onSettle(wide(5, back + 30 * SECOND))).toBeNull();
  });

  test('NaN touches trip', () => {
    expect(new WideMarket(PARAMS).onSettle(wide(NaN))).not.toBeNull();
  });
});

describe('price band', () => {
  const guard = new PriceBand(PARAMS);
  const half = (MARK * 50) / 10_000; // 2,500 ticks

  test('exactly at the band is inside: the decision passes untouched', () => {
    const wanted = decision([quote(0, MARK - half, 1)], [quote(0, MARK + half, 1)]);
    expect(guard.onDecision(VIEW, wanted, healthy())).toBe(ALLOW);
  });

  test('what is beyond is dropped, on either side of the mark, and the rest is sent', () => {
    const wanted = decision(
      [quote(0, MARK - half, 1), quote(1, MARK - half - 1, 2)],
      [quote(0, MARK + half + 1, 3), quote(1, MARK - half - 1, 4)],
    );
    const answer = guard.onDecision(VIEW, wanted, healthy());
    if (answer.kind !== 'trim') throw new Error(answer.kind);
    expect(lotsOf(answer.decision.bids)).toEqual([1]);
    expect(lotsOf(answer.decision.asks)).toEqual([]);
    expect(answer.reason).toBe('beyond 50 bp from the mark of 500000 ticks');
  });

  test('the immediate order alike', () => {
    const limit = (ticks: number) =>
      decision([], [], { immediate: { side: ASK, limitTicks: ticks as Ticks, lots: 1 as Lots } });
    expect(guard.onDecision(VIEW, limit(MARK - half), healthy())).toBe(ALLOW);
    const answer = guard.onDecision(VIEW, limit(MARK - half - 1), healthy());
    expect(answer).toMatchObject({ kind: 'trim', decision: { immediate: null } });
  });

  test.each([0, NaN])('a mark of %d: nothing is sent', (mark) => {
    const wanted = decision([quote(0, MARK, 1)], [quote(0, MARK + 1, 1)]);
    const answer = guard.onDecision(VIEW, wanted, healthy({ mark: mark as TickPrice }));
    expect(answer).toMatchObject({ kind: 'trim', decision: { bids: [], asks: [] } });
  });
});
