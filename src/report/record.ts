// One run as its ledger (or the store of backtests) tells it: fills with the mids at and after them, P&L over time,
// funding, quotes. Everything a report or a comparison needs, from rows, never from live objects. Reads only.
import { Instrument } from '#core/instrument';
import { BRIDGE_US, MARKOUT_HORIZONS } from '#core/markout';
import type { Lots, Micros, Money, Side, TickPrice, Ticks } from '#core/units';
import type { LedgerReader } from '#ledger/reader';
import { pnlOf } from '#ledger/rows';
import type { EquityRow, FillRow, MarkoutRow, NoteRow, RunRow } from '#ledger/rows';
import { EXPOSURE_NOTE, exposureOfNotes } from './exposure.js';
import type { ExposureBin } from './exposure.js';
import type { RunResult } from './run-result.js';
import { QUOTES_NOTE, busiestOf, momentsOfNotes } from './quote-path.js';
import { PARAMETERS_NOTE, parseMoment } from './parameter-path.js';
import type { ParameterMoment } from './parameter-path.js';
import type { QuoteMoment, TraceData } from './trace.js';

const GRID = 256;
/** What a live run marks its fills with: its own marks, kept every 5 s. */
const MARK_AGE_US = 10e6;

export interface RecordedFill {
  readonly us: Micros;
  readonly side: Side;
  readonly ticks: Ticks;
  readonly lots: Lots;
  readonly fee: Money;
  readonly maker: boolean;
  /** Mid at the fill, 0 where unknown. */
  readonly mid: number;
  /** Mids 1, 5, 30 and 60 s later, 0 where unknown. */
  readonly mids: readonly number[];
  /** Lots held after it. */
  readonly after: Lots;
}

/** P&L of the run so far (fees and funding included), position and mark. */
export interface Level {
  readonly us: Micros;
  readonly pnl: Money;
  readonly lots: Lots;
  readonly mark: number;
}

export interface RunRecord {
  readonly run: RunRow;
  readonly instrument: Instrument;
  readonly startUs: Micros;
  readonly endUs: Micros;
  readonly fills: readonly RecordedFill[];
  /** In order of time; the last one is the end. */
  readonly levels: readonly Level[];
  readonly funding: readonly { readonly us: Micros; readonly amount: Money }[];
  /** Paid in fees over the run, as the ledger's sums have it. */
  readonly fees: Money;
  readonly pnl: Money;
  /** Where the mids come from: from the book at each fill and after it, or from the marks kept every few seconds. */
  readonly mids: 'book' | 'marks';
  /** Mid (or mark) and innermost quotes of the busiest ten minutes. */
  readonly excerpt: readonly QuoteMoment[];
  /** Of a live run: one a minute, where something was measured. */
  readonly parameters: readonly ParameterMoment[];
  /** How long quotes stood where, and what came; null where that was not kept. */
  readonly exposure: readonly ExposureBin[] | null;
  readonly result: RunResult | null;
  /** What a simulated figure rests on; null for a live run. */
  readonly assumptions: string | null;
}

/** The run of that id; null when the ledger has none. Throws LedgerProblem. */
export function loadRecord(reader: LedgerReader, runId: string): RunRecord | null {
  const run = reader.run(runId);
  if (run === null) return null;
  const account = reader.accounts().find(({ id }) => id === run.account);
  if (account === undefined) return null;
  const instrument = new Instrument(account.spec);
  const equity = [...reader.rows('equity', run.id)];
  const levels = levelsOf(run, equity, instrument);
  const funding = [...reader.rows('funding', run.id)].map(({ us, amount }) => ({ us, amount }));
  const rows = [...reader.rows('fills', run.id)].filter((fill) => fill.adjustment === 0);
  const known = byFill(reader.markouts(run.id));
  const mids = known.size > 0 ? 'book' : 'marks';
  const fills = rows.map((row) =>
    fillOf(row, known.size > 0 ? settledMids(known.get(row.id)) : markedMids(row.venueUs, equity)),
  );
  const last = levels.at(-1);
  const notes = [...reader.rows('notes', run.id)];
  const trace = (reader.state(run.account, 'trace')?.value ?? null) as TraceData | null;
  return {
    parameters: trace?.samples ?? momentsOf(notes),
    excerpt: trace?.excerpt ?? busiestOf(momentsOfNotes(notesOf(notes, QUOTES_NOTE)), fills),
    ...{ run, instrument, fills, levels, funding, mids },
    startUs: run.startedUs,
    endUs: run.endedUs ?? last?.us ?? run.startedUs,
    fees: ((equity.at(-1)?.fees ?? run.startPosition.fees) - run.startPosition.fees) as Money,
    pnl: last?.pnl ?? (0 as Money),
    exposure: trace?.exposure ?? exposureOf(notes),
    result: (reader.state(run.account, 'result')?.value ?? null) as RunResult | null,
    assumptions: (reader.state(run.account, 'assumptions')?.value ?? null) as string | null,
  };
}

const notesOf = (notes: readonly NoteRow[], kind: string): NoteRow[] =>
  notes.filter((note) => note.kind === kind);

function exposureOf(notes: readonly NoteRow[]): ExposureBin[] | null {
  const bins = exposureOfNotes(notesOf(notes, EXPOSURE_NOTE).map(({ text }) => text));
  return bins.length > 0 ? bins : null;
}

const momentsOf = (notes: readonly NoteRow[]): ParameterMoment[] =>
  notesOf(notes, PARAMETERS_NOTE).flatMap(({ text }) => parseMoment(text) ?? []);

/** P&L counts from the start: what was open then is valued at the first mark. */
function levelsOf(run: RunRow, equity: readonly EquityRow[], instrument: Instrument): Level[] {
  const { lots, cost, realised, fees, funding } = run.startPosition;
  const first = equity[0];
  const open =
    lots === 0 || first === undefined
      ? 0
      : instrument.worth(lots, (first.mark256 / GRID) as TickPrice) - cost;
  const before = realised - fees + funding + open;
  return equity.map((row) => ({
    us: row.us,
    pnl: (pnlOf(row) - before) as Money,
    lots: row.lots,
    mark: row.mark256 / GRID,
  }));
}

function byFill(markouts: readonly MarkoutRow[]): Map<number, Map<number, number>> {
  const fills = new Map<number, Map<number, number>>();
  for (const { fill, horizonMs, mid256 } of markouts) {
    const known = fills.get(fill) ?? new Map<number, number>();
    known.set(horizonMs, mid256 / GRID);
    fills.set(fill, known);
  }
  return fills;
}

interface Mids {
  readonly mid: number;
  readonly mids: readonly number[];
}

function settledMids(known: ReadonlyMap<number, number> | undefined): Mids {
  const at = (seconds: number): number => known?.get(seconds * 1_000) ?? 0;
  return { mid: at(0), mids: MARKOUT_HORIZONS.map(at) };
}

/** The last mark before the fill, and the first at or after each horizon; none too old or too late. */
function markedMids(us: number, equity: readonly EquityRow[]): Mids {
  const after = firstAt(equity, us);
  const before = equity[after - 1];
  const at = (seconds: number): number => {
    const due = us + seconds * 1e6;
    const row = equity[firstAt(equity, due)];
    return row !== undefined && row.us - due <= BRIDGE_US ? row.mark256 / GRID : 0;
  };
  const fresh = before !== undefined && us - before.us <= MARK_AGE_US;
  return { mid: fresh ? before.mark256 / GRID : 0, mids: MARKOUT_HORIZONS.map(at) };
}

/** Index of the first row at or after `us`. */
function firstAt(rows: readonly { readonly us: number }[], us: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.us ?? 0) < us) low = middle + 1;
    else high = middle;
  }
  return low;
}

function fillOf(row: FillRow, mids: Mids): RecordedFill {
  const { venueUs, side, ticks, lots, fee, maker, lotsAfter } = row;
  return { us: venueUs, side, ticks, lots, fee, maker: maker === 1, after: lotsAfter, ...mids };
}
