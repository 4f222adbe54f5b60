// The touch over time: spread, share of time at one tick and locked, size on either side, all weighted by how
// long it stood (at most 10 s: a longer silence may be an outage). Pure.
import type { L2Book } from '#core/book';

const LONGEST_US = 10_000_000;

export class TouchTimes {
  /** Time with a sound book, in us. */
  totalUs = 0;
  private spread = 0;
  private oneTick = 0;
  private locked = 0;
  private bid = 0;
  private ask = 0;
  private mid = 0;
  private lastUs = 0;
  private now = { ticks: 0, mid: 0, bid: 0, ask: 0 };

  /** A sound book at `us`. */
  take(us: number, book: L2Book): void {
    this.settle(us);
    const { now } = this;
    now.ticks = book.askTicks - book.bidTicks;
    now.mid = book.mid;
    now.bid = book.bidLots;
    now.ask = book.askLots;
  }

  /** No sound book from `us` on. */
  lost(us: number): void {
    this.settle(us);
    this.now.mid = 0;
  }

  /** What stood before the hole is not counted through it. */
  gap(us: number): void {
    this.lastUs = us;
    this.now.mid = 0;
  }

  private settle(us: number): void {
    const { now } = this;
    const span = Math.min(us - this.lastUs, LONGEST_US);
    this.lastUs = us;
    if (now.mid === 0 || !(span > 0)) return;
    this.totalUs += span;
    this.spread += (span * now.ticks * 1e4) / now.mid;
    this.mid += span * now.mid;
    this.bid += span * now.bid;
    this.ask += span * now.ask;
    if (now.ticks <= 1) this.oneTick += span;
    if (now.ticks === 0) this.locked += span;
  }

  /** Means over time, in bp, shares, lots and ticks; null when there was no sound book. */
  means(): {
    readonly spreadBps: number;
    readonly oneTick: number;
    readonly locked: number;
    readonly bidLots: number;
    readonly askLots: number;
    readonly mid: number;
  } | null {
    const all = this.totalUs;
    if (!(all > 0)) return null;
    return {
      spreadBps: this.spread / all,
      oneTick: this.oneTick / all,
      locked: this.locked / all,
      bidLots: this.bid / all,
      askLots: this.ask / all,
      mid: this.mid / all,
    };
  }
}
