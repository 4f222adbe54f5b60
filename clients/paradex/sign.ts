// Signing for Paradex, and checking signatures: the door to the folder sign/. Pure given key and time; the same code
// serves the client and the simulated venue. It must never log or print what it is given.
import { fastSigner, SelfTestFailed } from './sign/fast.js';
import type { ParadexSigner, SignerOptions } from './sign/signer.js';
import { starknetSigner } from './sign/starknet.js';

export { fastSigner, SelfTestFailed } from './sign/fast.js';
export type { OrderAct, SignableOrder, UnpricedOrder } from './sign/message.js';
export type { ParadexSigner, SignerOptions } from './sign/signer.js';
export type { Signatory } from './sign/verify.js';
export { verifyAuth, verifyModify, verifyOnboarding, verifyOrder } from './sign/verify.js';

/** 'fast': our own; 'starknet': the starknet package. */
export type SignerKind = 'fast' | 'starknet';

/**
 * The signer asked for. When the fast one fails its self-test, `onWarning` gets one line and the slow one is used.
 * Throws a RangeError for a key, account or chain id that cannot be one.
 */
export async function makeSigner(
  options: SignerOptions & { readonly kind: SignerKind },
  onWarning?: (message: string) => void,
): Promise<ParadexSigner> {
  if (options.kind === 'starknet') return starknetSigner(options);
  try {
    return fastSigner(options);
  } catch (error) {
    if (!(error instanceof SelfTestFailed)) throw error;
    onWarning?.(
      `the fast Paradex signer failed its self-test (${error.message}): signing with the starknet ` +
        'package instead, which blocks for about 50 ms an order',
    );
    return starknetSigner(options);
  }
}
