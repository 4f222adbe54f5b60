// ApeX Omni's JSON as it is on the wire (REST v3 and both WebSockets), for the client and for the simulated face: two
// ends of one cable. Types only. Decimals are strings; the two spellings of a symbol and the four units of time are
// kept apart by type. Lists inside private frames may be missing or null.
import type { Unit } from '#core/units';

declare const spelling: unique symbol;
/** `BTC-USDT`: orders, fills, positions, history-funding. */
export type DashSymbol = string & { readonly [spelling]: 'dash' };
/** `BTCUSDT` (`crossSymbolName`): depth, trades, klines, ticker and every WebSocket topic. */
export type CrossSymbol = string & { readonly [spelling]: 'cross' };

/** Everything but what is named below. */
export type WireMillis = Unit<'wire-ms'>;
/** `ts` of a WebSocket frame. */
export type WireMicros = Unit<'wire-us'>;
/** `timeCost` of a REST answer. */
export type WireNanos = Unit<'wire-ns'>;
/** `start` and `end` of /klines, and `expiresAt` in some payloads. */
export type WireSeconds = Unit<'wire-s'>;

export type WireSide = 'BUY' | 'SELL';
export type WireOrderType = 'LIMIT' | 'MARKET';
export type WireTimeInForce =
  'GOOD_TIL_CANCEL' | 'POST_ONLY' | 'IMMEDIATE_OR_CANCEL' | 'FILL_OR_KILL';
export type WireOrderStatus =
  'PENDING' | 'OPEN' | 'FILLED' | 'CANCELED' | 'EXPIRED' | 'CANCELING' | 'UNTRIGGERED';
export type WireCancelReason =
  | 'USER_CANCELED' | 'COULD_NOT_FILL' | 'REDUCE_ONLY_CANCELED' | 'LIQUIDATE_CANCELED' | 'EXPIRED'
  | 'INTERNAL_FAILED' | 'UNKNOWN_ORDER_CANCEL_REASON'; // prettier-ignore

/** Success has `data` and no `code`; both come on HTTP 200. */
export type Envelope<Data> =
  | { readonly data: Data; readonly timeCost?: WireNanos }
  | {
      readonly code: number;
      readonly msg: string;
      readonly key?: string;
      readonly detail?: unknown;
      readonly timeCost?: WireNanos;
    };

/** One contract of `/symbols`, as far as we use it. */
export interface ContractWire {
  readonly symbol: DashSymbol;
  readonly crossSymbolName: CrossSymbol;
  readonly l2PairId: string;
  readonly settleAssetId: string;
  readonly baseTokenId: string;
  readonly tickSize: string;
  readonly stepSize: string;
  readonly minOrderSize: string;
  readonly maxOrderSize: string;
  readonly maxMarketPriceRange: string;
  readonly enableTrade: boolean;
  readonly enableOpenPosition: boolean;
  readonly initialMarginRate: string;
  readonly maintenanceMarginRate: string;
}

/** An order as REST and the private stream state it; fields of one only are optional. */
export interface OrderWire {
  readonly id: string;
  readonly clientId: string;
  readonly clientOrderId?: string;
  readonly accountId: string;
  readonly symbol: DashSymbol;
  readonly side: WireSide;
  readonly type: WireOrderType;
  readonly price: string;
  readonly size: string;
  readonly remainingSize?: string;
  readonly status: WireOrderStatus;
  readonly timeInForce: WireTimeInForce;
  readonly reduceOnly: boolean;
  readonly limitFee: string;
  readonly cumMatchFillSize?: string;
  readonly cumSuccessFillSize: string;
  readonly cumSuccessFillValue: string;
  readonly cumSuccessFillFee: string;
  readonly cancelReason: WireCancelReason | '';
  readonly expiresAt: number | string;
  readonly createdAt: WireMillis;
  readonly updatedAt?: WireMillis;
  readonly updatedTime?: WireMillis;
}

export interface FillWire {
  readonly id: string;
  readonly orderId: string;
  readonly clientOrderId?: string;
  readonly symbol: DashSymbol;
  readonly side: WireSide;
  readonly price: string;
  readonly size: string;
  readonly quoteAmount: string;
  readonly fee: string;
  readonly liquidity?: 'MAKER' | 'TAKER';
  readonly direction?: 'MAKER' | 'TAKER';
  readonly isOpen: boolean;
  readonly isLiquidate?: boolean;
  readonly isDeleverage?: boolean;
  readonly status?: string;
  readonly accountId: string;
  readonly createdAt: WireMillis;
  readonly updatedAt: WireMillis;
}

/** One LONG and one SHORT row a symbol; net = long - short. */
export interface PositionWire {
  readonly symbol: DashSymbol;
  readonly side: 'LONG' | 'SHORT';
  readonly size: string;
  readonly entryPrice: string;
  readonly fundingFee?: string;
  readonly updatedAt?: WireMillis;
  readonly updatedTime?: WireMillis;
}

export interface ContractAccountWire {
  readonly makerFeeRate: string;
  readonly takerFeeRate: string;
  readonly vipMakerFeeRate?: string;
  readonly vipTakerFeeRate?: string;
  readonly status?: string;
}

/** `data` of GET /account. */
export interface AccountWire {
  readonly id: string;
  readonly l2Key: string;
  readonly contractAccount: ContractAccountWire;
  readonly positions: readonly PositionWire[];
}

/** `data` of GET /account-balance. */
export interface BalanceWire {
  readonly totalEquityValue: string;
  readonly availableBalance: string;
  readonly initialMargin: string;
  readonly maintenanceMargin: string;
}

/** One item of /funding: `fundingValues`. */
export interface FundingWire {
  readonly id: string;
  readonly symbol: DashSymbol;
  readonly fundingValue: string;
  readonly rate: string;
  readonly positionSize: string;
  readonly price: string;
  readonly side: 'LONG' | 'SHORT';
  readonly fundingTime: WireMillis;
}

/** A frame of the public socket. Book prices: [price, size] as decimals. */
export interface PublicFrame<Data> {
  readonly topic: string;
  readonly type: 'snapshot' | 'delta';
  readonly data: Data;
  readonly cs?: number;
  readonly ts: WireMicros;
}
export interface BookWire {
  readonly s: CrossSymbol;
  /** A snapshot has them worst first (ascending), a delta in any order; size "0" deletes. */
  readonly b: readonly (readonly [string, string])[];
  readonly a: readonly (readonly [string, string])[];
  /** Grows by exactly 1. */
  readonly u: number;
}
export interface TradeWire {
  readonly T: WireMillis;
  readonly s: CrossSymbol;
  /** The taker's side. */
  readonly S: 'Buy' | 'Sell';
  readonly v: string;
  readonly p: string;
  readonly L?: string;
  readonly i: string;
}
/** A delta has the changed fields only. */
export interface TickerWire {
  readonly symbol?: CrossSymbol;
  readonly lastPrice?: string;
  readonly markPrice?: string;
  readonly indexPrice?: string;
  readonly oraclePrice?: string;
  readonly openInterest?: string;
  readonly fundingRate?: string;
  readonly predictedFundingRate?: string;
  readonly nextFundingTime?: string;
}

export interface PrivateContents {
  readonly contractAccounts?: readonly ContractAccountWire[] | null;
  readonly contractWallets?: readonly unknown[] | null;
  readonly orders?: readonly OrderWire[] | null;
  readonly positions?: readonly PositionWire[] | null;
  readonly fills?: readonly FillWire[] | null;
  readonly deleverages?: readonly unknown[] | null;
  readonly transfers?: readonly unknown[] | null;
}
/** A frame of `ws_zk_accounts_v3`; without a type it is a snapshot. */
export interface PrivateFrame {
  readonly type?: 'snapshot' | 'delta';
  readonly timestamp: WireMillis;
  readonly topic: string;
  readonly contents: PrivateContents;
}

/** Answers to subscribe, unsubscribe, login and ping. */
export interface ControlWire {
  readonly success: boolean;
  readonly ret_msg: string;
  readonly conn_id: string;
  readonly request: { readonly op: string; readonly args: readonly string[] };
}
