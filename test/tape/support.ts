// Rows and files for the tape tests: arbitrary rows, a temporary folder, CSV text in the Tardis layouts.
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll } from 'vitest';
import type { RowKind } from '#core/rows';
import { ROW_GAP } from '#core/rows';
import type { Aggressor } from '#core/units';
import { MemorySource, type Row } from '#tape/memory';
import { TapeProblem } from '#tape/problem';
import { TapeWriter, type WriteOptions } from '#tape/write';

export const START = 1_680_652_700_000_000;
export const HEADER = {
  instrument: { venue: 'test', symbol: 'BTC', tickSize: '0.1', lotSize: '0.001' },
  writtenBy: 'a test',
};

/** A folder of one's own for the file that calls this; `path` names a file in it. */
export function folder(): { path: (name: string) => string } {
  let dir = '';
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'tape-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return { path: (name) => join(dir, name) };
}

const price = fc.oneof(
  fc.integer({ min: 1, max: 2_000_000 }),
  fc.integer({ min: 1, max: 2_000_000 }).map((n) => n / 10),
  fc.integer({ min: 1, max: 2_000_000 }).map((n) => n / 256),
  fc.double({ noDefaultInfinity: true, noNaN: true, min: 1e-9, max: 1e15 }),
  fc.integer({ min: -2_000_000, max: -1 }), // funding rates
);
const size = fc.oneof(fc.integer({ min: 0, max: 1e9 }), fc.maxSafeNat());

/** Rows in order of local time, with the venue's clock anywhere around it. */
export const rowsArbitrary: fc.Arbitrary<Row[]> = fc
  .array(
    fc.record({
      kind: fc.integer({ min: 1, max: 10 }),
      side: fc.integer({ min: -1, max: 1 }),
      step: fc.oneof(
        fc.constant(0),
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ max: 1e11, min: 0 }),
      ),
      lag: fc.oneof(fc.integer({ min: -3e6, max: 3e6 }), fc.integer({ min: -1e13, max: 1e13 })),
      price,
      size,
    }),
    { maxLength: 300 },
  )
  .map((steps) => {
    let us = START;
    return steps.map((s) => {
      us += s.step;
      const exchangeUs = s.kind === ROW_GAP ? us - Math.abs(s.lag) : us + s.lag;
      const kind = s.kind as RowKind;
      return {
        kind,
        side: s.side as Aggressor,
        exchangeUs,
        localUs: us,
        price: s.price,
        size: s.size,
      };
    });
  });

export function writeTape(file: string, rows: readonly Row[], options: WriteOptions = {}): void {
  const writer = new TapeWriter(file, HEADER, { overwrite: true, ...options });
  writer.append(new MemorySource(rows));
  writer.finish();
}

/** What `act` throws; fails when it throws nothing. */
export function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** The TapeProblem that `act` rejects with, after a check that it is one line and says a remedy. */
export async function problemOf(act: Promise<unknown>): Promise<TapeProblem> {
  const error: unknown = await act.then(
    () => new Error('nothing was thrown'),
    (e: unknown) => e,
  );
  if (!(error instanceof TapeProblem)) throw error;
  if (/\n/.test(error.message) || error.remedy === '')
    throw new Error(`not one line: ${error.message}`);
  return error;
}

export const BOOK = 'exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount\n';
export const TRADES = 'exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n';
export const QUOTES =
  'exchange,symbol,timestamp,local_timestamp,ask_amount,ask_price,bid_price,bid_amount\n';

/** Writes text, packed when the name ends in .gz; returns the path. */
export function write(path: string, text: string): string {
  writeFileSync(path, path.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

/** A line: `ms` after START by the recorder's clock, 5 ms less by the venue's. */
export const line = (ms: number, rest: string, symbol = 'BTC'): string =>
  `test,${symbol},${START + (ms - 5) * 1_000},${START + ms * 1_000},${rest}\n`;
