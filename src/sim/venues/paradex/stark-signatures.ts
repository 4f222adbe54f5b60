// Real signature verification for the simulated Paradex, and the address that belongs to a main key (the account classes
// of testnet, which `GET /system/config` tells). Nonsense is a signature that does not hold, never an exception.
import { hashArray } from '#clients/paradex/sign/hash';
import {
  verifyAuth,
  verifyModify,
  verifyOnboarding,
  verifyOrder,
} from '#clients/paradex/sign/verify';
import type { SignatureChecks } from './signatures.js';

export const CHAIN_ID = 'PRIVATE_SN_POTC_SEPOLIA';
export const PROXY_CLASS = '0x3530cc4759d78042f1b543bf797f5f3d647cde0388c33734cf91b7f7b9314a9';
export const ACCOUNT_CLASS = '0x41cb0280ebadaa75f996d8d92c6f265f6d040bb3ba442e5f86a554f1765244e';
const INITIALIZE = 0x79dc0da7c54b95f10aa182ad0a46400db63156920adb65eca2654c0945a463n;
/** The short string STARKNET_CONTRACT_ADDRESS. */
const PREFIX = BigInt(`0x${Buffer.from('STARKNET_CONTRACT_ADDRESS', 'ascii').toString('hex')}`);
const ADDRESSES = (1n << 251n) - 256n;

/** Address of the account of a main key, hex; '' when it is no key. */
export function addressOfKey(publicKey: string): string {
  if (!/^0x[0-9a-fA-F]{1,64}$/.test(publicKey)) return '';
  const key = BigInt(publicKey);
  if (key >= 1n << 251n) return '';
  const calldata = hashArray([BigInt(ACCOUNT_CLASS), INITIALIZE, 2n, key, 0n]);
  const address = hashArray([PREFIX, 0n, key, BigInt(PROXY_CLASS), calldata]) % ADDRESSES;
  return `0x${address.toString(16)}`;
}

const chainId = CHAIN_ID;
export const STARK_CHECKS: SignatureChecks = Object.freeze<SignatureChecks>({
  addressOf: addressOfKey,
  auth: (key, timestampS, expirationS, signature) =>
    verifyAuth({ ...key, chainId }, timestampS, expirationS, signature),
  onboarding: (key, signature) => verifyOnboarding({ ...key, chainId }, signature),
  order: (key, order, signature) => verifyOrder({ ...key, chainId }, order, signature),
  modify: (key, order, id, signature) => verifyModify({ ...key, chainId }, order, id, signature),
});
