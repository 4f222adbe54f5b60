// Hot path: counts, without allocating, how the top of the book moves between states (imbalance
// bucket x spread), and how far the mid moves when it does. The raw material of the micro-price
// (micro-price.ts); it solves nothing. Every observation is counted twice, as seen and mirrored
// (sides swapped, move negated), so that the chain is symmetric by construction: without that the
// micro-price's sum need not converge (theory.md A7).
import type { L2Book } from '#core/book';

/** Odd, so that a balanced book has a bucket of its own and its micro-price is the mid. */
export const IMBALANCE_BUCKETS = 9;
/** One tick, two ticks, three or more. */
export const SPREAD_STATES = 3;
export const STATES = IMBALANCE_BUCKETS * SPREAD_STATES;

/** State of a book, or -1 when it has none (one-sided, locked or crossed). */
export function stateOf(book: L2Book): number {
  const spread = book.askTicks - book.bidTicks;
  if (!book.sound || spread <= 0) return -1;
  const bid = book.bidLots;
  const ask = book.askLots;
  const total = bid + ask;
  if (!(total > 0)) return -1;
  // From the smaller side, so that a book and its mirror image fall into mirrored buckets, edges
  // included.
  const smaller = Math.min(bid, ask) / total;
  const low = Math.min((IMBALANCE_BUCKETS - 1) / 2, Math.floor(smaller * IMBALANCE_BUCKETS));
  const bucket = bid <= ask ? low : IMBALANCE_BUCKETS - 1 - low;
  return (Math.min(spread, SPREAD_STATES) - 1) * IMBALANCE_BUCKETS + bucket;
}

/** The same spread with the sides swapped. */
export function mirrorOf(state: number): number {
  const bucket = state % IMBALANCE_BUCKETS;
  return state - bucket + (IMBALANCE_BUCKETS - 1 - bucket);
}

export class ImbalanceChain {
  /** Transitions without, and with, a move of the mid: from x STATES + to. */
  readonly still = new Float64Array(STATES * STATES);
  readonly moving = new Float64Array(STATES * STATES);
  /** Sum of the mid's moves out of a state, in ticks. */
  readonly moveSum = new Float64Array(STATES);
  /** Transitions seen, mirrors not counted. */
  transitions = 0;
  private state = -1;
  private mid = 0;

  /** A single move counts for at most `largestMove` ticks, so that one jump cannot own a state. */
  constructor(private readonly largestMove: number) {}

  /**
   * After every drain. Only changes count: a chain that stays put says nothing about where it goes.
   */
  observe(book: L2Book): void {
    const state = stateOf(book);
    const mid = book.mid;
    const from = this.state;
    const move = mid - this.mid;
    this.state = state;
    this.mid = mid;
    if (from < 0 || state < 0 || (state === from && move === 0)) return;
    this.transitions += 1;
    const counts = move === 0 ? this.still : this.moving;
    const mirrored = mirrorOf(from) * STATES + mirrorOf(state);
    const at = from * STATES + state;
    counts[at] = (counts[at] as number) + 1;
    counts[mirrored] = (counts[mirrored] as number) + 1;
    if (move === 0) return;
    const bounded = Math.max(-this.largestMove, Math.min(this.largestMove, move));
    const mirror = mirrorOf(from);
    this.moveSum[from] = (this.moveSum[from] as number) + bounded;
    this.moveSum[mirror] = (this.moveSum[mirror] as number) - bounded;
  }

  /** Rows were lost: the next state does not follow from the last. */
  forgetLast(): void {
    this.state = -1;
  }

  /** Halves the weight of everything seen so far. */
  fade(): void {
    for (let i = 0; i < this.still.length; i += 1) {
      this.still[i] = (this.still[i] as number) / 2;
      this.moving[i] = (this.moving[i] as number) / 2;
    }
    for (let i = 0; i < STATES; i += 1) this.moveSum[i] = (this.moveSum[i] as number) / 2;
  }
}
