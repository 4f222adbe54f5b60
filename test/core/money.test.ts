// Exact arithmetic against BigInt, decimals there and back, rounding half away from zero, and no -0
// anywhere.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as m from '#core/money';
import type { Money, Rate } from '#core/units';

const MAX = Number.MAX_SAFE_INTEGER;
const whole = fc.oneof(
  fc.integer({ min: -1_000, max: 1_000 }),
  fc.maxSafeInteger(),
  fc.constantFrom(MAX, -MAX, 94_906_265, 94_906_267, 2 ** 52, 2 ** 26),
);
const divisor = fc.oneof(
  fc.integer({ min: 1, max: 1_000 }),
  fc.integer({ min: 1, max: MAX }),
  fc.constantFrom(1, 2, 3, MAX, 2 ** 52),
);

/** Rounds half away from zero in exact integers. */
function exactMulDiv(a: number, b: number, c: number): bigint {
  const product = BigInt(a) * BigInt(b);
  const magnitude = product < 0n ? -product : product;
  const quotient = magnitude / BigInt(c);
  const rest = magnitude % BigInt(c);
  const rounded = rest * 2n >= BigInt(c) ? quotient + 1n : quotient;
  return product < 0n ? -rounded : rounded;
}

describe('mulDiv', () => {
  test('equals exact integers for every size of product, or says that it does not fit', () => {
    fc.assert(
      fc.property(whole, whole, divisor, (a, b, c) => {
        const exact = exactMulDiv(a, b, c);
        if (exact > BigInt(MAX) || exact < -BigInt(MAX)) {
          expect(() => m.mulDiv(a, b, c)).toThrow(/2\^53/);
          return;
        }
        const result = m.mulDiv(a, b, c);
        expect(BigInt(result)).toBe(exact);
        expect(Object.is(result, -0)).toBe(false);
      }),
      { numRuns: 20_000 },
    );
  });

  test('at the edge of 2^53, where the quotient of doubles may round up', () => {
    for (let c = 1; c < 3_000; c++) {
      for (const a of [MAX, MAX - 1, MAX - c, 2 ** 52 - 1]) {
        expect(BigInt(m.mulDiv(a, 1, c))).toBe(exactMulDiv(a, 1, c));
      }
    }
  });

  test('half goes away from zero', () => {
    expect([m.mulDiv(1, 1, 2), m.mulDiv(-1, 1, 2), m.mulDiv(3, 1, 2), m.mulDiv(-3, 1, 2)]).toEqual([
      1, -1, 2, -2,
    ]);
    expect([m.mulDiv(1, 1, 3), Object.is(m.mulDiv(-1, 1, 3), 0)]).toEqual([0, true]);
  });

  test('what is no whole number is our mistake', () => {
    for (const bad of [NaN, Infinity, 1e300]) expect(() => m.mulDiv(bad, 2, 3)).toThrow();
  });
});

test('a fee is the notional at its rate, rounded once', () => {
  const fee = m.atRate(m.parseMoney('100.5') as Money, m.rateFromBps(2));
  expect(m.formatMoney(fee)).toBe('0.0201');
  expect(m.atRate(m.parseMoney('100') as Money, -1 as Rate)).toBe(-1);
  expect(m.atRate(1 as Money, m.rateFromBps(5))).toBe(0);
});

describe('decimals', () => {
  test('there and back, exactly', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        const text = m.formatMoney(n as Money);
        expect(m.parseMoney(text)).toBe(n === 0 ? 0 : n);
        expect(text).toMatch(/^-?\d+(\.\d*[1-9])?$/);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['0', 0],
    ['-0', 0],
    ['1', 100_000_000],
    ['-12.5', -1_250_000_000],
    ['+3', 300_000_000],
    ['5.', 500_000_000],
    [' 0.00000001 ', 1],
    ['0.000000005', 1],
    ['-0.000000005', -1],
    ['0.0000000049999', 0],
    ['-0.000000001', 0],
    ['1e3', 100_000_000_000],
    ['1.5E-7', 15],
    ['90071992.54740991', MAX],
  ])('"%s" is %d', (text, value) => {
    expect(Object.is(m.parseMoney(text), value)).toBe(true);
  });

  test.each(['', ' ', '.', '-', '.5', 'abc', '1,000', '0x10', '1e', 'NaN', 'Infinity', '--1'])(
    '"%s" is no number',
    (text) => expect(m.parseMoney(text)).toBeNull(),
  );

  test('too large is no amount', () => {
    expect(m.parseMoney('90071992.54740992')).toBeNull();
    expect(m.parseMoney('1e400')).toBeNull();
    expect(m.parseMoney('9'.repeat(100))).toBeNull();
  });

  test('other scales, and totals beyond 2^53, are written out in full', () => {
    expect(m.formatDecimal(5, 1)).toBe('5');
    expect(m.formatDecimal(-50, 100)).toBe('-0.5');
    expect(m.formatDecimal(-0, 100)).toBe('0');
    expect(m.formatMoney((2 ** 60) as Money)).toBe('11529215046.06846976');
    expect(m.formatMoney(1e22 as Money)).toBe('100000000000000');
    for (const bad of [NaN, Infinity, 0.5]) expect(() => m.formatMoney(bad as Money)).toThrow();
  });
});

describe('floats', () => {
  test('to and from', () => {
    expect(m.moneyFromNumber(12.345678)).toBe(1_234_567_800);
    expect(m.moneyFromNumber(0.1 + 0.2)).toBe(30_000_000);
    expect(m.moneyFromNumber(-0.000000005)).toBe(-1);
    expect(Object.is(m.moneyFromNumber(-1e-12), 0)).toBe(true);
    expect(m.moneyToNumber(150_000_000 as Money)).toBe(1.5);
    expect([
      m.rateFromFraction(0.0002),
      m.rateFromBps(-0.3),
      m.rateToBps(2_000_000 as Rate),
    ]).toEqual([2_000_000, -300_000, 2]);
  });

  test('no number is no amount', () => {
    for (const bad of [NaN, Infinity, 1e20]) {
      expect(() => m.moneyFromNumber(bad)).toThrow(/fit/);
      expect(() => m.rateFromBps(bad)).toThrow(/fit/);
    }
  });
});
