// A second decoder of Paradex's market frames, written from the field table of the venue notes alone: slow, with
// bigints and plain arrays, sharing no line with clients/paradex. What the fast one says is held against it.

export interface NaiveRow {
  readonly kind: 'clear' | 'level' | 'trade' | 'quote' | 'mark' | 'funding';
  readonly side: number;
  readonly us: number;
  readonly price: number;
  readonly size: number;
}
export interface NaiveMarket {
  readonly name: string;
  /** Mantissas of 1e-8. */
  readonly tick: bigint;
  readonly lot: bigint;
  readonly lowTicks: bigint;
  readonly highTicks: bigint;
}
/** Rows of a message, or why there are none. `rows` of a book count only if its number fits. */
export type NaiveRead =
  | { readonly what: 'bad' | 'nothing' | 'refused' }
  | { readonly what: 'rows'; readonly rows: readonly NaiveRow[] }
  | { readonly what: 'book'; readonly snapshot: boolean; readonly seq: bigint; readonly us: number; readonly rows: readonly NaiveRow[] }; // prettier-ignore

const NULL = -(2n ** 63n);
const SAFE = 2n ** 53n - 1n;
const BAD: NaiveRead = { what: 'bad' };
const NOTHING: NaiveRead = { what: 'nothing' };
const REFUSED: NaiveRead = { what: 'refused' };
const MINIMUM = new Map([[1, 50], [2, 48], [3, 89], [40, 16]]); // prettier-ignore

class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
  ) {}
  take(count: number): Uint8Array {
    if (this.at + count > this.bytes.length) throw new RangeError('short');
    this.at += count;
    return this.bytes.slice(this.at - count, this.at);
  }
  little(count: number): bigint {
    return this.take(count).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  }
  signed(): bigint {
    return BigInt.asIntN(64, this.little(8));
  }
  number(count: number): number {
    return Number(this.little(count));
  }
}

function marketOf(reader: Reader): string {
  const length = reader.number(1);
  if (length === 0) throw new RangeError('no market');
  return Array.from(reader.take(length), (c) => String.fromCharCode(c)).join('');
}

const stamp = (value: bigint): number => {
  if (value < 0n || value > SAFE) throw new RangeError('time');
  return Number(value);
};
/** Whole steps, or null when it is off the grid. */
function stepsOf(mantissa: bigint, step: bigint): bigint | null {
  if (mantissa < 0n || mantissa % step !== 0n) return null;
  const steps = mantissa / step;
  return steps > SAFE ? null : steps;
}

export function naiveFrame(bytes: Uint8Array, market: NaiveMarket): NaiveRead {
  try {
    return read(new Reader(bytes), market);
  } catch (error) {
    if (error instanceof RangeError) return BAD;
    throw error;
  }
}

function read(r: Reader, m: NaiveMarket): NaiveRead {
  const [block, template, schema, version] = [r.number(2), r.number(2), r.number(2), r.number(2)];
  if (schema !== 1) return BAD;
  r.take(block);
  const least =
    template === 4 ? (version === 0 ? 216 : 240) : template === 5 ? (version === 0 ? 58 : 66) : MINIMUM.get(template); // prettier-ignore
  if (least === undefined) return NOTHING; // private or unknown
  if (block < least) return BAD;
  const field = (at: number): bigint => new Reader(r.bytes, 8 + at).signed();
  const byte = (at: number): number => r.bytes[8 + at] as number;
  if (template === 40) return NOTHING;
  if (template === 3) return book(r, m, field, byte);
  if (template === 2) return bbo(r, m, field);
  if (template === 1) return trade(r, m, field, byte);
  return template === 4 ? summary(r, m, field, version) : funding(r, m, field);
}
type FieldAt = (at: number) => bigint;
type ByteAt = (at: number) => number;

function book(r: Reader, m: NaiveMarket, field: FieldAt, byte: ByteAt): NaiveRead {
  const us = stamp(field(0));
  const seq = BigInt(stamp(field(8)));
  const pkgType = byte(16);
  if (pkgType > 1) return BAD;
  const rows: NaiveRow[] = pkgType === 0 ? [{ kind: 'clear', side: 0, us, price: 0, size: 0 }] : [];
  let offGrid = false;
  for (const side of [1, -1]) {
    const entry = r.number(2);
    const count = r.number(2);
    if (entry < 16) return BAD;
    for (let i = 0; i < count; i++) {
      const level = new Reader(r.take(entry));
      const ticks = stepsOf(level.signed(), m.tick);
      const lots = stepsOf(level.signed(), m.lot);
      if (ticks === null || ticks === 0n || lots === null) offGrid = true;
      else if (ticks >= m.lowTicks && ticks <= m.highTicks)
        rows.push({ kind: 'level', side, us, price: Number(ticks), size: Number(lots) });
    }
  }
  if (marketOf(r) !== m.name) return NOTHING;
  return offGrid ? BAD : { what: 'book', snapshot: pkgType === 0, seq, us, rows };
}

function bbo(r: Reader, m: NaiveMarket, field: FieldAt): NaiveRead {
  const us = stamp(field(0));
  if (marketOf(r) !== m.name) return NOTHING;
  const rows: NaiveRow[] = [];
  for (const [side, at] of [[1, 16], [-1, 32]] as const) {
    if (field(at) === NULL) continue;
    const ticks = stepsOf(field(at), m.tick);
    const lots = stepsOf(field(at + 8), m.lot);
    if (ticks === null || ticks < m.lowTicks || ticks > m.highTicks || lots === null) return REFUSED;
    rows.push({ kind: 'quote', side, us, price: Number(ticks), size: Number(lots) });
  } // prettier-ignore
  return { what: 'rows', rows };
}

function trade(r: Reader, m: NaiveMarket, field: FieldAt, byte: ByteAt): NaiveRead {
  const us = stamp(field(41));
  stamp(field(0));
  if (marketOf(r) !== m.name) return NOTHING;
  if ([3, 4, 5, 6].includes(byte(49))) return NOTHING;
  const ticks = stepsOf(field(25), m.tick);
  const lots = stepsOf(field(33), m.lot);
  if (ticks === null || ticks < m.lowTicks || ticks > m.highTicks || !lots) return REFUSED;
  const side = byte(24) === 1 ? 1 : byte(24) === 2 ? -1 : 0;
  return { what: 'rows', rows: [{ kind: 'trade', side, us, price: Number(ticks), size: Number(lots) }] }; // prettier-ignore
}

/** Nearest 1/256 tick, halves up. */
function markOf(mantissa: bigint, m: NaiveMarket): number {
  return Number((mantissa * 512n + m.tick) / (2n * m.tick)) / 256;
}

function summary(r: Reader, m: NaiveMarket, field: FieldAt, version: number): NaiveRead {
  const us = stamp(field(0));
  if (marketOf(r) !== m.name) return NOTHING;
  const rows: NaiveRow[] = [];
  const mark = field(16);
  if (mark !== NULL) {
    const price = mark > SAFE || mark <= 0n ? 0 : markOf(mark, m);
    if (price < Number(m.lowTicks) || price > Number(m.highTicks)) return REFUSED;
    rows.push({ kind: 'mark', side: 0, us, price, size: 0 });
  }
  const precise = version > 0 ? field(232) : NULL;
  const safe = precise >= -SAFE - 1n && precise <= SAFE;
  const rate = safe ? awayFromZero(precise, 100n) : rateOf(field(56));
  if (rate !== null) rows.push({ kind: 'funding', side: 0, us, price: rate, size: 0 });
  return rows.length === 0 ? NOTHING : { what: 'rows', rows };
}
const awayFromZero = (value: bigint, by: bigint): number =>
  Number(value < 0n ? -((-value + by / 2n) / by) : (value + by / 2n) / by);
function rateOf(mantissa: bigint): number | null {
  const rate = mantissa * 100n;
  return rate > SAFE || rate < -SAFE ? null : Number(rate);
}

function funding(r: Reader, m: NaiveMarket, field: FieldAt): NaiveRead {
  const us = stamp(field(32));
  if (marketOf(r) !== m.name) return NOTHING;
  const rate = rateOf(field(16));
  if (rate === null) return REFUSED;
  return { what: 'rows', rows: [{ kind: 'funding', side: 0, us, price: rate, size: 0 }] };
}

/** A decimal text of at most 8 places as a mantissa of 1e-8; -1 when it is none. */
export function naiveMantissa(text: unknown): bigint {
  if (typeof text !== 'string') return -1n;
  const decimal = /^([+-]?)(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)$/.exec(text.trim());
  if (decimal === null) return -1n;
  const unsigned = (decimal[2] as string).toLowerCase();
  // Below zero there is only zero itself.
  if (decimal[1] === '-' && /[1-9]/.test(unsigned.split('e')[0] as string)) return -1n;
  const [digits, power] = unsigned.split('e') as [string, string?];
  const [whole, fraction = ''] = digits.split('.') as [string, string?];
  const places = fraction.length - Number(power ?? 0) - 8;
  if (Math.abs(places + 8) > 60) return -1n; // no venue writes that, not even of zero
  const all = BigInt(whole + fraction);
  if (places <= 0) return all * 10n ** BigInt(-places);
  return all % 10n ** BigInt(places) === 0n ? all / 10n ** BigInt(places) : -1n;
}

/** The JSON book of section 6.4. */
export function naiveJsonBook(data: unknown, m: NaiveMarket): NaiveRead {
  const d = data as Record<string, unknown>;
  if (d['market'] !== m.name) return NOTHING;
  const us = Number(d['last_updated_at']) * 1000;
  const snapshot = d['update_type'] === 's';
  const rows: NaiveRow[] = snapshot ? [{ kind: 'clear', side: 0, us, price: 0, size: 0 }] : [];
  for (const list of ['inserts', 'updates', 'deletes']) {
    for (const change of (d[list] ?? []) as Record<string, unknown>[]) {
      const ticks = stepsOf(naiveMantissa(change['price']), m.tick);
      const lots = list === 'deletes' ? 0n : stepsOf(naiveMantissa(change['size']), m.lot);
      const side = change['side'] === 'BUY' ? 1 : change['side'] === 'SELL' ? -1 : 0;
      if (!ticks || lots === null || side === 0) return BAD;
      if (ticks >= m.lowTicks && ticks <= m.highTicks)
        rows.push({ kind: 'level', side, us, price: Number(ticks), size: Number(lots) });
    }
  }
  return { what: 'book', snapshot, seq: BigInt(d['seq_no'] as string), us, rows };
}

/** The book by the rule of section 6.6: levels by side and price; null while it is not whole. */
export class NaiveBook {
  levels: Map<string, number> | null = null;
  private seq = -1n;
  private us = -1;
  private last: NaiveRow | null = null;
  /** Messages that the book held already. */
  repeats = 0;

  /** What a message did: rows applied, nothing, or the book lost. */
  take(read: NaiveRead): readonly NaiveRow[] {
    if (read.what === 'bad') this.levels = null;
    if (read.what === 'rows') return read.rows;
    if (read.what !== 'book') return [];
    if (read.snapshot) {
      const stale = this.levels !== null && read.seq < this.seq;
      this.levels = stale ? null : new Map();
      if (stale) return [];
    } else {
      if (this.levels === null) return [];
      const steps = read.seq - this.seq;
      if (steps === 0n && this.us >= read.us) {
        this.repeats += 1;
        return [];
      }
      if (steps !== 1n) {
        this.levels = null;
        return [];
      }
    }
    this.seq = read.seq;
    this.us = read.us;
    if (read.snapshot) this.last = null;
    // A delta without levels repeats the last one, at its own time.
    if (read.rows.length === 0) return this.last === null ? [] : [{ ...this.last, us: read.us }];
    for (const row of read.rows) {
      if (row.kind !== 'level') continue;
      this.last = row;
      const key = `${row.side}:${row.price}`;
      if (row.size === 0) this.levels?.delete(key);
      else this.levels?.set(key, row.size);
    }
    return read.rows;
  }
}
