// Exact money: a whole count of 1e-8 of the settle currency, in a double that never passes 2^53
// (about 90 million). Every amount is rounded once, half away from zero, at its event. Nothing here
// may lose a unit silently.
import { assert } from './assert.js';
import { formatDecimal, parseDecimal } from './decimal.js';
import type { Money, Rate } from './units.js';

export { formatDecimal, parseDecimal };

export const MONEY_SCALE = 100_000_000;
export const RATE_SCALE = 10_000_000_000;
export const ZERO_MONEY = 0 as Money;
const MAX = Number.MAX_SAFE_INTEGER;

/**
 * a x b / c rounded half away from zero, exact for whole a, b, c (c > 0) of any product size. Hot
 * path, kept short so that it is inlined. Throws AssertionFailure when the result does not fit.
 */
export function mulDiv(a: number, b: number, c: number): number {
  const product = a * b;
  const magnitude = Math.abs(product);
  if (!(magnitude <= MAX)) return mulDivBig(a, b, c);
  const quotient = Math.floor(magnitude / c);
  const rounded = (magnitude - quotient * c) * 2 >= c ? quotient + 1 : quotient;
  return product < 0 ? 0 - rounded : rounded; // never -0
}

function mulDivBig(a: number, b: number, c: number): number {
  assert(Number.isInteger(a) && Number.isInteger(b), 'an amount that is no whole number');
  return divideBig(BigInt(a) * BigInt(b), BigInt(c));
}

/** numerator / denominator (> 0) rounded half away from zero. Throws when it does not fit. */
export function divideBig(numerator: bigint, denominator: bigint): number {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const rounded = Number((magnitude * 2n + denominator) / (denominator * 2n));
  assert(rounded <= MAX, 'amount beyond 2^53 units of 1e-8');
  return numerator < 0n ? 0 - rounded : rounded;
}

/** The fee (or funding) on a notional, signed as the rate: a cost is positive. */
export const atRate = (notional: Money, rate: Rate): Money =>
  mulDiv(notional, rate, RATE_SCALE) as Money;

export const parseMoney = (text: string): Money | null =>
  parseDecimal(text, MONEY_SCALE) as Money | null;
export const formatMoney = (amount: Money): string => formatDecimal(amount, MONEY_SCALE);
/** Money as a float of the settle currency: for reports and ratios only, never added back. */
export const moneyToNumber = (amount: Money): number => amount / MONEY_SCALE;
/** The nearest amount to a float. Throws AssertionFailure when it is no number or does not fit. */
export const moneyFromNumber = (amount: number): Money => wholeCount(amount * MONEY_SCALE) as Money;
/** A fraction such as 0.0002 as a Rate. Throws AssertionFailure when it is no number. */
export const rateFromFraction = (fraction: number): Rate =>
  wholeCount(fraction * RATE_SCALE) as Rate;
export const rateToBps = (rate: Rate): number => rate / 1_000_000;
export const rateFromBps = (bps: number): Rate => wholeCount(bps * 1_000_000) as Rate;

/** Half away from zero, and never -0. */
function wholeCount(value: number): number {
  const rounded = value < 0 ? 0 - Math.round(-value) : Math.round(value) + 0;
  assert(Number.isSafeInteger(rounded), 'no amount, or one that does not fit');
  return rounded;
}
