// Markouts of the fills of one run in groups: by side, size, volatility before the fill, and distance from the mid. In
// bp of the fill price, + is ours, before fees; the net edge is after them. A fill without a later mid is left out of
// the means and counted.
import { MARKOUT_HORIZONS } from '#core/markout';
import { momentsOf, quantileOf } from '#search/moments';
import type { RecordedFill, RunRecord } from './record.js';

const VOLATILITY_US = 300e6;
/** Fewer moves than this say nothing of volatility. */
const FEWEST_MOVES = 10;
const DISTANCE_EDGES = [0, 0.5, 1, 1.5, 2, 3, 5];

export interface MarkoutPoint {
  readonly seconds: number;
  /** Null without fills that have a mid there. */
  readonly bps: number | null;
  /** One standard error, fills taken as independent; null below two. */
  readonly error: number | null;
}

export interface Group {
  readonly by: 'all' | 'side' | 'size' | 'volatility' | 'distance';
  readonly name: string;
  readonly fills: number;
  /** Fills without a mid 30 s later. */
  readonly dropped: number;
  /** From the fill itself (0 s: spread captured) to 60 s. */
  readonly curve: readonly MarkoutPoint[];
  readonly netEdge: MarkoutPoint;
}

const bpsTo = (fill: RecordedFill, mid: number): number =>
  (fill.side * (mid - fill.ticks) * 10_000) / fill.ticks;

function pointOf(seconds: number, values: readonly number[]): MarkoutPoint {
  if (values.length === 0) return { seconds, bps: null, error: null };
  const { mean, std, count } = momentsOf(values);
  return { seconds, bps: mean, error: count < 2 ? null : std / Math.sqrt(count) };
}

function groupOf(
  record: RunRecord,
  by: Group['by'],
  name: string,
  fills: readonly RecordedFill[],
): Group {
  const known = (mid: (fill: RecordedFill) => number): number[] =>
    fills.filter((fill) => mid(fill) !== 0).map((fill) => bpsTo(fill, mid(fill)));
  const curve = [
    pointOf(0, known((fill) => fill.mid)),
    ...MARKOUT_HORIZONS.map((seconds, i) => pointOf(seconds, known((fill) => fill.mids[i] ?? 0))),
  ]; // prettier-ignore
  const edges = fills
    .filter((fill) => (fill.mids[2] ?? 0) !== 0)
    .map((fill) => {
      const notional = record.instrument.notional(fill.lots, fill.ticks);
      return bpsTo(fill, fill.mids[2] ?? 0) - (fill.fee / notional) * 10_000;
    });
  const dropped = fills.length - edges.length;
  return { by, name, fills: fills.length, dropped, curve, netEdge: pointOf(30, edges) };
}

/** All fills first, then every group that has any. */
export function breakdownOf(record: RunRecord): Group[] {
  const { fills } = record;
  const groups = [groupOf(record, 'all', 'all fills', fills)];
  const split = (
    by: Group['by'],
    names: readonly string[],
    pick: (fill: RecordedFill) => number,
  ): void => {
    names.forEach((name, i) => {
      const members = fills.filter((fill) => pick(fill) === i);
      if (members.length > 0) groups.push(groupOf(record, by, name, members));
    });
  };
  split('side', ['bought (bid)', 'sold (ask)'], ({ side }) => (side === 1 ? 0 : 1));
  const size = thirdsOf(fills.map(({ lots }) => lots));
  if (size !== null) {
    const shown = (lots: number): string => record.instrument.formatSize(lots as never);
    const [low, high] = [shown(size.low), shown(size.high)];
    const names = [`up to ${low}`, `${low} to ${high}`, `above ${high}`];
    split('size', names, ({ lots }) => size.of(lots));
  }
  const volatility = fills.map((fill) => volatilityAt(record, fill.us));
  const calm = thirdsOf(volatility.filter((value) => !Number.isNaN(value)));
  if (calm !== null) {
    const [low, high] = [calm.low.toFixed(2), calm.high.toFixed(2)];
    const names = [`calm, up to ${low} bp/√s`, `middle`, `fast, above ${high} bp/√s`];
    const of = new Map(fills.map((fill, i) => [fill, volatility[i] ?? NaN]));
    split('volatility', names, (fill) => {
      const value = of.get(fill) ?? NaN;
      return Number.isNaN(value) ? -1 : calm.of(value);
    });
  }
  const names = [
    'through the mid',
    ...DISTANCE_EDGES.map((edge, i) => {
      const next = DISTANCE_EDGES[i + 1];
      return next === undefined ? `${edge} bp and more` : `${edge} to ${next} bp`;
    }),
  ];
  split('distance', names, (fill) =>
    fill.mid === 0
      ? -1
      : DISTANCE_EDGES.reduce((at, edge, i) => (bpsTo(fill, fill.mid) >= edge ? i + 1 : at), 0),
  );
  return groups;
}

interface Thirds {
  readonly low: number;
  readonly high: number;
  /** 0, 1 or 2. */
  of(value: number): number;
}

/** Null when the values hardly differ (or there are none): then there is nothing to tell apart. */
function thirdsOf(values: readonly number[]): Thirds | null {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length < 3) return null;
  const [low, high] = [quantileOf(sorted, 1 / 3), quantileOf(sorted, 2 / 3)];
  if (!(low < high)) return null;
  return { low, high, of: (value) => (value <= low ? 0 : value <= high ? 1 : 2) };
}

/** Of the marks of the five minutes before, bp/√s; NaN when there are too few. */
function volatilityAt({ levels }: RunRecord, us: number): number {
  let [squares, seconds, moves] = [0, 0, 0];
  for (let i = before(levels, us); i > 0; i -= 1) {
    const [a, b] = [levels[i - 1], levels[i]];
    if (a === undefined || b === undefined || a.us < us - VOLATILITY_US) break;
    if (b.us === a.us || a.mark <= 0 || b.mark <= 0) continue;
    const move = Math.log(b.mark / a.mark) * 10_000;
    squares += move * move;
    seconds += (b.us - a.us) / 1e6;
    moves += 1;
  }
  return moves < FEWEST_MOVES ? NaN : Math.sqrt(squares / seconds);
}

/** Index of the last level at or before `us`. */
function before(levels: RunRecord['levels'], us: number): number {
  let [low, high] = [0, levels.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((levels[middle]?.us ?? 0) <= us) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
