// What a guard is: two faces over plain numbers. The breaker (src/risk/breaker.ts) is the only one that acts on them.
import type { AmendRejected, Fill } from './messages.js';
import type { Decision, View } from './strategy.js';
import type { Lots, Micros, Money, TickPrice } from './units.js';

/** The account and the feed in numbers, kept up to date in place by the engine; guards only read. Hot path. */
export interface AccountNumbers {
  nowUs: Micros;
  positionLots: Lots;
  /** Worst case over everything resting, in flight or unknown: position if all bids (all asks) filled. */
  longestLots: Lots;
  shortestLots: Lots;
  /** Price that values the position: venue mark, else mid, else last. 0 before the first one. */
  mark: TickPrice;
  markUs: Micros;
  /** Money value of |position| at mark. */
  exposure: Money;
  /** Soft limit in lots at the current mark. */
  limitLots: Lots;
  hardLimitLots: Lots;
  /** Capital + cumulative P&L since the last reset, restarts included. */
  guardEquity: Money;
  dayStartEquity: Money;
  peakEquity: Money;
  bestBid: TickPrice;
  bestAsk: TickPrice;
  /** Local time of the newest book frame. 0 = none yet. */
  bookUs: Micros;
  bookSound: boolean;
  privateUp: boolean;
  publicUp: boolean;
  /** Equity over maintenance margin as the venue says it; Infinity when unknown or flat. */
  marginRatio: number;
  /** Of the operations of the last 60 s. */
  operations: number;
  failures: number;
  /** How often, since the start, so many operations in a row were refused with none done between (REFUSED_IN_A_ROW). */
  refusedRuns: number;
  /** Why the last one was; '' before the first. */
  lastRefusal: AmendRejected['reason'] | '';
}

/** Refusals in a row that are one of `refusedRuns`; outcomes that stay unknown are none, and end none. */
export const REFUSED_IN_A_ROW = 5;

export type GuardName =
  | 'position' | 'daily-loss' | 'drawdown' | 'stale-feed' | 'wide-market' | 'price-band'
  | 'bleed' | 'order-rate' | 'error-rate' | 'margin' | 'strategy' | 'jump' | 'operator' | 'host'; // prettier-ignore

/** What a tripped guard asks for, from mild to final. */
export type Severity = 'reduce' | 'withdraw' | 'pause' | 'latch';

/** A guard's answer that is not "ok". `untilUs` 0: until the guard itself says ok again (or reset, when latched). */
export interface Trip {
  readonly guard: GuardName;
  readonly severity: Severity;
  readonly reason: string;
  readonly untilUs: Micros;
}

export type DecisionAnswer =
  | { readonly kind: 'allow' }
  | {
      readonly kind: 'trim';
      readonly decision: Decision;
      readonly guard: GuardName;
      readonly reason: string;
    }
  | { readonly kind: 'veto'; readonly trip: Trip };
export const ALLOW: DecisionAnswer = Object.freeze({ kind: 'allow' });

export interface Guard {
  readonly name: GuardName;
  /** After every drain. Null = ok. Allocation-free while ok. */
  onSettle(numbers: AccountNumbers): Trip | null;
  /** At wakes, before anything is sent. */
  onDecision(view: View, decision: Decision, numbers: AccountNumbers): DecisionAnswer;
  /** Every fill of ours, once, in the order in which it became known, before the settle that follows it. */
  onFill?(fill: Fill, numbers: AccountNumbers): void;
  /**
   * Asked only while its last answer was null and every number but nowUs and bookUs is as it was then: true when onSettle
   * would answer null again and change nothing. Idle at one moment is idle at all before it. A guard without it is asked at
   * every settle. Hot path.
   */
  readonly idle?: (numbers: AccountNumbers) => boolean;
}

/** The `idle` of a guard that looks at no time at all. */
export const BY_NUMBERS = (): boolean => true;

declare const checked: unique symbol;
/** A decision that passed every guard (trimmed where they said so). Only this can be reconciled. */
export type CheckedDecision = Decision & { readonly [checked]: true };

export type BreakerStateName = 'running' | 'reducing' | 'withdrawn' | 'paused' | 'latched';

/** What must survive a restart: baselines, the latch, an operator pause. Plain JSON. */
export interface BreakerSnapshot {
  readonly latched: Trip | null;
  readonly paused: readonly Trip[];
  readonly operatorPaused: boolean;
  readonly dayStartEquity: Money;
  /** UTC day number of dayStartEquity (floor of us / 86,400 s). -1: baselines are still to be taken. */
  readonly day: number;
  readonly peakEquity: Money;
  /** Guards that were reducing, so that their hysteresis survives too. Absent in old snapshots: none. */
  readonly reducing?: readonly GuardName[];
}

/** The only way to stop and the only way back, as the engine sees it. */
export interface Breaker {
  readonly state: BreakerStateName;
  /** The trip behind the present state; null while running. */
  readonly cause: Trip | null;
  /** When a pause or withdrawal ends by time alone; 0 when none does. */
  readonly untilUs: Micros;
  /**
   * Rolls the day, moves the peak, asks every guard, and changes state. Returns true when quotes must be
   * cancelled in this very turn (the state just got worse than reducing). Allocation-free while nothing trips.
   */
  onSettle(numbers: AccountNumbers): boolean;
  /**
   * True when onSettle would return false and change nothing, given that every number but nowUs and bookUs is as it was
   * at the last one. Idle at one moment is idle at all before it. A breaker without it is asked at every settle. Hot path.
   */
  readonly idle?: (numbers: AccountNumbers) => boolean;
  /**
   * Asks every guard; null = nothing may be sent (a veto trips the breaker as it says). A checked decision fits the
   * hard limit as a whole. Orders are replaced one by one, so the reconciler still has to hold back every single
   * place (and growing amend) with longestLots + lots > hardLimitLots (bids; asks alike) until older ones are gone.
   */
  onDecision(view: View, decision: Decision, numbers: AccountNumbers): CheckedDecision | null;
  /** The engine calls this for every new fill (duplicates excepted), before the settle that follows it. */
  onFill(fill: Fill, numbers: AccountNumbers): void;
  /** A stop latches, pause withdraws until resume, reset clears a latch and starts new baselines. */
  operator(
    order: 'stop' | 'pause' | 'resume' | 'reset',
    reason: string,
    numbers: AccountNumbers,
  ): void;
  /** A trip from outside the guards: the strategy withdrew, the host failed. */
  trip(trip: Trip, numbers: AccountNumbers): void;
  snapshot(): BreakerSnapshot;
}
