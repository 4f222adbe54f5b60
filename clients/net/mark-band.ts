// The band around the mark within which a market feed believes prices. It stops a damaged mantissa or a decimal in the
// wrong place, which are off by powers of ten; how close a quote may be to the mark is the engine's price-band guard. It
// must never shut a real market out, so refusals that go on open it. Pure: times are arguments.
import type { Micros, TickPrice, Ticks } from '#core/units';

/** Prices from mark / 4 to mark x 4. Two marks are a second apart; no market that is quoted does this in between. */
const WIDTH = 4;
/** Moved once the mark has gone half of the way (on a log scale), so that a factor of 2 is always left. */
const DRIFT = 2;
/** So many refusals, and so long since the last mark that was taken: it is the band that is wrong. */
const REFUSALS = 5;
const UNHEARD = 5_000_000;
/** Where nothing is known of the price: everything a book can hold. */
const WIDEST = 1_099_511_627_776;

export class MarkBand {
  private centre = 0;
  private low = 1;
  private high = WIDEST;
  private markUs = 0;
  private refusals = 0;
  private opened = false;

  /** `mark` by another way than the feed (REST), 0 where unknown: then the first mark of the feed sets the band. */
  constructor(
    private readonly tell: (low: Ticks, high: Ticks) => void,
    mark: number,
  ) {
    if (mark > 0) this.around(mark);
  }

  /**
   * A mark that the feed has taken. True when a band that was there has moved: levels left out before may lie inside
   * now and the other way round, so the book must be asked for anew.
   */
  onMark(mark: TickPrice, nowUs: Micros): boolean {
    this.markUs = nowUs;
    this.refusals = 0;
    const { centre } = this;
    if (!this.opened && centre > 0 && mark <= centre * DRIFT && mark * DRIFT >= centre)
      return false;
    this.around(mark);
    return centre > 0;
  }

  /** The feed has refused a price. True when that opened the band: the next mark sets it. */
  onRefused(nowUs: Micros): boolean {
    this.refusals += 1;
    if (this.refusals < REFUSALS || nowUs - this.markUs < UNHEARD || this.opened) return false;
    this.opened = true;
    this.set(1, WIDEST);
    return true;
  }

  /** Whether the market is believed to trade at that price. */
  believes(ticks: TickPrice): boolean {
    return ticks >= this.low && ticks <= this.high;
  }

  private around(mark: number): void {
    this.centre = mark;
    this.opened = false;
    this.set(Math.max(1, Math.floor(mark / WIDTH)), Math.ceil(mark * WIDTH));
  }

  private set(low: number, high: number): void {
    this.low = low;
    this.high = high;
    this.tell(low as Ticks, high as Ticks);
  }
}
