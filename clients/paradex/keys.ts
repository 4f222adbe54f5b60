// Keys of Paradex (venues/paradex.md section 2): the STARK key of an Ethereum key, its public key, the account address
// (sign/address.ts, because the simulated venue derives it too). Keys are hex strings with 0x; they go in and out only as
// arguments and results, never into an error.
import { createHash } from 'node:crypto';
import { STARK_ORDER } from './sign/curve.js';
import { publicKeyOf } from './sign/ecdsa.js';
import { feltFromHex, hexOf } from './sign/felt.js';

export { accountAddress, type AccountClasses } from './sign/address.js';

/**
 * The STARK private key that Paradex derives from a signature of its key message: r, kept at 32 bytes even when it
 * begins with zeros (paradex-py drops them and so finds another key for one wallet in 256; the web app, in JavaScript,
 * does not), hashed with a counter until the result is unbiased modulo the order of the curve.
 *
 * @param signature 65 bytes as hex with 0x: r, s, v.
 * @throws RangeError when it is not 65 bytes of hex.
 */
export function privateKeyFromSignature(signature: string): string {
  if (!/^0x[0-9a-f]{130}$/i.test(signature)) {
    throw new RangeError('an Ethereum signature is 0x and 130 hex digits');
  }
  const r = Buffer.from(signature.slice(2, 66), 'hex');
  const span = 1n << 256n;
  const limit = span - (span % STARK_ORDER);
  for (let i = 0; i < 256; i++) {
    const digest = createHash('sha256').update(r).update(Buffer.of(i)).digest('hex');
    const key = BigInt(`0x${digest}`);
    if (key < limit) return hexOf(key % STARK_ORDER);
  }
  throw new RangeError('no STARK key found for this signature'); // 256 hashes at 1 in 32
}

/**
 * The STARK private key of an Ethereum key: signs the EIP-712 key message ("STARK Key") as the web app has the wallet
 * do. Loads ethers.
 *
 * @param l1ChainId `l1_chain_id` of the venue's system config: "1" on mainnet, "11155111" on testnet.
 * @throws RangeError when the key is no Ethereum private key.
 */
export async function privateKeyFromEthereum(
  ethereumKey: string,
  l1ChainId: string,
): Promise<string> {
  if (!/^0x[0-9a-f]{64}$/i.test(ethereumKey)) {
    throw new RangeError('an Ethereum private key is 0x and 64 hex digits');
  }
  const { Wallet } = await import('ethers');
  let wallet;
  try {
    wallet = new Wallet(ethereumKey);
  } catch {
    throw new RangeError('no Ethereum private key: 0, or beyond the order of its curve');
  }
  const domain = { name: 'Paradex', version: '1', chainId: l1ChainId };
  const types = { Constant: [{ name: 'action', type: 'string' }] };
  return privateKeyFromSignature(
    await wallet.signTypedData(domain, types, { action: 'STARK Key' }),
  );
}

/** The public key, hex with 0x. Throws a RangeError for what is no private key. */
export const publicKeyFromPrivate = (privateKey: string): string =>
  hexOf(publicKeyOf(feltFromHex(privateKey, 'the private key')));
