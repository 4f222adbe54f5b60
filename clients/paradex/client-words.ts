// What Paradex says about orders, fills, positions and accounts, brought to one form whether it came as JSON by REST,
// as JSON on the socket or as SBE. Lenient about numbers in strings, strict about what is missing: null, never a guess.
import type { Side } from '#core/units';
import { ASK, BID } from '#core/units';
import { tryParseJson } from '#clients/net/long-json';

export interface OrderWord {
  readonly id: string;
  readonly clientId: string;
  readonly market: string;
  readonly side: Side;
  readonly price: string;
  readonly size: string;
  readonly remaining: string;
  /** NEW, UNTRIGGERED, OPEN or CLOSED; anything else is kept as it came. */
  readonly status: string;
  readonly cancelReason: string;
  /** 0n where the source has none. Beyond 2^53. */
  readonly seq: bigint;
  /** Of the last modify: empty, or PENDING, PROCESSED, SUCCESS, REJECTED. */
  readonly requestStatus: string;
  readonly requestId: string;
  readonly requestMessage: string;
}

export interface FillWord {
  readonly id: string;
  readonly orderId: string;
  readonly clientId: string;
  readonly market: string;
  readonly side: Side;
  readonly price: string;
  readonly size: string;
  readonly fee: string;
  readonly maker: boolean;
  readonly liquidation: boolean;
  readonly realizedFunding: string;
  readonly createdMs: number;
}

export interface PositionWord {
  readonly market: string;
  /** Signed. */
  readonly size: string;
  readonly averageEntry: string;
  readonly lastFillId: string;
  readonly updatedMs: number;
}

export interface AccountWord {
  readonly status: string;
  readonly value: string;
  readonly maintenance: string;
  readonly updatedMs: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** JSON without loss of long integers (they come as strings). Null when it is not JSON. */
export const parseJson = (text: string): unknown => tryParseJson(text) ?? null;

export const isRecord = (value: unknown): value is Fields =>
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

/** `{results: […]}`, a bare array, or nothing: the list in it. Null when it is no list. */
export function listOf(json: unknown): readonly Fields[] | null {
  const list = isRecord(json) ? json['results'] : json;
  return Array.isArray(list) ? list.filter(isRecord) : null;
}

const sideOf = (text: string): Side | null => (text === 'BUY' ? BID : text === 'SELL' ? ASK : null);

const bigOf = (text: string): bigint => (/^\d{1,30}$/.test(text) ? BigInt(text) : 0n);

/** Null when what must be there is not. */
export function orderWord(value: unknown): OrderWord | null {
  if (!isRecord(value)) return null;
  const side = sideOf(textOf(value, 'side'));
  const id = textOf(value, 'id');
  const status = textOf(value, 'status');
  if (side === null || id === '' || status === '') return null;
  const info = isRecord(value['request_info']) ? value['request_info'] : {};
  const size = textOf(value, 'size');
  const remaining = textOf(value, 'remaining_size');
  return {
    ...{ id, side, status, size },
    clientId: textOf(value, 'client_id'),
    market: textOf(value, 'market'),
    price: textOf(value, 'price'),
    remaining: remaining === '' ? size : remaining,
    cancelReason: textOf(value, 'cancel_reason'),
    seq: bigOf(textOf(value, 'seq_no')),
    requestStatus: textOf(info, 'status'),
    requestId: textOf(info, 'id'),
    requestMessage: textOf(info, 'message'),
  };
}

export function fillWord(value: unknown): FillWord | null {
  if (!isRecord(value)) return null;
  const side = sideOf(textOf(value, 'side'));
  const id = textOf(value, 'id');
  if (side === null || id === '') return null;
  return {
    ...{ id, side },
    orderId: textOf(value, 'order_id'),
    clientId: textOf(value, 'client_id'),
    market: textOf(value, 'market'),
    price: textOf(value, 'price'),
    size: textOf(value, 'size'),
    fee: textOf(value, 'fee'),
    maker: textOf(value, 'liquidity') === 'MAKER',
    liquidation: textOf(value, 'fill_type') === 'LIQUIDATION',
    realizedFunding: textOf(value, 'realized_funding'),
    createdMs: numberOf(value, 'created_at'),
  };
}

export function positionWord(value: unknown): PositionWord | null {
  if (!isRecord(value)) return null;
  const market = textOf(value, 'market');
  const size = textOf(value, 'size');
  if (market === '' || size === '') return null;
  const short = textOf(value, 'side') === 'SHORT' && !size.startsWith('-');
  return {
    market,
    size: short && Number(size) !== 0 ? `-${size}` : size,
    averageEntry: textOf(value, 'average_entry_price'),
    lastFillId: textOf(value, 'last_fill_id'),
    updatedMs: numberOf(value, 'last_updated_at'),
  };
}

export function accountWord(value: unknown): AccountWord | null {
  if (!isRecord(value)) return null;
  const status = textOf(value, 'status');
  const account = textOf(value, 'account_value');
  if (account === '') return null;
  return {
    ...{ status, value: account },
    maintenance: textOf(value, 'maintenance_margin_requirement'),
    updatedMs: numberOf(value, 'updated_at'),
  };
}
