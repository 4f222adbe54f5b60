// The signer that trades: own hashes and ECDSA over the emitted WebAssembly field, about 0.2 ms an order. It tests
// itself once per process against a built-in vector before it signs anything; on a machine where that fails (an engine
// bug, a broken build) the caller takes the other signer.
import { publicKeyOf, sign, verify } from './ecdsa.js';
import { feltFromHex, hexOf } from './felt.js';
import { Messages, type OrderAct, type SignableOrder, type UnpricedOrder } from './message.js';
import type { ParadexSigner, SignerOptions } from './signer.js';
import { fromWire, toWire } from './signature.js';

class FastSigner implements ParadexSigner {
  readonly kind = 'fast';
  readonly publicKey: string;
  readonly account: string;
  readonly #privateKey: bigint;
  readonly #messages: Messages;

  constructor({ privateKey, account, chainId }: SignerOptions) {
    this.#privateKey = feltFromHex(privateKey, 'the private key');
    this.publicKey = hexOf(publicKeyOf(this.#privateKey));
    this.account = account;
    this.#messages = new Messages(account, chainId);
  }

  signOrder(order: SignableOrder): string {
    return this.#sign(this.#messages.order(order));
  }

  signModify(order: SignableOrder, id: string): string {
    return this.#sign(this.#messages.modify(order, id));
  }

  signAuth(timestampS: number, expirationS: number): string {
    return this.#sign(this.#messages.auth(timestampS, expirationS));
  }

  signOnboarding(): string {
    return this.#sign(this.#messages.onboarding());
  }

  prehash(act: OrderAct, order: UnpricedOrder): void {
    this.#messages.prehash(act, order);
  }

  #sign(hash: bigint): string {
    return toWire(sign(hash, this.#privateKey));
  }
}

/** A published test key (paradex-py's own) on testnet, with the signature that every library gives for its order. */
const VECTOR = {
  signer: {
    privateKey: '0x543b6cf6c91817a87174aaea4fb370ac1c694e864d7740d728f8344d53e815',
    account: '0x129c135ed63df9353885e292be4426b8ed6122b13c6c0e1bb787288a1f5adfa',
    chainId: 'PRIVATE_SN_POTC_SEPOLIA',
  },
  publicKey: '0x2c144d2f2d4fc61b6f8967f3ba0012a87d90140bcfe5a3e92e8df83258c960f',
  order: {
    timestampMs: 1_763_683_200_000,
    market: 'BTC-USD-PERP',
    side: 'BUY',
    type: 'LIMIT',
    size: '0.01',
    price: '91234.5',
  },
  hash: 0x43d4884e6d92dd5eba2cc70a5c54f52b93af504a36fdfe367e82b1c86037ac3n,
  signature:
    '["886463023105902009940612672405850098793218571700198511679026181822133418962",' +
    '"2443158637439916676859368664720940254329659922889222025430259646887478005342"]',
} as const;

/** What is wrong with this machine's fast signer; null when nothing is. Takes about 1 ms once the tables stand. */
export function selfTest(): string | null {
  try {
    const signer = new FastSigner(VECTOR.signer);
    if (signer.publicKey !== VECTOR.publicKey) return 'it derives a wrong public key';
    if (signer.signOrder(VECTOR.order) !== VECTOR.signature) return 'it signs wrongly';
    const [key, parts] = [BigInt(VECTOR.publicKey), fromWire(VECTOR.signature)];
    if (parts === null || !verify(key, VECTOR.hash, parts)) return 'it refuses a good signature';
    if (verify(key, VECTOR.hash ^ 1n, parts)) return 'it accepts a bad signature';
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'it threw something that is no error';
  }
}

/** The answer of this process, found once. */
let verdict: string | null | undefined;

/**
 * The fast signer, at once. The first call of a process builds tables and tests them (about 80 ms). Throws an Error
 * when the self-test fails, a RangeError for an impossible key, account or chain id.
 */
export function fastSigner(options: SignerOptions): ParadexSigner {
  verdict ??= selfTest();
  if (verdict !== null) throw new SelfTestFailed(verdict);
  return new FastSigner(options);
}

/** The fast signer cannot be trusted on this machine. */
export class SelfTestFailed extends Error {
  override readonly name = 'SelfTestFailed';
}
