// Hot path: tells a jump from volatility. Over the last 20 returns of 30 s, realised variance
// counts a jump in full, bipower variation (Barndorff-Nielsen & Shephard 2004) hardly at all: RV /
// BV > 2 is a jump. It only says so once per jump; what to do about it is the engine's business.
import type { Timed } from './fading.js';
import { isNumbers } from './fading.js';

/** Returns looked at, and samples from one return to the next that does not overlap it. */
const RETURNS = 20;
const STRIDE = 6;
const RING = 128;
/** Fewer returns than this say nothing. */
const LEAST_RETURNS = 10;
const RATIO = 2;
/** And the newest return is at least this many sigma: on coarse ticks BV may be next to nothing. */
const LEAST_SIGMA = 4;
/** Where every other return was 0 the ratio is infinite; JSON knows no such number. */
const LARGEST_SAID = 999;
/** How long quotes stay away, and how long the same jump is inside the newest return. */
export const WITHDRAW_US = 60_000_000;
const SAME_US = 30_000_000;

export class JumpAlarm {
  /** Jumps seen. */
  count = 0;
  /** Time of the last one, 0 before the first; it holds for WITHDRAW_US. */
  atUs = 0;
  /** RV / BV when it was seen. */
  atRatio = 0;
  /** RV / BV of the last sample, 0 while there are too few. */
  ratio = 0;
  private readonly returns = new Float64Array(RING);
  private samples = 0;
  private largest = 0;

  /** Earlier returns no longer belong to what follows. */
  restart(): void {
    this.samples = 0;
    this.ratio = 0;
  }

  /** A 30 s return over the root of its time, every 5 s; `variance`: sigma squared before it. */
  add(at: Timed, scaled: number, variance: number): void {
    this.returns[this.samples & (RING - 1)] = Math.abs(scaled);
    this.samples += 1;
    this.measure();
    const newest = Math.abs(scaled);
    if (!(this.ratio > RATIO) || newest < this.largest) return;
    if (newest * newest < LEAST_SIGMA * LEAST_SIGMA * variance) return;
    if (at.us - this.atUs < SAME_US) return;
    this.atUs = at.us;
    this.atRatio = Math.min(this.ratio, LARGEST_SAID);
    this.count += 1;
  }

  save(): number[] {
    return [this.count, this.atUs, this.atRatio];
  }

  /** The alarm that was raised; the returns are not kept. */
  restore(saved: unknown): boolean {
    if (!isNumbers(saved, 3)) return false;
    [this.count, this.atUs, this.atRatio] = saved as [number, number, number];
    return true;
  }

  /** Sets the ratio, and the largest return but the newest. */
  private measure(): void {
    const n = Math.min(RETURNS, Math.floor((this.samples + STRIDE - 1) / STRIDE));
    let realised = 0;
    let bipower = 0;
    let largest = 0;
    let later = 0;
    for (let k = 0; k < n; k += 1) {
      const z = this.returns[(this.samples - 1 - k * STRIDE) & (RING - 1)] as number;
      realised += z * z;
      if (k > 0) {
        bipower += z * later;
        if (z > largest) largest = z;
      }
      later = z;
    }
    bipower *= ((Math.PI / 2) * n) / (n - 1);
    this.ratio =
      n < LEAST_RETURNS ? 0 : bipower > 0 ? realised / bipower : realised > 0 ? Infinity : 0;
    this.largest = largest;
  }
}
