// Decimal strings as exact big integers, for what is signed: sizes and prices times 10^18 do not fit a double, so
// #core/decimal cannot hold them. Never touches a floating-point number.

export type Rounding = 'down' | 'up';

/**
 * `text` times 10^places as a whole number, a remainder rounded down or up. Takes plain non-negative decimals such as
 * "0.010"; throws RangeError for anything else (a sign, an exponent, an empty string).
 */
export function scaled(text: string, places: number, rounding: Rounding): bigint {
  const match = /^(\d{1,40})(?:\.(\d{0,40}))?$/.exec(text);
  if (!match) throw new RangeError(`"${text}" is no plain decimal`);
  const whole = match[1] as string;
  const fraction = match[2] ?? '';
  const kept = BigInt(whole + fraction.slice(0, places).padEnd(places, '0'));
  const lost = /[1-9]/.test(fraction.slice(places));
  return rounding === 'up' && lost ? kept + 1n : kept;
}

/** A whole count of 10^-places as the shortest exact decimal string. */
export function unscaled(count: bigint, places: number): string {
  const digits = count.toString().padStart(places + 1, '0');
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  const whole = digits.slice(0, digits.length - places);
  return fraction === '' || places === 0 ? whole : `${whole}.${fraction}`;
}
