// Typed WebAssembly expressions: what may stand on the wasm stack, as TypeScript values whose kind (i32 or i64) the
// compiler checks. An expression is a rope of bytes; nothing runs here. Only the instructions that our emitters need.

/** A rope of bytes: flattened once, when the module is built. */
export type Code = readonly (number | Code)[];
export type Kind = 'i32' | 'i64';

/** An expression that leaves one value of kind `K` on the stack. Emitted again wherever it is used. */
export interface Value<K extends Kind> {
  readonly kind: K;
  readonly code: Code;
}
export type I32 = Value<'i32'>;
export type I64 = Value<'i64'>;

/** Signed LEB128, the form of every constant. */
export function signedLeb(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const done = (rest === 0n && low < 64) || (rest === -1n && low >= 64);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

/** Unsigned LEB128, the form of every index and length. */
export function unsignedLeb(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ;) {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
    if (rest === 0) return bytes;
  }
}

const i32Of = (code: Code): I32 => ({ kind: 'i32', code });
const i64Of = (code: Code): I64 => ({ kind: 'i64', code });
const binary32 =
  (opcode: number) =>
  (a: I32, b: I32): I32 =>
    i32Of([a.code, b.code, opcode]);
const binary64 =
  (opcode: number) =>
  (a: I64, b: I64): I64 =>
    i64Of([a.code, b.code, opcode]);
const compare64 =
  (opcode: number) =>
  (a: I64, b: I64): I32 =>
    i32Of([a.code, b.code, opcode]);

/** 32-bit instructions. Addresses are i32 byte offsets. */
export const i32 = {
  /** A constant; -2^31 .. 2^32 - 1 (taken modulo 2^32). */
  of: (value: number): I32 => i32Of([0x41, signedLeb(BigInt(value | 0))]),
  load: (address: I32, offset = 0): I32 => i32Of([address.code, 0x28, 2, unsignedLeb(offset)]),
  load8: (address: I32, offset = 0): I32 => i32Of([address.code, 0x2d, 0, unsignedLeb(offset)]),
  isZero: (a: I32): I32 => i32Of([a.code, 0x45]),
  less: binary32(0x48),
  lessUnsigned: binary32(0x49),
  trailingZeros: (a: I32): I32 => i32Of([a.code, 0x68]),
  add: binary32(0x6a),
  sub: binary32(0x6b),
  mul: binary32(0x6c),
  and: binary32(0x71),
  or: binary32(0x72),
  shiftLeft: binary32(0x74),
  shiftRightSigned: binary32(0x75),
  shiftRight: binary32(0x76),
  /** `whenTrue` if `condition` is not 0, else `whenFalse`; both are evaluated. */
  select: (condition: I32, whenTrue: I32, whenFalse: I32): I32 =>
    i32Of([whenTrue.code, whenFalse.code, condition.code, 0x1b]),
};

/** 64-bit instructions. */
export const i64 = {
  /** A constant, taken modulo 2^64. */
  of: (value: bigint | number): I64 => i64Of([0x42, signedLeb(BigInt.asIntN(64, BigInt(value)))]),
  load: (address: I32, offset = 0): I64 => i64Of([address.code, 0x29, 3, unsignedLeb(offset)]),
  /** Four bytes, sign kept. */
  load32Signed: (address: I32, offset = 0): I64 =>
    i64Of([address.code, 0x34, 2, unsignedLeb(offset)]),
  /** Four bytes, no sign. */
  load32: (address: I32, offset = 0): I64 => i64Of([address.code, 0x35, 2, unsignedLeb(offset)]),
  isZero: (a: I64): I32 => i32Of([a.code, 0x50]),
  lessUnsigned: compare64(0x54),
  add: binary64(0x7c),
  sub: binary64(0x7d),
  mul: binary64(0x7e),
  and: binary64(0x83),
  or: binary64(0x84),
  xor: binary64(0x85),
  shiftLeft: (a: I64, bits: number): I64 => i64Of([a.code, i64.of(bits).code, 0x86]),
  shiftRightSigned: (a: I64, bits: number): I64 => i64Of([a.code, i64.of(bits).code, 0x87]),
  shiftRight: (a: I64, bits: number): I64 => i64Of([a.code, i64.of(bits).code, 0x88]),
  /** An i32 without sign. */
  extend: (a: I32): I64 => i64Of([a.code, 0xad]),
  /** The low 32 bits, the cheapest way that engines know. */
  low32: (a: I64): I64 => i64Of([a.code, 0xa7, 0xad]),
  /** The sum of one or more. */
  sum: (first: I64, ...rest: readonly I64[]): I64 => rest.reduce((a, b) => i64.add(a, b), first),
  select: (condition: I32, whenTrue: I64, whenFalse: I64): I64 =>
    i64Of([whenTrue.code, whenFalse.code, condition.code, 0x1b]),
};
