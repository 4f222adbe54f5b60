// Text to field elements, without floats: hex numbers, Cairo short strings, decimal amounts. Nothing here echoes what it
// refuses when that may be a secret.
import { STARK_PRIME } from './curve.js';

/** Paradex signs sizes and prices as whole counts of 10^-8. */
const PLACES = 8;
const SHORT_STRING = 31;
/** '.' counted from '0'. */
const POINT = -2;

/** A hex number such as an address or a key. Throws a RangeError naming `what`, never the text. */
export function feltFromHex(text: string, what: string): bigint {
  if (!/^0x[0-9a-f]{1,64}$/i.test(text)) throw new RangeError(`${what} must be 0x and hex digits`);
  const value = BigInt(text);
  if (value >= STARK_PRIME) throw new RangeError(`${what} is too large for a felt`);
  return value;
}

export const hexOf = (value: bigint): string => `0x${value.toString(16)}`;

/** A Cairo short string: the ASCII bytes as one big-endian number; at most 31 of them. */
export function shortString(text: string): bigint {
  if (text.length > SHORT_STRING) throw new RangeError(`"${text}" has more than 31 characters`);
  let value = 0n;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) throw new RangeError(`"${text}" is not ASCII`);
    value = (value << 8n) | BigInt(code);
  }
  return value;
}

/**
 * A plain decimal string as a whole count of 10^-8, cut off, not rounded: "0.01" -> 1000000n. Throws a RangeError for
 * anything else: signs, exponents, blanks, no digits.
 */
export function quantums(text: string): bigint {
  let count = 0;
  let [places, point] = [0, false];
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit >= 0 && digit <= 9) {
      if (point && places === PLACES) continue;
      count = count * 10 + digit;
      if (point) places += 1;
    } else if (digit === POINT && !point && i > 0) point = true;
    else throw new RangeError(`"${text}" is not a plain decimal number`);
  }
  if (text === '') throw new RangeError('"" is not a plain decimal number');
  for (; places < PLACES; places++) count *= 10;
  return count <= Number.MAX_SAFE_INTEGER ? BigInt(count) : exactQuantums(text);
}

/** Beyond 2^53 the digits themselves are the number. */
function exactQuantums(text: string): bigint {
  const [whole, fraction = ''] = text.split('.') as [string, string?];
  return BigInt(`${whole}${fraction.slice(0, PLACES).padEnd(PLACES, '0')}`);
}

/** A whole number that is safe to have gone through a double: a time. Throws a RangeError naming `what`. */
export function wholeNumber(value: number, what: string): bigint {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${what} is no whole number`);
  return BigInt(value);
}

/** An order id of the venue: decimal digits. */
export function orderId(text: string): bigint {
  if (!/^\d{1,60}$/.test(text)) throw new RangeError(`"${text}" is no order id`);
  return BigInt(text);
}
