// Guard: the venue fails or refuses us too often (rate limits included). More than 5 % of the operations of the
// last 60 s, of at least 20: pause 60 s, which empties the window. Hot path.
import type { AccountNumbers, DecisionAnswer, Guard, Trip } from '#core/guard';
import { ALLOW, BY_NUMBERS } from '#core/guard';
import type { Micros } from '#core/units';

export const ERROR_PAUSE_US = 60_000_000;
/** Fewer operations than this say nothing. */
export const LEAST_OPERATIONS = 20;

export class ErrorRate implements Guard {
  readonly name = 'error-rate';
  readonly idle = BY_NUMBERS;
  private tripped: Trip | null = null;

  /** Exactly 5 % is allowed. */
  onSettle(numbers: AccountNumbers): Trip | null {
    const { nowUs, operations, failures } = numbers;
    // While it lasts it is one pause: what fails meanwhile counts when it is over.
    if (this.tripped !== null && nowUs < this.tripped.untilUs) return this.tripped;
    const fine = operations < LEAST_OPERATIONS || failures * 20 <= operations;
    this.tripped = fine ? null : this.trip(nowUs, operations, failures);
    return this.tripped;
  }

  onDecision(): DecisionAnswer {
    return ALLOW;
  }

  private trip(nowUs: Micros, operations: number, failures: number): Trip {
    const percent = ((failures / operations) * 100).toFixed(1);
    const reason = `${failures} of ${operations} operations failed in 60 s (${percent} %), limit 5 %`;
    const untilUs = (nowUs + ERROR_PAUSE_US) as Micros;
    return Object.freeze({ guard: this.name, severity: 'pause', reason, untilUs });
  }
}
