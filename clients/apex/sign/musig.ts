// The signature itself (zkSync 1.x "musig rescue", venues/apex.md section 3.4, steps 4 to 7) and its verification. Pure
// and deterministic: the nonce follows from key and message. A wrong signature is worse than none, which is why whoever
// starts a signer runs selfTest first (self-test.ts).
import { Buffer } from 'node:buffer';
import { createHash, createHmac } from 'node:crypto';
import { SUBGROUP_ORDER } from './constants.js';
import type { ZkKey } from './keys.js';
import { compress, decompress } from './keys.js';
import { fromBigEndian, fromLittleEndian, toBigEndian, toLittleEndian } from './numbers.js';
import { challenge, messageHash } from './rescue.js';
import type { Affine, Zk } from './zk.js';

const HEX_DIGITS = 128;

/**
 * The nonce scalar k: HMAC-SHA256 in the manner of RFC 6979, except that V is not renewed after a candidate above L.
 * `hash` is the 32 bytes of the message hash.
 */
export function nonceScalar(scalar: bigint, hash: Uint8Array): bigint {
  const hmac = (key: Uint8Array, ...parts: Uint8Array[]): Uint8Array =>
    createHmac('sha256', key).update(Buffer.concat(parts)).digest();
  const digest = createHash('sha256').update(hash).digest();
  const secret = toBigEndian(scalar);
  let key: Uint8Array = new Uint8Array(32);
  let v: Uint8Array = new Uint8Array(32).fill(1);
  for (const mark of [0, 1]) {
    key = hmac(key, v, Uint8Array.of(mark), secret, digest);
    v = hmac(key, v);
  }
  for (;;) {
    const candidate = hmac(key, v);
    const value = fromBigEndian(candidate);
    if (value < SUBGROUP_ORDER) return value;
    key = hmac(key, v, v, Uint8Array.of(0)); // and v stays: the quirk of the original
  }
}

/** 128 hexadecimal digits, without `0x` as the official Node connector sends it. At most 92 bytes of message. */
export function signMusig(zk: Zk, key: ZkKey, message: Uint8Array): string {
  const hash = messageHash(zk, message);
  const k = nonceScalar(key.scalar, hash);
  const r = zk.timesBase(k);
  const c = challenge(zk, key.point.x, r.x, hash);
  const s = (c * key.scalar + k) % SUBGROUP_ORDER;
  return Buffer.concat([compress(r), toLittleEndian(s)]).toString('hex');
}

/** True when s G = R + c P. `signature` with or without `0x`; anything malformed is false, never an error. */
export function verifyMusig(
  zk: Zk,
  point: Affine,
  message: Uint8Array,
  signature: string,
): boolean {
  const digits = signature.replace(/^0x/i, '');
  if (digits.length !== HEX_DIGITS || !/^[0-9a-fA-F]+$/.test(digits)) return false;
  const bytes = Uint8Array.from(Buffer.from(digits, 'hex'));
  const r = decompress(zk, bytes.subarray(0, 32));
  const s = fromLittleEndian(bytes.subarray(32));
  if (r === null || s >= SUBGROUP_ORDER) return false;
  const c = challenge(zk, point.x, r.x, messageHash(zk, message));
  const back = zk.baseAndPoint(s, SUBGROUP_ORDER - (c % SUBGROUP_ORDER), point);
  return back.x === r.x && back.y === r.y;
}
