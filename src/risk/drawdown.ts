// Guard: the fall of guard equity from its peak (S2-33). Latches: only `mm reset` leads back, no restart does.
// onSettle is hot path. The peak is the breaker's (equity.ts) and survives restarts.
import type { AccountNumbers, DecisionAnswer, Guard, Trip } from '#core/guard';
import { ALLOW, BY_NUMBERS } from '#core/guard';
import type { RiskParams } from '#core/params';
import type { Micros, Money } from '#core/units';
import { isValued } from './equity.js';
import { moneyText } from './wording.js';

export class Drawdown implements Guard {
  readonly name = 'drawdown';
  readonly idle = BY_NUMBERS;
  private readonly fraction: number;
  private readonly cap: number;
  private tripped: Trip | null = null;

  constructor(params: RiskParams) {
    this.fraction = params.maxDrawdown;
    this.cap = params.maxDrawdownUsd ?? Infinity;
  }

  /** Trips when the fall is more than the fraction of the peak, or than the cap; exactly that much is allowed. */
  onSettle(numbers: AccountNumbers): Trip | null {
    const fall = numbers.peakEquity - numbers.guardEquity;
    const limit = Math.min(numbers.peakEquity * this.fraction, this.cap);
    if (fall <= limit || !isValued(numbers)) {
      this.tripped = null;
      return null;
    }
    this.tripped ??= this.trip(fall, limit, numbers.peakEquity);
    return this.tripped;
  }

  onDecision(): DecisionAnswer {
    return ALLOW;
  }

  private trip(fall: number, limit: number, peak: Money): Trip {
    const percent = ((fall / peak) * 100).toFixed(2);
    const reason =
      `fell ${moneyText(fall)} (${percent} %) from the peak ${moneyText(peak)}, ` +
      `limit ${moneyText(limit)}`;
    return Object.freeze({ guard: this.name, severity: 'latch', reason, untilUs: 0 as Micros });
  }
}
