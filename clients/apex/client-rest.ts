// ApeX by REST: one signed call, classified. `refused` is only what the venue definitely said; a timeout, a cut, a 5xx
// or an unreadable answer is `unknown`. 20002 measures the clock and sends the same once more, because it was not
// executed; nothing else is ever sent twice. A 403 shuts everything, cancels too, for minutes, and says so loudly.
import type { HttpOutcome, HttpRequest, Network } from '#core/outside';
import type { Micros, SpanMicros } from '#core/units';
import { fromSeconds } from '#core/units';
import type { VenueCounters, VenueInbox } from '#clients/net/venue-client';
import type { VenueTime } from '#clients/net/venue-time';
import type { ApexBudgets } from './client-budget.js';
import { isFields, numberOf } from './codec/words.js';
import { API, PATHS } from './endpoints.js';
import type { Failure } from './errors.js';
import { readReply } from './errors.js';
import type { ApiKey, FormFields } from './sign/request.js';
import { encodeForm, signedHeaders } from './sign/request.js';

const TIMEOUT = fromSeconds(5);
/** The documentation's example shows seconds, the venue sends ms: told apart by size. */
const SMALLEST_MS = 100_000_000_000;
const LEAST_BAN = fromSeconds(120);
const MOST_BAN = fromSeconds(900);
const LEAST_PAUSE = fromSeconds(5);
const MOST_PAUSE = fromSeconds(60);

export type RestReply =
  | { readonly kind: 'ok'; readonly data: unknown; readonly sentUs: Micros }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'unknown'; readonly detail: string }
  | { readonly kind: 'unsent'; readonly detail: string };

export interface RestCall {
  readonly method: 'GET' | 'POST';
  /** Below API. */
  readonly path: string;
  readonly fields?: FormFields;
  /** Instead of `fields`: a form that is encoded already (batch cancels). */
  readonly form?: string;
  /** No key needed. */
  readonly open?: boolean;
  /** A cancel: it may use the reserve, and leaves even when that is gone. */
  readonly urgent?: boolean;
}

export interface RestParts {
  readonly network: Network;
  readonly time: VenueTime;
  readonly origin: string;
  readonly api: ApiKey;
  readonly budgets: ApexBudgets;
  readonly counters: VenueCounters;
  readonly inbox: Pick<VenueInbox, 'note'>;
  /** The address is shut out until then. */
  readonly onBan?: (untilUs: Micros) => void;
}

export class ApexRest {
  private bans = 0;
  private pauses = 0;
  private bannedUntil = 0;
  private pausedUntil = 0;
  private spent = false;

  constructor(private readonly parts: RestParts) {}

  /** When anything at all may be sent again; in the past when it may now. */
  get freeUs(): Micros {
    return this.bannedUntil as Micros;
  }

  /** Calls `done` exactly once; possibly within the call when nothing could be sent. */
  call(wanted: RestCall, done: (reply: RestReply) => void): void {
    const { budgets, time } = this.parts;
    const nowUs = time.clock.nowUs();
    const urgent = wanted.urgent === true;
    if (nowUs < this.bannedUntil) return done({ kind: 'unsent', detail: this.banText(nowUs) });
    const budget = wanted.method === 'POST' ? budgets.posts : budgets.gets;
    const readyUs = Math.max(budget.readyUs(nowUs, 1, urgent), this.pausedUntil);
    if (readyUs > nowUs && !urgent) {
      if (wanted.method === 'POST') return this.outOfBudget(done);
      time.clock.after((readyUs - nowUs) as SpanMicros, () => this.call(wanted, done));
      return;
    }
    if (!budget.take(nowUs, 1, urgent)) budget.drain(nowUs);
    else if (wanted.method === 'POST' && !urgent) this.spent = false;
    this.send(wanted, false, done);
  }

  /** Reads the venue's clock; false when it did not answer. */
  measureTime(done: (read: boolean) => void): void {
    const { time } = this.parts;
    this.call({ method: 'GET', path: PATHS.time, open: true, urgent: true }, (reply) => {
      const said = reply.kind === 'ok' && isFields(reply.data) ? numberOf(reply.data, 'time') : 0;
      const ms = said < SMALLEST_MS ? said * 1_000 : said;
      if (reply.kind === 'ok' && ms > 0) time.measure(ms, reply.sentUs);
      done(ms > 0);
    });
  }

  private outOfBudget(done: (reply: RestReply) => void): void {
    if (!this.spent) {
      this.spent = true;
      const text = 'the budget of 250 requests a minute is spent: quotes wait, cancels do not';
      this.parts.inbox.note('warn', text);
    }
    done({ kind: 'unsent', detail: 'our own request budget' });
  }

  private send(wanted: RestCall, again: boolean, done: (reply: RestReply) => void): void {
    const { network, time, counters } = this.parts;
    let request: HttpRequest;
    try {
      request = this.requestOf(wanted);
    } catch (error) {
      const detail = error instanceof Error ? error.message : 'not encodable';
      return done({ kind: 'unsent', detail });
    }
    const sentUs = time.clock.nowUs();
    counters.requests += 1;
    network.request(request, (outcome) => {
      const reply = this.classify(outcome, sentUs);
      if (reply.kind === 'ok') this.bans = this.pauses = 0;
      else counters.failures += 1;
      const late = reply.kind === 'refused' && reply.failure.kind === 'clock' && !again;
      if (!late || wanted.open === true) return done(reply);
      time.forget();
      this.measureTime((read) => (read ? this.send(wanted, true, done) : done(reply)));
    });
  }

  private requestOf(wanted: RestCall): HttpRequest {
    const { origin, api, time } = this.parts;
    const form = wanted.form ?? encodeForm(wanted.fields ?? {});
    const get = wanted.method === 'GET';
    const path = `${API}${wanted.path}${get && form !== '' ? `?${form}` : ''}`;
    const headers =
      wanted.open === true
        ? {}
        : signedHeaders(api, time.nowMs(), wanted.method, path, get ? '' : form);
    return {
      ...{ method: wanted.method, url: `${origin}${path}`, timeout: TIMEOUT },
      headers: { accept: 'application/json', ...headers },
      ...(get ? {} : { body: form }),
    };
  }

  private classify(outcome: HttpOutcome, sentUs: Micros): RestReply {
    if (outcome.kind !== 'reply')
      return { kind: outcome.kind, detail: outcome.detail } as RestReply;
    const reply = readReply(outcome.status, outcome.body);
    if (reply.kind === 'ok') return { kind: 'ok', data: reply.data, sentUs };
    const { failure } = reply;
    if (failure.kind === 'banned') this.ban();
    if (failure.kind === 'rate-limit') this.pause();
    if (failure.kind === 'unknown') return { kind: 'unknown', detail: failure.detail };
    return { kind: 'refused', failure };
  }

  /** 2, 4, 8, then 15 minutes. Requests under way together count once. */
  private ban(): void {
    const { time, inbox, onBan } = this.parts;
    const nowUs = time.clock.nowUs();
    if (nowUs < this.bannedUntil) return;
    const wait = Math.min(MOST_BAN, LEAST_BAN * (1 << Math.min(this.bans, 4)));
    this.bans += 1;
    this.bannedUntil = nowUs + wait;
    const minutes = Math.round(wait / 60e6);
    inbox.note('warn', `HTTP 403: ApeX has shut this address out; nothing is sent for ${minutes} min, cancels included: resting orders stay at the venue`); // prettier-ignore
    onBan?.(this.bannedUntil as Micros);
  }

  /** 5, 10, 20, 40, 60 s without new orders; cancels go on. */
  private pause(): void {
    const { time, budgets } = this.parts;
    const nowUs = time.clock.nowUs();
    budgets.posts.drain(nowUs);
    if (nowUs < this.pausedUntil) return;
    this.pausedUntil = nowUs + Math.min(MOST_PAUSE, LEAST_PAUSE * (1 << Math.min(this.pauses, 4)));
    this.pauses += 1;
  }

  private banText(nowUs: Micros): string {
    return `shut out (HTTP 403) for another ${Math.ceil((this.bannedUntil - nowUs) / 1e6)} s`;
  }
}

/** One line about a reply that was not ok. */
export function replyText(reply: RestReply): string {
  if (reply.kind === 'ok') return 'ok';
  return reply.kind === 'refused' ? reply.failure.detail : `${reply.kind}: ${reply.detail}`;
}
