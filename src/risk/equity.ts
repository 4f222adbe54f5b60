// What the loss guards measure from: the day's start and the peak of guard equity. Hot path, no allocation.
// The day only moves forward, whatever the clock does; nothing moves while the position cannot be valued.
import { assert } from '#core/assert';
import type { AccountNumbers, BreakerSnapshot } from '#core/guard';
import type { Money } from '#core/units';

export const DAY_US = 86_400_000_000;

/** False while a position is held that has no mark yet: its equity is only the cash part, and says nothing. */
export const isValued = (numbers: AccountNumbers): boolean =>
  numbers.positionLots === 0 || !(numbers.mark <= 0);

export class Baselines {
  /** UTC day (floor of us / 86,400 s) that `dayStart` belongs to. */
  private currentDay = -1;
  dayStart = 0 as Money;
  peak = 0 as Money;
  /** The next valued settle takes both from the present guard equity. */
  private due = true;
  /** The first instant of the next day: one comparison per settle. */
  private nextDayUs = 0;

  /** Throws AssertionFailure when `restored` is damaged: without baselines nobody may trade. */
  constructor(restored: BreakerSnapshot | null) {
    if (restored === null || restored.day < 0) return;
    const { day, dayStartEquity, peakEquity } = restored;
    assert(
      Number.isSafeInteger(day) && Number.isFinite(dayStartEquity) && Number.isFinite(peakEquity),
      `damaged breaker snapshot: day ${day}, start ${dayStartEquity}, peak ${peakEquity}`,
    );
    this.currentDay = day;
    this.dayStart = dayStartEquity;
    this.peak = peakEquity;
    this.nextDayUs = (day + 1) * DAY_US;
    this.due = false;
  }

  /** The day of the baselines; -1 while they are still to be taken, which a restart keeps. */
  get day(): number {
    return this.due ? -1 : this.currentDay;
  }

  /** Rolls the day, moves the peak, and writes both into `numbers`. Call before the guards are asked. */
  settle(numbers: AccountNumbers): void {
    const equity = numbers.guardEquity;
    if (Number.isFinite(equity) && Number.isFinite(numbers.nowUs) && isValued(numbers)) {
      if (this.due || numbers.nowUs >= this.nextDayUs) this.roll(numbers.nowUs, equity);
      if (equity > this.peak) this.peak = equity;
    }
    numbers.dayStartEquity = this.due ? equity : this.dayStart;
    numbers.peakEquity = this.due ? equity : this.peak;
  }

  /** True when `settle` would change nothing, the numbers other than the time being as they were the last time. */
  idle(numbers: AccountNumbers): boolean {
    return !this.due && numbers.nowUs < this.nextDayUs;
  }

  /** A reset: both start anew, at the first settle from now on that can value the position. */
  restart(): void {
    this.due = true;
  }

  private roll(nowUs: number, equity: Money): void {
    this.currentDay = Math.max(this.currentDay, Math.floor(nowUs / DAY_US));
    this.nextDayUs = (this.currentDay + 1) * DAY_US;
    this.dayStart = equity;
    if (this.due) this.peak = equity;
    this.due = false;
  }
}
