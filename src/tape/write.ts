// Writes a tape: rows in, blocks out, then the footer. Synchronous. The file grows under a name of its own
// (`.part`) and takes its real name only when it is whole, so that a crash leaves no half tape behind that name.
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { assert } from '#core/assert';
import type { RowKind, RowSource } from '#core/rows';
import { BLOCK_ROWS, ROW_GAP, RowBlock } from '#core/rows';
import type { Aggressor } from '#core/units';
import type { BlockHead } from './block.js';
import { blockBytes, BlockBuffer } from './block.js';
import type { BlockEntry, TapeFooter, TapeHeader, TapeInfo, TapeOrigin } from './format.js';
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

/** Takes rows one by one, in order of local time: a tape being written, or a check of one. */
export interface RowSink {
  push(
    kind: RowKind,
    side: Aggressor,
    exchangeUs: number,
    localUs: number,
    price: number,
    size: number,
  ): void;
}

export interface WriteOptions {
  /** Replace an existing file. Default: refuse. */
  readonly overwrite?: boolean;
  /** Rows a block, at most 65,536 (the default): smaller only in tests and recordings. */
  readonly blockRows?: number;
}

/** The header as bytes: magic, version, length, JSON, CRC of all that. */
export function headerBytes(header: TapeHeader): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const bytes = Buffer.alloc(HEAD_BYTES + json.length + 4);
  bytes.write(HEAD_MAGIC, 0, 'latin1');
  bytes.writeUInt32LE(TAPE_VERSION, 8);
  bytes.writeUInt32LE(json.length, 12);
  json.copy(bytes, HEAD_BYTES);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, HEAD_BYTES + json.length)), HEAD_BYTES + json.length);
  return bytes;
}

/** The footer and the trailer as bytes. */
export function footerBytes(footer: TapeFooter): Buffer {
  const json = Buffer.from(JSON.stringify(footer));
  const bytes = Buffer.alloc(json.length + TAIL_BYTES);
  json.copy(bytes);
  bytes.writeUInt32LE(json.length, json.length);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, json.length + 4)), json.length + 4);
  bytes.write(TAIL_MAGIC, json.length + 8, 'latin1');
  return bytes;
}

export class TapeWriter implements RowSink {
  /** Rows so far whose local time had to be raised. */
  raised = 0;
  private readonly part: string;
  private readonly block: RowBlock;
  private readonly buffer: BlockBuffer;
  private readonly index: BlockEntry[] = [];
  private readonly kinds = noCounts();
  private readonly notes: string[] = [];
  private readonly fd: number;
  private readonly headCrc: number;
  private offset = 0;
  private rows = 0;
  private gapUs = 0;
  private lastUs = -Infinity;
  private venueFirstUs = Infinity;
  private venueLastUs = -Infinity;
  private open = true;

  /** Throws TapeProblem when the file exists already or cannot be made. */
  constructor(
    readonly file: string,
    private readonly header: TapeHeader,
    private readonly options: WriteOptions = {},
  ) {
    this.part = `${file}.part`;
    this.refuseExisting();
    this.block = new RowBlock(Math.min(options.blockRows ?? BLOCK_ROWS, BLOCK_ROWS));
    this.buffer = new BlockBuffer(blockBytes(this.block.capacity));
    const bytes = headerBytes(header);
    this.headCrc = bytes.readUInt32LE(bytes.length - 4);
    this.fd = this.guarded(() => openSync(this.part, 'w'));
    try {
      this.write(bytes);
    } catch (error) {
      this.abort(); // nobody has a writer to abort yet
      throw error;
    }
  }

  /** One row. Times must be whole microseconds; a local time before the last one is raised to it and counted. */
  push(
    kind: RowKind,
    side: Aggressor,
    exchangeUs: number,
    localUs: number,
    price: number,
    size: number,
  ): void {
    let us = localUs;
    if (us < this.lastUs) {
      us = this.lastUs;
      this.raised += 1;
    }
    assert(Number.isSafeInteger(us) && Number.isSafeInteger(exchangeUs), 'a time of broken µs');
    this.lastUs = us;
    if (kind === ROW_GAP) this.gapUs += us - exchangeUs;
    this.kinds[kindName(kind)] += 1;
    this.block.push(kind, side, exchangeUs, us, price, size);
    if (this.block.full) this.flush();
  }

  /** Everything that `source` still has. */
  append(source: RowSource): void {
    const block = new RowBlock();
    for (let next = source.next(block); next !== null; next = source.next(block)) {
      for (let i = 0; i < next.count; i++) {
        this.push(
          next.kind[i] as RowKind,
          next.side[i] as Aggressor,
          next.exchangeUs[i] as number,
          next.localUs[i] as number,
          next.price[i] as number,
          next.size[i] as number,
        );
      }
    }
  }

  /** A line for the footer: what was inferred, dropped or repaired. */
  note(text: string): void {
    this.notes.push(text);
  }

  /** Writes the rows held back, as a block of their own. */
  flush(): void {
    if (this.block.count === 0) return;
    const head = this.buffer.encode(this.block, this.index.length);
    this.rows += head.rows;
    this.widen(head);
    this.index.push({
      offset: this.offset,
      bytes: head.bytes,
      rows: head.rows,
      firstUs: head.firstUs,
      lastUs: head.lastUs,
      crc: head.crc,
    });
    this.write(this.buffer.bytes.subarray(0, head.bytes));
    this.block.count = 0;
  }

  /** Ends the tape: footer, sync, real name. The writer takes no more rows. */
  finish(origins: readonly TapeOrigin[] = []): TapeInfo {
    this.flush();
    const footer: TapeFooter = {
      rows: this.rows,
      kinds: this.kinds,
      firstUs: this.index[0]?.firstUs ?? 0,
      lastUs: this.rows === 0 ? 0 : this.lastUs,
      venueFirstUs: this.venueFirstUs === Infinity ? 0 : this.venueFirstUs,
      venueLastUs: this.venueLastUs === -Infinity ? 0 : this.venueLastUs,
      raised: this.raised,
      gapUs: this.gapUs,
      notes: this.notes,
      origins,
      index: this.index,
    };
    this.write(footerBytes(footer));
    this.refuseExisting();
    this.guarded(() => {
      fsyncSync(this.fd);
      this.open = false;
      closeSync(this.fd);
      renameSync(this.part, this.file);
    });
    return infoOf(this.file, this.offset, this.header, footer, this.headCrc, false);
  }

  /** Gives up: nothing is left on disk. Harmless after `finish`. */
  abort(): void {
    if (!this.open) return;
    this.open = false;
    closeSync(this.fd);
    rmSync(this.part, { force: true });
  }

  private widen(head: BlockHead): void {
    if (head.venueLastUs === 0) return; // only gaps in it
    if (head.venueFirstUs < this.venueFirstUs) this.venueFirstUs = head.venueFirstUs;
    if (head.venueLastUs > this.venueLastUs) this.venueLastUs = head.venueLastUs;
  }

  private refuseExisting(): void {
    if (this.options.overwrite === true || !existsSync(this.file)) return;
    throw new TapeProblem(
      this.file,
      '',
      'exists already',
      'choose another name, or add --overwrite',
    );
  }

  private write(bytes: Uint8Array): void {
    this.guarded(() => {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.fd, bytes, done, bytes.length - done);
      }
    });
    this.offset += bytes.length;
  }

  private guarded<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw fileProblem(this.file, error);
    }
  }
}
