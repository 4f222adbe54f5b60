// Guard: we see the market and our own orders, now. Withdraws on silence, an unsound book or a link that is down,
// and comes back only after a stretch of unbroken health. Hot path. Must not trust a clock that ran backwards.
import type { AccountNumbers, DecisionAnswer, Guard, Trip } from '#core/guard';
import { ALLOW } from '#core/guard';
import type { RiskParams } from '#core/params';
import type { Micros } from '#core/units';

export class StaleFeed implements Guard {
  readonly name = 'stale-feed';
  private readonly staleAfter: number;
  private readonly healthyFor: number;
  private tripped: Trip | null = null;
  /** Since when all is well; 0 = it is not, or was not when last asked. */
  private healthySinceUs = 0;
  /** At start there is nothing to recover from: the first healthy settle is enough (first quote < 1.5 s). */
  private started = false;

  constructor(params: RiskParams) {
    this.staleAfter = params.staleAfter;
    this.healthyFor = params.healthyFor;
  }

  onSettle(numbers: AccountNumbers): Trip | null {
    const { nowUs } = numbers;
    if (!this.healthy(numbers)) {
      this.healthySinceUs = 0;
      this.tripped ??= this.trip(numbers);
      return this.tripped;
    }
    if (this.tripped === null || !this.started) {
      this.started = true;
      this.tripped = null;
      return null;
    }
    // A clock that stepped back would make the wait endless or void: begin it again.
    if (this.healthySinceUs === 0 || nowUs < this.healthySinceUs) this.healthySinceUs = nowUs;
    if (nowUs - this.healthySinceUs < this.healthyFor) return this.tripped;
    this.tripped = null;
    return null;
  }

  /** Its last answer was null, so it has started and recovers from nothing. */
  idle(numbers: AccountNumbers): boolean {
    return this.healthy(numbers);
  }

  onDecision(): DecisionAnswer {
    return ALLOW;
  }

  private healthy(numbers: AccountNumbers): boolean {
    // |age|: after a step back of the clock the newest frame lies in the future and proves nothing.
    const age = Math.abs(numbers.nowUs - numbers.bookUs);
    return (
      numbers.bookUs > 0 &&
      age <= this.staleAfter &&
      numbers.bookSound &&
      numbers.publicUp &&
      numbers.privateUp
    );
  }

  private trip(numbers: AccountNumbers): Trip {
    return Object.freeze({
      guard: this.name,
      severity: 'withdraw',
      reason: this.reason(numbers),
      untilUs: 0 as Micros,
    });
  }

  private reason(numbers: AccountNumbers): string {
    if (!numbers.publicUp) return 'the public link is down or has a gap';
    if (!numbers.privateUp) return 'the private link is down';
    if (!(numbers.bookUs > 0)) return 'no book frame yet';
    if (!numbers.bookSound) return 'the book is one-sided or crossed';
    const age = numbers.nowUs - numbers.bookUs;
    if (age < 0) return `the clock stepped back ${-age / 1000} ms behind the newest book frame`;
    return `no book frame for ${age / 1000} ms`;
  }
}
