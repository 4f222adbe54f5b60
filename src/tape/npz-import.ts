// Makes a tape of hftbacktest's .npz files, or checks them as an import would read them. The files name no market:
// the caller does. Notes say what was inferred, dropped or repaired.
import { basename } from 'node:path';
import { RowCheck } from './check.js';
import type { TapeInfo, TapeInstrument, TapeOrigin } from './format.js';
import { Grid } from './grid.js';
import { DEFAULT_BACK_US, DEFAULT_GAP_US } from './import.js';
import type { Progress } from './import.js';
import { spanText } from './info.js';
import type { NpzCounts } from './npz-read.js';
import { NpzPump, npzGrids } from './npz-read.js';
import { TapeProblem } from './problem.js';
import type { RowSink } from './write.js';
import { TapeWriter } from './write.js';

export interface NpzOptions {
  /** One market, in order of time. */
  readonly files: readonly string[];
  /** Default: from the name of the first file. */
  readonly symbol?: string;
  readonly tickSize?: string;
  readonly lotSize?: string;
  readonly gapUs?: number;
  readonly backUs?: number;
  readonly onProgress?: (progress: Progress) => void;
}

export const isNpz = (file: string): boolean => file.toLowerCase().endsWith('.npz');

function stepOf(given: string | undefined, inferred: Grid, option: string): Grid {
  if (given === undefined) return inferred;
  const grid = Grid.of(given);
  if (grid !== null) return grid;
  throw new TapeProblem(
    `--${option} ${given}`,
    '',
    'is no positive decimal',
    `say --${option} 0.1`,
  );
}

interface Pumped<T> {
  readonly sink: T;
  readonly counts: NpzCounts;
  readonly origins: readonly TapeOrigin[];
  readonly note: string;
}

async function pump<T extends RowSink>(
  options: NpzOptions,
  make: (tick: string, lot: string) => T,
): Promise<Pumped<T>> {
  const { files } = options;
  const grids = await npzGrids(files);
  const tick = stepOf(options.tickSize, grids.book, 'tick');
  const lot = stepOf(options.lotSize, grids.lot, 'lot');
  const sink = make(tick.text, lot.text);
  const rules = {
    gapUs: options.gapUs ?? DEFAULT_GAP_US,
    backUs: options.backUs ?? DEFAULT_BACK_US,
  };
  const pumping = new NpzPump(tick, lot, rules, sink);
  const origins: TapeOrigin[] = [];
  for (const [i, file] of files.entries()) {
    origins.push(await pumping.file(file));
    options.onProgress?.({ rows: pumping.counts.events, fraction: (i + 1) / files.length });
  }
  const from = (given: string | undefined, seen: number): string =>
    given === undefined ? `inferred from ${seen} numbers` : 'given';
  const note = `tick ${tick.text} ${from(options.tickSize, grids.book.seen)}; lot ${lot.text} ${from(options.lotSize, grids.lot.seen)}`;
  return { sink, counts: pumping.counts, origins, note };
}

/** What a user should know of the files, a line each. */
export function npzNotes(counts: NpzCounts, first: string): string[] {
  const notes = [first];
  const say = (count: number, text: string): void => {
    if (count > 0) notes.push(`${count} ${text}`);
  };
  say(
    counts.exchangeOnly,
    'events for the exchange alone: left out, their twins for the bot are kept',
  );
  say(counts.gaps, `gaps, ${spanText(counts.gapUs)} in all`);
  say(counts.otherKinds, 'events of other kinds (orders by number), left out');
  say(counts.emptyTrades, 'trades of size 0, dropped');
  say(counts.sidelessTrades, 'trades of unknown side');
  say(counts.betweenTicks, 'trades between two ticks, kept as fractions of a tick');
  const most = `by ${counts.backMostUs / 1_000} ms at most`;
  say(counts.back, `events out of order (${most}), kept in place with the time raised`);
  return notes;
}

/** Imports .npz files as the tape `out`. Throws TapeProblem; then nothing is left at `out`. */
export async function importNpz(
  options: NpzOptions & { readonly out: string; readonly overwrite?: boolean },
): Promise<TapeInfo> {
  const { out, files } = options;
  let writer: TapeWriter | null = null;
  try {
    const symbol = options.symbol ?? basename(files[0] ?? '').replace(/\.npz$/i, '');
    const { sink, counts, origins, note } = await pump(options, (tickSize, lotSize) => {
      const instrument: TapeInstrument = { venue: 'npz', symbol, tickSize, lotSize };
      const rules = options.overwrite === undefined ? {} : { overwrite: options.overwrite };
      writer = new TapeWriter(out, { instrument, writtenBy: 'import' }, rules);
      return writer;
    });
    for (const text of npzNotes(counts, note)) sink.note(text);
    return sink.finish(origins);
  } catch (error) {
    (writer as TapeWriter | null)?.abort();
    throw error;
  }
}

/** Counts what is in the files, and writes nothing. */
export async function checkNpz(
  options: NpzOptions,
): Promise<{ readonly check: RowCheck; readonly notes: readonly string[] }> {
  const { sink, counts, note } = await pump(options, () => new RowCheck());
  return { check: sink, notes: npzNotes(counts, note) };
}
