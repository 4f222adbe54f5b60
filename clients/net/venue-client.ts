// The seam to a real venue: what every folder of clients/ implements and src/run drives. A client only writes into its
// inbox; the host drains that and settles once ("drain, then act"). It never calls the engine and holds no opinion.
import type { Instrument } from '#core/instrument';
import type { AccountReport, EngineEvent, FundingPaid, OpenOrder } from '#core/messages';
import type { VenueProfile } from '#core/params';
import type { CommandSink } from '#core/ports';
import type { RowKind } from '#core/rows';
import type { Aggressor, Micros, TickPrice } from '#core/units';

/** Where a client puts everything it hears, in the order in which it heard it. Never throws, never calls back. */
export interface VenueInbox {
  /** One market row (columns as in RowBlock); the inbox stamps the local time. Allocation-free. */
  row(kind: RowKind, side: Aggressor, exchangeUs: number, price: number, size: number): void;
  event(event: EngineEvent): void;
  /** A line for the log. Never a secret. */
  note(level: 'debug' | 'info' | 'warn', text: string): void;
}

/** What a venue said before anything was sent to it that changes anything. */
export interface VenueFacts {
  /** Tick, lot, minimum and the account's own fees. */
  readonly instrument: Instrument;
  /** Where the fees come from: "account", "market" or "configuration". */
  readonly feesFrom: string;
  readonly profile: VenueProfile;
  readonly account: AccountReport;
  /** Average entry of the position as the venue states it; 0 when flat. */
  readonly averageEntry: TickPrice;
  /** Every open order of this account on this market, foreign ones included (ordinal null, or of another run). */
  readonly openOrders: readonly OpenOrder[];
  /** Worth a warning at start: clock skew, maintenance ahead, limits. */
  readonly warnings: readonly string[];
}

/** Since the client was made. */
export interface VenueCounters {
  connects: number;
  /** Times that a socket was lost. */
  cuts: number;
  /** Sequence gaps of the book. */
  gaps: number;
  requests: number;
  /** Requests that failed or whose outcome never came. */
  failures: number;
  unknowns: number;
  /** Frames that could not be read. */
  unreadable: number;
  duplicateFills: number;
  messages: number;
}

export const newCounters = (): VenueCounters => ({
  ...{ connects: 0, cuts: 0, gaps: 0, requests: 0, failures: 0, unknowns: 0 },
  ...{ unreadable: 0, duplicateFills: 0, messages: 0 },
});

/** Cannot start: every problem at once, one line each, the remedy included. Exit code 2. */
export class VenueProblem extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'VenueProblem';
  }
}

/**
 * `send` is fire-and-forget: cancels leave first and wait for nothing; every command is answered by events, by an
 * `unknown` event where the outcome was lost.
 */
export interface VenueClient extends CommandSink {
  /** Reads configuration, clock, account, market, orders. Throws VenueProblem. Sends nothing that changes anything. */
  start(): Promise<VenueFacts>;
  /** Opens the feeds. From now on rows and events flow; reconnects by itself until closed. */
  open(): void;
  /** Asks for the account; the answer is an `account` event. */
  requestAccount(): void;
  /** Asks for all open orders; the answer is an `open-orders` event. */
  requestOpenOrders(): void;
  /** Where funding is paid by the clock: what was paid from `us` to `start`, at the venue's times, oldest first. */
  fundingSince?(us: Micros): Promise<readonly FundingPaid[]>;
  /** A clean goodbye; does not cancel anything. */
  close(): Promise<void>;
  readonly counters: VenueCounters;
}

/** A way to an empty book that shares nothing with a running bot: mm stop, the watchdog, doctor. */
export interface EmergencyClient {
  /** Cancels our orders (prefix `mm-`) on the market; with `foreign`, every order on it. Throws when the venue refuses. */
  cancelAll(foreign?: boolean): Promise<void>;
  /** What is open now, by the venue's word. */
  openOrders(): Promise<readonly OpenOrder[]>;
  close(): Promise<void>;
}
