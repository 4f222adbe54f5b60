// Guard: the market is too wide to quote in (S2-75). Withdraws until 30 s after the last moment it was: hysteresis in
// time, so that a spread that flickers around the limit costs one withdrawal. Hot path. Sees only sound books.
import type { AccountNumbers, DecisionAnswer, Guard, Trip } from '#core/guard';
import { ALLOW, BY_NUMBERS } from '#core/guard';
import type { RiskParams } from '#core/params';
import type { Micros } from '#core/units';

export const WIDE_HOLD_US = 30_000_000;

export class WideMarket implements Guard {
  readonly name = 'wide-market';
  readonly idle = BY_NUMBERS;
  private readonly maxSpread: number;
  private tripped: Trip | null = null;
  private lastWideUs = 0;

  constructor(params: RiskParams) {
    this.maxSpread = params.maxMarketSpread;
  }

  /** Exactly the limit is not wide. An empty or crossed book is the stale guard's business. */
  onSettle(numbers: AccountNumbers): Trip | null {
    const { bestBid, bestAsk, nowUs } = numbers;
    // spread / mid x 1e4 > limit, without dividing; written so that a NaN trips.
    const within = (bestAsk - bestBid) * 20_000 <= this.maxSpread * (bestAsk + bestBid);
    if (!within && numbers.bookSound && !(bestBid <= 0) && !(bestAsk <= 0)) {
      this.lastWideUs = nowUs;
      this.tripped ??= this.trip(bestBid, bestAsk);
      return this.tripped;
    }
    if (this.tripped === null) return null;
    if (nowUs < this.lastWideUs) this.lastWideUs = nowUs; // the clock stepped back
    if (nowUs - this.lastWideUs >= WIDE_HOLD_US) this.tripped = null;
    return this.tripped;
  }

  onDecision(): DecisionAnswer {
    return ALLOW;
  }

  private trip(bestBid: number, bestAsk: number): Trip {
    const bps = ((bestAsk - bestBid) / (bestAsk + bestBid)) * 20_000;
    const reason = `the market is ${bps.toFixed(2)} bp wide, limit ${this.maxSpread} bp; back after 30 s`;
    return Object.freeze({ guard: this.name, severity: 'withdraw', reason, untilUs: 0 as Micros });
  }
}
