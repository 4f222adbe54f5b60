// Private channels that come as binary frames, as one neutral shape each: what client-words turns into the words of the
// client. Decimals stay exact strings, ids and sequence numbers stay exact, unknown enums become 'UNKNOWN',
// times are microseconds. What lacks an id, a market or a number it needs is no fact: null. Never throws on data.
import type { Side } from '#core/units';
import type { FieldValue, Frame } from './frame.js';

export type OrderStatus = 'NEW' | 'UNTRIGGERED' | 'OPEN' | 'CLOSED' | 'UNKNOWN';
export interface OrderFact {
  readonly kind: 'order';
  readonly id: string;
  /** '' when it has none. */
  readonly clientId: string;
  readonly account: string;
  readonly market: string;
  readonly side: Side | null;
  readonly type: string;
  readonly instruction: string;
  readonly status: OrderStatus;
  readonly cancelReason: string;
  readonly price: string;
  readonly size: string;
  readonly remaining: string;
  readonly averageFill: string | null;
  readonly reduceOnly: boolean;
  /** Drop an order event whose number is lower than one already seen of that order. */
  readonly seq: bigint;
  readonly createdUs: number;
  readonly updatedUs: number;
  /** What became of a modify; null when this event is about none. */
  readonly request: RequestFact | null;
}
export interface RequestFact {
  readonly id: string;
  readonly status: 'PENDING' | 'PROCESSED' | 'SUCCESS' | 'REJECTED' | 'UNKNOWN';
  readonly message: string;
}
export interface FillFact {
  readonly kind: 'fill';
  readonly id: string;
  readonly orderId: string;
  readonly clientId: string;
  readonly account: string;
  readonly market: string;
  /** As stated. Whose side it is remains unconfirmed: take it from the own order and only check against this. */
  readonly statedSide: Side | null;
  readonly maker: boolean | null;
  readonly price: string;
  readonly size: string;
  /** Positive = paid. */
  readonly fee: string;
  /** '' when not said. */
  readonly feeCurrency: string;
  readonly fillType: string;
  /** Funding settled with this fill; null when not said. Positive = received. */
  readonly realizedFunding: string | null;
  readonly venueUs: number;
}
export interface PositionFact {
  readonly kind: 'position';
  readonly account: string;
  readonly market: string;
  /** Signed: long positive. */
  readonly size: string;
  readonly averageEntry: string | null;
  readonly unrealized: string | null;
  readonly liquidationPrice: string | null;
  readonly cachedFundingIndex: string | null;
  readonly status: 'OPEN' | 'CLOSED' | 'UNKNOWN';
  readonly lastFillId: string;
  readonly seq: bigint;
  readonly venueUs: number;
}
export interface AccountFact {
  readonly kind: 'account';
  readonly account: string;
  /** Equity, unrealised profit included. */
  readonly value: string;
  readonly totalCollateral: string | null;
  readonly freeCollateral: string | null;
  readonly initialMargin: string | null;
  readonly maintenanceMargin: string | null;
  readonly status: 'ACTIVE' | 'LIQUIDATION' | 'UNKNOWN';
  readonly settlementAsset: string;
  readonly seq: bigint;
  readonly venueUs: number;
}
export type PrivateFact = OrderFact | FillFact | PositionFact | AccountFact;

const enumOf = <T extends string>(
  names: readonly T[],
  value: FieldValue | undefined,
): T | undefined => names[Number(value ?? -1) - 1];

const SIDES = [1, -1] as const;
const STATUSES = ['NEW', 'UNTRIGGERED', 'OPEN', 'CLOSED'] as const;
export const ORDER_TYPES = [
  'LIMIT', 'MARKET', 'STOP_LIMIT', 'STOP_MARKET', 'TAKE_PROFIT_LIMIT', 'TAKE_PROFIT_MARKET',
  'STOP_LOSS_LIMIT', 'STOP_LOSS_MARKET',
] as const; // prettier-ignore
export const INSTRUCTIONS = ['GTC', 'IOC', 'POST_ONLY', 'RPI'] as const;
export const FILL_TYPES = [
  'FILL', 'LIQUIDATION', 'UNWIND_TRANSFER', 'SETTLE_MARKET', 'RPI', 'BLOCK_TRADE',
] as const; // prettier-ignore
export const REQUEST_STATUSES = ['PENDING', 'PROCESSED', 'REJECTED', 'SUCCESS'] as const;
const REDUCE_ONLY_BIT = 1;

const decimal = (value: FieldValue | undefined): string | null =>
  typeof value === 'string' ? value : null;
const whole = (value: FieldValue | undefined): number => (typeof value === 'number' ? value : 0);
const big = (value: FieldValue | undefined): bigint => (typeof value === 'bigint' ? value : 0n);
const sideOfCode = (value: FieldValue | undefined): Side | null => SIDES[whole(value) - 1] ?? null;

/** A private frame (template 20 to 23); null when it lacks what makes it a fact, or is none. */
export function factOfFrame(frame: Frame): PrivateFact | null {
  if (frame.name === 'order') return orderOfFrame(frame);
  if (frame.name === 'fill') return fillOfFrame(frame);
  if (frame.name === 'position') return positionOfFrame(frame);
  return frame.name === 'account' ? accountOfFrame(frame) : null;
}

function orderOfFrame({ values: v, texts: t }: Frame): OrderFact | null {
  const [price, size, remaining] = [v['price'], v['size'], v['sizeOpen']].map(decimal);
  const id = t['orderId'] ?? '';
  if (id === '' || !t['market'] || price == null || size == null || remaining == null) return null;
  const requested = whole(v['requestType']) === 1;
  return {
    kind: 'order',
    id,
    clientId: t['clientOrderId'] ?? '',
    account: String(v['account']),
    market: t['market'],
    side: sideOfCode(v['side']),
    type: enumOf(ORDER_TYPES, v['orderType']) ?? 'UNKNOWN',
    instruction: enumOf(INSTRUCTIONS, v['timeInForce']) ?? 'UNKNOWN',
    status: enumOf(STATUSES, v['status']) ?? 'UNKNOWN',
    cancelReason: t['cancelReason'] ?? '',
    price,
    size,
    remaining,
    averageFill: decimal(v['avgFillPrice']),
    reduceOnly: (whole(v['flags']) & REDUCE_ONLY_BIT) !== 0,
    seq: big(v['seq']),
    createdUs: whole(v['createdAt']),
    updatedUs: whole(v['updatedAt']),
    request: requested
      ? {
          id: t['requestId'] ?? '',
          status: enumOf(REQUEST_STATUSES, v['requestStatus']) ?? 'UNKNOWN',
          message: t['requestMessage'] ?? '',
        }
      : null,
  };
}

function fillOfFrame({ values: v, texts: t }: Frame): FillFact | null {
  const [price, size] = [v['price'], v['size']].map(decimal);
  const id = t['fillId'] ?? '';
  if (id === '' || !t['market'] || price == null || size == null) return null;
  const liquidity = whole(v['liquidity']);
  return {
    kind: 'fill',
    id,
    orderId: t['orderId'] ?? '',
    clientId: t['clientOrderId'] ?? '',
    account: String(v['account']),
    market: t['market'],
    statedSide: sideOfCode(v['side']),
    maker: liquidity === 1 ? true : liquidity === 2 ? false : null,
    price,
    size,
    fee: decimal(v['fee']) ?? '0',
    feeCurrency: t['feeCurrency'] ?? '',
    fillType: enumOf(FILL_TYPES, v['fillType']) ?? 'UNKNOWN',
    realizedFunding: decimal(v['realizedFunding']),
    venueUs: whole(v['createdAt']),
  };
}

function positionOfFrame({ values: v, texts: t }: Frame): PositionFact | null {
  const size = decimal(v['size']);
  const side = sideOfCode(v['side']);
  if (!t['market'] || size === null || (side === null && size !== '0')) return null;
  return {
    kind: 'position',
    account: String(v['account']),
    market: t['market'],
    size: signed(size, side === -1),
    averageEntry: decimal(v['avgEntryPrice']),
    unrealized: decimal(v['unrealizedPnl']),
    liquidationPrice: decimal(v['liquidationPrice']),
    cachedFundingIndex: decimal(v['cachedFundingIndex']),
    status: enumOf(['OPEN', 'CLOSED'] as const, v['status']) ?? 'UNKNOWN',
    lastFillId: t['lastFillId'] ?? '',
    seq: big(v['seq']),
    venueUs: whole(v['updatedAt']),
  };
}

function accountOfFrame({ values: v, texts: t }: Frame): AccountFact | null {
  const value = decimal(v['accountValue']);
  if (value === null) return null;
  return {
    kind: 'account',
    account: String(v['account']),
    value,
    totalCollateral: decimal(v['totalCollateral']),
    freeCollateral: decimal(v['freeCollateral']),
    initialMargin: decimal(v['initialMarginReq']),
    maintenanceMargin: decimal(v['maintenanceMarginReq']),
    status: enumOf(['ACTIVE', 'LIQUIDATION'] as const, v['status']) ?? 'UNKNOWN',
    settlementAsset: t['settlementAsset'] ?? '',
    seq: big(v['seq']),
    venueUs: whole(v['updatedAt']),
  };
}

/** An absolute (or already signed) size with the sign of the position's side. */
function signed(size: string, short: boolean): string {
  const magnitude = size.startsWith('-') ? size.slice(1) : size;
  return short && /[1-9]/.test(magnitude) ? `-${magnitude}` : magnitude;
}
