// The rows as readers get them: column names in camel case, everything else as stored. Money in
// 1e-8, times in microseconds, prices in ticks, sizes in lots, `mark256` and `mid256` in 1/256
// tick; flags are 0 or 1.
import type { InstrumentSpec } from '#core/instrument';
import type { PositionSnapshot } from '#core/position';
import type { Lots, Micros, Money, Rate, Side, Ticks } from '#core/units';

export type Flag = 0 | 1;

/** One market of the account in one set of units; `position` is the present one. */
export interface AccountRow {
  readonly id: number;
  readonly venue: string;
  readonly account: string;
  readonly market: string;
  readonly spec: InstrumentSpec;
  readonly pnlAtReset: Money;
  readonly position: PositionSnapshot;
}

export interface RunRow {
  readonly id: number;
  readonly run: string;
  readonly account: number;
  readonly venue: string;
  readonly accountName: string;
  readonly market: string;
  readonly kind: string;
  readonly mode: string;
  readonly version: string;
  readonly pid: number;
  readonly capital: Money;
  readonly params: unknown;
  readonly startPosition: PositionSnapshot;
  readonly startedUs: Micros;
  /** Null while it is on, or when it was killed and nothing has run since. */
  readonly endedUs: Micros | null;
  readonly exitCode: number | null;
  readonly endReason: string | null;
  readonly commandHash: string | null;
}

export interface OrderRow {
  readonly run: number;
  readonly runId: string;
  readonly ordinal: number;
  readonly side: Side;
  readonly tif: string;
  readonly reduceOnly: Flag;
  readonly firstTicks: Ticks;
  readonly firstLots: Lots;
  /** After the last amend that the venue confirmed. */
  readonly ticks: Ticks;
  readonly lots: Lots;
  readonly state: 'sent' | 'open' | 'filled' | 'closed' | 'rejected';
  /** Lots of the fills recorded here. */
  readonly filled: Lots;
  /**
   * What the venue counted when it closed the order: more than `filled` means that fills are
   * missing.
   */
  readonly venueFilled: Lots | null;
  readonly reason: string | null;
  readonly placedUs: Micros;
  readonly acceptedUs: Micros | null;
  readonly cancelUs: Micros | null;
  readonly closedUs: Micros | null;
}

export interface OrderChangeRow {
  readonly id: number;
  readonly run: number | null;
  readonly ordinal: number | null;
  readonly us: Micros;
  readonly kind: string;
  readonly ticks: Ticks | null;
  readonly lots: Lots | null;
  readonly detail: string;
}

export interface FillRow {
  readonly id: number;
  readonly account: number;
  readonly run: number;
  readonly tradeId: string;
  readonly orderRun: number | null;
  readonly ordinal: number | null;
  readonly us: Micros;
  readonly venueUs: Micros;
  readonly side: Side;
  readonly ticks: Ticks;
  readonly lots: Lots;
  readonly fee: Money;
  readonly maker: Flag;
  readonly liquidation: Flag;
  /**
   * No trade: a bust taken back or a position adopted. Not to be counted in volume, fills or
   * markouts.
   */
  readonly adjustment: Flag;
  /** Realised by this fill; the sums are the account's after it. */
  readonly realised: Money;
  readonly lotsAfter: Lots;
  readonly costAfter: Money;
  readonly realisedSum: Money;
  readonly feesSum: Money;
}

export interface MarkoutRow {
  readonly fill: number;
  readonly horizonMs: number;
  readonly mid256: number;
  readonly bridged: Flag;
}

export interface FundingRow {
  readonly id: number;
  readonly account: number;
  readonly run: number;
  readonly us: Micros;
  readonly amount: Money;
  readonly rate: Rate;
  readonly mark256: number;
  readonly fundingSum: Money;
}

export interface TransferRow {
  readonly id: number;
  readonly account: number;
  readonly run: number;
  readonly us: Micros;
  readonly amount: Money;
  readonly transfersSum: Money;
}

export interface EquityRow {
  readonly id: number;
  readonly account: number;
  readonly run: number;
  readonly us: Micros;
  readonly lots: Lots;
  readonly mark256: number;
  readonly cash: Money;
  readonly worth: Money;
  readonly accrued: Money;
  readonly equity: Money;
  readonly cost: Money;
  readonly realised: Money;
  readonly fees: Money;
  readonly funding: Money;
  readonly transfers: Money;
}

export interface HaltRow {
  readonly id: number;
  readonly account: number;
  readonly run: number | null;
  readonly us: Micros;
  readonly fromState: string;
  readonly toState: string;
  readonly guard: string | null;
  readonly severity: string | null;
  readonly reason: string;
  readonly untilUs: Micros;
}

export interface ResetRow {
  readonly id: number;
  readonly account: number;
  readonly run: number | null;
  readonly us: Micros;
  readonly reason: string;
  readonly lots: Lots;
  readonly mark256: number;
  readonly realised: Money;
  readonly fees: Money;
  readonly funding: Money;
  readonly unrealised: Money;
  readonly pnl: Money;
}

export interface NoteRow {
  readonly id: number;
  readonly account: number | null;
  readonly run: number | null;
  readonly us: Micros;
  readonly kind: string;
  readonly text: string;
}

/**
 * The last thing a run said of itself: JSON for `mm metrics`, and its last decision for `mm
 * explain`.
 */
export interface StatusRow {
  readonly us: Micros | null;
  readonly status: unknown;
  readonly decisionUs: Micros | null;
  readonly decision: unknown;
}

/**
 * Total P&L of an equity row: realised - fees + funding + unrealised; accrued funding not included.
 */
export const pnlOf = (row: EquityRow): Money =>
  (row.realised - row.fees + row.funding + row.worth - row.cost) as Money;
