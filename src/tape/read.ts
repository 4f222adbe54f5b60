// Reads a tape: header, footer and index at once, then a block at a time, each checked against its CRC before a
// row of it is given out. Synchronous, because the row path is. It never repairs: damage is a TapeProblem.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { RowSource } from '#core/rows';
import { ROW_GAP, RowBlock } from '#core/rows';
import { BlockBuffer, MAX_BLOCK_BYTES } from './block.js';
import type { BlockEntry, TapeFooter, TapeHeader, TapeInfo } from './format.js';
import {
  HEAD_BYTES,
  HEAD_MAGIC,
  kindName,
  noCounts,
  TAIL_BYTES,
  TAIL_MAGIC,
  TAPE_VERSION,
} from './format.js';
import { infoOf } from './info.js';
import { TapeProblem, fileProblem } from './problem.js';

const AGAIN = 'import it again, or take it from a backup';

export interface ReadOptions {
  /** A tape whose writer did not finish: refuse it (the default), or read the blocks that are whole. */
  readonly torn?: 'refuse' | 'keep';
}

export class TapeSource implements RowSource {
  readonly info: TapeInfo;
  readonly totalRows: number;
  private readonly fd: number;
  private readonly buffer: BlockBuffer;
  private readonly mostRows: number;
  private open = true;
  private blockIndex = 0;
  /** Rows of the block in the buffer, and how many of them have been given out. */
  private rows = 0;
  private taken = 0;

  /** Throws TapeProblem when it is no tape, damaged, torn (unless kept) or of a later version. */
  constructor(
    readonly file: string,
    options: ReadOptions = {},
  ) {
    try {
      this.fd = openSync(file, 'r');
    } catch (error) {
      throw fileProblem(file, error);
    }
    try {
      this.info = this.readInfo(options.torn === 'keep');
    } catch (error) {
      this.close();
      throw fileProblem(file, error);
    }
    this.totalRows = this.info.rows;
    const { index } = this.info;
    this.mostRows = index.reduce((most, entry) => Math.max(most, entry.rows), 0);
    this.buffer = new BlockBuffer(index.reduce((most, entry) => Math.max(most, entry.bytes), 0));
  }

  /** The next rows: as many as the block on disk still has and `reuse` can hold. */
  next(reuse?: RowBlock): RowBlock | null {
    while (this.taken === this.rows) {
      if (!this.load()) return null;
    }
    const left = this.rows - this.taken;
    // A fresh block holds any block of this tape: whoever gets it may give it back for the next one.
    const block = reuse ?? new RowBlock(this.mostRows);
    const count = Math.min(left, block.capacity);
    this.buffer.decode(block, this.taken, count);
    this.taken += count;
    return block;
  }

  close(): void {
    if (this.open) closeSync(this.fd);
    this.open = false;
  }

  private load(): boolean {
    const entry = this.info.index[this.blockIndex];
    if (entry === undefined || !this.open) return false;
    const where = `block ${this.blockIndex + 1} of ${this.info.index.length}`;
    const got = this.read(this.buffer.bytes, entry.bytes, entry.offset);
    const head = this.buffer.open(got, this.blockIndex);
    if (typeof head === 'string') throw new TapeProblem(this.file, where, head, AGAIN);
    if (head.crc !== entry.crc || head.rows !== entry.rows || head.bytes !== entry.bytes) {
      throw new TapeProblem(this.file, where, 'is not the one that the index names', AGAIN);
    }
    this.blockIndex += 1;
    this.rows = head.rows;
    this.taken = 0;
    return true;
  }

  /** Up to `length` bytes from `offset`; fewer only at the end of the file. */
  private read(into: Uint8Array, length: number, offset: number): number {
    let done = 0;
    while (done < length) {
      const got = readSync(this.fd, into, done, length - done, offset + done);
      if (got === 0) break;
      done += got;
    }
    return done;
  }

  private readInfo(keepTorn: boolean): TapeInfo {
    const size = fstatSync(this.fd).size;
    if (size === 0) throw this.problem('is empty', AGAIN);
    const { header, crc, end } = this.readHeader(size);
    const footer = this.readFooter(size, end);
    if (footer !== null) return infoOf(this.file, size, header, footer, crc, false);
    if (keepTorn) return infoOf(this.file, size, header, this.scan(end, size), crc, true);
    throw this.problem(
      'is torn: its end is missing, because its writer did not finish or it was cut',
      'import it again, take it from a backup, or keep what is whole: mm tape rescue',
    );
  }

  private readHeader(size: number): { header: TapeHeader; crc: number; end: number } {
    const head = Buffer.alloc(HEAD_BYTES);
    const got = this.read(head, HEAD_BYTES, 0);
    if (got < HEAD_BYTES || head.toString('latin1', 0, 8) !== HEAD_MAGIC) {
      throw this.problem('is not a tape', 'make one with: mm tape import');
    }
    const version = head.readUInt32LE(8);
    const length = head.readUInt32LE(12);
    if (HEAD_BYTES + length + 4 > size) throw this.problem('is cut within its header', AGAIN);
    const rest = Buffer.alloc(length + 4);
    this.read(rest, length + 4, HEAD_BYTES);
    const crc = crc32(rest.subarray(0, length), crc32(head));
    if (crc !== rest.readUInt32LE(length)) throw this.problem('header fails its CRC', AGAIN);
    if (version !== TAPE_VERSION) {
      const what = `is of tape version ${version}, this program reads ${TAPE_VERSION}`;
      throw this.problem(what, 'import it again with this program');
    }
    const header = JSON.parse(rest.toString('utf8', 0, length)) as TapeHeader;
    return { header, crc, end: HEAD_BYTES + length + 4 };
  }

  /** Null when there is none: the tape is torn. */
  private readFooter(size: number, headEnd: number): TapeFooter | null {
    const tail = Buffer.alloc(TAIL_BYTES);
    if (size < headEnd + TAIL_BYTES) return null;
    this.read(tail, TAIL_BYTES, size - TAIL_BYTES);
    if (tail.toString('latin1', 8) !== TAIL_MAGIC) return null;
    const length = tail.readUInt32LE(0);
    const start = size - TAIL_BYTES - length;
    if (start < headEnd) throw this.problem('footer fails its CRC', AGAIN);
    const bytes = Buffer.alloc(length + 4);
    this.read(bytes, length + 4, start);
    if (crc32(bytes) !== tail.readUInt32LE(4)) throw this.problem('footer fails its CRC', AGAIN);
    const footer = JSON.parse(bytes.toString('utf8', 0, length)) as TapeFooter;
    const last = footer.index.at(-1);
    const blocksEnd = last === undefined ? headEnd : last.offset + last.bytes;
    if (blocksEnd !== start) {
      throw this.problem('does not have the length that its index says', AGAIN);
    }
    return footer;
  }

  /** Works the footer out again from the blocks that are whole, up to the first that is not. */
  private scan(headEnd: number, size: number): TapeFooter {
    const index: BlockEntry[] = [];
    const kinds = noCounts();
    const block = new RowBlock();
    const buffer = new BlockBuffer(MAX_BLOCK_BYTES);
    let offset = headEnd;
    let gapUs = 0;
    let venueFirstUs = Infinity;
    let venueLastUs = 0;
    while (offset < size) {
      const got = this.read(buffer.bytes, MAX_BLOCK_BYTES, offset);
      const head = buffer.open(got, index.length);
      if (typeof head === 'string') break;
      const { rows, bytes, firstUs, lastUs, crc } = head;
      buffer.decode(block, 0, rows);
      for (let i = 0; i < rows; i++) {
        kinds[kindName(block.kind[i] as 1)] += 1;
        if (block.kind[i] !== ROW_GAP) continue;
        gapUs += (block.localUs[i] as number) - (block.exchangeUs[i] as number);
      }
      if (head.venueLastUs > 0) venueFirstUs = Math.min(venueFirstUs, head.venueFirstUs);
      venueLastUs = Math.max(venueLastUs, head.venueLastUs);
      index.push({ offset, bytes, rows, firstUs, lastUs, crc });
      offset += bytes;
    }
    return {
      rows: index.reduce((sum, entry) => sum + entry.rows, 0),
      kinds,
      firstUs: index[0]?.firstUs ?? 0,
      lastUs: index.at(-1)?.lastUs ?? 0,
      venueFirstUs: venueFirstUs === Infinity ? 0 : venueFirstUs,
      venueLastUs,
      raised: 0,
      gapUs,
      notes: [],
      origins: [],
      index,
    };
  }

  private problem(what: string, remedy: string): TapeProblem {
    return new TapeProblem(this.file, '', what, remedy);
  }
}

/** What a tape says of itself, from header and footer alone. */
export function readInfo(file: string, options: ReadOptions = {}): TapeInfo {
  const source = new TapeSource(file, options);
  source.close();
  return source.info;
}
