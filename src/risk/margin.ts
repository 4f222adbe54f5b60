// Guard: account margin. Equity below twice the maintenance margin: only reduce; back at 2.2 times, so that a ratio
// that flickers around 2 does not turn the quotes over. Hot path. Infinity (flat, or unknown) is fine.
import type { AccountNumbers, DecisionAnswer, Guard, Trip } from '#core/guard';
import { ALLOW, BY_NUMBERS } from '#core/guard';
import type { Micros } from '#core/units';

export const LEAST_MARGIN_RATIO = 2;
export const MARGIN_BACK_RATIO = 2.2;

export class Margin implements Guard {
  readonly name = 'margin';
  readonly idle = BY_NUMBERS;
  private tripped: Trip | null = null;

  /** `reducing`: it was, when the process ended. */
  constructor(private reducing = false) {}

  onSettle(numbers: AccountNumbers): Trip | null {
    const { marginRatio } = numbers;
    if (marginRatio >= (this.reducing ? MARGIN_BACK_RATIO : LEAST_MARGIN_RATIO)) {
      this.reducing = false;
      this.tripped = null;
      return null;
    }
    this.reducing = true;
    this.tripped ??= this.trip(marginRatio);
    return this.tripped;
  }

  onDecision(): DecisionAnswer {
    return ALLOW;
  }

  private trip(ratio: number): Trip {
    const reason = `margin is ${ratio.toFixed(2)} times maintenance, at least ${LEAST_MARGIN_RATIO} is needed`;
    return Object.freeze({ guard: this.name, severity: 'reduce', reason, untilUs: 0 as Micros });
  }
}
