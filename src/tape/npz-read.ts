// hftbacktest's .npz files as rows: one or more files of one market, in the order of the bot's clock. An event that
// only the exchange sees is left out: its twin, with the venue's own time, is the bot's. Throws TapeProblem only.
import { basename } from 'node:path';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { L2Book } from '#core/book';
import { ROW_CLEAR, ROW_GAP, ROW_LEVEL, ROW_QUOTE, ROW_TRADE } from '#core/rows';
import type { Lots, Side, Ticks } from '#core/units';
import { BID } from '#core/units';
import type { TapeOrigin } from './format.js';
import { Grid } from './grid.js';
import * as e from './npz-event.js';
import { TapeProblem } from './problem.js';
import type { RowSink } from './write.js';
import type { ZipEntry } from './zip.js';
import { zipBytes, zipEntries } from './zip.js';

/** A snapshot out of turn after this much silence means that something was missed (as merge.ts has it). */
const SNAPSHOT_SILENCE_US = 2_000_000;
const POWERS = Array.from({ length: 13 }, (_, i) => Number(`1e${i}`));

export interface NpzRules {
  readonly gapUs: number;
  readonly backUs: number;
}

/** What was found on the way. */
export interface NpzCounts {
  events: number;
  exchangeOnly: number;
  otherKinds: number;
  emptyTrades: number;
  sidelessTrades: number;
  betweenTicks: number;
  back: number;
  backMostUs: number;
  gaps: number;
  gapUs: number;
}

/** The array of events in the file: "data", or the only one there is. */
function arrayOf(file: string): ZipEntry {
  const entries = zipEntries(file);
  const found =
    entries.find((x) => x.name === 'data.npy') ?? (entries.length === 1 ? entries[0] : undefined);
  if (found !== undefined) return found;
  const names = entries.map((x) => x.name).join(', ') || 'nothing';
  throw new TapeProblem(file, '', `has no array "data" (${names})`, 'save the events as data=...');
}

/** Calls `each` with the bytes of every event, a buffer and an offset. Returns the number of events. */
async function forEachEvent(
  file: string,
  each: (bytes: Buffer, at: number) => void,
): Promise<number> {
  let rest: Buffer = Buffer.alloc(0);
  let head: e.NpyHead | null = null;
  let rows = 0;
  for await (const chunk of zipBytes(file, arrayOf(file))) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (head === null) {
      head = e.parseNpyHeader(file, bytes);
      if (head === null) {
        rest = bytes;
        continue;
      }
      bytes = bytes.subarray(head.bytes);
    }
    const whole = Math.floor(bytes.length / e.EVENT_BYTES);
    for (let i = 0; i < whole; i += 1) each(bytes, i * e.EVENT_BYTES);
    rows += whole;
    rest = bytes.subarray(whole * e.EVENT_BYTES);
  }
  if (head === null || rest.length > 0 || rows !== head.rows) {
    const what =
      head === null ? 'ends within its header' : `has ${rows} events, its header says ${head.rows}`;
    throw new TapeProblem(file, '', what, 'take the file again');
  }
  return rows;
}

/** A double as digits / 10^decimals; it must be a short decimal, as prices and sizes are. Null when it is none. */
function addNumber(grid: Grid, value: number): boolean {
  for (let d = 0; d < POWERS.length; d += 1) {
    const scale = POWERS[d] as number;
    const digits = Math.round(value * scale);
    if (digits / scale === value) return grid.add(digits, d);
  }
  return false;
}

/** A double in steps, exactly as its decimal digits would count; a fraction between two steps. */
function stepsOf(grid: Grid): (value: number) => number {
  const counter = grid.counter();
  const size = Number(grid.text);
  return (value) => {
    const nearest = Math.round(value / size);
    if (nearest * size === value) return nearest;
    for (let d = 0; d < POWERS.length; d += 1) {
      const scale = POWERS[d] as number;
      const digits = Math.round(value * scale);
      if (digits / scale === value) return counter(digits, d);
    }
    return value / size;
  };
}

/** Price and size steps of all files: a whole pass over them. */
export async function npzGrids(
  files: readonly string[],
): Promise<{ book: Grid; trades: Grid; lot: Grid }> {
  const [book, trades, lot] = [new Grid(), new Grid(), new Grid()];
  const [seenPrices, seenSizes] = [new Set<number>(), new Set<number>()];
  for (const file of files) {
    let row = 0;
    await forEachEvent(file, (bytes, at) => {
      row += 1;
      const kind = bytes.readUInt32LE(at) & e.KIND_MASK;
      if (kind === e.DEPTH_CLEAR || kind > e.DEPTH_BBO) return;
      const [px, qty] = [bytes.readDoubleLE(at + 24), bytes.readDoubleLE(at + 32)];
      if (!(px > 0) || !(qty >= 0) || px > 1e12 || qty > 1e12) {
        const what = `price ${px}, size ${qty}`;
        throw new TapeProblem(file, `event ${row}`, what, 'mend or remove that event');
      }
      const fine =
        once(seenPrices, px, kind === e.TRADE ? trades : book) && once(seenSizes, qty, lot);
      if (fine) return;
      const what = `price ${px} or size ${qty} is no short decimal`;
      throw new TapeProblem(file, `event ${row}`, what, 'round the numbers, or give tick and lot');
    });
  }
  return { book: book.seen > 0 ? book : trades, trades, lot };
}

function once(seen: Set<number>, value: number, grid: Grid): boolean {
  if (seen.has(value)) {
    grid.seen += 1;
    return true;
  }
  if (seen.size < 100_000) seen.add(value);
  return addNumber(grid, value);
}

/** Pushes rows of one market into a sink, file after file. */
export class NpzPump {
  readonly counts: NpzCounts = {
    events: 0, exchangeOnly: 0, otherKinds: 0, emptyTrades: 0, sidelessTrades: 0, betweenTicks: 0,
    back: 0, backMostUs: 0, gaps: 0, gapUs: 0,
  }; // prettier-ignore
  private readonly book = new L2Book();
  private readonly ticksOf: (value: number) => number;
  private readonly lotsOf: (value: number) => number;
  private localUs = 0;
  private pulseUs = 0;
  private lastWasClear = false;
  private row = 0;

  constructor(
    tick: Grid,
    lot: Grid,
    private readonly rules: NpzRules,
    private readonly sink: RowSink,
  ) {
    this.ticksOf = stepsOf(tick);
    this.lotsOf = stepsOf(lot);
  }

  async file(name: string): Promise<TapeOrigin> {
    this.row = 0;
    const rows = await forEachEvent(name, (bytes, at) => this.event(name, bytes, at));
    this.counts.events += rows;
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of createReadStream(name)) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
    return { name: basename(name), sha256: hash.digest('hex'), bytes, rows };
  }

  private event(name: string, bytes: Buffer, at: number): void {
    this.row += 1;
    const flags = bytes.readUInt32LE(at);
    if ((flags & e.LOCAL) === 0) {
      this.counts.exchangeOnly += 1;
      return;
    }
    const kind = flags & e.KIND_MASK;
    const us = this.timeOf(name, e.readMicros(bytes, at + 16));
    const venueUs = e.readMicros(bytes, at + 8);
    const side = (flags & e.BUY) !== 0 ? 1 : (flags & e.SELL) !== 0 ? -1 : 0;
    if (kind === e.DEPTH_CLEAR) return this.clear(side, venueUs, us, bytes.readDoubleLE(at + 24));
    const price = this.ticksOf(bytes.readDoubleLE(at + 24));
    const lots = this.lotsOf(bytes.readDoubleLE(at + 32));
    if (Math.floor(lots) !== lots) throw this.offGrid(name, 'size', bytes.readDoubleLE(at + 32));
    if (kind === e.TRADE) return this.trade(side, venueUs, us, price, lots);
    if (kind !== e.DEPTH && kind !== e.DEPTH_SNAPSHOT && kind !== e.DEPTH_BBO) {
      this.counts.otherKinds += 1;
      return;
    }
    if (Math.floor(price) !== price) throw this.offGrid(name, 'price', bytes.readDoubleLE(at + 24));
    this.beat(us);
    if (kind === e.DEPTH_BBO) return this.sink.push(ROW_QUOTE, side, venueUs, us, price, lots);
    this.level(side as Side, venueUs, us, price, lots);
  }

  private level(side: Side, venueUs: number, us: number, ticks: number, lots: number): void {
    this.book.apply(side, ticks as Ticks, lots as Lots);
    this.lastWasClear = false;
    this.sink.push(ROW_LEVEL, side, venueUs, us, ticks, lots);
  }

  private trade(side: 0 | Side, venueUs: number, us: number, price: number, lots: number): void {
    const { counts } = this;
    if (lots === 0) {
      counts.emptyTrades += 1;
      return;
    }
    if (side === 0) counts.sidelessTrades += 1;
    if (Math.floor(price) !== price) counts.betweenTicks += 1;
    this.sink.push(ROW_TRADE, side, venueUs, us, price, lots);
  }

  /** Without a side everything goes; else one side from its touch to `px`, level by level unless nothing is there. */
  private clear(side: 0 | Side, venueUs: number, us: number, px: number): void {
    this.beat(us, this.lastWasClear ? this.rules.gapUs : SNAPSHOT_SILENCE_US);
    const { book } = this;
    const empty = !(book.bidTicks > 0) && !(book.askTicks > 0);
    if (side === 0 || empty) {
      book.clear();
      if (!this.lastWasClear) this.sink.push(ROW_CLEAR, 0, venueUs, us, 0, 0);
      this.lastWasClear = true;
      return;
    }
    const limit = this.ticksOf(px);
    for (;;) {
      const touch = side === BID ? book.bidTicks : book.askTicks;
      if (!(touch > 0) || (touch - limit) * side < 0) return;
      this.level(side, venueUs, us, touch, 0);
    }
  }

  private timeOf(name: string, us: number): number {
    const by = this.localUs - us;
    if (by > 0) {
      if (by > this.rules.backUs) {
        const what = `local_ts steps back by ${by / 1e6} s`;
        throw new TapeProblem(
          name,
          `event ${this.row}`,
          what,
          'sort the events by local_ts, files by day',
        );
      }
      this.counts.back += 1;
      this.counts.backMostUs = Math.max(this.counts.backMostUs, by);
      return this.localUs;
    }
    this.localUs = us;
    return us;
  }

  private beat(us: number, allowedUs = this.rules.gapUs): void {
    const silence = us - this.pulseUs;
    if (this.pulseUs > 0 && silence > Math.min(allowedUs, this.rules.gapUs)) {
      this.counts.gaps += 1;
      this.counts.gapUs += silence;
      this.sink.push(ROW_GAP, 0, this.pulseUs, us, 0, 0);
    }
    this.pulseUs = us;
  }

  private offGrid(name: string, what: string, value: number): TapeProblem {
    const text = `${what} ${value} is no multiple of the step`;
    return new TapeProblem(
      name,
      `event ${this.row}`,
      text,
      'give a finer one, or none to have it inferred',
    );
  }
}
