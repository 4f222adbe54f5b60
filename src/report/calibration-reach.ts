// How far trades go: the chance that a side is reached within a window, from the mid at its start, and how many
// taker orders reach how far. Plain counts, pure; nothing is fitted here.
const BRIDGE_US = 10_000_000;
/** Width and number of the bins of reach, in bp: out to 20 bp, beyond which it is all one. */
const BIN = 0.05;
const BINS = 400;

/** Windows of one length, one after the other; both sides are trials. */
export class SeenReach {
  trials = 0;
  private readonly hits: Float64Array;
  private readonly spanUs: number;
  private startUs = 0;
  /** The mid at the start; 0: no window is open. */
  private start = 0;
  private up = -Infinity;
  private down = -Infinity;
  private mid = 0;
  private midUs = 0;

  constructor(
    readonly seconds: number,
    readonly distances: readonly number[],
  ) {
    this.spanUs = seconds * 1e6;
    this.hits = new Float64Array(distances.length);
  }

  onMid(us: number, mid: number): void {
    this.roll(us);
    this.mid = mid;
    this.midUs = us;
    // A window that begins with this row begins at its mid.
    if (this.start === 0 || this.startUs === us) this.begin(us);
  }

  /** `side`: the taker's; 0: whichever side of the mid it lies on. */
  onPrint(us: number, side: number, ticks: number): void {
    this.roll(us);
    if (this.start === 0) return;
    const away = ((ticks - this.start) / this.start) * 1e4;
    if (side >= 0 && away > this.up) this.up = away;
    if (side <= 0 && -away > this.down) this.down = -away;
  }

  /** Rows were lost, or the book has no mid: the window in hand says nothing. */
  drop(): void {
    this.start = 0;
    this.mid = 0;
  }

  /** Share of windows and sides, or null without any. */
  chance(i: number): number | null {
    return this.trials > 0 ? (this.hits[i] as number) / this.trials : null;
  }

  private begin(us: number): void {
    this.startUs = us;
    this.start = this.mid;
    this.up = -Infinity;
    this.down = -Infinity;
  }

  private roll(us: number): void {
    if (this.start !== 0 && us - this.midUs > BRIDGE_US) this.drop();
    while (this.start !== 0 && us >= this.startUs + this.spanUs) {
      this.trials += 2;
      for (let i = 0; i < this.hits.length; i += 1) {
        const d = this.distances[i] as number;
        const hits = (this.up >= d ? 1 : 0) + (this.down >= d ? 1 : 0);
        this.hits[i] = (this.hits[i] as number) + hits;
      }
      this.begin(this.startUs + this.spanUs);
    }
  }
}

/** The next distance at or beyond this one that reaches are counted at. */
export const edgeOf = (distance: number): number => Math.ceil(distance / BIN - 1e-9) * BIN;

/** Reaches of taker orders from the mid just before each. */
export class OrderReaches {
  private readonly bins = new Float64Array(BINS + 1);

  add(reach: number): void {
    if (!(reach >= 0)) return;
    const bin = Math.min(BINS, Math.floor(reach / BIN + 1e-9));
    this.bins[bin] = (this.bins[bin] as number) + 1;
  }

  /** Orders that reached `distance`, a multiple of 0.05 bp, or farther. */
  beyond(distance: number): number {
    let sum = 0;
    for (let i = Math.max(0, Math.round(distance / BIN)); i <= BINS; i += 1) {
      sum += this.bins[i] as number;
    }
    return sum;
  }
}

/**
 * R^2 of a given line a - k d to points (distance, intensity), weighted by their orders: 1 - squares about the
 * line over squares about the mean; null below three points. Below 0 where a constant would do better.
 */
export function lineFit(
  points: readonly { readonly distance: number; readonly seen: number; readonly orders: number }[],
  logAlpha: number,
  kappa: number,
): number | null {
  const used = points.filter(({ orders }) => orders >= 2);
  if (used.length < 3) return null;
  let w = 0;
  let mean = 0;
  for (const { seen, orders } of used) {
    w += orders;
    mean += orders * Math.log(seen);
  }
  mean /= w;
  let about = 0;
  let total = 0;
  for (const { distance, seen, orders } of used) {
    const y = Math.log(seen);
    const off = y - (logAlpha - kappa * distance);
    about += orders * off * off;
    total += orders * (y - mean) * (y - mean);
  }
  return total > 0 ? 1 - about / total : null;
}
