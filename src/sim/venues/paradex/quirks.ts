// What nobody could confirm of Paradex (section 11 of our notes on the venue), as switches of the simulated venue: the
// documented default first. The client has switches of its own; tests cross the two. No behaviour here.

export interface ParadexQuirks {
  /** Orders, fills, positions and account on a socket that asked for binary frames. */
  readonly privateEncoding: 'json' | 'sbe';
  /** Highest schema version that a socket may ask for; beyond it HTTP 400. */
  readonly newestSchema: 1 | 2;
  /** A socket without the SBE query is accepted. */
  readonly plainSockets: boolean;
  /** Market data as JSON on plain sockets: not since 2026-09-21, by the documents. */
  readonly jsonMarketData: boolean;
  readonly batchMost: 10 | 50;
  /** Shapes of `order.create_batch` that are understood. */
  readonly batchParams: 'object' | 'array' | 'both';
  /** A modified order keeps its id, or is replaced by a new one. */
  readonly modifyId: 'same' | 'new';
  /** The size in a modify: with what is filled already, or without. */
  readonly modifySize: 'total' | 'remaining';
  /** Whether a partly filled order may be modified. */
  readonly modifyPartlyFilled: boolean;
  /** Whether a modify to a smaller size at the same price keeps its place in the queue. Any other never does. */
  readonly modifyPriority: 'kept' | 'lost';
  /** The 1,500 a minute of an address also count order calls, by REST and over sockets. */
  readonly ipLimitCoversOrders: boolean;
  /** `side` of a fill: the account's own, or the taker's. */
  readonly fillSide: 'own' | 'taker';
  /**
   * Funding that was paid is unrealised until a fill tells of it, and its record on the payments channel comes with that
   * fill; or it is paid at once, with a record of its own.
   */
  readonly fundingPaid: 'with-fills' | 'alone';
  /** How long after the loss of a connection its orders are cancelled, microseconds. */
  readonly disconnectDelayUs: number;
  /** A close by the client with code 1000 or 1001 also cancels. */
  readonly disconnectOnCleanClose: boolean;
  /** The market's `max_open_orders`, or the 100 of the general page. */
  readonly openOrderCap: 'market' | 'general';
  /**
   * Orders that cancel_only and post_only end: those farther than 5 bp from the fair price on either side, or those more
   * than 5 bp through it.
   */
  readonly maintenanceBand: 'around' | 'through';
  /** The same signed order a second time is refused. */
  readonly refuseReplays: boolean;
  /** RPI orders are taken (the account is whitelisted). */
  readonly rpi: boolean;
  /** A socket without a subscription is closed (4031) after this many microseconds. */
  readonly idleCloseUs: number;
}

export const PARADEX_QUIRKS: ParadexQuirks = Object.freeze({
  privateEncoding: 'json',
  newestSchema: 2,
  plainSockets: true,
  jsonMarketData: false,
  batchMost: 10,
  batchParams: 'both',
  modifyId: 'same',
  modifySize: 'total',
  modifyPartlyFilled: true,
  modifyPriority: 'kept',
  ipLimitCoversOrders: false,
  fillSide: 'own',
  fundingPaid: 'with-fills',
  disconnectDelayUs: 0,
  disconnectOnCleanClose: true,
  openOrderCap: 'market',
  maintenanceBand: 'around',
  refuseReplays: false,
  rpi: false,
  idleCloseUs: 10_000_000,
});
