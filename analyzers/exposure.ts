// Hot path: for how long the market was watched: the denominator of every rate. Time counts while
// there is a sound book, for at most 10 s after the last word of it (a longer silence may be an
// outage), and not across a gap that was reported. Counting warm-up, outages or unsound books as
// quiet time would make rates too low.
import { FadingSums, isNumbers } from './fading.js';
import type { Moment } from './moment.js';

/** Silence counts as watched for this long. */
export const WATCHED_US = 10_000_000;
const FOLD_US = 1_000_000;

const watchedOf = (spanUs: number): number => Math.max(0, Math.min(spanUs, WATCHED_US));

export class Exposure {
  /** Watched time since the last take(): the clock of 60 s windows. */
  windowUs = 0;
  /** All that was ever watched, not faded. */
  totalUs = 0;
  private readonly sums: FadingSums;
  private watching = false;
  private lastUs = 0;
  private pendingUs = 0;

  constructor(halfLifeUs: number) {
    this.sums = new FadingSums(1, 0, halfLifeUs);
  }

  /** A sound book is there. */
  sound(now: Moment): void {
    this.count(now);
    this.watching = true;
  }

  /** Something else of this feed came, and the last book still holds. */
  alive(now: Moment): void {
    if (this.watching) this.count(now);
  }

  /** The book was lost (one-sided, crossed): watched up to here. */
  unsound(now: Moment): void {
    this.count(now);
    this.watching = false;
  }

  /** Rows were lost since the last book: that time was not watched. */
  gap(us: number): void {
    this.lastUs = Math.max(us, this.lastUs);
    this.watching = false;
  }

  /** Faded seconds as of `us`; the mean of the weights times the time. */
  seconds(us: number): number {
    const folded = this.sums.at(0, us);
    return (folded + this.pendingUs + (this.watching ? watchedOf(us - this.lastUs) : 0)) / 1e6;
  }

  /** Starts the next window. */
  take(): void {
    this.windowUs = 0;
  }

  save(): number[] {
    return [this.windowUs, this.totalUs, ...this.sums.save()];
  }

  restore(saved: unknown): boolean {
    if (!Array.isArray(saved) || !isNumbers(saved.slice(0, 2), 2)) return false;
    if (!this.sums.restore(saved.slice(2))) return false;
    [this.windowUs, this.totalUs] = saved as [number, number];
    return true;
  }

  /** Fades once a second of book time, not per row: an error of at most 1/2000 of a half-life. */
  private count(now: Moment): void {
    const { us } = now;
    if (this.watching) {
      const watched = watchedOf(us - this.lastUs);
      this.pendingUs += watched;
      this.windowUs += watched;
      this.totalUs += watched;
    }
    if (us > this.lastUs) this.lastUs = us;
    if (this.pendingUs < FOLD_US) return;
    this.sums.advance(now);
    this.sums.add(0, this.pendingUs);
    this.pendingUs = 0;
  }
}
