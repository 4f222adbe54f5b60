// What can be entered into the ledger, as plain values: the writer keeps them in a queue until one
// transaction writes them all. Nothing here touches a disk.
import type { BreakerStateName, Trip } from '#core/guard';
import type { Instrument } from '#core/instrument';
import type {
  AmendCommand, Command, EngineEvent, FundingPaid, HostFault, OperatorOrder, OrderEvent,
  PlaceCommand, TradeBust, Transfer,
} from '#core/messages'; // prettier-ignore
import type { Lots, Micros, Money, Side, TickPrice, Ticks } from '#core/units';

/** Everything that is known of a run when it begins. */
export interface RunStart {
  /** The random id that is part of every client order id. */
  readonly runId: string;
  readonly account: string;
  /** Venue and market are its. */
  readonly instrument: Instrument;
  /** 'sim', 'live', 'paper', 'backtest' ... */
  readonly kind: string;
  readonly mode: 'static' | 'dynamic';
  readonly version: string;
  readonly pid: number;
  readonly capital: Money;
  /** Effective parameters without secrets, plain JSON. */
  readonly params: unknown;
  readonly startedUs: Micros;
  /**
   * 'restart' closes what earlier runs left open, as the simulated venue died with them; 'keep'
   * leaves it.
   */
  readonly deadOrders: 'restart' | 'keep';
}

export interface RunEnd {
  readonly us: Micros;
  readonly exitCode: number;
  readonly reason: string;
  readonly commandHash: string | null;
}

/**
 * `equity` is the bot's own figure, worked out from its own position; the ledger sets it against
 * cash and worth from its own rows and refuses the row when they differ by one unit. `mark` lies on
 * the 1/256 grid.
 */
export interface EquityEntry {
  readonly us: Micros;
  readonly mark: TickPrice;
  readonly accrued: Money;
  readonly equity: Money;
}

export interface HaltEntry {
  readonly us: Micros;
  readonly from: BreakerStateName;
  readonly to: BreakerStateName;
  readonly cause: Trip | null;
}

/**
 * `mark` values the open position, so that P&L since the reset starts from 0; any number when flat.
 */
export interface ResetEntry {
  readonly us: Micros;
  readonly reason: string;
  readonly mark: TickPrice;
}

/** The mid `horizonMs` after a fill (0: at it); `bridged`: the first one after a short gap. */
export interface MarkoutEntry {
  readonly tradeId: string;
  readonly horizonMs: number;
  readonly mid: TickPrice;
  readonly bridged: boolean;
}

/**
 * A change of the position that is no trade of ours: adopted from the venue's report. It moves lots
 * and cost as a fill at that price would, and counts for no volume.
 */
export interface AdjustEntry {
  readonly us: Micros;
  readonly side: Side;
  readonly ticks: Ticks;
  readonly lots: Lots;
  readonly reason: string;
}

/** Events that leave a row. The others (links, account reports) go to the log. */
export type KeptEvent = OrderEvent | FundingPaid | Transfer | TradeBust | OperatorOrder | HostFault;
type Intent = PlaceCommand | AmendCommand;

export type Entry =
  | { readonly kind: 'command'; readonly us: Micros; readonly command: Command }
  /** `runId` is the run that placed the order when it is not the present one. */
  | { readonly kind: 'event'; readonly event: KeptEvent; readonly runId: string | null }
  | { readonly kind: 'equity'; readonly row: EquityEntry }
  | { readonly kind: 'adjust'; readonly row: AdjustEntry }
  | { readonly kind: 'halt'; readonly row: HaltEntry }
  | { readonly kind: 'reset'; readonly row: ResetEntry }
  | { readonly kind: 'markout'; readonly row: MarkoutEntry }
  | { readonly kind: 'taken'; readonly us: Micros; readonly id: number }
  | { readonly kind: 'note'; readonly us: Micros; readonly about: string; readonly text: string };

/** True for the commands that must be durable before they are sent. */
export const isIntent = (command: Command): command is Intent =>
  command.kind === 'place' || command.kind === 'amend';

/** The event when it leaves a row, else null. */
export function kept(event: EngineEvent): KeptEvent | null {
  switch (event.kind) {
    case 'link':
    case 'account':
    case 'open-orders':
    case 'all-cancelled':
      return null;
    default:
      return event;
  }
}

/** When it happened; 0 when the entry does not say. */
export function timeOf(entry: Entry): Micros {
  const us = entry.kind === 'event' ? entry.event.us : 'us' in entry ? entry.us : undefined;
  const time = us ?? ('row' in entry && 'us' in entry.row ? entry.row.us : 0);
  return (Number.isSafeInteger(time) ? time : 0) as Micros;
}
