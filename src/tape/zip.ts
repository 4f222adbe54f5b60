// The part of the zip format that numpy uses for .npz: entries stored or deflated, one after another, zip64 where
// sizes need it. Reading streams one entry; writing streams one and mends its header when its size is known.
import { closeSync, createReadStream, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { crc32, createDeflateRaw, createInflateRaw } from 'node:zlib';
import { TapeProblem, fileProblem } from './problem.js';

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const STORED = 0;
const DEFLATED = 8;
const MOST_32 = 0xffffffff;
/** 1980-01-01: the first date a zip file can hold; a fixed one keeps files equal byte for byte. */
const DOS_DATE = 0x21;

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly bytes: number;
  readonly crc: number;
  readonly offset: number;
}

const notZip = (file: string): TapeProblem =>
  new TapeProblem(
    file,
    '',
    'is no whole zip file',
    'take the file again (.npz files are zip files)',
  );

function readAt(fd: number, at: number, length: number, file: string): Buffer {
  const buffer = Buffer.alloc(length);
  if (at < 0 || readSync(fd, buffer, 0, length, at) !== length) throw notZip(file);
  return buffer;
}

/** Where the list of entries lies, and how long it is. */
function directory(fd: number, file: string): Buffer {
  const { size } = fstatSync(fd);
  const tail = Math.min(size, 66_000);
  const bytes = readAt(fd, size - tail, tail, file);
  for (let at = tail - 22; at >= 0; at -= 1) {
    if (bytes.readUInt32LE(at) !== END) continue;
    let length: number = bytes.readUInt32LE(at + 12);
    let offset: number = bytes.readUInt32LE(at + 16);
    if ((offset === MOST_32 || length === MOST_32) && at >= 20) {
      if (bytes.readUInt32LE(at - 20) !== LOCATOR64) throw notZip(file);
      const end = readAt(fd, Number(bytes.readBigUInt64LE(at - 12)), 56, file);
      if (end.readUInt32LE(0) !== END64) throw notZip(file);
      length = Number(end.readBigUInt64LE(40));
      offset = Number(end.readBigUInt64LE(48));
    }
    if (offset + length > size) throw notZip(file);
    return readAt(fd, offset, length, file);
  }
  throw notZip(file);
}

/** The entries of a zip file. Throws TapeProblem when it is none, or cut short. */
export function zipEntries(file: string): ZipEntry[] {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    throw fileProblem(file, error);
  }
  try {
    const list = directory(fd, file);
    const entries: ZipEntry[] = [];
    for (let at = 0; at + 46 <= list.length && list.readUInt32LE(at) === CENTRAL;) {
      const [nameLength, extraLength] = [list.readUInt16LE(at + 28), list.readUInt16LE(at + 30)];
      const extra = list.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
      const sizes = [
        list.readUInt32LE(at + 24),
        list.readUInt32LE(at + 20),
        list.readUInt32LE(at + 42),
      ];
      const [bytes, packed, offset] = widen(sizes, extra);
      entries.push({
        name: list.toString('utf8', at + 46, at + 46 + nameLength),
        method: list.readUInt16LE(at + 10),
        crc: list.readUInt32LE(at + 16),
        ...{ bytes: bytes as number, packed: packed as number },
        offset: dataOffset(fd, offset as number, file),
      });
      at += 46 + nameLength + extraLength + list.readUInt16LE(at + 32);
    }
    return entries;
  } finally {
    closeSync(fd);
  }
}

/** Sizes that did not fit into 32 bits stand in the zip64 extra field, in order. */
function widen(sizes: readonly number[], extra: Buffer): number[] {
  let at = 0;
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== 1)
    at += 4 + extra.readUInt16LE(at + 2);
  at += 4;
  return sizes.map((size) => {
    if (size !== MOST_32 || at + 8 > extra.length) return size;
    at += 8;
    return Number(extra.readBigUInt64LE(at - 8));
  });
}

/** Name and extra field of the local header may differ in length from those of the list. */
function dataOffset(fd: number, at: number, file: string): number {
  const head = readAt(fd, at, 30, file);
  if (head.readUInt32LE(0) !== LOCAL) throw notZip(file);
  return at + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
}

/** The bytes of one entry, unpacked, its CRC checked at the end. Throws TapeProblem. */
export async function* zipBytes(file: string, entry: ZipEntry): AsyncGenerator<Buffer, void, void> {
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    const what = `${entry.name} is packed by method ${entry.method}`;
    throw new TapeProblem(file, '', what, 'save it with numpy.savez or numpy.savez_compressed');
  }
  const range = {
    start: entry.offset,
    end: entry.offset + entry.packed - 1,
    highWaterMark: 262_144,
  };
  const raw = createReadStream(file, range);
  let plain: Readable = raw;
  if (entry.method === DEFLATED) {
    const inflate = createInflateRaw({ chunkSize: 262_144 });
    raw.on('error', (error) => inflate.destroy(error));
    plain = raw.pipe(inflate);
  }
  let crc = 0;
  let bytes = 0;
  try {
    for await (const chunk of plain) {
      crc = crc32(chunk as Buffer, crc);
      bytes += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('Z_')) throw fileProblem(file, error);
    throw new TapeProblem(file, '', `${entry.name} is damaged or cut short`, 'take the file again');
  } finally {
    raw.destroy();
    plain.destroy();
  }
  if (bytes !== entry.bytes || crc !== entry.crc) {
    throw new TapeProblem(file, '', `${entry.name} fails its checksum`, 'take the file again');
  }
}

/** Writes `chunks` as the only entry of a new zip file at `fd`. Returns the bytes of the file. */
export async function writeZip(
  fd: number,
  name: string,
  chunks: Iterable<Buffer>,
  compress: boolean,
): Promise<number> {
  const title = Buffer.from(name);
  const start = 30 + title.length + 20;
  let [crc, bytes, packed] = [0, 0, 0];
  const put = (chunk: Buffer): void => {
    writeSync(fd, chunk, 0, chunk.length, start + packed);
    packed += chunk.length;
  };
  const deflate = compress ? createDeflateRaw({ level: 6, chunkSize: 262_144 }) : null;
  deflate?.on('data', put);
  const ended = new Promise<void>((resolve, reject) => {
    if (deflate === null) return resolve();
    deflate.on('end', resolve).on('error', reject);
  });
  for (const chunk of chunks) {
    crc = crc32(chunk, crc);
    bytes += chunk.length;
    if (deflate === null) put(chunk);
    else await new Promise<void>((resolve) => deflate.write(Buffer.from(chunk), () => resolve()));
  }
  deflate?.end();
  await ended;
  const entry = { name, method: compress ? DEFLATED : STORED, packed, bytes, crc, offset: 0 };
  const head = Buffer.concat([localHeader(entry), title, sizes64(entry)]);
  writeSync(fd, head, 0, head.length, 0);
  const tail = listOf(entry, title, start + packed);
  writeSync(fd, tail, 0, tail.length, start + packed);
  return start + packed + tail.length;
}

/** The fields that the local header and the list share. */
function common(entry: ZipEntry, head: Buffer, at: number): void {
  head.writeUInt16LE(45, at); // needs version 4.5: zip64
  head.writeUInt16LE(entry.method, at + 4);
  head.writeUInt16LE(DOS_DATE, at + 8);
  head.writeUInt32LE(entry.crc, at + 10);
  head.writeUInt32LE(MOST_32, at + 14);
  head.writeUInt32LE(MOST_32, at + 18);
  head.writeUInt16LE(Buffer.byteLength(entry.name), at + 22);
  head.writeUInt16LE(20, at + 24);
}

function localHeader(entry: ZipEntry): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(LOCAL, 0);
  common(entry, head, 4);
  return head;
}

function sizes64(entry: ZipEntry): Buffer {
  const extra = Buffer.alloc(20);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(16, 2);
  extra.writeBigUInt64LE(BigInt(entry.bytes), 4);
  extra.writeBigUInt64LE(BigInt(entry.packed), 12);
  return extra;
}

function listOf(entry: ZipEntry, title: Buffer, at: number): Buffer {
  const head = Buffer.alloc(46);
  head.writeUInt32LE(CENTRAL, 0);
  head.writeUInt16LE(45, 4);
  common(entry, head, 6);
  const list = Buffer.concat([head, title, sizes64(entry)]);
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(END64, 0);
  end64.writeBigUInt64LE(44n, 4);
  end64.writeUInt16LE(45, 12);
  end64.writeUInt16LE(45, 14);
  end64.writeBigUInt64LE(1n, 24);
  end64.writeBigUInt64LE(1n, 32);
  end64.writeBigUInt64LE(BigInt(list.length), 40);
  end64.writeBigUInt64LE(BigInt(at), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(LOCATOR64, 0);
  locator.writeBigUInt64LE(BigInt(at + list.length), 8);
  locator.writeUInt32LE(1, 16);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(MOST_32, 12);
  end.writeUInt32LE(MOST_32, 16);
  return Buffer.concat([list, end64, locator, end]);
}
