// What nobody could confirm of Paradex (section 11 of our notes on the venue), as switches: name, documented default,
// both meanings. Testnet settles each one; docs/go-live.md has them as its check list. Never a place for preferences
// that belong to the strategy.

export interface ParadexSwitches {
  /** Public socket: schema version asked for. 2 also gives full trade ids and modify status. */
  readonly schemaVersion: 1 | 2;
  /** Private socket: `plain` connects without the SBE query (private stays JSON), `sbe` with it. Both are read. */
  readonly privateSocket: 'plain' | 'sbe';
  /** order.create_batch: `object` sends {orders: […]} (OpenRPC), `array` the bare array (paradex-py), `off` one by one. */
  readonly batchParams: 'object' | 'array' | 'off';
  /** Most orders of one batch: 10 (OpenAPI) or up to 50 (best-practice page). */
  readonly batchMost: number;
  /** `modify` moves an order in place, `replace` cancels and places anew (the engine never amends then). */
  readonly amend: 'modify' | 'replace';
  /** The size in a modify: `total` counts what is filled already, `remaining` does not. */
  readonly modifySize: 'total' | 'remaining';
  /** A modify of a partly filled order: `cancel` takes it away instead, `modify` sends it. */
  readonly modifyPartlyFilled: 'cancel' | 'modify';
  /**
   * Our place in the queue after a modify to a smaller size at the same price. Nothing is sent differently: backtests and
   * the paper venue fill by it.
   */
  readonly modifyPriority: 'kept' | 'lost';
  /** The 1,500/min per IP also counts order calls of both ways, cancels too (`true`), or only the rest (`false`). */
  readonly ipLimitCoversOrders: boolean;
  /** `fills.side`: `own` is our side, `taker` the taker's. Only asked for fills of orders that we do not know. */
  readonly fillSide: 'own' | 'taker';
  /** Before a clean goodbye: `keep` leaves cancel-on-disconnect armed, `disarm` takes it back, as paradex-py does. */
  readonly codAtClose: 'keep' | 'disarm';
  /** Open orders on a market: its own max_open_orders, or the 100 of the general page. */
  readonly openOrderCap: 'market' | 'general';
  /** Realised funding is taken from each fill, or from the funding_payments channel. Both would count twice. */
  readonly fundingFrom: 'fills' | 'payments';
  /** RPI orders meet retail takers only, and need whitelisting. */
  readonly instruction: 'POST_ONLY' | 'RPI';
  readonly stp: 'EXPIRE_MAKER' | 'EXPIRE_TAKER' | 'EXPIRE_BOTH';
  /** An order that reaches the venue later than this after signing is refused there; ms, at least 10. */
  readonly recvWindowMs: number;
  /** The way of orders: the private socket, or REST all the time. Cancels always find a way. */
  readonly orderRoute: 'websocket' | 'rest';
  /** Sign of life of a socket: a WebSocket ping, or an unknown JSON-RPC method, which must be answered by an error. */
  readonly heartbeat: 'protocol' | 'json-rpc';
}

export const PARADEX_SWITCHES: ParadexSwitches = Object.freeze({
  schemaVersion: 1,
  privateSocket: 'plain',
  batchParams: 'object',
  batchMost: 10,
  amend: 'modify',
  modifySize: 'total',
  modifyPartlyFilled: 'cancel',
  modifyPriority: 'kept',
  ipLimitCoversOrders: false,
  fillSide: 'own',
  codAtClose: 'keep',
  openOrderCap: 'market',
  fundingFrom: 'fills',
  instruction: 'POST_ONLY',
  stp: 'EXPIRE_TAKER',
  recvWindowMs: 2_000,
  orderRoute: 'websocket',
  heartbeat: 'protocol',
});

/** The general page of the venue says so; `max_open_orders` of the market is the better word. */
export const GENERAL_OPEN_ORDERS = 100;
