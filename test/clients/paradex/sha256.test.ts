// Our SHA-256 and HMAC against those of Node, at every length that they take.
import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hmac, sha256 } from '#clients/paradex/sign/sha256';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

test('every length up to three blocks, and none above', () => {
  for (let length = 0; length <= 183; length += 1) {
    const input = Uint8Array.from({ length }, (_, i) => (i * 251 + length) & 0xff);
    expect(hex(sha256(input))).toBe(createHash('sha256').update(input).digest('hex'));
  }
  expect(() => sha256(new Uint8Array(184))).toThrow(RangeError);
});

test('HMAC of one and of several parts; earlier inputs leave no trace', () => {
  fc.assert(
    fc.property(
      bytes(32),
      bytes(32),
      bytes(1),
      fc.uint8Array({ maxLength: 86 }),
      (key, a, b, c) => {
        const expected = createHmac('sha256', key).update(a).update(b).update(c).digest('hex');
        expect(hex(hmac(key, a, b, c))).toBe(expected);
        expect(hex(hmac(key, a))).toBe(createHmac('sha256', key).update(a).digest('hex'));
      },
    ),
  );
  expect(() => hmac(new Uint8Array(32), new Uint8Array(120))).toThrow(RangeError);
});
