// Taking orders away: by REST, urgent, never behind anything else. An answer only says that the cancel was taken; the
// end of an order comes from its words. A cancel-all is answered to the engine only when a list of open orders, asked
// for afterwards, has none of ours. Orders that are not ours are never touched.
import type { EngineEvent } from '#core/messages';
import { CLIENT_ID_PREFIX, clientId } from '#core/messages';
import type { SpanMicros } from '#core/units';
import { fromMs, fromSeconds } from '#core/units';
import type { VenueCounters, VenueInbox } from '#clients/net/venue-client';
import type { OrderDesk } from './client-desk.js';
import type { OpenList } from './client-list.js';
import type { OwnOrder } from './client-order.js';
import type { ApexRest, RestCall, RestReply } from './client-rest.js';
import { replyText } from './client-rest.js';
import type { VenueTime } from './client-time.js';
import type { OrderWord } from './codec/words.js';
import { PATHS } from './endpoints.js';
import type { ApexSwitches } from './switches.js';

const VERIFY_AFTER = fromMs(200);
const VERIFY_AGAIN = fromMs(1_000);
const VERIFY_AT_MOST = 12;
const RETRY = fromSeconds(1);
const RETRIES = 20;

export interface CancelParts {
  readonly time: VenueTime;
  /** With a dash. */
  readonly symbol: string;
  readonly runId: string;
  readonly desk: OrderDesk;
  readonly rest: ApexRest;
  readonly list: OpenList;
  readonly inbox: VenueInbox;
  readonly counters: VenueCounters;
  readonly switches: ApexSwitches;
}

/** The call that cancels several venue ids at once, as the switch says. Each id is digits or a client id of ours. */
export function batchCall(ids: readonly string[], form: 'indexed' | 'comma'): RestCall {
  const encoded =
    form === 'indexed'
      ? ids.map((id, i) => `ids%5B${i}%5D=${id}`).sort().join('&') // prettier-ignore
      : `ids=${ids.join('%2C')}`;
  return { method: 'POST', path: PATHS.deleteOrders, form: encoded, urgent: true };
}

export class CancelDesk {
  private verifying = false;
  private again = false;
  private sweeping = false;

  constructor(private readonly parts: CancelParts) {}

  orders(ordinals: readonly number[]): void {
    const { desk, runId, switches } = this.parts;
    const named: OwnOrder[] = [];
    for (const ordinal of ordinals) {
      const order = desk.find(ordinal);
      if (order === undefined) this.stranger(clientId(runId, ordinal), ordinal);
      else if (order.phase === 'closed') desk.cancelRefused(order, 'not-found');
      else {
        order.cancelSent = true;
        desk.expect(order);
        // Still being signed: it will be refused instead of sent.
        if (!order.left) continue;
        if (order.venueId !== '' && switches.batchCancel !== 'off') named.push(order);
        else this.one(order);
      }
    }
    if (named.length > 1 && switches.batchCancel !== 'off') {
      const call = batchCall(named.map((order) => order.venueId), switches.batchCancel); // prettier-ignore
      this.parts.rest.call(call, (reply) => {
        for (const order of named) this.judge(order, reply);
      });
    } else for (const order of named) this.one(order);
  }

  /** Everything of ours on the market; again and again until the venue has said yes, or `RETRIES`. */
  all(triesLeft = RETRIES): void {
    const { desk, rest, symbol, time, inbox } = this.parts;
    for (const order of desk.open) {
      if (order.phase === 'closed') continue;
      order.cancelSent = true;
      desk.expect(order);
    }
    if (desk.foreign.size > 0) return this.ownOnly();
    // One on its way covers what was placed before it; anything placed since is refused or found by the check.
    if (this.sweeping && triesLeft === RETRIES) {
      this.again = true;
      return;
    }
    this.sweeping = true;
    const path = PATHS.deleteOpenOrders;
    rest.call({ method: 'POST', path, fields: { symbol }, urgent: true }, (reply) => {
      if (reply.kind === 'ok') {
        this.sweeping = false;
        return this.verifySoon();
      }
      inbox.note('warn', `cancel-all on ${symbol}: ${replyText(reply)}`);
      if (triesLeft > 1) {
        const wait = Math.max(RETRY, rest.freeUs - time.clock.nowUs()) as SpanMicros;
        time.clock.after(wait, () => this.all(triesLeft - 1));
        return;
      }
      this.sweeping = false;
      this.allUnknown();
    });
  }

  private allUnknown(): void {
    const { counters, inbox, time } = this.parts;
    counters.unknowns += 1;
    const us = time.clock.nowUs();
    inbox.event(Object.freeze({ kind: 'unknown', ordinal: null, operation: 'cancel-all', us }));
  }

  /** Orders of others rest on the market: ours are cancelled one by one, those of earlier runs by the list. */
  private ownOnly(): void {
    const { desk, list, symbol } = this.parts;
    const ordinals = [...desk.open].filter((o) => o.phase !== 'closed').map((o) => o.ordinal);
    this.orders(ordinals);
    list.ask((state) => {
      for (const word of state?.words ?? []) {
        const old = isOurs(word, symbol) && desk.ordinalOf(word.clientId) === null;
        if (old) this.byId(word.id);
      }
      this.verifySoon();
    });
  }

  private byId(id: string): void {
    const { rest, inbox } = this.parts;
    rest.call(
      { method: 'POST', path: PATHS.deleteOrder, fields: { id }, urgent: true },
      (reply) => {
        if (reply.kind !== 'ok') inbox.note('warn', `cancel of an old order: ${replyText(reply)}`);
      },
    );
  }

  private one(order: OwnOrder): void {
    const byId = order.venueId !== '';
    const path = byId ? PATHS.deleteOrder : PATHS.deleteByClientId;
    const fields = { id: byId ? order.venueId : order.clientId };
    this.parts.rest.call({ method: 'POST', path, fields, urgent: true }, (reply) =>
      this.judge(order, reply),
    );
  }

  private judge(order: OwnOrder, reply: RestReply): void {
    const { desk } = this.parts;
    if (reply.kind === 'ok') desk.expect(order);
    else if (reply.kind === 'unknown') desk.cancelLost(order);
    else if (reply.kind === 'unsent') desk.cancelRefused(order, 'rate-limit');
    else if (reply.failure.kind === 'not-found') desk.cancelRefused(order, 'not-found');
    else {
      const limited = reply.failure.kind === 'rate-limit' || reply.failure.kind === 'banned';
      desk.cancelRefused(order, limited ? 'rate-limit' : 'other');
    }
  }

  /** An order of ours that we do not remember: the engine learnt of it from a list. */
  private stranger(id: string, ordinal: number): void {
    const { rest, inbox, time, list } = this.parts;
    const call = { method: 'POST' as const, path: PATHS.deleteByClientId, fields: { id } };
    rest.call({ ...call, urgent: true }, (reply) => {
      if (reply.kind === 'ok') return list.report();
      const gone = reply.kind === 'refused' && reply.failure.kind === 'not-found';
      const us = time.clock.nowUs();
      const reason = gone ? ('not-found' as const) : ('other' as const);
      inbox.event(Object.freeze({ kind: 'cancel-rejected', ordinal, reason, us } as EngineEvent));
    });
  }

  /** After a cancel-all: ask until none of ours is listed, then tell the engine. */
  private verifySoon(): void {
    if (this.verifying) {
      this.again = true;
      return;
    }
    this.verifying = true;
    this.parts.time.clock.after(VERIFY_AFTER, () => this.verify(VERIFY_AT_MOST));
  }

  private verify(triesLeft: number): void {
    const { list, time, inbox, symbol } = this.parts;
    const again = this.again;
    this.again = false;
    list.ask((state) => {
      const ours = (state?.words ?? []).some((word) => isOurs(word, symbol));
      if (state !== null && !ours) {
        this.verifying = false;
        list.tell(state);
        const us = time.clock.nowUs();
        inbox.event(Object.freeze({ kind: 'all-cancelled', venueUs: state.venueUs, us }));
        return;
      }
      if (triesLeft > 1) {
        // What came to rest behind the first sweep is swept as well.
        if (again || triesLeft % 4 === 0) this.sweepAgain();
        time.clock.after(VERIFY_AGAIN, () => this.verify(triesLeft - 1));
        return;
      }
      this.verifying = false;
      inbox.note('warn', 'orders of ours are still listed after cancel-all');
      if (state !== null) list.tell(state);
      this.allUnknown();
    });
  }

  private sweepAgain(): void {
    const { rest, symbol, desk } = this.parts;
    if (desk.foreign.size > 0) return;
    const path = PATHS.deleteOpenOrders;
    rest.call({ method: 'POST', path, fields: { symbol }, urgent: true }, () => undefined);
  }
}

const isOurs = (word: OrderWord, symbol: string): boolean =>
  word.symbol === symbol && word.state !== 'done' && word.clientId.startsWith(CLIENT_ID_PREFIX);
