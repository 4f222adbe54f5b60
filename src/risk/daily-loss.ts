// Guard: the loss since UTC midnight (S2-32). Pauses until the next UTC day. onSettle is hot path.
// Must not resume on a recovery within the day: a stop that comes back by itself the same day is not a stop.
import type { AccountNumbers, DecisionAnswer, Guard, Trip } from '#core/guard';
import { ALLOW, BY_NUMBERS } from '#core/guard';
import type { RiskParams } from '#core/params';
import type { Micros, Money } from '#core/units';
import { DAY_US, isValued } from './equity.js';
import { moneyText } from './wording.js';

/** Of --capital, not of the day's start: a fixed sum that start-up can print, and that does not shrink with losses. */
export function dailyLossLimit(params: RiskParams): Money {
  const share = Math.round(params.capital * params.maxDailyLoss);
  return Math.min(share, params.maxDailyLossUsd ?? Infinity) as Money;
}

export class DailyLoss implements Guard {
  readonly name = 'daily-loss';
  readonly idle = BY_NUMBERS;
  private readonly limit: Money;
  private tripped: Trip | null = null;

  constructor(params: RiskParams) {
    this.limit = dailyLossLimit(params);
  }

  /** Trips when the loss is more than the limit; exactly the limit is still allowed (P&L < -$5 in the PRD). */
  onSettle(numbers: AccountNumbers): Trip | null {
    const loss = numbers.dayStartEquity - numbers.guardEquity;
    if (loss <= this.limit || !isValued(numbers)) {
      this.tripped = null;
      return null;
    }
    const held = this.tripped;
    if (held === null || numbers.nowUs >= held.untilUs) this.tripped = this.trip(numbers, loss);
    return this.tripped;
  }

  onDecision(): DecisionAnswer {
    return ALLOW;
  }

  private trip(numbers: AccountNumbers, loss: number): Trip {
    const untilUs = ((Math.floor(numbers.nowUs / DAY_US) + 1) * DAY_US) as Micros;
    const reason = `lost ${moneyText(loss)} since UTC midnight, limit ${moneyText(this.limit)}`;
    return Object.freeze({ guard: this.name, severity: 'pause', reason, untilUs });
  }
}
