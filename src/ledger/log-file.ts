// The write-ahead log of a durable ledger, beside SQLite's own hands on it. It is made long before it is needed and
// synced here after each commit (fdatasync; the driver knows only fsync), so that a commit writes over blocks that the
// file system has already and need not wait for its journal. It never changes a byte that SQLite wrote.
import { closeSync, fdatasyncSync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs'; // prettier-ignore

/** Idle time moves the log into the file at half of this (writer.ts). */
export const LOG_BYTES = 2_097_152;
const ZEROS = 65_536;

export class LogFile {
  private readonly file: number;

  /** The log must be there: any read of the database has made it. Throws what node:fs throws. */
  constructor(ledger: string) {
    // No lock is lost when this is closed: those of SQLite are on the database and the -shm file.
    this.file = openSync(`${ledger}-wal`, 'r+');
    this.lengthen();
  }

  /** Everything committed survives a power cut when this returns. Throws what node:fs throws. */
  sync(): void {
    fdatasyncSync(this.file);
  }

  close(): void {
    closeSync(this.file);
  }

  /** Zeros at the end are no frame: SQLite stops reading there, as at any end. A full disk leaves it as it was. */
  private lengthen(): void {
    const { size } = fstatSync(this.file);
    const zeros = Buffer.alloc(ZEROS);
    try {
      for (let at = size; at < LOG_BYTES;)
        at += writeSync(this.file, zeros, 0, Math.min(ZEROS, LOG_BYTES - at), at);
      fsyncSync(this.file);
    } catch {
      ftruncateSync(this.file, size);
    }
  }
}
