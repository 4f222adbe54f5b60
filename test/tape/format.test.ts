// The file format: what goes in comes out to the bit, and no damage of any byte goes unnoticed.
import fc from 'fast-check';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { BLOCK_ROWS, ROW_CLEAR, ROW_GAP, ROW_LEVEL, ROW_TRADE, RowBlock } from '#core/rows';
import { MAX_BLOCK_BYTES } from '#tape/block';
import { type BlockEntry, HEAD_BYTES, TAIL_BYTES } from '#tape/format';
import { describeTape } from '#tape/info';
import { MemorySource, readAll, type Row } from '#tape/memory';
import { TapeProblem } from '#tape/problem';
import { readInfo, TapeSource } from '#tape/read';
import { rescueTape } from '#tape/rescue';
import { TapeWriter } from '#tape/write';
import { folder, HEADER, rowsArbitrary, START, thrown, writeTape } from './support.js';

const { path } = folder();

/** Plain rows: 17 bytes each on disk. */
const plain = (count: number): Row[] =>
  Array.from({ length: count }, (_, i) => ({
    kind: i % 7 === 0 ? ROW_TRADE : ROW_LEVEL,
    side: i % 2 === 0 ? 1 : -1,
    exchangeUs: START + i * 1_000 - 300,
    localUs: START + i * 1_000,
    price: 280_000 + (i % 50),
    size: i % 90,
  }));

describe('round trip', () => {
  test('any rows come back to the bit, whatever the block size', () => {
    fc.assert(
      fc.property(rowsArbitrary, fc.integer({ min: 1, max: 70 }), (rows, blockRows) => {
        const file = path('round.tape');
        writeTape(file, rows, { blockRows });
        const source = new TapeSource(file);
        expect(source.totalRows).toBe(rows.length);
        expect(source.info.index.length).toBe(Math.ceil(rows.length / blockRows));
        expect(readAll(source)).toEqual(rows);
      }),
      { numRuns: 150 },
    );
  });

  test('blocks of the reader may be smaller than those on disk, and are reused', () => {
    const rows = plain(1_000);
    writeTape(path('small.tape'), rows, { blockRows: 300 });
    const source = new TapeSource(path('small.tape'));
    const reuse = new RowBlock(64);
    const prices: number[] = [];
    for (let b = source.next(reuse); b !== null; b = source.next(reuse)) {
      expect(b).toBe(reuse);
      expect(b.count).toBeLessThanOrEqual(64);
      prices.push(...b.price.subarray(0, b.count));
    }
    expect(prices).toEqual(rows.map((r) => r.price));
    source.close();
    expect(source.next()).toBeNull();
  });

  test('a fresh block is as large as any of the tape needs, also for the last few rows', () => {
    writeTape(path('fresh.tape'), plain(65), { blockRows: 32 });
    const source = new TapeSource(path('fresh.tape'));
    const blocks = [source.next(), source.next(), source.next()];
    expect(blocks.map((b) => [b?.count, b?.capacity])).toEqual([[32, 32], [32, 32], [1, 32]]); // prettier-ignore
    source.close();
  });

  test('more than one full block, 17 bytes a row where numbers allow it', () => {
    const rows = plain(BLOCK_ROWS + 10);
    writeTape(path('big.tape'), rows);
    const info = readInfo(path('big.tape'));
    expect(info.index.map((entry) => entry.rows)).toEqual([BLOCK_ROWS, 10]);
    expect(info.index[0]?.bytes).toBe(120 + 17 * BLOCK_ROWS);
    expect(readAll(new TapeSource(path('big.tape')))).toEqual(rows);
  });

  test('a block of doubles in every column fits the buffer', () => {
    const rows = plain(BLOCK_ROWS).map((row, i) => ({
      ...row,
      localUs: START + i * 1e8,
      exchangeUs: START - i * 1e8,
      price: Math.sqrt(i + 2),
      size: Math.exp(i % 30),
    }));
    writeTape(path('wide.tape'), rows);
    expect(readInfo(path('wide.tape')).index[0]?.bytes).toBe(MAX_BLOCK_BYTES);
    expect(readAll(new TapeSource(path('wide.tape')))).toEqual(rows);
  });

  test('an empty tape is a tape', () => {
    writeTape(path('none.tape'), []);
    expect(readInfo(path('none.tape'))).toMatchObject({
      rows: 0,
      firstUs: 0,
      lastUs: 0,
      hasBook: false,
    });
    expect(readAll(new TapeSource(path('none.tape')))).toEqual([]);
  });
});

describe('what a tape says of itself', () => {
  test('counts, flags, times, gaps, notes, market', () => {
    const writer = new TapeWriter(path('info.tape'), HEADER);
    writer.push(ROW_CLEAR, 0, START - 9, START, 0, 0);
    writer.push(ROW_LEVEL, 1, START - 9, START, 280_000, 5);
    writer.push(ROW_GAP, 0, START, START + 7_000_000, 0, 0);
    writer.push(ROW_TRADE, -1, START + 6_999_000, START + 7_000_000, 280_000.5, 2);
    writer.note('as it was');
    const made = writer.finish([{ name: 'a.csv', sha256: 'ab', bytes: 3, rows: 4 }]);
    const info = readInfo(path('info.tape'));
    expect(info).toEqual(made);
    expect(info).toMatchObject({
      instrument: HEADER.instrument,
      rows: 4,
      kinds: { clear: 1, book: 1, gap: 1, trade: 1, quote: 0 },
      firstUs: START,
      lastUs: START + 7_000_000,
      venueFirstUs: START - 9,
      venueLastUs: START + 6_999_000,
      gapUs: 7_000_000,
      notes: ['as it was'],
      hasBook: true,
      hasTrades: true,
      hasQuotes: false,
      torn: false,
    });
    const text = describeTape(info).map(([k, v]) => `${k}: ${v}`);
    expect(text).toContain('tick, lot: 0.1, 0.001');
    expect(text).toContain('gaps: 1 (7.0 s in all)');
    expect(text).toContain('made from: a.csv (4 rows, ab)');
  });

  test('local time that goes backwards is raised and counted', () => {
    const writer = new TapeWriter(path('raised.tape'), HEADER);
    for (const us of [START + 5, START, START + 3, START + 9]) {
      writer.push(ROW_TRADE, 1, us, us, 1, 1);
    }
    expect(writer.finish().raised).toBe(2);
    const rows = readAll(new TapeSource(path('raised.tape')));
    expect(rows.map((r) => r.localUs - START)).toEqual([5, 5, 5, 9]);
    expect(rows.map((r) => r.exchangeUs - START)).toEqual([5, 0, 3, 9]);
  });

  test('a broken time is our mistake', () => {
    const writer = new TapeWriter(path('nan.tape'), HEADER);
    expect(() => writer.push(ROW_TRADE, 1, START, START + 0.5, 1, 1)).toThrow('broken µs');
    expect(() => writer.push(ROW_TRADE, 1, NaN, START, 1, 1)).toThrow('broken µs');
    writer.abort();
    expect(existsSync(path('nan.tape.part'))).toBe(false);
  });

  test('identity: of the rows and the market, not of notes or names', () => {
    const identity = (name: string, rows: Row[], note = ''): string => {
      const writer = new TapeWriter(path(name), HEADER, { overwrite: true });
      writer.append(new MemorySource(rows));
      if (note !== '') writer.note(note);
      return writer.finish().identity;
    };
    const rows = plain(200);
    const one = identity('one.tape', rows);
    expect(identity('two.tape', rows, 'noted')).toBe(one);
    const changed = rows.map((r, i) => (i === 77 ? { ...r, size: r.size + 1 } : r));
    expect(identity('one.tape', changed)).not.toBe(one);
  });
});

/** Reads all of it, and returns the problem met. */
const damage = (file: string): unknown => thrown(() => readAll(new TapeSource(file)));

describe('damage', () => {
  const rows = plain(40);
  const whole = (): Buffer => {
    writeTape(path('whole.tape'), rows, { blockRows: 16 });
    return readFileSync(path('whole.tape'));
  };

  test('a flipped bit in any byte is found, wherever it is', () => {
    const bytes = whole();
    const regions = new Set<string>();
    for (let at = 0; at < bytes.length; at++) {
      const bad = Buffer.from(bytes);
      bad[at] = (bad[at] as number) ^ (1 << (at % 8));
      writeFileSync(path('bad.tape'), bad);
      const error = damage(path('bad.tape'));
      expect(error, `byte ${at} of ${bytes.length}`).toBeInstanceOf(TapeProblem);
      const { message } = error as TapeProblem;
      expect(message).toContain(path('bad.tape'));
      expect(message).not.toContain('\n');
      regions.add(/not a tape|header|block \d|footer|torn|version/.exec(message)?.[0] ?? message);
    }
    for (const region of [
      'not a tape',
      'header',
      'block 1',
      'block 2',
      'block 3',
      'footer',
      'torn',
    ]) {
      expect([...regions]).toContain(region);
    }
  });

  test('a cut at any byte is found', () => {
    const bytes = whole();
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(path('cut.tape'), bytes.subarray(0, length));
      expect(damage(path('cut.tape')), `cut to ${length}`).toBeInstanceOf(TapeProblem);
    }
  });

  test('bytes added at the end, or a block left out, are found', () => {
    const bytes = whole();
    writeFileSync(path('more.tape'), bytes);
    appendFileSync(path('more.tape'), 'x');
    expect(damage(path('more.tape'))).toBeInstanceOf(TapeProblem);
    const { index } = readInfo(path('whole.tape'));
    const second = index[1] as (typeof index)[number];
    const less = Buffer.concat([
      bytes.subarray(0, second.offset),
      bytes.subarray(second.offset + second.bytes),
    ]);
    writeFileSync(path('less.tape'), less);
    expect(String(damage(path('less.tape')))).toContain('length that its index says');
  });

  test('two blocks exchanged are found', () => {
    const bytes = whole();
    const [a, b] = readInfo(path('whole.tape')).index as unknown as [BlockEntry, BlockEntry];
    const swapped = Buffer.from(bytes);
    bytes.copy(swapped, a.offset, a.offset + a.bytes, a.offset + 2 * a.bytes);
    bytes.copy(swapped, a.offset + a.bytes, a.offset, a.offset + a.bytes);
    expect(b.bytes).toBe(a.bytes);
    writeFileSync(path('swapped.tape'), swapped);
    expect(String(damage(path('swapped.tape')))).toContain('block 1 of 3: is out of order');
  });

  test('the message names file, block and remedy', () => {
    const bytes = whole();
    const { index } = readInfo(path('whole.tape'));
    const at = (index[1]?.offset as number) + 200;
    bytes[at] = (bytes[at] as number) ^ 4;
    writeFileSync(path('bad.tape'), bytes);
    const error = damage(path('bad.tape')) as TapeProblem;
    expect(error.where).toBe('block 2 of 3');
    expect(error.what).toBe('fails its CRC');
    expect(error.remedy).toContain('import it again');
  });

  test('rows of whole blocks before the damage are still given out', () => {
    const bytes = whole();
    const { index } = readInfo(path('whole.tape'));
    const at = (index[2]?.offset as number) + 130;
    bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(path('late.tape'), bytes);
    const source = new TapeSource(path('late.tape'));
    expect(source.next()?.count).toBe(16);
    expect(source.next()?.count).toBe(16);
    expect(() => source.next()).toThrow(TapeProblem);
    source.close();
  });

  test('a torn tape gives its whole blocks on request, and says that it is torn', () => {
    const bytes = whole();
    const { index } = readInfo(path('whole.tape'));
    const third = index[2] as (typeof index)[number];
    const cuts = [third.offset, third.offset + 10, third.offset + third.bytes - 1];
    for (const cut of cuts) {
      writeFileSync(path('torn.tape'), bytes.subarray(0, cut));
      expect(String(damage(path('torn.tape')))).toContain('torn');
      const source = new TapeSource(path('torn.tape'), { torn: 'keep' });
      expect(source.info).toMatchObject({ torn: true, rows: 32, kinds: { trade: 5, book: 27 } });
      expect(readAll(source)).toEqual(rows.slice(0, 32));
    }
    const headOnly = bytes.subarray(0, index[0]?.offset);
    writeFileSync(path('torn.tape'), headOnly);
    expect(readAll(new TapeSource(path('torn.tape'), { torn: 'keep' }))).toEqual([]);
    expect(HEAD_BYTES + TAIL_BYTES).toBeLessThan(headOnly.length);
  });
});

describe('what a killed recording left', () => {
  const rows = plain(40);

  /** Two whole blocks of 16 rows, and `more` bytes of the third. */
  function left(name: string, more: number): string {
    writeTape(path('whole.tape'), rows, { blockRows: 16 });
    const third = readInfo(path('whole.tape')).index[2]?.offset as number;
    writeFileSync(path(name), readFileSync(path('whole.tape')).subarray(0, third + more));
    return path(name);
  }

  test.each([0, 1, 100])('is a tape again up to its last whole block (%i bytes more)', (more) => {
    const out = path(`rescued-${more}.tape`);
    const info = rescueTape(left(`${more}.part`, more), () => out);
    expect(info).toMatchObject({ rows: 32, torn: false, lastUs: rows[31]?.localUs });
    expect(info?.notes.join()).toContain('its end is missing');
    expect(readAll(new TapeSource(out))).toEqual(rows.slice(0, 32));
    expect(existsSync(path(`${more}.part`))).toBe(false);
  });

  test('killed before its new name: the second time does the same', () => {
    const part = left('again.part', 5);
    const out = path('again.tape');
    rescueTape(part, () => out);
    renameSync(out, part);
    expect(rescueTape(part, () => out)?.rows).toBe(32);
    expect(readAll(new TapeSource(out))).toEqual(rows.slice(0, 32));
  });

  test('nothing whole in it: left alone; a name that is taken: refused, and nothing is lost', () => {
    const first = readInfo(path('whole.tape')).index[0] as BlockEntry;
    const cut = readFileSync(path('whole.tape')).subarray(0, first.offset + 20);
    for (const bytes of [cut, Buffer.alloc(0)]) {
      writeFileSync(path('nothing.part'), bytes);
      expect(rescueTape(path('nothing.part'), () => path('nothing.tape'))).toBeNull();
    }
    const part = left('kept.part', 7);
    const bytes = readFileSync(part);
    expect(() => rescueTape(part, () => path('whole.tape'))).toThrow(/whole\.tape: exists already/);
    expect(readFileSync(part)).toEqual(bytes);
  });
});

describe('files that are no tape', () => {
  const message = (act: () => unknown): string => String((thrown(act) as Error).message);

  test.each([
    ['missing', 'gone.tape', 'no such file'],
    ['a folder', 'folder', 'is a directory'],
    ['below a file', 'file/x.tape', 'is a file, not a folder'],
    ['empty', 'empty.tape', 'is empty'],
    ['text', 'file', 'is not a tape; make one with: mm tape import'],
  ])('%s', (_, name, expected) => {
    mkdirSync(path('folder'), { recursive: true });
    writeFileSync(path('file'), 'exchange,symbol\n');
    writeFileSync(path('empty.tape'), '');
    expect(message(() => new TapeSource(path(name)))).toContain(expected);
  });

  test('a tape of a later version says so', () => {
    writeTape(path('later.tape'), plain(3));
    const bytes = readFileSync(path('later.tape'));
    bytes.writeUInt32LE(2, 8);
    const end = HEAD_BYTES + bytes.readUInt32LE(12);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, end)), end);
    writeFileSync(path('later.tape'), bytes);
    expect(message(() => new TapeSource(path('later.tape')))).toContain(
      'is of tape version 2, this program reads 1; import it again with this program',
    );
  });

  test('an existing tape is not written over unasked, neither at the start nor at the end', () => {
    writeTape(path('kept.tape'), plain(3));
    expect(message(() => new TapeWriter(path('kept.tape'), HEADER))).toContain('exists already');
    const writer = new TapeWriter(path('raced.tape'), HEADER);
    writeFileSync(path('raced.tape'), 'mine');
    expect(message(() => writer.finish())).toContain('exists already');
    writer.abort();
    expect(readFileSync(path('raced.tape'), 'utf8')).toBe('mine');
    expect(existsSync(path('raced.tape.part'))).toBe(false);
  });

  test('a folder that is not there', () => {
    expect(message(() => new TapeWriter(path('no/where.tape'), HEADER))).toContain('no such file');
  });

  test('until it is finished, a tape does not bear its name', () => {
    const writer = new TapeWriter(path('slow.tape'), HEADER);
    writer.push(ROW_TRADE, 1, START, START, 1, 1);
    writer.flush();
    expect(existsSync(path('slow.tape'))).toBe(false);
    expect(new TapeSource(path('slow.tape.part'), { torn: 'keep' }).info.rows).toBe(1);
    writer.finish();
    expect(readInfo(path('slow.tape')).rows).toBe(1);
    writer.abort(); // harmless now
    expect(existsSync(path('slow.tape'))).toBe(true);
  });
});
