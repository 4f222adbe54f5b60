// One block of a tape, bytes <-> rows. Hot path: a column is stored as 32-bit offsets from a base, at a decimal
// scale, wherever that gives back every value to the bit, else as doubles; so a row takes 17 bytes, at most 33.
// It must never lose a bit of a value (except the sign of -0) and never accept a block whose CRC is wrong.
import { crc32 } from 'node:zlib';
import type { RowBlock } from '#core/rows';
import { BLOCK_ROWS, ROW_GAP } from '#core/rows';

const MAGIC = 0x314b4c42; // "BLK1"
const HEAD = 120;
const AT = { crc: 4, bytes: 8, rows: 12, index: 16, codes: 20, range: 24, base: 56, scale: 88 };
const COLUMNS = 4; // local, venue minus local, price, size
const SCALES = [1, 10, 100, 1_000];
const UINT32 = 4_294_967_295;
const pad8 = (bytes: number): number => (bytes + 7) & ~7;

/** The most bytes that a block of so many rows can take. */
export const blockBytes = (rows: number): number => HEAD + pad8(rows) + COLUMNS * 8 * rows;
export const MAX_BLOCK_BYTES = blockBytes(BLOCK_ROWS);

/** What the head of a block says, and what its CRC was. */
export interface BlockHead {
  readonly rows: number;
  readonly bytes: number;
  readonly crc: number;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly venueFirstUs: number;
  readonly venueLastUs: number;
}

interface Packing {
  readonly scale: number;
  readonly base: number;
}

/** How `values` fit 32-bit offsets without loss, or null. */
function packing(values: Float64Array, rows: number, scales: readonly number[]): Packing | null {
  for (const scale of scales) {
    let least = Infinity;
    let most = -Infinity;
    let exact = true;
    for (let i = 0; i < rows && exact; i++) {
      const value = values[i] as number;
      const scaled = Math.round(value * scale);
      exact = scaled / scale === value && Math.abs(scaled) <= Number.MAX_SAFE_INTEGER;
      if (scaled < least) least = scaled;
      if (scaled > most) most = scaled;
    }
    if (exact && most - least <= UINT32) return { scale, base: rows === 0 ? 0 : least };
  }
  return null;
}

/** Bytes of one block in a buffer of its own, which every block in turn reuses. Not re-entrant. */
export class BlockBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  private readonly view: DataView;
  private lag = new Float64Array(0);
  private packs: (Packing | null)[] = [];
  private columns: (Uint32Array | Float64Array)[] = [];
  private tags: Uint8Array;

  /** `capacity`: bytes of the largest block that will pass through. */
  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
    this.tags = this.bytes;
  }

  /** Writes `block` as number `index`; the first `bytes` of `this.bytes` are what belongs on disk. */
  encode(block: RowBlock, index: number): BlockHead {
    const { view } = this;
    const rows = block.count;
    if (this.lag.length < rows) this.lag = new Float64Array(block.capacity);
    const { lag } = this;
    let venueFirst = Infinity;
    let venueLast = -Infinity;
    for (let i = 0; i < rows; i++) {
      const venue = block.exchangeUs[i] as number;
      lag[i] = venue - (block.localUs[i] as number);
      if (block.kind[i] === ROW_GAP) continue;
      if (venue < venueFirst) venueFirst = venue;
      if (venue > venueLast) venueLast = venue;
    }
    const sources = [block.localUs, lag, block.price, block.size];
    this.packs = sources.map((values, c) => packing(values, rows, c < 2 ? [1] : SCALES));
    const size = this.lay(rows);
    this.bytes.fill(0, HEAD, size); // padding too: the same rows give the same bytes
    sources.forEach((values, c) => this.store(c, values, rows));
    for (let i = 0; i < rows; i++) {
      this.tags[i] = (block.kind[i] as number) | (((block.side[i] as number) + 1) << 4);
    }
    view.setUint32(0, MAGIC, true);
    view.setUint32(AT.bytes, size, true);
    view.setUint32(AT.rows, rows, true);
    view.setUint32(AT.index, index, true);
    const none = venueFirst > venueLast;
    const first = rows === 0 ? 0 : (block.localUs[0] as number);
    const last = rows === 0 ? 0 : (block.localUs[rows - 1] as number);
    [first, last, none ? 0 : venueFirst, none ? 0 : venueLast].forEach((value, i) =>
      view.setFloat64(AT.range + 8 * i, value, true),
    );
    this.packs.forEach((pack, c) => {
      view.setUint8(AT.codes + c, pack === null ? 0 : 1);
      view.setFloat64(AT.base + 8 * c, pack?.base ?? 0, true);
      view.setFloat64(AT.scale + 8 * c, pack?.scale ?? 1, true);
    });
    view.setUint32(AT.crc, crc32(this.bytes.subarray(8, size)), true);
    return this.head();
  }

  /**
   * Takes the first `length` bytes of `this.bytes` as block number `index`. Returns a text that says what is
   * wrong with them, or the head when all is well: then `decode` may be called.
   */
  open(length: number, index: number): BlockHead | string {
    const { view } = this;
    if (length < HEAD) return 'is cut short';
    if (view.getUint32(0, true) !== MAGIC) return 'does not begin like a block';
    const head = this.head();
    if (head.bytes < HEAD || head.bytes > MAX_BLOCK_BYTES || head.rows > BLOCK_ROWS) {
      return 'has an impossible size';
    }
    if (head.bytes > length) return 'is cut short';
    if (crc32(this.bytes.subarray(8, head.bytes)) !== head.crc) return 'fails its CRC';
    if (view.getUint32(AT.index, true) !== index) return 'is out of order';
    this.packs = Array.from({ length: COLUMNS }, (_, c) =>
      view.getUint8(AT.codes + c) === 0
        ? null
        : {
            base: view.getFloat64(AT.base + 8 * c, true),
            scale: view.getFloat64(AT.scale + 8 * c, true),
          },
    );
    if (this.lay(head.rows) !== head.bytes) return 'has an impossible size';
    return head;
  }

  /** Rows `from` up to `from + count` of the opened block, into `block` from its start. */
  decode(block: RowBlock, from: number, count: number): void {
    const { kind, side, exchangeUs, localUs, price, size } = block;
    for (let i = 0; i < count; i++) {
      const tag = this.tags[from + i] as number;
      kind[i] = tag & 15;
      side[i] = (tag >> 4) - 1;
    }
    this.load(0, localUs, from, count);
    this.load(1, exchangeUs, from, count);
    for (let i = 0; i < count; i++) {
      exchangeUs[i] = (exchangeUs[i] as number) + (localUs[i] as number);
    }
    this.load(2, price, from, count);
    this.load(3, size, from, count);
    block.count = count;
  }

  private head(): BlockHead {
    const { view } = this;
    return {
      rows: view.getUint32(AT.rows, true),
      bytes: view.getUint32(AT.bytes, true),
      crc: view.getUint32(AT.crc, true),
      firstUs: view.getFloat64(AT.range, true),
      lastUs: view.getFloat64(AT.range + 8, true),
      venueFirstUs: view.getFloat64(AT.range + 16, true),
      venueLastUs: view.getFloat64(AT.range + 24, true),
    };
  }

  /** Lays the columns over the buffer as `packs` says; returns the bytes of the block. */
  private lay(rows: number): number {
    const { buffer } = this.bytes;
    let at = HEAD;
    this.columns = this.packs.map((pack) => {
      const column =
        pack === null ? new Float64Array(buffer, at, rows) : new Uint32Array(buffer, at, rows);
      at += pad8(column.byteLength);
      return column;
    });
    this.tags = this.bytes.subarray(at, at + rows);
    return at + pad8(rows);
  }

  private store(c: number, values: Float64Array, rows: number): void {
    const column = this.columns[c] as Uint32Array | Float64Array;
    const pack = this.packs[c];
    if (pack == null) {
      column.set(values.subarray(0, rows));
      return;
    }
    const { base, scale } = pack;
    for (let i = 0; i < rows; i++) column[i] = Math.round((values[i] as number) * scale) - base;
  }

  private load(c: number, values: Float64Array, from: number, count: number): void {
    const column = this.columns[c] as Uint32Array | Float64Array;
    const pack = this.packs[c];
    if (pack == null) {
      for (let i = 0; i < count; i++) values[i] = column[from + i] as number;
    } else if (pack.scale === 1) {
      const { base } = pack;
      for (let i = 0; i < count; i++) values[i] = base + (column[from + i] as number);
    } else {
      const { base, scale } = pack;
      for (let i = 0; i < count; i++) values[i] = (base + (column[from + i] as number)) / scale;
    }
  }
}
