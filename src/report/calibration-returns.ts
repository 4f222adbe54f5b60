// Volatility at one horizon: mid returns over h seconds by the mid in force, as analyzers/volatility.ts samples
// them at 30 s: every h/6 from 5 s on, holes of 10 s bridged by the true time, longer ones afresh. Pure; it
// neither fades nor leans on anything.
const BRIDGE_US = 10_000_000;
/** Samples overlap from this horizon on, six to a return. */
const OVERLAP_FROM_S = 5;
const STEPS = 6;
/** Six-fold overlap: this many returns are worth one (1 + 2 sum of ((6 - k) / 6)^2, as in the analyzer). */
const OVERLAP = 146 / 36;
const RING = 8;

/** `square`: r^2 / h in bp^2 per second. */
export type OnReturn = (us: number, square: number) => void;

export class Returns {
  count = 0;
  private squares = 0;
  private fourths = 0;
  private readonly spanUs: number;
  private readonly stepUs: number;
  private readonly overlap: number;
  private readonly times = new Float64Array(RING);
  private readonly mids = new Float64Array(RING);
  private samples = 0;
  private nextUs = 0;
  private lastUs = 0;
  private mid = 0;
  private hole = false;

  constructor(
    readonly seconds: number,
    private readonly onReturn: OnReturn | null = null,
  ) {
    const steps = seconds >= OVERLAP_FROM_S ? STEPS : 1;
    this.spanUs = seconds * 1e6;
    this.stepUs = this.spanUs / steps;
    this.overlap = steps === 1 ? 1 : OVERLAP;
  }

  /** A sound mid in ticks, changed or not. */
  onMid(us: number, mid: number): void {
    if (this.mid === 0 || us - this.lastUs > BRIDGE_US) {
      this.samples = 0;
      this.take(us, mid);
      this.nextUs = us + this.stepUs;
    } else if (us >= this.nextUs) {
      this.catchUp(us, mid);
    }
    this.lastUs = us;
    this.mid = mid;
    this.hole = false;
  }

  gap(): void {
    this.hole = true;
  }

  /** bp per root second, or null without returns. */
  get sigma(): number | null {
    return this.count > 0 ? Math.sqrt(this.squares / this.count) : null;
  }

  /** Of sigma, from the fourth moment, at least that of normal returns. */
  get standardError(): number | null {
    const { count, squares, fourths, sigma } = this;
    if (sigma === null || !(squares > 0)) return null;
    const mean = squares / count;
    const spread = Math.max(2 * mean * mean, fourths / count - mean * mean);
    return (sigma / 2) * (Math.sqrt((spread * this.overlap) / count) / mean);
  }

  /** Returns that do not overlap would be this many. */
  get effectiveCount(): number {
    return this.count / this.overlap;
  }

  private catchUp(us: number, mid: number): void {
    while (this.nextUs < us && !this.hole) {
      this.sample(this.nextUs, this.mid);
      this.nextUs += this.stepUs;
    }
    if (this.nextUs > us) return;
    this.sample(us, mid);
    this.nextUs += this.stepUs * (1 + Math.floor((us - this.nextUs) / this.stepUs));
  }

  private sample(us: number, mid: number): void {
    const from = this.before(us);
    if (from >= 0) {
      const r = Math.log(mid / (this.mids[from] as number)) * 1e4;
      const square = (r * r * 1e6) / (us - (this.times[from] as number));
      this.count += 1;
      this.squares += square;
      this.fourths += square * square;
      this.onReturn?.(us, square);
    }
    this.take(us, mid);
  }

  private take(us: number, mid: number): void {
    const i = this.samples % RING;
    this.times[i] = us;
    this.mids[i] = mid;
    this.samples += 1;
  }

  /** The kept mid whose age is nearest to the horizon, -1 while there is none of about that age. */
  private before(us: number): number {
    let best = -1;
    let error = this.stepUs / 2 + 1;
    for (let k = 1; k <= Math.min(RING, this.samples); k += 1) {
      const i = (this.samples - k) % RING;
      const off = Math.abs(us - (this.times[i] as number) - this.spanUs);
      if (off < error) {
        best = i;
        error = off;
      }
    }
    return best;
  }
}
