// Emits the loops that stay inside WebAssembly: one inversion shared by many elements, and powers.
import { type Func, type ModuleBuilder } from './emit.js';
import { ELEMENT_BYTES, type FieldFunctions } from './montgomery.js';
import { i32, type I32 } from './values.js';

const WINDOW = 4;
const next = (offset: I32): I32 => i32.add(offset, i32.of(ELEMENT_BYTES));
const element = (first: I32, index: I32): I32 => i32.add(first, i32.shiftLeft(index, i32.of(5)));

/**
 * `batchInverse` (first, count, scratch): Montgomery's trick, 3 products an element and one inversion. `scratch` has
 * room for `count` elements. One zero among them makes all results wrong: the caller keeps zeros out.
 */
export function emitBatchInverse(
  module: ModuleBuilder,
  field: FieldFunctions,
  inverse: Func,
): Func {
  const held = module.reserve(ELEMENT_BYTES);
  const running = module.reserve(ELEMENT_BYTES);
  return module.func(
    3,
    (f, first, count, scratch) => {
      const index = f.local('i32');
      f.if(i32.isZero(count), () => f.return());
      // scratch[i] = product of the elements 0 .. i
      f.call(field.copy, scratch, first);
      f.count(index, i32.of(1), count, () => {
        const before = i32.sub(element(scratch, index), i32.of(ELEMENT_BYTES));
        f.call(field.mul, element(scratch, index), before, element(first, index));
      });
      const last = i32.sub(element(scratch, count), i32.of(ELEMENT_BYTES));
      f.call(inverse, i32.of(running), last);
      f.set(index, i32.sub(count, i32.of(1)));
      f.if(index, () =>
        f.repeat(() => {
          const before = i32.sub(element(scratch, index), i32.of(ELEMENT_BYTES));
          f.call(field.mul, i32.of(held), i32.of(running), before);
          f.call(field.mul, i32.of(running), i32.of(running), element(first, index));
          f.call(field.copy, element(first, index), i32.of(held));
          f.set(index, i32.sub(index, i32.of(1)));
          return index;
        }),
      );
      f.call(field.copy, first, i32.of(running));
    },
    { name: 'batchInverse' },
  );
}

/** `power` (dst, a, exponent): 4-bit windows from the top of a plain 256-bit exponent; time depends on it. */
export function emitPower(module: ModuleBuilder, field: FieldFunctions, one: number): Func {
  const table = module.reserve(ELEMENT_BYTES << WINDOW);
  const result = module.reserve(ELEMENT_BYTES);
  return module.func(
    3,
    (f, dst, a, exponent) => {
      const index = f.local('i32');
      f.call(field.copy, i32.of(table), i32.of(one));
      f.count(index, i32.of(0), i32.of((1 << WINDOW) - 1), () => {
        f.call(field.mul, next(element(i32.of(table), index)), element(i32.of(table), index), a);
      });
      f.call(field.copy, i32.of(result), i32.of(one));
      const nibble = f.local('i32');
      f.set(index, i32.of(64));
      f.repeat(() => {
        f.set(index, i32.sub(index, i32.of(1)));
        for (let i = 0; i < WINDOW; i++) f.call(field.square, i32.of(result), i32.of(result));
        const byte = i32.load8(i32.add(exponent, i32.shiftRight(index, i32.of(1))));
        const shift = i32.shiftLeft(i32.and(index, i32.of(1)), i32.of(2));
        f.set(nibble, i32.and(i32.shiftRight(byte, shift), i32.of(15)));
        f.if(nibble, () =>
          f.call(field.mul, i32.of(result), i32.of(result), element(i32.of(table), nibble)),
        );
        return index;
      });
      f.call(field.copy, dst, i32.of(result));
    },
    { name: 'power' },
  );
}
