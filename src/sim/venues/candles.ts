// One-minute candles of a price, kept for a day, and coarser ones made of them. Ticks and lots; the views give them
// their decimals.

export interface Candle {
  /** Start, whole microseconds. */
  readonly fromUs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

const MINUTE_US = 60_000_000;
const MOST = 1_440;

export class Candles {
  private readonly minutes: Candle[] = [];

  add(us: number, price: number, volume: number): void {
    const fromUs = us - (us % MINUTE_US);
    const last = this.minutes[this.minutes.length - 1];
    if (last === undefined || last.fromUs !== fromUs) {
      this.minutes.push({ fromUs, open: price, high: price, low: price, close: price, volume });
      if (this.minutes.length > MOST) this.minutes.shift();
    } else merge(last, { fromUs, open: price, high: price, low: price, close: price, volume });
  }

  /** Candles of `minutes` that begin in [fromUs, toUs], oldest first. */
  of(minutes: number, fromUs: number, toUs: number): Candle[] {
    const span = minutes * MINUTE_US;
    const out: Candle[] = [];
    for (const minute of this.minutes) {
      const start = minute.fromUs - (minute.fromUs % span);
      if (start < fromUs || start > toUs) continue;
      const last = out[out.length - 1];
      if (last?.fromUs === start) merge(last, minute);
      else out.push({ ...minute, fromUs: start });
    }
    return out;
  }
}

function merge(into: Candle, next: Candle): void {
  into.high = Math.max(into.high, next.high);
  into.low = Math.min(into.low, next.low);
  into.close = next.close;
  into.volume += next.volume;
}
