// When to decide again, as data: the first chance, the check interval, the age of a quote, a fill, a change of state,
// a freed slot, an oddity about an order, and quotes that have left their tolerance. Hot path. It never decides what to quote.
import type { Instant } from '#core/instant';
import type { Instrument } from '#core/instrument';
import type { Placement, WakeParams } from '#core/params';
import { atDistance, placeTicks } from '#core/placement';
import type { Micros, Side, SpanMicros, TickPrice, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import type { OrderTable } from './orders.js';

/** Why the engine wakes, as bits. */
export const WAKE = {
  first: 1,
  fill: 2,
  state: 4,
  freed: 8,
  tolerance: 16,
  check: 32,
  refresh: 64,
  waiting: 128,
  odd: 256,
} as const;
/** After these every quote is put exactly where the decision wants it, tolerance or not. */
const EXACT = WAKE.first | WAKE.fill | WAKE.state;

/** Below this many ticks a quote is where it was wanted: rounding and placement make as much. */
export const FLOOR_TICKS = 2;

/**
 * True when a quote resting at `ticks` has left the tolerance around `target`. Distances in bp of `fair`; `stretch` widens
 * the tolerance where the budget runs short.
 */
export function outside(
  requote: NonNullable<WakeParams['requote']>,
  side: Side,
  ticks: Ticks,
  target: Ticks,
  fair: TickPrice,
  stretch = 1,
): boolean {
  const closer = (ticks - target) * side;
  // Too close is filled too well: it is widened half as much.
  const bps = closer > 0 ? (requote.near * (1 + stretch)) / 2 : requote.far * stretch;
  return Math.abs(closer) > Math.max(FLOOR_TICKS, (bps * fair) / 10_000);
}

/** What the tolerance is measured against; one object that is used again and again, as an Instant is. */
export interface Sight {
  readonly fair: TickPrice;
  readonly bidTicks: Ticks;
  readonly askTicks: Ticks;
}

export class Wake {
  /** Causes noted since the last decision. */
  causes: number = WAKE.first;
  nextCheckUs = -Infinity;
  /** Earliest time at which something held back may be done. */
  waitUs = Infinity;
  /** Both sides must be put exactly right; lasts until each has been. */
  exactBid = false;
  exactAsk = false;
  /** As of the last decision. */
  stretch = 1;
  private placement: Placement = 'behind';
  private bidMovedUs = -Infinity;
  private askMovedUs = -Infinity;
  private bidLookedUs = -Infinity;
  private askLookedUs = -Infinity;

  constructor(
    private readonly params: WakeParams,
    private readonly instrument: Instrument,
    private readonly table: OrderTable,
  ) {}

  note(cause: number): void {
    this.causes |= cause;
  }

  /** Something can be done at `us` that could not now. */
  waitFor(us: number): void {
    if (us < this.waitUs) this.waitUs = us;
  }

  fill(): void {
    if (this.params.fillWake) this.causes |= WAKE.fill;
  }

  get maxAge(): SpanMicros {
    return this.params.refresh;
  }

  /** The oldest resting quote reaches its greatest age. */
  get refreshUs(): number {
    return this.table.oldestQuoteUs + this.params.refresh;
  }

  /** True when it is time to decide. */
  due({ us: nowUs }: Instant): boolean {
    if (nowUs >= this.nextCheckUs) this.causes |= WAKE.check;
    if (nowUs >= this.waitUs) this.causes |= WAKE.waiting;
    if (nowUs >= this.refreshUs) this.causes |= WAKE.refresh;
    return this.causes !== 0;
  }

  /** True when it is time to decide for no other reason than the time: a check, or the age of a quote. */
  aged({ us: nowUs }: Instant): boolean {
    if (this.causes !== 0 || nowUs >= this.waitUs) return false;
    return nowUs >= this.nextCheckUs || nowUs >= this.refreshUs;
  }

  /** A decision begins: returns its causes and starts anew. */
  begin(nowUs: Micros): number {
    const { causes } = this;
    this.causes = 0;
    this.waitUs = Infinity;
    this.nextCheckUs = nowUs + this.params.check;
    if ((causes & EXACT) !== 0) {
      this.exactBid = true;
      this.exactAsk = true;
    }
    return causes;
  }

  /** What the tolerance is measured with from now on. */
  decided(placement: Placement): void {
    this.placement = placement;
  }

  /** When the prices of that side may move again. */
  movableUs(side: Side): number {
    return (side === BID ? this.bidMovedUs : this.askMovedUs) + this.params.requoteInterval;
  }

  moved(side: Side, nowUs: Micros): void {
    if (side === BID) this.bidMovedUs = nowUs;
    else this.askMovedUs = nowUs;
  }

  isExact(side: Side): boolean {
    return side === BID ? this.exactBid : this.exactAsk;
  }

  settled(side: Side): void {
    if (side === BID) this.exactBid = false;
    else this.exactAsk = false;
  }

  /** The book has changed: notes a cause when a quote has left its tolerance and its side may move. */
  watch(now: Instant, sight: Sight): void {
    if (this.params.requote === null) return;
    const nowUs = now.us;
    if (this.strays(BID, sight)) {
      const freeUs = Math.max(this.bidMovedUs, this.bidLookedUs) + this.params.requoteInterval;
      if (nowUs < freeUs) this.waitFor(freeUs);
      else {
        this.bidLookedUs = nowUs;
        this.causes |= WAKE.tolerance;
      }
    }
    if (this.strays(ASK, sight)) {
      const freeUs = Math.max(this.askMovedUs, this.askLookedUs) + this.params.requoteInterval;
      if (nowUs < freeUs) this.waitFor(freeUs);
      else {
        this.askLookedUs = nowUs;
        this.causes |= WAKE.tolerance;
      }
    }
  }

  /** Some quote of that side is too close or too far, where it would be put now at its old target distance. */
  private strays(side: Side, { fair, bidTicks, askTicks }: Sight): boolean {
    const { table, instrument, placement } = this;
    const { requote } = this.params;
    if (requote === null) return false;
    const levels = table.levels(side);
    for (let level = 0; level < levels; level += 1) {
      const order = table.slot(side, level);
      if (order === null || order.awaiting) continue;
      const wanted = atDistance(side, fair, order.distance);
      const target = placeTicks(instrument, side, wanted, bidTicks, askTicks, placement);
      if (outside(requote, side, order.ticks, target, fair, this.stretch)) return true;
    }
    return false;
  }
}
