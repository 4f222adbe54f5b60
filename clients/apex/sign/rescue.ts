// The Rescue sponge of the zk signature: how bytes and field elements become one hash (venues/apex.md section 3.4,
// steps 3, 4 and 6). The permutation itself is in zk-module.ts. Pure.
import { bitChunks, toLittleEndian } from './numbers.js';
import type { Zk } from './zk.js';

/** Bits of one element cut from a byte string. */
export const CHUNK_BITS = 253;
/** The message is padded to 736 bits: three elements. */
export const MESSAGE_LIMIT = 92;
const MESSAGE_ELEMENTS = 3;
const CHALLENGE_ELEMENTS = 4;
const HALF_BITS = 125n;
const HALF = (1n << HALF_BITS) - 1n;

/** Absorbs the elements, padded to even length with 1, and returns the state. */
export function sponge(zk: Zk, elements: readonly bigint[]): bigint[] {
  let state: bigint[] = [0n, 0n, BigInt(elements.length)];
  for (let i = 0; i < elements.length; i += 2) {
    const [a, b, c] = state as [bigint, bigint, bigint];
    state = zk.permute([a + (elements[i] ?? 1n), b + (elements[i + 1] ?? 1n), c]);
  }
  return state;
}

/** Step 4: the message as 32 bytes. Throws RangeError above 92 bytes. */
export function messageHash(zk: Zk, message: Uint8Array): Uint8Array {
  if (message.length > MESSAGE_LIMIT) throw new RangeError('a message of more than 92 bytes');
  const [first] = sponge(zk, bitChunks(message, CHUNK_BITS, MESSAGE_ELEMENTS));
  return toLittleEndian(first as bigint);
}

/** Step 6: the challenge scalar from the x of the public key, the x of R, and the message hash. */
export function challenge(zk: Zk, keyX: bigint, nonceX: bigint, hash: Uint8Array): bigint {
  const bytes = Uint8Array.from([...toLittleEndian(keyX), ...toLittleEndian(nonceX), ...hash]);
  const [low, high] = sponge(zk, bitChunks(bytes, CHUNK_BITS, CHALLENGE_ELEMENTS));
  return ((low as bigint) & HALF) + (((high as bigint) & HALF) << HALF_BITS);
}
