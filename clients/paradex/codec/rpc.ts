// JSON-RPC text frames of a Paradex socket, both ways: what a frame from the venue is (reply, error, push), and the text
// of our requests; for the face, what a client asks and the text of an answer. Long integers survive. Never throws on data.
import { tryParseJson } from '#clients/net/long-json';
import type { RpcErrorWire, RpcMethod } from '../wire.js';

export type RpcMessage =
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number | null; readonly error: RpcErrorWire }
  | { readonly kind: 'push'; readonly channel: string; readonly data: unknown }
  | { readonly kind: 'unreadable' };
const UNREADABLE: RpcMessage = Object.freeze({ kind: 'unreadable' });

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
const idOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) ? value : null;

/** A text frame from the venue. */
export function readMessage(text: string): RpcMessage {
  const f = fieldsOf(tryParseJson(text));
  if (f === null) return UNREADABLE;
  if (f['method'] === 'subscription') {
    const params = fieldsOf(f['params']);
    const channel = params?.['channel'];
    return typeof channel === 'string' && params !== null && 'data' in params
      ? { kind: 'push', channel, data: params['data'] }
      : UNREADABLE;
  }
  const id = idOf(f['id']);
  const error = fieldsOf(f['error']);
  if (error !== null) {
    const { code, message } = error;
    if (typeof code !== 'number') return UNREADABLE;
    const said = typeof message === 'string' ? message : '';
    const data = 'data' in error ? { data: error['data'] } : {};
    return { kind: 'error', id, error: { code, message: said, ...data } };
  }
  return id !== null && 'result' in f ? { kind: 'result', id, result: f['result'] } : UNREADABLE;
}

/** The text of a request. `id` must be unique on its connection and below 2^53. */
export const requestText = (id: number, method: RpcMethod, params: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });

export type RpcAsk =
  | { readonly kind: 'ask'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly kind: 'bad'; readonly id: number | null; readonly code: -32700 | -32600 };

/** The face's side: a text frame from a client. */
export function readRequest(text: string): RpcAsk {
  const parsed = tryParseJson(text);
  if (parsed === undefined) return { kind: 'bad', id: null, code: -32700 };
  const f = fieldsOf(parsed);
  const id = idOf(f?.['id']);
  const method = f?.['method'];
  if (f === null || f['jsonrpc'] !== '2.0' || id === null || typeof method !== 'string')
    return { kind: 'bad', id, code: -32600 };
  return { kind: 'ask', id, method, params: f['params'] ?? {} };
}

/** `in` and `out` in microseconds of the venue's clock; fields of `result` that are long must be given as `raw` text. */
export const replyText = (id: number, result: unknown, inUs: number, outUs: number): string =>
  JSON.stringify({ jsonrpc: '2.0', id, result, usIn: inUs, usOut: outUs, usDiff: outUs - inUs });
export const errorText = (
  id: number | null,
  error: RpcErrorWire,
  inUs: number,
  outUs: number,
): string =>
  JSON.stringify({ jsonrpc: '2.0', id, error, usIn: inUs, usOut: outUs, usDiff: outUs - inUs });
export const pushText = (channel: string, data: unknown): string =>
  JSON.stringify({ jsonrpc: '2.0', method: 'subscription', params: { channel, data } });
