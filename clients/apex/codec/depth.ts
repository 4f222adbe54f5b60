// One side of the venue's book as sorted columns, best first: needed here because the venue sends absolute sizes without
// saying what fell out of its 200 levels, and because a crossed book must be seen before it is believed. Hot path.
import type { Side } from '#core/units';

export class DepthSide {
  /** Best first. */
  readonly ticks: number[] = [];
  private readonly lots: number[] = [];

  constructor(private readonly side: Side) {}

  get best(): number {
    return this.ticks[0] ?? 0;
  }

  get bestLots(): number {
    return this.lots[0] ?? 0;
  }

  clear(): void {
    this.ticks.length = 0;
    this.lots.length = 0;
  }

  /** Sets the absolute size at a price; 0 removes it. */
  set(ticks: number, lots: number): void {
    const at = this.place(ticks);
    const there = this.ticks[at] === ticks;
    if (lots > 0) {
      if (there) this.lots[at] = lots;
      else {
        this.ticks.splice(at, 0, ticks);
        this.lots.splice(at, 0, lots);
      }
    } else if (there) {
      this.ticks.splice(at, 1);
      this.lots.splice(at, 1);
    }
  }

  /** Drops what lies beyond `most` levels and calls `gone` for each. */
  cut(most: number, gone: (ticks: number) => void): void {
    while (this.ticks.length > most) {
      gone(this.ticks.pop() as number);
      this.lots.pop();
    }
  }

  /** Where a price stands or would stand. */
  private place(ticks: number): number {
    let low = 0;
    let high = this.ticks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const better = ((this.ticks[middle] as number) - ticks) * this.side > 0;
      if (better) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
