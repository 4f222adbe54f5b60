// The constants of the zk signature worked out again from their origin (venues/apex.md section 3.4): BLAKE2s with a
// personalisation and ChaCha20, both written here because Node has neither in the form needed.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import * as constants from '#clients/apex/sign/constants';
import { decompress } from '#clients/apex/sign/keys';
import { Zk } from '#clients/apex/sign/zk';

const R = constants.FIELD_MODULUS;
const BLOCK = Buffer.from('096b36a5804bfacef1691e173c366a47ff5ba84a44f26ddd7e8d9f79d5b42df0');
const IV = Uint32Array.of(
  ...[0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a],
  ...[0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19],
);
const SIGMA = [
  '0123456789abcdef',
  'ea489fd61c02b753',
  'b8c052fdae367194',
  '7931dcbe265a40f8',
  '905724afe1bc683d',
  '2c6a0b834d75fe19',
  'c51fed4a0763928b',
  'db7ec13950f4862a',
  '6fe9b308c2d714a5',
  'a2847615fb9e3cd0',
].map((row) => Array.from(row, (digit) => Number.parseInt(digit, 16)));

const rotate = (x: number, n: number): number => ((x >>> n) | (x << (32 - n))) >>> 0;
const sum = (...parts: number[]): number => parts.reduce((a, b) => (a + b) >>> 0, 0);

function compressBlock(h: Uint32Array, block: Uint8Array, length: number, last: boolean): void {
  const view = new DataView(block.buffer, block.byteOffset, 64);
  const m = Array.from({ length: 16 }, (_, i) => view.getUint32(4 * i, true));
  const v = [...h, ...IV];
  const at = (i: number): number => v[i] as number;
  v[12] = (at(12) ^ length) >>> 0;
  if (last) v[14] = ~at(14) >>> 0;
  const mix = (a: number, b: number, c: number, d: number, x: number, y: number): void => {
    for (const [word, r1, r2] of [
      [x, 16, 12],
      [y, 8, 7],
    ] as const) {
      // prettier-ignore
      v[a] = sum(at(a), at(b), word);
      v[d] = rotate(at(d) ^ at(a), r1);
      v[c] = sum(at(c), at(d));
      v[b] = rotate(at(b) ^ at(c), r2);
    }
  };
  const LANES = [[0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15],
    [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14]] as const; // prettier-ignore
  for (const order of SIGMA) {
    LANES.forEach(([a, b, c, d], i) =>
      mix(a, b, c, d, m[order[2 * i] as number] as number, m[order[2 * i + 1] as number] as number),
    );
  }
  for (let i = 0; i < 8; i += 1) h[i] = ((h[i] as number) ^ at(i) ^ at(i + 8)) >>> 0;
}

function blake2s(personalisation: string, message: Uint8Array): Uint8Array {
  const h = IV.slice();
  h[0] = ((h[0] as number) ^ 0x01010020) >>> 0;
  const own = Buffer.from(personalisation);
  if (own.length === 8) {
    h[6] = ((h[6] as number) ^ own.readUInt32LE(0)) >>> 0;
    h[7] = ((h[7] as number) ^ own.readUInt32LE(4)) >>> 0;
  }
  const blocks = Math.max(1, Math.ceil(message.length / 64));
  for (let i = 0; i < blocks; i += 1) {
    const block = new Uint8Array(64);
    block.set(message.subarray(64 * i, 64 * i + 64));
    compressBlock(h, block, Math.min(message.length, 64 * (i + 1)), i === blocks - 1);
  }
  return Uint8Array.from(new Uint8Array(h.buffer, 0, 32));
}

/** The key stream of ChaCha20 as 32-bit words; counter from 0, no nonce. */
function* chacha(key: readonly number[]): Generator<number> {
  for (let counter = 0; ; counter += 1) {
    const start = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, ...key, counter, 0, 0, 0];
    const x = [...start];
    const quarter = (a: number, b: number, c: number, d: number): void => {
      for (const [p, q, s, n] of [
        [a, b, d, 16],
        [c, d, b, 12],
        [a, b, d, 8],
        [c, d, b, 7],
      ] as const) {
        // prettier-ignore
        x[p] = sum(x[p] as number, x[q] as number);
        const turned = ((x[s] as number) ^ (x[p] as number)) >>> 0;
        x[s] = ((turned << n) | (turned >>> (32 - n))) >>> 0;
      }
    };
    for (let round = 0; round < 10; round += 1) {
      for (let i = 0; i < 4; i += 1) quarter(i, 4 + i, 8 + i, 12 + i);
      for (let i = 0; i < 4; i += 1) quarter(i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4)); // prettier-ignore
    }
    for (let i = 0; i < 16; i += 1) yield sum(x[i] as number, start[i] as number);
  }
}

const littleEndian = (bytes: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
const mod = (x: bigint): bigint => ((x % R) + R) % R;
function power(base: bigint, exponent: bigint): bigint {
  let out = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b)) {
    if ((e & 1n) === 1n) out = mod(out * b);
  }
  return out;
}
const inverse = (x: bigint): bigint => power(x, R - 2n);

test('BLAKE2s written here is the one of OpenSSL where both can be compared', () => {
  for (const length of [0, 3, 64, 65, 200]) {
    const message = new Uint8Array(length).fill(7);
    const own = Buffer.from(blake2s('', message)).toString('hex');
    expect(own).toBe(createHash('blake2s256').update(message).digest('hex'));
  }
});

test('round constants', () => {
  const found: bigint[] = [];
  for (let counter = 0; found.length < 135; counter += 1) {
    const tail = Buffer.alloc(4);
    tail.writeUInt32BE(counter);
    const value = littleEndian(blake2s('Rescue_f', Buffer.concat([BLOCK, tail])));
    if (value > 0n && value < R) found.push(value);
  }
  expect(constants.RESCUE_CONSTANTS).toEqual(found);
  expect(constants.RESCUE_CONSTANTS).toHaveLength(3 * (constants.RESCUE_ROUNDS + 1));
});

test('mixing matrix', () => {
  const word = Buffer.from(blake2s('ResM0003', BLOCK)).readUInt32BE(0);
  const stream = chacha(new Array<number>(8).fill(word));
  const next32 = (): bigint => BigInt(stream.next().value as number);
  const draw = (): bigint => {
    for (;;) {
      let value = 0n;
      for (let i = 0; i < 4; i += 1) {
        const high = next32();
        value |= ((high << 32n) | next32()) << BigInt(64 * i);
      }
      value &= (1n << 254n) - 1n;
      if (value < R) return mod(value * inverse(1n << 256n));
    }
  };
  const x = [draw(), draw(), draw()];
  const y = [draw(), draw(), draw()];
  expect(constants.RESCUE_MDS).toEqual(x.map((a) => y.map((b) => inverse(mod(a - b)))));
});

test('curve: the fifth root, the generator, its order', () => {
  const zk = new Zk();
  expect((constants.FIFTH_ROOT * 5n) % (R - 1n)).toBe(1n);
  let point = null;
  for (let tag = 0; point === null; tag += 1) {
    const hash = blake2s('Zcash_G_', Buffer.concat([BLOCK, Uint8Array.of(tag)]));
    point = decompress(zk, hash);
  }
  const G = { x: constants.GENERATOR_X, y: constants.GENERATOR_Y };
  expect(zk.baseAndPoint(0n, 8n, point)).toEqual(G);
  const { x, y } = G;
  expect(mod(y * y - x * x)).toBe(mod(1n + constants.EDWARDS_D * mod(x * x) * mod(y * y)));
  expect(zk.timesBase(constants.SUBGROUP_ORDER)).toEqual({ x: 0n, y: 1n });
});
