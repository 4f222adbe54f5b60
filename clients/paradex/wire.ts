// Paradex's JSON as it is on the wire (REST and WebSocket), for the client and for the simulated face: two ends of one
// cable. Types only, no behaviour. Decimals are strings, times are milliseconds unless named otherwise; integers
// beyond 2^53 (seq_no, received_at) arrive as strings once `parseJson` of clients/net/long-json has read them.

/** An integer that may be written as a number or a string, and may be beyond 2^53. */
export type WireInteger = number | string;

export type WireSide = 'BUY' | 'SELL';
export type WireInstruction = 'GTC' | 'POST_ONLY' | 'IOC' | 'RPI';
export type WireOrderType =
  | 'LIMIT' | 'MARKET' | 'STOP_LIMIT' | 'STOP_MARKET' | 'TAKE_PROFIT_LIMIT' | 'TAKE_PROFIT_MARKET'
  | 'STOP_LOSS_LIMIT' | 'STOP_LOSS_MARKET'; // prettier-ignore
export type WireOrderStatus = 'NEW' | 'UNTRIGGERED' | 'OPEN' | 'CLOSED';
export type WireStp = 'EXPIRE_MAKER' | 'EXPIRE_TAKER' | 'EXPIRE_BOTH';
export type WireSystemStatus = 'ok' | 'maintenance' | 'cancel_only' | 'post_only';

/** `POST /orders`, `order.create`. `price` is "0" for MARKET. */
export interface OrderRequest {
  readonly market: string;
  readonly side: WireSide;
  readonly type: WireOrderType;
  readonly size: string;
  readonly price: string;
  readonly instruction: WireInstruction;
  /** `["<r>","<s>"]`, decimals. */
  readonly signature: string;
  readonly signature_timestamp: number;
  readonly client_id?: string;
  readonly stp?: WireStp;
  readonly flags?: readonly string[];
  /** Milliseconds, at least 10. */
  readonly recv_window?: number;
  readonly trigger_price?: string;
  readonly on_behalf_of_account?: string;
}

/** `PUT /orders/{id}`, `order.modify`. */
export interface ModifyRequest {
  readonly id: string;
  readonly market: string;
  readonly side: WireSide;
  readonly type: WireOrderType;
  readonly size: string;
  readonly price: string;
  readonly signature: string;
  readonly signature_timestamp: number;
  readonly trigger_price?: string;
  readonly on_behalf_of_account?: string;
}

export interface RequestInfo {
  readonly id: string;
  readonly request_type: 'MODIFY_ORDER';
  readonly status: 'PENDING' | 'PROCESSED' | 'SUCCESS' | 'REJECTED';
  readonly message: string;
}

/** OrderResp: the reply to a create, the items of lists, the payload of the `orders` channel. */
export interface OrderWire {
  readonly id: string;
  readonly account: string;
  readonly market: string;
  readonly side: WireSide;
  readonly type: WireOrderType;
  readonly size: string;
  readonly remaining_size: string;
  readonly price: string;
  readonly avg_fill_price: string;
  readonly status: WireOrderStatus;
  readonly cancel_reason: string;
  readonly client_id: string;
  readonly instruction: WireInstruction;
  readonly flags: readonly string[];
  readonly stp: WireStp | '';
  readonly trigger_price: string;
  /** The signature's time. */
  readonly timestamp: number;
  readonly created_at: number;
  readonly received_at: WireInteger;
  readonly published_at: WireInteger;
  readonly last_updated_at: number;
  readonly seq_no: WireInteger;
  readonly request_info?: RequestInfo;
}

export interface FillWire {
  readonly id: string;
  readonly order_id: string;
  readonly client_id: string;
  readonly market: string;
  readonly side: WireSide;
  readonly liquidity: 'MAKER' | 'TAKER';
  readonly price: string;
  readonly size: string;
  readonly remaining_size: string;
  /** Positive = paid. */
  readonly fee: string;
  readonly fee_currency: string;
  readonly fill_type: string;
  readonly flags: readonly string[];
  readonly realized_pnl: string;
  readonly realized_funding: string;
  readonly underlying_price: string;
  readonly orderbook_seq_no?: WireInteger;
  readonly created_at: number;
  readonly account: string;
}

export interface PositionWire {
  readonly id: string;
  readonly account: string;
  readonly market: string;
  readonly side: 'LONG' | 'SHORT';
  /** Signed. */
  readonly size: string;
  readonly average_entry_price: string;
  readonly average_entry_price_usd: string;
  readonly average_exit_price: string;
  readonly cost: string;
  readonly cost_usd: string;
  readonly unrealized_pnl: string;
  readonly unrealized_funding_pnl: string;
  readonly realized_positional_pnl: string;
  readonly realized_positional_funding_pnl: string;
  readonly cached_funding_index: string;
  readonly liquidation_price: string;
  readonly leverage: string;
  readonly status: 'OPEN' | 'CLOSED';
  readonly last_fill_id: string;
  readonly seq_no: WireInteger;
  readonly created_at: number;
  readonly closed_at?: number;
  readonly last_updated_at: number;
}

export interface AccountWire {
  readonly account: string;
  /** Unrealised profit included. */
  readonly account_value: string;
  readonly total_collateral: string;
  readonly free_collateral: string;
  readonly initial_margin_requirement: string;
  readonly maintenance_margin_requirement: string;
  readonly margin_cushion: string;
  readonly settlement_asset: string;
  readonly status: 'ACTIVE' | 'LIQUIDATION';
  readonly seq_no: WireInteger;
  readonly updated_at: number;
}

export interface BalanceWire {
  readonly token: string;
  readonly size: string;
  readonly last_updated_at: number;
  readonly cost?: string;
  readonly cost_usd?: string;
}

/** `GET /account/info`; rates are decimal fractions. */
export interface AccountInfoWire {
  readonly account: string;
  readonly parent_account?: string;
  readonly kind: string;
  readonly public_key: string;
  readonly fees: { readonly maker_rate: string; readonly taker_rate: string };
}

export interface FundingPaymentWire {
  readonly id: string;
  readonly account: string;
  readonly market: string;
  readonly payment: string;
  readonly index: string;
  readonly fill_id: string;
  readonly created_at: number;
}

/** `GET /tradebusts` and the channel: nothing else is said of a fill that the chain took back. */
export interface TradeBustWire {
  readonly account: string;
  readonly busted_fill_id: string;
  readonly created_at: number;
}

interface FeeWire {
  readonly fee: string;
  readonly fee_cap: string;
  readonly fee_floor: string;
}
interface FeePairWire {
  readonly maker_fee: FeeWire;
  readonly taker_fee: FeeWire;
}

export interface MarketWire {
  readonly symbol: string;
  readonly base_currency: string;
  readonly quote_currency: string;
  readonly settlement_currency: string;
  readonly asset_kind: 'PERP' | 'PERP_OPTION' | 'SPOT' | 'OPTION' | 'FUTURE';
  readonly market_kind: string;
  readonly price_tick_size: string;
  readonly order_size_increment: string;
  /** USD: size x mark. */
  readonly min_notional: string;
  readonly max_order_size: string;
  readonly max_open_orders: WireInteger;
  readonly position_limit: string;
  /** Fraction of the mark. */
  readonly price_bands_width: string;
  readonly max_slippage?: string;
  readonly funding_period_hours: WireInteger;
  readonly interest_rate: string;
  readonly clamp_rate: string;
  readonly max_funding_rate?: string;
  readonly delta1_cross_margin_params?: {
    readonly imf_base: string;
    readonly imf_factor: string;
    readonly imf_shift: string;
    readonly mmf_factor: string;
  };
  readonly fee_config?: {
    readonly api_fee: FeePairWire;
    readonly interactive_fee: FeePairWire;
    readonly rpi_fee: FeePairWire;
  };
  readonly trading_mode?: 'STANDARD' | 'RFQ_ONLY';
  readonly expiry_at: WireInteger;
  readonly open_at: WireInteger;
  readonly tags: readonly string[];
}

/** `markets[.{m}]`: a specification changed while running. */
export interface MarketChangeWire {
  readonly event_type: 'CREATED' | 'UPDATED' | 'SETTLED' | 'DELETED';
  readonly symbol: string;
  readonly changed_fields: readonly string[];
  readonly updated_at: number;
}

export interface SummaryWire {
  readonly symbol: string;
  readonly mark_price: string;
  readonly underlying_price: string;
  readonly last_traded_price: string;
  readonly bid: string;
  readonly ask: string;
  readonly bid_size: string;
  readonly ask_size: string;
  readonly funding_rate: string;
  readonly open_interest: string;
  readonly volume_24h: string;
  readonly total_volume: string;
  readonly price_change_rate_24h: string;
  readonly external_fair_price?: string;
  readonly created_at: number;
}

export interface FundingDataWire {
  readonly market: string;
  readonly funding_rate: string;
  readonly funding_rate_8h: string;
  readonly funding_premium: string;
  readonly funding_index: string;
  readonly funding_period_hours: number;
  readonly impact_premium_rate?: string;
  readonly created_at: number;
}

export type LevelWire = readonly [price: string, size: string];
/** `GET /orderbook/{market}`. */
export interface OrderBookWire {
  readonly market: string;
  readonly seq_no: WireInteger;
  readonly last_updated_at: number;
  readonly bids: readonly LevelWire[];
  readonly asks: readonly LevelWire[];
}

export interface BookChangeWire {
  readonly side: WireSide;
  readonly price: string;
  readonly size: string;
}
/** The JSON form of the `order_book` channels: `s` snapshot, `d` delta. */
export interface BookWire {
  readonly market: string;
  readonly seq_no: WireInteger;
  readonly last_updated_at: number;
  readonly update_type: 's' | 'd';
  readonly inserts: readonly BookChangeWire[];
  readonly updates: readonly BookChangeWire[];
  readonly deletes: readonly BookChangeWire[];
}

/** `GET /bbo/{market}` and the `bbo` channel. An empty string is an empty side. */
export interface BboWire {
  readonly market: string;
  readonly bid: string;
  readonly bid_size: string;
  readonly ask: string;
  readonly ask_size: string;
  readonly seq_no: WireInteger;
  readonly last_updated_at: number;
}

/** `GET /trades` and the `trades` channel; `side` is the taker's. */
export interface TradeWire {
  readonly id: string;
  readonly market: string;
  readonly side: WireSide;
  readonly price: string;
  readonly size: string;
  readonly created_at: number;
  readonly trade_type: string;
}

/** Lists; paged ones carry cursors. */
export interface ResultsWire<Item> {
  readonly results: readonly Item[];
  readonly next?: string | null;
  readonly prev?: string | null;
}
/** Body of a refusal. An expired token has `message` only. */
export interface ErrorWire {
  readonly error?: string;
  readonly message: string;
  readonly data?: unknown;
}
/** Items of `DELETE /orders/batch` and `order.cancel_batch`. */
export interface CancelResultWire {
  readonly id: string;
  readonly client_id?: string;
  readonly account?: string;
  readonly market?: string;
  readonly status: 'QUEUED_FOR_CANCELLATION' | 'ALREADY_CLOSED' | 'NOT_FOUND';
}
