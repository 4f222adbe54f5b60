// Who may trade on the simulated ApeX: anybody. An API key is any word of [0-9A-Za-z-]; secret, passphrase and zk seed
// follow from it, so that the venue can verify what it has never seen, and two people with two words have two accounts.
// Not a security boundary: the venue is on 127.0.0.1 and these secrets open nothing else.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { ApiKey } from '#clients/apex/sign/request';

export interface LoopbackCredentials extends ApiKey {
  /** The "Omni Key": 130 hexadecimal digits. */
  readonly seed: string;
}

const digest = (what: string, key: string): Buffer =>
  createHash('sha256').update(`loopback apex ${what} ${key}`, 'utf8').digest();

/** A key that the venue takes; null for other text. */
export const isApiKey = (text: string): boolean => /^[0-9A-Za-z-]{1,64}$/.test(text);

/** Everything that belongs to an API key on the loopback venue. */
export function loopbackCredentials(key: string): LoopbackCredentials {
  const seed = Buffer.concat([digest('seed r', key), digest('seed s', key), Buffer.of(0x1b)]);
  return {
    key,
    secret: digest('secret', key).toString('base64url'),
    passphrase: digest('passphrase', key).toString('base64url').slice(0, 20),
    seed: seed.toString('hex'),
  };
}

/** The account's number at the venue: 18 digits. */
export const accountIdOf = (key: string): string =>
  String(600_000_000_000_000_000n + (digest('account', key).readBigUInt64BE() % 10n ** 17n));

/** An address for show: the venue never asks a chain. */
export const ethereumAddressOf = (key: string): string =>
  `0x${digest('address', key).subarray(0, 20).toString('hex')}`;
