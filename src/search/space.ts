// What is searched: named dimensions as a user writes them, and the unit cube that searches work in. A point is text
// by name, exactly as it could be typed as a flag, so that any setting can be searched. Pure.

export interface RangeDimension {
  readonly kind: 'range';
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** What stands behind the number: bp, s, %/yr. */
  readonly unit: string;
  /** Equal ratios instead of equal steps. */
  readonly log: boolean;
  /** Values of a grid. */
  readonly steps: number;
}
export interface ChoiceDimension {
  readonly kind: 'choice';
  readonly name: string;
  readonly values: readonly string[];
}
export type Dimension = RangeDimension | ChoiceDimension;
export type Point = Readonly<Record<string, string>>;
/** Coordinates in [0, 1), one a dimension. */
export type Cube = readonly number[];

const DEFAULT_STEPS = 5;
const NUMBER = /^(-?\d*\.?\d+)(.*)$/;

/**
 * `name=low..high[unit][/steps][,log]` or `name=a,b,c`. Returns the dimension, or what is wrong with it and an example.
 */
export function parseDimension(text: string): Dimension | string {
  const equals = text.indexOf('=');
  const name = text.slice(0, equals).trim();
  const value = text.slice(equals + 1).trim();
  if (equals < 1 || value === '') return 'say what to vary as name=low..high or name=a,b,c';
  if (!value.includes('..')) {
    const values = value.split(',').map((one) => one.trim());
    if (values.includes('')) return 'has an empty value; write name=a,b,c';
    return { kind: 'choice', name, values: [...new Set(values)] };
  }
  return parseRange(name, value);
}

function parseRange(name: string, value: string): Dimension | string {
  const log = value.endsWith(',log');
  const [from = '', to = ''] = (log ? value.slice(0, -4) : value).split('..');
  const steps = /\/(\d+)$/.exec(to);
  const left = NUMBER.exec(from.trim());
  const right = NUMBER.exec((steps === null ? to : to.slice(0, steps.index)).trim());
  if (left === null || right === null)
    return 'is no range; write low..high, as in 0.5bp..4bp/8 or 0.5..3,log';
  const [low, high] = [Number(left[1]), Number(right[1])];
  const unit = right[2] ?? '';
  if (left[2] !== '' && left[2] !== unit)
    return 'has two units; write the same one twice, or only at the end';
  if (!(low < high)) return 'must have its lower end first';
  if (log && low <= 0) return 'cannot be spaced by ratios from 0 or below';
  const count = steps === null ? DEFAULT_STEPS : Number(steps[1]);
  if (count < 2) return 'needs at least 2 steps';
  return { kind: 'range', name, low, high, unit, log, steps: count };
}

/** Six significant digits, without an exponent where a person would not write one. */
const figure = (value: number): string => String(Number(value.toPrecision(6)));

export function valueAt(dimension: Dimension, at: number): string {
  if (dimension.kind === 'choice') {
    const i = Math.min(dimension.values.length - 1, Math.floor(at * dimension.values.length));
    return dimension.values[i] as string;
  }
  const { low, high, log, unit } = dimension;
  const value = log
    ? Math.exp(Math.log(low) + at * (Math.log(high) - Math.log(low)))
    : low + at * (high - low);
  return `${figure(Math.min(high, Math.max(low, value)))}${unit}`;
}

export const pointAt = (space: readonly Dimension[], cube: Cube): Point =>
  Object.fromEntries(
    space.map((dimension, i) => [dimension.name, valueAt(dimension, cube[i] ?? 0)]),
  );

/** How a point is told from others; the order of names does not matter. */
export const keyOf = (point: Point): string =>
  Object.keys(point)
    .sort()
    .map((name) => `${name}=${point[name]}`)
    .join(' ');
