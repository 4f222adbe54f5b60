// JSON-RPC over one socket: numbers requests, matches replies, and says what became of each exactly once: a result, an
// error, never sent, or lost (timeout, cut, -32603, unreadable). Hot path for orders: a frame leaves in the turn in
// which it is asked for. Ids are never used twice, so a late reply of an old connection matches nothing.
import type { Clock, Timer } from '#core/outside';
import type { SpanMicros } from '#core/units';
import { fromSeconds } from '#core/units';
import type { VenueCounters } from '#clients/net/venue-client';
import { isRecord, numberOf, textOf } from './client-words.js';

/** A reply later than this will not be waited for; the order is settled in other ways. */
export const REPLY_WITHIN = fromSeconds(2);
const INTERNAL_ERROR = -32603;
/** The ids of orders and of everything else lie apart, so that a log can tell them. */
const FIRST_ORDER_ID = 1_000_000_000;

export type RpcReply =
  | { readonly kind: 'result'; readonly result: unknown }
  | {
      readonly kind: 'error';
      readonly code: number;
      readonly message: string;
      readonly data: string;
    }
  | { readonly kind: 'lost'; readonly detail: string }
  | { readonly kind: 'unsent'; readonly detail: string };

interface Pending {
  readonly done: (reply: RpcReply) => void;
  readonly dueUs: number;
}

export class RpcLink {
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;
  private nextOrderId = FIRST_ORDER_ID;
  private timer: Timer | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly transmit: (text: string) => boolean,
    private readonly counters: VenueCounters,
  ) {}

  /** Calls `done` exactly once; within the call only when nothing was sent. */
  call(method: string, params: unknown, done: (reply: RpcReply) => void): void {
    const id = method.startsWith('order.') ? this.nextOrderId++ : this.nextId++;
    const text = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    this.counters.requests += 1;
    this.pending.set(id, { done, dueUs: this.clock.nowUs() + REPLY_WITHIN });
    if (!this.transmit(text)) {
      this.pending.delete(id);
      this.counters.failures += 1;
      done({ kind: 'unsent', detail: 'the socket is not open' });
      return;
    }
    this.timer ??= this.clock.after(REPLY_WITHIN, () => this.overdue());
  }

  /** A message with an id came in. False when nobody waits for it. */
  answered(message: Readonly<Record<string, unknown>>): boolean {
    const id = numberOf(message, 'id');
    const waiting = this.pending.get(id);
    if (waiting === undefined) return false;
    this.pending.delete(id);
    const reply = readReply(message);
    if (reply.kind !== 'result') this.counters.failures += 1;
    waiting.done(reply);
    return true;
  }

  /** The connection is gone: nobody will answer. */
  lost(detail: string): void {
    this.timer?.cancel();
    this.timer = null;
    const waiting = [...this.pending.values()];
    this.pending.clear();
    this.counters.failures += waiting.length;
    for (const { done } of waiting) done({ kind: 'lost', detail });
  }

  private overdue(): void {
    this.timer = null;
    const nowUs = this.clock.nowUs();
    let next = Infinity;
    const late: Pending[] = [];
    for (const [id, waiting] of this.pending) {
      if (waiting.dueUs <= nowUs) {
        late.push(waiting);
        this.pending.delete(id);
      } else next = Math.min(next, waiting.dueUs);
    }
    if (next < Infinity)
      this.timer = this.clock.after((next - nowUs) as SpanMicros, () => this.overdue());
    this.counters.failures += late.length;
    for (const { done } of late) done({ kind: 'lost', detail: 'no reply in time' });
  }
}

function readReply(message: Readonly<Record<string, unknown>>): RpcReply {
  const { error } = message;
  if (!isRecord(error)) {
    if ('result' in message) return { kind: 'result', result: message['result'] };
    return { kind: 'lost', detail: 'a reply without result or error' };
  }
  const code = numberOf(error, 'code');
  const text = textOf(error, 'message').slice(0, 200);
  // The venue itself does not know: neither do we.
  if (code === INTERNAL_ERROR || code === 0)
    return { kind: 'lost', detail: `error ${code} ${text}` };
  return { kind: 'error', code, message: text, data: textOf(error, 'data').slice(0, 200) };
}
