// Key derivation against the official @paradex/sdk, which lives in test/peers with a lock file of its own: STARK key and
// account address of random Ethereum keys, and of keys whose r begins with a zero byte. Skips where it is not installed.
import { existsSync } from 'node:fs';
import { Wallet } from 'ethers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  accountAddress,
  privateKeyFromEthereum,
  publicKeyFromPrivate,
} from '#clients/paradex/keys';

interface Sdk {
  deriveFromEthSigner(args: {
    readonly config: Readonly<Record<string, string>>;
    readonly signer: { signTypedData(data: TypedData): Promise<string> };
  }): Promise<{ readonly address: string; readonly privateKey: string }>;
}
interface TypedData {
  readonly domain: Record<string, string>;
  readonly types: Record<string, { name: string; type: string }[]>;
  readonly message: Record<string, string>;
}

const MODULE = new URL('../../peers/node_modules/@paradex/sdk/dist/account.js', import.meta.url);
const installed = existsSync(MODULE);
const KEYS = 500;
/** Ethereum keys whose signature of the key message begins with a zero byte, by chain. */
const LEADING_ZERO = {
  '1': [459n, 500n, 572n, 1002n, 1134n, 1439n, 1517n, 1705n],
  '11155111': [429n, 805n, 818n, 891n, 1740n, 1785n, 1791n, 2186n],
};
const CLASSES = {
  proxyHash: '0x3530cc4759d78042f1b543bf797f5f3d647cde0388c33734cf91b7f7b9314a9',
  accountHash: '0x41cb0280ebadaa75f996d8d92c6f265f6d040bb3ba442e5f86a554f1765244e',
};

async function compare(sdk: Sdk, key: bigint, chain: string): Promise<{ zeroByte: boolean }> {
  const ethereumKey = `0x${key.toString(16).padStart(64, '0')}`;
  const wallet = new Wallet(ethereumKey);
  let signature = '';
  const theirs = await sdk.deriveFromEthSigner({
    config: {
      ethereumChainId: chain,
      paraclearAccountHash: CLASSES.accountHash,
      paraclearAccountProxyHash: CLASSES.proxyHash,
    },
    signer: {
      signTypedData: async (data) =>
        (signature = await wallet.signTypedData(data.domain, data.types, data.message)),
    },
  });
  const ours = await privateKeyFromEthereum(ethereumKey, chain);
  expect(BigInt(ours)).toBe(BigInt(theirs.privateKey));
  expect(BigInt(accountAddress(publicKeyFromPrivate(ours), CLASSES))).toBe(BigInt(theirs.address));
  return { zeroByte: signature.startsWith('0x00') };
}

describe.skipIf(!installed)(
  `against @paradex/sdk${installed ? '' : ' (not installed: see test/peers/README.md)'}`,
  () => {
    test(`${KEYS} random Ethereum keys`, { timeout: 300_000 }, async () => {
      const sdk = (await import(MODULE.href)) as Sdk;
      let zeroBytes = 0;
      const key = fc.noBias(fc.bigInt({ min: 1n, max: (1n << 255n) - 1n }));
      await fc.assert(
        fc.asyncProperty(key, fc.constantFrom('1', '11155111'), async (k, chain) => {
          if ((await compare(sdk, k, chain)).zeroByte) zeroBytes += 1;
        }),
        { numRuns: KEYS },
      );
      console.log(`${zeroBytes} of ${KEYS} had an r with a leading zero byte`);
    });

    test.each(
      Object.entries(LEADING_ZERO).flatMap(([chain, keys]) => keys.map((k) => [chain, k] as const)),
    )('r with a leading zero byte, chain %s, key %s', async (chain, key) => {
      const sdk = (await import(MODULE.href)) as Sdk;
      expect((await compare(sdk, key, chain)).zeroByte).toBe(true);
    });
  },
);
