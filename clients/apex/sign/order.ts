// The 36 bytes of an order that are signed, and what goes into them: account, slot and nonce from the client id, pair,
// packed size, price, fee rates (venues/apex.md sections 3.2 and 3.3). Not covered: type, time in force, expiration,
// reduce-only. Pure; decimal strings stay exact.
import { createHash } from 'node:crypto';
import { scaled, unscaled } from './decimal.js';
import { PACKED_BYTES, packAmount } from './pack.js';

export const ORDER_BYTES = 36;
/** The moduli are 2^32 - 1 and 2^64 - 1, not powers of two. */
const U32 = 0xffff_ffffn;
const U64 = 0xffff_ffff_ffff_ffffn;
const LARGEST_PRICE = (1n << 120n) - 1n;
const PRICE_BYTES = 15;
const ORDER_TYPE = 0xfe;

/** What differs from order to order. */
export interface SignableOrder {
  /** Must not begin with 0x: the official connectors hash such ids differently. */
  readonly clientId: string;
  readonly side: 'BUY' | 'SELL';
  /** Decimal strings exactly as sent. */
  readonly size: string;
  readonly price: string;
}

/** What stays the same for one account on one market. */
export interface OrderTerms {
  /** `account.id`, the long decimal string (not zkAccountId). */
  readonly accountId: string;
  /** `l2PairId` of the contract. */
  readonly pairId: number;
  /** Decimals of the settle asset: 18 for USDT. */
  readonly decimals: number;
  /** Whole basis points, rounded up (feeBps). */
  readonly makerBps: number;
  readonly takerBps: number;
}

export interface SlotAndNonce {
  readonly slotId: bigint;
  readonly nonce: bigint;
}

/** Both come from SHA-256 of the client id; only their low 16 and 24 bits are signed. */
export function slotAndNonce(clientId: string): SlotAndNonce {
  const hash = BigInt(`0x${createHash('sha256').update(clientId, 'utf8').digest('hex')}`);
  return { slotId: (hash % U64) / U32, nonce: hash % U32 };
}

/** A fee rate such as "0.00025" in whole basis points, rounded up. Throws RangeError beyond 255, which would wrap. */
export function feeBps(rate: string): number {
  const bps = rate.startsWith('-') ? 0 : Number(scaled(rate, 4, 'up'));
  if (bps > 255) throw new RangeError(`a fee rate of ${rate} does not fit the signed order`);
  return bps;
}

/** The most that the order may cost in fees: price x size x taker rate, rounded up to 6 decimals. */
export function limitFee(price: string, size: string, takerRate: string): string {
  const rate = takerRate.startsWith('-') ? 0n : scaled(takerRate, 12, 'up');
  const product = scaled(price, 18, 'up') * scaled(size, 18, 'up') * rate;
  const unit = BigInt(`1${'0'.repeat(42)}`); // 18 + 18 + 12 places down to 6
  return unscaled((product + unit - 1n) / unit, 6);
}

function put(bytes: Uint8Array, offset: number, length: number, value: bigint): void {
  let rest = value;
  for (let i = offset + length - 1; i >= offset; i -= 1) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}

/** The 36 bytes. Throws RangeError for a size, price, fee or client id that cannot be signed. */
export function orderMessage(order: SignableOrder, terms: OrderTerms): Uint8Array {
  if (/^0x/i.test(order.clientId)) throw new RangeError('a client id must not begin with 0x');
  const price = scaled(order.price, terms.decimals, 'down');
  if (price > LARGEST_PRICE) throw new RangeError('a price too large to be signed');
  for (const bps of [terms.makerBps, terms.takerBps]) {
    if (!Number.isInteger(bps) || bps < 0 || bps > 255) throw new RangeError(`${bps} bp of fee`);
  }
  const { slotId, nonce } = slotAndNonce(order.clientId);
  const bytes = new Uint8Array(ORDER_BYTES);
  bytes[0] = ORDER_TYPE;
  put(bytes, 1, 4, BigInt(terms.accountId) % U32);
  put(bytes, 6, 2, slotId);
  put(bytes, 8, 3, nonce);
  bytes[11] = terms.pairId & 0xff;
  bytes[12] = order.side === 'BUY' ? 1 : 0;
  put(bytes, 13, PACKED_BYTES, packAmount(scaled(order.size, terms.decimals, 'down')));
  put(bytes, 18, PRICE_BYTES, price);
  bytes[33] = terms.makerBps;
  bytes[34] = terms.takerBps;
  return bytes;
}
