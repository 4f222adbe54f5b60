// What one simulated run came to: the names are a contract for users' scripts (schemaVersion 1). Money as decimal
// strings, ratios as numbers, *Pct in percent; `inventory` in base units, `inventory.*` statistics in units of the order.

import type { MarketEstimates } from '#core/analyzer';
import type { Judged } from './judged.js';

export const SCHEMA_VERSION = 1;
export type FillModelName = 'floor' | 'queue' | 'ceiling';

export interface HourRow {
  readonly hour: string;
  readonly pnl: string;
  readonly fills: number;
  readonly volume: string;
  readonly fees: string;
  readonly netEdgeBps: number | null;
  readonly inventoryMean: number;
}

export interface Markouts {
  readonly 1: number | null;
  readonly 5: number | null;
  readonly 30: number | null;
  readonly 60: number | null;
}

export interface RunResult {
  readonly schemaVersion: 1;
  /** Its id in the store of backtests; null where it was not kept. */
  readonly runId: string | null;
  readonly mode: 'static' | 'dynamic';
  readonly model: string;
  readonly market: string;
  readonly fillModel: FillModelName;
  readonly rows: number;
  /** Tape time covered. */
  readonly seconds: number;
  /** The apply loop alone, wall time. */
  readonly rowsPerSecond: number;
  readonly pnl: string;
  readonly returnPct: number;
  readonly maxDrawdownPct: number;
  readonly sharpe: number | null;
  readonly fills: number;
  readonly fillsPerHour: number;
  /** Filled over posted quantity. */
  readonly fillRate: number | null;
  readonly makerShare: number | null;
  readonly fees: string;
  readonly funding: string;
  readonly volume: string;
  /** Mean over fills of the 30 s markout less the fee, bp. The primary figure. */
  readonly netEdgeBps: number | null;
  /** Standard deviation of it from fill to fill, bp; null below two fills. */
  readonly netEdgeStdBps: number | null;
  /** The same in money per $1 M of volume. */
  readonly netEdgePerMillion: number | null;
  readonly inventory: { readonly mean: number; readonly std: number; readonly max: number };
  /** Final position in base units. */
  readonly position: string;
  readonly markoutBps: Markouts;
  readonly markoutCounts: {
    readonly resolved: number;
    readonly bridged: number;
    readonly dropped: number;
  };
  /** P&L by cause; with fees and funding it adds up to pnl exactly. */
  readonly attribution: {
    readonly spreadCaptured: string;
    readonly adverseSelection: string;
    readonly inventory: string;
    readonly fees: string;
    readonly funding: string;
  };
  readonly spreadCapturedBps: number | null;
  /** Marked-out (60 s) money of fills whose quote lived into a hole of the recording. */
  readonly gap: { readonly fills: number; readonly pnl: string };
  /** Fraction of time during which each named clamp acted on the last decision. */
  readonly clamped: Readonly<Record<string, number>>;
  readonly decisions: number;
  readonly commands: number;
  readonly halts: readonly string[];
  /** Fraction of time in each state of the breaker. */
  readonly states: Readonly<Record<string, number>>;
  /** Share of decisions on measured parameters: 0 in static mode. */
  readonly measuredShare: number;
  /** Withdrawals because of a jump; null where no analyzer watched. */
  readonly jumps: number | null;
  /** What the analyzer said at the end; null where none watched. */
  readonly estimates: MarketEstimates | null;
  readonly commandHash: string;
  readonly doesNotTrade: boolean;
  readonly hours: readonly HourRow[];
  /** How sure its main figures are, in blocks of 15 min; null where nobody asked (the runs of a sweep). */
  readonly judged: Judged | null;
}
