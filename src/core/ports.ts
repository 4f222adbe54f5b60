// What the engine needs from whoever hosts it, as interfaces. Live, paper and backtest each bring their own.
import type { BreakerStateName, Trip } from './guard.js';
import type { Command, EngineEvent } from './messages.js';
import type { Decision, View } from './strategy.js';
import type { Lots, Micros, Side, Ticks } from './units.js';

/** Takes what one settle decided. Cancels in it must be sent first and wait for nothing. */
export interface CommandSink {
  /** `commands` is reused by the engine: copy what you keep. */
  send(nowUs: Micros, commands: readonly Command[]): void;
}

/** What others (log, ledger, report) may watch. Called synchronously; must not throw and must not call back. */
export interface EngineObserver {
  onDecision?(nowUs: Micros, view: View, decision: Decision, commands: readonly Command[]): void;
  /** For whom this is enough: the last decision stood at that many looks until `nowUs`, of which `onDecision` does not tell. */
  onStood?(nowUs: Micros, looks: number): void;
  onEvent?(nowUs: Micros, event: EngineEvent): void;
  onTransition?(
    nowUs: Micros,
    from: BreakerStateName,
    to: BreakerStateName,
    cause: Trip | null,
  ): void;
  /** A guard trimmed or vetoed a decision. */
  onGuard?(nowUs: Micros, trip: Trip | null, text: string): void;
  /**
   * The position moved without a trade of ours: the venue's was adopted, or given back for a fill that came late after
   * all. A ledger must book the same.
   */
  onAdopted?(nowUs: Micros, side: Side, ticks: Ticks, lots: Lots, reason: string): void;
  /** Anything odd but legal worth a line: an unknown order, a late fill, a duplicate. */
  onNote?(nowUs: Micros, text: string): void;
}
