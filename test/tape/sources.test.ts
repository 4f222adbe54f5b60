// Sources in memory and repeated sources: what they give, and that a repetition keeps every promise of a source.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ROW_CLEAR, ROW_GAP, ROW_TRADE, RowBlock } from '#core/rows';
import { MemorySource, readAll, type Row } from '#tape/memory';
import { RepeatedSource } from '#tape/repeated';
import { rowsArbitrary, START } from './support.js';

const trade = (us: number): Row => ({
  kind: ROW_TRADE,
  side: 1,
  exchangeUs: START + us - 7,
  localUs: START + us,
  price: 100 + us,
  size: 1,
});

describe('MemorySource', () => {
  test('gives all rows, whatever the blocks', () => {
    fc.assert(
      fc.property(rowsArbitrary, fc.integer({ min: 1, max: 40 }), (rows, size) => {
        expect(readAll(new MemorySource(rows, size))).toEqual(rows);
        const source = new MemorySource(rows);
        const reuse = new RowBlock(size);
        let count = 0;
        for (let b = source.next(reuse); b !== null; b = source.next(reuse)) count += b.count;
        expect(count).toBe(rows.length);
      }),
    );
  });

  test('closed, it gives nothing more', () => {
    const source = new MemorySource([trade(0), trade(1)], 1);
    source.next();
    source.close();
    expect(source.next()).toBeNull();
  });
});

describe('RepeatedSource', () => {
  const rows = [trade(0), trade(0), trade(40)];

  test('shifts each pass, with a gap and a cleared book between', () => {
    const source = new RepeatedSource(() => new MemorySource(rows, 2), 3, 10);
    expect(source.totalRows).toBe(13);
    const all = readAll(source);
    expect(all.map((r) => [r.kind, r.localUs - START])).toEqual([
      [ROW_TRADE, 0], [ROW_TRADE, 0], [ROW_TRADE, 40],
      [ROW_GAP, 50], [ROW_CLEAR, 50],
      [ROW_TRADE, 50], [ROW_TRADE, 50], [ROW_TRADE, 90],
      [ROW_GAP, 100], [ROW_CLEAR, 100],
      [ROW_TRADE, 100], [ROW_TRADE, 100], [ROW_TRADE, 140],
    ]); // prettier-ignore
    expect(all[3]?.exchangeUs).toBe(START + 40); // the gap began where the pass ended
    expect(all[5]?.exchangeUs).toBe(START + 50 - 7);
    expect(all[5]?.price).toBe(100);
  });

  test('time never goes backwards, and every pass is the first one shifted', () => {
    fc.assert(
      fc.property(rowsArbitrary, fc.integer({ min: 1, max: 4 }), (some, times) => {
        const source = new RepeatedSource(() => new MemorySource(some, 7), times);
        const all = readAll(source);
        expect(all.length).toBe(source.totalRows);
        for (let i = 1; i < all.length; i++) {
          expect((all[i] as Row).localUs).toBeGreaterThanOrEqual((all[i - 1] as Row).localUs);
        }
        if (some.length === 0) return;
        const last = all.slice(-some.length);
        const shift = (last[0] as Row).localUs - (some[0] as Row).localUs;
        const back = (r: Row): Row => ({
          ...r,
          localUs: r.localUs - shift,
          exchangeUs: r.exchangeUs - shift,
        });
        expect(last.map(back)).toEqual(some);
      }),
    );
  });

  test('opens and closes each pass', () => {
    let opened = 0;
    let closed = 0;
    const open = (): MemorySource => {
      opened += 1;
      const source = new MemorySource(rows);
      const close = source.close.bind(source);
      source.close = () => {
        closed += 1;
        close();
      };
      return source;
    };
    const source = new RepeatedSource(open, 4);
    readAll(source);
    expect([opened, closed]).toEqual([4, 4]);
    expect(source.next()).toBeNull();
  });
});
