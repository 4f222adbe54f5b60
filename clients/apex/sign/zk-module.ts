// The heavy part of a zk signature as WebAssembly, emitted with clients/field: the Rescue permutation, fixed powers and
// the addition of curve points, over the BN254 scalar field. 98 % of a signature are its 264 fifth roots, 293 products
// each, so those loops must not cross into JavaScript. It must never hold a key: only public values pass through.
import type { Func, WasmInstance } from '#clients/field/emit';
import { ModuleBuilder } from '#clients/field/emit';
import type { FieldFunctions } from '#clients/field/montgomery';
import { ELEMENT_BYTES, emitField } from '#clients/field/montgomery';
import type { I32 } from '#clients/field/values';
import { i32 } from '#clients/field/values';
import { FIELD_MODULUS, FIFTH_ROOT, RESCUE_ROUNDS } from './constants.js';

/** Elements of the hash state. */
export const WIDTH = 3;
/** X, Y, Z, T of extended coordinates. */
export const POINT_BYTES = 4 * ELEMENT_BYTES;
const WINDOW = 5;

/** Where the module keeps what, as byte offsets. */
export interface ZkLayout {
  /** 45 x 3 elements, in the order in which they are added. */
  readonly constants: number;
  /** 3 x 3 elements, row by row. */
  readonly mds: number;
  readonly state: number;
  /** 2d of the curve. */
  readonly twiceD: number;
  /** Free for run-time use: `elements` of them. */
  readonly scratch: number;
  readonly table: number;
}

export interface ZkModule {
  readonly wasm: WasmInstance;
  readonly layout: ZkLayout;
}

const element = (offset: number, index: number): I32 => i32.of(offset + index * ELEMENT_BYTES);

/** How an exponent is worked through: squarings, then one product with the odd power `odd`. */
interface Step {
  readonly squarings: number;
  readonly odd: number;
}

/** Sliding windows of at most five bits, from the top; a last step with odd 0 only squares. */
export function windowsOf(exponent: bigint): Step[] {
  const bits = exponent.toString(2);
  const steps: Step[] = [];
  let squarings = 0;
  for (let at = 0; at < bits.length;) {
    if (bits[at] === '0') {
      squarings += 1;
      at += 1;
      continue;
    }
    const window = bits.slice(at, at + WINDOW).replace(/0+$/, '');
    steps.push({ squarings: squarings + window.length, odd: Number.parseInt(window, 2) });
    squarings = 0;
    at += window.length;
  }
  if (squarings > 0) steps.push({ squarings, odd: 0 });
  return steps;
}

/** (dst, a): a to a fixed exponent. */
function emitPower(module: ModuleBuilder, field: FieldFunctions, exponent: bigint): Func {
  const odds = 1 << (WINDOW - 1);
  const table = module.reserve(odds * ELEMENT_BYTES);
  const spare = module.reserve(ELEMENT_BYTES);
  const power = i32.of(spare);
  return module.func(2, (f, dst, a) => {
    f.call(field.copy, element(table, 0), a);
    f.call(field.mul, power, a, a);
    for (let i = 1; i < odds; i += 1) {
      f.call(field.mul, element(table, i), element(table, i - 1), power);
    }
    windowsOf(exponent).forEach(({ squarings, odd }, i) => {
      const factor = element(table, (odd - 1) / 2);
      if (i === 0) {
        f.call(field.copy, power, factor);
        return;
      }
      for (let n = 0; n < squarings; n += 1) f.call(field.mul, power, power, power);
      if (odd > 0) f.call(field.mul, power, power, factor);
    });
    f.call(field.copy, dst, power);
  });
}

/** () -> the Rescue permutation of the state, in place (section 3.4, step 2). */
function emitPermutation(
  module: ModuleBuilder,
  field: FieldFunctions,
  layout: Pick<ZkLayout, 'constants' | 'mds' | 'state'>,
): void {
  const root = emitPower(module, field, FIFTH_ROOT);
  const { constants, mds, state } = layout;
  const mixed = module.reserve(WIDTH * ELEMENT_BYTES);
  const term = i32.of(module.reserve(ELEMENT_BYTES));
  /** state = MDS x state + the next three constants; `next` points at them. */
  const mix = module.func(1, (f, next) => {
    for (let i = 0; i < WIDTH; i += 1) {
      const sum = element(mixed, i);
      f.call(field.mul, sum, element(mds, i * WIDTH), element(state, 0));
      for (let j = 1; j < WIDTH; j += 1) {
        f.call(field.mul, term, element(mds, i * WIDTH + j), element(state, j));
        f.call(field.add, sum, sum, term);
      }
      f.call(field.add, sum, sum, i32.add(next, i32.of(i * ELEMENT_BYTES)));
    }
    for (let i = 0; i < WIDTH; i += 1) f.call(field.copy, element(state, i), element(mixed, i));
  });
  const row = WIDTH * ELEMENT_BYTES;
  module.func(0, (f) => {
    for (let i = 0; i < WIDTH; i += 1) {
      f.call(field.add, element(state, i), element(state, i), element(constants, i));
    }
    const next = f.local('i32', i32.of(constants + row));
    f.repeat(() => {
      for (let i = 0; i < WIDTH; i += 1) f.call(root, element(state, i), element(state, i));
      f.call(mix, next);
      for (let i = 0; i < WIDTH; i += 1) {
        f.call(field.mul, term, element(state, i), element(state, i));
        f.call(field.mul, term, term, term);
        f.call(field.mul, element(state, i), element(state, i), term);
      }
      f.call(mix, i32.add(next, i32.of(row)));
      f.set(next, i32.add(next, i32.of(2 * row)));
      return i32.lessUnsigned(next, i32.of(constants + (RESCUE_ROUNDS + 1) * row));
    });
  }, { name: 'permute' }); // prettier-ignore
}

/**
 * (dst, p, q): the sum of two points in extended coordinates, also of a point with itself or with its negative
 * (Hisil, Wong, Carter, Dawson 2008, "add-2008-hwcd-3" for a = -1; complete because -1 is a square and d is none).
 */
function emitPointSum(module: ModuleBuilder, field: FieldFunctions, twiceD: number): void {
  const spare = module.reserve(8 * ELEMENT_BYTES);
  const at = (index: number): I32 => element(spare, index);
  const of = (point: I32, index: number): I32 => i32.add(point, i32.of(index * ELEMENT_BYTES));
  const [X, Y, Z, T] = [0, 1, 2, 3];
  module.func(3, (f, dst, p, q) => {
    const [a, b, c, d, e, g, h, t] = [0, 1, 2, 3, 4, 5, 6, 7].map(at) as [
      ...[I32, I32, I32, I32, I32, I32, I32, I32],
    ];
    f.call(field.sub, a, of(p, Y), of(p, X));
    f.call(field.sub, t, of(q, Y), of(q, X));
    f.call(field.mul, a, a, t);
    f.call(field.add, b, of(p, Y), of(p, X));
    f.call(field.add, t, of(q, Y), of(q, X));
    f.call(field.mul, b, b, t);
    f.call(field.mul, c, of(p, T), of(q, T));
    f.call(field.mul, c, c, i32.of(twiceD));
    f.call(field.mul, d, of(p, Z), of(q, Z));
    f.call(field.add, d, d, d);
    f.call(field.sub, e, b, a);
    f.call(field.add, h, b, a);
    f.call(field.sub, t, d, c);
    f.call(field.add, g, d, c);
    f.call(field.mul, of(dst, X), e, t);
    f.call(field.mul, of(dst, Y), g, h);
    f.call(field.mul, of(dst, Z), t, g);
    f.call(field.mul, of(dst, T), e, h);
  }, { name: 'pointSum' }); // prettier-ignore
}

/** Builds and compiles the module; `tableBytes` for points, `scratchElements` for single values. */
export function buildZkModule(tableBytes: number, scratchElements: number): ZkModule {
  const module = new ModuleBuilder();
  const field = emitField(module, FIELD_MODULUS);
  const row = WIDTH * ELEMENT_BYTES;
  const layout: ZkLayout = {
    constants: module.reserve((RESCUE_ROUNDS + 1) * row),
    mds: module.reserve(WIDTH * row),
    state: module.reserve(row),
    twiceD: module.reserve(ELEMENT_BYTES),
    scratch: module.reserve(scratchElements * ELEMENT_BYTES),
    table: module.reserve(tableBytes),
  };
  emitPermutation(module, field, layout);
  emitPointSum(module, field, layout.twiceD);
  const inverse = emitPower(module, field, FIELD_MODULUS - 2n);
  module.func(2, (f, dst, a) => f.call(inverse, dst, a), { name: 'inverse' });
  return { wasm: module.instantiate(), layout };
}
