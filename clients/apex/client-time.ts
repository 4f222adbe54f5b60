// The venue's clock as far as we know it: ours plus a measured offset, from GET /time. Every request is stamped in it.
import type { Clock } from '#core/outside';
import type { Micros, SpanMicros } from '#core/units';
import { MICROS_PER_MS } from '#core/units';

/** Start-up refuses more. */
export const SKEW_LIMIT = 500_000 as SpanMicros;
const KEPT = 5;
/** The documentation's example shows seconds, the venue sends ms: told apart by size. */
const SMALLEST_MS = 100_000_000_000;

export class VenueTime {
  private readonly offsets: number[] = [];

  constructor(readonly clock: Clock) {}

  /** Venue minus ours: the median of the last measurements. */
  get offsetUs(): number {
    const sorted = [...this.offsets].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }

  /** Now, by the venue's clock. */
  now(): Micros {
    return (this.clock.nowUs() + this.offsetUs) as Micros;
  }

  nowMs(): number {
    return Math.floor(this.now() / MICROS_PER_MS);
  }

  /** The venue said `serverMs` in answer to a question sent at `sentUs` that came back just now. */
  measure(serverMs: number, sentUs: Micros): void {
    const heardUs = this.clock.nowUs();
    const ms = serverMs < SMALLEST_MS ? serverMs * 1_000 : serverMs;
    const offset = ms * MICROS_PER_MS - (sentUs + heardUs) / 2;
    // What lies within the round trip cannot be told from no difference.
    const doubt = (heardUs - sentUs) / 2 + MICROS_PER_MS;
    this.offsets.push(Math.abs(offset) <= doubt ? 0 : Math.round(offset));
    if (this.offsets.length > KEPT) this.offsets.shift();
  }

  /** The venue refused our stamp: what was measured before is worth nothing. */
  forget(): void {
    this.offsets.length = 0;
  }

  get skewed(): boolean {
    return Math.abs(this.offsetUs) > SKEW_LIMIT;
  }
}
