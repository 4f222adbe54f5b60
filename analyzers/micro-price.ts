// Hot path: the micro-price (Stoikov 2018, SSRN 2970694) as a fair price: mid + sum over i of B^i
// G1, learnt online from the bot's own book. onBook only counts (no allocation); the table is
// solved anew every 30 s of book time, in buffers that exist already. Until enough has been seen it
// is the mid, and it never leaves the touch.
import type { FairPrice } from '#core/analyzer';
import type { L2Book } from '#core/book';
import type { Instant } from '#core/instant';
import type { TickPrice } from '#core/units';
import { ImbalanceChain, STATES, stateOf } from './imbalance-chain.js';
import { LinearSystem } from './linear-system.js';

/** The author's notebook sums six terms. */
const TERMS = 6;
/** At this many transitions the old ones are halved, so that the table follows the market. */
const MEMORY = 200_000;

export interface MicroPriceOptions {
  /** Transitions of the top of the book to see before the mid is left. */
  readonly needed: number;
  /** Time between two solutions, in us. */
  readonly refreshUs: number;
  /** One move of the mid counts for at most this many ticks. */
  readonly largestMove: number;
}

export const MICRO_PRICE_DEFAULTS: MicroPriceOptions = Object.freeze({
  needed: 2_000,
  refreshUs: 30_000_000,
  largestMove: 10,
});

export class MicroPrice implements FairPrice {
  /** Expected move of the mid in the long run, in ticks, by state. All 0 until ready. */
  readonly adjustment = new Float64Array(STATES);
  private readonly chain: ImbalanceChain;
  private readonly system = new LinearSystem(STATES);
  private readonly term = new Float64Array(STATES);
  private readonly next = new Float64Array(STATES);
  private readonly weight = new Float64Array(STATES);
  private solvedUs = -Infinity;
  private fadeAt = MEMORY;

  constructor(private readonly options: MicroPriceOptions = MICRO_PRICE_DEFAULTS) {
    this.chain = new ImbalanceChain(options.largestMove);
  }

  /** Transitions seen so far. */
  get transitions(): number {
    return this.chain.transitions;
  }

  onBook(now: Instant, book: L2Book): void {
    this.chain.observe(book);
    if (this.chain.transitions < this.options.needed) return;
    if (now.us - this.solvedUs < this.options.refreshUs) return;
    this.solvedUs = now.us;
    if (this.chain.transitions >= this.fadeAt) {
      this.chain.fade();
      this.fadeAt = this.chain.transitions + MEMORY / 2;
    }
    this.refresh();
  }

  /** Rows were lost: no transition may bridge the hole. */
  onGap(): void {
    this.chain.forgetLast();
  }

  fair(book: L2Book): TickPrice {
    const mid = book.mid;
    const state = stateOf(book);
    if (state < 0) return mid;
    const micro = mid + (this.adjustment[state] as number);
    return Math.max(book.bidTicks, Math.min(book.askTicks, micro)) as TickPrice;
  }

  /**
   * Row i of the chain: Q = still/weight, R1 K = moveSum/weight, R2 = moving/weight. The weight
   * counts one imaginary transition to nowhere more than was seen: I - Q stays solvable whatever
   * the data, and a state that was hardly seen stays near the mid. G = sum of x_i with (I - Q) x_0
   * = R1 K, (I - Q) x_{i+1} = R2 x_i.
   */
  private refresh(): void {
    const { chain, system, term, next, weight } = this;
    for (let i = 0; i < STATES; i += 1) {
      let sum = 1;
      for (let j = 0; j < STATES; j += 1) {
        const at = i * STATES + j;
        sum += (chain.still[at] as number) + (chain.moving[at] as number);
      }
      weight[i] = sum;
      for (let j = 0; j < STATES; j += 1) {
        const stay = (chain.still[i * STATES + j] as number) / sum;
        system.matrix[i * STATES + j] = (i === j ? 1 : 0) - stay;
      }
      term[i] = (chain.moveSum[i] as number) / sum;
    }
    system.factor();
    system.solve(term);
    this.adjustment.set(term);
    for (let k = 1; k < TERMS; k += 1) {
      for (let i = 0; i < STATES; i += 1) {
        let sum = 0;
        for (let j = 0; j < STATES; j += 1) {
          sum += (chain.moving[i * STATES + j] as number) * (term[j] as number);
        }
        next[i] = sum / (weight[i] as number);
      }
      system.solve(next);
      term.set(next);
      for (let i = 0; i < STATES; i += 1) {
        this.adjustment[i] = (this.adjustment[i] as number) + (term[i] as number);
      }
    }
  }
}
