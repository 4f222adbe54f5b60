// What one account and one address may ask of Paradex (section 5.5), as budgets with a reserve for cancels. The
// client refuses its own order rather than run into the venue's limit; a cancel is never refused here.
import { Budget } from '#clients/net/limiter';
import type { VenueProfile } from '#core/params';
import type { Micros } from '#core/units';
import { PARADEX_SWITCHES, type ParadexSwitches } from './switches.js';

/** A tenth of every budget belongs to cancels. */
const RESERVE = 0.1;

export type OrderBudget = Pick<Budget, 'take' | 'drain' | 'readyUs'>;

export interface ParadexBudgets {
  /** POST, PUT, DELETE of orders, and the order methods of the socket: one pool. */
  readonly orders: OrderBudget;
  readonly reads: Budget;
  /** Everything from this address. */
  readonly address: Budget;
}

type CoverSwitch = Pick<ParadexSwitches, 'ipLimitCoversOrders'>;

export function makeBudgets(
  nowUs: Micros,
  { ipLimitCoversOrders }: CoverSwitch = PARADEX_SWITCHES,
): ParadexBudgets {
  const orders = new Budget(
    [
      { perSecond: 800, burst: 800 },
      { perSecond: 17_250 / 60, burst: 17_250 },
    ],
    RESERVE,
    nowUs,
  );
  const reads = new Budget(
    [
      { perSecond: 120, burst: 120 },
      { perSecond: 10, burst: 600 },
    ],
    RESERVE,
    nowUs,
  );
  const address = new Budget([{ perSecond: 25, burst: 1_500 }], RESERVE, nowUs);
  return { orders: ipLimitCoversOrders ? both(orders, address) : orders, reads, address };
}

/** An order takes from both or from neither. What the venue says of orders does not empty the address. */
const both = (orders: Budget, address: Budget): OrderBudget => {
  const readyUs = (nowUs: Micros, n: number, urgent: boolean): Micros =>
    Math.max(orders.readyUs(nowUs, n, urgent), address.readyUs(nowUs, n, urgent)) as Micros;
  return {
    readyUs,
    take: (nowUs, n, urgent) =>
      readyUs(nowUs, n, urgent) === nowUs &&
      orders.take(nowUs, n, urgent) &&
      address.take(nowUs, n, urgent),
    drain: (nowUs) => orders.drain(nowUs),
  };
};

/**
 * For the engine: below the venue's 17,250 a minute, the rest is for cancels; or below the 25 a second of the address,
 * where every order has its cancel and the queries want some too.
 */
export const profileOf = ({
  amend,
  ipLimitCoversOrders,
}: Pick<ParadexSwitches, 'amend'> & CoverSwitch): VenueProfile => ({
  ...{ amend: amend === 'modify', orderBurst: 300 },
  ordersPerSecond: ipLimitCoversOrders ? 10 : 200,
});
