// The venue's clock as far as we know it: ours plus a measured offset. Every signature and every statement about the
// venue is dated in it. An offset beyond SKEW_LIMIT means that nothing may be signed.
import type { Clock } from '#core/outside';
import type { Micros, SpanMicros } from '#core/units';
import { MICROS_PER_MS } from '#core/units';

/** Half of what the engine allows for; start-up and quoting refuse more. */
export const SKEW_LIMIT = 500_000 as SpanMicros;

export class VenueTime {
  /** Venue minus ours. */
  offsetUs = 0;
  private lastMs = 0;

  constructor(readonly clock: Clock) {}

  /** Now, by the venue's clock. */
  now(): Micros {
    return (this.clock.nowUs() + this.offsetUs) as Micros;
  }

  /** A millisecond stamp that was never given before: the nonce of a signature. */
  stampMs(): number {
    const now = Math.floor(this.now() / MICROS_PER_MS);
    this.lastMs = Math.max(now, this.lastMs + 1);
    return this.lastMs;
  }

  /** The venue said `serverMs` in answer to a question sent at `sentUs` that came back just now. */
  measure(serverMs: number, sentUs: Micros): void {
    const heardUs = this.clock.nowUs();
    const offset = serverMs * MICROS_PER_MS - (sentUs + heardUs) / 2;
    // What lies within the round trip cannot be told from no difference.
    const doubt = (heardUs - sentUs) / 2 + MICROS_PER_MS;
    this.offsetUs = Math.abs(offset) <= doubt ? 0 : Math.round(offset);
  }

  get skewed(): boolean {
    return Math.abs(this.offsetUs) > SKEW_LIMIT;
  }
}
