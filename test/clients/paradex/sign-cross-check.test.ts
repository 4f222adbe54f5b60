// Random messages against @scure/starknet, an implementation that shares nothing with ours: hashes and public keys are
// equal, signatures are equal or at least valid (the two truncate one nonce in 256 differently), and both verifiers
// agree. MM_SIGNATURES=N does N of each.
import { Signature, getPublicKey, getStarkKey, pedersen as scurePedersen, sign as scureSign, verify as scureVerify } from '@scure/starknet'; // prettier-ignore
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STARK_ORDER, STARK_PRIME, starkCurve } from '#clients/paradex/sign/curve';
import { publicKeyOf, sign, verify } from '#clients/paradex/sign/ecdsa';
import { chain, hashArray, pedersen } from '#clients/paradex/sign/hash';

const RUNS = Number(process.env['MM_SIGNATURES'] ?? 40);
const TIMEOUT = 30_000 + RUNS * 60;
const LIMIT = 1n << 251n;
const hex = (value: bigint): string => value.toString(16).padStart(64, '0');

const felt = fc.oneof(
  fc.bigInt({ min: 0n, max: STARK_PRIME - 1n }),
  fc.bigInt({ min: 0n, max: 1n << 64n }),
  fc.constantFrom(0n, 1n, STARK_PRIME - 1n, (1n << 248n) - 1n, 1n << 248n, LIMIT, STARK_ORDER),
  fc.bigInt({ min: 0n, max: 250n }).map((bit) => 1n << bit),
);
const hash = fc.oneof(
  fc.bigInt({ min: 0n, max: LIMIT - 1n }),
  fc.bigInt({ min: 0n, max: 1n << 244n }), // fewer than 62 hex digits: libraries pad here
  fc.constantFrom(0n, 1n, LIMIT - 1n),
);
const key = fc.oneof(
  fc.bigInt({ min: 1n, max: STARK_ORDER - 1n }),
  fc.constantFrom(1n, 2n, STARK_ORDER - 1n, STARK_ORDER - 2n),
);

describe('against @scure/starknet', () => {
  test('Pedersen hashes', { timeout: TIMEOUT }, () => {
    fc.assert(
      fc.property(felt, felt, (a, b) => {
        expect(pedersen(a, b)).toBe(BigInt(scurePedersen(a, b)));
      }),
      { numRuns: RUNS },
    );
  });

  test('keys, signatures, verification', { timeout: TIMEOUT }, () => {
    let equal = 0;
    let all = 0;
    fc.assert(
      fc.property(hash, key, (z, d) => {
        const publicKey = publicKeyOf(d);
        expect(publicKey).toBe(BigInt(getStarkKey(hex(d))));
        const ours = sign(z, d);
        const theirs = scureSign(hex(z), hex(d));
        all += 1;
        if (ours.r === theirs.r && ours.s === theirs.s) equal += 1;
        const full = getPublicKey(hex(d));
        expect(scureVerify(new Signature(ours.r, ours.s), hex(z), full)).toBe(true);
        expect(verify(publicKey, z, theirs)).toBe(true);
        expect(verify(publicKey, z, ours)).toBe(true);
        expect(verify(publicKey, z ^ 1n, ours)).toBe(false);
        expect(verify(publicKey, z, { r: ours.r, s: ours.s ^ 1n })).toBe(false);
        expect(verify(publicKey, z, { r: ours.s % LIMIT, s: ours.r })).toBe(false);
      }),
      { numRuns: RUNS },
    );
    // 1 in 256 may differ: 6 standard deviations above
    expect(all - equal).toBeLessThanOrEqual(all / 256 + 6 * Math.sqrt(all / 256) + 1);
  });
});

describe('hashing', () => {
  test('a chain is its links', () => {
    const values = [3n, STARK_PRIME - 1n, 1n << 200n];
    const links = values.reduce((state, value) => pedersen(state, value), 7n);
    expect(chain(7n, values)).toBe(links);
    expect(chain(7n, [])).toBe(7n);
    expect(hashArray(values)).toBe(chain(0n, [...values, 3n]));
  });

  test('refuses what is no felt', () => {
    for (const bad of [-1n, STARK_PRIME, 1n << 256n]) {
      expect(() => pedersen(bad, 0n)).toThrow(RangeError);
      expect(() => pedersen(0n, bad)).toThrow(RangeError);
    }
  });
});

describe('the curve', () => {
  const curve = starkCurve();
  const G =
    curve.lift(874739451078007766457464989774322083649278607533249481151382481072868806602n);

  test('sums that meet the same point, its opposite and infinity', () => {
    if (G === null) throw new Error('the generator is on the curve');
    const table = curve.room(4);
    curve.fill(table, G);
    const at = curve.field.alloc(2);
    const [one, two, five] = [publicKeyOf(1n), publicKeyOf(2n), publicKeyOf(5n)]; // same accumulator
    const add = (y: bigint): void => {
      curve.writePoint(at, { x: G.x, y });
      curve.addPoint(at);
    };
    curve.clear();
    expect(curve.sumX()).toBeNull();
    add(G.y);
    expect(curve.sumX()).toBe(one);
    add(G.y); // doubles
    expect(curve.sumX()).toBe(two);
    add(STARK_PRIME - G.y);
    add(STARK_PRIME - G.y); // opposite
    expect(curve.sumX()).toBeNull();
    curve.addMultiple(table, 5n); // from infinity
    expect(curve.sumX()).toBe(five);
    curve.addMultiple(table, STARK_ORDER - 5n);
    expect(curve.sumX()).toBeNull();
    curve.addMultiple(table, 0n);
    expect(curve.sumX()).toBeNull();
  });

  test('tables of every width agree', () => {
    if (G === null) throw new Error('the generator is on the curve');
    const scalars = [1n, 2n, STARK_ORDER - 1n, (1n << 251n) - 1n, 0x123456789n << 200n];
    for (const width of [1, 3, 5, 8, 10]) {
      const table = curve.room(width);
      curve.fill(table, G);
      for (const k of scalars) {
        curve.clear();
        curve.addMultiple(table, k);
        expect(curve.sumX()).toBe(publicKeyOf(k % STARK_ORDER));
      }
    }
  });

  test('lifts x to a point, or says that there is none', () => {
    const b = 3141592653589793238462643383279502884197169399375105820974944592307816406665n;
    let none = 0;
    for (let x = 0n; x < 20n; x++) {
      const point = curve.lift(x);
      if (point === null) none += 1;
      else expect((point.y * point.y - (x * x * x + x + b)) % STARK_PRIME).toBe(0n);
    }
    expect(none).toBeGreaterThan(2);
    expect(none).toBeLessThan(18);
    expect(curve.lift(STARK_PRIME)).toBeNull();
    expect(curve.lift(-1n)).toBeNull();
  });
});

describe('verification refuses', () => {
  const publicKey = publicKeyOf(77n);
  const { r, s } = sign(5n, 77n);

  test.each([
    ['r = 0', publicKey, 5n, { r: 0n, s }],
    ['s = 0', publicKey, 5n, { r, s: 0n }],
    ['r too large', publicKey, 5n, { r: r + STARK_ORDER, s }],
    ['s too large', publicKey, 5n, { r, s: s + STARK_ORDER }],
    ['a hash that is no felt', publicKey, 5n + STARK_PRIME, { r, s }],
    ['a key off the curve', 5n, 5n, { r, s }],
    ['another key', publicKeyOf(78n), 5n, { r, s }],
  ])('%s', (_name, who, z, signature) => {
    expect(verify(publicKey, 5n, { r, s })).toBe(true);
    expect(verify(who, z, signature)).toBe(false);
  });

  test('and keeps answering rightly for more keys than it remembers', () => {
    const keys = Array.from({ length: 70 }, (_, i) => BigInt(1000 + i));
    // backwards, so that the second round meets keys that are remembered
    for (const [round, order] of [keys, [...keys].reverse()].entries()) {
      for (const d of order) {
        expect(verify(publicKeyOf(d), BigInt(round), sign(BigInt(round), d))).toBe(true);
      }
    }
  });
});

test('keys and hashes out of range are refused without being named', () => {
  for (const bad of [0n, -1n, STARK_ORDER]) {
    expect(() => sign(1n, bad)).toThrow('above 0 and below the order');
    expect(() => publicKeyOf(bad)).toThrow(RangeError);
  }
  expect(() => sign(STARK_PRIME, 1n)).toThrow('no felt');
  try {
    sign(1n, STARK_ORDER + 123n);
  } catch (error) {
    expect(String(error)).not.toContain((STARK_ORDER + 123n).toString(16));
  }
});
