// What ApeX says about orders, fills, positions and accounts, brought to one form whether it came by REST or over the
// private stream. Lenient about numbers in strings and null lists, strict about what is missing: null, never a guess.
import type { Fields, FillWord as VenueFillWord, OrderWord as VenueOrderWord } from '#clients/net/words'; // prettier-ignore
import { isFields, numberOf, sideOf, statedOf, textOf } from '#clients/net/words';

export { isFields, numberOf, textOf };

export interface OrderWord extends VenueOrderWord {
  /** What is matched so far: settled or not. */
  readonly filled: string;
  readonly status: string;
  readonly updatedMs: number;
}

export interface FillWord extends VenueFillWord {
  /** The venue took it back: FAILED_CENSOR_FAILURE or FAILED_L2_REJECTED. */
  readonly failed: boolean;
}

/** The records of a list; a missing or null list is empty. */
export const recordsOf = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.filter(isFields) : [];

const firstOf = (fields: Fields, ...names: readonly string[]): string =>
  names.map((name) => textOf(fields, name)).find((text) => text !== '') ?? '';

const STATES: Readonly<Record<string, OrderWord['state']>> = {
  PENDING: 'pending', UNTRIGGERED: 'pending', OPEN: 'open', CANCELING: 'open',
  FILLED: 'done', CANCELED: 'done', CANCELLED: 'done', EXPIRED: 'done', REJECTED: 'done',
}; // prettier-ignore

/** The larger of what is matched and what is settled, as text; "0" when neither is said. */
function filledOf(fields: Fields): string {
  const matched = firstOf(fields, 'cumMatchFillSize') || '0';
  const settled = firstOf(fields, 'cumSuccessFillSize') || '0';
  return Number(matched) >= Number(settled) ? matched : settled;
}

/** Null when what must be there is not, or the status is none that we know. */
export function orderWord(value: unknown): OrderWord | null {
  if (!isFields(value)) return null;
  const side = sideOf(textOf(value, 'side'));
  const id = firstOf(value, 'id', 'orderId');
  const status = textOf(value, 'status');
  const state = STATES[status];
  if (side === null || id === '' || state === undefined) return null;
  const size = textOf(value, 'size');
  return {
    ...{ id, side, status, state, size, market: textOf(value, 'symbol') },
    clientId: firstOf(value, 'clientId', 'clientOrderId'),
    price: textOf(value, 'price'),
    filled: status === 'FILLED' ? size : filledOf(value),
    cancelReason: textOf(value, 'cancelReason'),
    updatedMs: numberOf(value, 'updatedAt') || numberOf(value, 'updatedTime'),
  };
}

export function fillWord(value: unknown): FillWord | null {
  if (!isFields(value)) return null;
  const side = sideOf(textOf(value, 'side'));
  const id = textOf(value, 'id');
  const size = textOf(value, 'size');
  if (side === null || id === '' || size === '') return null;
  return {
    ...{ id, side, size, market: textOf(value, 'symbol') },
    orderId: textOf(value, 'orderId'),
    clientId: firstOf(value, 'clientOrderId', 'clientId'),
    price: textOf(value, 'price'),
    fee: statedOf(value, 'fee'),
    maker: firstOf(value, 'liquidity', 'direction') === 'MAKER',
    liquidation: value['isLiquidate'] === true || value['isDeleverage'] === true,
    createdMs: numberOf(value, 'createdAt'),
    failed: textOf(value, 'status').startsWith('FAILED'),
  };
}

export interface NetPosition {
  /** Signed decimal strings of both rows; "0" where there is none. */
  readonly long: string;
  readonly short: string;
  /** Entry of the row that is not empty, '' when flat. */
  readonly entry: string;
  readonly updatedMs: number;
}

/** The LONG and the SHORT row of one symbol. Null when a row cannot be read. */
export function netPosition(value: unknown, symbol: string): NetPosition | null {
  let [long, short, entry, updatedMs] = ['0', '0', '', 0];
  for (const row of recordsOf(value)) {
    if (textOf(row, 'symbol') !== symbol) continue;
    const size = textOf(row, 'size');
    const side = textOf(row, 'side');
    if (!/^\d+(\.\d+)?$/.test(size) || (side !== 'LONG' && side !== 'SHORT')) return null;
    if (side === 'LONG') long = size;
    else short = size;
    if (Number(size) > 0) entry = textOf(row, 'entryPrice');
    updatedMs = Math.max(updatedMs, numberOf(row, 'updatedAt') || numberOf(row, 'updatedTime'));
  }
  return { long, short, entry, updatedMs };
}
