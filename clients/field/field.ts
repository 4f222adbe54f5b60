// A prime field for signers: the emitted WebAssembly functions, the loops over them (power, batch inverse), and the
// bridge between BigInt and elements in wasm memory. Each field has a module and a memory of its own, into which a
// venue emits its curve loops as well (`extend`). Elements are named by their byte offset.
import { ModuleBuilder, PAGE_BYTES, type Func, type WasmInstance } from './emit.js';
import { emitInverse } from './inverse.js';
import { emitBatchInverse, emitPower } from './loops.js';
import { ELEMENT_BYTES, emitField, type FieldFunctions } from './montgomery.js';

/** What curve code emitted into the same module may call. */
export interface FieldModule extends FieldFunctions {
  /** (dst, a): 1 / a, and 0 for 0. About the cost of 45 products. */
  readonly inverse: Func;
  /** (first, count, scratch): inverts `count` neighbouring elements in place; none may be 0. */
  readonly batchInverse: Func;
  /** (dst, a, exponent): `exponent` is the offset of a plain 256-bit little-endian integer. */
  readonly power: Func;
  /** Offset of 1 in Montgomery form. */
  readonly one: number;
  /** Offset of a plain 1: a product with it takes an element out of Montgomery form. */
  readonly unit: number;
}

/** Bytes of an element in memory. */
export const ELEMENT = ELEMENT_BYTES;
const R_BITS = 256n;

/**
 * A field modulo an odd prime between 2^192 and 2^254. Methods that take offsets call WebAssembly directly; operands
 * and results are Montgomery forms below 2p. `write` and `read` convert. Aliasing of destinations is allowed.
 */
export class PrimeField {
  readonly prime: bigint;
  /** (dst, a, b) */
  readonly mul: (dst: number, a: number, b: number) => void;
  /** (dst, a) */
  readonly square: (dst: number, a: number) => void;
  readonly add: (dst: number, a: number, b: number) => void;
  readonly sub: (dst: number, a: number, b: number) => void;
  readonly copy: (dst: number, a: number) => void;
  readonly inverse: (dst: number, a: number) => void;
  /** (first, count, scratch of `count` elements); no element may be 0. */
  readonly batchInverse: (first: number, count: number, scratch: number) => void;
  /** (dst, a, exponent): the exponent as written by `writePlain`. */
  readonly power: (dst: number, a: number, exponent: number) => void;
  /** Offset of the constant 1. */
  readonly one: number;
  readonly #instance: WasmInstance;
  readonly #canonical: (dst: number, a: number) => number;
  readonly #isZero: (a: number) => number;
  readonly #scratch: number;
  readonly #squared: number;
  readonly #unit: number;
  #free: number;
  #words: Uint32Array;

  /**
   * Compiles the field. `extend` may emit more functions (exported under names of their own, fetched with `entry`)
   * into the same module and reserve static memory there.
   */
  constructor(prime: bigint, extend?: (module: ModuleBuilder, field: FieldModule) => void) {
    const module = new ModuleBuilder();
    const [scratch, squared, unit, one, cube] = [0, 0, 0, 0, 0].map(() => module.reserve(ELEMENT)) as Five; // prettier-ignore
    const functions = emitField(module, prime);
    const inverse = emitInverse(module, functions, cube);
    const batchInverse = emitBatchInverse(module, functions, inverse);
    const power = emitPower(module, functions, one);
    extend?.(module, { ...functions, inverse, batchInverse, power, one, unit });
    this.#instance = module.instantiate();
    this.#words = new Uint32Array(this.#instance.memory.buffer);
    this.#free = module.reserved;
    this.prime = prime;
    this.one = one;
    [this.#scratch, this.#squared, this.#unit] = [scratch, squared, unit];
    const { entry } = this.#instance;
    [this.mul, this.square, this.add, this.sub] = [entry('mul'), entry('square'), entry('add'), entry('sub')]; // prettier-ignore
    [this.copy, this.inverse, this.power] = [entry('copy'), entry('inverse'), entry('power')];
    this.batchInverse = entry('batchInverse');
    [this.#canonical, this.#isZero] = [entry('canonical'), entry('isZero')];
    const r = (1n << R_BITS) % prime;
    this.writePlain(unit, 1n);
    this.writePlain(one, r);
    this.writePlain(squared, (r * r) % prime);
    this.writePlain(cube, (((r * r) % prime) * r) % prime);
  }

  /** A function that `extend` exported. */
  entry(name: string): (...args: number[]) => number {
    return this.#instance.entry(name);
  }

  /** Offset of `count` fresh elements, zero-filled; never given back. Memory grows as needed. */
  alloc(count: number): number {
    const offset = this.#free;
    this.#free += Math.ceil((count * ELEMENT) / 64) * 64;
    const missing = this.#free - this.#instance.memory.buffer.byteLength;
    if (missing > 0) {
      this.#instance.memory.grow(Math.ceil(missing / PAGE_BYTES));
      this.#words = new Uint32Array(this.#instance.memory.buffer);
    }
    return offset;
  }

  /** Memory in use and reserved, bytes. */
  get memoryBytes(): number {
    return this.#instance.memory.buffer.byteLength;
  }

  /** The memory as little-endian 32-bit words. Do not keep it: `alloc` may replace it. */
  get words(): Uint32Array {
    return this.#words;
  }

  /** Stores an integer 0 .. 2^256 - 1 as it is, not in Montgomery form: exponents and scalars. */
  writePlain(offset: number, value: bigint): void {
    const words = this.#words;
    const first = offset >>> 2;
    for (let i = 0, rest = value; i < 8; i++, rest >>= 32n)
      words[first + i] = Number(rest & 0xffff_ffffn);
  }

  /** The 256-bit integer stored at `offset`, taken as it is. */
  readPlain(offset: number): bigint {
    const words = this.#words;
    let value = 0n;
    for (let i = 7; i >= 0; i--) value = (value << 32n) | BigInt(words[(offset >>> 2) + i] ?? 0);
    return value;
  }

  /** Stores 0 <= value < p as an element. */
  write(offset: number, value: bigint): void {
    this.writePlain(offset, value);
    this.toMontgomery(offset, offset);
  }

  /** The element at `offset` as an integer below p. */
  read(offset: number): bigint {
    this.fromMontgomery(this.#scratch, offset);
    return this.readPlain(this.#scratch);
  }

  /** A plain integer below p in memory to an element. */
  toMontgomery(dst: number, a: number): void {
    this.mul(dst, a, this.#squared);
  }

  /** An element to the plain integer below p. */
  fromMontgomery(dst: number, a: number): void {
    this.mul(dst, a, this.#unit);
    this.#canonical(dst, dst);
  }

  isZero(offset: number): boolean {
    return this.#isZero(offset) === 1;
  }
}

type Five = [number, number, number, number, number];
