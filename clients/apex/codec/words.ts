// What ApeX says about orders, fills, positions and accounts, brought to one form whether it came by REST or over the
// private stream. Lenient about numbers in strings and null lists, strict about what is missing: null, never a guess.
import type { Side } from '#core/units';
import { ASK, BID } from '#core/units';

export type Fields = Readonly<Record<string, unknown>>;

/** `done`: filled, cancelled or expired; nothing comes after it. */
export type OrderState = 'pending' | 'open' | 'done';

export interface OrderWord {
  readonly id: string;
  readonly clientId: string;
  /** With a dash. */
  readonly symbol: string;
  readonly side: Side;
  readonly price: string;
  readonly size: string;
  /** What is matched so far: settled or not. */
  readonly filled: string;
  readonly state: OrderState;
  readonly status: string;
  readonly cancelReason: string;
  readonly updatedMs: number;
}

export interface FillWord {
  readonly id: string;
  readonly orderId: string;
  readonly clientId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly price: string;
  readonly size: string;
  readonly fee: string;
  readonly maker: boolean;
  readonly liquidation: boolean;
  readonly createdMs: number;
  /** The venue took it back: FAILED_CENSOR_FAILURE or FAILED_L2_REJECTED. */
  readonly failed: boolean;
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text of a field that is a string or a number; '' otherwise. */
export function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : '';
}

/** The number of a field that is a number or a numeric string; 0 otherwise. */
export function numberOf(fields: Fields, name: string): number {
  const value = Number(textOf(fields, name));
  return Number.isFinite(value) ? value : 0;
}

/** The records of a list; a missing or null list is empty. */
export const recordsOf = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.filter(isFields) : [];

const sideOf = (text: string): Side | null => (text === 'BUY' ? BID : text === 'SELL' ? ASK : null);
const firstOf = (fields: Fields, ...names: readonly string[]): string =>
  names.map((name) => textOf(fields, name)).find((text) => text !== '') ?? '';

const STATES: Readonly<Record<string, OrderState>> = {
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
    ...{ id, side, status, state, size, symbol: textOf(value, 'symbol') },
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
    ...{ id, side, size, symbol: textOf(value, 'symbol') },
    orderId: textOf(value, 'orderId'),
    clientId: firstOf(value, 'clientOrderId', 'clientId'),
    price: textOf(value, 'price'),
    fee: textOf(value, 'fee'),
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
