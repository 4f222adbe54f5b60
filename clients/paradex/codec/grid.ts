// Hot path: 64-bit mantissas of 1e-8 to whole ticks or lots of one market, exactly and without allocation. A value off
// the grid, negative, null or too large gives -1; it is never rounded. Values beyond 2^53 take a slow exact way.
import { DecimalStep } from '#core/decimal';

const TWO_32 = 4_294_967_296;
/** |high word| below this: the whole number is below 2^53 and a double holds it. */
const HIGH_LIMIT = 0x200000;
const MAX = Number.MAX_SAFE_INTEGER;
const NONE = -1;

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

/** Mantissa of 1e-8 -> steps: steps = mantissa x up / down, in lowest terms. */
export class MantissaGrid {
  private readonly up: number;
  private readonly down: number;

  /** `step`: the grid as a decimal string such as "0.1". Throws AssertionFailure when it is none. */
  constructor(name: string, step: string) {
    const { mantissa, denominator } = new DecimalStep(name, step);
    const down = BigInt(mantissa) * 100_000_000n;
    const common = gcd(denominator, down);
    this.up = Number(denominator / common);
    this.down = Number(down / common);
  }

  /** Steps of the i64 whose words are `low` (unsigned) and `high` (signed); -1 when it is off the grid. */
  steps(low: number, high: number): number {
    if (high < 0) return NONE;
    const scaled = (high * TWO_32 + low) * this.up;
    if (high >= HIGH_LIMIT || scaled > MAX) return this.stepsBig(low, high);
    const count = Math.round(scaled / this.down);
    return count * this.down === scaled ? count : NONE;
  }

  private stepsBig(low: number, high: number): number {
    const scaled = ((BigInt(high) << 32n) | BigInt(low)) * BigInt(this.up);
    const down = BigInt(this.down);
    if (scaled % down !== 0n) return NONE;
    const count = scaled / down;
    return count <= BigInt(MAX) ? Number(count) : NONE;
  }
}

/** A positive or negative i64 that a double holds exactly; NaN beyond 2^53, null (-2^63) included. */
export function exactInteger(low: number, high: number): number {
  return high >= -HIGH_LIMIT && high < HIGH_LIMIT ? high * TWO_32 + low : NaN;
}
