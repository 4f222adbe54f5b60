// One event of hftbacktest's .npz files: the record of 64 bytes, its flags, and the .npy header that describes it
// (hftbacktest 2.x, types.py and the numpy format 1.0). Times are nanoseconds there, microseconds here.
import { TapeProblem } from './problem.js';

export const EVENT_BYTES = 64;
export const DEPTH = 1;
export const TRADE = 2;
export const DEPTH_CLEAR = 3;
export const DEPTH_SNAPSHOT = 4;
export const DEPTH_BBO = 5;
/** The kinds above; what is left of the flags is who handles the event, and its side. */
export const KIND_MASK = 0xff;
export const EXCH = 0x80000000;
export const LOCAL = 0x40000000;
export const BUY = 0x20000000;
export const SELL = 0x10000000;

const FIELDS = [
  ['ev', '<u8'], ['exch_ts', '<i8'], ['local_ts', '<i8'], ['px', '<f8'], ['qty', '<f8'],
  ['order_id', '<u8'], ['ival', '<i8'], ['fval', '<f8'],
] as const; // prettier-ignore
const TWO_32 = 4_294_967_296;

/** The .npy header of `rows` events; its length is a multiple of 64. */
export function npyHeader(rows: number): Buffer {
  const descr = FIELDS.map(([name, type]) => `('${name}', '${type}')`).join(', ');
  const text = `{'descr': [${descr}], 'fortran_order': False, 'shape': (${rows},), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const head = Buffer.alloc(length, 0x20);
  head.write('\x93NUMPY', 0, 'latin1');
  head[6] = 1;
  head[7] = 0;
  head.writeUInt16LE(length - 10, 8);
  head.write(text, 10, 'latin1');
  head[length - 1] = 0x0a;
  return head;
}

export interface NpyHead {
  /** Bytes before the first record. */
  readonly bytes: number;
  readonly rows: number;
}

/** Reads a .npy header out of the beginning of an entry; null when `start` is too short. Throws TapeProblem. */
export function parseNpyHeader(file: string, start: Buffer): NpyHead | null {
  if (start.length < 12) return null;
  const bad = (what: string): TapeProblem =>
    new TapeProblem(file, '', what, 'save an array of event_dtype (hftbacktest 2.x) as "data"');
  if (start.toString('latin1', 0, 6) !== '\x93NUMPY') throw bad('holds no numpy array');
  const long = (start[6] as number) >= 2;
  const length = long ? start.readUInt32LE(8) : start.readUInt16LE(8);
  const bytes = length + (long ? 12 : 10);
  if (start.length < bytes) return null;
  const text = start.toString('latin1', long ? 12 : 10, bytes);
  const found = [...text.matchAll(/\('(\w+)', '([<>|=]\w+)'\)/g)].map((m) => `${m[1]} ${m[2]}`);
  const wanted = FIELDS.map(([name, type]) => `${name} ${type}`);
  if (found.join() !== wanted.join()) {
    throw bad(`has other columns (${found.join(', ').slice(0, 120) || 'no record type'})`);
  }
  const shape = /'shape':\s*\((\d+),\s*\)/.exec(text);
  if (shape === null || /'fortran_order':\s*True/.test(text))
    throw bad('is no plain list of events');
  return { bytes, rows: Number(shape[1]) };
}

/** Nanoseconds at `at` as whole microseconds, to the nearest: in two parts, as a double does not hold nanoseconds. */
export function readMicros(bytes: Buffer, at: number): number {
  const high = bytes.readInt32LE(at + 4);
  const thousands = Math.floor(high / 1_000);
  const rest = (high - thousands * 1_000) * TWO_32 + bytes.readUInt32LE(at);
  return thousands * TWO_32 + Math.round(rest / 1_000);
}

/** Whole microseconds as nanoseconds, exactly. */
export function writeMicros(bytes: Buffer, at: number, us: number): void {
  const high = Math.floor(us / TWO_32);
  const low = (us - high * TWO_32) * 1_000;
  const carry = Math.floor(low / TWO_32);
  bytes.writeUInt32LE(low - carry * TWO_32, at);
  bytes.writeInt32LE(high * 1_000 + carry, at + 4);
}
