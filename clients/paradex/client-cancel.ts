// Taking orders away: over the private socket while it is usable, by REST when it is not, and never behind anything
// else. A reply only says that the cancel is queued; the end of an order comes from its events. A cancel-all is
// answered to the engine only when a list of open orders, asked for afterwards, has none of ours.
import type { Clock } from '#core/outside';
import type { EngineEvent } from '#core/messages';
import { CLIENT_ID_PREFIX, clientId } from '#core/messages';
import type { Micros } from '#core/units';
import { fromMs } from '#core/units';
import type { VenueCounters, VenueInbox } from '#clients/net/venue-client';
import type { ParadexBudgets } from './client-budget.js';
import type { OrderDesk } from './client-desk.js';
import type { OpenList } from './client-list.js';
import type { OwnOrder } from './client-order.js';
import type { PrivateLink } from './client-private.js';
import type { ParadexRest, RestReply } from './client-rest.js';
import { replyText } from './client-rest.js';
import type { RpcReply } from './client-rpc.js';
import { listOf, textOf } from './client-words.js';
import { PATHS } from './endpoints.js';
import type { FailureClass } from './errors.js';
import { restFailure, rpcFailure } from './errors.js';

const VERIFY_AFTER = fromMs(100);
const VERIFY_AGAIN = fromMs(400);
const VERIFY_AT_MOST = 12;
const RETRY = fromMs(300);
const RETRIES = 20;

export interface CancelParts {
  readonly clock: Clock;
  readonly market: string;
  readonly runId: string;
  readonly desk: OrderDesk;
  readonly link: PrivateLink;
  readonly rest: ParadexRest;
  readonly list: OpenList;
  readonly budgets: ParadexBudgets;
  readonly inbox: VenueInbox;
  readonly counters: VenueCounters;
}

export class CancelDesk {
  private verifying = false;
  private deleting = false;
  private verifyAgain = false;

  constructor(private readonly parts: CancelParts) {}

  /** Cancels these orders in one frame where that can be. */
  orders(ordinals: readonly number[]): void {
    const { desk, link, runId } = this.parts;
    const named: OwnOrder[] = [];
    for (const ordinal of ordinals) {
      const order = desk.find(ordinal);
      if (order === undefined || order.byVerdict) this.stranger(clientId(runId, ordinal), ordinal);
      else if (order.phase !== 'closed') {
        order.cancelSent = true;
        desk.expect(order);
        if (order.venueId !== '' && link.usable) named.push(order);
        else this.one(order);
      } else desk.repeatEnd(order);
    }
    if (named.length > 0) this.batch(named);
  }

  /** Everything of ours on the market. */
  all(): void {
    const { desk, link, market } = this.parts;
    for (const order of desk.open) {
      if (order.phase === 'closed') continue;
      order.cancelSent = true;
      desk.expect(order);
    }
    if (desk.foreign.size > 0) this.ownOnly();
    else if (!link.usable) this.allByRest();
    else {
      this.spend();
      link.rpc.call('order.cancel_all', { market }, (reply) => {
        if (reply.kind === 'result') this.verifySoon();
        else this.allFailed(reply);
      });
    }
  }

  /** The private socket is gone: whatever rests must go, by the other way, until the venue has said yes. */
  allByRest(triesLeft = RETRIES): void {
    const { rest, market, clock, desk, inbox } = this.parts;
    if (desk.foreign.size > 0) return this.ownOnly();
    // One on its way covers whatever was placed before it; nothing is placed while the socket is down.
    if (this.deleting && triesLeft === RETRIES) return;
    this.deleting = true;
    const path = `${PATHS.orders}?market=${encodeURIComponent(market)}`;
    rest.call({ method: 'DELETE', path, scope: 'orders', urgent: true }, (reply) => {
      if (reply.kind === 'ok') {
        this.deleting = false;
        return this.verifySoon();
      }
      inbox.note('warn', `cancel of the market by REST: ${replyText(reply)}`);
      if (triesLeft > 1) clock.after(RETRY, () => this.allByRest(triesLeft - 1));
      else {
        this.deleting = false;
        this.allUnknown();
      }
    });
  }

  private allFailed(reply: RpcReply): void {
    this.parts.inbox.note('warn', 'cancel-all not confirmed on the socket: REST takes over');
    if (reply.kind === 'lost') this.allUnknown();
    this.allByRest();
  }

  private allUnknown(): void {
    const { counters, inbox, clock } = this.parts;
    counters.unknowns += 1;
    const us = clock.nowUs();
    inbox.event(Object.freeze({ kind: 'unknown', ordinal: null, operation: 'cancel-all', us }));
  }

  /** Orders of others rest on the market: ours are cancelled one by one, those of earlier runs by the list. */
  private ownOnly(): void {
    const { desk, list } = this.parts;
    const ordinals: number[] = [];
    for (const order of desk.open) if (order.phase !== 'closed') ordinals.push(order.ordinal);
    if (ordinals.length > 0) this.orders(ordinals);
    list.ask((state) => {
      const ours = (state?.words ?? []).filter((w) => w.clientId.startsWith(CLIENT_ID_PREFIX));
      const ids = ours.filter((w) => desk.ordinalOf(w.clientId) === null).map((w) => w.id);
      if (ids.length > 0) this.byIds(ids);
      this.verifySoon();
    });
  }

  private byIds(ids: readonly string[]): void {
    const body = { order_ids: ids };
    const path = PATHS.ordersBatch;
    const { rest, inbox } = this.parts;
    rest.call({ method: 'DELETE', path, body, scope: 'orders', urgent: true }, (reply) => {
      if (reply.kind !== 'ok') inbox.note('warn', `cancel of old orders: ${replyText(reply)}`);
    });
  }

  private batch(orders: readonly OwnOrder[]): void {
    const { link, desk } = this.parts;
    this.spend();
    const params = { order_ids: orders.map((order) => order.venueId) };
    link.rpc.call('order.cancel_batch', params, (reply) => {
      if (reply.kind !== 'result') {
        for (const order of orders) this.failed(order, reply);
        return;
      }
      const results = listOf(reply.result) ?? [];
      for (const order of orders) {
        const item = results.find((result) => textOf(result, 'id') === order.venueId);
        const status = item === undefined ? '' : textOf(item, 'status');
        if (status === 'QUEUED_FOR_CANCELLATION') desk.expect(order);
        else if (status === 'ALREADY_CLOSED' || status === 'NOT_FOUND')
          desk.cancelRefused(order, 'not-found');
        else desk.cancelLost(order);
      }
    });
  }

  /** By client id: its venue id has not come yet, or the socket is down. */
  private one(order: OwnOrder): void {
    const { link, market, desk } = this.parts;
    if (!link.usable) return this.oneByRest(order);
    this.spend();
    const params = { client_id: order.clientId, market };
    link.rpc.call('order.cancel', params, (reply) => {
      if (reply.kind === 'result') desk.expect(order);
      else this.failed(order, reply);
    });
  }

  private failed(order: OwnOrder, reply: RpcReply): void {
    const { desk, link } = this.parts;
    if (reply.kind === 'unsent') return this.oneByRest(order);
    if (reply.kind !== 'error') return desk.cancelLost(order);
    const { kind } = rpcFailure(reply.code, reply.message, reply.data);
    if (kind === 'auth' || kind === 'forbidden') {
      // The socket may do nothing any more: it is no use, the other way must do it.
      this.oneByRest(order);
      link.restart('the socket may not cancel');
    } else this.judge(order, kind);
  }

  private oneByRest(order: OwnOrder): void {
    const { rest, desk, market } = this.parts;
    const where = `?market=${encodeURIComponent(market)}`;
    const path =
      order.venueId === ''
        ? `${PATHS.orderByClientId(order.clientId)}${where}`
        : PATHS.order(order.venueId);
    rest.call({ method: 'DELETE', path, scope: 'orders', urgent: true }, (reply: RestReply) => {
      if (reply.kind === 'ok') desk.expect(order);
      else if (reply.kind === 'refused') {
        const { status, code, message } = reply;
        this.judge(order, restFailure(status, { error: code, message }).kind);
      } else desk.cancelLost(order);
    });
  }

  private judge(order: OwnOrder, kind: FailureClass): void {
    const { desk, budgets, clock } = this.parts;
    if (kind === 'unknown') desk.cancelLost(order);
    else if (kind === 'not-found') desk.cancelRefused(order, 'not-found');
    else if (kind === 'rate-limit') {
      budgets.orders.drain(clock.nowUs());
      desk.cancelRefused(order, 'rate-limit');
    } else desk.cancelRefused(order, 'other');
  }

  /** An order of ours that we do not remember: the engine learnt of it from a list. */
  private stranger(id: string, ordinal: number): void {
    const { rest, market, inbox, clock, list } = this.parts;
    const path = `${PATHS.orderByClientId(id)}?market=${encodeURIComponent(market)}`;
    rest.call({ method: 'DELETE', path, scope: 'orders', urgent: true }, (reply) => {
      if (reply.kind === 'ok') {
        list.report();
        return;
      }
      const reason = reply.kind === 'refused' ? 'not-found' : 'other';
      const us = clock.nowUs();
      inbox.event(Object.freeze({ kind: 'cancel-rejected', ordinal, reason, us } as EngineEvent));
    });
  }

  /** After a cancel-all: ask until none of ours is listed, then tell the engine. */
  private verifySoon(): void {
    if (this.verifying) {
      this.verifyAgain = true;
      return;
    }
    this.verifying = true;
    this.parts.clock.after(VERIFY_AFTER, () => this.verify(VERIFY_AT_MOST));
  }

  private verify(triesLeft: number): void {
    const { list, clock, inbox } = this.parts;
    this.verifyAgain = false;
    list.ask((state) => {
      const ours = (state?.words ?? []).some((w) => w.clientId.startsWith(CLIENT_ID_PREFIX));
      if (state !== null && !ours) {
        this.verifying = false;
        list.tell(state);
        const us = clock.nowUs();
        inbox.event(Object.freeze({ kind: 'all-cancelled', venueUs: state.venueUs as Micros, us }));
        if (this.verifyAgain) this.verifySoon();
        return;
      }
      if (triesLeft > 1) {
        clock.after(VERIFY_AGAIN, () => this.verify(triesLeft - 1));
        return;
      }
      this.verifying = false;
      inbox.note('warn', 'orders of ours are still listed after cancel-all');
      if (state !== null) list.tell(state);
      this.allUnknown();
    });
  }

  /** Counted, never refused: a cancel leaves even when the budget is spent. */
  private spend(): void {
    const { budgets, clock } = this.parts;
    budgets.orders.take(clock.nowUs(), 1, true);
  }
}
