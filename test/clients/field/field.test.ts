// The emitted field against BigInt: every function, for the primes that the venues use and for shapes of primes that
// take other paths of the emitter (lowest limb 1 or not, zero limbs, a power of two as a limb).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ELEMENT, PrimeField } from '#clients/field/field';
import { i32 } from '#clients/field/values';

const PRIMES = {
  'STARK p': (1n << 251n) + 17n * (1n << 192n) + 1n,
  'STARK n': 0x0800000000000010ffffffffffffffffb781126dcae7b2321e66a241adc64d2fn,
  'BN254 r': 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001n,
  'alt-BabyJubJub l': 0x060c89ce5c263405370a08b6d0302b0bab3eedb83920ee0a677297dc392126f1n,
  '2^252 - 129': (1n << 252n) - 129n,
  '2^254 - 245, the largest': (1n << 254n) - 245n,
  '2^224 - 2^96 + 1': (1n << 224n) - (1n << 96n) + 1n,
  '2^193 + 65': (1n << 193n) + 65n,
} as const;
const R = 1n << 256n;
const RUNS = 60;

function power(base: bigint, exponent: bigint, p: bigint): bigint {
  let result = 1n;
  for (let b = base % p, e = exponent; e > 0n; e >>= 1n, b = (b * b) % p) {
    if (e & 1n) result = (result * b) % p;
  }
  return result;
}

/** Values below p, with the edges that carries and borrows turn on. */
const element = (p: bigint): fc.Arbitrary<bigint> =>
  fc.oneof(
    fc.bigInt({ min: 0n, max: p - 1n }),
    fc.constantFrom(0n, 1n, 2n, p - 1n, p - 2n, (p - 1n) / 2n, R % p, (R - 1n) % p),
    fc.bigInt({ min: 0n, max: 255n }).map((bit) => (1n << bit) % p),
    fc.bigInt({ min: 0n, max: 0xffff_ffffn }).map((low) => p - 1n - low),
  );

describe.each(Object.entries(PRIMES))('%s', (_name, p) => {
  const field = new PrimeField(p);
  const [a, b, c] = [field.alloc(1), field.alloc(1), field.alloc(1)] as const;

  test('the modulus is prime, as far as Fermat can tell', () => {
    for (const base of [2n, 3n, 5n, 7n, 11n]) expect(power(base, p - 1n, p)).toBe(1n);
  });

  test('writes and reads', () => {
    fc.assert(
      fc.property(element(p), (x) => {
        field.write(a, x);
        expect(field.read(a)).toBe(x);
        expect(field.readPlain(a) % p).toBe((x * R) % p);
        expect(field.isZero(a)).toBe(x === 0n);
      }),
      { numRuns: RUNS },
    );
    expect(field.read(field.one)).toBe(1n);
  });

  test('products, squares, sums and differences', () => {
    fc.assert(
      fc.property(element(p), element(p), (x, y) => {
        field.write(a, x);
        field.write(b, y);
        field.mul(c, a, b);
        expect(field.read(c)).toBe((x * y) % p);
        field.add(c, a, b);
        expect(field.read(c)).toBe((x + y) % p);
        field.sub(c, a, b);
        expect(field.read(c)).toBe((x - y + p) % p);
        field.square(c, a);
        expect(field.read(c)).toBe((x * x) % p);
        field.mul(a, a, a); // destination and both operands the same place
        expect(field.read(a)).toBe((x * x) % p);
        field.sub(b, b, b);
        expect(field.isZero(b)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  test('any representative below 2p is as good as any other', () => {
    const lazy = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n * p - 1n }),
      fc.constantFrom(0n, p - 1n, p, p + 1n, 2n * p - 1n),
    );
    const inverseOfR = power(R, p - 2n, p);
    fc.assert(
      fc.property(lazy, lazy, (x, y) => {
        field.writePlain(a, x);
        field.writePlain(b, y);
        expect(field.isZero(a)).toBe(x % p === 0n);
        for (const [act, expected] of [
          [() => field.mul(c, a, b), x * y * inverseOfR],
          [() => field.square(c, a), x * x * inverseOfR],
          [() => field.add(c, a, b), x + y],
          [() => field.sub(c, a, b), x - y + 2n * p],
        ] as const) {
          act();
          expect(field.readPlain(c)).toBeLessThan(2n * p);
          expect(field.readPlain(c) % p).toBe(expected % p);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('inverses', () => {
    fc.assert(
      fc.property(element(p), fc.boolean(), (x, high) => {
        field.write(a, x);
        if (high) field.writePlain(a, (field.readPlain(a) % p) + p);
        field.inverse(b, a);
        expect(field.read(b)).toBe(power(x, p - 2n, p));
        field.inverse(a, a);
        field.sub(a, a, b);
        expect(field.isZero(a)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  test('a long walk of inverses stays right and in range', () => {
    const distance = 4000;
    field.write(a, p - 12345n);
    for (let i = 0; i < distance; i++) {
      field.inverse(b, a);
      if (i % 16 === 0) expect(field.readPlain(b)).toBeLessThan(2n * p);
      field.mul(c, a, b);
      field.sub(c, c, field.one);
      if (!field.isZero(c)) expect.fail(`1 / ${field.read(a)} is wrong`);
      field.add(a, b, field.one);
    }
  });

  test('powers', () => {
    const exponent = fc.oneof(fc.bigInt({ min: 0n, max: R - 1n }), fc.constantFrom(0n, 1n, p - 2n));
    fc.assert(
      fc.property(element(p), exponent, (x, e) => {
        field.write(a, x);
        field.writePlain(b, e);
        field.power(a, a, b);
        expect(field.read(a)).toBe(power(x, e, p));
      }),
      { numRuns: 20 },
    );
  });

  test('many inverses at once', () => {
    const many = fc.array(fc.bigInt({ min: 1n, max: p - 1n }), { minLength: 0, maxLength: 9 });
    const [first, scratch] = [field.alloc(10), field.alloc(10)];
    fc.assert(
      fc.property(many, (values) => {
        [...values, 7n].forEach((x, i) => field.write(first + i * ELEMENT, x));
        field.batchInverse(first, values.length, scratch);
        values.forEach((x, i) => expect(field.read(first + i * ELEMENT)).toBe(power(x, p - 2n, p)));
        expect(field.read(first + values.length * ELEMENT)).toBe(7n); // the neighbour is untouched
      }),
      { numRuns: 20 },
    );
  });
});

describe('a field', () => {
  const p = PRIMES['STARK p'];

  test('refuses a modulus that its bounds do not cover', () => {
    for (const bad of [1n << 200n, (1n << 254n) + 1n, (1n << 192n) - 237n]) {
      expect(() => new PrimeField(bad)).toThrow(RangeError);
    }
  });

  test('takes loops of its user into the same module', () => {
    const field = new PrimeField(p, (module, f) => {
      module.func(2, (body, dst, times) => {
        const index = body.local('i32');
        body.count(index, i32.of(0), times, () => body.call(f.add, dst, dst, dst));
      }, { name: 'doubled' }); // prettier-ignore
    });
    const a = field.alloc(1);
    field.write(a, 3n);
    field.entry('doubled')(a, 0);
    expect(field.read(a)).toBe(3n);
    field.entry('doubled')(a, 100);
    expect(field.read(a)).toBe((3n << 100n) % p);
    expect(() => field.entry('halved')).toThrow('exports no halved');
  });

  test('grows and keeps what it holds', () => {
    const field = new PrimeField(p);
    const a = field.alloc(1);
    field.write(a, 5n);
    const before = field.memoryBytes;
    const far = field.alloc(100_000);
    expect(field.memoryBytes).toBeGreaterThan(before);
    field.write(far + 99_999 * ELEMENT, 9n);
    expect([field.read(a), field.read(far + 99_999 * ELEMENT)]).toEqual([5n, 9n]);
    expect(field.alloc(1) - far).toBe(100_000 * ELEMENT);
  });
});
