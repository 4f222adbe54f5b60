// Hot path: sigma = sqrt(EWMA(r^2 / h)) of the mid's returns over h = 30 s, sampled every 5 s: perp
// books react late and in steps, so that shorter returns understate risk by half (portrait.md
// section 4). A fast and a slow half-life, each with a prior at the static value; single returns
// count for 6 sigma at most. A gap of 10 s is bridged by the true time, a longer one starts afresh.
import type { Estimate } from '#core/analyzer';
import { positive } from './estimate.js';
import { WATCHED_US } from './exposure.js';
import type { Timed } from './fading.js';
import { FadingSums } from './fading.js';
import { JumpAlarm } from './jump-alarm.js';
import { Moment } from './moment.js';

export const SAMPLE_US = 5_000_000;
export const RETURN_US = 30_000_000;
export const SLOW_HALF_LIFE_US = 1_800_000_000;
export const FAST_HALF_LIFE_US = 120_000_000;
/** Imaginary returns at the static sigma. */
const SLOW_PRIOR = 20;
const FAST_PRIOR = 2;
/** Squared: winsorised at 6 sigma. */
const WINSOR_2 = 36;
/** Mids kept: enough to find the one of 30 s ago. */
const RING = 8;
/**
 * Samples overlap: this many of them are worth one (sum over lags of the squared overlap, 1 + 110
 * / 36).
 */
const OVERLAP = 146 / 36;

const WEIGHT = 0;
const SQUARES = 1;
const FOURTHS = 2;
const WEIGHT_2 = 3;

/** One half-life: the mean of r^2 / h with a prior. */
class Variance {
  private readonly sums: FadingSums;

  constructor(
    private readonly prior: number,
    private readonly prior2: number,
    halfLifeUs: number,
  ) {
    this.sums = new FadingSums(3, 1, halfLifeUs);
  }

  add(now: Timed, square: number): void {
    const { sums } = this;
    sums.advance(now);
    sums.add(WEIGHT, 1);
    sums.add(WEIGHT_2, 1);
    sums.add(SQUARES, square);
    sums.add(FOURTHS, square * square);
  }

  value(us: number): number {
    const { prior, prior2, sums } = this;
    return (prior * prior2 + sums.at(SQUARES, us)) / (prior + sums.at(WEIGHT, us));
  }

  /** Of the logarithm of sigma; from the fourth moment, at least that of normal returns. */
  logError(us: number): number {
    const { sums, prior } = this;
    const weight = sums.at(WEIGHT, us);
    if (!(weight > 0)) return 0;
    const mean = sums.at(SQUARES, us) / weight;
    const spread = Math.max(2 * mean * mean, sums.at(FOURTHS, us) / weight - mean * mean);
    const ofSum = Math.sqrt(spread * sums.at(WEIGHT_2, us) * OVERLAP);
    return ofSum / (prior + weight) / this.value(us) / 2;
  }

  effectiveCount(us: number): number {
    const weight = this.sums.at(WEIGHT, us);
    return weight > 0 ? (weight * weight) / this.sums.at(WEIGHT_2, us) / OVERLAP : 0;
  }

  /** Of sigma, in bp per root second. */
  estimate(us: number): Estimate {
    const value = Math.sqrt(this.value(us));
    return positive(value, this.logError(us), this.effectiveCount(us), us, this.sums.lastUs);
  }

  save(): number[] {
    return this.sums.save();
  }

  restore(saved: unknown): boolean {
    return this.sums.restore(saved);
  }
}

export class Volatility {
  readonly slow: Variance;
  readonly fast: Variance;
  readonly jump = new JumpAlarm();
  private readonly times = new Float64Array(RING);
  private readonly mids = new Float64Array(RING);
  private readonly due = new Moment();
  private samples = 0;
  private nextUs = 0;
  private lastUs = 0;
  private mid = 0;
  private hole = false;

  /** `sigma`: the static value, in bp per root second. */
  constructor(sigma: number) {
    this.slow = new Variance(SLOW_PRIOR, sigma * sigma, SLOW_HALF_LIFE_US);
    this.fast = new Variance(FAST_PRIOR, sigma * sigma, FAST_HALF_LIFE_US);
  }

  /** A sound mid, in whatever unit; at every settle, changed or not. */
  onMid(now: Moment): void {
    if (this.mid === 0 || now.us - this.lastUs > WATCHED_US) this.restart(now);
    if (now.us >= this.nextUs) this.catchUp(now);
    this.lastUs = now.us;
    this.mid = now.mid;
    this.hole = false;
  }

  /** Rows were lost since the last mid: what it was in between is unknown. */
  gap(): void {
    this.hole = true;
  }

  /** What is quoted on, squared: the larger of the two. */
  variance(us: number): number {
    return Math.max(this.slow.value(us), this.fast.value(us));
  }

  save(): number[][] {
    return [this.slow.save(), this.fast.save(), this.jump.save()];
  }

  /** The mids are not kept: a return never bridges a restart. */
  restore(saved: unknown): boolean {
    if (!Array.isArray(saved) || !this.jump.restore(saved[2])) return false;
    return this.slow.restore(saved[0]) && this.fast.restore(saved[1]);
  }

  private restart(now: Moment): void {
    this.samples = 0;
    this.jump.restart();
    this.take(now);
    this.nextUs = now.us + SAMPLE_US;
  }

  /**
   * Samples that are due: at their time the mid was the one before this, unless it lay in a hole.
   */
  private catchUp(now: Moment): void {
    const { due } = this;
    while (this.nextUs < now.us && !this.hole) {
      due.us = this.nextUs;
      due.mid = this.mid;
      this.sample(due);
      this.nextUs += SAMPLE_US;
    }
    if (this.nextUs > now.us) return;
    this.sample(now);
    while (this.nextUs <= now.us) this.nextUs += SAMPLE_US;
  }

  private sample(at: Moment): void {
    const from = this.before(at);
    if (from >= 0) {
      const h = (at.us - (this.times[from] as number)) / 1e6;
      const r = Math.log(at.mid / (this.mids[from] as number)) * 1e4;
      const slow = this.slow.value(at.us);
      this.jump.add(at, r / Math.sqrt(h), slow);
      const bounded = Math.min((r * r) / h, WINSOR_2 * slow);
      this.slow.add(at, bounded);
      this.fast.add(at, bounded);
    }
    this.take(at);
  }

  private take(at: Moment): void {
    const i = this.samples % RING;
    this.times[i] = at.us;
    this.mids[i] = at.mid;
    this.samples += 1;
  }

  /** The kept mid whose age is nearest to 30 s, or -1 while there is none of about that age. */
  private before(at: Moment): number {
    let best = -1;
    let error = SAMPLE_US / 2 + 1;
    for (let k = 1; k <= Math.min(RING, this.samples); k += 1) {
      const i = (this.samples - k) % RING;
      const off = Math.abs(at.us - (this.times[i] as number) - RETURN_US);
      if (off < error) {
        best = i;
        error = off;
      }
    }
    return best;
  }
}
