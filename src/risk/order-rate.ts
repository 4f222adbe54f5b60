// Guard: a runaway of our own. The engine's throttle keeps orders within the venue's budget by delaying them; if
// three times what it can let through in a minute has gone out all the same, the throttle is broken: pause 60 s.
// Hot path. Must not react to a busy market, and never delays or drops single orders: that is the throttle's work.
import type { AccountNumbers, DecisionAnswer, Guard, Trip } from '#core/guard';
import { ALLOW, BY_NUMBERS } from '#core/guard';
import type { VenueProfile } from '#core/params';
import type { Micros } from '#core/units';

export const RATE_PAUSE_US = 60_000_000;

/** Budgeted operations of 60 s, once more for the cancel that each may need, once more for repeats in doubt. */
export const runawayOperations = (venue: VenueProfile): number =>
  3 * (venue.ordersPerSecond * 60 + venue.orderBurst);

export class OrderRate implements Guard {
  readonly name = 'order-rate';
  readonly idle = BY_NUMBERS;
  private readonly most: number;
  private tripped: Trip | null = null;

  constructor(venue: VenueProfile) {
    this.most = runawayOperations(venue);
  }

  onSettle(numbers: AccountNumbers): Trip | null {
    const { nowUs, operations } = numbers;
    if (this.tripped !== null && nowUs < this.tripped.untilUs) return this.tripped;
    this.tripped = operations <= this.most ? null : this.trip(nowUs, operations);
    return this.tripped;
  }

  onDecision(): DecisionAnswer {
    return ALLOW;
  }

  private trip(nowUs: Micros, operations: number): Trip {
    const reason = `${operations} operations in 60 s, the throttle allows for ${this.most}: a runaway`;
    const untilUs = (nowUs + RATE_PAUSE_US) as Micros;
    return Object.freeze({ guard: this.name, severity: 'pause', reason, untilUs });
  }
}
