// A tape as hftbacktest's .npz. Two passes over the tape: the first counts, because the header names the rows.
// What that format cannot hold (mark, funding, gaps, links) is left out and said; no price or size is changed.
import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import type { RowSource } from '#core/rows';
import { ROW_CLEAR, ROW_LEVEL, ROW_QUOTE, ROW_TRADE, RowBlock } from '#core/rows';
import type { TapeInfo } from './format.js';
import { Grid } from './grid.js';
import * as e from './npz-event.js';
import { TapeProblem, fileProblem } from './problem.js';
import { TapeSource, readInfo } from './read.js';
import { writeZip } from './zip.js';

const CHUNK_EVENTS = 16_384;

export interface NpzExport {
  readonly file: string;
  readonly events: number;
  readonly bytes: number;
  readonly notes: readonly string[];
}

/** Turns rows into events, one at a time, in the order of the tape. */
class Events {
  count = 0;
  leftOut = 0;
  split = 0;
  /** Least local less venue time; below 0 the clocks disagree. */
  leastLatency = Infinity;
  private maxUs = -Infinity;
  private clearUs = -1;
  private clearVenueUs = -1;

  constructor(
    private readonly priceOf: (ticks: number) => number,
    private readonly sizeOf: (lots: number) => number,
    private readonly withQuotes: boolean,
    /** Taken off the venue's clock. */
    private readonly shiftUs: number,
    private readonly put: (
      flags: number,
      us: number,
      localUs: number,
      px: number,
      qty: number,
    ) => void,
  ) {}

  row(block: RowBlock, i: number): void {
    const kind = this.kindOf(block, i);
    if (kind === 0) {
      this.leftOut += 1;
      return;
    }
    const side = block.side[i] as number;
    const localUs = block.localUs[i] as number;
    const us = (block.exchangeUs[i] as number) - this.shiftUs;
    this.leastLatency = Math.min(this.leastLatency, localUs - us);
    const flags = kind + (side > 0 ? e.BUY : side < 0 ? e.SELL : 0);
    const px = kind === e.DEPTH_CLEAR ? 0 : this.priceOf(block.price[i] as number);
    const qty = kind === e.DEPTH_CLEAR ? 0 : this.sizeOf(block.size[i] as number);
    if (us >= this.maxUs) {
      this.maxUs = us;
      this.emit(flags + e.EXCH + e.LOCAL, us, localUs, px, qty);
      return;
    }
    // The venue's clock steps back: the exchange has it at the latest time seen, the bot in its true place.
    this.split += 1;
    this.emit(flags + e.EXCH, this.maxUs, localUs, px, qty);
    this.emit(flags + e.LOCAL, us, localUs, px, qty);
  }

  private kindOf(block: RowBlock, i: number): number {
    const kind = block.kind[i] as number;
    const localUs = block.localUs[i] as number;
    const venueUs = block.exchangeUs[i] as number;
    if (kind === ROW_LEVEL) {
      return localUs === this.clearUs && venueUs === this.clearVenueUs ? e.DEPTH_SNAPSHOT : e.DEPTH;
    }
    if (kind === ROW_TRADE) return e.TRADE;
    if (kind === ROW_QUOTE) return this.withQuotes ? e.DEPTH_BBO : 0;
    if (kind !== ROW_CLEAR) return 0;
    this.clearUs = localUs;
    this.clearVenueUs = venueUs;
    return e.DEPTH_CLEAR;
  }

  private emit(flags: number, us: number, localUs: number, px: number, qty: number): void {
    this.count += 1;
    this.put(flags, us, localUs, px, qty);
  }
}

/** A count of steps as a decimal number: one rounding, so that it equals the number that the text would parse to. */
function numberOf(step: string): (count: number) => number {
  const [whole = '', fraction = ''] = step.split('.');
  const digits = Number(whole + fraction);
  const scale = Number(`1e${fraction.length}`);
  return (count) => {
    const exact = count * digits;
    const nearest = Math.round(exact);
    // Between two ticks the count is a fraction with an error of its own: take that off again.
    if (Math.floor(count) !== count && Math.abs(exact - nearest) > 1e-6)
      return Number((exact / scale).toPrecision(15));
    return nearest / scale;
  };
}

function* blocks(open: () => RowSource): Generator<RowBlock> {
  const source = open();
  try {
    const block = new RowBlock();
    for (let b = source.next(block); b !== null; b = source.next(block)) yield b;
  } finally {
    source.close();
  }
}

interface Making {
  readonly info: Pick<TapeInfo, 'instrument' | 'hasBook'>;
  readonly open: () => RowSource;
}

function eventsOf(making: Making, shiftUs: number, put: Events['put']): Events {
  const { instrument, hasBook } = making.info;
  return new Events(
    numberOf(instrument.tickSize),
    numberOf(instrument.lotSize),
    !hasBook,
    shiftUs,
    put,
  );
}

/** Header and records as chunks. `rows` from a first pass. */
function* chunksOf(making: Making, rows: number, shiftUs: number): Generator<Buffer> {
  yield e.npyHeader(rows);
  const bytes = Buffer.alloc(CHUNK_EVENTS * 2 * e.EVENT_BYTES);
  let at = 0;
  const events = eventsOf(making, shiftUs, (flags, us, localUs, px, qty) => {
    bytes.writeUInt32LE(flags, at);
    e.writeMicros(bytes, at + 8, us);
    e.writeMicros(bytes, at + 16, localUs);
    bytes.writeDoubleLE(px, at + 24);
    bytes.writeDoubleLE(qty, at + 32);
    at += e.EVENT_BYTES;
  });
  for (const block of blocks(making.open)) {
    for (let i = 0; i < block.count; i += 1) {
      events.row(block, i);
      if (at < CHUNK_EVENTS * e.EVENT_BYTES) continue;
      yield bytes.subarray(0, at);
      at = 0;
    }
  }
  if (at > 0) yield bytes.subarray(0, at);
}

/** What a user should know of the file written. */
function notesOf(counted: Events, shiftUs: number, info: TapeInfo): string[] {
  const notes = [
    `tick ${info.instrument.tickSize}, lot ${info.instrument.lotSize}: hftbacktest asks for both`,
  ];
  if (shiftUs > 0) {
    notes.push(
      `the venue's clock is ${shiftUs / 1_000} ms ahead of the recorder's at most: venue times were moved back by that`,
    );
  }
  const say = (count: number, text: string): void => {
    if (count > 0) notes.push(`${count} ${text}`);
  };
  say(
    counted.split,
    'rows whose venue time stepped back: two events each, one for the exchange and one for the bot',
  );
  say(
    counted.leftOut,
    'rows that the format has no place for (quotes beside a book, mark, funding, gaps), left out',
  );
  return notes;
}

/** Writes the tape `path` as `out`. Throws TapeProblem; then nothing is left at `out`. */
export async function exportNpz(
  path: string,
  out: string,
  options: { readonly stored?: boolean; readonly overwrite?: boolean } = {},
): Promise<NpzExport> {
  if (existsSync(out) && options.overwrite !== true) {
    throw new TapeProblem(out, '', 'is there already', 'choose another name or say --overwrite');
  }
  const info = readInfo(path);
  if (Grid.of(info.instrument.tickSize) === null) {
    throw new TapeProblem(path, '', `a tick of ${info.instrument.tickSize}`, 'import it again');
  }
  const making = { info, open: () => new TapeSource(path) };
  const count = (shiftUs: number): Events => {
    const events = eventsOf(making, shiftUs, () => undefined);
    for (const block of blocks(making.open))
      for (let i = 0; i < block.count; i += 1) events.row(block, i);
    return events;
  };
  const first = count(0);
  const shiftUs = Math.max(0, -first.leastLatency);
  const draft = `${out}.part`;
  try {
    const fd = openSync(draft, 'w');
    try {
      const chunks = chunksOf(making, first.count, shiftUs);
      const bytes = await writeZip(fd, 'data.npy', chunks, options.stored !== true);
      renameSync(draft, out);
      return { file: out, events: first.count, bytes, notes: notesOf(first, shiftUs, info) };
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    rmSync(draft, { force: true });
    throw fileProblem(out, error);
  }
}
