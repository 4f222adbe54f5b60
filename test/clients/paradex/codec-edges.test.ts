// Frames at the edge of the schema, one rule each: short blocks, long entries, nulls, the two layouts of version 2,
// prints that do not count. Each was once a mutant that other tests let live.
import { describe, expect, test } from 'vitest';
import { ParadexFeed } from '#clients/paradex/codec/feed';
import { readFrame, writeFrame } from '#clients/paradex/codec/frame';
import { bookFrame, orderFrame, tradeFrame } from '#clients/paradex/codec/from-wire';
import { factOfFrame } from '#clients/paradex/codec/private';
import { BBO, BOOK, FUNDING, HEARTBEAT, SUMMARY, TRADE } from '#clients/paradex/codec/schema';
import type { Template } from '#clients/paradex/codec/schema';
import type { Ticks } from '#core/units';
import { INSTRUMENT, MARKET, ORDER } from '../../support/paradex-mutants.js';

type Row = readonly [kind: number, side: number, us: number, price: number, size: number];
function feedOf(): { feed: ParadexFeed; rows: Row[] } {
  const rows: Row[] = [];
  const feed = new ParadexFeed(INSTRUMENT, MARKET, { row: (...row) => void rows.push(row) });
  return { feed, rows };
}
const insert = (bytes: Uint8Array, at: number, extra: number): Uint8Array =>
  Uint8Array.from([...bytes.slice(0, at), ...new Array<number>(extra).fill(171), ...bytes.slice(at)]); // prettier-ignore

describe('the feed', () => {
  test.each([TRADE, BBO, BOOK, SUMMARY, FUNDING, HEARTBEAT] as Template[])(
    'template %i with a block one byte short is unreadable',
    (template) => {
      for (const version of [0, 1, 2] as const) {
        const whole = writeFrame(template, version, {
          values: { ts: 5 },
          texts: template === HEARTBEAT ? {} : { market: MARKET },
        });
        const end = 8 + (whole[0] as number);
        const short = Uint8Array.from([...whole.slice(0, end - 1), ...whole.slice(end)]);
        short[0] = end - 9;
        expect(feedOf().feed.onFrame(whole)).not.toBe('unreadable');
        expect(feedOf().feed.onFrame(short)).toBe('unreadable');
        expect(readFrame(short)).toBe('unreadable');
      }
    },
  );

  test.each([null, '92233720368.54775807', '-92233720368.54775807', '-1'])(
    'a total volume of %s, which 64 bits may not hold, changes nothing about the mark',
    (totalVolume) => {
      const { feed, rows } = feedOf();
      const values = { ts: 5, markPrice: '91234.5', totalVolume };
      const bytes = writeFrame(SUMMARY, 1, { values, texts: { market: MARKET } });
      expect(feed.onFrame(bytes)).toBe('applied');
      expect(rows.map((row) => row[3])).toEqual([912_345]);
    },
  );

  test('entries longer than a level: the rest of each is skipped', () => {
    const { feed, rows } = feedOf();
    const bids = [
      ['91234.4', '1'],
      ['91234.3', '2'],
    ] as const;
    let bytes = writeFrame(BOOK, 1, { values: { ts: 5, seq: 1n }, bids, texts: { market: MARKET } }); // prettier-ignore
    bytes = insert(insert(bytes, 97 + 4 + 32, 8), 97 + 4 + 16, 8);
    bytes[97] = 24;
    expect(feed.onFrame(bytes)).toBe('applied');
    expect(rows.slice(1).map((row) => row.slice(3))).toEqual([
      [912_344, 100_000],
      [912_343, 200_000],
    ]);
    const frame = readFrame(bytes);
    expect(typeof frame === 'string' ? frame : frame.bids).toEqual(bids);
  });

  const print = (type: string, size = '0.025') => ({
    ...{ id: '1', market: MARKET, side: 'SELL' as const, price: '91234.5', size },
    ...{ created_at: 5, trade_type: type },
  });

  test.each([
    ['FILL', 'applied'],
    ['LIQUIDATION', 'applied'],
    ['SOMETHING_NEW', 'applied'],
    ['UNWIND_TRANSFER', 'ignored'],
    ['SETTLE_MARKET', 'ignored'],
    ['RPI', 'ignored'],
    ['BLOCK_TRADE', 'ignored'],
  ])('a print of type %s is %s, as text and as a frame', (type, result) => {
    const [text, binary] = [feedOf(), feedOf()];
    expect(text.feed.onData(`trades.${MARKET}`, print(type))).toBe(result);
    expect(binary.feed.onFrame(tradeFrame(print(type), 0, 1))).toBe(result);
    expect(text.rows).toEqual(binary.rows);
    expect(text.rows.length).toBe(result === 'applied' ? 1 : 0);
  });

  test('a print without size, or out of the band, is refused', () => {
    const { feed, rows } = feedOf();
    expect(feed.onFrame(tradeFrame(print('FILL', '0'), 0, 1))).toBe('refused');
    feed.setBand(1 as Ticks, 900_000 as Ticks);
    expect(feed.onFrame(tradeFrame(print('FILL'), 0, 1))).toBe('refused');
    expect(feed.onData(`trades.${MARKET}`, print('FILL'))).toBe('refused');
    expect(rows).toEqual([]);
    expect(feed.output.counters).toMatchObject({ offGrid: 1, outOfBand: 2 });
  });

  test('a deleted level of a JSON book has no size, whatever is written there', () => {
    const { feed, rows } = feedOf();
    const gone = [{ side: 'BUY', price: '91234.4', size: '7' }];
    const data = { market: MARKET, seq_no: 1, last_updated_at: 5, update_type: 's', inserts: null, updates: [], deletes: gone }; // prettier-ignore
    expect(feed.onData(`order_book.${MARKET}.deltas`, data)).toBe('applied');
    expect(rows.at(-1)).toEqual([2, 1, 5000, 912_344, 0]);
    const missing = { ...data, deletes: undefined };
    expect(feed.onData(`order_book.${MARKET}.deltas`, missing)).toBe('unreadable');
    expect(feed.sequence.state).toBe('broken');
    // The frame of the same object says the same.
    const frame = bookFrame({ ...data, update_type: 's', inserts: [], deletes: gone as never }, 1);
    const binary = feedOf();
    binary.feed.onFrame(frame);
    expect(binary.rows).toEqual(rows);
  });
});

describe('any frame', () => {
  test('version 2 in its shorter layout: no request, no fee currency', () => {
    const first = orderFrame(ORDER, 1).with(6, 2);
    const frame = readFrame(first);
    if (typeof frame === 'string') throw new Error(frame);
    expect(frame).toMatchObject({ version: 2, texts: { orderId: ORDER.id } });
    expect('requestStatus' in frame.values).toBe(false);
    expect('requestId' in frame.texts).toBe(false);
    expect(factOfFrame(frame)).toMatchObject({ kind: 'order', request: null });
  });

  test('a level without a price or a size is unreadable', () => {
    for (const level of [['', '1'], ['1', '']] as const) {
      const bytes = writeFrame(BOOK, 1, { values: { ts: 5 }, bids: [level], texts: { market: MARKET } }); // prettier-ignore
      expect(readFrame(bytes)).toBe('unreadable');
      expect(feedOf().feed.onFrame(bytes)).toBe('unreadable');
    } // prettier-ignore
  });

  test('a text that is no UTF-8 is unreadable; unknown enums are facts still', () => {
    const bytes = orderFrame(ORDER, 1);
    expect(readFrame(bytes.with(8 + 126 + 1, 0xff))).toBe('unreadable');
    const odd = readFrame(bytes.with(8 + 16, 99).with(8 + 17, 254));
    if (typeof odd === 'string') throw new Error(odd);
    expect(factOfFrame(odd)).toMatchObject({ status: 'UNKNOWN', side: null });
  });
});
