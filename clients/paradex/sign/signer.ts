// What a signer of Paradex can do, and what it needs. Two implementations stand behind it: fast.ts and starknet.ts.
import type { OrderAct, SignableOrder, UnpricedOrder } from './message.js';

export interface SignerOptions {
  /** STARK private key, hex with 0x: the main key of the account, or a subkey of it. Never printed. */
  readonly privateKey: string;
  /** Address of the main account, hex with 0x. A subkey signs for the main account's address. */
  readonly account: string;
  /** `starknet_chain_id` of the venue's system config, e.g. PRIVATE_SN_POTC_SEPOLIA. */
  readonly chainId: string;
}

/** Signatures in the wire form `["r","s"]`, decimal. Every method throws a RangeError for what cannot be signed. */
export interface ParadexSigner {
  readonly kind: 'fast' | 'starknet';
  /** Hex with 0x. */
  readonly publicKey: string;
  readonly account: string;
  signOrder(order: SignableOrder): string;
  /** `id`: the venue's order id. */
  signModify(order: SignableOrder, id: string): string;
  /** For `POST /v1/auth`; Unix seconds. */
  signAuth(timestampS: number, expirationS: number): string;
  signOnboarding(): string;
  /** Optional work in idle time: the next `signOrder` or `signModify` with these fields has less left to do. */
  prehash(act: OrderAct, order: UnpricedOrder): void;
}
