// How much may be asked of a venue, kept on our side of the wire: a token bucket with a reserve that only cancels may
// touch, and several buckets as one budget. Pure: time is an argument. It must never make a cancel wait for a quote.
import { assert } from '#core/assert';
import type { Micros } from '#core/units';
import { MICROS_PER_SECOND } from '#core/units';

export interface Rate {
  /** Continuous refill. */
  readonly perSecond: number;
  /** Capacity: how much at once. */
  readonly burst: number;
}

export class TokenBucket {
  private tokens: number;
  private filledUs: number;

  constructor(
    readonly rate: Rate,
    nowUs: Micros,
  ) {
    assert(rate.perSecond > 0 && rate.burst >= 1, 'a bucket that never has a token');
    this.tokens = rate.burst;
    this.filledUs = nowUs;
  }

  /** Tokens at `nowUs`; a clock that steps back refills nothing. */
  available(nowUs: Micros): number {
    if (nowUs > this.filledUs) {
      const more = ((nowUs - this.filledUs) * this.rate.perSecond) / MICROS_PER_SECOND;
      this.tokens = Math.min(this.rate.burst, this.tokens + more);
      this.filledUs = nowUs;
    }
    return this.tokens;
  }

  /** Takes `n` unless fewer than `reserve` would be left. Cancels ask with reserve 0, everything else with more. */
  take(nowUs: Micros, n = 1, reserve = 0): boolean {
    if (this.available(nowUs) < n + reserve) return false;
    this.tokens -= n;
    return true;
  }

  /** Takes `n` whatever there is: it was sent already, or must be. May go below 0. */
  force(nowUs: Micros, n = 1): void {
    this.available(nowUs);
    this.tokens -= n;
  }

  /** The venue says it has had enough: nothing is left until it refills. */
  drain(nowUs: Micros): void {
    this.available(nowUs);
    this.tokens = Math.min(this.tokens, 0);
  }

  /** Earliest time at which `take(n, reserve)` may succeed; `nowUs` when it may now. */
  readyUs(nowUs: Micros, n = 1, reserve = 0): Micros {
    const missing = n + reserve - this.available(nowUs);
    if (missing <= 0) return nowUs;
    return (nowUs + Math.ceil((missing / this.rate.perSecond) * MICROS_PER_SECOND)) as Micros;
  }
}

/** Several limits on the same thing (per second and per minute): all or none. */
export class Budget {
  private readonly buckets: readonly TokenBucket[];

  /** `reserved`: the fraction of every bucket that only cancels may use. */
  constructor(
    rates: readonly Rate[],
    private readonly reserved: number,
    nowUs: Micros,
  ) {
    this.buckets = rates.map((rate) => new TokenBucket(rate, nowUs));
  }

  /** Takes `n` from every bucket, or nothing from any. `urgent`: a cancel, the reserve is its own. */
  take(nowUs: Micros, n: number, urgent: boolean): boolean {
    for (const bucket of this.buckets) {
      const reserve = urgent ? 0 : bucket.rate.burst * this.reserved;
      if (bucket.available(nowUs) < n + reserve) return false;
    }
    for (const bucket of this.buckets) bucket.take(nowUs, n);
    return true;
  }

  drain(nowUs: Micros): void {
    for (const bucket of this.buckets) bucket.drain(nowUs);
  }

  readyUs(nowUs: Micros, n: number, urgent: boolean): Micros {
    let ready = nowUs;
    for (const bucket of this.buckets) {
      const reserve = urgent ? 0 : bucket.rate.burst * this.reserved;
      const us = bucket.readyUs(nowUs, n, reserve);
      if (us > ready) ready = us;
    }
    return ready;
  }
}
