// What Paradex says about orders, fills, positions and accounts, brought to one form whether it came as JSON by REST,
// as JSON on the socket or as SBE. Lenient about numbers in strings, strict about what is missing: null, never a guess.
import { tryParseJson } from '#clients/net/long-json';
import type { Fields, FillWord as VenueFillWord, OrderWord as VenueOrderWord } from '#clients/net/words'; // prettier-ignore
import { isFields as isRecord, numberOf, sideOf, statedOf, textOf } from '#clients/net/words';
import type { FillFact, OrderFact } from './codec/private.js';

export { isRecord, numberOf, textOf };

export interface OrderWord extends VenueOrderWord {
  readonly remaining: string;
  /** 0n where the source has none. Beyond 2^53. */
  readonly seq: bigint;
  /** Of the last modify: empty, or PENDING, PROCESSED, SUCCESS, REJECTED. */
  readonly requestStatus: string;
  readonly requestId: string;
}

export interface FillWord extends VenueFillWord {
  readonly realizedFunding: string;
}

export interface PositionWord {
  readonly market: string;
  /** Signed. */
  readonly size: string;
  readonly averageEntry: string;
  /** Funding that is counted in the account's value and not paid yet. */
  readonly funding: string;
  readonly lastFillId: string;
  readonly updatedMs: number;
}

export interface AccountWord {
  readonly status: string;
  readonly value: string;
  readonly maintenance: string;
  readonly updatedMs: number;
}

/** JSON without loss of long integers (they come as strings). Null when it is not JSON. */
export const parseJson = (text: string): unknown => tryParseJson(text) ?? null;

/** `{results: […]}`, a bare array, or nothing: the list in it. Null when it is no list. */
export function listOf(json: unknown): readonly Fields[] | null {
  const list = isRecord(json) ? json['results'] : json;
  return Array.isArray(list) ? list.filter(isRecord) : null;
}

/** NEW and UNTRIGGERED, like anything that nobody has told us of: not on the book yet, as far as we know. */
const stateOf = (status: string): OrderWord['state'] =>
  status === 'OPEN' ? 'open' : status === 'CLOSED' ? 'done' : 'pending';

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
    ...{ id, side, size, state: stateOf(status) },
    clientId: textOf(value, 'client_id'),
    market: textOf(value, 'market'),
    price: textOf(value, 'price'),
    remaining: remaining === '' ? size : remaining,
    cancelReason: textOf(value, 'cancel_reason'),
    seq: bigOf(textOf(value, 'seq_no')),
    requestStatus: textOf(info, 'status'),
    requestId: textOf(info, 'id'),
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
    fee: statedOf(value, 'fee'),
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
    funding: textOf(value, 'unrealized_funding_pnl'),
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

/** The same from a binary frame. */
export function orderOfFact(fact: OrderFact): OrderWord | null {
  if (fact.side === null) return null;
  return {
    ...{ id: fact.id, clientId: fact.clientId, market: fact.market, side: fact.side },
    ...{ price: fact.price, size: fact.size, remaining: fact.remaining },
    state: stateOf(fact.status),
    ...{ cancelReason: fact.cancelReason, seq: fact.seq },
    requestStatus: fact.request?.status ?? '',
    requestId: fact.request?.id ?? '',
  };
}

export function fillOfFact(fact: FillFact): FillWord | null {
  if (fact.statedSide === null) return null;
  return {
    ...{ id: fact.id, orderId: fact.orderId, clientId: fact.clientId, market: fact.market },
    ...{ side: fact.statedSide, price: fact.price, size: fact.size, fee: fact.fee },
    maker: fact.maker === true,
    liquidation: fact.fillType === 'LIQUIDATION',
    realizedFunding: fact.realizedFunding ?? '',
    createdMs: Math.floor(fact.venueUs / 1_000),
  };
}
