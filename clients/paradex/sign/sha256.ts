// SHA-256 (FIPS 180-4) and HMAC with a key of 32 bytes, for the nonces of ecdsa.ts. Own code because ten calls into
// OpenSSL, which looks its algorithm up each time, took half of a signature (README, "Why"). Short inputs only, no
// streams; it wipes what it hashed.

const BLOCK = 64;
const FIRST = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
] as const;

/** The first 64 primes: their cube roots are the constants. */
const ROUNDS = Int32Array.from([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

/** What is hashed, padded: at most 3 blocks, which is all that a nonce needs. */
const MOST_BYTES = 3 * BLOCK - 9;
const message = new Uint8Array(3 * BLOCK);
const view = new DataView(message.buffer);
const words = new Int32Array(64);
const sums = new Int32Array(8);

const turned = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** Works the 64 bytes of the message from `at` on into the sums. Spelt out: destructuring costs more than the rounds. */
function compress(at: number): void {
  for (let i = 0; i < 16; i += 1) words[i] = view.getInt32(at + 4 * i);
  for (let i = 16; i < 64; i += 1) {
    const early = words[i - 15] as number;
    const late = words[i - 2] as number;
    const s0 = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
    const s1 = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
    words[i] = ((words[i - 16] as number) + s0 + (words[i - 7] as number) + s1) | 0;
  }
  let a = sums[0] as number;
  let b = sums[1] as number;
  let c = sums[2] as number;
  let d = sums[3] as number;
  let e = sums[4] as number;
  let f = sums[5] as number;
  let g = sums[6] as number;
  let h = sums[7] as number;
  for (let i = 0; i < 64; i += 1) {
    const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const choice = (e & f) ^ (~e & g);
    const t1 = (h + s1 + choice + (ROUNDS[i] as number) + (words[i] as number)) | 0;
    const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + s0 + majority) | 0;
  }
  sums[0] = (sums[0] as number) + a;
  sums[1] = (sums[1] as number) + b;
  sums[2] = (sums[2] as number) + c;
  sums[3] = (sums[3] as number) + d;
  sums[4] = (sums[4] as number) + e;
  sums[5] = (sums[5] as number) + f;
  sums[6] = (sums[6] as number) + g;
  sums[7] = (sums[7] as number) + h;
}

/** Hashes the first `length` bytes of the message into `out`. */
function finish(length: number, out: Uint8Array): void {
  const end = Math.ceil((length + 9) / BLOCK) * BLOCK;
  message.fill(0, length, end);
  message[length] = 0x80;
  view.setUint32(end - 4, 8 * length);
  sums.set(FIRST);
  for (let at = 0; at < end; at += BLOCK) compress(at);
  for (let i = 0; i < 32; i += 1) out[i] = (sums[i >> 2] as number) >>> (24 - 8 * (i & 3));
}

/** SHA-256 of at most 183 bytes. Throws a RangeError for more. */
export function sha256(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MOST_BYTES) throw new RangeError('too long for this hash');
  message.set(bytes);
  const out = new Uint8Array(32);
  finish(bytes.length, out);
  return out;
}

/** HMAC-SHA-256 of the parts in a row, 119 bytes at most, with a key of 32. Throws a RangeError for more. */
export function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(32);
  let length = pad(key, 0x36);
  for (const part of parts) {
    if (length + part.length > MOST_BYTES) throw new RangeError('too long for this hash');
    message.set(part, length);
    length += part.length;
  }
  finish(length, out);
  length = pad(key, 0x5c);
  message.set(out, length);
  finish(length + out.length, out);
  message.fill(0);
  return out;
}

/** The key as the first block of the message. */
function pad(key: Uint8Array, mask: number): number {
  for (let i = 0; i < BLOCK; i += 1) message[i] = (key[i] ?? 0) ^ mask;
  return BLOCK;
}
