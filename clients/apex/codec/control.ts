// Everything on a socket that is not data: pings both ways, acknowledgements, refusals, and the frames that we send.
// Pure; both ends of the cable use it.
import { isFields, textOf } from './words.js';

export type ControlFrame =
  /** The other side asks for life; the answer repeats its argument. */
  | { readonly kind: 'ping'; readonly stamp: string }
  /** Our own ping was answered, in either of the two forms. */
  | { readonly kind: 'pong' }
  | { readonly kind: 'ack'; readonly op: string; readonly args: readonly string[] }
  /** Already subscribed: harmless. */
  | { readonly kind: 'duplicate'; readonly detail: string }
  | { readonly kind: 'refused'; readonly op: string; readonly detail: string };

/** Null for a data frame (it has a topic) and for what is no control frame. */
export function readControl(frame: unknown): ControlFrame | null {
  if (!isFields(frame) || typeof frame['topic'] === 'string') return null;
  const op = textOf(frame, 'op');
  if (op === 'ping') return { kind: 'ping', stamp: argsOf(frame)[0] ?? '' };
  if (op === 'pong') return { kind: 'pong' };
  const { success } = frame;
  if (typeof success !== 'boolean' && success !== 'true' && success !== 'false') return null;
  const request = isFields(frame['request']) ? frame['request'] : {};
  const asked = textOf(request, 'op');
  const said = textOf(frame, 'ret_msg') || textOf(frame, 'msg');
  if (said === 'pong') return { kind: 'pong' };
  if (said.includes('already subscribed')) return { kind: 'duplicate', detail: said.slice(0, 120) };
  const fine = (success === true || success === 'true') && !said.startsWith('error');
  if (fine) return { kind: 'ack', op: asked, args: argsOf(request) };
  return { kind: 'refused', op: asked, detail: said.replace(/[^ -~]/g, ' ').slice(0, 120) };
}

const argsOf = (fields: Readonly<Record<string, unknown>>): readonly string[] =>
  Array.isArray(fields['args']) ? fields['args'].map(String) : [];

export const pingFrame = (ms: number): string => JSON.stringify({ op: 'ping', args: [String(ms)] });
export const pongFrame = (stamp: string): string => JSON.stringify({ op: 'pong', args: [stamp] });
export const subscribeFrame = (topics: readonly string[]): string =>
  JSON.stringify({ op: 'subscribe', args: topics });
export const unsubscribeFrame = (topics: readonly string[]): string =>
  JSON.stringify({ op: 'unsubscribe', args: topics });
