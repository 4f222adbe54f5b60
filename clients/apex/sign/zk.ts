// The field, the curve and the hash of a zk signature as operations on big integers, on top of the emitted module:
// values go in, are worked on in Montgomery form inside, and come out canonical. One instance is one WebAssembly memory:
// it must never be shared between two computations at once (everything is synchronous, so it cannot be by accident).
import {
  EDWARDS_D, FIELD_MODULUS, GENERATOR_X, GENERATOR_Y, RESCUE_CONSTANTS, RESCUE_MDS, SUBGROUP_ORDER,
} from './constants.js'; // prettier-ignore
import { FIELD_BYTES, fromLittleEndian, toLittleEndian } from './numbers.js';
import type { ZkLayout } from './zk-module.js';
import { POINT_BYTES, buildZkModule } from './zk-module.js';

/** A point of the curve in affine coordinates, both below r. */
export interface Affine {
  readonly x: bigint;
  readonly y: bigint;
}

const WINDOW_BITS = 4;
const WINDOW_ENTRIES = 16;
const WINDOWS = 63; // of 252 bits: scalars are below L, which has 251
const SCRATCH = { a: 0, b: 1, one: 2, square: 3 };
/** R^2 modulo r: a product with it puts a value into Montgomery form. */
const R_SQUARED = (1n << 512n) % FIELD_MODULUS;

const mod = (value: bigint): bigint => ((value % FIELD_MODULUS) + FIELD_MODULUS) % FIELD_MODULUS;

export class Zk {
  readonly #layout: ZkLayout;
  readonly #buffer: () => Uint8Array;
  readonly #mul: (dst: number, a: number, b: number) => number;
  readonly #canonical: (dst: number, a: number) => number;
  readonly #inverse: (dst: number, a: number) => number;
  readonly #permute: () => number;
  readonly #pointSum: (dst: number, p: number, q: number) => number;
  readonly #accumulator: number;
  readonly #variable: number;

  constructor() {
    const points = WINDOWS * WINDOW_ENTRIES + WINDOW_ENTRIES + 1;
    const { wasm, layout } = buildZkModule(points * POINT_BYTES, 4);
    this.#layout = layout;
    this.#buffer = () => new Uint8Array(wasm.memory.buffer);
    this.#mul = wasm.entry('mul');
    this.#canonical = wasm.entry('canonical');
    this.#inverse = wasm.entry('inverse');
    this.#permute = wasm.entry('permute');
    this.#pointSum = wasm.entry('pointSum');
    this.#variable = layout.table + WINDOWS * WINDOW_ENTRIES * POINT_BYTES;
    this.#accumulator = this.#variable + WINDOW_ENTRIES * POINT_BYTES;
    this.#fill();
  }

  /** The Rescue permutation of three field elements. */
  permute(state: readonly bigint[]): bigint[] {
    state.forEach((value, i) => this.#put(this.#layout.state + i * FIELD_BYTES, value));
    this.#permute();
    return state.map((_, i) => this.#get(this.#layout.state + i * FIELD_BYTES));
  }

  /** k G for 0 <= k < 2^252. */
  timesBase(k: bigint): Affine {
    this.#accumulate(k, false);
    return this.#affine(this.#accumulator);
  }

  /** s G + c P for scalars below 2^252. */
  baseAndPoint(s: bigint, c: bigint, point: Affine): Affine {
    this.#powers(this.#variable, point);
    this.#horner(c);
    this.#accumulate(s, true);
    return this.#affine(this.#accumulator);
  }

  /** The point with this y whose x is odd or even; null when there is none on the curve, or y is not below r. */
  pointAt(y: bigint, odd: boolean): Affine | null {
    if (y < 0n || y >= FIELD_MODULUS) return null;
    const yy = mod(y * y);
    const below = mod(EDWARDS_D * yy + 1n);
    const x = this.squareRoot(mod((yy - 1n) * this.reciprocal(below)));
    if (x === null || (x === 0n && odd)) return null;
    return { x: (x & 1n) === (odd ? 1n : 0n) ? x : FIELD_MODULUS - x, y };
  }

  /** True when L times the point is the neutral one: small-order parts would make signatures ambiguous. */
  inSubgroup(point: Affine): boolean {
    const sum = this.baseAndPoint(0n, SUBGROUP_ORDER, point);
    return sum.x === 0n && sum.y === 1n;
  }

  /** 1 / value modulo r; 0 for 0. */
  reciprocal(value: bigint): bigint {
    const at = this.#layout.scratch;
    this.#put(at, value);
    this.#inverse(at, at);
    return this.#get(at);
  }

  /** A square root modulo r (Tonelli and Shanks; r - 1 = 2^28 q), or null when there is none. */
  squareRoot(value: bigint): bigint | null {
    if (value === 0n) return 0n;
    const q = (FIELD_MODULUS - 1n) >> 28n;
    let root = this.#power(value, (q + 1n) / 2n);
    let rest = this.#power(value, q);
    let unit = this.#power(NON_RESIDUE, q);
    let order = 28;
    while (rest !== 1n) {
      let twos = 0;
      for (let probe = rest; probe !== 1n; probe = mod(probe * probe)) {
        twos += 1;
        if (twos === order) return null;
      }
      for (let i = 0; i < order - twos - 1; i += 1) unit = mod(unit * unit);
      root = mod(root * unit);
      unit = mod(unit * unit);
      rest = mod(rest * unit);
      order = twos;
    }
    return root;
  }

  /** Fills constants and the table of multiples of G: entry w, n is n 16^w G. */
  #fill(): void {
    const { constants, mds, twiceD, scratch, table } = this.#layout;
    RESCUE_CONSTANTS.forEach((value, i) => this.#put(constants + i * FIELD_BYTES, value));
    RESCUE_MDS.flat().forEach((value, i) => this.#put(mds + i * FIELD_BYTES, value));
    this.#put(twiceD, mod(2n * EDWARDS_D));
    this.#write(scratch + SCRATCH.one * FIELD_BYTES, 1n);
    const window = WINDOW_ENTRIES * POINT_BYTES;
    this.#powers(table, { x: GENERATOR_X, y: GENERATOR_Y });
    for (let w = 1; w < WINDOWS; w += 1) {
      const here = table + w * window;
      const before = here - window;
      this.#putPoint(here, { x: 0n, y: 1n });
      this.#pointSum(here + POINT_BYTES, before + 15 * POINT_BYTES, before + POINT_BYTES);
      for (let n = 2; n < WINDOW_ENTRIES; n += 1) {
        const entry = here + n * POINT_BYTES;
        this.#pointSum(entry, entry - POINT_BYTES, here + POINT_BYTES);
      }
    }
  }

  /** 0 P, 1 P, ... 15 P at `at`. */
  #powers(at: number, point: Affine): void {
    this.#putPoint(at, { x: 0n, y: 1n });
    this.#putPoint(at + POINT_BYTES, point);
    for (let n = 2; n < WINDOW_ENTRIES; n += 1) {
      const entry = at + n * POINT_BYTES;
      this.#pointSum(entry, entry - POINT_BYTES, at + POINT_BYTES);
    }
  }

  /** The accumulator becomes, or gains (`keep`), k G. */
  #accumulate(k: bigint, keep: boolean): void {
    const acc = this.#accumulator;
    if (!keep) this.#putPoint(acc, { x: 0n, y: 1n });
    nibbles(k).forEach((nibble, w) => {
      const entry = this.#layout.table + (w * WINDOW_ENTRIES + nibble) * POINT_BYTES;
      if (nibble !== 0) this.#pointSum(acc, acc, entry);
    });
  }

  /** The accumulator becomes c P, P being the point whose multiples stand at #variable. */
  #horner(c: bigint): void {
    const acc = this.#accumulator;
    this.#putPoint(acc, { x: 0n, y: 1n });
    for (const nibble of nibbles(c).reverse()) {
      for (let i = 0; i < WINDOW_BITS; i += 1) this.#pointSum(acc, acc, acc);
      this.#pointSum(acc, acc, this.#variable + nibble * POINT_BYTES);
    }
  }

  #putPoint(at: number, { x, y }: Affine): void {
    [x, y, 1n, mod(x * y)].forEach((value, i) => this.#put(at + i * FIELD_BYTES, value));
  }

  #affine(at: number): Affine {
    const z = this.#layout.scratch + SCRATCH.b * FIELD_BYTES;
    this.#inverse(z, at + 2 * FIELD_BYTES);
    const coordinate = (index: number): bigint => {
      const out = this.#layout.scratch + SCRATCH.a * FIELD_BYTES;
      this.#mul(out, at + index * FIELD_BYTES, z);
      return this.#get(out);
    };
    return { x: coordinate(0), y: coordinate(1) };
  }

  /** value^exponent by squaring, big integers: rare (square roots only). */
  #power(value: bigint, exponent: bigint): bigint {
    let result = 1n;
    let square = value;
    for (let rest = exponent; rest > 0n; rest >>= 1n) {
      if ((rest & 1n) === 1n) result = mod(result * square);
      square = mod(square * square);
    }
    return result;
  }

  /** Puts a value into Montgomery form at `at`. */
  #put(at: number, value: bigint): void {
    const square = this.#layout.scratch + SCRATCH.square * FIELD_BYTES;
    this.#write(square, R_SQUARED);
    this.#write(at, mod(value));
    this.#mul(at, at, square);
  }

  /** The canonical value of an element. */
  #get(at: number): bigint {
    const out = this.#layout.scratch + SCRATCH.square * FIELD_BYTES;
    this.#mul(out, at, this.#layout.scratch + SCRATCH.one * FIELD_BYTES);
    this.#canonical(out, out);
    return fromLittleEndian(this.#buffer().subarray(out, out + FIELD_BYTES));
  }

  #write(at: number, value: bigint): void {
    this.#buffer().set(toLittleEndian(value), at);
  }
}

/** No square modulo r (r = 2 modulo 5, and 2 is no square there). */
const NON_RESIDUE = 5n;

/** Base-16 digits of a scalar, the lowest first. */
function nibbles(k: bigint): number[] {
  if (k < 0n || k >> BigInt(WINDOWS * WINDOW_BITS) !== 0n) throw new RangeError('no such scalar');
  return Array.from(k.toString(16), (digit) => Number.parseInt(digit, 16)).reverse();
}
