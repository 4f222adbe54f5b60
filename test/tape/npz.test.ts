// hftbacktest's .npz, both ways: what is written is read back row for row, stored and compressed, with clocks that step
// back and clocks that disagree; and files that are none, cut short or of other columns are refused in one line.
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { ROW_CLEAR, ROW_LEVEL, ROW_MARK, ROW_TRADE } from '#core/rows';
import type { RowKind } from '#core/rows';
import { importTape } from '#tape/import';
import { readAll } from '#tape/memory';
import type { Row } from '#tape/memory';
import { checkNpz, importNpz } from '#tape/npz-import';
import { npyHeader, parseNpyHeader, readMicros, writeMicros } from '#tape/npz-event';
import { exportNpz } from '#tape/npz-write';
import { TapeSource } from '#tape/read';
import { TapeWriter } from '#tape/write';
import { zipEntries } from '#tape/zip';

const folder = mkdtempSync(join(tmpdir(), 'mm-npz-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const instrument = { venue: 'x', symbol: 'BTC', tickSize: '0.1', lotSize: '0.001' };

function tapeOf(rows: readonly Row[], name = 'a.tape'): string {
  const writer = new TapeWriter(at(name), { instrument, writtenBy: 'test' }, { overwrite: true });
  for (const r of rows) writer.push(r.kind, r.side, r.exchangeUs, r.localUs, r.price, r.size);
  writer.finish([]);
  return at(name);
}

const T0 = 1_700_000_000_000_000;
const row = (kind: RowKind, side: 1 | 0 | -1, us: number, local: number, price: number, size: number): Row => ({
  kind, side, exchangeUs: T0 + us, localUs: T0 + local, price, size,
}); // prettier-ignore

/** A market that begins with a snapshot; venue times may step back, but are never after the recorder's. */
const markets = fc
  .array(
    fc.record({
      trade: fc.boolean(),
      side: fc.constantFrom<1 | -1>(1, -1),
      later: fc.nat(300_000),
      latency: fc.nat(50_000),
      ticks: fc.integer({ min: 1, max: 900_000 }),
      between: fc.boolean(),
      lots: fc.nat(5_000),
    }),
    { maxLength: 60 },
  )
  .map((steps): Row[] => {
    let us = 100_000;
    const rows = [row(ROW_CLEAR, 0, 0, 100, 0, 0), row(ROW_LEVEL, 1, 0, 100, 281_450, 7)];
    for (const s of steps) {
      us += s.later;
      const price = s.trade && s.between ? s.ticks + 0.5 : s.ticks;
      const lots = s.trade ? s.lots + 1 : s.lots;
      rows.push(row(s.trade ? ROW_TRADE : ROW_LEVEL, s.side, us - s.latency, us, price, lots));
    }
    return rows;
  });

describe('there and back', () => {
  test('row for row, stored and compressed', async () => {
    const given = { tickSize: '0.1', lotSize: '0.001', symbol: 'BTC' };
    await fc.assert(
      fc.asyncProperty(markets, fc.boolean(), async (rows, stored) => {
        const npz = at('a.npz');
        await exportNpz(tapeOf(rows), npz, { stored, overwrite: true });
        await importNpz({ files: [npz], ...given, out: at('b.tape'), overwrite: true });
        expect(readAll(new TapeSource(at('b.tape')))).toEqual(rows);
      }),
      { numRuns: 25 },
    );
  });

  test('a recorder behind the venue: venue times are moved back, by the same for all, and it is said', async () => {
    const rows = [row(ROW_LEVEL, 1, 500, 400, 10, 1), row(ROW_LEVEL, 1, 600, 700, 11, 1)];
    const { notes, events } = await exportNpz(tapeOf(rows), at('a.npz'), { overwrite: true });
    expect(notes.join('\n')).toContain('0.1 ms ahead');
    expect(events).toBe(2);
    const files = { files: [at('a.npz')], tickSize: '0.1', lotSize: '0.001' };
    await importNpz({ ...files, out: at('b.tape'), overwrite: true });
    const back = readAll(new TapeSource(at('b.tape')));
    expect(back.map((r) => r.exchangeUs - T0)).toEqual([400, 500]);
    expect(back.map((r) => r.localUs - T0)).toEqual([400, 700]);
  });

  test('what the format cannot hold is left out and said', async () => {
    const rows = [row(ROW_LEVEL, 1, 0, 1, 10, 1), row(ROW_MARK, 0, 0, 2, 10, 0)];
    const { notes, events } = await exportNpz(tapeOf(rows), at('a.npz'), { overwrite: true });
    expect(events).toBe(1);
    expect(notes.join('\n')).toContain('1 rows that the format has no place for');
  });

  const data = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
  const name = `${data}hyperliquid_btc_2025-09-04`;
  test.skipIf(!existsSync(data))(
    'a whole recording, with tick and lot inferred (needs ../shared/data)',
    async () => {
      const files = [`${name}_incremental_book_L2.csv.gz`, `${name}_trades.csv.gz`];
      await importTape({ files, out: at('c.tape') });
      await exportNpz(at('c.tape'), at('c.npz'));
      const info = await importNpz({ files: [at('c.npz')], out: at('d.tape') });
      expect(info.instrument).toMatchObject({ tickSize: '1', lotSize: '0.00001', symbol: 'c' });
      const [before, after] = [new TapeSource(at('c.tape')), new TapeSource(at('d.tape'))];
      for (let a = before.next(); a !== null; a = before.next()) {
        const b = after.next();
        for (const column of ['kind', 'side', 'exchangeUs', 'localUs', 'price', 'size'] as const) {
          expect(
            Buffer.from(b?.[column].buffer ?? new ArrayBuffer(0)).equals(
              Buffer.from(a[column].buffer),
            ),
            column,
          ).toBe(true);
        }
      }
      expect(after.next()).toBeNull();
      before.close();
      after.close();
    },
  );
});

describe('the pieces', () => {
  test('times: whole microseconds survive as nanoseconds, and nanoseconds are rounded', () => {
    const bytes = Buffer.alloc(8);
    fc.assert(
      fc.property(fc.integer({ min: 1e15, max: 4e15 }), (us) => {
        writeMicros(bytes, 0, us);
        expect(bytes.readBigInt64LE(0)).toBe(BigInt(us) * 1_000n);
        expect(readMicros(bytes, 0)).toBe(us);
      }),
    );
    bytes.writeBigInt64LE(1_680_652_700_425_068_499n);
    expect(readMicros(bytes, 0)).toBe(1_680_652_700_425_068);
  });

  test('the header is a multiple of 64 bytes, and is read back', () => {
    for (const rows of [0, 7, 123_456_789]) {
      const head = npyHeader(rows);
      expect(head.length % 64).toBe(0);
      expect(parseNpyHeader('x', head)).toEqual({ bytes: head.length, rows });
      expect(parseNpyHeader('x', head.subarray(0, 50))).toBeNull();
    }
  });
});

describe('what it refuses, in one line', () => {
  const refused = async (bytes: Buffer | null, cut = 0): Promise<string> => {
    await exportNpz(tapeOf([row(ROW_LEVEL, 1, 0, 1, 10, 1)]), at('e.npz'), {
      stored: true,
      overwrite: true,
    });
    if (bytes !== null) writeFileSync(at('e.npz'), bytes);
    if (cut > 0) truncateSync(at('e.npz'), readFileSync(at('e.npz')).length - cut);
    return checkNpz({ files: [at('e.npz')] }).then(
      () => 'taken',
      (error: unknown) => (error as Error).message,
    );
  };

  test('no zip, a zip cut short, a changed byte, other columns', async () => {
    expect(await refused(null)).toBe('taken');
    expect(await refused(Buffer.from('not a zip file at all'))).toContain('is no whole zip file');
    expect(await refused(null, 40)).toContain('is no whole zip file');
    const whole = readFileSync(at('e.npz'));
    await refused(null);
    const good = readFileSync(at('e.npz'));
    const changed = Buffer.from(good);
    const entry = zipEntries(at('e.npz'))[0] as { readonly offset: number; readonly bytes: number };
    changed[entry.offset + entry.bytes - 40] = 0xff;
    expect(await refused(changed)).toMatch(/checksum|short decimal|price/);
    const renamed = Buffer.from(good);
    renamed.write("'qx'", good.indexOf("'px'"), 'latin1');
    expect(await refused(renamed)).toContain('other columns');
    expect(whole.length).toBeLessThan(good.length);
  });
});
