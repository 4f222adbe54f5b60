// Paradex by REST: one call, classified. `refused` is only what the venue definitely said; a timeout, a cut, a 5xx or an
// unreadable reply is `unknown`. A 401 renews the token once, and only reads and cancels are sent again. Never retries
// otherwise, and no header or token ever reaches a detail.
import type { Clock, HttpOutcome, HttpRequest, Network } from '#core/outside';
import type { Micros, SpanMicros } from '#core/units';
import { fromMs, fromSeconds } from '#core/units';
import type { VenueCounters } from '#clients/net/venue-client';
import type { OrderBudget, ParadexBudgets } from './client-budget.js';
import type { TokenKeeper } from './client-token.js';
import { isRecord, parseJson, textOf } from './client-words.js';

const TIMEOUT = fromSeconds(3);
/** What is asked again when nothing comes: the sooner it is given up, the sooner it is repeated. */
const REPEATABLE_TIMEOUT = fromMs(1_500);

export type RestReply =
  | { readonly kind: 'ok'; readonly json: unknown; readonly sentUs: Micros }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly code: string;
      readonly message: string;
    }
  | { readonly kind: 'unknown'; readonly detail: string }
  | { readonly kind: 'unsent'; readonly detail: string };

export interface RestCall {
  readonly method: HttpRequest['method'];
  /** Below `/v1`, with its query: `/orders?market=…`. Never holds a secret. */
  readonly path: string;
  readonly body?: unknown;
  /** `public` needs no token; `orders` draws on the order pool. */
  readonly scope: 'public' | 'reads' | 'orders';
  /** A cancel: it may use the reserve, and leaves even when that is gone. */
  readonly urgent?: boolean;
}

export interface RestParts {
  readonly network: Network;
  readonly clock: Clock;
  readonly base: string;
  readonly budgets: ParadexBudgets;
  readonly token: TokenKeeper | null;
  readonly counters: VenueCounters;
}

export class ParadexRest {
  constructor(private readonly parts: RestParts) {}

  /** Calls `done` exactly once; possibly within the call when nothing could be sent. */
  call(wanted: RestCall, done: (reply: RestReply) => void): void {
    const { clock } = this.parts;
    const nowUs = clock.nowUs();
    const urgent = wanted.urgent === true;
    const pools = this.poolsOf(wanted);
    const readyUs = Math.max(...pools.map((b) => b.readyUs(nowUs, 1, urgent)), nowUs);
    if (readyUs > nowUs && !urgent) {
      if (wanted.method !== 'GET') done({ kind: 'unsent', detail: 'our own request budget' });
      else clock.after((readyUs - nowUs) as SpanMicros, () => this.call(wanted, done));
      return;
    }
    for (const budget of pools) budget.take(nowUs, 1, urgent);
    if (wanted.scope === 'public') this.send(wanted, null, false, done);
    else this.withToken(wanted, false, done);
  }

  /** What a call draws on. New orders and modifies were counted by whoever signed them (client-trade.ts). */
  private poolsOf({ scope, method }: RestCall): readonly OrderBudget[] {
    const { orders, reads, address } = this.parts.budgets;
    if (scope === 'orders') return method === 'DELETE' ? [orders] : [];
    return scope === 'public' ? [address] : [reads, address];
  }

  private withToken(wanted: RestCall, again: boolean, done: (reply: RestReply) => void): void {
    const { token } = this.parts;
    if (token === null) {
      done({ kind: 'unsent', detail: 'no key' });
      return;
    }
    token.get((answer) => {
      if (answer.kind === 'token') this.send(wanted, answer.token, again, done);
      else if (!answer.refused) done({ kind: 'unsent', detail: `no token: ${answer.detail}` });
      else done({ kind: 'refused', status: 401, code: 'AUTH', message: answer.detail });
    });
  }

  private send(
    wanted: RestCall,
    token: string | null,
    again: boolean,
    done: (reply: RestReply) => void,
  ): void {
    const { network, clock, base, counters } = this.parts;
    const headers: Record<string, string> = { accept: 'application/json' };
    if (token !== null) headers['authorization'] = `Bearer ${token}`;
    if (wanted.body !== undefined) headers['content-type'] = 'application/json';
    const request: HttpRequest = {
      ...{ method: wanted.method, url: `${base}${wanted.path}`, headers },
      timeout: repeatable(wanted) ? REPEATABLE_TIMEOUT : TIMEOUT,
      ...(wanted.body === undefined ? {} : { body: JSON.stringify(wanted.body) }),
    };
    const sentUs = clock.nowUs();
    counters.requests += 1;
    network.request(request, (outcome) => {
      const reply = this.classify(wanted, outcome, sentUs);
      const expired = reply.kind === 'refused' && reply.status === 401 && token !== null;
      if (expired) this.parts.token?.refuse(token);
      if (expired && repeatable(wanted) && !again) {
        this.withToken(wanted, true, done);
        return;
      }
      if (reply.kind !== 'ok') counters.failures += 1;
      done(reply);
    });
  }

  private classify(wanted: RestCall, outcome: HttpOutcome, sentUs: Micros): RestReply {
    if (outcome.kind !== 'reply') return { kind: outcome.kind, detail: outcome.detail };
    const { status } = outcome;
    const json = outcome.body === '' ? null : parseJson(outcome.body);
    if (status >= 200 && status < 300) {
      if (outcome.body !== '' && json === null)
        return { kind: 'unknown', detail: `unreadable reply, HTTP ${status}` };
      return { kind: 'ok', json, sentUs };
    }
    if (status < 400 || status >= 500) return { kind: 'unknown', detail: `HTTP ${status}` };
    if (status === 408) return { kind: 'unknown', detail: 'HTTP 408' };
    if (status === 429 && wanted.scope !== 'public') {
      const { budgets, clock } = this.parts;
      (wanted.scope === 'orders' ? budgets.orders : budgets.reads).drain(clock.nowUs());
    }
    const fields = isRecord(json) ? json : {};
    const code = textOf(fields, 'error').slice(0, 60);
    const message = textOf(fields, 'message').slice(0, 200);
    return { kind: 'refused', status, code, message };
  }
}

/** Reads and cancels say the same thing twice. */
const repeatable = (call: RestCall): boolean => call.method === 'GET' || call.method === 'DELETE';

/** One line about a reply that was not ok. */
export function replyText(reply: RestReply): string {
  if (reply.kind === 'ok') return 'ok';
  if (reply.kind !== 'refused') return `${reply.kind}: ${reply.detail}`;
  return [`HTTP ${reply.status}`, reply.code, reply.message].filter((t) => t !== '').join(' ');
}
