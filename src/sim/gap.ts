// Holes in a recording. A quote stays live into a hole until its cancel arrives; when the market reopens strictly
// beyond it, it counts as filled, even if it was cancelled inside (spec.md section 7: anything else is look-ahead).
// A hole is known only at its end, so this remembers every price that stopped being quoted since the last book row.
import type { Micros, Side, Ticks } from '#core/units';
import type { RestingOrder } from './resting.js';

/** A price at which an order of ours was live until `leftUs`. */
interface Ghost {
  readonly order: RestingOrder;
  readonly ticks: Ticks;
  readonly leftUs: Micros;
}

export class GapWatch {
  /** Time of the newest book row: what was quoted before it was seen by it. */
  bookUs = 0 as Micros;
  /** From the gap row until the first book after it is complete. Fills in between touch the gap. */
  reopening = false;
  private frameUs = -1;
  private ghosts: Ghost[] = [];

  /** The order is no longer live at `ticks` (cancelled, amended away, closed), with something left to fill. */
  left(order: RestingOrder, ticks: Ticks, nowUs: Micros): void {
    if (!this.reopening) this.forget(this.bookUs);
    this.ghosts.push({ order, ticks, leftUs: nowUs });
  }

  /** The hole since `fromUs` ends now. `fromUs` is on the clock that the rows are driven by (local time). */
  begin(fromUs: Micros): void {
    if (!this.reopening) this.forget(Math.max(fromUs, this.bookUs));
    this.reopening = true;
    this.frameUs = -1;
  }

  /**
   * Before a book row at `nowUs`: the reopened book is complete once a later instant begins and both sides exist.
   * A snapshot or a frame of changes always shares one instant; one-sided beginnings wait for the other side.
   */
  beforeRow(nowUs: Micros, twoSided: boolean): void {
    if (this.frameUs !== -1 && this.frameUs !== nowUs && twoSided) {
      this.reopening = false;
      this.ghosts = [];
    }
    this.frameUs = nowUs;
  }

  /** Takes out a ghost on `side` that the opposite touch is strictly beyond; null when there is none. */
  caught(side: Side, touch: Ticks): Ghost | null {
    if (touch <= 0) return null;
    const i = this.ghosts.findIndex((g) => g.order.side === side && (g.ticks - touch) * side > 0);
    return i < 0 ? null : (this.ghosts.splice(i, 1)[0] ?? null);
  }

  private forget(untilUs: number): void {
    if (this.ghosts.length === 0) return;
    this.ghosts = this.ghosts.filter((ghost) => ghost.leftUs > untilUs);
  }
}
