// Emits point arithmetic of the STARK curve y^2 = x^3 + x + b into the wasm module of its field: sums over windowed
// tables, and the building of those tables. The accumulator is in XYZZ coordinates (x = X / ZZ, y = Y / ZZZ): 8
// products and 2 squares to add an affine point (EFD "madd-2008-s"). Complete: equal, opposite and infinite points are
// handled. It must never learn what the points mean: that is hash.ts and ecdsa.ts.
import {
  callValue,
  type Body,
  type Func,
  type Local,
  type ModuleBuilder,
} from '#clients/field/emit';
import { ELEMENT, type FieldModule } from '#clients/field/field';
import { i32, type I32 } from '#clients/field/values';

/** Bytes of an affine point: x, then y, both in Montgomery form. */
export const POINT = 2 * ELEMENT;

/** Offsets of the accumulator. `filled` is an i32: 0 while the sum is the point at infinity. */
interface Accumulator {
  readonly x: I32;
  readonly y: I32;
  readonly zz: I32;
  readonly zzz: I32;
  readonly filled: I32;
}

/** What the emitters below share. */
interface Ground {
  readonly field: FieldModule;
  readonly acc: Accumulator;
  /** Six elements that every function may overwrite. */
  readonly t: readonly [I32, I32, I32, I32, I32, I32];
}

const yOf = (point: I32): I32 => i32.add(point, i32.of(ELEMENT));
const pointAt = (first: I32, index: I32): I32 => i32.add(first, i32.shiftLeft(index, i32.of(6)));
const elementAt = (first: I32, index: I32): I32 => i32.add(first, i32.shiftLeft(index, i32.of(5)));

/**
 * Exports, all offsets in bytes, scalars plain 256-bit integers with 4 readable bytes after them:
 * - `clear` (): sum = infinity. `addPoint` (point): sum += an affine point.
 * - `addMultiple` (table, scalar, width): sum += scalar * P, by P's table of 252 / width windows, rounded up.
 * - `affineX` (dst) -> 0 when the sum is infinite, else 1 and its x as an element.
 * - `doublings` (points, count): after the first point, its doubles, `count` points in all.
 * - `buildWindow` (table, points, width, scratch): the 2^width - 1 sums of `width` points, entry 0 unused; `scratch`
 *   has room for 2^width elements.
 * - `pedersen` (dst, a, b, setup): plain in, plain out; see `emitPedersen`.
 */
export function emitPoints(module: ModuleBuilder, field: FieldModule): void {
  const element = (): I32 => i32.of(module.reserve(ELEMENT));
  const ground: Ground = {
    field,
    acc: { x: element(), y: element(), zz: element(), zzz: element(), filled: element() },
    t: [element(), element(), element(), element(), element(), element()],
  };
  const sink = module.reserve(4);
  const clear = module.func(0, (f) => f.store32(ground.acc.filled, 0, i32.of(0)), {
    name: 'clear',
  });
  const double = module.func(1, (f, point) => emitSetToDouble(f, ground, point));
  const add = module.func(1, (f, point) => emitAdd(f, ground, double, point), {
    name: 'addPoint',
  });
  const addMultiple = module.func(
    3,
    (f, table, scalar, width) => emitAddMultiple(f, add, [table, scalar, width], sink),
    { name: 'addMultiple' },
  );
  const affineX = module.func(1, (f, dst) => emitAffineX(f, ground, dst), {
    name: 'affineX',
    returns: true,
  });
  module.func(2, (f, points, count) => emitDoublings(f, ground, points, count), {
    name: 'doublings',
  });
  module.func(4, (f, table, points, width, scratch) =>
    emitBuildWindow(f, ground, { table, points, width, scratch }), { name: 'buildWindow' }); // prettier-ignore
  module.func(4, (f, dst, a, b, setup) =>
    emitPedersen(f, field, { clear, add, addMultiple, affineX }, { dst, a, b, setup }), { name: 'pedersen' }); // prettier-ignore
}

function emitAdd(f: Body, { field, acc, t }: Ground, double: Func, point: I32): void {
  const [p, r, pp, ppp, q, s] = t;
  const { mul, sub, square } = field;
  f.if(i32.isZero(i32.load(acc.filled)), () => {
    f.call(field.copy, acc.x, point);
    f.call(field.copy, acc.y, yOf(point));
    f.call(field.copy, acc.zz, i32.of(field.one));
    f.call(field.copy, acc.zzz, i32.of(field.one));
    f.store32(acc.filled, 0, i32.of(1));
    f.return();
  });
  f.call(mul, p, point, acc.zz);
  f.call(mul, r, yOf(point), acc.zzz);
  f.call(sub, p, p, acc.x);
  f.call(sub, r, r, acc.y);
  f.if(callValue(field.isZero, p), () => {
    // the same point, or its opposite
    f.if(
      callValue(field.isZero, r),
      () => f.call(double, point),
      () => f.store32(acc.filled, 0, i32.of(0)),
    );
    f.return();
  });
  f.call(square, pp, p);
  f.call(mul, ppp, p, pp);
  f.call(mul, q, acc.x, pp);
  f.call(square, acc.x, r);
  f.call(sub, acc.x, acc.x, ppp);
  f.call(sub, acc.x, acc.x, q);
  f.call(sub, acc.x, acc.x, q);
  f.call(mul, s, acc.y, ppp);
  f.call(sub, q, q, acc.x);
  f.call(mul, acc.y, r, q);
  f.call(sub, acc.y, acc.y, s);
  f.call(mul, acc.zz, acc.zz, pp);
  f.call(mul, acc.zzz, acc.zzz, ppp);
}

/** sum = 2 * point, EFD "mdbl-2008-s-1" with a = 1. No point of this curve has y = 0: its order is an odd prime. */
function emitSetToDouble(f: Body, { field, acc, t }: Ground, point: I32): void {
  const [u, s, m, w] = t;
  const { mul, sub, add, square } = field;
  f.call(add, u, yOf(point), yOf(point));
  f.call(square, acc.zz, u);
  f.call(mul, acc.zzz, u, acc.zz);
  f.call(mul, s, point, acc.zz);
  f.call(square, u, point);
  f.call(add, m, u, u);
  f.call(add, m, m, u);
  f.call(add, m, m, i32.of(field.one));
  f.call(mul, w, acc.zzz, yOf(point));
  f.call(square, acc.x, m);
  f.call(sub, acc.x, acc.x, s);
  f.call(sub, acc.x, acc.x, s);
  f.call(sub, s, s, acc.x);
  f.call(mul, acc.y, m, s);
  f.call(sub, acc.y, acc.y, w);
}

/**
 * Walks the windows twice: first it only reads one word of each point, so that the cache misses of all of them overlap,
 * then it adds. `sink` takes the sum of what was read, or an engine might leave the reads out.
 */
function emitAddMultiple(
  f: Body,
  add: Func,
  [table, scalar, width]: readonly [I32, I32, I32],
  sink: number,
): void {
  const bit = f.local('i32');
  const window = f.local('i32');
  const digit = f.local('i32');
  const touched = f.local('i32');
  const entries = i32.shiftLeft(i32.of(1), width);
  const walk = (visit: () => void): void => {
    f.set(bit, i32.of(0));
    f.set(window, table);
    f.repeat(() => {
      const word = i32.load(i32.add(scalar, i32.shiftRight(bit, i32.of(3))));
      const mask = i32.sub(entries, i32.of(1));
      f.set(digit, i32.and(i32.shiftRight(word, i32.and(bit, i32.of(7))), mask));
      visit();
      f.set(window, pointAt(window, entries));
      f.set(bit, i32.add(bit, width));
      return i32.less(bit, i32.of(252));
    });
  };
  walk(() => f.set(touched, i32.add(touched, i32.load(pointAt(window, digit)))));
  f.store32(i32.of(sink), 0, touched);
  walk(() => f.if(digit, () => f.call(add, pointAt(window, digit))));
}

function emitAffineX(f: Body, { field, acc, t }: Ground, dst: I32): void {
  f.if(i32.isZero(i32.load(acc.filled)), () => f.return(i32.of(0)));
  f.call(field.inverse, t[0], acc.zz);
  f.call(field.mul, dst, acc.x, t[0]);
  f.return(i32.of(1));
}

/** Affine doubling again and again: one inversion each, only used while tables are built. */
function emitDoublings(f: Body, { field, t }: Ground, points: I32, count: I32): void {
  const [slope, s, x] = t;
  const { mul, sub, add, square } = field;
  const index = f.local('i32');
  const point = f.local('i32', points);
  const next = f.local('i32');
  f.count(index, i32.of(1), count, () => {
    f.set(next, i32.add(point, i32.of(POINT)));
    f.call(add, s, yOf(point), yOf(point));
    f.call(field.inverse, s, s);
    f.call(square, x, point);
    f.call(add, slope, x, x);
    f.call(add, slope, slope, x);
    f.call(add, slope, slope, i32.of(field.one));
    f.call(mul, slope, slope, s);
    f.call(square, x, slope);
    f.call(sub, x, x, point);
    f.call(sub, x, x, point);
    f.call(field.copy, next, x);
    f.call(sub, s, point, x);
    f.call(mul, s, s, slope);
    f.call(sub, yOf(next), s, yOf(point));
    f.set(point, next);
  });
}

interface WindowArgs {
  readonly table: I32;
  readonly points: I32;
  readonly width: I32;
  readonly scratch: I32;
}

/**
 * For each point in turn: entries 2^j .. 2^(j+1) - 1 are the earlier ones plus point j. The inverses of the differences
 * of x are shared; none is zero, for that would be a relation between the points (their discrete logarithm).
 */
function emitBuildWindow(f: Body, { field, t }: Ground, args: WindowArgs): void {
  const { table, points, width, scratch } = args;
  const [slope, s] = t;
  const [j, i, size, point, from, to] = Array.from({ length: 6 }, () => f.local('i32')) as Six;
  // `scratch`: the differences of x in its first half, what the batch inverse needs in its second.
  const half = i32.add(scratch, i32.shiftLeft(i32.of(1), i32.add(width, i32.of(4))));
  f.count(j, i32.of(0), width, () => {
    f.set(size, i32.shiftLeft(i32.of(1), j));
    f.set(point, pointAt(points, j));
    f.call(field.copy, pointAt(table, size), point);
    f.call(field.copy, yOf(pointAt(table, size)), yOf(point));
    f.count(i, i32.of(1), size, () => {
      f.call(field.sub, elementAt(scratch, i), point, pointAt(table, i));
    });
    const first = i32.add(scratch, i32.of(ELEMENT));
    f.call(field.batchInverse, first, i32.sub(size, i32.of(1)), half);
    f.count(i, i32.of(1), size, () => {
      f.set(from, pointAt(table, i));
      f.set(to, pointAt(table, i32.add(size, i)));
      f.call(field.sub, slope, yOf(point), yOf(from));
      f.call(field.mul, slope, slope, elementAt(scratch, i));
      f.call(field.square, s, slope);
      f.call(field.sub, s, s, point);
      f.call(field.sub, to, s, from);
      f.call(field.sub, s, from, to);
      f.call(field.mul, s, s, slope);
      f.call(field.sub, yOf(to), s, yOf(from));
    });
  });
}

type Local32 = Local<'i32'>;
type Six = [Local32, Local32, Local32, Local32, Local32, Local32];

interface PedersenCalls {
  readonly clear: Func;
  readonly add: Func;
  readonly addMultiple: Func;
  readonly affineX: Func;
}

/**
 * x(shift + a * A + b * B), where the tables know that bits 248 and above belong to other points. `setup` holds four
 * i32: offset of the shift point, of the table of A, of the table of B, and the window width.
 */
function emitPedersen(
  f: Body,
  field: FieldModule,
  calls: PedersenCalls,
  { dst, a, b, setup }: Readonly<Record<'dst' | 'a' | 'b' | 'setup', I32>>,
): void {
  const width = i32.load(setup, 12);
  f.call(calls.clear);
  f.call(calls.add, i32.load(setup));
  f.call(calls.addMultiple, i32.load(setup, 4), a, width);
  f.call(calls.addMultiple, i32.load(setup, 8), b, width);
  f.call(calls.affineX, dst);
  f.call(field.mul, dst, dst, i32.of(field.unit));
  f.call(field.canonical, dst, dst);
}
