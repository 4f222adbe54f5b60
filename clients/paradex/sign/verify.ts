// The other end of the cable: what the simulated Paradex checks. Malformed input is a signature that does not hold,
// never an exception. About 0.2 ms an order.
import { verify } from './ecdsa.js';
import { feltFromHex } from './felt.js';
import { Messages, type SignableOrder } from './message.js';
import { fromWire } from './signature.js';

/** Who is supposed to have signed. With a subkey, `publicKey` is the subkey's and `account` the main account's. */
export interface Signatory {
  /** Hex with 0x. */
  readonly publicKey: string;
  /** Hex with 0x. */
  readonly account: string;
  readonly chainId: string;
}

const MOST_ACCOUNTS = 256;
const messagesOf = new Map<string, Messages>();

function messages({ account, chainId }: Signatory): Messages {
  const key = `${chainId} ${account}`;
  let found = messagesOf.get(key);
  if (found === undefined) {
    if (messagesOf.size >= MOST_ACCOUNTS) messagesOf.clear();
    messagesOf.set(key, (found = new Messages(account, chainId)));
  }
  return found;
}

function holds(who: Signatory, signature: string, hash: (of: Messages) => bigint): boolean {
  const parts = fromWire(signature);
  if (parts === null) return false;
  try {
    return verify(feltFromHex(who.publicKey, 'the public key'), hash(messages(who)), parts);
  } catch (error) {
    if (error instanceof RangeError) return false; // a field that nobody can have signed
    throw error;
  }
}

export const verifyOrder = (who: Signatory, order: SignableOrder, signature: string): boolean =>
  holds(who, signature, (of) => of.order(order));

export const verifyModify = (
  who: Signatory,
  order: SignableOrder,
  id: string,
  signature: string,
): boolean => holds(who, signature, (of) => of.modify(order, id));

/** `POST /v1/auth`; Unix seconds as in the headers. */
export const verifyAuth = (
  who: Signatory,
  timestampS: number,
  expirationS: number,
  signature: string,
): boolean => holds(who, signature, (of) => of.auth(timestampS, expirationS));

export const verifyOnboarding = (who: Signatory, signature: string): boolean =>
  holds(who, signature, (of) => of.onboarding());
