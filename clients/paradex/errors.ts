// What a Paradex refusal means for us: REST codes and HTTP status, JSON-RPC codes, cancel reasons. One rule above all:
// only a definite "no" is a rejection; whatever may have been executed is `unknown`. Unknown codes are kept as text.
import type { CloseReason, RejectReason } from '#core/messages';

/**
 * What to do about a failed call.
 * - `rejected`: the venue definitely said no; it was never open.
 * - `not-found`: the order is not there now (a cancel or modify): it may have been filled.
 * - `auth`: get a new token, then reads may be repeated once.
 * - `clock`: our clock or signature time is off; measure the skew before anything else.
 * - `rate-limit`: definitely not executed; wait.
 * - `maintenance`: refused because of the system's state; ask `/system/state`.
 * - `forbidden`: location, scope or permission; a person must act.
 * - `unknown`: it may or may not have been executed; resolve, never resend blindly.
 */
export type FailureClass =
  | 'rejected' | 'not-found' | 'auth' | 'clock' | 'rate-limit' | 'maintenance' | 'forbidden' | 'unknown'; // prettier-ignore

export interface Failure {
  readonly kind: FailureClass;
  /** Of use when an order was refused. */
  readonly reason: RejectReason;
  /** The venue's code and message, cut to one line. Never a secret. */
  readonly detail: string;
}

const REASONS: Readonly<Record<string, readonly [FailureClass, RejectReason]>> = {
  VALIDATION_ERROR: ['rejected', 'other'],
  BINDING_ERROR: ['rejected', 'other'],
  INVALID_REQUEST_PARAMETER: ['rejected', 'other'],
  INVALID_ORDER_SIZE: ['rejected', 'size'],
  INVALID_PRICE_PRECISION: ['rejected', 'price'],
  INVALID_SYMBOL: ['rejected', 'market-closed'],
  MARKET_NOT_FOUND: ['rejected', 'market-closed'],
  MARKET_NOT_OPEN: ['rejected', 'market-closed'],
  NO_ACCESS_TO_MARKET: ['forbidden', 'market-closed'],
  MARKET_MARGIN_RESTRICTED: ['rejected', 'margin'],
  DUPLICATED_CLIENT_ID: ['rejected', 'duplicate-id'],
  BATCH_SIZE_OUT_OF_RANGE: ['rejected', 'other'],
  REQUEST_NOT_ALLOWED: ['forbidden', 'other'],
  RPI_ACCOUNT_NOT_WHITELISTED: ['forbidden', 'other'],
  INVALID_ORDER_SIGNATURE: ['rejected', 'other'],
  INVALID_TIMESTAMP: ['clock', 'other'],
  INVALID_BLOCK_EXPIRATION: ['clock', 'other'],
  NOT_FOUND: ['not-found', 'other'],
  ORDER_ID_NOT_FOUND: ['not-found', 'other'],
  CLIENT_ORDER_ID_NOT_FOUND: ['not-found', 'other'],
  ORDER_IS_CLOSED: ['not-found', 'other'],
  ORDER_IS_NOT_OPEN: ['not-found', 'other'],
  SYSTEM_STATUS_POST_ONLY: ['maintenance', 'market-closed'],
  SYSTEM_STATUS_CANCEL_ONLY: ['maintenance', 'market-closed'],
  UNAUTHORIZED_ERROR: ['auth', 'other'],
  INVALID_TOKEN: ['auth', 'other'],
  NOT_ONBOARDED: ['forbidden', 'other'],
  ACCOUNT_NOT_FOUND: ['forbidden', 'other'],
  ISOLATED_MARKET_ACCOUNT_MISMATCH: ['forbidden', 'other'],
  PUBLIC_KEY_INVALID: ['forbidden', 'other'],
  BAD_STARKNET_REQUEST: ['forbidden', 'other'],
  ETHEREUM_ADDRESS_BLOCKED: ['forbidden', 'other'],
  TOKEN_LIMIT_REACHED: ['forbidden', 'other'],
  INVALID_STARKNET_SIGNATURE: ['forbidden', 'other'],
  STARKNET_SIGNATURE_VERIFICATION_FAILED: ['forbidden', 'other'],
  INVALID_TOKEN_SCOPE: ['forbidden', 'other'],
  INVALID_SUBKEY: ['forbidden', 'other'],
  GEO_IP_BLOCK: ['forbidden', 'other'],
  IP_NOT_ALLOWED: ['forbidden', 'other'],
  INTERNAL_ERROR: ['unknown', 'other'],
  SERVICE_UNAVAILABLE: ['unknown', 'other'],
  // Not in the published list of codes: reasons of closed orders that may stand in a message, and limits that the
  // notes describe without naming a code (our simulated venue uses these names).
  NOT_ENOUGH_MARGIN: ['rejected', 'margin'],
  POST_ONLY_WOULD_CROSS: ['rejected', 'post-only'],
  ORDER_EXCEEDS_POSITION_LIMIT: ['rejected', 'size'],
  INVALID_ORDER_PRICE: ['rejected', 'price'],
  MAX_OPEN_ORDERS_EXCEEDED: ['rejected', 'rate-limit'],
  RATE_LIMIT_EXCEEDED: ['rate-limit', 'rate-limit'],
};

const LONGEST_DETAIL = 200;
const oneLine = (text: string): string =>
  text.replace(/[\s\u0000-\u001f]+/g, ' ').trim().slice(0, LONGEST_DETAIL); // prettier-ignore

/**
 * A REST answer that is no success. Judged by the status first (an expired token has no code), then by the code.
 * `body` is the parsed body, or anything at all. 5xx, timeouts and unreadable bodies of a success are `unknown`.
 */
export function restFailure(status: number, body: unknown): Failure {
  const { error, message } = errorFields(body);
  const detail = oneLine(`${status} ${error} ${message}`);
  if (status >= 500 || status < 200 || status === 408)
    return { kind: 'unknown', reason: 'other', detail };
  if (status < 300)
    return { kind: 'unknown', reason: 'other', detail: `unreadable reply, ${detail}` };
  if (status === 401) return { kind: 'auth', reason: 'other', detail };
  if (status === 429) return { kind: 'rate-limit', reason: 'rate-limit', detail };
  const known = lookUp(error);
  if (known !== undefined) return { kind: known[0], reason: known[1], detail };
  if (status === 403) return { kind: 'forbidden', reason: 'other', detail };
  if (status === 404) return { kind: 'not-found', reason: 'other', detail };
  if (status === 409 || status < 400) return { kind: 'unknown', reason: 'other', detail };
  return { kind: 'rejected', reason: reasonOfText(message), detail };
}

/** In prose: the order that a modify or cancel names is no more. It may have been filled, so somebody has to ask. */
const GONE = /\border( \S+)?( is| was)?( already)? (not found|not open|closed)/i;

/** A JSON-RPC error. 100 is a refused order method, which has no finer code: the message is all there is. */
export function rpcFailure(code: number, message: string, data?: unknown): Failure {
  const more = typeof data === 'string' ? data : '';
  const detail = oneLine(`${code} ${message} ${more}`);
  if (code === 42901) return { kind: 'rate-limit', reason: 'rate-limit', detail };
  if (code === 40110 || code === 40111) return { kind: 'auth', reason: 'other', detail };
  if (code === 40112 || code === 40300) return { kind: 'forbidden', reason: 'other', detail };
  if (code === -32603) return { kind: 'unknown', reason: 'other', detail };
  const named = codeInText(`${message} ${more}`);
  if (named !== undefined) return { kind: named[0], reason: named[1], detail };
  if (code === 100 && GONE.test(message)) return { kind: 'not-found', reason: 'other', detail };
  if (code === 100 || (code <= -32600 && code >= -32602) || code === -32700)
    return { kind: 'rejected', reason: reasonOfText(`${message} ${more}`), detail };
  return { kind: 'unknown', reason: 'other', detail };
}

function errorFields(body: unknown): { error: string; message: string } {
  if (typeof body !== 'object' || body === null) return { error: '', message: '' };
  const { error, message } = body as { error?: unknown; message?: unknown };
  return {
    error: typeof error === 'string' ? error : '',
    message: typeof message === 'string' ? message : '',
  };
}

const lookUp = (code: string): readonly [FailureClass, RejectReason] | undefined =>
  Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;

/** A code of ours inside a message, whole words only. */
function codeInText(text: string): readonly [FailureClass, RejectReason] | undefined {
  for (const word of text.match(/[A-Z][A-Z_]{5,}/g) ?? []) {
    const known = lookUp(word);
    if (known !== undefined) return known;
  }
  return undefined;
}

/** The best guess from prose; only ever a finer name for a definite no. */
function reasonOfText(text: string): RejectReason {
  const named = codeInText(text);
  if (named !== undefined) return named[1];
  if (/post[ _-]?only|would cross/i.test(text)) return 'post-only';
  if (/margin|collateral/i.test(text)) return 'margin';
  if (/reduce[ _-]?only/i.test(text)) return 'reduce-only';
  if (/duplicat/i.test(text)) return 'duplicate-id';
  if (/price|tick|band/i.test(text)) return 'price';
  if (/size|notional|quantity/i.test(text)) return 'size';
  if (/market/i.test(text)) return 'market-closed';
  return 'other';
}

/** How an order ended, from `cancel_reason` and whether anything of it was left. Unknown text: closed by the venue. */
export function closeReason(cancelReason: string, instruction: string): CloseReason {
  const text = cancelReason.toUpperCase();
  if (text.startsWith('USER_CANCEL') || text === 'CANCEL_ON_DISCONNECT') return 'cancelled';
  if (text.startsWith('POST_ONLY')) return 'post-only';
  if (text.includes('SELF_TRADE') || text.startsWith('STP') || text.includes('EXPIRE_MAKER'))
    return 'self-trade';
  if (text.includes('REDUCE_ONLY')) return 'reduce-only';
  if (text.includes('LIQUIDATION')) return 'liquidation';
  if (text.includes('EXPIRED') || text.includes('RECV_WINDOW')) return 'expired';
  if (text.startsWith('IOC') || (text === '' && instruction === 'IOC')) return 'ioc';
  return 'venue';
}

/**
 * Why an order that never rested was closed (NEW, then CLOSED after the risk check); null when the reason is no refusal
 * but an ordinary end.
 */
export function refusalReason(cancelReason: string): RejectReason | null {
  const text = cancelReason.toUpperCase();
  if (text === '' || text.startsWith('USER_CANCEL')) return null;
  if (text.startsWith('POST_ONLY')) return 'post-only';
  if (text.includes('MARGIN')) return 'margin';
  if (text.includes('POSITION_LIMIT') || text.includes('SIZE')) return 'size';
  if (text.includes('PRICE') || text.includes('BAND')) return 'price';
  if (text.includes('REDUCE_ONLY')) return 'reduce-only';
  if (text.startsWith('MMP_')) return 'market-closed';
  return null;
}
