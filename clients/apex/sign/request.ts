// Request signatures: HMAC-SHA256 over stamp, method, path and sorted form, keyed with the base64 TEXT of the secret
// (venues/apex.md section 2). Pure: the stamp is an argument. A value that would need escaping is refused, because the
// venue's documents and both official connectors disagree on what is then signed.
import { Buffer } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';

/** What opens the account for reading and trading; the zk seed is kept apart. */
export interface ApiKey {
  readonly key: string;
  readonly secret: string;
  readonly passphrase: string;
}

/** Undefined fields are left out; `false` is left out too, as the official Node connector does. */
export type FormFields = Readonly<Record<string, string | number | boolean | undefined>>;

const PLAIN = /^[0-9A-Za-z._-]+$/;
export const LOGIN_PATH = '/ws/accounts';

/**
 * `k=v` pairs sorted by key in code-point order, as they are signed and sent. Throws RangeError for a value outside
 * [0-9A-Za-z._-].
 */
export function encodeForm(fields: FormFields): string {
  const pairs: string[] = [];
  for (const key of Object.keys(fields).sort()) {
    const value = fields[key];
    if (value === undefined || value === false) continue;
    const text = String(value);
    if (!PLAIN.test(text)) throw new RangeError(`${key} holds a character that must be escaped`);
    pairs.push(`${key}=${text}`);
  }
  return pairs.join('&');
}

/** `path` begins with /api/v3 and, for a GET, ends in its query exactly as sent; `form` is '' for a GET. */
export function signRequest(
  secret: string,
  timestampMs: number,
  method: string,
  path: string,
  form: string,
): string {
  const key = Buffer.from(secret, 'utf8').toString('base64');
  const message = `${timestampMs}${method}${path}${form}`;
  return createHmac('sha256', key).update(message).digest('base64');
}

/** Compares in constant time: for the loopback face. */
export function sameSignature(left: string, right: string): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The four headers of a signed request, and the content type that a form needs. */
export function signedHeaders(
  api: ApiKey,
  timestampMs: number,
  method: 'GET' | 'POST',
  path: string,
  form: string,
): Record<string, string> {
  const headers: Record<string, string> = {
    'APEX-API-KEY': api.key,
    'APEX-PASSPHRASE': api.passphrase,
    'APEX-TIMESTAMP': String(timestampMs),
    'APEX-SIGNATURE': signRequest(api.secret, timestampMs, method, path, form),
  };
  if (method === 'POST') headers['Content-Type'] = 'application/x-www-form-urlencoded';
  return headers;
}

/** The login frame of the private stream: its one argument is a JSON string, the topics ride along. */
export function loginFrame(api: ApiKey, timestampMs: number, topics: readonly string[]): string {
  const login = {
    type: 'login',
    topics,
    httpMethod: 'GET',
    requestPath: LOGIN_PATH,
    apiKey: api.key,
    passphrase: api.passphrase,
    timestamp: timestampMs,
    signature: signRequest(api.secret, timestampMs, 'GET', LOGIN_PATH, ''),
  };
  return JSON.stringify({ op: 'login', args: [JSON.stringify(login)] });
}
