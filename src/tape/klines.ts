// One-minute bars from CSV (open_time_ms,open,high,low,close,volume and more columns, which are ignored): checked,
// in whole ticks. Bars say nothing of order within the minute; what is made of them is coarse (src/sim/market/bars.ts).
import { ByteSource } from './bytes.js';
import { Grid } from './grid.js';
import { TapeProblem } from './problem.js';

export const BAR_US = 60_000_000;
const HEADER = 'open_time_ms,open,high,low,close,volume';

export interface Bars {
  readonly tickSize: string;
  readonly lotSize: string;
  readonly count: number;
  /** When each bar opens, microseconds. */
  readonly us: Float64Array;
  /** Whole ticks. */
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Minutes missing between bars. */
  readonly missing: number;
}

interface Decimal {
  readonly digits: number;
  readonly decimals: number;
}

function decimal(text: string): Decimal | null {
  const match = /^(\d{1,15})(?:\.(\d{1,12}))?$/.exec(text);
  if (match === null) return null;
  const fraction = match[2] ?? '';
  return { digits: Number(`${match[1]}${fraction}`), decimals: fraction.length };
}

async function linesOf(file: string): Promise<string[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of new ByteSource(file).chunks()) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8').split(/\r?\n/);
}

/** One bar's numbers, or what is wrong with them. */
function barOf(line: string, columns: number): readonly Decimal[] | string {
  const cells = line.split(',');
  if (cells.length !== columns) return `has ${cells.length} columns, the header ${columns}`;
  const numbers = cells.slice(0, 6).map(decimal);
  if (numbers.some((n) => n === null)) return 'has something that is no number';
  const [time, open, high, low, close] = cells.slice(0, 5).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (time < 1e12 || time > 4e12) return 'has an open time that is no millisecond';
  const sound = low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close);
  return sound ? (numbers as Decimal[]) : 'has open or close outside low to high';
}

/** Reads all bars. Throws TapeProblem naming the line. */
export async function readBars(file: string): Promise<Bars> {
  const lines = await linesOf(file);
  const header = lines.shift() ?? '';
  if (header !== HEADER && !header.startsWith(`${HEADER},`)) {
    const what = `unknown columns "${header.slice(0, 80)}"`;
    throw new TapeProblem(file, 'line 1', what, `bars begin with ${HEADER}`);
  }
  const columns = header.split(',').length;
  const [tick, lot] = [new Grid(), new Grid()];
  const bars: (readonly Decimal[])[] = [];
  let [last, missing] = [0, 0];
  for (const [i, line] of lines.entries()) {
    if (line === '') continue;
    const refuse = (what: string): TapeProblem =>
      new TapeProblem(file, `line ${i + 2}`, what, 'mend or remove that row');
    const bar = barOf(line, columns);
    if (typeof bar === 'string') throw refuse(bar);
    const us = (bar[0] as Decimal).digits * 1_000;
    if (last > 0 && (us <= last || (us - last) % BAR_US !== 0)) {
      throw refuse('does not open whole minutes after the bar before it');
    }
    if (last > 0) missing += (us - last) / BAR_US - 1;
    last = us;
    for (const n of bar.slice(1, 5)) tick.add(n.digits, n.decimals);
    const volume = bar[5] as Decimal;
    lot.add(volume.digits, volume.decimals);
    bars.push(bar);
  }
  if (bars.length === 0) throw new TapeProblem(file, '', 'has no bars', 'take the file again');
  const ticks = tick.counter();
  const column = (k: number): Float64Array =>
    Float64Array.from(bars, (bar) =>
      ticks((bar[k] as Decimal).digits, (bar[k] as Decimal).decimals),
    );
  const us = Float64Array.from(bars, (bar) => (bar[0] as Decimal).digits * 1_000);
  const prices = { open: column(1), high: column(2), low: column(3), close: column(4) };
  const lotSize = lot.seen > 0 ? lot.text : '0.001';
  return { tickSize: tick.text, lotSize, count: bars.length, us, ...prices, missing };
}
