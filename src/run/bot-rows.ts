// How rows reach the bot in a simulation: the venue's own, a feed latency later (row-echo), or what a venue tells of them
// (told-rows). The merge of clocks (simulation.ts) knows no more of either than this. Times go through an array: V8 boxes
// a double that is handed to a call which it does not inline.
import type { RowBlock } from '#core/rows';

/** In `clock`: the present moment, set by the merge before each call. */
export const NOW = 0;
/** When the bot has to be given rows next; Infinity when none are known to be on their way. */
export const DUE = 1;
/** When the next row reaches it, whether it has to look up or not. */
export const NEXT = 2;
/** Of the bot's instants that were passed over, the newest. */
export const PASSED = 3;
/** The bot need not be woken before. */
export const REST = 4;

export const botClock = (): Float64Array => new Float64Array([0, Infinity, Infinity, 0, -Infinity]);

export interface BotRows {
  readonly clock: Float64Array;
  /** The venue begins with a block; the one before may be in use here for a while. */
  began(block: RowBlock): void;
  /** A block that nobody needs any more; `last` is the venue's, which has been used up there. */
  reusable(last: RowBlock | null): RowBlock | undefined;
  /**
   * The venue has now taken in the rows `from` .. `to` - 1 of the block begun last, which reach the bot together; `kinds` has
   * a bit for each kind among them.
   */
  happened(from: number, to: number, kinds: number): void;
  /**
   * Everything before now (up to now, where `through` says so) that the bot need not look at was seen. True when there was
   * any, or it need not look at what was due.
   */
  pass(through: boolean): boolean;
  /** Gives the engine the rows of now. */
  give(): void;
  /** The engine was called: what it has to look at may be something else now. */
  looked(): void;
}
