// The simulated venue as a live run drives it: one merge of rows, orders, replies and timers (simulation.ts).
import { CANCEL_ALL } from '#core/messages';
import type { Micros, Money, TickPrice } from '#core/units';
import type { SimVenue } from '#sim/venue';
import type { CarefulSource } from './careful-source.js';
import type { MarketSide } from './market-side.js';
import type { Simulation } from './simulation.js';

export class SimSide implements MarketSide {
  constructor(
    private readonly simulation: Simulation,
    private readonly venue: SimVenue,
    private readonly source: CarefulSource,
  ) {}

  get nowUs(): Micros {
    return this.simulation.nowUs;
  }

  get nextUs(): number {
    return this.simulation.nextUs;
  }

  get exhausted(): boolean {
    return this.simulation.exhausted;
  }

  get problem(): Error | null {
    return this.source.problem;
  }

  advanceTo(limitUs: Micros): Micros {
    this.simulation.advanceTo(limitUs);
    return limitUs;
  }

  accrued(mark: TickPrice): Money {
    return this.venue.exchange.account.accrued(this.nowUs, mark);
  }

  confirmEmpty(): boolean {
    const { exchange, nextArrivalUs } = this.venue;
    return exchange.openOrders().length === 0 && nextArrivalUs === Infinity;
  }

  cancelAll(): void {
    this.venue.exchange.submit(this.nowUs, CANCEL_ALL);
  }

  close(): void {
    this.source.close();
  }
}
