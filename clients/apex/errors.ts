// What an answer of ApeX means: errors come on HTTP 200 as {code, msg, key}. One rule above all: only a definite "no" is
// a rejection; whatever may have been executed is `unknown`. The venue quotes a bad API key back in its message, so
// messages of those codes are never repeated.
import type { CloseReason, RejectReason } from '#core/messages';
import { tryParseJson } from '#clients/net/long-json';

/**
 * - `rejected`: definitely refused; it was never open.
 * - `not-found`: the order is not there now (a cancel, a query): it may have been filled.
 * - `clock`: 20002; measure the clock and send the same once more (it was not executed).
 * - `rate-limit`: 429, 10003; not executed; wait 5, 10, 20, 40, 60 s.
 * - `banned`: 403; the address is shut out; wait minutes, cancels too.
 * - `config`: key, secret, passphrase, seed or permission; a person must act.
 * - `unknown`: it may or may not have been executed.
 */
export type FailureClass =
  'rejected' | 'not-found' | 'clock' | 'rate-limit' | 'banned' | 'config' | 'unknown';

export interface Failure {
  readonly kind: FailureClass;
  /** Of use when an order was refused. */
  readonly reason: RejectReason;
  readonly code: number;
  /** The venue's name for it, such as ORDER_NOT_FOUND; '' when it named none. */
  readonly key: string;
  /** One line. Never a secret. */
  readonly detail: string;
}

export type ApexReply =
  | { readonly kind: 'ok'; readonly data: unknown }
  | { readonly kind: 'failed'; readonly failure: Failure };

const KEYS: Readonly<Record<string, readonly [FailureClass, RejectReason]>> = {
  INVALID_L2_SIGNATURE: ['config', 'other'],
  ACCOUNT_NOT_FOUND: ['config', 'other'],
  PermissionDenied: ['config', 'other'],
  ORDER_NOT_FOUND: ['not-found', 'other'],
  ORDER_NOT_CANCEL_MATCHED: ['not-found', 'other'],
  ORDER_NOT_CANCEL_FILLED: ['not-found', 'other'],
  ORDER_NOT_CANCEL_INVALID_STATUS: ['not-found', 'other'],
  ORDER_CLIENT_ORDER_DATA_CONFLICT: ['rejected', 'duplicate-id'],
  ORDER_INVALID_CLIENT_ORDER_ID: ['rejected', 'other'],
  ORDER_EMPTY_CLIENT_ORDER_ID: ['rejected', 'other'],
  ORDER_LIMIT_FEE_NOT_ENOUGH: ['rejected', 'other'],
  ORDER_PRICE_MUST_GREETER_ZERO: ['rejected', 'price'],
  ORDER_SIZE_SMALLER_THAN_SYMBOL_MIN_ORDER_SIZE: ['rejected', 'size'],
  ORDER_SIZE_GREATER_THAN_SYMBOL_MAX_ORDER_SIZE: ['rejected', 'size'],
  ORDER_POSSIBLE_GREATER_THAN_SYMBOL_MAX_POSITION: ['rejected', 'size'],
  ORDER_OPEN_ORDER_COUNT_LIMIT_EXCEED: ['rejected', 'rate-limit'],
  ORDER_SYMBOL_DISABLE_TRADE: ['rejected', 'market-closed'],
  ORDER_SYMBOL_DISABLE_OPEN_POSITION: ['rejected', 'market-closed'],
  ORDER_IS_REDUCE_ONLY_CANNOT_OPEN_POSITION: ['rejected', 'reduce-only'],
  ORDER_WITH_THIS_PRICE_CANNOT_REDUCE_POSITION_ONLY: ['rejected', 'reduce-only'],
  ORDER_THERE_IS_NOT_ENOUGH_MARGIN_TO_OPEN_POSITION: ['rejected', 'margin'],
  ORDER_POSSIBLE_LEAD_TO_ACCOUNT_LIQUIDATED: ['rejected', 'margin'],
  ORDER_LIQUIDATING_ACCOUNT_CANNOT_CREATE_ORDER: ['rejected', 'margin'],
};

const CODES: Readonly<Record<number, readonly [FailureClass, string]>> = {
  10001: ['unknown', 'the venue says "failed"'],
  10002: ['config', 'API key, secret or passphrase refused'],
  10003: ['rate-limit', 'too many requests'],
  10004: ['unknown', 'timeout at the venue'],
  20002: ['clock', 'timestamp refused'],
  20006: ['config', 'request signature refused'],
  20016: ['rejected', 'a request parameter is refused'],
};
/** Business and parameter errors: definite, whatever the key. */
const DEFINITE = new Set([3, 400]);

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const failure = (
  kind: FailureClass,
  reason: RejectReason,
  code: number,
  key: string,
  detail: string,
): ApexReply => ({ kind: 'failed', failure: { kind, reason, code, key, detail } });

/** Reads status and body of an answer. A 2xx that cannot be read is `unknown`: it may have been executed. */
export function readReply(status: number, body: string): ApexReply {
  const json = tryParseJson(body);
  const fields = isFields(json) ? json : {};
  const code = Number(fields['code'] ?? 0);
  if (status === 403) return failure('banned', 'rate-limit', code, '', 'HTTP 403: address banned');
  if (code !== 0 || 'code' in fields) return refusal(status, code, fields);
  if (status === 429) return failure('rate-limit', 'rate-limit', 0, '', 'HTTP 429');
  if (status >= 200 && status < 300) {
    if ('data' in fields) return { kind: 'ok', data: fields['data'] };
    if (json !== undefined) return { kind: 'ok', data: json }; // some answers come unwrapped
    return failure('unknown', 'other', 0, '', `unreadable answer, HTTP ${status}`);
  }
  if (status >= 400 && status < 500 && status !== 408)
    return failure(status === 404 ? 'unknown' : 'rejected', 'other', 0, '', `HTTP ${status}`);
  return failure('unknown', 'other', 0, '', `HTTP ${status}`);
}

function refusal(
  status: number,
  code: number,
  fields: Readonly<Record<string, unknown>>,
): ApexReply {
  if (code === 0) return { kind: 'ok', data: fields['data'] ?? null };
  const message = typeof fields['msg'] === 'string' ? fields['msg'] : '';
  const named = typeof fields['key'] === 'string' ? fields['key'] : '';
  const key = keyIn(named) || keyIn(message);
  const known = KEYS[key] ?? familyOf(key);
  const byCode = CODES[code];
  if (byCode !== undefined && (known === undefined || byCode[0] !== 'rejected')) {
    const [kind, text] = byCode;
    return failure(
      kind,
      kind === 'rate-limit' ? 'rate-limit' : 'other',
      code,
      key,
      `${text} (${code})`,
    );
  }
  const detail = key === '' ? `code ${code} ${plain(message)}` : `${key} (${code})`;
  if (known !== undefined) return failure(known[0], known[1], code, key, detail);
  const definite = DEFINITE.has(code) && status < 500;
  return failure(definite ? 'rejected' : 'unknown', 'other', code, key, detail);
}

/** Anything that begins with ORDER_ is about the order and definite. */
function familyOf(key: string): readonly [FailureClass, RejectReason] | undefined {
  if (key.startsWith('ORDER_POSSIBLE_LEAD_TO_ACCOUNT_LIQUIDATED')) return ['rejected', 'margin'];
  if (key.startsWith('ORDER_NOT_CANCEL')) return ['not-found', 'other'];
  return key.startsWith('ORDER_') ? ['rejected', 'other'] : undefined;
}

/** A key stands in `key`, or at the start of `msg`. */
const keyIn = (text: string): string =>
  /^(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|PermissionDenied)/.exec(text)?.[0] ?? '';

const plain = (text: string): string => text.replace(/[^ -~]/g, ' ').slice(0, 100);

/** Why an order ended, in the engine's words. `ioc`: it was never meant to rest. */
export function closeReasonOf(status: string, cancelReason: string, ioc: boolean): CloseReason {
  if (status === 'EXPIRED' || cancelReason === 'EXPIRED') return 'expired';
  if (cancelReason === 'COULD_NOT_FILL') return ioc ? 'ioc' : 'post-only';
  if (cancelReason === 'REDUCE_ONLY_CANCELED') return 'reduce-only';
  if (cancelReason === 'LIQUIDATE_CANCELED') return 'liquidation';
  if (cancelReason === 'USER_CANCELED') return 'cancelled';
  return 'venue';
}
