// What one account and one address may ask of Paradex (section 5.5), as budgets with a reserve for cancels. The
// client refuses its own order rather than run into the venue's limit; a cancel is never refused here.
import { Budget } from '#clients/net/limiter';
import type { VenueProfile } from '#core/params';
import type { Micros } from '#core/units';
import type { ParadexSwitches } from './switches.js';

/** A tenth of every budget belongs to cancels. */
const RESERVE = 0.1;

export interface ParadexBudgets {
  /** POST, PUT, DELETE of orders, and the order methods of the socket: one pool. */
  readonly orders: Budget;
  readonly reads: Budget;
  /** Everything from this address. */
  readonly address: Budget;
}

export const makeBudgets = (nowUs: Micros): ParadexBudgets => ({
  orders: new Budget(
    [
      { perSecond: 800, burst: 800 },
      { perSecond: 17_250 / 60, burst: 17_250 },
    ],
    RESERVE,
    nowUs,
  ),
  reads: new Budget(
    [
      { perSecond: 120, burst: 120 },
      { perSecond: 10, burst: 600 },
    ],
    RESERVE,
    nowUs,
  ),
  address: new Budget([{ perSecond: 25, burst: 1_500 }], RESERVE, nowUs),
});

/** For the engine: below the venue's 17,250 a minute, the rest is for cancels. */
export const profileOf = ({ amend }: Pick<ParadexSwitches, 'amend'>): VenueProfile => ({
  ...{ amend: amend === 'modify', ordersPerSecond: 200, orderBurst: 300 },
});
