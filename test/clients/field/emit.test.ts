// The assembler: encodings at their edges, control flow, and mistakes that it refuses to encode.
import { describe, expect, test } from 'vitest';
import { callValue, ModuleBuilder, PAGE_BYTES } from '#clients/field/emit';
import { i32, i64, signedLeb, unsignedLeb } from '#clients/field/values';

describe('LEB128', () => {
  test.each([
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 0x01]],
    [16_384, [0x80, 0x80, 0x01]],
    [624_485, [0xe5, 0x8e, 0x26]], // the example of the WebAssembly book
  ])('unsigned %i', (value, bytes) => expect(unsignedLeb(value)).toEqual(bytes));

  test.each([
    [0n, [0]],
    [63n, [0x3f]],
    [64n, [0xc0, 0x00]],
    [-1n, [0x7f]],
    [-64n, [0x40]],
    [-65n, [0xbf, 0x7f]],
    [-123_456n, [0xc0, 0xbb, 0x78]],
  ])('signed %i', (value, bytes) => expect(signedLeb(value)).toEqual(bytes));
});

test.each([0, 1, -1, 63, 64, -64, -65, 2 ** 31 - 1, -(2 ** 31), 2 ** 32 - 1])(
  'the i32 constant %i',
  (value) => {
    const module = new ModuleBuilder();
    module.func(0, (f) => f.return(i32.of(value)), { name: 'get', returns: true });
    expect(module.instantiate().entry('get')()).toBe(value | 0);
  },
);

test.each([0n, 1n, -1n, 1n << 62n, (1n << 63n) - 1n, 1n << 63n, (1n << 64n) - 1n])(
  'the i64 constant %i, through memory',
  (value) => {
    const module = new ModuleBuilder();
    const at = module.reserve(8);
    module.func(0, (f) => f.store64(i32.of(at), 0, i64.of(value)), { name: 'put' });
    const instance = module.instantiate();
    instance.entry('put')();
    const stored = new BigUint64Array(instance.memory.buffer)[at / 8];
    expect(stored).toBe(BigInt.asUintN(64, value));
  },
);

test('branches, loops and calls', () => {
  const module = new ModuleBuilder();
  const double = module.func(1, (f, x) => f.return(i32.add(x, x)), { returns: true });
  module.func(
    1,
    (f, n) => {
      // the sum of 2 i over odd i below n, minus the count of the even ones
      const [i, sum] = [f.local('i32'), f.local('i32')];
      f.count(i, i32.of(0), n, () =>
        f.if(
          i32.and(i, i32.of(1)),
          () => f.set(sum, i32.add(sum, callValue(double, i))),
          () => f.set(sum, i32.sub(sum, i32.of(1))),
        ),
      );
      f.call(double, sum); // its result is dropped
      f.return(sum);
    },
    { name: 'walk', returns: true },
  );
  const walk = module.instantiate().entry('walk');
  expect([-3, 0, 1, 2, 5, 6].map((n) => walk(n))).toEqual([0, 0, -1, 1, 5, 15]);
});

test('more functions than one byte of index holds', () => {
  const module = new ModuleBuilder();
  const all = Array.from({ length: 200 }, (_, i) =>
    module.func(0, (f) => f.return(i32.of(i)), { returns: true }),
  );
  module.func(0, (f) => f.return(callValue(all[150] as (typeof all)[0])), {
    name: 'far',
    returns: true,
  });
  expect(module.instantiate().entry('far')()).toBe(150);
});

test('reserved memory is aligned, apart, zero and there', () => {
  const module = new ModuleBuilder();
  const [a, b] = [module.reserve(1), module.reserve(3 * PAGE_BYTES)];
  expect([a % 64, b % 64, b - a]).toEqual([0, 0, 64]);
  const { memory } = module.instantiate();
  expect(memory.buffer.byteLength).toBeGreaterThanOrEqual(module.reserved);
  expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
});

test('mistakes are refused where they are made', () => {
  const module = new ModuleBuilder();
  const nothing = module.func(2, () => undefined);
  module.func(1, (f, x) => {
    expect(() => f.call(nothing, x)).toThrow('takes 2 arguments');
    expect(() => callValue(nothing, x, x)).toThrow('returns nothing');
    expect(() => f.param(1)).toThrow('no parameter 1');
  });
  expect(() => module.instantiate().entry('missing')).toThrow('exports no missing');
});
