// The venue's clock as far as we know it: ours plus a measured offset. Every request, every signature and every statement
// about the venue is dated in it. An offset beyond SKEW_LIMIT means that nothing may be signed.
import type { Clock } from '#core/outside';
import type { Micros, SpanMicros } from '#core/units';
import { MICROS_PER_MS } from '#core/units';

/** Half of what the engine allows for; start-up and quoting refuse more. */
export const SKEW_LIMIT = 500_000 as SpanMicros;

/** One reading may be late on its way; so many together are not. */
const KEPT = 5;

export class VenueTime {
  private readonly offsets: number[] = [];
  private lastMs = 0;

  /** The offset is the median of the last `kept` measurements. */
  constructor(
    readonly clock: Clock,
    private readonly kept = KEPT,
  ) {}

  /** Venue minus ours. */
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

  /** A millisecond stamp that was never given before: the nonce of a signature. */
  stampMs(): number {
    this.lastMs = Math.max(this.nowMs(), this.lastMs + 1);
    return this.lastMs;
  }

  /** The venue said `serverMs` in answer to a question sent at `sentUs` that came back just now. */
  measure(serverMs: number, sentUs: Micros): void {
    const heardUs = this.clock.nowUs();
    const offset = serverMs * MICROS_PER_MS - (sentUs + heardUs) / 2;
    // What lies within the round trip cannot be told from no difference.
    const doubt = (heardUs - sentUs) / 2 + MICROS_PER_MS;
    this.offsets.push(Math.abs(offset) <= doubt ? 0 : Math.round(offset));
    if (this.offsets.length > this.kept) this.offsets.shift();
  }

  /** The venue refused our stamp: what was measured before is worth nothing. */
  forget(): void {
    this.offsets.length = 0;
  }

  get skewed(): boolean {
    return Math.abs(this.offsetUs) > SKEW_LIMIT;
  }

  /** By how much the clocks differ, for a person; '' when they do not. */
  get skewSaid(): string {
    const ms = Math.round(-this.offsetUs / MICROS_PER_MS);
    if (ms === 0) return '';
    return `our clock is ${Math.abs(ms)} ms ${ms > 0 ? 'ahead of' : 'behind'} the venue's`;
  }

  /** For a start that was refused: what is wrong and what to do. */
  get skewText(): string {
    return `${this.skewSaid}, ${SKEW_LIMIT / MICROS_PER_MS} ms are allowed: synchronise it (NTP)`;
  }
}
