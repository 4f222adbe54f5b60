// Decimal strings as exact whole counts and back: the notation of every venue, file and flag.
// Nothing here goes through a floating-point fraction, so "0.1" + "0.2" cannot happen. Never rounds
// a price or a size to its grid.
import { assert } from './assert.js';

const MAX = Number.MAX_SAFE_INTEGER;
const MOST_DIGITS = 60;
const MOST_PLACES = 18;
/** Powers of ten that a double holds exactly (no `**`: it differs between Node versions). */
const TENS: readonly number[] = Array.from({ length: MOST_PLACES + 1 }, (_, i) => Number(`1e${i}`));

/** digits x 10^exponent. */
interface Split {
  readonly negative: boolean;
  readonly digits: bigint;
  readonly exponent: number;
}

function split(text: string): Split | null {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text.trim());
  if (!match) return null;
  const fraction = match[3] ?? '';
  const digits = (match[2] as string) + fraction;
  const exponent = Number(match[4] ?? '0') - fraction.length;
  if (digits.length > MOST_DIGITS || Math.abs(exponent) > MOST_DIGITS) return null;
  return { negative: match[1] === '-', digits: BigInt(digits), exponent };
}

const tenTo = (power: number): bigint => BigInt(`1${'0'.repeat(power)}`);

/**
 * A decimal string such as "-12.5" or "1e-7" as a whole count of 1/scale, rounded half away from
 * zero. Null when it is not a number, or beyond 2^53.
 */
export function parseDecimal(text: string, scale: number): number | null {
  const parts = split(text);
  if (parts === null) return null;
  const value = parts.digits * BigInt(scale) * tenTo(Math.max(0, parts.exponent));
  const divisor = tenTo(Math.max(0, -parts.exponent));
  const rounded = (value * 2n + divisor) / (divisor * 2n);
  if (rounded > BigInt(MAX)) return null;
  return parts.negative ? 0 - Number(rounded) : Number(rounded); // 0 - x: never -0
}

/** A whole count of 1/scale (a power of ten) as the shortest exact decimal string. */
export function formatDecimal(count: number, scale: number): string {
  assert(Number.isInteger(count), 'no whole count to format');
  const digits = Math.abs(count) <= MAX ? String(Math.abs(count)) : String(BigInt(Math.abs(count)));
  return withPlaces(count < 0, digits, String(scale).length - 1);
}

function withPlaces(negative: boolean, digits: string, places: number): string {
  const padded = digits.padStart(places + 1, '0');
  const whole = padded.slice(0, padded.length - places);
  const fraction = padded.slice(padded.length - places).replace(/0+$/, '');
  const sign = negative ? '-' : '';
  return fraction === '' || places === 0 ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

/**
 * The step of a price or size grid, e.g. "0.1" or "0.0005", as mantissa / 10^places in lowest
 * terms.
 */
export class DecimalStep {
  readonly mantissa: number;
  readonly places: number;

  /**
   * Throws AssertionFailure unless `text` is a positive decimal of at most 15 digits and 18 places.
   */
  constructor(name: string, text: string) {
    const parts = split(text);
    const positive = parts !== null && !parts.negative && parts.digits > 0n;
    assert(positive, `${name} must be a positive decimal, got "${text}"`);
    let { digits, exponent } = parts;
    while (digits % 10n === 0n && exponent < 0) {
      digits /= 10n;
      exponent += 1;
    }
    if (exponent > 0) digits *= tenTo(exponent);
    this.mantissa = Number(digits);
    this.places = Math.max(0, -exponent);
    assert(
      this.mantissa < 1e15 && this.places <= MOST_PLACES,
      `${name} "${text}" has too many digits`,
    );
  }

  /** The step as the fraction mantissa / denominator. */
  get denominator(): bigint {
    return tenTo(this.places);
  }

  /**
   * How many steps `text` is, exactly; null when it is not a number, negative, off the grid, or
   * beyond 2^53.
   */
  count(text: string): number | null {
    let digits = 0;
    let places = -1;
    const length = text.length;
    if (length === 0 || length > 16 || text.charCodeAt(0) === 46) return this.countExact(text);
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 48 && code <= 57) {
        digits = digits * 10 + (code - 48);
        if (places >= 0) places += 1;
      } else if (code === 46 && places < 0) {
        places = 0;
      } else {
        return this.countExact(text);
      }
    }
    let missing = this.places - Math.max(places, 0);
    for (; missing < 0 && digits % 10 === 0; missing++) digits /= 10;
    if (missing < 0) return this.countExact(text);
    const scaled = digits * (TENS[missing] as number);
    if (scaled > MAX) return this.countExact(text);
    const steps = Math.round(scaled / this.mantissa);
    return steps * this.mantissa === scaled ? steps : null;
  }

  /** `steps` x the step as an exact decimal string. */
  format(steps: number): string {
    const product = Math.abs(steps) * this.mantissa;
    const digits = product <= MAX ? product : BigInt(Math.abs(steps)) * BigInt(this.mantissa);
    return withPlaces(steps < 0, String(digits), this.places);
  }

  /** The long way: exponents, many digits, more places than the grid has, white space. */
  private countExact(text: string): number | null {
    const parts = split(text);
    if (parts === null || (parts.negative && parts.digits > 0n)) return null;
    const up = this.places + parts.exponent;
    const scaled = parts.digits * tenTo(Math.max(0, up));
    const divisor = BigInt(this.mantissa) * tenTo(Math.max(0, -up));
    if (scaled % divisor !== 0n) return null;
    const steps = scaled / divisor;
    return steps <= BigInt(MAX) ? Number(steps) : null;
  }
}
