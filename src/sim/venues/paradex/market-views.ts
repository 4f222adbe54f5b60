// How the simulated market looks on the wire: REST bodies, JSON payloads and binary frames of one moment. Pure: it reads
// the market and makes values. Fees, margins and limits that the rows do not tell are made up here, once.
import { RATE_SCALE } from '#core/money';
import type { Lots, Rate, Side, TickPrice, Ticks } from '#core/units';
import { ASK, BID, NO_PRICE } from '#core/units';
import { writeFrame } from '#clients/paradex/codec/frame';
import type { FieldValue, Level } from '#clients/paradex/codec/frame';
import { BBO, BOOK, FUNDING, SUMMARY, TRADE } from '#clients/paradex/codec/schema';
import type { SbeVersion } from '#clients/paradex/endpoints';
import type {
  BboWire, BookWire, FundingDataWire, LevelWire, MarketWire, OrderBookWire, SummaryWire, TradeWire,
} from '#clients/paradex/wire'; // prettier-ignore
import { decimal, rateText } from '../decimals.js';
import type { LevelChange, MarketNews, ParadexMarket, Print } from './market.js';

const HOUR = 3_600;
/** Made up, as nothing in a tape says them. */
export const MARKET_LIMITS = Object.freeze({
  maxOpenOrders: 150,
  priceBand: 0.05,
});

/** A largest order of some 10 M USD and ten of them as a position, in powers of ten of the base: 100 and 1,000 BTC. */
export function sizeLimits({ fair, instrument }: ParadexMarket): {
  order: string;
  position: string;
} {
  const price = fair > 0 ? fair * instrument.tickSize : 1e5;
  let size = 1;
  while (size * price < 3.2e6 && size < 1e12) size *= 10;
  return { order: String(size), position: String(size * 10) };
}

export const wireSide = (side: Side): 'BUY' | 'SELL' => (side === BID ? 'BUY' : 'SELL');
const ms = (us: number): number => Math.floor(us / 1000);

export function marketWire(market: ParadexMarket, overrides: Partial<MarketWire>): MarketWire {
  const { spec } = market.instrument;
  const limits = sizeLimits(market);
  const [base = spec.symbol] = spec.symbol.split('-');
  const fee = (rate: Rate) => ({ fee: rateText(rate), fee_cap: '0', fee_floor: '0' });
  const fees = { maker_fee: fee(spec.makerFee), taker_fee: fee(spec.takerFee) };
  const free = { maker_fee: fee(0 as Rate), taker_fee: fee(0 as Rate) };
  return {
    ...{ symbol: spec.symbol, base_currency: base, quote_currency: 'USD', market_kind: 'cross' },
    ...{ settlement_currency: 'USDC', asset_kind: 'PERP', trading_mode: 'STANDARD' },
    price_tick_size: spec.tickSize,
    order_size_increment: spec.lotSize,
    min_notional: spec.minNotional,
    max_order_size: limits.order,
    max_open_orders: MARKET_LIMITS.maxOpenOrders,
    position_limit: limits.position,
    price_bands_width: String(MARKET_LIMITS.priceBand),
    max_slippage: '0.05',
    funding_period_hours: spec.fundingPeriod / HOUR,
    ...{ interest_rate: '0.0001', clamp_rate: '0.0005', max_funding_rate: '0.02' },
    delta1_cross_margin_params: {
      imf_base: '0.02',
      imf_factor: '0.000071',
      imf_shift: '0',
      mmf_factor: decimal(spec.maintenanceMargin / 0.02, 6),
    },
    fee_config: { api_fee: fees, interactive_fee: free, rpi_fee: free },
    ...{ expiry_at: 0, open_at: 1_700_000_000_000, tags: ['LAYER1'] },
    ...overrides,
  };
}

interface Touch {
  readonly bid: string;
  readonly bidSize: string;
  readonly ask: string;
  readonly askSize: string;
}

function touchOf(market: ParadexMarket): Touch {
  const { book, instrument } = market;
  const price = (ticks: Ticks): string => (ticks === NO_PRICE ? '' : instrument.formatPrice(ticks));
  const size = (ticks: Ticks, lots: Lots): string =>
    ticks === NO_PRICE ? '' : instrument.formatSize(lots);
  return {
    bid: price(book.bidTicks),
    bidSize: size(book.bidTicks, book.bidLots),
    ask: price(book.askTicks),
    askSize: size(book.askTicks, book.askLots),
  };
}

export function summaryWire(market: ParadexMarket): SummaryWire {
  const { instrument, prints, fair } = market;
  const price = (value: TickPrice | undefined): string =>
    value === undefined || value === 0 ? '0' : instrument.formatPrice(value);
  const touch = touchOf(market);
  const last = prints[prints.length - 1];
  return {
    symbol: market.symbol,
    mark_price: price(fair),
    underlying_price: price(fair),
    last_traded_price: price(last?.ticks),
    ...{ bid: touch.bid, ask: touch.ask, bid_size: touch.bidSize, ask_size: touch.askSize },
    funding_rate: rateText(market.fundingRate),
    open_interest: '1000',
    volume_24h: decimal(volumeUsd(market), 2),
    total_volume: decimal(volumeUsd(market), 2),
    price_change_rate_24h: '0',
    external_fair_price: price(fair),
    created_at: ms(market.us),
  };
}

function volumeUsd(market: ParadexMarket): number {
  let sum = 0;
  const { tickSize, lotSize } = market.instrument;
  for (const { ticks, lots } of market.prints) sum += ticks * tickSize * lots * lotSize;
  return sum;
}

export function bboWire(market: ParadexMarket): BboWire {
  const { bid, bidSize, ask, askSize } = touchOf(market);
  return {
    ...{ market: market.symbol, bid, ask, bid_size: bidSize, ask_size: askSize },
    seq_no: market.seq,
    last_updated_at: ms(market.us),
  };
}

/** How much of the book is told, and how coarsely: in steps of `priceTick` (0: of the market's own tick). */
export interface Cut {
  readonly depth: number;
  readonly priceTick: number;
}
const WHOLE: Cut = { depth: Infinity, priceTick: 0 };

/** Levels from the touch outwards, at most `depth` of them; what lies within a step is told at its outer edge. */
export function levelsOf(market: ParadexMarket, side: Side, { depth, priceTick } = WHOLE): LevelWire[] {
  const { book, instrument } = market;
  const step = Math.max(1, Math.round(priceTick / instrument.tickSize));
  const edgeOf = (ticks: number): number => (side === BID ? Math.floor(ticks / step) : Math.ceil(ticks / step)) * step;
  const out: LevelWire[] = [];
  let ticks = side === BID ? book.bidTicks : book.askTicks;
  while (ticks !== NO_PRICE && out.length < depth) {
    const edge = edgeOf(ticks);
    let lots = 0;
    for (; ticks !== NO_PRICE && edgeOf(ticks) === edge; ticks = book.next(side, ticks))
      lots += book.lotsAt(side, ticks);
    out.push([instrument.formatPrice(edge as Ticks), instrument.formatSize(lots as Lots)]);
  }
  return out;
} // prettier-ignore

export interface FullBookWire extends OrderBookWire {
  readonly best_bid_api: LevelWire;
  readonly best_ask_api: LevelWire;
  readonly best_bid_interactive: LevelWire;
  readonly best_ask_interactive: LevelWire;
}

export function bookWire(market: ParadexMarket, cut: Cut): FullBookWire {
  const bids = levelsOf(market, BID, cut);
  const asks = levelsOf(market, ASK, cut);
  const { bid, bidSize, ask, askSize } = touchOf(market);
  const bestBid: LevelWire = [bid, bidSize];
  const bestAsk: LevelWire = [ask, askSize];
  return {
    ...{ market: market.symbol, seq_no: market.seq, last_updated_at: ms(market.us), bids, asks },
    ...{ best_bid_api: bestBid, best_ask_api: bestAsk },
    ...{ best_bid_interactive: bestBid, best_ask_interactive: bestAsk },
  };
}

export const tradeWire = (market: ParadexMarket, print: Print): TradeWire => ({
  ...{ id: String(print.id), market: market.symbol, side: wireSide(print.side) },
  price: market.instrument.formatPrice(print.ticks),
  size: market.instrument.formatSize(print.lots),
  created_at: ms(print.createdUs),
  trade_type: 'FILL',
});

export function fundingWire(market: ParadexMarket): FundingDataWire {
  const hours = market.instrument.spec.fundingPeriod / HOUR;
  const rate = market.fundingRate;
  return {
    market: market.symbol,
    funding_rate: rateText(rate),
    funding_rate_8h: decimal((rate / RATE_SCALE) * (8 / hours), 10),
    funding_premium: '0',
    funding_index: decimal(market.fundingIndex, 8),
    funding_period_hours: hours,
    created_at: ms(market.us),
  };
}

/** The JSON payload of a delta or snapshot channel. */
export function bookChangeWire(market: ParadexMarket, news: MarketNews): BookWire {
  const head = { market: market.symbol, seq_no: market.seq, last_updated_at: ms(market.us) };
  const { instrument } = market;
  if (news.kind !== 'delta') {
    const row = (side: Side) => (level: LevelWire) => ({
      ...{ side: wireSide(side), price: level[0], size: level[1] },
    });
    const inserts = [
      ...levelsOf(market, BID).map(row(BID)),
      ...levelsOf(market, ASK).map(row(ASK)),
    ];
    return { ...head, update_type: 's', inserts, updates: [], deletes: [] };
  }
  const wire = ({ side, ticks, lots }: LevelChange) => ({
    side: wireSide(side),
    price: instrument.formatPrice(ticks),
    size: instrument.formatSize(lots),
  });
  const updates = news.changes.filter((c) => c.lots > 0).map(wire);
  const deletes = news.changes.filter((c) => c.lots === 0).map(wire);
  return { ...head, update_type: 'd', inserts: [], updates, deletes };
}

// --- binary --------------------------------------------------------------------------------------------------------

const orNull = (text: string): string | null => (text === '' ? null : text);

/** `cut`: of a periodic snapshot channel; the delta channels carry everything. */
export function bookFrame(
  market: ParadexMarket,
  version: SbeVersion,
  changes: readonly LevelChange[] | null,
  cut = WHOLE,
): Uint8Array {
  const touch = touchOf(market);
  const { instrument } = market;
  const side = (wanted: Side): Level[] =>
    changes === null
      ? levelsOf(market, wanted, cut)
      : changes
          .filter((c) => c.side === wanted)
          .map((c) => [instrument.formatPrice(c.ticks), instrument.formatSize(c.lots)]);
  const [bid, bidSize, ask, askSize] = [touch.bid, touch.bidSize, touch.ask, touch.askSize].map(orNull) as [FieldValue, FieldValue, FieldValue, FieldValue]; // prettier-ignore
  return writeFrame(BOOK, version, {
    values: {
      ...{ ts: market.us, seq: BigInt(market.seq), pkgType: changes === null ? 0 : 1 },
      ...{ bestBidPrice: bid, bestBidSize: bidSize, bestAskPrice: ask, bestAskSize: askSize },
      ...{ bestBidApiPrice: bid, bestBidApiSize: bidSize },
      ...{ bestAskApiPrice: ask, bestAskApiSize: askSize },
    },
    texts: { market: market.symbol },
    bids: side(BID),
    asks: side(ASK),
  });
}

export function bboFrame(market: ParadexMarket, version: SbeVersion): Uint8Array {
  const touch = touchOf(market);
  return writeFrame(BBO, version, {
    values: {
      ...{ ts: market.us, seq: BigInt(market.seq) },
      ...{ bidPrice: orNull(touch.bid), bidSize: orNull(touch.bidSize) },
      ...{ askPrice: orNull(touch.ask), askSize: orNull(touch.askSize) },
    },
    texts: { market: market.symbol },
  });
}

export function tradeFrame(market: ParadexMarket, print: Print, version: SbeVersion): Uint8Array {
  const id = version === 2 ? { tradeIdStr: String(print.id) } : {};
  return writeFrame(TRADE, version, {
    values: {
      ...{ ts: print.us, seq: BigInt(print.seq), tradeId: BigInt.asIntN(64, print.id) },
      ...{ side: print.side === BID ? 1 : 2, createdAt: print.createdUs, tradeType: 1 },
      price: market.instrument.formatPrice(print.ticks),
      size: market.instrument.formatSize(print.lots),
    },
    texts: { market: market.symbol, ...id },
  });
}

export function summaryFrame(market: ParadexMarket, version: SbeVersion): Uint8Array {
  const wire = summaryWire(market);
  const precise = version === 0 ? {} : { fundingRatePrecise: rateText(market.fundingRate) };
  return writeFrame(SUMMARY, version, {
    values: {
      ...{ ts: market.us, seq: BigInt(market.seq) },
      ...{ markPrice: wire.mark_price, indexPrice: wire.underlying_price },
      ...{ lastPrice: wire.last_traded_price, volumeUsd24h: wire.volume_24h },
      ...{ openInterest: wire.open_interest, fundingRate: wire.funding_rate },
      ...{ bid: orNull(wire.bid), ask: orNull(wire.ask) },
      ...{ bidSize: orNull(wire.bid_size), askSize: orNull(wire.ask_size) },
      ...{ priceChangeRate24h: '0', externalFairPrice: wire.mark_price },
      ...precise,
    },
    texts: { market: market.symbol },
  });
}

export function fundingFrame(market: ParadexMarket, version: SbeVersion): Uint8Array {
  const wire = fundingWire(market);
  return writeFrame(FUNDING, version, {
    values: {
      ...{ ts: market.us, seq: BigInt(market.seq), createdAt: market.us },
      ...{ fundingRate: wire.funding_rate, fundingIndex: wire.funding_index },
      ...{ fundingPremium: wire.funding_premium, fundingRate8h: wire.funding_rate_8h },
      fundingPeriodHours: wire.funding_period_hours,
    },
    texts: { market: market.symbol },
  });
}
