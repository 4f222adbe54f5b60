// The signer as the client sees it: text in, text out, prehashing, the choice of implementation, and what is refused.
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { inspect } from 'node:util';
import { privateKeyFromEthereum, privateKeyFromSignature, publicKeyFromPrivate, accountAddress } from '#clients/paradex/keys'; // prettier-ignore
import { fastSigner, makeSigner, verifyAuth, verifyModify, verifyOrder, type SignableOrder } from '#clients/paradex/sign'; // prettier-ignore
import { selfTest } from '#clients/paradex/sign/fast';
import {
  feltFromHex,
  orderId,
  quantums,
  shortString,
  wholeNumber,
} from '#clients/paradex/sign/felt';
import { fromWire, toWire } from '#clients/paradex/sign/signature';

const OPTIONS = {
  privateKey: '0x543b6cf6c91817a87174aaea4fb370ac1c694e864d7740d728f8344d53e815',
  account: '0x129c135ed63df9353885e292be4426b8ed6122b13c6c0e1bb787288a1f5adfa',
  chainId: 'PRIVATE_SN_POTC_SEPOLIA',
};
const ORDER: SignableOrder = {
  timestampMs: 1_763_683_200_000,
  market: 'BTC-USD-PERP',
  side: 'SELL',
  type: 'LIMIT',
  size: '0.5',
  price: '91234.5',
};

describe('text to felts', () => {
  test.each([
    ['0.01', 1_000_000n],
    ['91234.5', 9_123_450_000_000n],
    ['1', 100_000_000n],
    ['1.', 100_000_000n],
    ['007.10', 710_000_000n],
    ['0.000000019', 1n], // cut off, not rounded
    ['0.000000009', 0n],
    ['123456789012345678901234567890.12345678', 12345678901234567890123456789012345678n],
    ['0.29', 29_000_000n], // 0.29 * 1e8 is 28999999.999999996 in floats
    ['1.1', 110_000_000n],
  ])('%s is %s quantums', (text, expected) => expect(quantums(text)).toBe(expected));

  test.each(['', '-1', '+1', '1e3', ' 1', '1,5', '.5', '1.2.3', 'NaN', '0x10', '١'])(
    'no amount: "%s"',
    (text) => expect(() => quantums(text)).toThrow(RangeError),
  );

  test('any amount, to the last of its digits', () => {
    const digits = (most: number): fc.Arbitrary<string> =>
      fc.array(fc.nat(9), { minLength: 1, maxLength: most }).map((all) => all.join(''));
    fc.assert(
      fc.property(digits(24), fc.option(digits(12), { nil: null }), (whole, fraction) => {
        const text = fraction === null ? whole : `${whole}.${fraction}`;
        const eight = (fraction ?? '').padEnd(8, '0').slice(0, 8);
        expect(quantums(text)).toBe(BigInt(whole) * 100_000_000n + BigInt(eight));
      }),
    );
    expect(quantums('90071992.54740991')).toBe(9_007_199_254_740_991n);
    expect(quantums('90071992.54740993')).toBe(9_007_199_254_740_993n); // no double
  });

  test('short strings', () => {
    expect(shortString('')).toBe(0n);
    expect(shortString('AB')).toBe(0x4142n);
    expect(shortString('x'.repeat(31))).toBeLessThan(1n << 248n);
    expect(() => shortString('x'.repeat(32))).toThrow('more than 31');
    expect(() => shortString('é')).toThrow('not ASCII');
  });

  test('hex numbers never appear in the complaint', () => {
    expect(feltFromHex('0xAb', 'x')).toBe(171n);
    for (const bad of [
      '',
      '0x',
      'abcdef',
      '0xsecret',
      `0x${'f'.repeat(64)}`,
      `0x${'1'.repeat(65)}`,
    ]) {
      expect(() => feltFromHex(bad, 'the private key')).toThrow(/^the private key /);
      const said = message(() => feltFromHex(bad, 'the private key'));
      if (bad.length > 2) expect(said).not.toContain(bad.slice(2));
    }
  });

  test('whole numbers and order ids', () => {
    expect(wholeNumber(5, 'x')).toBe(5n);
    for (const bad of [-1, 1.5, NaN, 2 ** 53]) expect(() => wholeNumber(bad, 'x')).toThrow('x is');
    expect(orderId('1234567890123456789012345678')).toBe(1234567890123456789012345678n);
    for (const bad of ['', '-1', 'abc', '1.0']) expect(() => orderId(bad)).toThrow('no order id');
  });

  test('the wire form', () => {
    expect(toWire({ r: 1n, s: 2n })).toBe('["1","2"]');
    expect(fromWire('["1","2"]')).toEqual({ r: 1n, s: 2n });
    expect(fromWire(' [ "1" , "2" ] ')).toEqual({ r: 1n, s: 2n });
    for (const bad of [
      '',
      '[]',
      '["1"]',
      '[1,2]',
      '["1","2","3"]',
      '["-1","2"]',
      '["0x1","2"]',
      `["${'9'.repeat(81)}","1"]`,
    ])
      // prettier-ignore
      expect(fromWire(bad)).toBeNull();
  });
});

const message = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

describe('the fast signer', () => {
  const signer = fastSigner(OPTIONS);
  const who = { ...OPTIONS, publicKey: signer.publicKey };

  test('prehashing changes no signature', () => {
    const plain = fastSigner(OPTIONS);
    const orders = ['1', '2.5', '91234.5'].map((price) => ({ ...ORDER, price }));
    const { price: _, ...unpriced } = ORDER;
    for (const act of ['create', 'modify'] as const) {
      for (const order of orders) {
        signer.prehash(act, unpriced);
        expect(signer.signOrder(order)).toBe(plain.signOrder(order));
        signer.prehash(act, unpriced);
        expect(signer.signModify(order, '7')).toBe(plain.signModify(order, '7'));
      }
    }
    signer.prehash('create', unpriced);
    for (const change of [{ size: '0.6' }, { timestampMs: 5 }, { side: 'BUY' as const }, { market: 'ETH-USD-PERP' }, { type: 'MARKET' }]) // prettier-ignore
      expect(signer.signOrder({ ...ORDER, ...change })).toBe(plain.signOrder({ ...ORDER, ...change })); // prettier-ignore
    expect(signer.signModify(ORDER, '7')).toBe(plain.signModify(ORDER, '7'));
    for (let i = 0; i < 200; i++) signer.prehash('create', { ...unpriced, timestampMs: i }); // bounded
    expect(signer.signOrder({ ...ORDER, timestampMs: 199 })).toBe(plain.signOrder({ ...ORDER, timestampMs: 199 })); // prettier-ignore
  });

  test('a market order signs price 0 whatever it says', () => {
    const market = { ...ORDER, type: 'MARKET' };
    expect(signer.signOrder(market)).toBe(signer.signOrder({ ...market, price: '0' }));
    expect(signer.signOrder({ ...ORDER, price: '0' })).not.toBe(signer.signOrder(ORDER));
  });

  test('equal numbers sign alike, however they are written', () => {
    expect(signer.signOrder({ ...ORDER, size: '0.50', price: '91234.500' })).toBe(signer.signOrder(ORDER)); // prettier-ignore
  });

  test.each([
    ['side', { side: 'HOLD' as 'BUY' }],
    ['size', { size: '-1' }],
    ['price', { price: '1e5' }],
    ['market', { market: 'x'.repeat(32) }],
    ['timestamp', { timestampMs: 1.5 }],
  ])('refuses an order with a bad %s, and its verifier says no', (_name, change) => {
    const bad = { ...ORDER, ...change };
    expect(() => signer.signOrder(bad)).toThrow(RangeError);
    expect(verifyOrder(who, bad, signer.signOrder(ORDER))).toBe(false);
  });

  test('verifiers answer no to garbage', () => {
    expect(verifyOrder(who, ORDER, 'garbage')).toBe(false);
    expect(verifyOrder({ ...who, publicKey: 'garbage' }, ORDER, signer.signOrder(ORDER))).toBe(
      false,
    );
    expect(verifyOrder({ ...who, account: 'garbage' }, ORDER, signer.signOrder(ORDER))).toBe(false);
    expect(verifyModify(who, ORDER, 'garbage', signer.signModify(ORDER, '1'))).toBe(false);
    expect(verifyAuth(who, NaN, 1, signer.signAuth(1, 2))).toBe(false);
    expect(verifyAuth(who, 1, 2, signer.signAuth(1, 2))).toBe(true);
  });

  test('keeps its key to itself', () => {
    const secret = OPTIONS.privateKey.slice(2);
    const digits = BigInt(OPTIONS.privateKey).toString();
    for (const shown of [
      inspect(signer, { depth: 9, showHidden: true }),
      JSON.stringify(signer),
      String(signer),
    ]) {
      // prettier-ignore
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain(digits);
    }
  });

  test.each(['0x0', '0x', 'nonsense', `0x${'f'.repeat(63)}`])(
    'refuses the key %s',
    (privateKey) => {
      expect(() => fastSigner({ ...OPTIONS, privateKey })).toThrow(RangeError);
    },
  );
});

describe('the choice of signer', () => {
  afterEach(() => {
    vi.doUnmock('../../../clients/paradex/sign/hash.js');
    vi.doUnmock('../../../clients/paradex/sign/ecdsa.js');
    vi.resetModules();
  });

  test('fast by default, without a warning', async () => {
    const warn = vi.fn();
    expect(selfTest()).toBeNull();
    expect((await makeSigner({ kind: 'fast', ...OPTIONS }, warn)).kind).toBe('fast');
    expect(warn).not.toHaveBeenCalled();
  });

  test.each([
    ['hash', 'signs wrongly', { chain: () => 1n, hashArray: () => 1n, pedersen: () => 1n }],
    ['ecdsa', 'wrong public key', { publicKeyOf: () => 1n }],
    ['ecdsa', 'refuses a good signature', { verify: () => false }],
    ['ecdsa', 'accepts a bad signature', { verify: () => true }],
    ['ecdsa', 'no such engine', { sign: () => { throw new Error('no such engine'); } }], // prettier-ignore
  ])('the other one when %s.ts is broken: %s', async (file, complaint, broken) => {
    vi.resetModules();
    vi.doMock(`../../../clients/paradex/sign/${file}.js`, async (original) => ({
      ...(await original<object>()),
      ...broken,
    }));
    const fresh = await import('#clients/paradex/sign');
    const warnings: string[] = [];
    const signer = await fresh.makeSigner({ kind: 'fast', ...OPTIONS }, (w) => warnings.push(w));
    expect(signer.kind).toBe('starknet');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(complaint);
    expect(() => fresh.fastSigner(OPTIONS)).toThrow(fresh.SelfTestFailed);
    signer.prehash('create', ORDER);
    expect(signer.signOrder(ORDER)).toBe(fastSigner(OPTIONS).signOrder(ORDER));
  });

  test('a bad key is no reason to change the signer', async () => {
    const warn = vi.fn();
    await expect(makeSigner({ kind: 'fast', ...OPTIONS, privateKey: '0x0' }, warn)).rejects.toThrow(RangeError); // prettier-ignore
    expect(warn).not.toHaveBeenCalled();
  });

  test('the starknet signer refuses what the fast one refuses', async () => {
    const signer = await makeSigner({ kind: 'starknet', ...OPTIONS });
    expect(() => signer.signOrder({ ...ORDER, size: '1e5' })).toThrow(RangeError);
    await expect(makeSigner({ kind: 'starknet', ...OPTIONS, privateKey: '0x0' })).rejects.toThrow(RangeError); // prettier-ignore
  });
});

describe('keys', () => {
  test('refuse what is none, without repeating it', async () => {
    const bad = `0x${'5ec3e7'.repeat(10)}`;
    expect(() => privateKeyFromSignature(bad)).toThrow('130 hex digits');
    await expect(privateKeyFromEthereum(bad, '1')).rejects.toThrow('64 hex digits');
    await expect(privateKeyFromEthereum(`0x${'0'.repeat(64)}`, '1')).rejects.toThrow(RangeError);
    const beyond = `0x${'f'.repeat(64)}`;
    await expect(privateKeyFromEthereum(beyond, '1')).rejects.not.toThrow('ffff');
    expect(() => publicKeyFromPrivate('0x0')).toThrow(RangeError);
    expect(() => accountAddress('garbage', { proxyHash: '0x1', accountHash: '0x2' })).toThrow('the public key'); // prettier-ignore
    expect(() => accountAddress('0x1', { proxyHash: 'x', accountHash: '0x2' })).toThrow('the proxy class hash'); // prettier-ignore
  });
});
