// The simulated face's side of the cable: the JSON objects of wire.ts as binary frames, so that a face makes one object
// and sends it either way. Deterministic; throws AssertionFailure on what does not fit (our own mistake, never data).
import type {
  AccountWire, BboWire, BookWire, FillWire, FundingDataWire, OrderWire, PositionWire, SummaryWire,
  TradeWire, WireInteger,
} from '../wire.js'; // prettier-ignore
import type { SbeVersion } from '../endpoints.js';
import type { Level } from './frame.js';
import { writeFrame } from './frame.js';
import { FILL_TYPES, INSTRUCTIONS, ORDER_TYPES, REQUEST_STATUSES } from './private.js';
import {
  ACCOUNT, BBO, BOOK, FILL, FUNDING, HEARTBEAT, ORDER, POSITION, SUMMARY, TRADE,
} from './schema.js'; // prettier-ignore

const NOT_REPRESENTABLE = 254;
const us = (ms: WireInteger | undefined): number => Number(ms ?? 0) * 1000;
const code = (names: readonly string[], name: string): number => {
  const i = names.indexOf(name);
  return i < 0 ? NOT_REPRESENTABLE : i + 1;
};
const side = (name: string): number => code(['BUY', 'SELL'], name);
/** '' is null in a frame; anything else its own text. */
const dec = (text: string | undefined): string | null => text ?? null;

/** `nsOrMs`: order times beyond milliseconds are nanoseconds on the wire. */
function stampUs(nsOrMs: WireInteger): number {
  const value = Number(nsOrMs);
  return value > 1e16 ? Math.floor(value / 1000) : value * 1000;
}

export function bookFrame(book: BookWire, version: SbeVersion): Uint8Array {
  const bids: Level[] = [];
  const asks: Level[] = [];
  const add = (changes: BookWire['inserts'], removed: boolean): void => {
    for (const change of changes)
      (change.side === 'BUY' ? bids : asks).push([change.price, removed ? '0' : change.size]);
  };
  add(book.inserts, false);
  add(book.updates, false);
  add(book.deletes, true);
  const values = {
    ts: us(book.last_updated_at),
    seq: BigInt(book.seq_no),
    pkgType: book.update_type === 's' ? 0 : 1,
  };
  return writeFrame(BOOK, version, { values, bids, asks, texts: { market: book.market } });
}

export const bboFrame = (bbo: BboWire, version: SbeVersion): Uint8Array =>
  writeFrame(BBO, version, {
    values: {
      ts: us(bbo.last_updated_at),
      seq: BigInt(bbo.seq_no),
      bidPrice: dec(bbo.bid),
      bidSize: dec(bbo.bid_size),
      askPrice: dec(bbo.ask),
      askSize: dec(bbo.ask_size),
    },
    texts: { market: bbo.market },
  });

/** `seq`: the book's number at the print, 0 when it belongs to none. The id may have 28 digits: its low 64 bits. */
export const tradeFrame = (trade: TradeWire, seq: number, version: SbeVersion): Uint8Array =>
  writeFrame(TRADE, version, {
    values: {
      ts: us(trade.created_at),
      seq: BigInt(seq),
      tradeId: /^\d+$/.test(trade.id) ? BigInt(trade.id) : 0n,
      side: side(trade.side),
      price: trade.price,
      size: trade.size,
      createdAt: us(trade.created_at),
      tradeType: code(FILL_TYPES, trade.trade_type),
    },
    texts: { market: trade.market, ...(version === 2 ? { tradeIdStr: trade.id } : {}) },
  });

export const summaryFrame = (s: SummaryWire, version: SbeVersion): Uint8Array =>
  writeFrame(SUMMARY, version, {
    values: {
      ts: us(s.created_at),
      markPrice: dec(s.mark_price),
      indexPrice: dec(s.underlying_price),
      lastPrice: dec(s.last_traded_price),
      volumeUsd24h: dec(s.volume_24h),
      openInterest: dec(s.open_interest),
      fundingRate: dec(s.funding_rate),
      bid: dec(s.bid),
      ask: dec(s.ask),
      totalVolume: dec(s.total_volume),
      priceChangeRate24h: dec(s.price_change_rate_24h),
      externalFairPrice: dec(s.external_fair_price),
      bidSize: dec(s.bid_size),
      askSize: dec(s.ask_size),
      fundingRatePrecise: dec(s.funding_rate),
    },
    texts: { market: s.symbol },
  });

export const fundingFrame = (f: FundingDataWire, seq: number, version: SbeVersion): Uint8Array =>
  writeFrame(FUNDING, version, {
    values: {
      ts: us(f.created_at),
      seq: BigInt(seq),
      fundingRate: dec(f.funding_rate),
      fundingIndex: dec(f.funding_index),
      createdAt: us(f.created_at),
      fundingPremium: dec(f.funding_premium),
      fundingRate8h: dec(f.funding_rate_8h),
      fundingPeriodHours: f.funding_period_hours,
      impactPremiumRate: dec(f.impact_premium_rate),
    },
    texts: { market: f.market },
  });

/** Version 2 carries what became of a modify; the versions before cannot say it. */
export function orderFrame(order: OrderWire, version: SbeVersion): Uint8Array {
  const request = order.request_info;
  return writeFrame(ORDER, version, {
    values: {
      ts: us(order.last_updated_at),
      seq: BigInt(order.seq_no),
      status: code(['NEW', 'UNTRIGGERED', 'OPEN', 'CLOSED'], order.status),
      side: side(order.side),
      orderType: code(ORDER_TYPES, order.type),
      timeInForce: code(INSTRUCTIONS, order.instruction),
      price: order.price,
      triggerPrice: dec(order.trigger_price),
      size: order.size,
      sizeOpen: order.remaining_size,
      avgFillPrice: dec(order.avg_fill_price),
      createdAt: us(order.created_at),
      updatedAt: us(order.last_updated_at),
      account: order.account,
      receivedAt: stampUs(order.received_at),
      publishedAt: stampUs(order.published_at),
      stp: order.stp === '' ? 0 : code(['EXPIRE_MAKER', 'EXPIRE_TAKER', 'EXPIRE_BOTH'], order.stp),
      flags: order.flags.includes('REDUCE_ONLY') ? 1 : 0,
      requestStatus: request === undefined ? 0 : code(REQUEST_STATUSES, request.status),
      requestType: request === undefined ? 0 : 1,
    },
    texts: {
      orderId: order.id,
      clientOrderId: order.client_id,
      market: order.market,
      cancelReason: order.cancel_reason,
      ...(request === undefined ? {} : { requestId: request.id, requestMessage: request.message }),
    },
  });
}

const FILL_FLAGS = ['interactive', 'rpi', 'fastfill'];

export const fillFrame = (fill: FillWire, seq: number, version: SbeVersion): Uint8Array =>
  writeFrame(FILL, version, {
    values: {
      ts: us(fill.created_at),
      seq: BigInt(seq),
      fillType: code(FILL_TYPES, fill.fill_type),
      side: side(fill.side),
      liquidity: code(['MAKER', 'TAKER'], fill.liquidity),
      price: fill.price,
      size: fill.size,
      fee: fill.fee,
      realizedPnl: dec(fill.realized_pnl),
      createdAt: us(fill.created_at),
      account: fill.account,
      underlyingPrice: dec(fill.underlying_price),
      realizedFunding: dec(fill.realized_funding),
      flags: FILL_FLAGS.reduce((bits, f, i) => bits | (fill.flags.includes(f) ? 1 << i : 0), 0),
      orderbookSeqNo: BigInt(fill.orderbook_seq_no ?? 0),
    },
    texts: {
      fillId: fill.id,
      orderId: fill.order_id,
      clientOrderId: fill.client_id,
      tradeId: fill.id,
      market: fill.market,
      feeCurrency: fill.fee_currency,
    },
  });

export const positionFrame = (p: PositionWire, version: SbeVersion): Uint8Array =>
  writeFrame(POSITION, version, {
    values: {
      ts: us(p.last_updated_at),
      seq: BigInt(p.seq_no),
      side: code(['LONG', 'SHORT'], p.side),
      size: p.size.replace(/^-/, ''),
      avgEntryPrice: dec(p.average_entry_price),
      unrealizedPnl: dec(p.unrealized_pnl),
      realizedPnl: dec(p.realized_positional_pnl),
      liquidationPrice: dec(p.liquidation_price),
      leverage: dec(p.leverage),
      updatedAt: us(p.last_updated_at),
      account: p.account,
      avgEntryPriceUsd: dec(p.average_entry_price_usd),
      cost: dec(p.cost),
      costUsd: dec(p.cost_usd),
      cachedFundingIndex: dec(p.cached_funding_index),
      unrealizedFundingPnl: dec(p.unrealized_funding_pnl),
      status: code(['OPEN', 'CLOSED'], p.status),
    },
    texts: { market: p.market, lastFillId: p.last_fill_id },
  });

export const accountFrame = (a: AccountWire, version: SbeVersion): Uint8Array =>
  writeFrame(ACCOUNT, version, {
    values: {
      ts: us(a.updated_at),
      seq: BigInt(a.seq_no),
      totalCollateral: dec(a.total_collateral),
      freeCollateral: dec(a.free_collateral),
      initialMarginReq: dec(a.initial_margin_requirement),
      maintenanceMarginReq: dec(a.maintenance_margin_requirement),
      accountValue: dec(a.account_value),
      updatedAt: us(a.updated_at),
      account: a.account,
      marginCushion: dec(a.margin_cushion),
      status: code(['ACTIVE', 'LIQUIDATION'], a.status),
    },
    texts: { settlementAsset: a.settlement_asset },
  });

export const heartbeatFrame = (atUs: number, version: SbeVersion): Uint8Array =>
  writeFrame(HEARTBEAT, version, { values: { ts: atUs, seq: 0n } });
