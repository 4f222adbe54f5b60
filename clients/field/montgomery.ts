// Emits arithmetic modulo an odd prime p < 2^254 in Montgomery form with R = 2^256. Elements are 32 bytes in memory,
// little-endian, kept below 2p ("lazy": the last subtraction is only made by `canonical`), which is closed under every
// function here because 4p < 2^256. Not constant in time beyond what the code happens to be; see README.
import { type Body, type Func, type Local, type ModuleBuilder } from './emit.js';
import { i32, i64, type I32, type I64 } from './values.js';

/** Bytes of one element. */
export const ELEMENT_BYTES = 32;
const LIMBS = 8;
const LIMB_MASK = 0xffff_ffffn;

/** Functions of one prime inside a module; arguments are byte offsets of elements, destinations may alias. */
export interface FieldFunctions {
  readonly prime: bigint;
  /** (dst, a, b): a * b / R. */
  readonly mul: Func;
  /** (dst, a): a * a / R. */
  readonly square: Func;
  /** (dst, a, b). */
  readonly add: Func;
  /** (dst, a, b): a - b. */
  readonly sub: Func;
  /** (dst, a): the representative below p; what is compared or read out. */
  readonly canonical: Func;
  /** (a) -> 1 when a is 0 modulo p. */
  readonly isZero: Func;
  /** (dst, a): 32 bytes copied. */
  readonly copy: Func;
}

/** -1 / p modulo 2^32. */
function negativeInverse(prime: bigint): bigint {
  let inverse = 1n;
  for (let i = 0; i < 5; i++) inverse = BigInt.asUintN(32, inverse * (2n - prime * inverse));
  return BigInt.asUintN(32, -inverse);
}

const limbOf = (value: bigint, index: number): bigint => (value >> BigInt(32 * index)) & LIMB_MASK;

/** Emits the functions of a field into `module`. Throws a RangeError unless p is odd and 2^192 < p < 2^254. */
export function emitField(module: ModuleBuilder, prime: bigint): FieldFunctions {
  if ((prime & 1n) === 0n || prime >> 254n !== 0n || prime >> 192n === 0n) {
    throw new RangeError('the prime must be odd, above 2^192 and below 2^254');
  }
  const mul = module.func(3, (f, dst, a, b) => emitMul(f, prime, dst, a, b), { name: 'mul' });
  const square = module.func(2, (f, dst, a) => emitMul(f, prime, dst, a, a), { name: 'square' });
  const add = module.func(3, (f, dst, a, b) => emitAdd(f, prime, dst, a, b), { name: 'add' });
  const sub = module.func(3, (f, dst, a, b) => emitSub(f, prime, dst, a, b), { name: 'sub' });
  const copy = module.func(2, (f, dst, a) => {
    for (let i = 0; i < 4; i++) f.store64(dst, 8 * i, i64.load(a, 8 * i));
  }, { name: 'copy' }); // prettier-ignore
  const canonical = module.func(2, (f, dst, a) => {
    const words = loadWords(f, a);
    storeWords(f, dst, minusOnce(f, words, prime));
  }, { name: 'canonical' }); // prettier-ignore
  const isZero = module.func(1, (f, a) => emitIsZero(f, prime, a), {
    name: 'isZero',
    returns: true,
  });
  return { prime, mul, square, add, sub, canonical, isZero, copy };
}

/**
 * Word-by-word Montgomery product (FIOS). Each round adds a * b[i] and m * p, m chosen so that the lowest limb becomes
 * zero. Zero limbs of p cost nothing, and a lowest limb of 1 needs no product: the STARK prime pays 2 products of 8.
 * A square is the same with a = b: sharing its cross products splits the reduction off and measured slower.
 */
function emitMul(f: Body, prime: bigint, dst: I32, a: I32, b: I32): void {
  const left = Array.from({ length: LIMBS }, (_, j) => f.local('i64', i64.load32(a, 4 * j)));
  const sum = left.map(() => f.local('i64'));
  const reduction = reducer(f, prime);
  const right = f.local('i64');
  const product = f.local('i64');
  for (let i = 0; i < LIMBS; i++) {
    f.set(right, i64.load32(b, 4 * i));
    reduction.begin();
    left.forEach((limb, j) => {
      const term = i64.mul(limb, right);
      f.set(product, i === 0 ? term : i64.add(term, at(sum, j)));
      reduction.limb(j, product, j === 0 ? undefined : (low) => f.set(at(sum, j - 1), low));
    });
    f.set(at(sum, LIMBS - 1), reduction.end());
  }
  sum.forEach((limb, j) => f.store32(dst, 4 * j, limb));
}

/** The reduction of one round: takes the limbs of a row in order and gives back the row, one limb lower. */
function reducer(f: Body, prime: bigint) {
  const factor = negativeInverse(prime);
  const m = f.local('i64');
  const carry = f.local('i64'); // of the row
  const carryOfM = f.local('i64'); // of m * p
  const reduced = f.local('i64');
  let merged = false; // carryOfM is known to be zero
  return {
    begin(): void {
      merged = false;
    },
    /** `row` (below 2^64 - 2^32) is limb j of the row; its reduced low half goes to `keep`. */
    limb(j: number, row: I64, keep?: (low: I64) => void): void {
      const p = limbOf(prime, j);
      if (j === 0) {
        f.set(m, i64.low32(factor === LIMB_MASK ? i64.sub(i64.of(0), row) : i64.mul(row, i64.of(factor)))); // prettier-ignore
        if (p === 1n) {
          // low + m is 0 or 2^32, so both carries fit one
          f.set(carry, i64.shiftRight(i64.add(row, m), 32));
          merged = true;
          return;
        }
        f.set(carry, i64.shiftRight(row, 32));
        f.set(carryOfM, i64.shiftRight(i64.add(i64.low32(row), i64.mul(m, i64.of(p))), 32));
        return;
      }
      f.set(reduced, i64.add(row, carry));
      f.set(carry, i64.shiftRight(reduced, 32));
      if (p === 0n && merged) {
        keep?.(i64.low32(reduced));
        return;
      }
      const terms = [...(p === 0n ? [] : [timesLimb(m, p)]), ...(merged ? [] : [carryOfM])];
      f.set(reduced, i64.sum(i64.low32(reduced), ...terms));
      f.set(carryOfM, i64.shiftRight(reduced, 32));
      merged = false;
      keep?.(i64.low32(reduced));
    },
    end: (): I64 => (merged ? carry : i64.add(carry, carryOfM)),
  };
}

/** m times a limb of p; a power of two is a shift. */
function timesLimb(m: I64, p: bigint): I64 {
  const bit = p.toString(2).length - 1;
  return p === 1n << BigInt(bit) ? i64.shiftLeft(m, bit) : i64.mul(m, i64.of(p));
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`no limb ${index}`);
  return found;
}

type Slot = Local<'i64'>;

const word = (value: bigint, index: number): I64 => i64.of(value >> BigInt(64 * index));

function loadWords(f: Body, a: I32): Slot[] {
  return [0, 1, 2, 3].map((i) => f.local('i64', i64.load(a, 8 * i)));
}

function storeWords(f: Body, dst: I32, words: readonly I64[]): void {
  words.forEach((value, i) => f.store64(dst, 8 * i, value));
}

/** words - value when that is not negative, else words. `value` is a constant below 2^256. */
function minusOnce(f: Body, words: readonly Slot[], value: bigint): I64[] {
  const { difference, borrow } = subtract(f, words, [0, 1, 2, 3].map((i) => word(value, i))); // prettier-ignore
  return difference.map((d, i) => i64.select(i64.isZero(borrow), d, at(words, i)));
}

/** a - b with the borrow out of the top word (0 or 1). */
function subtract(
  f: Body,
  a: readonly I64[],
  b: readonly I64[],
): { difference: Slot[]; borrow: Slot } {
  const borrow = f.local('i64', i64.of(0));
  const less = f.local('i64');
  const difference = a.map((value, i) => {
    const out = f.local('i64', i64.sub(value, at(b, i)));
    f.set(less, i64.extend(i64.lessUnsigned(value, at(b, i))));
    if (i > 0) {
      f.set(less, i64.or(less, i64.extend(i64.lessUnsigned(out, borrow))));
      f.set(out, i64.sub(out, borrow));
    }
    f.set(borrow, less);
    return out;
  });
  return { difference, borrow };
}

/** a + b, which never overflows 2^256. */
function sumWords(f: Body, a: readonly I64[], b: readonly I64[]): Slot[] {
  const carry = f.local('i64', i64.of(0));
  const more = f.local('i64');
  return a.map((value, i) => {
    const out = f.local('i64', i64.add(value, at(b, i)));
    f.set(more, i64.extend(i64.lessUnsigned(out, value)));
    if (i > 0) {
      f.set(out, i64.add(out, carry));
      f.set(more, i64.or(more, i64.extend(i64.lessUnsigned(out, carry))));
    }
    f.set(carry, more);
    return out;
  });
}

function emitAdd(f: Body, prime: bigint, dst: I32, a: I32, b: I32): void {
  storeWords(f, dst, minusOnce(f, sumWords(f, loadWords(f, a), loadWords(f, b)), 2n * prime));
}

function emitSub(f: Body, prime: bigint, dst: I32, a: I32, b: I32): void {
  const { difference, borrow } = subtract(f, loadWords(f, a), loadWords(f, b));
  const mask = f.local('i64', i64.sub(i64.of(0), borrow));
  const back = [0, 1, 2, 3].map((i) => i64.and(mask, word(2n * prime, i)));
  storeWords(f, dst, sumWords(f, difference, back));
}

/** An element below 2p is zero when it is 0 or p. */
function emitIsZero(f: Body, prime: bigint, a: I32): void {
  const words = loadWords(f, a);
  const differs = (value: bigint): I64 =>
    words.map((w, i) => i64.xor(w, word(value, i))).reduce((x, y) => i64.or(x, y));
  f.return(i32.or(i64.isZero(differs(0n)), i64.isZero(differs(prime))));
}
