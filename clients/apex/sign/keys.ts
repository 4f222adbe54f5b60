// The zk key of an account: from the 65-byte seed ("Omni Key") to the private scalar, the public key and its text form
// l2Key. Pure. The seed and the scalar must never reach a log or an error message.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { SUBGROUP_ORDER } from './constants.js';
import { fromBigEndian, fromLittleEndian, toBigEndian, toLittleEndian } from './numbers.js';
import { sponge } from './rescue.js';
import type { Affine, Zk } from './zk.js';

const SEED_DIGITS = 130;
const LEAST_SEED_BYTES = 32;
const HASH_BYTES = 20;
const SIGN_BIT = 1n << 255n;

/** A private scalar and the point that belongs to it. */
export interface ZkKey {
  readonly scalar: bigint;
  readonly point: Affine;
}

/** The seed as its owner copies it: 130 hexadecimal digits, `0x` optional. Null when it is not that. */
export function parseSeed(text: string): Uint8Array | null {
  const digits = text.trim().replace(/^0x/i, '');
  if (digits.length !== SEED_DIGITS || !/^[0-9a-fA-F]+$/.test(digits)) return null;
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}

/**
 * SHA-256 again and again until the result, read big-endian, is below L: about 40 rounds. The first hash is never taken,
 * however small: zksync-crypto hashes the seed once before its loop (about one seed in 42 shows the difference).
 */
export function privateScalar(seed: Uint8Array): bigint {
  if (seed.length < LEAST_SEED_BYTES) throw new RangeError('a seed of less than 32 bytes');
  const sha256 = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest();
  let hash = sha256(seed);
  for (;;) {
    hash = sha256(hash);
    const value = fromBigEndian(hash);
    if (value < SUBGROUP_ORDER) return value;
  }
}

export function keyFromSeed(zk: Zk, seed: Uint8Array): ZkKey {
  const scalar = privateScalar(seed);
  return { scalar, point: zk.timesBase(scalar) };
}

/** y, little-endian, with the top bit of the last byte set when x is odd. */
export function compress({ x, y }: Affine): Uint8Array {
  return toLittleEndian((x & 1n) === 1n ? y + SIGN_BIT : y);
}

/** The point behind 32 compressed bytes; null when there is none on the curve. */
export function decompress(zk: Zk, bytes: Uint8Array): Affine | null {
  if (bytes.length !== 32) return null;
  const value = fromLittleEndian(bytes);
  return zk.pointAt(value % SIGN_BIT, value >= SIGN_BIT);
}

/** The public key as `GET /v3/account` states it: `0x` and 64 digits. */
export const l2KeyOf = (point: Affine): string =>
  `0x${Buffer.from(compress(point)).toString('hex')}`;

/** The last 20 bytes of the hash of the public key, `0x` in front: what the venue's chain stores. */
export function publicKeyHash(zk: Zk, point: Affine): string {
  const [first] = sponge(zk, [point.x, point.y]);
  const low = (first as bigint) % (1n << BigInt(HASH_BYTES * 8));
  return `0x${Buffer.from(toBigEndian(low, HASH_BYTES)).toString('hex')}`;
}
