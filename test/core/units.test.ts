// The few conversions between units, and the constants that others compute with.
import { expect, test } from 'vitest';
import { AssertionFailure, assert, unreachable } from '#core/assert';
import * as u from '#core/units';
import { clientId, parseClientId } from '#core/messages';

test('time', () => {
  expect(u.toSeconds(1_500_000)).toBe(1.5);
  expect(u.fromSeconds(0.1)).toBe(100_000);
  expect(u.fromSeconds(1.0000005)).toBe(1_000_001);
  expect(u.fromMs(2.5)).toBe(2_500);
  expect(u.SECONDS_PER_YEAR).toBe(365.25 * 86_400);
});

test('sides are the sign of what a fill does to the position', () => {
  expect([u.BID, u.ASK, u.sideName(u.BID), u.sideName(u.ASK)]).toEqual([1, -1, 'bid', 'ask']);
  expect(u.NO_PRICE).toBe(0);
});

test('client ids fit every venue and are told from those of others', () => {
  const longest = clientId('a'.repeat(24), 9_999_999_999);
  expect(longest.length).toBeLessThanOrEqual(40);
  expect(longest).toMatch(/^[0-9A-Za-z-]+$/);
  expect(parseClientId(longest)).toEqual({ runId: 'a'.repeat(24), ordinal: 9_999_999_999 });
  for (const text of ['', 'mm-', 'mm-a', 'mm-a-', 'xx-a-1', 'mm-a-1x', 'mm-a-1-2', 'mm--1'])
    expect(parseClientId(text), text).toBeNull();
});

test('a broken assertion is told from every other error', () => {
  expect(() => assert(false, 'two')).toThrow(AssertionFailure);
  expect(() => assert(true, 'two')).not.toThrow();
  expect(() => unreachable('x' as never)).toThrow(/impossible value "x"/);
});
