// All guards of one run, in the order in which they are asked. A new guard is one file and one line here.
// Sanity comes first: nobody after it sees a NaN, because a latch ends the round of questions.
import type { BreakerSnapshot, Guard } from '#core/guard';
import type { Instrument } from '#core/instrument';
import type { RiskParams, VenueProfile } from '#core/params';
import { Bleed } from './bleed.js';
import { DailyLoss } from './daily-loss.js';
import { Drawdown } from './drawdown.js';
import { ErrorRate } from './error-rate.js';
import { Margin } from './margin.js';
import { OrderRate } from './order-rate.js';
import { PositionLimit } from './position-limit.js';
import { PriceBand } from './price-band.js';
import { Sanity } from './sanity.js';
import { StaleFeed } from './stale-feed.js';
import { WideMarket } from './wide-market.js';

/** Pass the same `restored` to the breaker; null when there is none. The guards belong to one breaker. */
export function makeGuards(
  params: RiskParams,
  instrument: Instrument,
  venue: VenueProfile,
  restored: BreakerSnapshot | null = null,
): Guard[] {
  const reducing = restored?.reducing ?? [];
  return [
    new Sanity(),
    new PositionLimit(instrument, reducing.includes('position')),
    new Drawdown(params),
    new DailyLoss(params),
    new StaleFeed(params),
    new WideMarket(params),
    new PriceBand(params),
    new Bleed(params, instrument),
    new OrderRate(venue),
    new ErrorRate(),
    new Margin(reducing.includes('margin')),
  ];
}
