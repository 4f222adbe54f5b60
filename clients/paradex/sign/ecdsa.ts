// ECDSA on the STARK curve: sign with an RFC 6979 nonce, verify, public key. Hashes are felts, never bytes. No low-s
// rule; like every Starknet verifier it wants r and 1/s below 2^251, which fails once in 2^54 and then takes the next
// nonce. Private keys stay in the caller's hands: nothing here keeps or prints one.
import { PrimeField } from '#clients/field/field';
import { NARROW, STARK_ORDER, STARK_PRIME, WIDE, starkCurve, type AffinePoint, type Table } from './curve.js'; // prettier-ignore
import { hmac } from './sha256.js';

const GENERATOR: AffinePoint = {
  x: 874739451078007766457464989774322083649278607533249481151382481072868806602n,
  y: 152666792071518830868575557812948353041420400780739481342941381225525861407n,
};
const LIMIT = 1n << 251n;

/** r and s, both 1 … n - 1. */
export interface Signature {
  readonly r: bigint;
  readonly s: bigint;
}

let generatorTable: Table | undefined;

/** Multiples of G, built at the first use. */
function generator(): Table {
  if (generatorTable === undefined) {
    generatorTable = starkCurve().room(WIDE);
    starkCurve().fill(generatorTable, GENERATOR);
  }
  return generatorTable;
}

/** x(k * G). */
function generatorX(k: bigint): bigint {
  const curve = starkCurve();
  curve.clear();
  curve.addMultiple(generator(), k);
  return curve.sumX() ?? 0n;
}

/** The public key: x of key * G. Throws a RangeError unless 0 < key < n. */
export const publicKeyOf = (privateKey: bigint): bigint => generatorX(checkedKey(privateKey));

function checkedKey(key: bigint): bigint {
  if (key <= 0n || key >= STARK_ORDER) {
    throw new RangeError('a STARK private key is above 0 and below the order of the curve');
  }
  return key;
}

/** The field of scalars, with the offsets that signing works in. */
class Scalars {
  readonly field = new PrimeField(STARK_ORDER);
  readonly #a = this.field.alloc(1);
  readonly #b = this.field.alloc(1);

  /** (z + r * d) / k modulo n. */
  quotient(z: bigint, r: bigint, d: bigint, k: bigint): bigint {
    const { field } = this;
    field.write(this.#a, r);
    field.write(this.#b, d);
    field.mul(this.#a, this.#a, this.#b);
    field.write(this.#b, z);
    field.add(this.#a, this.#a, this.#b);
    field.write(this.#b, k);
    field.inverse(this.#b, this.#b);
    field.mul(this.#a, this.#a, this.#b);
    return field.read(this.#a);
  }

  /** 1 / s, and a / s and b / s, modulo n. */
  ratios(s: bigint, a: bigint, b: bigint): [bigint, bigint, bigint] {
    const { field } = this;
    field.write(this.#b, s);
    field.inverse(this.#b, this.#b);
    const times = (value: bigint): bigint => {
      field.write(this.#a, value);
      field.mul(this.#a, this.#a, this.#b);
      return field.read(this.#a);
    };
    return [field.read(this.#b), times(a), times(b)];
  }
}

let sharedScalars: Scalars | undefined;
const scalars = (): Scalars => (sharedScalars ??= new Scalars());

/** Signs a message hash. Throws a RangeError for a key or a hash out of range. */
export function sign(message: bigint, privateKey: bigint): Signature {
  checkedKey(privateKey);
  if (message < 0n || message >= STARK_PRIME) {
    throw new RangeError('the message hash is no felt');
  }
  const z = message % STARK_ORDER;
  const nonces = nonceSource(z, privateKey);
  for (;;) {
    const k = nonces();
    const r = generatorX(k) % STARK_ORDER;
    if (r === 0n || r >= LIMIT) continue;
    const s = scalars().quotient(z, r, privateKey, k);
    if (s !== 0n && scalars().ratios(s, 0n, 0n)[0] < LIMIT) return { r, s };
  }
}

/** The 32 bytes of a scalar, highest first. Not by way of hex text: that took a fifth of a signature. */
function bytesOf(value: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(32));
  for (let i = 0; i < 4; i++) view.setBigUint64(8 * i, value >> BigInt(192 - 64 * i));
  return new Uint8Array(view.buffer);
}

function scalarOf(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let value = 0n;
  for (let i = 0; i < 4; i++) value = (value << 64n) | view.getBigUint64(8 * i);
  return value;
}

const BYTE = [Uint8Array.of(0), Uint8Array.of(1)] as const;

/** The nonces of RFC 6979 section 3.2 with HMAC-SHA-256; a candidate is the top 252 of 256 bits. */
function nonceSource(z: bigint, privateKey: bigint): () => bigint {
  const seed = [bytesOf(privateKey), bytesOf(z)];
  let key: Uint8Array = new Uint8Array(32);
  let value: Uint8Array = new Uint8Array(32).fill(1);
  for (const byte of BYTE) {
    key = hmac(key, value, byte, ...seed);
    value = hmac(key, value);
  }
  let first = true;
  return () => {
    for (;;) {
      if (!first) {
        key = hmac(key, value, BYTE[0]);
        value = hmac(key, value);
      }
      first = false;
      value = hmac(key, value);
      const candidate = scalarOf(value) >> 4n;
      if (candidate > 0n && candidate < STARK_ORDER) return candidate;
    }
  };
}

/** A public key ready for verification. A key names two points, (x, y) and (x, -y); either may have signed. */
interface KnownKey {
  readonly table: Table;
  /** The last signature verified with the opposite point. */
  opposite: boolean;
}

const MOST_KEYS = 64;
const known = new Map<bigint, KnownKey>();
const spare: Table[] = [];

/** Tables of at most 64 keys are kept, 65 KB each; the one made longest ago gives way. */
function knownKey(publicKey: bigint): KnownKey | null {
  const found = known.get(publicKey);
  if (found !== undefined) return found;
  const curve = starkCurve();
  const point = curve.lift(publicKey);
  if (point === null) return null;
  for (const [oldest, { table }] of known) {
    if (known.size < MOST_KEYS) break;
    known.delete(oldest);
    spare.push(table);
  }
  const key: KnownKey = { table: spare.pop() ?? curve.room(NARROW), opposite: false };
  curve.fill(key.table, point);
  known.set(publicKey, key);
  return key;
}

/** Whether (r, s) signs the message hash `message` with the key whose public x coordinate is `publicKey`. Never throws. */
export function verify(publicKey: bigint, message: bigint, { r, s }: Signature): boolean {
  if (r <= 0n || r >= LIMIT || s <= 0n || s >= STARK_ORDER) return false;
  if (message < 0n || message >= STARK_PRIME) return false;
  const key = knownKey(publicKey);
  if (key === null) return false;
  const [w, ofG, ofKey] = scalars().ratios(s, message % STARK_ORDER, r);
  if (w >= LIMIT) return false;
  for (const opposite of [key.opposite, !key.opposite]) {
    const curve = starkCurve();
    curve.clear();
    // x(a G - b Q) = x(-a G + b Q): the sign goes to G
    curve.addMultiple(generator(), opposite && ofG > 0n ? STARK_ORDER - ofG : ofG);
    curve.addMultiple(key.table, ofKey);
    const x = curve.sumX();
    if (x !== null && x % STARK_ORDER === r) {
      key.opposite = opposite;
      return true;
    }
  }
  return false;
}
