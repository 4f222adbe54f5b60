// Several recordings of one market as one run of rows: merged by local time, in whole ticks and lots, snapshots as a
// clear row and levels, gaps as rows. Hot path. Ties go trades, book, quotes: a print precedes the book it left.
import type { RowKind } from '#core/rows';
import { ROW_CLEAR, ROW_GAP, ROW_LEVEL, ROW_QUOTE, ROW_TRADE } from '#core/rows';
import type { Aggressor } from '#core/units';
import type { CsvFile, Layout } from './csv.js';
import type { Grid } from './grid.js';
import { TapeProblem } from './problem.js';
import type { RowSink } from './write.js';

const RANK: Readonly<Record<Layout, number>> = { trades: 0, book: 1, quotes: 2 };
const KIND: Readonly<Record<Layout, RowKind>> = {
  trades: ROW_TRADE,
  book: ROW_LEVEL,
  quotes: ROW_QUOTE,
};
/** A snapshot out of turn after this much silence means that something was missed. */
const SNAPSHOT_SILENCE_US = 2_000_000;

export interface MergeRules {
  /** A longer silence of the book is a gap. Microseconds. */
  readonly gapUs: number;
  /** How far a file's local time may step back: that far it is raised, farther the file is refused. */
  readonly backUs: number;
}

/** What was found on the way. */
export interface MergeCounts {
  rows: number;
  gaps: number;
  gapUs: number;
  snapshots: number;
  /** Rows whose local time stepped back within its file, and the farthest step. */
  back: number;
  backMostUs: number;
  betweenTicks: number;
  emptyTrades: number;
  sidelessTrades: number;
  /** Files whose last line had no newline. */
  openEnded: number;
}

/** A number between two steps, where none may be: the grid must be refined and the merge begun again. */
export class OffGrid extends Error {
  override readonly name = 'OffGrid';
  constructor(
    readonly what: 'price' | 'size',
    readonly digits: number,
    readonly decimals: number,
    readonly file: string,
    readonly line: number,
  ) {
    super(`${file}, line ${line}: ${what} off the grid`);
  }
}

export class Merger {
  readonly counts: MergeCounts = {
    rows: 0, gaps: 0, gapUs: 0, snapshots: 0, back: 0, backMostUs: 0, betweenTicks: 0,
    emptyTrades: 0, sidelessTrades: 0, openEnded: 0,
  }; // prettier-ignore
  private readonly files: CsvFile[];
  private readonly lastUs: number[];
  private readonly ticksOf: (digits: number, decimals: number) => number;
  private readonly lotsOf: (digits: number, decimals: number) => number;
  /** The layout whose silence is a gap: book, else quotes, else none. */
  private readonly pulse: Layout;
  private pulseUs = 0;
  private pulseVenueUs = 0;
  private inSnapshot = false;

  /** `files` have been started, in the order given by the user. */
  constructor(
    files: readonly CsvFile[],
    tick: Grid,
    lot: Grid,
    private readonly rules: MergeRules,
    private readonly sink: RowSink,
  ) {
    this.files = [...files].sort((a, b) => RANK[a.layout] - RANK[b.layout]);
    this.lastUs = this.files.map(() => 0);
    this.ticksOf = tick.counter();
    this.lotsOf = lot.counter();
    this.pulse = files.some((f) => f.layout === 'book') ? 'book' : 'quotes';
  }

  /** Runs to the end; `onBatch` after each batch read. Throws TapeProblem, or OffGrid. */
  async run(onBatch: () => void): Promise<void> {
    const heads = this.files.map((file, f) => this.headUs(file, f));
    for (;;) {
      let first = -1;
      let least = Infinity;
      let limit = Infinity;
      for (let f = 0; f < heads.length; f++) {
        const us = heads[f] as number;
        if (us < least) {
          // A file before it with the same time goes first, so this one stops short of it.
          limit = Math.min(limit, least - 1);
          least = us;
          first = f;
        } else limit = Math.min(limit, us);
      }
      if (first === -1) break;
      const file = this.files[first] as CsvFile;
      heads[first] = this.emitUntil(file, first, least, limit);
      if (file.taken === file.batch.count) {
        await file.fill();
        onBatch();
        heads[first] = this.headUs(file, first);
      }
    }
    this.counts.openEnded = this.files.filter((file) => file.openEnded).length;
  }

  /** Rows of one file from `firstUs` up to and including local time `limit`; returns the time of the next one. */
  private emitUntil(file: CsvFile, f: number, firstUs: number, limit: number): number {
    const { batch } = file;
    const kind = KIND[file.layout];
    let i = file.taken;
    let us = firstUs;
    do {
      this.lastUs[f] = us;
      this.emit(file, i, kind, us);
      i += 1;
      file.taken = i;
      us = i < batch.count ? this.headUs(file, f) : Infinity;
    } while (us <= limit && us !== Infinity);
    return us;
  }

  /** Local time of the next row of a file, never before the last; Infinity at the end of its batch. */
  private headUs(file: CsvFile, f: number): number {
    const { batch, taken } = file;
    if (taken >= batch.count) return Infinity;
    const us = batch.localUs[taken] as number;
    const last = this.lastUs[f] as number;
    return us >= last ? us : this.stepBack(file, last - us, last);
  }

  private stepBack(file: CsvFile, by: number, last: number): number {
    const { counts } = this;
    if (by > this.rules.backUs) {
      const line = `line ${file.batch.line[file.taken]}`;
      const what = `local_timestamp steps back by ${by / 1e6} s`;
      throw new TapeProblem(file.name, line, what, 'sort the file by local_timestamp first');
    }
    counts.back += 1;
    counts.backMostUs = Math.max(counts.backMostUs, by);
    return last;
  }

  private emit(file: CsvFile, i: number, kind: RowKind, us: number): void {
    const { batch, layout } = file;
    const venueUs = batch.venueUs[i] as number;
    const price = this.ticksOf(batch.price[i] as number, batch.priceDecimals[i] as number);
    const size = this.lotsOf(batch.size[i] as number, batch.sizeDecimals[i] as number);
    if (Math.floor(size) !== size) {
      throw this.offGrid('size', file, i);
    }
    if (layout === this.pulse) this.beat(batch.snapshot[i] === 1, venueUs, us);
    if (kind === ROW_TRADE) {
      if (size === 0) {
        this.counts.emptyTrades += 1;
        return;
      }
      if (batch.side[i] === 0) this.counts.sidelessTrades += 1;
      if (Math.floor(price) !== price) this.counts.betweenTicks += 1;
    } else if (Math.floor(price) !== price) {
      throw this.offGrid('price', file, i);
    }
    this.counts.rows += 1;
    this.sink.push(kind, batch.side[i] as Aggressor, venueUs, us, price, size);
  }

  /** A row of the feed that must not fall silent: gaps and the start of snapshots. */
  private beat(snapshot: boolean, venueUs: number, us: number): void {
    const { counts, sink } = this;
    const sameMessage = us === this.pulseUs && venueUs === this.pulseVenueUs;
    const begins = snapshot && !(this.inSnapshot && sameMessage);
    const silence = us - this.pulseUs;
    if (
      this.pulseUs > 0 &&
      (silence > this.rules.gapUs || (begins && silence > SNAPSHOT_SILENCE_US))
    ) {
      counts.gaps += 1;
      counts.gapUs += silence;
      sink.push(ROW_GAP, 0, this.pulseUs, us, 0, 0);
    }
    if (begins) {
      counts.snapshots += 1;
      sink.push(ROW_CLEAR, 0, venueUs, us, 0, 0);
    }
    this.inSnapshot = snapshot;
    this.pulseUs = us;
    this.pulseVenueUs = venueUs;
  }

  private offGrid(what: 'price' | 'size', file: CsvFile, i: number): OffGrid {
    const { batch } = file;
    const digits = (what === 'price' ? batch.price[i] : batch.size[i]) as number;
    const decimals = (what === 'price' ? batch.priceDecimals[i] : batch.sizeDecimals[i]) as number;
    return new OffGrid(what, digits, decimals, file.name, batch.line[i] as number);
  }
}
