// The seam to signature verification: what the face must be able to check about a key. Bound to clients/paradex/sign by
// the face; tests may bind another. Every check answers false for nonsense and never throws.

/** What an order signature covers; decimal strings as in the request. */
export interface SignedOrder {
  readonly timestampMs: number;
  readonly market: string;
  readonly side: 'BUY' | 'SELL';
  readonly type: string;
  readonly size: string;
  readonly price: string;
}

export interface SignatureChecks {
  /** Address of the account that belongs to a main key; '' when it is no key. */
  addressOf(publicKey: string): string;
  /** Times in unix seconds. */
  auth(key: Signer, timestampS: number, expirationS: number, signature: string): boolean;
  onboarding(key: Signer, signature: string): boolean;
  order(key: Signer, order: SignedOrder, signature: string): boolean;
  modify(key: Signer, order: SignedOrder, id: string, signature: string): boolean;
}

export interface Signer {
  readonly publicKey: string;
  readonly account: string;
}
