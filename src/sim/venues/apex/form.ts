// A form as it came (POST body) and the texts that its signature may cover: the official Node connector signs and sends
// the same encoded text; the Python one signs raw values in sorted order and sends them encoded and unsorted.
import { CODE, Refusal } from './refusal.js';

export interface Form {
  readonly fields: ReadonlyMap<string, string>;
  /** What may have been signed. */
  readonly signed: readonly string[];
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    throw new Refusal(CODE.parse, 'the body cannot be read');
  }
};

/** Throws Refusal for a body that is no form. Fields that say "None", "null" or nothing count as absent. */
export function readForm(body: string): Form {
  const pairs = body === '' ? [] : body.split('&');
  const raw: (readonly [string, string])[] = [];
  const encoded: (readonly [string, string])[] = [];
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw new Refusal(CODE.parse, 'the body is no form');
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    encoded.push([name, value]);
    raw.push([decode(name), decode(value)]);
  }
  const sorted = (list: readonly (readonly [string, string])[]): string =>
    [...list]
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([name, value]) => `${name}=${value}`)
      .join('&');
  const fields = new Map<string, string>();
  for (const [name, value] of raw) {
    if (value !== '' && value !== 'None' && value !== 'null') fields.set(name, value);
  }
  return { fields, signed: [body, sorted(encoded), sorted(raw)] };
}

/** Python writes True, Node writes true. */
export const isTrue = (text: string | undefined): boolean => /^true$/i.test(text ?? '');

/** `ids` of a batch cancel in the forms that are understood. */
export function idsOf(form: Form, shape: 'indexed' | 'comma' | 'either'): readonly string[] {
  const indexed = [...form.fields]
    .filter(([name]) => /^ids\[\d+\]$/.test(name))
    .map(([, value]) => value);
  const list = form.fields.get('ids')?.split(',') ?? [];
  if (indexed.length > 0 && shape !== 'comma') return indexed;
  if (list.length > 0 && shape !== 'indexed') return list;
  throw new Refusal(CODE.business, 'ids cannot be read', 'INVALID_IDS');
}
