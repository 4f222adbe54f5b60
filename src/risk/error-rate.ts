// Guard: the venue fails or refuses us too often (rate limits included). More than 5 % of the operations of the last 60 s,
// of at least 20, or five refused in a row with none done between (the engine counts those runs, because two may come in
// one drain): pause 60 s, which empties the window; refusals told while it lasts are not judged. Hot path.
import type { AccountNumbers, DecisionAnswer, Guard, Trip } from '#core/guard';
import { ALLOW, BY_NUMBERS, REFUSED_IN_A_ROW } from '#core/guard';
import type { Micros } from '#core/units';

export const ERROR_PAUSE_US = 60_000_000;
/** Fewer operations than this say nothing. */
export const LEAST_OPERATIONS = 20;

export class ErrorRate implements Guard {
  readonly name = 'error-rate';
  /** Refusals are events, and after an event every guard is asked. */
  readonly idle = BY_NUMBERS;
  private tripped: Trip | null = null;
  /** The runs of refusals that are judged already. */
  private judgedRuns = 0;

  /** Exactly 5 % is allowed. */
  onSettle(numbers: AccountNumbers): Trip | null {
    const { nowUs, operations, failures, refusedRuns } = numbers;
    // While it lasts it is one pause: of what fails meanwhile only the rate counts when it is over.
    if (this.tripped !== null && nowUs < this.tripped.untilUs) {
      this.judgedRuns = refusedRuns;
      return this.tripped;
    }
    const tolerable = operations < LEAST_OPERATIONS || failures * 20 <= operations;
    const fine = refusedRuns === this.judgedRuns && tolerable;
    this.tripped = fine ? null : this.trip(numbers);
    return this.tripped;
  }

  onDecision(): DecisionAnswer {
    return ALLOW;
  }

  private trip(numbers: AccountNumbers): Trip {
    const { nowUs, refusedRuns, lastRefusal } = numbers;
    const run = refusedRuns !== this.judgedRuns;
    this.judgedRuns = refusedRuns;
    const reason = run
      ? `${REFUSED_IN_A_ROW} operations in a row refused (last: ${lastRefusal}), none done between`
      : rateText(numbers);
    const untilUs = (nowUs + ERROR_PAUSE_US) as Micros;
    return Object.freeze({ guard: this.name, severity: 'pause', reason, untilUs });
  }
}

function rateText({ operations, failures }: AccountNumbers): string {
  const percent = ((failures / operations) * 100).toFixed(1);
  return `${failures} of ${operations} operations failed in 60 s (${percent} %), limit 5 %`;
}
