// The STARK curve as one object: its field with the point functions of points.ts, window tables built when they are
// first needed, and slots for plain integers. One per process (`starkCurve`), made at the first use: about 25 ms.
import { ELEMENT, PrimeField } from '#clients/field/field';
import { POINT, emitPoints } from './points.js';

/** Prime of the coordinates, 2^251 + 17 * 2^192 + 1. */
export const STARK_PRIME = (1n << 251n) + 17n * (1n << 192n) + 1n;
/** Order of the group, a prime: modulus of private keys and signatures. */
export const STARK_ORDER = 0x0800000000000010ffffffffffffffffb781126dcae7b2321e66a241adc64d2fn;
const CURVE_B = 3141592653589793238462643383279502884197169399375105820974944592307816406665n;
/** Every scalar and felt is below 2^252. */
const SCALAR_BITS = 252;
/** Bits per window of the tables that every signature reads: 26 windows of 1,024 points, 1.7 MB. */
export const WIDE = 10;
/** Bits per window of a public key's table, made for verification: 63 windows of 16 points, 65 KB. */
export const NARROW = 4;

/** An affine point, coordinates below the prime. */
export interface AffinePoint {
  readonly x: bigint;
  readonly y: bigint;
}

type Five = [number, number, number, number, number];

/** Multiples of a point, by windows; see `StarkCurve.table`. */
export interface Table {
  readonly offset: number;
  readonly width: number;
}

export class StarkCurve {
  readonly field = new PrimeField(STARK_PRIME, emitPoints);
  readonly clear = this.field.entry('clear');
  readonly addPoint = this.field.entry('addPoint');
  /** (dst, a, b, setup): offsets of plain integers; see points.ts. */
  readonly pedersen = this.field.entry('pedersen');
  readonly #addMultiple = this.field.entry('addMultiple');
  readonly #affineX = this.field.entry('affineX');
  readonly #scalar = this.slot();
  readonly #points = this.field.alloc((2 * SCALAR_BITS * POINT) / POINT);
  readonly #scratch = this.field.alloc(1 << WIDE);
  readonly #work = [0, 0, 0, 0, 0].map(() => this.field.alloc(1)) as Five;

  /** Room for one plain integer that wasm code may read as a scalar. */
  slot(): number {
    return this.field.alloc(2); // addMultiple reads 4 bytes past the end
  }

  /** Writes an affine point to `offset`. */
  writePoint(offset: number, point: AffinePoint): void {
    this.field.write(offset, point.x);
    this.field.write(offset + ELEMENT, point.y);
  }

  /** Room for a table of windows of `width` bits. */
  room(width: number): Table {
    const entries = Math.ceil(SCALAR_BITS / width) << width;
    return { offset: this.field.alloc(2 * entries), width };
  }

  /**
   * Fills `table` so that adding its multiple k adds k * low for the lowest bits of k, and from bit `split` on the bits
   * above times `high` (Pedersen hashes use two points an input). `split` 252: one point.
   */
  fill(table: Table, low: AffinePoint, high = low, split = SCALAR_BITS): void {
    const doublings = this.field.entry('doublings');
    const build = this.field.entry('buildWindow');
    this.writePoint(this.#points, low);
    doublings(this.#points, split);
    if (split < SCALAR_BITS) {
      this.writePoint(this.#points + split * POINT, high);
      doublings(this.#points + split * POINT, SCALAR_BITS - split);
    }
    for (let bit = 0, at = table.offset; bit < SCALAR_BITS; bit += table.width) {
      const bits = Math.min(table.width, SCALAR_BITS - bit);
      build(at, this.#points + bit * POINT, bits, this.#scratch);
      at += POINT << table.width;
    }
  }

  /** Adds scalar * (the table's point) to the running sum. 0 <= scalar < 2^252. */
  addMultiple(table: Table, scalar: bigint): void {
    this.field.writePlain(this.#scalar, scalar);
    this.#addMultiple(table.offset, this.#scalar, table.width);
  }

  /** The x coordinate of the running sum; null when it is the point at infinity. */
  sumX(): bigint | null {
    return this.#affineX(this.#scalar) === 0 ? null : this.field.read(this.#scalar);
  }

  /** The point with this x and an even y; null when there is none. */
  lift(x: bigint): AffinePoint | null {
    if (x < 0n || x >= STARK_PRIME) return null;
    const square = (((x * x) % STARK_PRIME) * x + x + CURVE_B) % STARK_PRIME;
    const root = this.#squareRoot(square);
    if (root === null) return null;
    return { x, y: (root & 1n) === 0n ? root : STARK_PRIME - root };
  }

  /** Tonelli and Shanks; p - 1 = 2^192 * (2^59 + 17), and 3 is no square. */
  #squareRoot(value: bigint): bigint | null {
    const { field } = this;
    const [root, rest, step, exponent, held] = this.#work;
    const odd = (1n << 59n) + 17n;
    const isOne = (offset: number): boolean => {
      field.sub(held, offset, field.one);
      return field.isZero(held);
    };
    field.write(held, value);
    if (field.isZero(held)) return 0n;
    field.writePlain(exponent, (odd + 1n) / 2n);
    field.power(root, held, exponent);
    field.writePlain(exponent, odd);
    field.power(rest, held, exponent);
    field.write(held, 3n);
    field.power(step, held, exponent);
    for (let order = 192; !isOne(rest);) {
      let k = 0;
      field.copy(exponent, rest);
      for (; !isOne(exponent) && k < order; k++) field.square(exponent, exponent);
      if (k === order) return null;
      for (let i = 0; i < order - k - 1; i++) field.square(step, step);
      field.mul(root, root, step);
      field.square(step, step);
      field.mul(rest, rest, step);
      order = k;
    }
    return field.read(root);
  }
}

let shared: StarkCurve | undefined;

/** The curve of this process, made at the first call. */
export const starkCurve = (): StarkCurve => (shared ??= new StarkCurve());
