// The bytes of a recording, unpacked when it is gzip, with its SHA-256 and how far it has been read.
// Streams: memory does not grow with the file.
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TapeProblem, fileProblem } from './problem.js';

const CHUNK = 262_144;

export class ByteSource {
  readonly bytes: number;
  /** Bytes of the file (packed) read so far. */
  bytesRead = 0;
  private readonly gzip: boolean;
  private readonly hash = createHash('sha256');
  private file: Readable | null = null;
  private digest: string | null = null;

  /** Throws TapeProblem when the file is missing, empty, or named .gz without being gzip. */
  constructor(readonly name: string) {
    const start = Buffer.alloc(2);
    try {
      const fd = openSync(name, 'r');
      try {
        this.bytes = fstatSync(fd).size;
        readSync(fd, start, 0, 2, 0);
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      throw fileProblem(name, error);
    }
    if (this.bytes === 0) throw new TapeProblem(name, '', 'is empty', 'take the file again');
    this.gzip = start[0] === 0x1f && start[1] === 0x8b;
    if (!this.gzip && name.endsWith('.gz')) {
      const what = 'is named .gz but is not gzip';
      throw new TapeProblem(
        name,
        '',
        what,
        'rename it to .csv if it is plain text, or take it again',
      );
    }
  }

  /** SHA-256 of the file as it lies on disk; known once `chunks` has come to its end. */
  get sha256(): string {
    this.digest ??= this.hash.digest('hex');
    return this.digest;
  }

  async *chunks(): AsyncGenerator<Buffer, void, void> {
    const file = createReadStream(this.name, { highWaterMark: CHUNK });
    this.file = file;
    file.on('data', (chunk) => {
      this.hash.update(chunk);
      this.bytesRead += chunk.length;
    });
    let unpacked: Readable = file;
    if (this.gzip) {
      const gunzip = createGunzip({ chunkSize: CHUNK });
      file.on('error', (error) => gunzip.destroy(error));
      unpacked = file.pipe(gunzip);
    }
    try {
      for await (const chunk of unpacked) yield chunk as Buffer;
    } catch (error) {
      throw this.problem(error);
    } finally {
      file.destroy();
      unpacked.destroy();
    }
  }

  close(): void {
    this.file?.destroy();
  }

  private problem(error: unknown): unknown {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const again = 'take the file again';
    if (code === 'Z_BUF_ERROR') {
      return new TapeProblem(this.name, '', 'ends in the middle of its gzip stream', again);
    }
    if (typeof code === 'string' && code.startsWith('Z_')) {
      const what = `is damaged gzip (${(error as Error).message})`;
      return new TapeProblem(this.name, '', what, again);
    }
    return fileProblem(this.name, error);
  }
}
