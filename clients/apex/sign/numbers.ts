// Bytes and big integers, both ways, and the bit order of the zk hash. Nothing here is secret-dependent in timing on
// purpose: the signer runs in the owner's own process.
import { Buffer } from 'node:buffer';

export const FIELD_BYTES = 32;

export const fromBigEndian = (bytes: Uint8Array): bigint =>
  bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

export const fromLittleEndian = (bytes: Uint8Array): bigint =>
  fromBigEndian(Uint8Array.from(bytes).reverse());

/** Throws RangeError when the value does not fit. */
export function toBigEndian(value: bigint, length = FIELD_BYTES): Uint8Array {
  const hex = value.toString(16).padStart(length * 2, '0');
  if (value < 0n || hex.length > length * 2) throw new RangeError('a number that does not fit');
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

export const toLittleEndian = (value: bigint, length = FIELD_BYTES): Uint8Array =>
  toBigEndian(value, length).reverse();

const REVERSED = Uint8Array.from({ length: 256 }, (_, byte) => {
  let mirrored = 0;
  for (let bit = 0; bit < 8; bit += 1) mirrored |= ((byte >> bit) & 1) << (7 - bit);
  return mirrored;
});

/**
 * The bits of `bytes`, most significant first in each byte, cut into chunks of `size` bits of which the first bit has
 * weight 1; `count` chunks, zeros behind the end.
 */
export function bitChunks(bytes: Uint8Array, size: number, count: number): bigint[] {
  const all = fromLittleEndian(bytes.map((byte) => REVERSED[byte] as number));
  const mask = (1n << BigInt(size)) - 1n;
  return Array.from({ length: count }, (_, i) => (all >> BigInt(i * size)) & mask);
}
