// Private payloads as JSON (channel pushes, and the same objects in REST lists and replies) to the neutral facts of
// private.ts. Read leniently: integers may be numbers or strings, unknown text is kept or becomes 'UNKNOWN'. A payload
// without what makes it a fact gives null. Never throws on data.
import type { Side } from '#core/units';
import {
  signed,
  type AccountFact, type FillFact, type OrderFact, type OrderStatus, type PositionFact, type PrivateFact,
  type RequestFact, type TradeBustFact, type TransactionFact,
} from './private.js'; // prettier-ignore

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;

const DECIMAL = /^-?\d+(\.\d+)?$/;
const text = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : '';
};
const decimal = (value: unknown): string | null => {
  const written = text(value);
  return DECIMAL.test(written) ? written : null;
};
const sequence = (value: unknown): bigint => {
  const written = text(value);
  return /^-?\d{1,38}$/.test(written) ? BigInt(written) : 0n;
};
/** Milliseconds to microseconds; 0 when not said. */
const micros = (value: unknown): number => {
  const written = text(value);
  return /^\d{1,13}$/.test(written) ? Number(written) * 1000 : 0;
};
const sideOf = (value: unknown): Side | null =>
  value === 'BUY' || value === 'LONG' ? 1 : value === 'SELL' || value === 'SHORT' ? -1 : null;
const oneOf = <T extends string>(names: readonly T[], value: unknown): T | 'UNKNOWN' =>
  names.find((name) => name === value) ?? 'UNKNOWN';

const STATUSES: readonly OrderStatus[] = ['NEW', 'UNTRIGGERED', 'OPEN', 'CLOSED'];
const REQUEST_STATUSES = ['PENDING', 'PROCESSED', 'SUCCESS', 'REJECTED'] as const;

/** A push of a private channel; undefined when the channel is none that is read here, null when it is no fact. */
export function factOfPush(channel: string, data: unknown): PrivateFact | null | undefined {
  const name = channel.split('.')[0];
  if (name === 'orders') return orderOfJson(data);
  if (name === 'fills') return fillOfJson(data);
  if (name === 'positions') return positionOfJson(data);
  if (name === 'account') return accountOfJson(data);
  if (name === 'tradebusts') return tradeBustOfJson(data);
  return name === 'transaction' ? transactionOfJson(data) : undefined;
}

/** An OrderResp, from wherever. */
export function orderOfJson(data: unknown): OrderFact | null {
  const f = fieldsOf(data);
  if (f === null) return null;
  const id = text(f['id']);
  const market = text(f['market']);
  const price = decimal(f['price']);
  const size = decimal(f['size']);
  const remaining = decimal(f['remaining_size']);
  if (id === '' || market === '' || price === null || size === null || remaining === null)
    return null;
  const flags: readonly unknown[] = Array.isArray(f['flags']) ? (f['flags'] as unknown[]) : [];
  return {
    kind: 'order',
    id,
    clientId: text(f['client_id']),
    account: text(f['account']),
    market,
    side: sideOf(f['side']),
    type: text(f['type']) || 'UNKNOWN',
    instruction: text(f['instruction']) || 'UNKNOWN',
    status: oneOf(STATUSES, f['status']),
    cancelReason: text(f['cancel_reason']),
    price,
    size,
    remaining,
    averageFill: decimal(f['avg_fill_price']),
    reduceOnly: flags.includes('REDUCE_ONLY'),
    seq: sequence(f['seq_no']),
    createdUs: micros(f['created_at']),
    updatedUs: micros(f['last_updated_at']),
    request: requestOf(f['request_info']),
  };
}

function requestOf(data: unknown): RequestFact | null {
  const f = fieldsOf(data);
  if (f === null || text(f['request_type']) === '') return null;
  const status = oneOf(REQUEST_STATUSES, f['status']);
  return { id: text(f['id']), status, message: text(f['message']) };
}

export function fillOfJson(data: unknown): FillFact | null {
  const f = fieldsOf(data);
  if (f === null) return null;
  const id = text(f['id']);
  const market = text(f['market']);
  const price = decimal(f['price']);
  const size = decimal(f['size']);
  if (id === '' || market === '' || price === null || size === null) return null;
  const liquidity = f['liquidity'];
  return {
    kind: 'fill',
    id,
    orderId: text(f['order_id']),
    clientId: text(f['client_id']),
    account: text(f['account']),
    market,
    statedSide: sideOf(f['side']),
    maker: liquidity === 'MAKER' ? true : liquidity === 'TAKER' ? false : null,
    price,
    size,
    fee: decimal(f['fee']) ?? '0',
    feeCurrency: text(f['fee_currency']),
    fillType: text(f['fill_type']) || 'UNKNOWN',
    realizedFunding: decimal(f['realized_funding']),
    venueUs: micros(f['created_at']),
  };
}

export function positionOfJson(data: unknown): PositionFact | null {
  const f = fieldsOf(data);
  if (f === null) return null;
  const market = text(f['market']);
  const size = decimal(f['size']);
  if (market === '' || size === null) return null;
  const side = sideOf(f['side']);
  return {
    kind: 'position',
    account: text(f['account']),
    market,
    size: side === null ? size : signed(size, side === -1),
    averageEntry: decimal(f['average_entry_price']),
    unrealized: decimal(f['unrealized_pnl']),
    liquidationPrice: decimal(f['liquidation_price']),
    cachedFundingIndex: decimal(f['cached_funding_index']),
    status: oneOf(['OPEN', 'CLOSED'] as const, f['status']),
    lastFillId: text(f['last_fill_id']),
    seq: sequence(f['seq_no']),
    venueUs: micros(f['last_updated_at']),
  };
}

export function accountOfJson(data: unknown): AccountFact | null {
  const f = fieldsOf(data);
  const value = f === null ? null : decimal(f['account_value']);
  if (f === null || value === null) return null;
  return {
    kind: 'account',
    account: text(f['account']),
    value,
    totalCollateral: decimal(f['total_collateral']),
    freeCollateral: decimal(f['free_collateral']),
    initialMargin: decimal(f['initial_margin_requirement']),
    maintenanceMargin: decimal(f['maintenance_margin_requirement']),
    status: oneOf(['ACTIVE', 'LIQUIDATION'] as const, f['status']),
    settlementAsset: text(f['settlement_asset']),
    seq: sequence(f['seq_no']),
    venueUs: micros(f['updated_at']),
  };
}

/** The payload is only partly documented: the fill's id under `fill_id`, else `id`. */
export function tradeBustOfJson(data: unknown): TradeBustFact | null {
  const f = fieldsOf(data);
  const fillId = f === null ? '' : text(f['fill_id']) || text(f['id']);
  return f === null || fillId === ''
    ? null
    : { kind: 'trade-bust', fillId, market: text(f['market']) };
}

export function transactionOfJson(data: unknown): TransactionFact | null {
  const f = fieldsOf(data);
  const id = f === null ? '' : text(f['id']);
  if (f === null || id === '') return null;
  const [type, state, hash] = [text(f['type']), text(f['state']), text(f['hash'])];
  return { kind: 'transaction', id, type, state, hash };
}
