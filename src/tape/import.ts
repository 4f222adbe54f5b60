// Makes a tape of recordings in the Tardis CSV layout: finds out tick and lot, merges the files, writes the tape and
// the notes of what was inferred, dropped or repaired. Memory does not grow with the files.
import { basename } from 'node:path';
import { CsvFile } from './csv.js';
import type { TapeInfo, TapeInstrument } from './format.js';
import { Grid } from './grid.js';
import { spanText } from './info.js';
import type { MergeCounts, MergeRules } from './merge.js';
import { Merger, OffGrid } from './merge.js';
import { TapeProblem } from './problem.js';
import type { RowSink } from './write.js';
import { TapeWriter } from './write.js';

/** Rows of each file that tick and lot are inferred from; a later row that disproves them starts over. */
const SAMPLE = 200_000;
export const DEFAULT_GAP_US = 4_000_000;
export const DEFAULT_BACK_US = 1_000_000;

export interface Progress {
  readonly rows: number;
  /** Of the bytes of all files, 0 to 1. */
  readonly fraction: number;
}

export interface MergeOptions {
  readonly files: readonly string[];
  /** Decimal strings; inferred when absent. */
  readonly tickSize?: string;
  readonly lotSize?: string;
  /** A silence of the book longer than this is a gap. Microseconds, default 4 s. */
  readonly gapUs?: number;
  /** How far local time may step back within a file before it is refused. Microseconds, default 1 s. */
  readonly backUs?: number;
  readonly onProgress?: (progress: Progress) => void;
}

export interface ImportOptions extends MergeOptions {
  readonly out: string;
  readonly overwrite?: boolean;
  /** Facts of the market that recordings do not carry. */
  readonly facts?: Omit<Partial<TapeInstrument>, 'tickSize' | 'lotSize'>;
}

interface Steps {
  readonly tick: Grid;
  readonly lot: Grid;
  readonly tickSource: string;
  readonly lotSource: string;
}

/** What the files are of, and in which steps they count. */
export interface Market extends Steps {
  readonly venue: string;
  readonly symbol: string;
}

/** What one attempt to merge writes to, and how to undo it. */
export interface Target<T extends RowSink> {
  make(market: Market): T;
  undo(sink: T): void;
}

async function withFiles<T>(
  names: readonly string[],
  act: (files: readonly CsvFile[]) => Promise<T>,
): Promise<T> {
  const files: CsvFile[] = [];
  try {
    for (const name of names) {
      const file = new CsvFile(name);
      files.push(file);
      await file.start();
    }
    return await act(files);
  } finally {
    for (const file of files) file.close();
  }
}

function givenGrid(text: string | undefined, option: string): Grid | null {
  if (text === undefined) return null;
  const grid = Grid.of(text);
  if (grid !== null) return grid;
  throw new TapeProblem(`--${option} ${text}`, '', 'is no positive decimal', `say --${option} 0.1`);
}

/** Looks at the beginning of each file: one market, and its likely tick and lot. */
async function survey(options: MergeOptions): Promise<Market> {
  if (options.files.length === 0) {
    throw new TapeProblem('import', '', 'no files given', 'name at least one .csv or .csv.gz');
  }
  const tick = givenGrid(options.tickSize, 'tick');
  const lot = givenGrid(options.lotSize, 'lot');
  const prices = { book: new Grid(), quotes: new Grid(), trades: new Grid() };
  const sizes = new Grid();
  return withFiles(options.files, async (files) => {
    const [first] = files as [CsvFile];
    for (const file of files) {
      if (file.exchange !== first.exchange || file.symbol !== first.symbol) {
        const what = `is of ${file.exchange} ${file.symbol}, ${basename(first.name)} of ${first.exchange} ${first.symbol}`;
        throw new TapeProblem(file.name, '', what, 'import one market at a time');
      }
      await sample(file, prices[file.layout], sizes);
    }
    const has = (layout: string): boolean => files.some((f) => f.layout === layout);
    const from = has('book') ? 'book' : has('quotes') ? 'quotes' : 'trades';
    const inferred = prices[from];
    return {
      venue: first.exchange,
      symbol: first.symbol,
      tick: tick ?? inferred,
      lot: lot ?? sizes,
      tickSource: tick ? 'given' : `inferred from ${inferred.seen} ${from} prices`,
      lotSource: lot ? 'given' : `inferred from ${sizes.seen} sizes`,
    };
  });
}

async function sample(file: CsvFile, prices: Grid, sizes: Grid): Promise<void> {
  do {
    const { batch } = file;
    for (let i = 0; i < batch.count; i++) {
      const fine =
        prices.add(batch.price[i] as number, batch.priceDecimals[i] as number) &&
        sizes.add(batch.size[i] as number, batch.sizeDecimals[i] as number);
      if (fine) continue;
      const remedy = 'round the numbers of this file, or give the tick and the lot';
      throw new TapeProblem(
        file.name,
        `line ${batch.line[i]}`,
        'too many digits to be exact',
        remedy,
      );
    }
  } while (file.rows < SAMPLE && (await file.fill()));
}

/**
 * Merges the files into a sink made by `target`. Starts over with a finer grid when a row disproves the inferred
 * one. Throws TapeProblem. Returns the sink, the counts and the files' origins.
 */
export async function mergeInto<T extends RowSink>(
  options: MergeOptions,
  target: Target<T>,
): Promise<{ sink: T; market: Market; counts: MergeCounts; origins: TapeInfo['origins'] }> {
  const market = await survey(options);
  const rules: MergeRules = {
    gapUs: options.gapUs ?? DEFAULT_GAP_US,
    backUs: options.backUs ?? DEFAULT_BACK_US,
  };
  for (;;) {
    const sink = target.make(market);
    try {
      return await withFiles(options.files, async (files) => {
        const merger = new Merger(files, market.tick, market.lot, rules, sink);
        await merger.run(() => report(options, files));
        const origins = files.map((file) => ({
          name: basename(file.name),
          sha256: file.source.sha256,
          bytes: file.source.bytes,
          rows: file.rows,
        }));
        return { sink, market, counts: merger.counts, origins };
      });
    } catch (error) {
      target.undo(sink);
      if (!(error instanceof OffGrid)) throw error;
      refine(market, options, error);
    }
  }
}

function report(options: MergeOptions, files: readonly CsvFile[]): void {
  let rows = 0;
  let read = 0;
  let bytes = 0;
  for (const file of files) {
    rows += file.rows;
    read += file.source.bytesRead;
    bytes += file.source.bytes;
  }
  options.onProgress?.({ rows, fraction: read / bytes });
}

/** Makes the inferred grid fine enough for the offending number; a grid that was given is not touched. */
function refine(market: Market, options: MergeOptions, error: OffGrid): void {
  const price = error.what === 'price';
  const grid = price ? market.tick : market.lot;
  const before = grid.text;
  const given = (price ? options.tickSize : options.lotSize) !== undefined;
  if (!given && grid.add(error.digits, error.decimals) && grid.text !== before) return;
  const value = error.digits / Number(`1e${error.decimals}`);
  const what = `${error.what} ${value} is no multiple of the ${price ? 'tick' : 'lot'} ${before}`;
  const remedy = given
    ? 'give a finer one, or none to have it inferred'
    : 'mend or remove that row';
  throw new TapeProblem(error.file, `line ${error.line}`, what, remedy);
}

/** What a user should know of the merge, a line each. */
export function mergeNotes(market: Market, counts: MergeCounts): string[] {
  const notes = [
    `tick ${market.tick.text} ${market.tickSource}; lot ${market.lot.text} ${market.lotSource}`,
  ];
  const say = (count: number, text: string): void => {
    if (count > 0) notes.push(`${count} ${text}`);
  };
  say(counts.gaps, `gaps, ${spanText(counts.gapUs)} in all`);
  say(counts.betweenTicks, 'trades between two ticks, kept as fractions of a tick');
  say(counts.sidelessTrades, 'trades of unknown side');
  say(counts.emptyTrades, 'trades of size 0, dropped');
  say(counts.openEnded, 'files end without a newline: a last number may be cut short');
  const most = `by ${counts.backMostUs / 1_000} ms at most`;
  say(counts.back, `rows out of order in their file (${most}), kept in place with the time raised`);
  return notes;
}

/** Imports `files` as the tape `out`. Throws TapeProblem; then nothing is left at `out`. */
export async function importTape(options: ImportOptions): Promise<TapeInfo> {
  const { out, facts } = options;
  const write = options.overwrite === undefined ? {} : { overwrite: options.overwrite };
  const { sink, market, counts, origins } = await mergeInto<TapeWriter>(options, {
    make: (found) => {
      const { venue, symbol } = found;
      const steps = { tickSize: found.tick.text, lotSize: found.lot.text };
      const instrument = { venue, symbol, ...facts, ...steps };
      return new TapeWriter(out, { instrument, writtenBy: 'import' }, write);
    },
    undo: (writer) => writer.abort(),
  });
  try {
    for (const note of mergeNotes(market, counts)) sink.note(note);
    return sink.finish(origins);
  } catch (error) {
    sink.abort();
    throw error;
  }
}
