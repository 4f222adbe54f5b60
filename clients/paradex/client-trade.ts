// Hot path: orders out. Signs, frames and hands over in the turn in which the engine decided; nothing here waits. No
// order leaves unless the private socket is ready; every order that did not leave is refused at once, every one whose
// answer is lost becomes `unknown`, and none is ever sent twice.
import type { Instrument } from '#core/instrument';
import type { AmendCommand, PlaceCommand, RejectReason } from '#core/messages';
import type { Lots, Ticks } from '#core/units';
import { BID } from '#core/units';
import type { VenueInbox } from '#clients/net/venue-client';
import type { VenueTime } from '#clients/net/venue-time';
import type { ParadexBudgets } from './client-budget.js';
import type { ParadexCancels } from './client-cancel.js';
import type { ParadexDesk } from './client-desk.js';
import type { ParadexOrder } from './client-order.js';
import type { PrivateLink } from './client-private.js';
import type { ParadexRest, RestReply } from './client-rest.js';
import type { RpcReply } from './client-rpc.js';
import { isRecord, listOf, orderWord, textOf } from './client-words.js';
import { PATHS } from './endpoints.js';
import type { Failure } from './errors.js';
import { restFailure, rpcFailure } from './errors.js';
import type { OrderStamps } from './client-stamps.js';
import type { OrderAct, SignableOrder, UnpricedOrder } from './sign.js';
import type { ParadexSwitches } from './switches.js';
import type { ModifyRequest, OrderRequest } from './wire.js';

export interface OrderSigner {
  signOrder(order: SignableOrder): string;
  signModify(order: SignableOrder, id: string): string;
  prehash(act: OrderAct, order: UnpricedOrder): void;
}

export interface TradeParts {
  readonly instrument: Instrument;
  readonly market: string;
  readonly signer: OrderSigner;
  readonly time: VenueTime;
  readonly stamps: OrderStamps;
  readonly desk: ParadexDesk;
  readonly link: PrivateLink;
  readonly rest: ParadexRest;
  readonly cancels: ParadexCancels;
  readonly budgets: ParadexBudgets;
  readonly inbox: VenueInbox;
  readonly switches: ParadexSwitches;
  /** Why no order may leave although the socket is ready (maintenance, clock, specification); '' when one may. */
  readonly barred: () => string;
  /** Most orders that the market lets us have open. */
  readonly openOrderCap: () => number;
  /** A refusal that says more than "this order": the state, the clock or the token is to be looked at. */
  readonly onTrouble: (failure: Failure) => void;
}

interface Signed {
  readonly order: ParadexOrder;
  readonly request: OrderRequest;
}

export class TradeDesk {
  constructor(private readonly parts: TradeParts) {}

  /** Sends new orders: one frame where the venue takes several at once. */
  place(commands: readonly PlaceCommand[]): void {
    const { switches, desk, budgets, time } = this.parts;
    const signed: Signed[] = [];
    for (const command of commands) {
      const order = desk.placing(command);
      const why = this.whyNot();
      if (why !== '') desk.refused(order, 'not-sent', why);
      else if (desk.open.size > this.parts.openOrderCap())
        desk.refused(order, 'not-sent', 'the market takes no more open orders of ours');
      else signed.push({ order, request: this.request(order, command) });
    }
    const most = switches.batchParams === 'off' ? 1 : switches.batchMost;
    for (let i = 0; i < signed.length; i += most) {
      const group = signed.slice(i, i + most);
      if (budgets.orders.take(time.clock.nowUs(), 1, false)) this.dispatch(group);
      else for (const { order } of group) this.overBudget(order);
    }
  }

  /** Moves an order in place; judged later by its event alone. */
  amend(command: AmendCommand): void {
    const { desk, cancels, switches, budgets, time, link } = this.parts;
    const order = desk.find(command.ordinal);
    if (order === undefined || order.phase === 'closed') return this.unmovable(command.ordinal);
    const { ticks, lots } = command;
    const left = switches.modifySize === 'remaining' ? order.filledLots : 0;
    order.amend = { ticks, lots, wireLots: (lots - left) as Lots };
    order.mostLots = Math.max(order.mostLots, lots) as Lots;
    if (order.venueId === '' || this.whyNot() !== '') return desk.amendRefused(order, 'not-sent');
    if (order.filledLots > 0 && switches.modifyPartlyFilled === 'cancel') {
      cancels.orders([order.ordinal]);
      return;
    }
    if (!budgets.orders.take(time.clock.nowUs(), 1, false))
      return desk.amendRefused(order, 'not-sent');
    const request = this.modifyRequest(order, ticks, (lots - left) as Lots);
    desk.expect(order);
    if (switches.orderRoute === 'rest') {
      const { id, ...fields } = request;
      const call = { method: 'PUT' as const, path: PATHS.order(id), body: { id, ...fields } };
      this.parts.rest.call({ ...call, scope: 'orders' }, (reply) => this.amendAnswered(order, fromRest(reply))); // prettier-ignore
    } else link.rpc.call('order.modify', request, (reply) => this.amendAnswered(order, reply));
  }

  /** Over a socket that has just closed nothing was tried; a request that could not leave was, and failed. */
  private get unsent(): RejectReason {
    return this.parts.switches.orderRoute === 'rest' ? 'other' : 'not-sent';
  }

  private whyNot(): string {
    const { link, barred } = this.parts;
    return link.ready ? barred() : 'the private socket is not ready';
  }

  private overBudget(order: ParadexOrder): void {
    this.parts.desk.refused(order, 'not-sent', 'our own request budget');
  }

  private unmovable(ordinal: number): void {
    const { inbox, time } = this.parts;
    const us = time.clock.nowUs();
    inbox.event(Object.freeze({ kind: 'amend-rejected', ordinal, reason: 'not-found', us }));
  }

  private dispatch(group: readonly Signed[]): void {
    const { link, rest, switches } = this.parts;
    const [first] = group;
    if (first === undefined) return;
    const single = group.length === 1;
    if (switches.orderRoute === 'rest') {
      const body = single ? first.request : group.map(({ request }) => request);
      const path = single ? PATHS.orders : PATHS.ordersBatch;
      rest.call({ method: 'POST', path, body, scope: 'orders' }, (reply) => {
        const answer = fromRest(reply);
        if (single) this.answered(first.order, answer);
        else this.batchAnswered(group, answer);
      });
    } else if (single) {
      link.rpc.call('order.create', first.request, (reply) => this.answered(first.order, reply));
    } else {
      const orders = group.map(({ request }) => request);
      const params = switches.batchParams === 'array' ? orders : { orders };
      link.rpc.call('order.create_batch', params, (reply) => this.batchAnswered(group, reply));
    }
  }

  private answered(order: ParadexOrder, reply: RpcReply): void {
    if (reply.kind === 'result') {
      const { result } = reply;
      this.taken(order, isRecord(result) && 'order' in result ? result['order'] : result);
    } else this.notTaken(order, reply);
  }

  /** `results` (socket) or `orders` and `errors` (REST), in the order of the request. */
  private batchAnswered(group: readonly Signed[], reply: RpcReply): void {
    if (reply.kind !== 'result') {
      for (const { order } of group) this.notTaken(order, reply);
      return;
    }
    const items = batchItems(reply.result);
    group.forEach(({ order }, i) => {
      const item = items[i];
      if (item === undefined) this.parts.desk.placeLost(order);
      else if (isRecord(item['error'])) this.failed(order, restFailure(400, item['error']));
      else this.taken(order, item['order']);
    });
  }

  private taken(order: ParadexOrder, value: unknown): void {
    const word = orderWord(value);
    if (word === null || word.clientId !== order.clientId) this.parts.desk.placeLost(order);
    else this.parts.desk.taken(order, word);
  }

  private notTaken(order: ParadexOrder, reply: Exclude<RpcReply, { kind: 'result' }>): void {
    const { desk } = this.parts;
    if (reply.kind === 'lost') desk.placeLost(order);
    else if (reply.kind === 'unsent') desk.refused(order, this.unsent, `not sent: ${reply.detail}`);
    else this.failed(order, failureOf(reply));
  }

  private failed(order: ParadexOrder, failure: Failure): void {
    const { desk } = this.parts;
    if (failure.kind === 'unknown') desk.placeLost(order);
    else desk.refused(order, failure.reason, failure.detail);
    this.trouble(failure);
  }

  private amendAnswered(order: ParadexOrder, reply: RpcReply): void {
    const { desk } = this.parts;
    if (reply.kind === 'result') desk.expect(order);
    else if (reply.kind === 'lost') desk.amendLost(order);
    else if (reply.kind === 'unsent') desk.amendRefused(order, this.unsent);
    else {
      const failure = failureOf(reply);
      if (failure.kind === 'unknown') desk.amendLost(order);
      else desk.amendRefused(order, failure.kind === 'not-found' ? 'not-found' : failure.reason);
      this.trouble(failure);
    }
  }

  private trouble(failure: Failure): void {
    const { budgets, time, onTrouble } = this.parts;
    if (failure.kind === 'rate-limit') budgets.orders.drain(time.clock.nowUs());
    if (failure.kind !== 'rejected' && failure.kind !== 'not-found') onTrouble(failure);
  }

  private request(order: ParadexOrder, command: PlaceCommand): OrderRequest {
    const { switches } = this.parts;
    const toSign = this.toSign('create', order, command.ticks, command.lots);
    return {
      ...{ market: toSign.market, side: toSign.side, type: 'LIMIT', size: toSign.size },
      price: toSign.price,
      instruction: order.ioc ? 'IOC' : switches.instruction,
      signature: this.parts.signer.signOrder(toSign),
      signature_timestamp: toSign.timestampMs,
      client_id: order.clientId,
      stp: switches.stp,
      recv_window: switches.recvWindowMs,
      ...(order.reduceOnly ? { flags: ['REDUCE_ONLY'] } : {}),
    };
  }

  private modifyRequest(order: ParadexOrder, ticks: Ticks, lots: Lots): ModifyRequest {
    const { signer } = this.parts;
    const toSign = this.toSign('modify', order, ticks, lots);
    const { market, side, size, price, timestampMs } = toSign;
    const id = order.venueId;
    return {
      ...{ id, market, side, type: 'LIMIT', size, price },
      signature: signer.signModify(toSign, id),
      signature_timestamp: timestampMs,
    };
  }

  private toSign(act: OrderAct, order: ParadexOrder, ticks: Ticks, lots: Lots): SignableOrder {
    const { instrument, market, stamps } = this.parts;
    const side = order.side === BID ? 'BUY' : 'SELL';
    const size = instrument.formatSize(lots);
    return {
      timestampMs: stamps.next(act, side, size),
      ...{ market, side, type: 'LIMIT', size },
      price: instrument.formatPrice(ticks),
    };
  }
}

type Item = Readonly<Record<string, unknown>>;

function batchItems(result: unknown): readonly Item[] {
  const results = listOf(result);
  if (results !== null) return results;
  if (!isRecord(result) || !Array.isArray(result['orders'])) return [];
  const errors = Array.isArray(result['errors']) ? (result['errors'] as unknown[]) : [];
  return (result['orders'] as unknown[]).map((order, i) => {
    const error = errors[i];
    return isRecord(error) && textOf(error, 'error') !== '' ? { error } : { order };
  });
}

/** The same forms for both ways. A refusal of REST keeps its HTTP status as the code. */
function fromRest(reply: RestReply): RpcReply {
  if (reply.kind === 'ok') return { kind: 'result', result: reply.json };
  if (reply.kind === 'unsent') return { kind: 'unsent', detail: reply.detail };
  if (reply.kind === 'unknown') return { kind: 'lost', detail: reply.detail };
  return { kind: 'error', code: reply.status, message: reply.message, data: reply.code };
}

/** HTTP statuses lie below 1000, and the one JSON-RPC code of that range is 100. */
function failureOf(reply: Extract<RpcReply, { kind: 'error' }>): Failure {
  const { code, message, data } = reply;
  return code >= 400 && code < 600
    ? restFailure(code, { error: data, message })
    : rpcFailure(code, message, data);
}
