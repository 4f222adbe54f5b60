// Sums over what comes in clusters: a mean whose error is taken from minutes, not from single orders (moves
// overlap, orders come in bursts), and the Fano factor of counts over watched time. Pure.

/** A mean with the standard error that sums over clusters give. */
export class ClusteredMean {
  count = 0;
  private sum = 0;
  private clusters = 0;
  /** Over closed clusters: (sum x)^2, sum x times n, n^2. */
  private xx = 0;
  private xn = 0;
  private nn = 0;
  private openSum = 0;
  private openCount = 0;

  add(x: number): void {
    this.count += 1;
    this.sum += x;
    this.openSum += x;
    this.openCount += 1;
  }

  close(): void {
    const { openSum: x, openCount: n } = this;
    if (n === 0) return;
    this.clusters += 1;
    this.xx += x * x;
    this.xn += x * n;
    this.nn += n * n;
    this.openSum = 0;
    this.openCount = 0;
  }

  get mean(): number | null {
    return this.count > 0 ? this.sum / this.count : null;
  }

  /** Null below two clusters. */
  get standardError(): number | null {
    const { mean, clusters } = this;
    if (mean === null || clusters < 2) return null;
    const spread = Math.max(0, this.xx - 2 * mean * this.xn + mean * mean * this.nn);
    return Math.sqrt((spread * clusters) / (clusters - 1)) / this.count;
  }
}

/** Counts in windows of watched time. */
export class WindowCounts {
  private window = 0;
  private open = 0;
  private sum = 0;
  private squares = 0;

  constructor(private readonly lengthUs: number) {}

  /** One event, after so much watched time; a little out of order counts in the window at hand. */
  add(watchedUs: number): void {
    this.roll(watchedUs);
    this.open += 1;
  }

  /** Variance over mean of the whole windows up to `watchedUs`; null below ten windows or without events. */
  fano(watchedUs: number): number | null {
    this.roll(watchedUs);
    const n = this.window;
    if (n < 10 || !(this.sum > 0)) return null;
    const mean = this.sum / n;
    return (this.squares - n * mean * mean) / (n - 1) / mean;
  }

  private roll(watchedUs: number): void {
    const window = Math.floor(watchedUs / this.lengthUs);
    if (window <= this.window) return;
    this.sum += this.open;
    this.squares += this.open * this.open;
    this.window = window;
    this.open = 0;
  }
}
