// Paradex's binary market-data schema (SBE id 1, versions 0 to 2) as data: templates, block lengths, where each field
// lies, since which version. The generic reader and writer walk these tables; the hot path has the same offsets as
// constants and a test holds the two against each other. Source: venue notes section 6.5. No behaviour here.

export const SCHEMA_ID = 1;
export const HEADER_BYTES = 8;
export const GROUP_HEADER_BYTES = 4;
export const LEVEL_BYTES = 16;

export const TRADE = 1;
export const BBO = 2;
export const BOOK = 3;
export const SUMMARY = 4;
export const FUNDING = 5;
export const FUNDING_COMPARISON = 6;
export const ORDER = 20;
export const FILL = 21;
export const POSITION = 22;
export const ACCOUNT = 23;
export const HEARTBEAT = 40;
export type Template =
  | typeof TRADE | typeof BBO | typeof BOOK | typeof SUMMARY | typeof FUNDING
  | typeof FUNDING_COMPARISON | typeof ORDER | typeof FILL | typeof POSITION | typeof ACCOUNT
  | typeof HEARTBEAT; // prettier-ignore

/**
 * time: i64 microseconds. int: i64 or u64 as a bigint. e8, e12: i64 mantissa of 1e-8 or 1e-12, null = -2^63.
 * u8, i16: small numbers (enums, bits). account: 32 bytes, big-endian.
 */
export type FieldKind = 'time' | 'int' | 'uint' | 'e8' | 'e12' | 'u8' | 'i16' | 'account';
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly at: number;
  readonly since: number;
}
export interface Text {
  readonly name: string;
  readonly since: number;
}
export interface Layout {
  readonly template: Template;
  readonly name: string;
  /** Block length as written, by version 0, 1, 2. A reader takes the length that the frame states. */
  readonly blocks: readonly [number, number, number];
  readonly fields: readonly Field[];
  /** Groups `bids` and `asks` follow the block. */
  readonly levels: boolean;
  readonly texts: readonly Text[];
}

const WIDTH: Readonly<Record<FieldKind, number>> = {
  ...{ time: 8, int: 8, uint: 8, e8: 8, e12: 8, u8: 1, i16: 2, account: 32 },
};
export const widthOf = (kind: FieldKind): number => WIDTH[kind];

/** "ts:time seq:int | forwardRate:e8" = fields one after the other; each bar begins what the next version added. */
function fields(text: string, first: number): readonly Field[] {
  const out: Field[] = [];
  let at = 0;
  let since = first;
  for (const word of text.split(/\s+/)) {
    if (word === '|') {
      since += 1;
      continue;
    }
    const [name, kind] = word.split(':') as [string, FieldKind];
    out.push({ name, kind, at, since });
    at += WIDTH[kind];
  }
  return out;
}
const texts = (now: string, later = ''): readonly Text[] => [
  ...now.split(' ').filter((name) => name !== '').map((name) => ({ name, since: 0 })),
  ...later.split(' ').filter((name) => name !== '').map((name) => ({ name, since: 2 })),
]; // prettier-ignore

function layout(
  template: Template,
  name: string,
  blocks: readonly [number, number, number],
  text: string,
  strings: readonly Text[],
): Layout {
  // A bar means version 1 where the block grew with version 1, else version 2.
  const firstBar = blocks[0] !== blocks[1] ? 0 : 1;
  const list = fields(text, firstBar).map((f) => (f.since === firstBar ? { ...f, since: 0 } : f));
  return { template, name, blocks, fields: list, levels: template === BOOK, texts: strings };
}

export const LAYOUTS: readonly Layout[] = [
  layout(
    TRADE, 'trade', [50, 50, 50],
    'ts:time seq:int tradeId:int side:u8 price:e8 size:e8 createdAt:time tradeType:u8',
    texts('market', 'tradeIdStr'),
  ),
  layout(
    BBO, 'bbo', [48, 48, 48],
    'ts:time seq:int bidPrice:e8 bidSize:e8 askPrice:e8 askSize:e8',
    texts('market'),
  ),
  layout(
    BOOK, 'book', [89, 89, 89],
    'ts:time seq:int pkgType:u8 bestBidPrice:e8 bestBidSize:e8 bestAskPrice:e8 bestAskSize:e8 ' +
      'relativeSpread:e8 bestBidApiPrice:e8 bestBidApiSize:e8 bestAskApiPrice:e8 bestAskApiSize:e8',
    texts('market'),
  ),
  layout(
    SUMMARY, 'summary', [216, 240, 240],
    'ts:time seq:int markPrice:e8 indexPrice:e8 lastPrice:e8 volumeUsd24h:e8 openInterest:e8 ' +
      'fundingRate:e8 bid:e8 ask:e8 totalVolume:e8 priceChangeRate24h:e8 markIv:e8 bidIv:e8 ' +
      'askIv:e8 lastIv:e8 delta:e8 gamma:e8 vega:e8 theta:e8 rho:e8 volga:e8 vanna:e8 ' +
      'futureFundingRate:e8 externalFairPrice:e8 bidSize:e8 askSize:e8 | forwardRate:e8 ' +
      'riskFreeRate:e8 fundingRatePrecise:e12',
    texts('market'),
  ),
  layout(
    FUNDING, 'funding', [58, 66, 66],
    'ts:time seq:int fundingRate:e8 fundingIndex:e8 createdAt:time fundingPremium:e8 ' +
      'fundingRate8h:e8 fundingPeriodHours:i16 | impactPremiumRate:e8',
    texts('market'),
  ),
  layout(
    FUNDING_COMPARISON, 'funding-comparison', [26, 26, 26],
    'ts:time lastUpdatedAt:time hourlyFundingRate:e12 assetKind:u8 source:u8',
    texts('market'),
  ),
  layout(
    ORDER, 'order', [126, 126, 128],
    'ts:time seq:int status:u8 side:u8 orderType:u8 timeInForce:u8 price:e8 triggerPrice:e8 ' +
      'size:e8 sizeOpen:e8 avgFillPrice:e8 createdAt:time updatedAt:time account:account ' +
      'receivedAt:time publishedAt:time stp:u8 flags:u8 | requestStatus:u8 requestType:u8',
    texts('orderId clientOrderId market cancelReason', 'requestId requestMessage'),
  ),
  layout(
    FILL, 'fill', [107, 107, 116],
    'ts:time seq:int fillType:u8 side:u8 liquidity:u8 price:e8 size:e8 fee:e8 realizedPnl:e8 ' +
      'createdAt:time account:account underlyingPrice:e8 realizedFunding:e8 | flags:u8 orderbookSeqNo:uint',
    texts('fillId orderId clientOrderId tradeId market', 'feeCurrency'),
  ),
  layout(
    POSITION, 'position', [154, 154, 154],
    'ts:time seq:int side:u8 size:e8 avgEntryPrice:e8 unrealizedPnl:e8 realizedPnl:e8 markPrice:e8 ' +
      'liquidationPrice:e8 leverage:e8 updatedAt:time account:account avgEntryPriceUsd:e8 cost:e8 ' +
      'costUsd:e8 cachedFundingIndex:e8 unrealizedFundingPnl:e8 status:u8',
    texts('market lastFillId'),
  ),
  layout(
    ACCOUNT, 'account', [113, 113, 121],
    'ts:time seq:int totalCollateral:e8 freeCollateral:e8 initialMarginReq:e8 maintenanceMarginReq:e8 ' +
      'accountValue:e8 unrealizedPnl:e8 updatedAt:time account:account marginCushion:e8 status:u8 | ' +
      'lastSeenNotification:time',
    texts('settlementAsset'),
  ),
  layout(HEARTBEAT, 'heartbeat', [16, 16, 16], 'ts:time seq:int', texts('')),
]; // prettier-ignore

const BY_TEMPLATE = new Map<number, Layout>(LAYOUTS.map((l) => [l.template, l]));
/** Undefined for a template that this schema does not have: skip such a frame. */
export const layoutOf = (template: number): Layout | undefined => BY_TEMPLATE.get(template);
