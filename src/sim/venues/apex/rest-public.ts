// The public calls of the simulated ApeX. A wrong spelling of a symbol is answered as the venue does: depth with an empty
// body on HTTP 200, funding history with code 3, the rest with nothing.
import { decimal, rateText } from '../decimals.js';
import { depthWire, INTERVALS, klineWire, shortTickerWire, tickerWire, tradeWire } from './market-views.js'; // prettier-ignore
import { msOf } from './order.js';
import { CODE, Refusal } from './refusal.js';
import type { Answer, Call, PublicRoute } from './routes.js';
import { pageOf, wholeIn } from './routes.js';
import { symbolsWire } from './symbols.js';

const MOST_BARS = 200;
const BARS_WITHOUT_LIMIT = 1_500;
const ours = ({ venue, query }: Call): boolean => query.get('symbol') === venue.market.cross;

function depth(call: Call): Answer {
  if (!ours(call)) return { data: { a: null, b: null, s: '', u: 0 } };
  const { market, topics } = call.venue;
  return { data: depthWire(market, wholeIn(call.query, 'limit', 100), topics.books[200].u) };
}

function trades(call: Call): Answer {
  if (!ours(call)) return { data: [] };
  const { market } = call.venue;
  const limit = Math.min(500, wholeIn(call.query, 'limit', 100));
  return { data: market.prints.slice(-limit).map((print) => tradeWire(market, print)) };
}

function klines(call: Call): Answer {
  const { market } = call.venue;
  const interval = call.query.get('interval') ?? '1';
  const minutes = INTERVALS[interval];
  if (minutes === undefined) throw new Refusal(CODE.business, 'invalid interval');
  const limit = wholeIn(call.query, 'limit', 0);
  if (!ours(call) || limit > MOST_BARS) return { data: {} };
  const from = wholeIn(call.query, 'start', 0) * 1e6; // seconds, as nowhere else
  const to = wholeIn(call.query, 'end', 9e9) * 1e6;
  const bars = market.candles.of(minutes, from, to).slice(-(limit || BARS_WITHOUT_LIMIT));
  return { data: { [market.cross]: bars.map((bar) => klineWire(market, bar, interval)) } };
}

function historyFunding({ venue, query }: Call): Answer {
  const { market, rules } = venue;
  rules.known(query.get('symbol') ?? '');
  const { page, totalSize } = pageOf(market.fundings, query, (item) => msOf(item.us));
  const historyFunds = page.map(({ us, rate, price }) => ({
    ...{ symbol: market.symbol, rate: rateText(rate) },
    price: decimal(price * market.instrument.tickSize, 8),
    ...{ fundingTime: msOf(us), fundingTimestamp: msOf(us) },
  }));
  return { data: { historyFunds, totalSize } };
}

export const PUBLIC_ROUTES: readonly PublicRoute[] = [
  { method: 'GET', path: '/time', run: ({ venue }) => ({ data: { time: msOf(venue.now()) } }) },
  { method: 'GET', path: '/symbols', run: ({ venue }) => ({ data: symbolsWire(venue.rules.contract) }) },
  { method: 'GET', path: '/depth', run: depth },
  { method: 'GET', path: '/trades', run: trades },
  { method: 'GET', path: '/klines', run: klines },
  {
    ...{ method: 'GET', path: '/ticker' },
    run: (call) => ({ data: ours(call) ? [tickerWire(call.venue.market)] : [] }),
  },
  {
    ...{ method: 'GET', path: '/data/all-ticker-info' },
    run: ({ venue }) => ({ data: [shortTickerWire(venue.market)] }),
  },
  { method: 'GET', path: '/history-funding', run: historyFunding },
]; // prettier-ignore
