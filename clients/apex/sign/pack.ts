// How a size travels inside a signed order: 40 bits, a 35-bit mantissa and a 5-bit decimal exponent, never above the
// true value (venues/apex.md section 3.3). Up to ten significant digits survive, so sizes on a real step lose nothing.

const MANTISSA_BITS = 35n;
const LARGEST_MANTISSA = (1n << MANTISSA_BITS) - 1n;
const LARGEST_EXPONENT = 31;
export const PACKED_BYTES = 5;

/**
 * The packed form of a whole amount (size x 10^18). The smallest exponent that fits is taken, unless the largest
 * mantissa at one exponent less comes closer. Throws RangeError when the amount is negative or beyond M x 10^31.
 */
export function packAmount(amount: bigint): bigint {
  if (amount < 0n) throw new RangeError('a size cannot be negative');
  let exponent = 0;
  let unit = 1n;
  while (amount > LARGEST_MANTISSA * unit) {
    exponent += 1;
    unit *= 10n;
    if (exponent > LARGEST_EXPONENT) throw new RangeError('a size too large to be signed');
  }
  const mantissa = amount / unit;
  const below = LARGEST_MANTISSA * (unit / 10n);
  if (exponent > 0 && amount - mantissa * unit >= amount - below) {
    return (LARGEST_MANTISSA << 5n) | BigInt(exponent - 1);
  }
  return (mantissa << 5n) | BigInt(exponent);
}

/** What a packed size stands for. */
export function unpackAmount(packed: bigint): bigint {
  const exponent = Number(packed & 31n);
  return (packed >> 5n) * BigInt(`1${'0'.repeat(exponent)}`);
}
