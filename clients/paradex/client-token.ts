// The JWT: fetched once however many ask, renewed at about 180 s of its 300, given up at once when the venue refuses
// it. The token is handed to callers and to nobody else: it must never reach a note, an error or a URL.
import type { Clock, HttpOutcome, Network, Timer } from '#core/outside';
import type { Random } from '#core/random';
import type { SpanMicros } from '#core/units';
import { fromSeconds, MICROS_PER_SECOND } from '#core/units';
import type { VenueTime } from '#clients/net/venue-time';
import { parseJson } from './client-words.js';

/** Lifetime of a JWT is 300 s; it is renewed between 162 and 180 s and not used beyond 285 s. */
const RENEW_AFTER_S = 180;
const DIES_AFTER = fromSeconds(285);
const SIGNATURE_VALID_S = 1_800;
const TIMEOUT = fromSeconds(3);
const RETRY = fromSeconds(2);

export interface AuthSigner {
  readonly publicKey: string;
  readonly account: string;
  signAuth(timestampS: number, expirationS: number): string;
}

export type TokenAnswer =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'none'; readonly refused: boolean; readonly detail: string };

export class TokenKeeper {
  private token: string | null = null;
  private fetchedUs = -Infinity;
  private waiting: ((answer: TokenAnswer) => void)[] = [];
  private timer: Timer | null = null;
  private closed = false;
  /** Requests sent, for the tests of single flight. */
  fetches = 0;

  constructor(
    private readonly parts: {
      readonly network: Network;
      readonly clock: Clock;
      readonly time: VenueTime;
      readonly random: Random;
      readonly signer: AuthSigner;
      /** `https://…/v1`. */
      readonly rest: string;
    },
  ) {}

  /** Calls `done` with a token that is good now, possibly within the call. */
  get(done: (answer: TokenAnswer) => void): void {
    const { token } = this;
    const age = this.parts.clock.nowUs() - this.fetchedUs;
    if (token !== null && age < DIES_AFTER) {
      done({ kind: 'token', token });
      return;
    }
    this.waiting.push(done);
    if (this.waiting.length === 1) this.fetch();
  }

  /** The venue would not have `token`: the next caller gets a new one. */
  refuse(token: string): void {
    if (token === this.token) this.token = null;
  }

  close(): void {
    this.closed = true;
    this.timer?.cancel();
    this.token = null;
  }

  private fetch(): void {
    const { network, time, signer, rest } = this.parts;
    this.fetches += 1;
    const nowS = Math.floor(time.now() / MICROS_PER_SECOND);
    const expirationS = nowS + SIGNATURE_VALID_S;
    const headers = {
      'content-type': 'application/json',
      'PARADEX-STARKNET-ACCOUNT': signer.account,
      'PARADEX-STARKNET-SIGNATURE': signer.signAuth(nowS, expirationS),
      'PARADEX-TIMESTAMP': String(nowS),
      'PARADEX-SIGNATURE-EXPIRATION': String(expirationS),
    };
    const url = `${rest}/auth/${signer.publicKey}`;
    network.request({ method: 'POST', url, headers, timeout: TIMEOUT }, (outcome) =>
      this.fetched(outcome),
    );
  }

  private fetched(outcome: HttpOutcome): void {
    const answer = readToken(outcome);
    if (answer.kind === 'token') {
      this.token = answer.token;
      this.fetchedUs = this.parts.clock.nowUs();
    }
    const { waiting } = this;
    this.waiting = [];
    const jitter = 0.9 + this.parts.random.next() / 10;
    this.renewIn(answer.kind === 'token' ? fromSeconds(RENEW_AFTER_S * jitter) : RETRY);
    for (const done of waiting) done(answer);
  }

  private renewIn(span: SpanMicros): void {
    this.timer?.cancel();
    if (this.closed) return;
    this.timer = this.parts.clock.after(span, () => {
      // A renewal that nobody waits for: the old token stays good until the new one is there.
      if (this.waiting.length > 0) return;
      this.waiting.push(() => undefined);
      this.fetch();
    });
  }
}

function readToken(outcome: HttpOutcome): TokenAnswer {
  if (outcome.kind !== 'reply') return { kind: 'none', refused: false, detail: outcome.detail };
  const { status } = outcome;
  const body = parseJson(outcome.body) as { jwt_token?: unknown; error?: unknown } | null;
  if (status === 200 && typeof body?.jwt_token === 'string' && body.jwt_token !== '')
    return { kind: 'token', token: body.jwt_token };
  const code = typeof body?.error === 'string' ? ` ${body.error.slice(0, 60)}` : '';
  const refused = status >= 400 && status < 500 && status !== 429;
  return { kind: 'none', refused, detail: `HTTP ${status}${code}` };
}
