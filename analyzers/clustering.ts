// Hot path: how much taker orders cluster: the variance of their count in a window over its mean
// (Fano factor), 1 for a Poisson process. Windows of 60 s, and of 5 and 15 min because slow
// self-excitation hides from shorter ones; the largest is used. A standard error without it would
// be far too small.
import { FadingSums } from './fading.js';

/** Lengths of the windows, in minutes. */
const MINUTES: readonly number[] = [1, 5, 15];
/** A slow property: 15 min of memory would be a single long window. */
const HALF_LIFE_MINUTES = 240;
/**
 * Each starts as that many windows like the next shorter ones; the shortest, like a Poisson
 * process.
 */
const PRIOR_WINDOWS = 6;

const WINDOWS = 0;
const COUNT = 1;
const COUNT_2 = 2;
const WEIGHT_2 = 3;

/** Counts over windows of one length. */
class Windows {
  /** Per closed window: 1, W, W^2, sum of squared weights; faded per window. */
  private readonly sums: FadingSums;
  /** Windows closed so far: their clock. */
  private readonly closed = { us: 0 };
  private count = 0;
  private weight2 = 0;

  constructor(halfLifeWindows: number) {
    this.sums = new FadingSums(4, 0, halfLifeWindows);
  }

  add(count: number, weight2: number): void {
    this.count += count;
    this.weight2 += weight2;
  }

  close(): void {
    const { sums, count } = this;
    const { closed } = this;
    closed.us += 1;
    sums.advance(closed);
    sums.add(WINDOWS, 1);
    sums.add(COUNT, count);
    sums.add(COUNT_2, count * count);
    sums.add(WEIGHT_2, this.weight2);
    this.count = 0;
    this.weight2 = 0;
  }

  /** Variance over mean, where half orders count as such; shrunk towards `prior`. */
  fano(prior: number): number {
    const { cells } = this.sums;
    const windows = cells[WINDOWS] as number;
    const mean = (cells[COUNT] as number) / windows;
    if (!(windows > 1 && mean > 0)) return prior;
    const variance = ((cells[COUNT_2] as number) - windows * mean * mean) / (windows - 1);
    const fano = (variance * windows) / (cells[WEIGHT_2] as number);
    return (PRIOR_WINDOWS * prior + windows * fano) / (PRIOR_WINDOWS + windows);
  }

  save(): number[] {
    return this.sums.save();
  }

  restore(saved: unknown): boolean {
    if (!this.sums.restore(saved)) return false;
    this.closed.us = this.sums.lastUs;
    return true;
  }
}

export class Clustering {
  private readonly windows = MINUTES.map((minutes) => new Windows(HALF_LIFE_MINUTES / minutes));
  private minutes = 0;

  /** An order; weight 1/2 where it may have been of either side. */
  add(weight: number): void {
    for (const windows of this.windows) windows.add(weight, weight * weight);
  }

  /** 60 s of watched time are over (not of the clock: gaps may be more frequent than that). */
  closeWindow(): void {
    this.minutes += 1;
    for (let i = 0; i < MINUTES.length; i += 1) {
      if (this.minutes % (MINUTES[i] as number) === 0) (this.windows[i] as Windows).close();
    }
  }

  /** 1 or more. */
  get fano(): number {
    let fano = 1;
    for (const windows of this.windows) fano = Math.max(fano, windows.fano(fano));
    return fano;
  }

  save(): number[][] {
    return this.windows.map((windows) => windows.save());
  }

  restore(saved: unknown): boolean {
    return Array.isArray(saved) && this.windows.every((windows, i) => windows.restore(saved[i]));
  }
}
