// How the simulated Paradex says no: one error for REST and JSON-RPC alike, and the bodies it becomes. Never thrown for
// something that may have been executed.
import type { FaceReply } from '../face.js';
import { jsonText } from '../json.js';

export class Refusal extends Error {
  constructor(
    readonly status: number,
    /** Empty for an expired token: the venue sends no code then. */
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}

export const invalid = (message: string): Refusal => new Refusal(400, 'VALIDATION_ERROR', message);

export const JSON_TYPE = Object.freeze({ 'content-type': 'application/json; charset=utf-8' });

export function refusalReply(refusal: Refusal): FaceReply {
  const { status, code, message } = refusal;
  const body = code === '' ? { message } : { error: code, message, data: null };
  return { status, headers: JSON_TYPE, body: jsonText(body) };
}

/** JSON-RPC code of a refusal: order methods have no finer one than 100. */
export function rpcCode(refusal: Refusal): number {
  if (refusal.status === 429) return 42901;
  if (refusal.status === 401) return 40111;
  if (refusal.status === 403) return 40300;
  if (refusal.code === 'BINDING_ERROR') return -32602;
  return refusal.status >= 500 ? -32603 : 100;
}
