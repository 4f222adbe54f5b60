// Hot path: the intensity that a quote sees which rests for a while. In windows of the mean quote
// age: was there a print at distance d or more from the mid at the window's start, on that side?
// The mid drifts under a resting quote, so that distant quotes are reached more often than the
// order's own reach says (portrait.md section 5, finding b). Reported beside kappa; never quoted
// on.
import type { Seconds } from '#core/units';
import { WATCHED_US } from './exposure.js';
import { FadingSums, isNumbers } from './fading.js';
import type { Band } from './liquidity-decay.js';
import type { Moment } from './moment.js';

/** Distances looked at, evenly over the band. */
const DEPTHS = 13;
/** Fewer hits (faded) at a distance than this say nothing about it. */
const LEAST_HITS = 2;

/** lambda(d) = alpha e^{-kappa d} per side and second, as a quote resting that long sees it. */
export interface RestingFit {
  readonly kappa: number;
  readonly alpha: number;
  /** Of the regression of ln lambda on d, weighted by hits. */
  readonly r2: number;
}

export class RestingReach {
  /** Cells 0 .. DEPTHS - 1: hits at that distance or farther; then the windows, two trials each. */
  private readonly sums: FadingSums;
  private readonly spanUs: number;
  /** The window in hand: its end, Infinity when there is none, and its first mid. */
  private endUs = Infinity;
  private start = 0;
  private readonly clock = { us: 0 };
  private lastUs = 0;
  private mid = 0;
  /** Farthest print of either side, in bp of the window's first mid. */
  private up = 0;
  private down = 0;

  /** `seconds`: the mean quote age. */
  constructor(
    private readonly band: Band,
    readonly seconds: Seconds,
    halfLifeUs: number,
  ) {
    this.sums = new FadingSums(DEPTHS + 1, 0, halfLifeUs);
    this.spanUs = seconds * 1e6;
  }

  onMid(now: Moment): void {
    if (now.us - this.lastUs > WATCHED_US) this.drop();
    if (now.us >= this.endUs) this.roll(now.us);
    if (this.start === 0) this.begin(now.us, now.mid);
    this.lastUs = now.us;
    this.mid = now.mid;
  }

  /** A print at `ticks`; side 0: whichever side of the mid it is on. */
  onPrint(now: Moment, side: number, ticks: number): void {
    if (now.us >= this.endUs) this.roll(now.us);
    if (this.start === 0) return;
    const away = ((ticks - this.start) / this.start) * 1e4;
    if (side >= 0 && away > this.up) this.up = away;
    if (side <= 0 && -away > this.down) this.down = -away;
  }

  /** Rows were lost: the window in hand says nothing. */
  drop(): void {
    this.start = 0;
    this.endUs = Infinity;
  }

  /** Null until there are hits at three distances at least. */
  fit(): RestingFit | null {
    const { cells } = this.sums;
    const trials = 2 * (cells[DEPTHS] as number);
    let n = 0;
    let w = 0;
    let x = 0;
    let y = 0;
    let xx = 0;
    let xy = 0;
    let yy = 0;
    for (let i = 0; i < DEPTHS; i += 1) {
      const hits = cells[i] as number;
      if (hits < LEAST_HITS || !(hits < trials)) continue;
      const d = this.depth(i);
      const log = Math.log(-Math.log1p(-hits / trials) / this.seconds);
      n += 1;
      w += hits;
      x += hits * d;
      y += hits * log;
      xx += hits * d * d;
      xy += hits * d * log;
      yy += hits * log * log;
    }
    if (n < 3) return null;
    const sxx = xx - (x * x) / w;
    const sxy = xy - (x * y) / w;
    const syy = yy - (y * y) / w;
    const kappa = (0 - sxy) / sxx; // not -0, which JSON does not know
    const r2 = syy > 0 ? (sxy * sxy) / (sxx * syy) : 1;
    return { kappa, alpha: Math.exp((y + kappa * x) / w), r2 };
  }

  save(): unknown[] {
    return [this.shape, this.sums.save()];
  }

  /** False, and nothing changed, also when band or windows were others. */
  restore(saved: unknown): boolean {
    if (!Array.isArray(saved) || !isNumbers(saved[0], 3)) return false;
    if (!this.shape.every((n, i) => n === (saved[0] as number[])[i])) return false;
    return this.sums.restore(saved[1]);
  }

  private get shape(): number[] {
    return [this.band.from, this.band.to, this.seconds];
  }

  private depth(i: number): number {
    return this.band.from + ((this.band.to - this.band.from) * i) / (DEPTHS - 1);
  }

  /** Closes the windows that are over; the next begins at the mid of that moment. */
  private roll(us: number): void {
    if (us - this.lastUs > WATCHED_US) this.drop();
    while (us >= this.endUs) {
      this.close();
      this.begin(this.endUs, this.mid);
    }
  }

  private begin(us: number, mid: number): void {
    this.endUs = us + this.spanUs;
    this.start = mid;
    this.up = 0;
    this.down = 0;
  }

  private close(): void {
    const { sums, up, down, clock } = this;
    clock.us = this.endUs;
    sums.advance(clock);
    sums.add(DEPTHS, 1);
    for (let i = 0; i < DEPTHS; i += 1) {
      const d = this.depth(i);
      const hits = (up >= d ? 1 : 0) + (down >= d ? 1 : 0);
      if (hits === 0) return;
      sums.add(i, hits);
    }
  }
}
