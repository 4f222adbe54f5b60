// What nobody could confirm of ApeX Omni (section 9 of our notes on the venue), as switches of the simulated venue: the
// documented default first. The client has switches of its own; tests cross the two. No behaviour here.

export interface ApexQuirks {
  /** How old a stamp may be, ms; one of the future passes. */
  readonly stampWindowMs: number;
  /** `ids` of a batch cancel: ids[0]=…&ids[1]=…, comma separated, or both forms. */
  readonly batchIds: 'indexed' | 'comma' | 'either';
  /** Unit of `expiration`; either: told apart by magnitude. */
  readonly expirationUnit: 'ms' | 's' | 'either';
  /** The fee rates within the signed order: the account's, the standard 2 and 5 bp, or one of the two. */
  readonly signedFees: 'account' | 'standard' | 'either';
  /** Most characters of a client id. */
  readonly clientIdLength: number;
  /** In front of a zk signature. */
  readonly signaturePrefix: '' | '0x' | 'either';
  /** `u` of a book snapshot: goes on, or begins at 1 as the documents say. */
  readonly snapshotU: 'continues' | 'one';
  /** Lists of a private frame without content: left out, null, or []. */
  readonly emptyLists: 'missing' | 'null' | 'empty';
  /** Whether an order ends at its expiration. */
  readonly expires: boolean;
  /** A socket is ended after so long without a ping or pong of the client, microseconds. */
  readonly silenceUs: number;
  /** How long an address or account that asked too much is shut out with 403, microseconds. */
  readonly banUs: number;
  /** Between two messages of a book topic, microseconds. */
  readonly bookEveryUs: number;
}

export const APEX_QUIRKS: ApexQuirks = Object.freeze({
  stampWindowMs: 600_000,
  batchIds: 'either',
  expirationUnit: 'either',
  signedFees: 'account',
  clientIdLength: 64,
  signaturePrefix: 'either',
  snapshotU: 'continues',
  emptyLists: 'missing',
  expires: true,
  silenceUs: 150_000_000,
  banUs: 60_000_000,
  bookEveryUs: 100_000,
});
