// Who asks? The four headers of a signed request and the login of the private stream, with the HMAC verified for real.
// Throws Refusal in the venue's own codes. It knows no account: only which API key has proved itself.
import type { Micros } from '#core/units';
import type { ApiKey } from '#clients/apex/sign/request';
import { LOGIN_PATH, sameSignature, signRequest } from '#clients/apex/sign/request';
import type { FaceRequest } from '../face.js';
import { isApiKey, loopbackCredentials } from './credentials.js';
import { CODE, Refusal } from './refusal.js';

/** As the venue has it, the refused key is quoted back: clients must not repeat such messages. */
const unknownKey = (key: string): Refusal =>
  new Refusal(CODE.key, `apiKey ${key.slice(0, 64)} is not valid`);

function credentialsOf(key: string, passphrase: string): ApiKey {
  if (!isApiKey(key)) throw unknownKey(key);
  const known = loopbackCredentials(key);
  if (!sameSignature(known.passphrase, passphrase)) throw unknownKey(key);
  return known;
}

function stampOf(text: string, nowUs: Micros, windowMs: number): number {
  const stamp = /^\d{1,16}$/.test(text) ? Number(text) : 0;
  if (stamp === 0 || nowUs / 1_000 - stamp > windowMs)
    throw new Refusal(CODE.stamp, `timestamp is outside of the allowed window of ${windowMs} ms`);
  return stamp;
}

/** The API key that signed the request. `forms`: what the signature may cover, '' for a GET. */
export function signerOf(
  request: FaceRequest,
  forms: readonly string[],
  nowUs: Micros,
  windowMs: number,
): string {
  const header = (name: string): string => request.headers[name] ?? '';
  const key = header('apex-api-key');
  const stamp = stampOf(header('apex-timestamp'), nowUs, windowMs);
  const { secret } = credentialsOf(key, header('apex-passphrase'));
  const given = header('apex-signature');
  const holds = forms.some((form) =>
    sameSignature(signRequest(secret, stamp, request.method, request.target, form), given),
  );
  // A wrong secret cannot be told from a wrong text: the venue answers both with the code of a bad key.
  if (!holds) throw unknownKey(key);
  return key;
}

export interface Login {
  readonly key: string;
  readonly topics: readonly string[];
}

/** The argument of a login frame: a JSON string. Null: refused, in whichever way. */
export function loginOf(argument: unknown, nowUs: Micros, windowMs: number): Login | null {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(String(argument)) as Record<string, unknown>;
    const text = (name: string): string => {
      const value = fields[name];
      return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    };
    const stamp = stampOf(text('timestamp'), nowUs, windowMs);
    const { key, secret } = credentialsOf(text('apiKey'), text('passphrase'));
    const signature = signRequest(secret, stamp, 'GET', LOGIN_PATH, '');
    if (!sameSignature(signature, text('signature'))) return null;
    const topics = Array.isArray(fields['topics']) ? fields['topics'].map(String) : [];
    return { key, topics };
  } catch {
    return null;
  }
}
