// Every vector of test/golden/paradex-signing.json: type hashes, Pedersen pairs, domains, keys, addresses, hashes and
// signatures, by the fast signer and by the starknet package, each verifying the other.
import { readFileSync } from 'node:fs';
import { ec, hash as starknetHash, typedData } from 'starknet';
import { describe, expect, test } from 'vitest';
import { accountAddress, privateKeyFromEthereum, privateKeyFromSignature, publicKeyFromPrivate } from '#clients/paradex/keys'; // prettier-ignore
import { fastSigner, makeSigner, verifyAuth, verifyModify, verifyOnboarding, verifyOrder, type SignableOrder } from '#clients/paradex/sign'; // prettier-ignore
import { verify } from '#clients/paradex/sign/ecdsa';
import { hexOf, shortString } from '#clients/paradex/sign/felt';
import { chain, pedersen } from '#clients/paradex/sign/hash';
import { domainHash, Messages, TYPE_HASHES } from '#clients/paradex/sign/message';
import { fromWire } from '#clients/paradex/sign/signature';
import { orderFields, typedDataOf } from '#clients/paradex/sign/starknet';

interface Signed {
  readonly message_hash: string;
  readonly signature: { readonly r: string; readonly s: string; readonly wire: string };
}
interface OrderVector extends Signed {
  readonly label: string;
  readonly timestamp: number;
  readonly market: string;
  readonly side: 'BUY' | 'SELL';
  readonly type: string;
  readonly size: string;
  readonly price: string;
  readonly signed_message: Readonly<Record<string, string>>;
}
interface Account {
  readonly eth_signature: string;
  readonly l2_private_key: string;
  readonly l2_public_key: string;
  readonly account_address: string;
  readonly message_prefix: string;
  readonly onboarding: Signed;
  readonly auth: Signed & { readonly timestamp: number; readonly expiration: number };
  readonly orders: readonly OrderVector[];
  readonly modify: OrderVector & { readonly id?: string; readonly order_id?: string };
}
interface Environment {
  readonly l1_chain_id: string;
  readonly starknet_chain_id: string;
  readonly paraclear_account_proxy_hash: string;
  readonly paraclear_account_hash: string;
  readonly chain_id_felt: string;
  readonly domain_hash: string;
}
interface Vectors {
  readonly type_strings: Readonly<Record<string, { readonly encode: string; readonly type_hash: string }>>; // prettier-ignore
  readonly constants: Readonly<Record<string, string>>;
  readonly envs: Readonly<Record<string, Environment>>;
  readonly keys: readonly {
    readonly name: string;
    readonly eth_private_key: string;
    readonly envs: Readonly<Record<string, Account>>;
  }[];
  readonly pedersen: readonly { readonly a: string; readonly b: string; readonly hash: string }[];
  readonly order_type_prefix: Readonly<Record<'Order' | 'ModifyOrder', string>>;
  readonly key_derivation_leading_zero_r: {
    readonly l1_chain_id: string;
    readonly cases: readonly {
      readonly eth_private_key: string;
      readonly eth_signature: string;
      readonly l2_private_key_js: string;
    }[];
  };
}

const file = new URL('../../golden/paradex-signing.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
const accounts = vectors.keys.flatMap((key) =>
  Object.entries(key.envs).map(([env, account]) => ({
    name: `${key.name}, ${env}`,
    ethereumKey: key.eth_private_key,
    env: vectors.envs[env] as Environment,
    account,
  })),
);
const orderOf = (v: OrderVector): SignableOrder => ({ ...v, timestampMs: v.timestamp });
const idOf = (v: OrderVector): string => v.signed_message['id'] ?? '';

describe('constants', () => {
  test.each(Object.entries(vectors.type_strings))('type %s', (_name, { encode, type_hash }) => {
    const ours = TYPE_HASHES[encode as keyof typeof TYPE_HASHES];
    expect(hexOf(ours)).toBe(type_hash);
    const keccak = BigInt(starknetHash.keccakBn(`0x${Buffer.from(encode).toString('hex')}`));
    expect(ours).toBe(keccak & ((1n << 250n) - 1n));
  });

  test.each(vectors.pedersen)('pedersen($a, $b)', ({ a, b, hash }) => {
    expect(hexOf(pedersen(BigInt(a), BigInt(b)))).toBe(hash);
  });

  test('short strings and cached prefixes', () => {
    expect(hexOf(shortString('StarkNet Message'))).toBe(vectors.constants['prefix_short_string']);
    expect(hexOf(shortString('Paradex'))).toBe(vectors.constants['Paradex']);
    for (const name of ['Order', 'ModifyOrder'] as const) {
      const type = BigInt(vectors.type_strings[name]?.type_hash ?? 0);
      expect(hexOf(pedersen(0n, type))).toBe(vectors.order_type_prefix[name]);
    }
  });

  test.each(Object.entries(vectors.envs))('domain of %s', (_name, env) => {
    expect(hexOf(shortString(env.starknet_chain_id))).toBe(env.chain_id_felt);
    expect(hexOf(domainHash(env.starknet_chain_id))).toBe(env.domain_hash);
  });
});

describe.each(accounts)('$name', ({ ethereumKey, env, account }) => {
  const chainId = env.starknet_chain_id;
  const options = { privateKey: account.l2_private_key, account: account.account_address, chainId };
  const who = { publicKey: account.l2_public_key, account: account.account_address, chainId };
  const messages = new Messages(account.account_address, chainId);

  test('keys and address', async () => {
    expect(privateKeyFromSignature(account.eth_signature)).toBe(account.l2_private_key);
    expect(await privateKeyFromEthereum(ethereumKey, env.l1_chain_id)).toBe(account.l2_private_key);
    expect(publicKeyFromPrivate(account.l2_private_key)).toBe(account.l2_public_key);
    const classes = {
      proxyHash: env.paraclear_account_proxy_hash,
      accountHash: env.paraclear_account_hash,
    };
    expect(accountAddress(account.l2_public_key, classes)).toBe(account.account_address);
    const prefix = [shortString('StarkNet Message'), domainHash(chainId), BigInt(account.account_address)]; // prettier-ignore
    expect(hexOf(chain(0n, prefix))).toBe(account.message_prefix);
  });

  test('hashes', () => {
    const { auth, onboarding, orders, modify } = account;
    expect(hexOf(messages.onboarding())).toBe(onboarding.message_hash);
    expect(hexOf(messages.auth(auth.timestamp, auth.expiration))).toBe(auth.message_hash);
    for (const v of orders) expect(hexOf(messages.order(orderOf(v)))).toBe(v.message_hash);
    expect(hexOf(messages.modify(orderOf(modify), idOf(modify)))).toBe(modify.message_hash);
  });

  test('what is signed is what starknet.js would hash', () => {
    for (const v of account.orders) {
      expect(orderFields(orderOf(v))).toEqual(v.signed_message);
      const data = typedDataOf(env.chain_id_felt, 'Order', v.signed_message);
      expect(typedData.getMessageHash(data, account.account_address)).toBe(v.message_hash);
    }
  });

  test('both signers give the signatures of the vectors', async () => {
    const { auth, onboarding, orders, modify } = account;
    for (const kind of ['fast', 'starknet'] as const) {
      const signer = await makeSigner({ kind, ...options });
      expect(signer).toMatchObject({ kind, publicKey: account.l2_public_key, account: account.account_address }); // prettier-ignore
      expect(signer.signOnboarding()).toBe(onboarding.signature.wire);
      expect(signer.signAuth(auth.timestamp, auth.expiration)).toBe(auth.signature.wire);
      for (const v of orders) expect(signer.signOrder(orderOf(v))).toBe(v.signature.wire);
      expect(signer.signModify(orderOf(modify), idOf(modify))).toBe(modify.signature.wire);
    }
  });

  test('signatures verify both ways, and no altered one does', () => {
    const { auth, onboarding, orders, modify } = account;
    const key = ec.starkCurve.getPublicKey(account.l2_private_key.slice(2).padStart(64, '0'));
    for (const v of [onboarding, auth, ...orders, modify]) {
      const { r, s } = v.signature;
      const signature = new ec.starkCurve.Signature(BigInt(r), BigInt(s));
      expect(ec.starkCurve.verify(signature, v.message_hash, key)).toBe(true);
      const parts = fromWire(v.signature.wire) ?? { r: 0n, s: 0n };
      expect(verify(BigInt(account.l2_public_key), BigInt(v.message_hash), parts)).toBe(true);
      expect(verify(BigInt(account.l2_public_key), BigInt(v.message_hash) ^ 1n, parts)).toBe(false);
    }
    expect(verifyOnboarding(who, onboarding.signature.wire)).toBe(true);
    expect(verifyOnboarding(who, auth.signature.wire)).toBe(false);
    expect(verifyAuth(who, auth.timestamp, auth.expiration, auth.signature.wire)).toBe(true);
    expect(verifyAuth(who, auth.timestamp, auth.expiration + 1, auth.signature.wire)).toBe(false);
    expect(verifyModify(who, orderOf(modify), idOf(modify), modify.signature.wire)).toBe(true);
    expect(verifyModify(who, orderOf(modify), `${idOf(modify)}1`, modify.signature.wire)).toBe(false); // prettier-ignore
    for (const v of orders) {
      expect(verifyOrder(who, orderOf(v), v.signature.wire)).toBe(true);
      for (const change of [
        { size: '0.0317' },
        { timestampMs: 1 },
        { market: 'NONE-USD-PERP' },
        { type: 'STOP_LIMIT' },
        { side: v.side === 'BUY' ? 'SELL' : 'BUY' } as const,
      ])
        // prettier-ignore
        expect(verifyOrder(who, { ...orderOf(v), ...change }, v.signature.wire)).toBe(false);
      const stranger = { ...who, account: '0x1234' };
      expect(verifyOrder(stranger, orderOf(v), v.signature.wire)).toBe(false);
    }
  });

  test('a subkey signs for the main account', () => {
    const subkey = fastSigner({ ...options, privateKey: '0x1234567890abcdef' });
    const order = orderOf(account.orders[0] as OrderVector);
    const signature = subkey.signOrder(order);
    expect(subkey.account).toBe(account.account_address);
    expect(verifyOrder({ ...who, publicKey: subkey.publicKey }, order, signature)).toBe(true);
    expect(verifyOrder(who, order, signature)).toBe(false);
  });
});

test.each(vectors.key_derivation_leading_zero_r.cases)(
  'r with leading zeros, Ethereum key $eth_private_key',
  async ({ eth_private_key, eth_signature, l2_private_key_js }) => {
    expect(eth_signature.slice(2, 4)).toBe('00');
    expect(privateKeyFromSignature(eth_signature)).toBe(l2_private_key_js);
    const chain = vectors.key_derivation_leading_zero_r.l1_chain_id;
    expect(await privateKeyFromEthereum(eth_private_key, String(chain))).toBe(l2_private_key_js);
  },
);
