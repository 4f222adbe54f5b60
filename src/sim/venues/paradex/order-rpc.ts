// The order methods of the simulated Paradex's WebSocket: the calls of order-calls.ts with the results and errors of
// JSON-RPC. They share the rate counters of REST.
import type { Micros } from '#core/units';
import type { OrderWire } from '#clients/paradex/wire';
import type { ParadexAccount } from './account.js';
import type { OrderCalls } from './order-calls.js';
import { batchOf, bodyOf } from './order-entry.js';
import { invalid } from './refusal.js';
import type { RpcAnswer } from './socket.js';

export interface RpcContext {
  readonly calls: OrderCalls;
  readonly batchParams: 'object' | 'array' | 'both';
  readonly nowUs: Micros;
  readonly connection: number;
}

const created = (order: OrderWire): unknown => ({
  order,
  created_at: order.created_at,
  received_at: order.received_at,
});

/** Null: no such method. Throws Refusal. */
export function orderRpc(
  context: RpcContext,
  account: ParadexAccount,
  method: string,
  params: unknown,
): RpcAnswer | null {
  const { calls, connection } = context;
  switch (method) {
    case 'order.create': {
      const { result, act } = calls.create(account, bodyOf(params), connection);
      return { result: created(result), act };
    }
    case 'order.create_batch':
      return createBatch(context, account, params);
    case 'order.modify': {
      const body = bodyOf(params);
      const { result, act } = calls.modify(account, String(body['id'] ?? ''), body, connection);
      return { result: { order: result }, act };
    }
    case 'order.cancel':
      return cancel(context, account, params);
    case 'order.cancel_batch': {
      const ids = bodyOf(params)['order_ids'];
      if (!Array.isArray(ids)) throw invalid('order_ids is required');
      const { result, act } = calls.cancelBatch(account, ids.map(String), []);
      const results = result.map(({ id, market, status }) => ({ id, market, status }));
      return { result: { results }, act };
    }
    case 'order.cancel_all': {
      const market = params === null ? undefined : bodyOf(params)['market'];
      const { act } = calls.cancelAll(account, typeof market === 'string' ? market : null);
      return { result: { status: 'ok' }, act };
    }
    default:
      return null;
  }
}

function createBatch(context: RpcContext, account: ParadexAccount, params: unknown): RpcAnswer {
  const bodies = batchOf(params, context.batchParams);
  const { result, act } = context.calls.batch(account, bodies, context.connection);
  const results = result.orders.map((order, i) =>
    order !== null
      ? created(order)
      : { error: result.errors[i] ?? { error: 'VALIDATION_ERROR', message: 'batch was refused' } },
  );
  return { result: { results }, act };
}

function cancel({ calls }: RpcContext, account: ParadexAccount, params: unknown): RpcAnswer {
  const body = bodyOf(params);
  const { id, client_id: clientId } = body;
  if (typeof id !== 'string' && typeof clientId !== 'string') throw invalid('id is required');
  const order =
    typeof id === 'string' && id !== ''
      ? calls.openOrder(account, id)
      : calls.openByClientId(account, String(clientId));
  const { act } = calls.cancel(account, order);
  return { result: { order_id: order.facts.id, status: 'QUEUED_FOR_CANCELLATION' }, act };
}
