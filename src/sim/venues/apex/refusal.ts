// What the simulated ApeX says when it says no: {code, msg, key} on HTTP 200, and a few HTTP statuses. Values only.
import type { Micros } from '#core/units';
import type { FaceReply } from '../face.js';

export const JSON_TYPE = Object.freeze({ 'content-type': 'application/json;charset=UTF-8' });

/** Codes of the venue's documents and captures. */
export const CODE = Object.freeze({
  business: 3,
  parse: 400,
  key: 10_002,
  stamp: 20_002,
  signature: 20_006,
});

/** A refused call: nothing was executed. */
export class Refusal extends Error {
  constructor(
    readonly code: number,
    message: string,
    /** The venue's name of it, such as ORDER_NOT_FOUND; '' when it has none. */
    readonly key = '',
  ) {
    super(message);
    this.name = 'Refusal';
  }
}

/** HTTP 403: the address or the account is shut out. Nothing was executed. */
export class Banned extends Error {
  constructor() {
    super('too many requests: the address is banned for a while');
    this.name = 'Banned';
  }
}

/** A business refusal with a key. */
export const refuse = (key: string, message = key): Refusal =>
  new Refusal(CODE.business, message, key);

/** The text of a success. `timeCost` is in nanoseconds, as the venue has it. */
export const okBody = (data: unknown, startUs: Micros, nowUs: Micros): string =>
  JSON.stringify({ data, timeCost: Math.max(1, nowUs - startUs) * 1_000 });

export function refusalReply(refusal: Refusal, startUs: Micros, nowUs: Micros): FaceReply {
  const { code, message: msg, key } = refusal;
  const timeCost = Math.max(1, nowUs - startUs) * 1_000;
  const body = JSON.stringify({ code, msg, ...(key === '' ? {} : { key }), timeCost });
  return { status: 200, headers: JSON_TYPE, body };
}

export const httpReply = (status: number, text: string): FaceReply => ({
  status,
  headers: JSON_TYPE,
  body: JSON.stringify({ code: status, msg: text }),
});
