// Signing against the vectors of the venue's own code (test/golden/apex-signing.json) byte for byte, and against
// zksync-crypto for random seeds and orders. Campaign: MM_APEX_ORDERS=1000 MM_APEX_SEEDS=300 npx vitest run
// test/clients/apex/signing.test.ts
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compress,
  decompress,
  keyFromSeed,
  l2KeyOf,
  parseSeed,
  publicKeyHash,
} from '#clients/apex/sign/keys';
import { nonceScalar, signMusig, verifyMusig } from '#clients/apex/sign/musig';
import { feeBps, limitFee, orderMessage, slotAndNonce } from '#clients/apex/sign/order';
import type { OrderTerms } from '#clients/apex/sign/order';
import { packAmount, unpackAmount } from '#clients/apex/sign/pack';
import {
  encodeForm,
  loginFrame,
  sameSignature,
  signedHeaders,
  signRequest,
} from '#clients/apex/sign/request';
import { challenge, messageHash } from '#clients/apex/sign/rescue';
import { selfTest } from '#clients/apex/sign/self-test';
import { Zk } from '#clients/apex/sign/zk';
import { inThreadSigner } from '#clients/apex/signer';

interface OrderVector {
  readonly input: Readonly<Record<string, string>> & {
    readonly side: 'BUY' | 'SELL';
    readonly expiration: number;
    readonly reduceOnly?: boolean;
  };
  readonly derived: Readonly<Record<string, string>> & {
    readonly makerBps: number;
    readonly takerBps: number;
  };
  readonly messageHex: string;
  readonly rescueMsgHashLE: string;
  readonly detNonceScalarBE: string;
  readonly challengeScalarBE: string;
  readonly signature: string;
  readonly http: {
    readonly connectorNode: { readonly body: string; readonly apexSignature: string };
  };
}
interface Vectors {
  readonly hmac: {
    readonly credentials: {
      readonly key: string;
      readonly secret: string;
      readonly passphrase: string;
    };
    readonly timestampMs: number;
    readonly requests: readonly {
      method: string;
      pathWithQuery: string;
      body: string;
      message: string;
      apexSignature: string;
    }[];
    readonly wsLogin: { readonly apexSignature: string };
    readonly docsExample: {
      secret: string;
      timestampMs: number;
      method: string;
      path: string;
      apexSignature: string;
    };
  };
  readonly keys: readonly {
    seed: string;
    privateScalarBE: string;
    l2Key: string;
    pubKeyHash: string;
  }[];
  readonly orders: readonly OrderVector[];
  readonly packAmount: readonly { size: string; packedHex: string }[];
  readonly musig: readonly { messageHex: string; rescueMsgHashLE: string; signature: string }[];
}
const vectors = JSON.parse(
  readFileSync(new URL('../../golden/apex-signing.json', import.meta.url), 'utf8'),
) as Vectors;
const peer = createRequire(import.meta.url)('zksync-crypto') as {
  privateKeyFromSeed(seed: Uint8Array): Uint8Array;
  private_key_to_pubkey(key: Uint8Array): Uint8Array;
  sign_musig(key: Uint8Array, message: Uint8Array): Uint8Array;
  verify_musig(message: Uint8Array, signature: Uint8Array): boolean;
};
const ORDERS = Number(process.env['MM_APEX_ORDERS'] ?? '25');
const SEEDS = Number(process.env['MM_APEX_SEEDS'] ?? '8');

const zk = new Zk();
const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hex.replace(/^0x/, ''), 'hex'));
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
const hex32 = (value: bigint): string => value.toString(16).padStart(64, '0');
const seedOf = (index: number): Uint8Array => bytes(vectors.keys[index]?.seed ?? '');
const termsOf = ({ input }: OrderVector): OrderTerms => ({
  accountId: input['accountId'] ?? '',
  pairId: Number(input['pairId']),
  decimals: 18,
  makerBps: feeBps(input['makerFeeRate'] ?? ''),
  takerBps: feeBps(input['takerFeeRate'] ?? ''),
});
const orderOf = ({ input }: OrderVector) => ({
  ...{ clientId: input['clientId'] ?? '', side: input.side },
  ...{ size: input['size'] ?? '', price: input['price'] ?? '' },
});

describe('the vectors, byte for byte', () => {
  test('requests and the login of the private stream', () => {
    const { credentials, timestampMs, requests, wsLogin, docsExample } = vectors.hmac;
    for (const r of requests) {
      expect(signRequest(credentials.secret, timestampMs, r.method, r.pathWithQuery, r.body)).toBe(
        r.apexSignature,
      );
    }
    const frame = JSON.parse(
      loginFrame(credentials, timestampMs, ['ws_zk_accounts_v3', 'ws_notify_v1']),
    ) as { op: string; args: [string] };
    expect(frame.op).toBe('login');
    expect(JSON.parse(frame.args[0])).toEqual({
      ...{ type: 'login', topics: ['ws_zk_accounts_v3', 'ws_notify_v1'], httpMethod: 'GET' },
      ...{
        requestPath: '/ws/accounts',
        apiKey: credentials.key,
        passphrase: credentials.passphrase,
      },
      ...{ timestamp: timestampMs, signature: wsLogin.apexSignature },
    });
    const { secret, method, path } = docsExample;
    expect(signRequest(secret, docsExample.timestampMs, method, path, '')).toBe(
      docsExample.apexSignature,
    );
    const headers = signedHeaders(
      credentials,
      timestampMs,
      'POST',
      '/api/v3/delete-order',
      'id=744192949182529884',
    );
    expect(headers['APEX-SIGNATURE']).toBe(requests[2]?.apexSignature);
    expect(headers['Content-Type']).toBe('application/x-www-form-urlencoded');
    expect(JSON.stringify(headers)).not.toContain(credentials.secret);
  });

  test('keys from seeds', () => {
    for (const vector of vectors.keys) {
      const key = keyFromSeed(zk, bytes(vector.seed));
      expect(hex32(key.scalar)).toBe(vector.privateScalarBE);
      expect(l2KeyOf(key.point)).toBe(vector.l2Key);
      expect(publicKeyHash(zk, key.point)).toBe(vector.pubKeyHash);
      expect(decompress(zk, compress(key.point))).toEqual(key.point);
    }
    expect(parseSeed(vectors.keys[0]?.seed ?? '')).toEqual(seedOf(0));
    expect(parseSeed(vectors.keys[2]?.seed ?? '')).toBeNull(); // 32 bytes: no Omni key
    expect(parseSeed('z'.repeat(130))).toBeNull();
  });

  test('orders: every intermediate value, the signature, and the body as sent', () => {
    const key = keyFromSeed(zk, seedOf(0));
    for (const vector of vectors.orders) {
      const { derived, input } = vector;
      const terms = termsOf(vector);
      expect([terms.makerBps, terms.takerBps]).toEqual([derived.makerBps, derived.takerBps]);
      const { slotId, nonce } = slotAndNonce(input['clientId'] ?? '');
      expect([String(slotId), String(nonce)]).toEqual([derived['slotId'], derived['nonce']]);
      const message = orderMessage(orderOf(vector), terms);
      expect(hex(message)).toBe(vector.messageHex);
      const hash = messageHash(zk, message);
      expect(hex(hash)).toBe(vector.rescueMsgHashLE);
      const k = nonceScalar(key.scalar, hash);
      expect(hex32(k)).toBe(vector.detNonceScalarBE);
      const c = challenge(zk, key.point.x, zk.timesBase(k).x, hash);
      expect(hex32(c)).toBe(vector.challengeScalarBE);
      const signature = signMusig(zk, key, message);
      expect(signature).toBe(vector.signature);
      const { clientId, size, price, side } = orderOf(vector);
      const body = encodeForm({
        ...{ clientId, size, price, side, signature, reduceOnly: input.reduceOnly },
        limitFee: limitFee(price, size, input['takerFeeRate'] ?? ''),
        ...{
          expiration: input.expiration,
          symbol: input['symbol'],
          timeInForce: 'POST_ONLY',
          type: 'LIMIT',
        },
      });
      expect(body).toBe(vector.http.connectorNode.body);
      const { credentials, timestampMs } = vectors.hmac;
      const stamp = signRequest(credentials.secret, timestampMs, 'POST', '/api/v3/order', body);
      expect(stamp).toBe(vector.http.connectorNode.apexSignature);
    }
  });

  test('raw messages and packed sizes', () => {
    const key = keyFromSeed(zk, seedOf(0));
    for (const { messageHex, rescueMsgHashLE, signature } of vectors.musig) {
      expect(hex(messageHash(zk, bytes(messageHex)))).toBe(rescueMsgHashLE);
      expect(signMusig(zk, key, bytes(messageHex))).toBe(signature);
    }
    for (const { size, packedHex } of vectors.packAmount) {
      expect(packAmount(BigInt(size)).toString(16).padStart(10, '0')).toBe(packedHex);
    }
  });
});

describe('against zksync-crypto', () => {
  const digits = (least: number, most: number) => fc.integer({ min: least, max: most });
  const order = fc.record({
    clientId: fc.stringMatching(/^mm-[0-9A-Za-z]{1,12}-\d{1,9}$/),
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    size: digits(1, 50_000_000).map((n) => (n / 1_000).toFixed(3)),
    price: digits(1, 2_000_000_000).map((n) => (n / 100).toFixed(2)),
    accountId: fc.bigInt({ min: 1n, max: 1n << 62n }).map(String),
    pairId: digits(1, 60_000),
    makerBps: digits(0, 255),
    takerBps: digits(0, 255),
  });

  test(`${ORDERS} random orders: the same signature, and both accept it`, () => {
    const key = keyFromSeed(zk, seedOf(1));
    const theirs = peer.privateKeyFromSeed(seedOf(1));
    const check = fc.property(order, (o) => {
      const message = orderMessage(o, { ...o, decimals: 18 });
      const signature = signMusig(zk, key, message);
      const expected = peer.sign_musig(theirs, message);
      expect(`${l2KeyOf(key.point).slice(2)}${signature}`).toBe(hex(expected));
      expect(verifyMusig(zk, key.point, message, signature)).toBe(true);
      message[20] = (message[20] as number) ^ 1;
      expect(verifyMusig(zk, key.point, message, signature)).toBe(false);
    });
    fc.assert(check, { numRuns: ORDERS });
  }, 600_000);

  test(`${SEEDS} random seeds: the same key and signature`, () => {
    const seed = fc.uint8Array({ minLength: 65, maxLength: 65 });
    const message = fc.uint8Array({ minLength: 0, maxLength: 92 });
    const check = fc.property(seed, message, (s, m) => {
      const key = keyFromSeed(zk, s);
      const theirs = peer.privateKeyFromSeed(s);
      expect(hex32(key.scalar)).toBe(hex(theirs));
      expect(hex(compress(key.point))).toBe(hex(peer.private_key_to_pubkey(theirs)));
      const expected = hex(peer.sign_musig(theirs, m)).slice(64);
      expect(signMusig(zk, key, m)).toBe(expected);
    });
    fc.assert(check, { numRuns: SEEDS });
  }, 600_000);

  test('a seed whose first hash is already below L: that hash is not taken', () => {
    const seed = new Uint8Array(65);
    const first = (): Uint8Array => createHash('sha256').update(seed).digest();
    while ((first()[0] as number) > 5) seed[0] = (seed[0] as number) + 1;
    expect(hex32(keyFromSeed(zk, seed).scalar)).toBe(hex(peer.privateKeyFromSeed(seed)));
    expect(hex32(keyFromSeed(zk, seed).scalar)).not.toBe(hex(first()));
  }, 600_000);
});

describe('packing', () => {
  test('never above the amount, within one part in 2^35 / 10, exact for ten significant digits', () => {
    const amount = fc.bigInt({ min: 0n, max: (1n << 35n) * 10n ** 28n });
    const check = fc.property(amount, (a) => {
      const back = unpackAmount(packAmount(a));
      expect(back <= a).toBe(true);
      expect((a - back) * ((1n << 35n) / 10n) <= a).toBe(true);
      expect(packAmount(a) >> 40n).toBe(0n);
    });
    fc.assert(check);
    const exact = fc.tuple(
      fc.integer({ min: 0, max: 9_999_999_999 }),
      fc.integer({ min: 0, max: 20 }),
    );
    fc.assert(
      fc.property(exact, ([mantissa, zeros]) => {
        const a = BigInt(`${mantissa}${'0'.repeat(zeros)}`);
        expect(unpackAmount(packAmount(a))).toBe(a);
      }),
    );
  });

  test('is monotone, and refuses what does not fit', () => {
    const pair = fc.tuple(fc.bigInt(0n, 10n ** 40n), fc.bigInt(0n, 10n ** 12n));
    const value = (a: bigint): bigint => unpackAmount(packAmount(a));
    fc.assert(fc.property(pair, ([a, more]) => value(a + more) >= value(a)));
    expect(() => packAmount(-1n)).toThrow(RangeError);
    expect(() => packAmount(1n << 200n)).toThrow(RangeError);
  });
});

describe('refusals', () => {
  const terms: OrderTerms = {
    accountId: '1',
    pairId: 50_001,
    decimals: 18,
    makerBps: 2,
    takerBps: 5,
  };
  const sound = { clientId: 'mm-a-1', side: 'BUY' as const, size: '0.010', price: '62028.6' };

  test('what cannot be signed throws instead of signing something else', () => {
    const bad = [
      { ...sound, clientId: '0xabc' },
      { ...sound, size: '-1' },
      { ...sound, size: '1e3' },
      { ...sound, price: '' },
      { ...sound, price: '9'.repeat(30) },
    ];
    for (const order of bad) expect(() => orderMessage(order, terms)).toThrow(RangeError);
    for (const makerBps of [256, -1, 2.5]) {
      expect(() => orderMessage(sound, { ...terms, makerBps })).toThrow(RangeError);
    }
    expect(() => feeBps('0.0256')).toThrow(RangeError);
    expect([feeBps('0.00025'), feeBps('0'), feeBps('0.0255'), feeBps('-0.0001')]).toEqual([
      3, 0, 255, 0,
    ]);
    expect(limitFee('62055.1', '0.123', '-0.0001')).toBe('0');
  });

  test('forms: sorted, falsy left out, nothing that would be escaped', () => {
    expect(encodeForm({ b: 1, a: 'x', c: undefined, d: false, e: true })).toBe('a=x&b=1&e=true');
    expect(() => encodeForm({ a: 'x y' })).toThrow(RangeError);
    expect(() => encodeForm({ a: 'BTC-USDT,ETH-USDT' })).toThrow(RangeError);
    expect([
      sameSignature('abc=', 'abc='),
      sameSignature('abc=', 'abd='),
      sameSignature('a', 'ab'),
    ]).toEqual([true, false, false]);
  });

  test('malformed signatures are false, never an error', () => {
    const key = keyFromSeed(zk, seedOf(0));
    const message = Uint8Array.of(1, 2, 3, 4);
    const good = signMusig(zk, key, message);
    expect(verifyMusig(zk, key.point, message, `0x${good.toUpperCase()}`)).toBe(true);
    const high =
      BigInt(`0x${hex(bytes(good).subarray(32).reverse())}`) +
      0x060c89ce5c263405370a08b6d0302b0bab3eedb83920ee0a677297dc392126f1n;
    const again = good.slice(0, 64) + hex(bytes(hex32(high)).reverse()); // s + L: the same point, another text
    for (const text of ['', 'zz', good.slice(2), 'f'.repeat(128), '0'.repeat(128), again]) {
      expect(verifyMusig(zk, key.point, message, text)).toBe(false);
    }
  });

  test('the self-test notices a wrong permutation', () => {
    expect(() => selfTest(zk)).not.toThrow();
    const broken = new Zk();
    broken.permute = (state) => zk.permute(state).map((x, i) => (i === 0 ? x ^ 1n : x));
    expect(() => selfTest(broken)).toThrow(/self-test/);
  });

  test('the signer answers with the signature, or with what is wrong and never the seed', () => {
    const signer = inThreadSigner(seedOf(0));
    expect(signer.l2Key).toBe(vectors.keys[0]?.l2Key);
    const vector = vectors.orders[0] as OrderVector;
    const answers: unknown[] = [];
    signer.sign(orderOf(vector), termsOf(vector), (answer) => answers.push(answer));
    signer.sign({ ...sound, size: 'x' }, terms, (answer) => answers.push(answer));
    expect(answers[0]).toEqual({ kind: 'signature', signature: vector.signature });
    expect(answers[1]).toMatchObject({ kind: 'failed' });
    expect(JSON.stringify([answers, signer])).not.toContain(vectors.keys[0]?.seed.slice(2, 40));
  });
});
