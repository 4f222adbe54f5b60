// The grid of prices and sizes against exact fractions: on the grid or null, never rounded onto it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecimalStep } from '#core/decimal';

const STEPS = [
  '1',
  '0.1',
  '0.5',
  '0.05',
  '0.001',
  '25',
  '0.0000007',
  '1e-8',
  '100',
  '0.00000000000005',
];

/** `text` / `step` in exact integers: whole or null. */
function exactCount(text: string, step: string): bigint | null {
  const places = 40;
  const scaled = (decimal: string): bigint => {
    const [whole = '', fraction = ''] = decimal.split('.');
    return BigInt(whole + fraction.padEnd(places, '0'));
  };
  const plain = step === '1e-8' ? '0.00000001' : step;
  return scaled(text) % scaled(plain) === 0n ? scaled(text) / scaled(plain) : null;
}

describe('DecimalStep', () => {
  test('counts decimals exactly or not at all', () => {
    const digits = fc.nat({ max: 99_999_999_999 }).map(String);
    const text = fc
      .tuple(digits, fc.option(fc.stringMatching(/^\d{1,16}$/)))
      .map(([a, b]) => (b === null ? a : `${a}.${b}`));
    fc.assert(
      fc.property(text, fc.constantFrom(...STEPS), (decimal, step) => {
        const exact = exactCount(decimal, step);
        const fits = exact !== null && exact <= BigInt(Number.MAX_SAFE_INTEGER);
        expect(new DecimalStep('x', step).count(decimal)).toBe(fits ? Number(exact) : null);
      }),
      { numRuns: 5_000 },
    );
  });

  test('there and back for every count that fits', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.constantFrom(...STEPS), (count, text) => {
        const step = new DecimalStep('x', text);
        expect(step.count(step.format(count))).toBe(count);
        if (count > 0) expect(step.format(-count)).toBe(`-${step.format(count)}`);
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ['0.1', '60000.1', 600_001],
    ['0.1', '60000.10', 600_001],
    ['0.1', '60000.10000000000000000', 600_001],
    ['0.1', '60000.15', null],
    ['0.1', '100.00000000000000001', null],
    ['0.001', '123456789.5', 123_456_789_500],
    ['0.5', '1e5', 200_000],
    ['0.5', ' 1.5 ', 3],
    ['25', '50', 2],
    ['25', '51', null],
    ['100', '50', null],
    ['0.1', '0', 0],
    ['0.1', '-0.0', 0],
    ['0.1', '-1', null],
    ['0.1', '', null],
    ['0.1', '.5', null],
    ['0.1', '1.2.3', null],
    ['0.1', '1_000', null],
    ['0.1', 'NaN', null],
  ])('step %s: "%s" is %s steps', (step, text, count) => {
    expect(new DecimalStep('x', step).count(text)).toBe(count);
  });

  test('lowest terms and whole steps above one', () => {
    expect(new DecimalStep('x', '0.50')).toMatchObject({ mantissa: 5, places: 1 });
    expect(new DecimalStep('x', '1e2')).toMatchObject({ mantissa: 100, places: 0 });
    expect(new DecimalStep('x', '100').format(3)).toBe('300');
  });

  test.each(['', '0', '0.0', '-0.1', 'abc', '1e-30', '0.1234567890123456789', '12345678901234567'])(
    'a step "%s" is refused by name',
    (text) => expect(() => new DecimalStep('tickSize', text)).toThrow(/tickSize/),
  );
});
