// How the simulated market looks on the wire, by REST and on the public socket: depth, prints, ticker, candles. Pure: it
// reads the market and makes values. 24-hour figures that a tape cannot tell are made of what has been played.
import type { Instrument } from '#core/instrument';
import { MICROS_PER_MS } from '#core/units';
import type { Lots, Side, TickPrice, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import type { CrossSymbol, TradeWire } from '#clients/apex/wire';
import type { Candle } from '../candles.js';
import { decimal, rateText } from '../decimals.js';
import type { ApexMarket, Print } from './market.js';
import { msOf } from './order.js';

type LevelPair = readonly [Ticks, Lots];
const HOUR_US = 3_600_000_000;
const DAY_MINUTES = 1_440;

export const levelText = (instrument: Instrument, [ticks, lots]: LevelPair): [string, string] => [
  instrument.formatPrice(ticks),
  instrument.formatSize(lots),
];

/** GET /depth: asks rising, bids falling. */
export function depthWire(market: ApexMarket, limit: number, u: number): unknown {
  const side = (which: Side): unknown[] =>
    market.levels(which, limit).map((level) => levelText(market.instrument, level));
  return { a: side(ASK), b: side(BID), s: market.cross, u };
}

export const tradeWire = (market: ApexMarket, print: Print): TradeWire => ({
  T: msOf(print.us),
  s: market.cross as CrossSymbol,
  S: print.side === BID ? 'Buy' : 'Sell',
  v: market.instrument.formatSize(print.lots),
  p: market.instrument.formatPrice(print.ticks),
  L: print.direction,
  i: print.id,
});

const priceText = (market: ApexMarket, price: TickPrice | undefined): string =>
  price === undefined || price === 0 ? '' : decimal(price * market.instrument.tickSize, 8);

/** Those of TickerWire, and some that no client of ours reads. */
export type TickerFields = Readonly<Record<string, string>>;

export function tickerWire(market: ApexMarket): TickerFields {
  const { fair, instrument } = market;
  const mark = priceText(market, fair);
  const last = market.prints[market.prints.length - 1];
  const [day] = market.candles.of(DAY_MINUTES, 0, Infinity);
  const span = (price: number | undefined): string => priceText(market, price as TickPrice);
  const change = day === undefined || day.open === 0 ? 0 : day.close / day.open - 1;
  const volume = (day?.volume ?? 0) * instrument.lotSize;
  const next = new Date((Math.floor(market.us / HOUR_US) + 1) * (HOUR_US / MICROS_PER_MS));
  return {
    symbol: market.cross,
    lastPrice: priceText(market, last?.ticks ?? fair),
    price24hPcnt: decimal(change, 6),
    ...{ highPrice24h: span(day?.high), lowPrice24h: span(day?.low) },
    turnover24h: decimal(volume * (day?.close ?? 0) * instrument.tickSize, 4),
    volume24h: decimal(volume, 8),
    nextFundingTime: `${next.toISOString().slice(0, 19)}Z`,
    ...{ oraclePrice: '', indexPrice: mark, markPrice: mark, openInterest: '1000' },
    ...{ tradeCount: '', fundingRate: rateText(market.fundingRate) },
    predictedFundingRate: rateText(market.fundingRate),
  };
}

/** `instrumentInfo.all`: the same under short names. */
export function shortTickerWire(market: ApexMarket): unknown {
  const t = tickerWire(market);
  return {
    ...{ s: t['symbol'], p: t['lastPrice'], pr: t['price24hPcnt'], h: t['highPrice24h'] },
    ...{ l: t['lowPrice24h'], op: t['oraclePrice'], mp: t['markPrice'], xp: t['indexPrice'] },
    ...{ to: t['turnover24h'], v: t['volume24h'], fr: t['fundingRate'], o: t['openInterest'] },
    tc: t['tradeCount'],
  };
}

const turnoverOf = ({ close, volume }: Candle, { tickSize, lotSize }: Instrument): string =>
  decimal(close * tickSize * volume * lotSize, 4);

/** One bar of GET /klines. */
export function klineWire(market: ApexMarket, candle: Candle, interval: string): unknown {
  const { instrument } = market;
  const price = (value: number): string => priceText(market, value as TickPrice);
  return {
    ...{ s: market.cross, i: interval, t: msOf(candle.fromUs) },
    ...{ o: price(candle.open), h: price(candle.high), l: price(candle.low) },
    ...{ c: price(candle.close), v: decimal(candle.volume * instrument.lotSize, 8) },
    tr: turnoverOf(candle, instrument),
  };
}

/** One bar of `candle.<interval>.X`. */
export function candleWire(
  market: ApexMarket,
  candle: Candle,
  interval: string,
  minutes: number,
): unknown {
  const { instrument } = market;
  const start = msOf(candle.fromUs);
  const end = start + minutes * 60_000;
  const price = (value: number): string => priceText(market, value as TickPrice);
  return {
    ...{ start, end, interval, open: price(candle.open), close: price(candle.close) },
    ...{ high: price(candle.high), low: price(candle.low) },
    volume: decimal(candle.volume * instrument.lotSize, 8),
    turnover: turnoverOf(candle, instrument),
    ...{ confirm: msOf(market.us) >= end, timestamp: msOf(market.us) },
  };
}

/** Minutes of the venue's interval names. */
export const INTERVALS: Readonly<Record<string, number>> = Object.freeze({
  ...{ '1': 1, '3': 3, '5': 5, '15': 15, '30': 30, '60': 60, '120': 120, '240': 240, '360': 360 },
  ...{ '720': 720, D: 1_440, W: 10_080, M: 43_200 },
});
