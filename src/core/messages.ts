// What goes out (commands) and what comes in (events) besides market rows. Commands are fire-and-forget: what
// became of them returns only as events. All values are frozen records; an order is known by its ordinal.
import type { Lots, Micros, Money, Rate, Side, TickPrice, Ticks } from './units.js';

/** `gtc` takes what it can and rests: the venue faces take it from other clients, the engine never sends it. */
export type TimeInForce = 'post-only' | 'ioc' | 'gtc';

export interface PlaceCommand {
  readonly kind: 'place';
  readonly ordinal: number;
  readonly side: Side;
  readonly ticks: Ticks;
  readonly lots: Lots;
  readonly tif: TimeInForce;
  readonly reduceOnly: boolean;
}
/** `lots` is the new total size, fills so far included. */
export interface AmendCommand {
  readonly kind: 'amend';
  readonly ordinal: number;
  readonly side: Side;
  readonly ticks: Ticks;
  readonly lots: Lots;
}
export interface CancelCommand {
  readonly kind: 'cancel';
  readonly ordinal: number;
}
export interface CancelAllCommand {
  readonly kind: 'cancel-all';
}
export type Command = PlaceCommand | AmendCommand | CancelCommand | CancelAllCommand;
export const CANCEL_ALL: CancelAllCommand = Object.freeze({ kind: 'cancel-all' });

/** `not-sent`: we kept it back ourselves (link, state, own budget); `journal`: it could not be recorded. Neither left. */
export type RejectReason =
  | 'post-only' | 'margin' | 'size' | 'price' | 'reduce-only' | 'rate-limit' | 'duplicate-id'
  | 'market-closed' | 'not-sent' | 'journal' | 'other'; // prettier-ignore
export type CloseReason =
  | 'cancelled' | 'post-only' | 'ioc' | 'reduce-only' | 'self-trade' | 'expired' | 'liquidation'
  | 'restart' | 'venue'; // prettier-ignore

/** An order at the venue as a list of open orders states it. */
export interface OpenOrder {
  readonly ordinal: number | null;
  readonly clientId: string;
  readonly side: Side;
  readonly ticks: Ticks;
  readonly lots: Lots;
  readonly filledLots: Lots;
}

/** `us` is the time at which the event reached us, `venueUs` the venue clock. */
interface Stamped {
  readonly us: Micros;
}
export interface Accepted extends Stamped {
  readonly kind: 'accepted';
  readonly ordinal: number;
}
/** The venue refused it: it was never open. */
export interface Rejected extends Stamped {
  readonly kind: 'rejected';
  readonly ordinal: number;
  readonly reason: RejectReason;
  readonly detail: string;
}
/** It is no longer open. `filledLots` counts every fill of its life, those not yet reported included. */
export interface Closed extends Stamped {
  readonly kind: 'closed';
  readonly ordinal: number;
  readonly reason: CloseReason;
  readonly filledLots: Lots;
}
/** "not-found" may mean filled: the order stays in doubt until a fill, a query or a reconciliation settles it. */
export interface CancelRejected extends Stamped {
  readonly kind: 'cancel-rejected';
  readonly ordinal: number;
  readonly reason: 'not-found' | 'rate-limit' | 'other';
}
export interface Amended extends Stamped {
  readonly kind: 'amended';
  readonly ordinal: number;
  readonly ticks: Ticks;
  readonly lots: Lots;
}
export interface AmendRejected extends Stamped {
  readonly kind: 'amend-rejected';
  readonly ordinal: number;
  readonly reason: RejectReason | 'not-found';
}
/** `ordinal` is null when the order was not ours (a manual trade, a liquidation). */
export interface Fill extends Stamped {
  readonly kind: 'fill';
  readonly tradeId: string;
  readonly ordinal: number | null;
  readonly side: Side;
  readonly ticks: Ticks;
  readonly lots: Lots;
  /** Positive = paid, negative = rebate. */
  readonly fee: Money;
  readonly maker: boolean;
  /** When the venue matched it. */
  readonly venueUs: Micros;
  readonly liquidation: boolean;
  /** Simulation only: counted as filled because a hole in the recording reopened beyond the quote. */
  readonly gap?: boolean;
}
/** A request whose answer never came: cut, timeout, 5xx, unreadable. */
export interface OutcomeUnknown extends Stamped {
  readonly kind: 'unknown';
  readonly ordinal: number | null;
  readonly operation: 'place' | 'amend' | 'cancel' | 'cancel-all';
}
/** The venue's answer to cancel-all: at `venueUs` none of our orders was open. */
export interface AllCancelled extends Stamped {
  readonly kind: 'all-cancelled';
  readonly venueUs: Micros;
}
/** Funding settled into cash; positive = received. `rate` for that period. */
export interface FundingPaid extends Stamped {
  readonly kind: 'funding';
  readonly amount: Money;
  readonly rate: Rate;
  readonly mark: TickPrice;
}
export interface Transfer extends Stamped {
  readonly kind: 'transfer';
  readonly amount: Money;
}
export interface TradeBust extends Stamped {
  readonly kind: 'trade-bust';
  readonly tradeId: string;
}
/** The venue's list of our open orders, true at `venueUs`; events newer than that win. */
export interface OpenOrdersReport extends Stamped {
  readonly kind: 'open-orders';
  readonly venueUs: Micros;
  readonly orders: readonly OpenOrder[];
}
/** The venue's own word on the account, true at `venueUs`. */
export interface AccountReport extends Stamped {
  readonly kind: 'account';
  readonly venueUs: Micros;
  readonly positionLots: Lots;
  readonly equity: Money;
  /** Part of `equity`: funding that is not paid yet, received > 0. Left out where the venue says nothing of it. */
  readonly accrued?: Money;
  /** Equity over maintenance margin; Infinity when flat. */
  readonly marginRatio: number;
}
/** A link came up, went down, or lost rows. A down or gapped public link makes the book unhealthy. */
export interface LinkFact extends Stamped {
  readonly kind: 'link';
  readonly channel: 'public' | 'private';
  readonly state: 'up' | 'down' | 'gap';
  readonly detail: string;
}
export interface OperatorOrder extends Stamped {
  readonly kind: 'operator';
  readonly order: 'stop' | 'pause' | 'resume' | 'reset' | 'shutdown';
  readonly reason: string;
}
/** Something outside the engine failed for good: the ledger, the log disk. Cancels all and latches or pauses. */
export interface HostFault extends Stamped {
  readonly kind: 'fault';
  readonly source: 'ledger' | 'log' | 'engine';
  readonly detail: string;
}

export type OrderEvent =
  | Accepted | Rejected | Closed | CancelRejected | Amended | AmendRejected | Fill | OutcomeUnknown; // prettier-ignore
export type AccountEvent =
  | OrderEvent | AllCancelled | FundingPaid | Transfer | TradeBust | OpenOrdersReport | AccountReport; // prettier-ignore
export type EngineEvent = AccountEvent | LinkFact | OperatorOrder | HostFault;

export const CLIENT_ID_PREFIX = 'mm-';
/** `mm-<run id>-<ordinal>`: at most 40 of [0-9A-Za-z-], never reused because the run id is random. */
export const clientId = (runId: string, ordinal: number): string =>
  `${CLIENT_ID_PREFIX}${runId}-${ordinal}`;
/** The run and ordinal of one of our client ids; null when it is not ours. */
export function parseClientId(text: string): { runId: string; ordinal: number } | null {
  const match = /^mm-([0-9A-Za-z]{1,24})-(\d{1,10})$/.exec(text);
  return match ? { runId: match[1] as string, ordinal: Number(match[2]) } : null;
}
