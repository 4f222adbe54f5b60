// Units in, units out: what is ambiguous is refused.
import { describe, expect, it } from 'vitest';
import * as q from '#config/quantities';

describe('quantities', () => {
  it('reads volatility per year and per root second alike', () => {
    expect(q.volatility('40%/yr')).toBeCloseTo(0.712, 3);
    expect(q.volatility('60 %/yr')).toBeCloseTo(1.068, 3);
    expect(q.volatility('0.71bp/√s')).toBe(0.71);
    expect(q.volatility('0.71bp/sqrt(s)')).toBe(0.71);
    expect(() => q.volatility('0.71')).toThrow(/40%\/yr/);
  });
  it('reads spans, money, fees and percentages', () => {
    expect(q.span('250ms')).toBe(250_000);
    expect(q.seconds('24h')).toBe(86_400);
    expect(q.money('$5,000')).toBe(5_000e8);
    expect(q.money('0.01')).toBe(1e6);
    expect(q.fee('2bp')).toBe(2_000_000);
    expect(q.fee('0.02%')).toBe(2_000_000);
    expect(q.fee('-0.5bp')).toBe(-500_000);
    expect(q.percent('5')).toBe(0.05);
    expect(q.percent('5%')).toBe(0.05);
  });
  it('reads latency in any order and refuses a missing part', () => {
    const expected = { feed: 100_000, order: 150_000, reply: 0 };
    expect(q.latency('reply=0,feed=100ms,order=0.15s')).toEqual(expected);
    expect(() => q.latency('feed=1,order=1')).toThrow(/all of/);
    expect(() => q.latency('feed=-1,order=1,reply=1')).toThrow(/negative/);
  });
  it.each(['abc', '', '1e400', 'NaN', '--', '5 bananas'])('refuses %j as a number', (bad) => {
    expect(() => q.positiveNumber(bad)).toThrow();
    expect(() => q.money(bad)).toThrow();
    expect(() => q.span(bad)).toThrow();
  });
});
