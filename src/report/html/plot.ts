// Charts as SVG text, drawn by hand: lines, bands, dots with error bars, on a time or a plain axis. No script, no
// network, prints as it looks. Data in, string out.
import { linear, time } from './scale.js';
import type { Scale } from './scale.js';

export const COLOURS = {
  blue: '#1f5fa8', orange: '#c8641b', green: '#2b7d4f', red: '#b3322e', grey: '#7a828c', ink: '#20262e',
} as const; // prettier-ignore
type Colour = (typeof COLOURS)[keyof typeof COLOURS];

type Maybe = number | null;
export type Mark =
  | {
      readonly kind: 'line';
      readonly name?: string;
      readonly colour: Colour;
      readonly points: readonly (readonly [number, Maybe])[];
      /** Level until the next point, as quotes are. */
      readonly step?: boolean;
      readonly dash?: boolean;
      readonly fill?: boolean;
    }
  | {
      readonly kind: 'band';
      readonly name?: string;
      readonly colour: Colour;
      readonly points: readonly (readonly [number, Maybe, Maybe])[];
    }
  | {
      readonly kind: 'dots';
      readonly name?: string;
      readonly colour: Colour;
      readonly shape: 'round' | 'up' | 'down';
      /** x, y, and the ends of an error bar. */
      readonly points: readonly (readonly [number, number, Maybe, Maybe])[];
    };

export interface Plot {
  readonly title: string;
  readonly x: {
    readonly kind: 'time' | 'plain';
    readonly label?: string;
    /** Instead of round numbers: x = 0, 1, 2 ... under these words. */
    readonly words?: readonly string[];
  };
  readonly y: { readonly label: string; readonly zero?: boolean };
  readonly marks: readonly Mark[];
  readonly height?: number;
  readonly width?: number;
}

const LEFT = 64;
const RIGHT = 22;
const TOP = 34;
const BOTTOM = 34;
const WIDTH = 920;
const HEIGHT = 230;

export const escaped = (text: string): string =>
  text.replace(
    /[&<>"]/g,
    (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c,
  );

const px = (value: number): string => (Math.round(value * 10) / 10).toString();

export function svgOf(plot: Plot): string {
  const [width, height] = [plot.width ?? WIDTH, plot.height ?? HEIGHT];
  const xs = plot.marks.flatMap(({ points }) => points.map(([x]) => x));
  const ys = plot.marks.flatMap(ysOf);
  if (xs.length === 0 || ys.length === 0) return emptyOf(plot, width);
  const [left, right, top, bottom] = [LEFT, width - RIGHT, TOP, height - BOTTOM];
  const ends = (values: readonly number[]): [number, number] =>
    values.reduce<[number, number]>(
      ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
      [Infinity, -Infinity],
    );
  const [x0, x1] = ends(xs);
  const [low, high] = ends(plot.y.zero === true ? [...ys, 0] : ys);
  const room = (high - low) * 0.06;
  // So that a dot at an end of a plain axis is seen whole, with its bar.
  const side = plot.x.kind === 'plain' ? (x1 - x0) * 0.03 : 0;
  const x = xScale(plot, [x0 - side, x1 + side], [left, right]);
  const lowest = plot.y.zero === true && low === 0 ? 0 : low - room;
  const y = linear(lowest, high + room, bottom, top, Math.max(3, Math.floor(height / 45)));
  return [
    `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(plot.title)}">`,
    `<text class="title" x="0" y="13">${escaped(plot.title)}</text>`,
    `<text class="unit" x="0" y="${TOP - 6}">${escaped(plot.y.label)}</text>`,
    ...grid(x, y, left, right, top, bottom),
    ...plot.marks.map((mark) => drawn(mark, x, y)),
    ...legend(plot.marks, right),
    plot.x.label === undefined
      ? ''
      : `<text class="unit" text-anchor="end" x="${right}" y="${height - 4}">${escaped(plot.x.label)}</text>`,
    '</svg></figure>',
  ].join('\n');
}

function xScale(
  { x, width = WIDTH }: Plot,
  [low, high]: readonly [number, number],
  [left, right]: readonly [number, number],
): Scale {
  const across = Math.floor(width / 105);
  if (x.kind === 'time') return time(low, high, left, right, across);
  if (x.words === undefined) return linear(low, high, left, right, across);
  const scale = linear(-0.4, x.words.length - 0.6, left, right, across);
  return { ...scale, ticks: x.words.map((label, value) => ({ value, label })) };
}

function ysOf(mark: Mark): number[] {
  const of = mark.points.flatMap((point): Maybe[] => point.slice(1) as Maybe[]);
  return of.filter((value): value is number => value !== null && Number.isFinite(value));
}

const emptyOf = (plot: Plot, width: number): string =>
  `<figure><svg viewBox="0 0 ${width} 60" role="img"><text class="title" x="0" y="13">${escaped(plot.title)}</text><text class="unit" x="0" y="36">nothing to draw</text></svg></figure>`;

function grid(
  x: Scale,
  y: Scale,
  left: number,
  right: number,
  top: number,
  bottom: number,
): string[] {
  const across = y.ticks.map(({ value, label }) => {
    const at = px(y.at(value));
    const zero = value === 0 ? ' class="zero"' : ' class="grid"';
    return `<line${zero} x1="${left}" x2="${right}" y1="${at}" y2="${at}"/><text class="tick" text-anchor="end" x="${left - 6}" y="${px(y.at(value) + 4)}">${label}</text>`;
  });
  const down = x.ticks.map(
    ({ value, label }) =>
      `<line class="grid" x1="${px(x.at(value))}" x2="${px(x.at(value))}" y1="${top}" y2="${bottom}"/><text class="tick" text-anchor="middle" x="${px(x.at(value))}" y="${bottom + 15}">${label}</text>`,
  );
  return [...across, ...down];
}

function drawn(mark: Mark, x: Scale, y: Scale): string {
  if (mark.kind === 'band') {
    return runsOf(
      mark.points.map(([at, low, high]) =>
        low === null || high === null ? null : ([at, low, high] as const),
      ),
    )
      .map((run) => {
        const up = run.map(([at, , high]) => `${px(x.at(at))},${px(y.at(high))}`);
        const back = [...run].reverse().map(([at, low]) => `${px(x.at(at))},${px(y.at(low))}`);
        return `<polygon fill="${mark.colour}" fill-opacity="0.16" points="${[...up, ...back].join(' ')}"/>`;
      })
      .join('');
  }
  if (mark.kind === 'dots') return mark.points.map((point) => dot(mark, point, x, y)).join('');
  return runsOf(mark.points.map(([at, value]) => (value === null ? null : ([at, value] as const))))
    .map((run) => {
      const path = run.map(([at, value], i) => {
        const [h, v] = [px(x.at(at)), px(y.at(value))];
        return i === 0 ? `M${h} ${v}` : mark.step === true ? `H${h}V${v}` : `L${h} ${v}`;
      });
      const [first, last] = [run[0]?.[0] ?? 0, run.at(-1)?.[0] ?? 0];
      const zero = px(y.at(Math.min(y.max, Math.max(y.min, 0))));
      const area =
        mark.fill === true
          ? `<path d="${path.join('')}L${px(x.at(last))} ${zero}L${px(x.at(first))} ${zero}Z" fill="${mark.colour}" fill-opacity="0.13"/>`
          : '';
      const dash = mark.dash === true ? ' stroke-dasharray="5 4"' : '';
      return `${area}<path d="${path.join('')}" fill="none" stroke="${mark.colour}" stroke-width="1.5" stroke-linejoin="round"${dash}/>`;
    })
    .join('');
}

/** Unbroken stretches. */
function runsOf<T>(points: readonly (T | null)[]): T[][] {
  const runs: T[][] = [[]];
  for (const point of points) {
    if (point !== null) runs.at(-1)?.push(point);
    else if ((runs.at(-1)?.length ?? 0) > 0) runs.push([]);
  }
  return runs.filter((run) => run.length > 0);
}

function dot(
  { colour, shape }: Extract<Mark, { kind: 'dots' }>,
  [at, value, low, high]: readonly [number, number, Maybe, Maybe],
  x: Scale,
  y: Scale,
): string {
  const [h, v] = [x.at(at), y.at(value)];
  const bar =
    low === null || high === null
      ? ''
      : `<line stroke="${colour}" stroke-width="1.2" x1="${px(h)}" x2="${px(h)}" y1="${px(y.at(low))}" y2="${px(y.at(high))}"/>`;
  const edge = shape === 'round' ? '' : ' stroke="#fff" stroke-width="0.8"';
  return `${bar}<path d="${shapeOf(shape, h, v)}" fill="${colour}"${edge}/>`;
}

/** A disc, or a triangle that points up or down, around (h, v). */
function shapeOf(shape: 'round' | 'up' | 'down', h: number, v: number): string {
  if (shape === 'round')
    return `M${px(h - 3.4)} ${px(v)}a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0 -6.8 0Z`;
  const tip = shape === 'up' ? 6 : -6;
  return `M${px(h)} ${px(v - tip)}L${px(h + 5)} ${px(v + tip * 0.7)}L${px(h - 5)} ${px(v + tip * 0.7)}Z`;
}

/** On the line of the title, from the right. */
function legend(marks: readonly Mark[], right: number): string[] {
  let at = right;
  return [...marks]
    .reverse()
    .filter(({ name }) => name !== undefined)
    .map((mark) => {
      const name = mark.name ?? '';
      at -= name.length * 6.4 + 36;
      const sign =
        mark.kind === 'dots'
          ? `<path d="${shapeOf(mark.shape, at + 13, 9)}" fill="${mark.colour}"/>`
          : mark.kind === 'band'
            ? `<rect x="${px(at)}" y="4" width="18" height="10" fill="${mark.colour}" fill-opacity="0.2"/>`
            : `<line x1="${px(at)}" x2="${px(at + 18)}" y1="9" y2="9" stroke="${mark.colour}" stroke-width="2"${mark.dash === true ? ' stroke-dasharray="5 4"' : ''}/>`;
      return `${sign}<text class="legend" x="${px(at + 22)}" y="13">${escaped(name)}</text>`;
    });
}
