// The side of the market that a live run drives: the simulated venue in this process, or a venue's client over the wire.
// The run knows nothing else of either, so that everything it does for the account is done the same way on both.
import type { EngineEvent } from '#core/messages';
import type { Micros, Money, TickPrice } from '#core/units';
import type { FlattenMode } from '#engine/flatten';

export interface MarketSide {
  /** Time of the last thing that happened; 0 before the first. */
  readonly nowUs: Micros;
  /** When something happens next by time alone; Infinity when nothing is known to. */
  readonly nextUs: number;
  /** The market is over: a recording has ended. A venue never is. */
  readonly exhausted: boolean;
  /** Why the market broke off; null while it did not. */
  readonly problem: Error | null;
  /**
   * Gives the engine everything up to `limitUs` and settles. Returns how far it got: that moment on a simulated venue,
   * the present one on the wire, where time cannot be held back.
   */
  advanceTo(limitUs: Micros): Micros;
  /** Funding accrued and not yet paid, as far as the venue says. */
  accrued(mark: TickPrice): Money;
  /** The venue's own word that none of our orders is open and none under way; asks it where that takes asking. */
  confirmEmpty(): boolean;
  /** Past the engine, after a bug: everything of ours on this market. */
  cancelAll(): void;
  close(): void;
}

/** How a live run reaches its engine besides the market: on the wire this is recorded for `mm replay`. */
export interface EngineInput {
  handle(event: EngineEvent): void;
  settle(nowUs: Micros): void;
  flatten(mode: FlattenMode | null): void;
}
