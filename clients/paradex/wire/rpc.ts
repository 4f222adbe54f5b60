// JSON-RPC 2.0 over Paradex's WebSocket, as on the wire. Types only.
import type { ErrorWire, OrderWire, WireInteger } from '../wire.js';

export type RpcMethod =
  | 'auth' | 'subscribe' | 'unsubscribe' | 'modify_subscription'
  | 'order.create' | 'order.create_batch' | 'order.modify' | 'order.cancel' | 'order.cancel_batch'
  | 'order.cancel_all' | 'order.cancel_on_disconnect'; // prettier-ignore
export interface RpcRequest {
  readonly jsonrpc: '2.0';
  readonly id: number;
  readonly method: RpcMethod;
  readonly params: unknown;
}
export interface RpcErrorWire {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}
export interface RpcPush {
  readonly jsonrpc: '2.0';
  readonly method: 'subscription';
  readonly params: { readonly channel: string; readonly data: unknown };
}
/** Result of `order.create`; `received_at` is in nanoseconds. */
export interface CreateResultWire {
  readonly order: OrderWire;
  readonly created_at: number;
  readonly received_at: WireInteger;
}
export interface CreateBatchResultWire {
  readonly results: readonly (CreateResultWire | { readonly error: ErrorWire })[];
}
export interface CancelQueuedWire {
  readonly order_id: string;
  readonly status: 'QUEUED_FOR_CANCELLATION';
}
