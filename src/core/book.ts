// Hot path: the order book of one market by price level, in ticks and lots. Each side is a Ladder
// (a ring of ticks around its touch with an overflow map). It takes snapshots (clear + levels),
// deltas, zero sizes, locked, crossed and one-sided states as they come, and says what state it is
// in. It must never throw on data, nor repair it.
import { Ladder } from './ladder.js';
import type { RowBlock } from './rows.js';
import type { Lots, Side, TickPrice, Ticks } from './units.js';
import { ASK, BID } from './units.js';

const MAX = Number.MAX_SAFE_INTEGER;

export class L2Book {
  /**
   * Levels refused as nonsense: prices that are not positive whole ticks, sizes not whole or below
   * 0, no side.
   */
  rejected = 0;
  private readonly bids: Ladder;
  private readonly asks: Ladder;

  /** `ringTicks`: price steps a side that are held without a map; a power of two, 64 or more. */
  constructor(ringTicks = 4096) {
    this.bids = new Ladder(ringTicks);
    this.asks = new Ladder(ringTicks);
  }

  /** A snapshot begins: forgets every level (`rejected` goes on counting). */
  clear(): void {
    this.bids.clear();
    this.asks.clear();
  }

  /** Best prices, NO_PRICE when that side is empty. */
  get bidTicks(): Ticks {
    return this.bids.best as Ticks;
  }

  get askTicks(): Ticks {
    return (0 - this.asks.best) as Ticks; // 0 - x, because -0 is not 0 to everyone
  }

  /**
   * Absolute size at one price; 0 removes the level. Nonsense is ignored and counted in `rejected`.
   */
  apply(side: Side, ticks: Ticks, lots: Lots): void {
    const whole = Math.floor(ticks) === ticks && Math.floor(lots) === lots;
    if (!whole || ticks <= 0 || lots < 0 || ticks > MAX || lots > MAX) this.rejected += 1;
    else if (side === BID) this.bids.set(ticks, lots);
    else if (side === ASK) this.asks.set(-ticks, lots);
    else this.rejected += 1;
  }

  /** `apply` for the rows `from` .. `to` - 1 of a block, which are all level rows. */
  applyRun(block: RowBlock, from: number, to: number): void {
    const { side, price, size } = block;
    const { bids, asks } = this;
    for (let i = from; i < to; i++) {
      const ticks = price[i] as Ticks;
      const lots = size[i] as Lots;
      const step = ticks | 0; // most prices are small whole numbers, and whole numbers are fast
      if (step === ticks && step > 0 && lots > 0 && Math.floor(lots) === lots && lots <= MAX) {
        if (side[i] === BID) {
          if (bids.renew(step, lots)) continue;
        } else if (side[i] === ASK && asks.renew(-step, lots)) continue;
      }
      this.apply(side[i] as Side, ticks, lots);
    }
  }

  /** Size at a price; 0 where there is no level. */
  lotsAt(side: Side, ticks: Ticks): Lots {
    return (side === BID ? this.bids.at(ticks) : this.asks.at(-ticks)) as Lots;
  }

  /** Size at the touch; 0 when that side is empty. */
  get bidLots(): Lots {
    return this.bids.at(this.bids.best) as Lots;
  }

  get askLots(): Lots {
    return this.asks.at(this.asks.best) as Lots;
  }

  /**
   * The first level strictly farther out than `ticks` on that side (lower bid, higher ask),
   * NO_PRICE at the end. `ticks` need not be a level. Constant time in the ring, one pass over the
   * overflow map beyond it.
   */
  next(side: Side, ticks: TickPrice): Ticks {
    return (side === BID ? this.bids.below(ticks) : 0 - this.asks.below(-ticks)) as Ticks;
  }

  /** Number of levels on that side. */
  levels(side: Side): number {
    return side === BID ? this.bids.levels : this.asks.levels;
  }

  /** Half way between the touches, in ticks; 0 when a side is empty. */
  get mid(): TickPrice {
    return (this.twoSided ? (this.bidTicks + this.askTicks) / 2 : 0) as TickPrice;
  }

  get twoSided(): boolean {
    return this.bidTicks > 0 && this.askTicks > 0;
  }

  /** Bid above ask. A locked book (bid = ask) is valid (spec.md section 7). */
  get crossed(): boolean {
    return this.askTicks > 0 && this.bidTicks > this.askTicks;
  }

  /** Two-sided and not crossed: what may be quoted on. */
  get sound(): boolean {
    return this.bidTicks > 0 && this.askTicks >= this.bidTicks;
  }
}
