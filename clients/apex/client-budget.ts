// What one account and one address may ask of ApeX (section 4.8): 300 POST and 600 GET a minute, 600 in all. Ours stay
// below, so that no minute, however it falls, holds more. The client refuses its own order rather than run into a ban.
import { Budget } from '#clients/net/limiter';
import type { Micros } from '#core/units';

/** A fifth of every budget belongs to cancels and the emergency flat. */
const RESERVE = 0.2;
const POSTS_PER_MINUTE = 250;
const POST_BURST = 50; // any minute: 50 + 250 = 300
const GETS_PER_MINUTE = 240;
const GET_BURST = 60; // any minute: at most 300, with the POSTs 600

export interface ApexBudgets {
  readonly posts: Budget;
  readonly gets: Budget;
}

export const makeBudgets = (nowUs: Micros): ApexBudgets => ({
  posts: new Budget([{ perSecond: POSTS_PER_MINUTE / 60, burst: POST_BURST }], RESERVE, nowUs),
  gets: new Budget([{ perSecond: GETS_PER_MINUTE / 60, burst: GET_BURST }], RESERVE, nowUs),
});

/** For the engine: an order costs two POSTs, its placing and its cancel; what is left is spent where it pays. */
export const PROFILE = {
  amend: false,
  ordersPerSecond: (POSTS_PER_MINUTE * (1 - RESERVE)) / 60 / 2,
  stretch: 4,
  orderBurst: (POST_BURST * (1 - RESERVE)) / 2,
} as const;
