// Decimal strings and the fixed-point numbers of binary frames (a 64-bit mantissa of 1e-8 or 1e-12; -2^63 = null), both
// ways and exactly. Off the hot path: it allocates. It never rounds: what does not fit is refused.
import { assert } from '#core/assert';

export const NULL_MANTISSA = -(1n << 63n);
const MOST = (1n << 63n) - 1n;

/** Shortest exact decimal string of `mantissa` x 10^-places; null for the null mantissa. */
export function decimalOf(mantissa: bigint, places: number): string | null {
  if (mantissa === NULL_MANTISSA) return null;
  const negative = mantissa < 0n;
  const digits = String(negative ? -mantissa : mantissa).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/**
 * The mantissa of a decimal string ("-1.5"); null and '' give the null mantissa. Digits beyond `places` are cut off
 * (towards zero), as a venue with fixed-point numbers does. Throws AssertionFailure for what is no decimal or does not
 * fit into 64 bits.
 */
export function mantissaOf(text: string | null, places: number): bigint {
  if (text === null || text === '') return NULL_MANTISSA;
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text);
  assert(match !== null, 'a value for a frame that is no decimal');
  const fraction = (match[3] ?? '').slice(0, places).padEnd(places, '0');
  const magnitude = BigInt((match[2] as string) + fraction);
  assert(magnitude <= MOST, 'a value for a frame that does not fit');
  return match[1] === '-' ? -magnitude : magnitude;
}
