// How cancels go to ApeX: by REST, urgent; one by one, or several in one request where the switch says so.
import type { CancelParts } from '#clients/net/cancel-desk';
import { CancelDesk } from '#clients/net/cancel-desk';
import type { ApexOrder } from './client-order.js';
import type { ApexRest, RestCall, RestReply } from './client-rest.js';
import { replyText } from './client-rest.js';
import type { OrderWord } from './codec/words.js';
import { PATHS } from './endpoints.js';
import type { FormFields } from './sign/request.js';
import type { ApexSwitches } from './switches.js';

export interface ApexCancelParts extends CancelParts<ApexOrder, OrderWord> {
  readonly rest: ApexRest;
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

export class ApexCancels extends CancelDesk<ApexOrder, OrderWord, ApexCancelParts> {
  protected sendSweep(done: (failure: string) => void): void {
    this.post(PATHS.deleteOpenOrders, { symbol: this.parts.market }, (reply) =>
      done(reply.kind === 'ok' ? '' : replyText(reply)),
    );
  }

  protected sendIds(ids: readonly string[]): void {
    const { inbox } = this.parts;
    for (const id of ids)
      this.post(PATHS.deleteOrder, { id }, (reply) => {
        if (reply.kind !== 'ok') inbox.note('warn', `cancel of an old order: ${replyText(reply)}`);
      });
  }

  protected sendStranger(id: string, done: (answer: 'ok' | 'not-found' | 'other') => void): void {
    this.post(PATHS.deleteByClientId, { id }, (reply) => {
      const gone = reply.kind === 'refused' && reply.failure.kind === 'not-found';
      done(reply.kind === 'ok' ? 'ok' : gone ? 'not-found' : 'other');
    });
  }

  protected send(orders: readonly ApexOrder[]): void {
    const { batchCancel } = this.parts.switches;
    // One that is still being signed will be refused instead of sent.
    const left = orders.filter((order) => order.left);
    const named = left.filter((order) => order.venueId !== '');
    const batched = batchCancel !== 'off' && named.length > 1;
    for (const order of left) if (!batched || order.venueId === '') this.one(order);
    if (!batched) return;
    const ids = named.map((order) => order.venueId);
    this.parts.rest.call(batchCall(ids, batchCancel), (reply) => {
      for (const order of named) this.judge(order, reply);
    });
  }

  private one(order: ApexOrder): void {
    const byId = order.venueId !== '';
    const path = byId ? PATHS.deleteOrder : PATHS.deleteByClientId;
    const id = byId ? order.venueId : order.clientId;
    this.post(path, { id }, (reply) => this.judge(order, reply));
  }

  private judge(order: ApexOrder, reply: RestReply): void {
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

  private post(path: string, fields: FormFields, done: (reply: RestReply) => void): void {
    this.parts.rest.call({ method: 'POST', path, fields, urgent: true }, done);
  }
}
