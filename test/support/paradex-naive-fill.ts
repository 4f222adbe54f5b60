// A second reading of Paradex's fills, as text and as binary frame, from the venue notes alone (5.3 and 6.5). It shares
// no line with clients/paradex; what the client books is held against it.
import { naiveMantissa } from './paradex-naive.js';

export interface NaiveFill {
  readonly id: string;
  readonly orderId: string;
  readonly clientId: string;
  readonly market: string;
  readonly side: 1 | -1;
  /** Nearest tick of a plain decimal; null when it is none. */
  readonly ticks: number | null;
  /** Null when it is no whole number of lots. */
  readonly lots: number | null;
  /** In 1e-8; null when it is no number. */
  readonly fee: number | null;
  readonly createdMs: number;
}
/** `other`: no fill at all. `lost`: it was one, or may have been, and nobody knows what it said. */
export type NaiveReading = NaiveFill | 'other' | 'lost';

const TICK = 10_000_000n;
const LOT = 1000n;
const SAFE = 2n ** 53n - 1n;

function ticksOf(mantissa: bigint, tick = TICK): number | null {
  if (mantissa <= 0n) return null;
  const ticks = (mantissa * 2n + tick) / (2n * tick);
  return ticks > SAFE || ticks === 0n ? null : Number(ticks);
}
function lotsOf(mantissa: bigint): number | null {
  if (mantissa < 0n || mantissa % LOT !== 0n) return null;
  return mantissa / LOT > SAFE ? null : Number(mantissa / LOT);
}
const word = (value: unknown): string =>
  typeof value === 'string' ? value : Number.isFinite(value) ? String(value) : '';

/** A number with any number of places, to the nearest 1e-8; null when it is none or too large. */
export function naiveNumber(text: string): number | null {
  const match = /^\s*([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\s*$/.exec(text);
  if (match === null) return null;
  const fraction = match[3] ?? '';
  const digits = (match[2] as string) + fraction;
  const power = Number(match[4] ?? '0') - fraction.length;
  if (digits.length > 60 || Math.abs(power) > 60) return null;
  const up = 10n ** BigInt(Math.max(0, power + 8));
  const down = 10n ** BigInt(Math.max(0, -power - 8));
  const units = (BigInt(digits) * up * 2n + down) / (down * 2n);
  if (units > SAFE) return null;
  return Number(match[1] === '-' ? -units : units);
}

/** Ids that are numbers too long for a double, as texts. */
export const exactIds = (text: string): string =>
  text.replace(/"(\w*[iI]d)":([1-9]\d{15,})(?=[,}])/g, '"$1":"$2"');

/** The text of one push on the private socket. */
export function naiveFillText(text: string): NaiveReading {
  let message: { params?: { channel?: unknown; data?: unknown } } | null;
  try {
    message = JSON.parse(exactIds(text)) as typeof message;
  } catch {
    return 'lost';
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return 'lost';
  const { params } = message;
  if (typeof params !== 'object' || word(params?.channel).split('.')[0] !== 'fills') return 'other';
  const { data } = params;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return 'lost';
  const f = data as Record<string, unknown>;
  const side = word(f['side']) === 'BUY' ? 1 : word(f['side']) === 'SELL' ? -1 : 0;
  if (side === 0 || word(f['id']) === '') return 'lost';
  const price = word(f['price']);
  const created = Number(word(f['created_at']));
  return {
    ...{ id: word(f['id']), orderId: word(f['order_id']), clientId: word(f['client_id']), side },
    market: word(f['market']),
    ticks: naiveTicks(price, TICK),
    lots: lotsOf(naiveMantissa(word(f['size']))),
    fee: ['', null, undefined].includes(f['fee'] as '') ? 0 : naiveNumber(word(f['fee'])),
    createdMs: Number.isFinite(created) ? created : 0,
  };
}

/** The nearest tick of a plain decimal; null when it is none. */
export const naiveTicks = (text: string, tick: bigint): number | null =>
  ticksOf(plainMantissa(text), tick);

/** A price of more than 8 places is rounded to them: the tick is far coarser. */
function plainMantissa(text: string): bigint {
  const match = /^(\d+)(?:\.(\d*))?$/.exec(text);
  if (match === null) return naiveMantissa(text);
  return BigInt((match[1] as string) + (match[2] ?? '').padEnd(8, '0').slice(0, 8));
}

/** One binary frame on the private socket. */
export function naiveFillFrame(bytes: Uint8Array): NaiveReading {
  const u16 = (at: number): number => (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0);
  if (bytes.length < 8 || u16(4) !== 1) return 'lost';
  const [block, template, , version] = [u16(0), u16(2), u16(4), u16(6)];
  if (template !== 21) return 'other';
  if (block < 107 || bytes.length < 8 + block) return 'lost';
  const texts: string[] = [];
  let at = 8 + block;
  const wanted = version >= 2 && at < bytes.length ? 6 : 5;
  while (texts.length < wanted) {
    if (texts.length === 5 && at === bytes.length) break;
    const length = bytes[at];
    if (length === undefined || at + 1 + length > bytes.length) return 'lost';
    try {
      const part = bytes.slice(at + 1, at + 1 + length);
      texts.push(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(part));
    } catch {
      return 'lost';
    }
    at += 1 + length;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const i64 = (offset: number): bigint => view.getBigInt64(8 + offset, true);
  const [id = '', orderId = '', clientId = '', , market = ''] = texts;
  const NULL = -(2n ** 63n);
  if (id === '' || market === '' || i64(19) === NULL || i64(27) === NULL) return 'other';
  const side = bytes[8 + 17] === 1 ? 1 : bytes[8 + 17] === 2 ? -1 : 0;
  if (side === 0) return 'lost';
  const fee = i64(35);
  const created = i64(51);
  return {
    ...{ id, orderId, clientId, market, side },
    ticks: ticksOf(i64(19)),
    lots: lotsOf(i64(27)),
    fee: fee === NULL ? 0 : fee > SAFE || fee < -SAFE ? null : Number(fee),
    createdMs: created >= 0n && created <= SAFE ? Math.floor(Number(created) / 1000) : 0,
  };
}
