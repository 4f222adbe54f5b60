// How cancels go to Paradex: over the private socket while it is usable, by REST when it is not.
import type { CancelParts } from '#clients/net/cancel-desk';
import { CancelDesk } from '#clients/net/cancel-desk';
import type { ParadexBudgets } from './client-budget.js';
import type { ParadexDesk } from './client-desk.js';
import type { ParadexOrder } from './client-order.js';
import type { PrivateLink } from './client-private.js';
import type { ParadexRest, RestReply } from './client-rest.js';
import { replyText } from './client-rest.js';
import type { RpcReply } from './client-rpc.js';
import type { OrderWord } from './client-words.js';
import { listOf, textOf } from './client-words.js';
import { PATHS } from './endpoints.js';
import type { FailureClass } from './errors.js';
import { restFailure, rpcFailure } from './errors.js';

export interface ParadexCancelParts extends CancelParts<ParadexOrder, OrderWord> {
  readonly desk: ParadexDesk;
  readonly link: PrivateLink;
  readonly rest: ParadexRest;
  readonly budgets: ParadexBudgets;
}

export class ParadexCancels extends CancelDesk<ParadexOrder, OrderWord, ParadexCancelParts> {
  /** The private socket is gone: whatever rests must go, by the other way, until the venue has said yes. */
  allByRest(): void {
    super.sweep();
  }

  protected override sweep(): void {
    const { link, market, desk, inbox } = this.parts;
    if (desk.foreign.size > 0 || !link.usable) return super.sweep();
    this.spend();
    link.rpc.call('order.cancel_all', { market }, (reply) => {
      if (reply.kind === 'result') return this.verifySoon();
      inbox.note('warn', 'cancel-all not confirmed on the socket: REST takes over');
      if (reply.kind === 'lost') this.allUnknown();
      super.sweep();
    });
  }

  protected sendSweep(done: (failure: string) => void): void {
    this.delete(`${PATHS.orders}${this.where}`, (reply) =>
      done(reply.kind === 'ok' ? '' : replyText(reply)),
    );
  }

  protected sendIds(ids: readonly string[]): void {
    const { rest, inbox } = this.parts;
    const call = { method: 'DELETE' as const, path: PATHS.ordersBatch, body: { order_ids: ids } };
    rest.call({ ...call, scope: 'orders', urgent: true }, (reply) => {
      if (reply.kind !== 'ok') inbox.note('warn', `cancel of old orders: ${replyText(reply)}`);
    });
  }

  protected sendStranger(id: string, done: (answer: 'ok' | 'not-found' | 'other') => void): void {
    this.delete(`${PATHS.orderByClientId(id)}${this.where}`, ({ kind }) => {
      done(kind === 'ok' ? 'ok' : kind === 'refused' ? 'not-found' : 'other');
    });
  }

  /** In one frame where that can be; by client id where its venue id has not come yet, or the socket is down. */
  protected send(orders: readonly ParadexOrder[]): void {
    const { usable } = this.parts.link;
    const named = orders.filter((order) => usable && order.venueId !== '');
    for (const order of orders) if (!named.includes(order)) this.one(order);
    if (named.length > 0) this.batch(named);
  }

  private batch(orders: readonly ParadexOrder[]): void {
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

  private one(order: ParadexOrder): void {
    const { link, market, desk } = this.parts;
    if (!link.usable) return this.oneByRest(order);
    this.spend();
    const params = { client_id: order.clientId, market };
    link.rpc.call('order.cancel', params, (reply) => {
      if (reply.kind === 'result') desk.expect(order);
      else this.failed(order, reply);
    });
  }

  private failed(order: ParadexOrder, reply: RpcReply): void {
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

  private oneByRest(order: ParadexOrder): void {
    const { desk } = this.parts;
    const named = order.venueId !== '';
    const path = named ? PATHS.order(order.venueId) : `${PATHS.orderByClientId(order.clientId)}${this.where}`; // prettier-ignore
    this.delete(path, (reply) => {
      if (reply.kind === 'ok') desk.expect(order);
      else if (reply.kind === 'refused') {
        const { status, code, message } = reply;
        this.judge(order, restFailure(status, { error: code, message }).kind);
      } else desk.cancelLost(order);
    });
  }

  private judge(order: ParadexOrder, kind: FailureClass): void {
    const { desk, budgets, clock } = this.parts;
    if (kind === 'unknown') desk.cancelLost(order);
    else if (kind === 'not-found') desk.cancelRefused(order, 'not-found');
    else if (kind === 'rate-limit') {
      budgets.orders.drain(clock.nowUs());
      desk.cancelRefused(order, 'rate-limit');
    } else desk.cancelRefused(order, 'other');
  }

  private get where(): string {
    return `?market=${encodeURIComponent(this.parts.market)}`;
  }

  private delete(path: string, done: (reply: RestReply) => void): void {
    this.parts.rest.call({ method: 'DELETE', path, scope: 'orders', urgent: true }, done);
  }

  /** Counted, never refused: a cancel leaves even when the budget is spent. */
  private spend(): void {
    const { budgets, clock } = this.parts;
    budgets.orders.take(clock.nowUs(), 1, true);
  }
}
