// Hot path: what leaves the market feed. Checks every price against the band, gathers the levels of one message and
// hands them on together, so that a message is either applied whole or not at all. Allocation-free but for rare growth.
import type { VenueInbox } from '#clients/net/venue-client';
import type { Instrument } from '#core/instrument';
import {
  ROW_CLEAR, ROW_FUNDING, ROW_LEVEL, ROW_MARK, ROW_QUOTE, ROW_TRADE,
} from '#core/rows'; // prettier-ignore
import type { Aggressor, Side, Ticks } from '#core/units';
import { BID } from '#core/units';

/** Where rows go: the `row` of a VenueInbox. */
export type RowOut = Pick<VenueInbox, 'row'>;

/** Since the feed was made. */
export interface FeedCounters {
  /** Prices or sizes that are not on the grid of the instrument. */
  offGrid: number;
  /** Prices on the grid, but beyond the band. */
  outOfBand: number;
  /** Messages of another market. */
  foreign: number;
  /** Prints that did not meet the public book: transfers, settlements, block trades, RPI. */
  offBook: number;
  /** Templates and channels that this feed does not read. */
  skipped: number;
  /** Damaged messages. */
  unreadable: number;
}

const FIRST_CAPACITY = 4096;
const WIDEST = 1_099_511_627_776; // 2^40

export class FeedOutput {
  readonly counters: FeedCounters = {
    ...{ offGrid: 0, outOfBand: 0, foreign: 0, offBook: 0, skipped: 0, unreadable: 0 },
  };
  private low = 1;
  private high = WIDEST;
  private count = 0;
  private side = new Int8Array(FIRST_CAPACITY);
  private ticks = new Float64Array(FIRST_CAPACITY);
  private lots = new Float64Array(FIRST_CAPACITY);
  /** The level that was handed on last; no ticks: none since the last snapshot began. */
  private lastSide: Side = BID;
  private lastTicks = 0;
  private lastLots = 0;

  constructor(
    readonly instrument: Instrument,
    private readonly out: RowOut,
  ) {}

  /** Prices are accepted from `low` to `high`, both included. Levels beyond are left out, prints and touches refused. */
  setBand(low: Ticks, high: Ticks): void {
    this.low = Math.max(1, low);
    this.high = Math.min(WIDEST, high);
  }

  /** False, and counted, when `ticks` (whole or fractional) lies beyond the band. */
  inBand(ticks: number): boolean {
    if (ticks >= this.low && ticks <= this.high) return true;
    this.counters.outOfBand += 1;
    return false;
  }

  begin(): void {
    this.count = 0;
  }

  /** One level of the message being read; -1 stands for a value off the grid. False when the message is worthless. */
  gather(side: Side, ticks: number, lots: number): boolean {
    if (ticks <= 0 || lots < 0) {
      this.counters.offGrid += 1;
      return false;
    }
    if (!this.inBand(ticks)) return true;
    const i = this.count;
    if (i === this.side.length) this.grow();
    this.side[i] = side;
    this.ticks[i] = ticks;
    this.lots[i] = lots;
    this.count = i + 1;
    return true;
  }

  /**
   * Hands on what was gathered. A delta that changes nothing says that the book is still as it was, which somebody who
   * counts the age of the book must hear: the level handed on last is handed on once more. Nothing has changed it since.
   */
  commit(snapshot: boolean, us: number): void {
    const { out, side, ticks, lots, count } = this;
    if (snapshot) {
      out.row(ROW_CLEAR, 0, us, 0, 0);
      this.lastTicks = 0;
    }
    for (let i = 0; i < count; i++)
      out.row(ROW_LEVEL, side[i] as Side, us, ticks[i] as number, lots[i] as number);
    if (count > 0) {
      this.lastSide = side[count - 1] as Side;
      this.lastTicks = ticks[count - 1] as number;
      this.lastLots = lots[count - 1] as number;
    } else if (this.lastTicks > 0)
      out.row(ROW_LEVEL, this.lastSide, us, this.lastTicks, this.lastLots);
  }

  /** False when refused (off the grid, no size, out of the band). */
  trade(side: Aggressor, us: number, ticks: number, lots: number): boolean {
    if (ticks <= 0 || lots <= 0) {
      this.counters.offGrid += 1;
      return false;
    }
    if (!this.inBand(ticks)) return false;
    this.out.row(ROW_TRADE, side, us, ticks, lots);
    return true;
  }

  /** Whether a side of a touch may be handed on. */
  touchable(ticks: number, lots: number): boolean {
    if (ticks <= 0 || lots < 0) {
      this.counters.offGrid += 1;
      return false;
    }
    return this.inBand(ticks);
  }

  quote(side: Side, us: number, ticks: number, lots: number): void {
    this.out.row(ROW_QUOTE, side, us, ticks, lots);
  }

  /** A decimal price; to the nearest point of the mark grid. False when refused. */
  mark(us: number, price: number): boolean {
    const ticks = this.instrument.mark(price);
    if (!(ticks > 0)) {
      this.counters.offGrid += 1;
      return false;
    }
    if (!this.inBand(ticks)) return false;
    this.out.row(ROW_MARK, 0, us, ticks, 0);
    return true;
  }

  /** `rate` in 1e-10, for the funding period; funding here is continuous, so no payment is ever due at once. */
  funding(us: number, rate: number): void {
    this.out.row(ROW_FUNDING, 0, us, rate, 0);
  }

  private grow(): void {
    const size = this.side.length * 2;
    const side = new Int8Array(size);
    const ticks = new Float64Array(size);
    const lots = new Float64Array(size);
    side.set(this.side);
    ticks.set(this.ticks);
    lots.set(this.lots);
    this.side = side;
    this.ticks = ticks;
    this.lots = lots;
  }
}
