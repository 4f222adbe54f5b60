// The address of a Paradex account: a Starknet contract address, worked out from the public key and the class hashes that
// the venue's system config names. The venue's own answer (`GET /onboarding`) is what counts; this is the check on it.
import { feltFromHex, hexOf, shortString } from './felt.js';
import { hashArray } from './hash.js';

/** selector("initialize") of the account contract. */
const INITIALIZE = 0x79dc0da7c54b95f10aa182ad0a46400db63156920adb65eca2654c0945a463n;
const ADDRESS_BOUND = (1n << 251n) - 256n;

/** From the venue's system config: they belong to the time when an account was created. */
export interface AccountClasses {
  /** `paraclear_account_proxy_hash`, hex. */
  readonly proxyHash: string;
  /** `paraclear_account_hash`, hex. */
  readonly accountHash: string;
}

/**
 * The address of the account that a main key creates: a Starknet contract address behind a proxy. Not for subkeys: they
 * trade for the main key's address. Accounts made under older classes have other addresses, so ask the venue
 * (`GET /onboarding`) and refuse a difference.
 */
export function accountAddress(publicKey: string, classes: AccountClasses): string {
  const salt = feltFromHex(publicKey, 'the public key');
  const proxy = feltFromHex(classes.proxyHash, 'the proxy class hash');
  const account = feltFromHex(classes.accountHash, 'the account class hash');
  const calldata = hashArray([account, INITIALIZE, 2n, salt, 0n]);
  const name = shortString('STARKNET_CONTRACT_ADDRESS');
  return hexOf(hashArray([name, 0n, salt, proxy, calldata]) % ADDRESS_BOUND);
}
