// What nobody could confirm of ApeX Omni (section 9 of our notes on the venue), as switches: name, documented default,
// both meanings. Testnet settles each one. Never a place for preferences that belong to the strategy.

import type { SpanMicros } from '#core/units';
import { fromSeconds } from '#core/units';

export interface ApexSwitches {
  /** Unit of `expiration`: both official connectors send ms, ccxt and the documentation's text say seconds. */
  readonly expirationUnit: 'ms' | 's';
  /** How long an order may live, seconds. Short values are a second net under a dead bot; a day or more is cut to the hour. */
  readonly expirationS: number;
  /**
   * How late an order may still reach the venue, seconds. Until then one whose answer was lost and which the venue does not
   * know keeps its slot. 600 is the age at which a stamp was seen to be refused (20002); the venue states none.
   */
  readonly latestArrivalS: number;
  /** In front of the zk signature: nothing (Node connector) or 0x (Python). */
  readonly signaturePrefix: '' | '0x';
  /** `clientId` alone (both connectors) or also `clientOrderId` (the documentation's name). */
  readonly clientIdFields: 'clientId' | 'both';
  /** Signed bps and limitFee: from the account's rates, or the venue's standard 2 and 5 bp whatever the account says. */
  readonly signedFees: 'account' | 'standard';
  /** Several cancels in one request: not at all, as ids[0]=…&ids[1]=… (Node connector), or comma separated. */
  readonly batchCancel: 'off' | 'indexed' | 'comma';
  /** Sign of life: WebSocket pings every 2 s, or the venue's own ping frames every 2 s; those every 15 s always go. */
  readonly heartbeat: 'protocol' | 'application';
}

export const APEX_SWITCHES: ApexSwitches = Object.freeze({
  expirationUnit: 'ms',
  expirationS: 28 * 86_400,
  latestArrivalS: 60,
  signaturePrefix: '',
  clientIdFields: 'clientId',
  signedFees: 'account',
  batchCancel: 'off',
  heartbeat: 'protocol',
});

export const STANDARD_FEES = { maker: '0.0002', taker: '0.0005' } as const;
const HOUR_MS = 3_600_000;
const DAY_S = 86_400;

/** An order that would come to rest later than this after it was sent is refused, or has expired. */
export const latestArrival = ({ latestArrivalS, expirationS }: ApexSwitches): SpanMicros =>
  fromSeconds(Math.min(latestArrivalS, expirationS));

/** The `expiration` field of an order placed at `nowMs`. */
export function expirationOf(switches: ApexSwitches, nowMs: number): number {
  const end = nowMs + switches.expirationS * 1_000;
  const ms = switches.expirationS >= DAY_S ? end - (end % HOUR_MS) : end;
  return switches.expirationUnit === 'ms' ? ms : Math.floor(ms / 1_000);
}
