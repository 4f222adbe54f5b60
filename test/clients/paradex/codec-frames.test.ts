// The published-schema vectors exactly, both ways; round trips of every template and version; what must be refused;
// and the hot path's rows for the same bytes.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParadexFeed } from '#clients/paradex/codec/feed';
import type { Frame, FieldValue, Level } from '#clients/paradex/codec/frame';
import { readFrame, writeFrame } from '#clients/paradex/codec/frame';
import { LAYOUTS, layoutOf } from '#clients/paradex/codec/schema';
import type { FieldKind, Template } from '#clients/paradex/codec/schema';
import type { SbeVersion } from '#clients/paradex/endpoints';
import { ROW_CLEAR, ROW_FUNDING, ROW_LEVEL, ROW_MARK, ROW_QUOTE, ROW_TRADE } from '#core/rows';
import { INSTRUMENT, MARKET } from '../../support/paradex-mutants.js';

type Decoded = Readonly<Record<string, unknown>>;
interface Vector {
  readonly name: string;
  readonly template: number;
  readonly hex: string;
  readonly block: number;
  readonly decoded?: Decoded;
  readonly decoded_known_fields?: Decoded;
  readonly extra?: Decoded;
}
const golden = new URL('../../golden/paradex-sbe-frames.json', import.meta.url);
const VECTORS = (JSON.parse(readFileSync(golden, 'utf8')) as { frames: Vector[] }).frames;
const bytesOf = (vector: Vector): Uint8Array => Uint8Array.from(Buffer.from(vector.hex, 'hex'));
const vector = (name: string): Vector => VECTORS.find((v) => v.name.startsWith(name)) as Vector;

function read(bytes: Uint8Array): Frame {
  const frame = readFrame(bytes);
  if (typeof frame === 'string') throw new Error(`frame ${frame}`);
  return frame;
}

describe('vectors', () => {
  test('are all here', () => expect(VECTORS.length).toBeGreaterThanOrEqual(16));

  test.each(VECTORS.map((v) => [v.name, v] as const))('%s', (_, v) => {
    const frame = read(bytesOf(v));
    const want = { ...(v.decoded ?? v.decoded_known_fields), ...v.extra };
    expect(frame.template).toBe(v.template);
    for (const [name, value] of Object.entries(want)) {
      if (name === '_ver') expect(frame.version).toBe(value);
      else if (name === '_t' || name === '_blk' || name === '_rest') continue;
      else if (name === 'bids' || name === 'asks') expect(frame[name]).toEqual(value);
      else if (name in frame.texts) expect(frame.texts[name]).toBe(value);
      else expect(plain(frame.values[name]), name).toEqual(plain(value as FieldValue));
    }
    const named = Object.keys(want).filter((name) => !name.startsWith('_'));
    const have = [...Object.keys(frame.values), ...Object.keys(frame.texts)];
    if (frame.name === 'book') have.push('bids', 'asks');
    expect(have.sort()).toEqual(named.sort());
    // The same bytes again.
    const { block } = v;
    const short = layoutOf(v.template)?.blocks[frame.version as SbeVersion] as number;
    const padding = bytesOf(v).slice(8 + short, 8 + block);
    const { values, texts, bids, asks } = frame;
    const again = writeFrame(frame.template, frame.version as SbeVersion, { values, texts, bids, asks, padding }); // prettier-ignore
    expect(Buffer.from(again).toString('hex')).toBe(v.hex);
  });

  const plain = (value: FieldValue | undefined): unknown =>
    typeof value === 'bigint' || typeof value === 'number' ? String(value) : value;
});

const decimal = (places: number): fc.Arbitrary<string | null> =>
  fc.option(
    fc.bigInt({ min: -(1n << 62n), max: 1n << 62n }).map((n) => {
      const digits = String(n < 0n ? -n : n).padStart(places + 1, '0');
      const text = `${digits.slice(0, -places)}.${digits.slice(-places)}`.replace(/\.?0+$/, '');
      return n < 0n ? `-${text}` : text;
    }),
  );
const VALUE: Readonly<Record<FieldKind, fc.Arbitrary<FieldValue>>> = {
  time: fc.maxSafeNat(),
  int: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
  uint: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  e8: decimal(8),
  e12: decimal(12),
  u8: fc.nat(255),
  i16: fc.integer({ min: -32768, max: 32767 }),
  account: fc.bigInt({ min: 0n, max: (1n << 251n) - 1n }).map((n) => `0x${n.toString(16)}`),
};
const level = fc.tuple(decimal(8), decimal(8)).map(([p, s]): Level => [p ?? '1', s ?? '0']);
const text = fc.string({ unit: 'grapheme', maxLength: 12 });

test.each(LAYOUTS.map((l) => [l.name, l] as const))('%s: what is written is read', (_, layout) => {
  const values = fc.record(Object.fromEntries(layout.fields.map((f) => [f.name, VALUE[f.kind]])));
  const texts = fc.record(Object.fromEntries(layout.texts.map((t) => [t.name, text])));
  const version = fc.constantFrom<SbeVersion>(0, 1, 2);
  const side = layout.levels ? fc.array(level, { maxLength: 5 }) : fc.constant([]);
  const run = fc.property(values, texts, version, side, side, fc.uint8Array({ maxLength: 9 }),
    (v, t, ver, bids, asks, padding) => {
      const bytes = writeFrame(layout.template, ver, { values: v, texts: t, bids, asks, padding });
      const frame = read(bytes);
      const since = (s: number): boolean => s <= ver;
      const kept = layout.fields.filter((f) => since(f.since)).map((f) => [f.name, v[f.name]]);
      const said = layout.texts.filter((x) => since(x.since)).map((x) => [x.name, t[x.name]]);
      expect(frame.values).toEqual(Object.fromEntries(kept));
      expect(frame.texts).toEqual(Object.fromEntries(said));
      expect([frame.bids, frame.asks]).toEqual([bids, asks]);
    }); // prettier-ignore
  fc.assert(run, { numRuns: 60 });
});

test('every cut of every vector is unreadable, and never read beyond', () => {
  for (const v of VECTORS) {
    const bytes = bytesOf(v);
    const wide = new Uint8Array(bytes.length + 16).fill(0xff);
    wide.set(bytes, 8);
    expect(readFrame(wide.subarray(8, 8 + bytes.length))).toEqual(readFrame(bytes));
    // The optional texts of version 2 may be absent, but not cut in the middle.
    const optional = v.name.startsWith('order v2') ? 7 : 0;
    for (let n = 0; n < bytes.length; n++)
      if (n !== bytes.length - optional && n !== bytes.length - 1)
        expect(readFrame(wide.subarray(8, 8 + n)), `${v.name} cut at ${n}`).toBe('unreadable');
  }
});

test('another schema is unreadable, another template skipped, names that do not exist are our mistake', () => {
  const bytes = bytesOf(vector('bbo v1'));
  expect(readFrame(bytes.with(4, 2))).toBe('unreadable');
  expect(readFrame(bytes.with(2, 77))).toBe('skipped');
  expect(() => writeFrame(2, 1, { values: { bid: '1' } })).toThrow();
  expect(() => writeFrame(2, 1, { values: {}, texts: { name: 'x' } })).toThrow();
  expect(() => writeFrame(2, 1, { values: { bidPrice: 'abc' } })).toThrow();
  expect(() => writeFrame(2, 1, { values: { bidPrice: '92233720369' } })).toThrow();
  expect(() => writeFrame(99 as Template, 1, { values: {} })).toThrow();
});

type Row = readonly [kind: number, side: number, us: number, price: number, size: number];
function feedOf(): { feed: ParadexFeed; rows: Row[] } {
  const rows: Row[] = [];
  const feed = new ParadexFeed(INSTRUMENT, MARKET, { row: (...row) => void rows.push(row) });
  return { feed, rows };
}

describe('the feed on the vectors', () => {
  test('snapshot, delta and empty delta advance the book; rows are ticks and lots', () => {
    const { feed, rows } = feedOf();
    const us = 1_763_683_200_123_000;
    const seen = ['book snapshot v1', 'book delta v1: remove', 'book delta v1: empty'];
    expect(seen.map((name) => feed.onFrame(bytesOf(vector(name))))).toEqual(Array(3).fill('applied')); // prettier-ignore
    expect(rows).toEqual([
      [ROW_CLEAR, 0, us, 0, 0],
      [ROW_LEVEL, 1, us, 912_344, 150_000],
      [ROW_LEVEL, 1, us, 912_343, 20_000],
      [ROW_LEVEL, -1, us, 912_346, 75_000],
      [ROW_LEVEL, -1, us, 912_350, 300_000],
      [ROW_LEVEL, 1, us + 1000, 912_344, 0],
      [ROW_LEVEL, -1, us + 1000, 912_346, 50_000],
      // The empty delta says that the book is fresh, and changes nothing.
      [ROW_LEVEL, -1, us + 2000, 912_346, 50_000],
    ]);
    expect(feed.sequence).toMatchObject({ state: 'live', seq: 2002 });
    // Once more is nothing; what comes before it is a gap.
    expect(feed.onFrame(bytesOf(vector('book delta v1: empty')))).toBe('ignored');
    expect(feed.sequence).toMatchObject({ state: 'live', seq: 2002, gaps: 0 });
    expect(rows.length).toBe(8);
    expect(feed.onFrame(bytesOf(vector('book delta v1: remove')))).toBe('gap');
    expect(feed.sequence).toMatchObject({ state: 'broken', gaps: 1 });
    expect(feed.onFrame(bytesOf(vector('book snapshot v1')))).toBe('applied');
  });

  test('trade, bbo, summary of both ages, funding of both ages', () => {
    const { feed, rows } = feedOf();
    const us = 1_763_683_200_123_000;
    const names = ['trade v1', 'bbo v1', 'bbo with 8', 'markets_summary v1', 'markets_summary v0'];
    for (const name of [...names, 'funding_data v1', 'funding_data v0'])
      expect(feed.onFrame(bytesOf(vector(name)))).toBe('applied');
    const mark = Math.round(912_301.2345678 * 256) / 256;
    expect(rows).toEqual([
      [ROW_TRADE, 1, us - 2000, 912_345, 2500],
      [ROW_QUOTE, 1, us, 912_344, 150_000],
      [ROW_QUOTE, -1, us, 912_346, 75_000],
      [ROW_QUOTE, 1, us, 912_344, 150_000],
      [ROW_QUOTE, -1, us, 912_346, 75_000],
      [ROW_MARK, 0, us, mark, 0],
      [ROW_FUNDING, 0, us, 123_457, 0],
      [ROW_MARK, 0, us, mark, 0],
      [ROW_FUNDING, 0, us, 123_400, 0],
      [ROW_FUNDING, 0, us, 1_000_000, 0],
      [ROW_FUNDING, 0, us, 1_000_000, 0],
    ]);
  });

  test('heartbeats, private frames, other markets and other templates', () => {
    const { feed, rows } = feedOf();
    expect(feed.onFrame(bytesOf(vector('heartbeat')))).toBe('heartbeat');
    for (const name of ['order CLOSED', 'fill maker', 'position', 'account v2'])
      expect(feed.onFrame(bytesOf(vector(name)))).toBe('private');
    const bbo = bytesOf(vector('bbo v1'));
    expect(feed.onFrame(bbo.with(bbo.length - 1, 81))).toBe('ignored');
    expect(feed.onFrame(bbo.with(2, 6))).toBe('ignored');
    expect(feed.onFrame(bbo.with(2, 0))).toBe('ignored');
    expect(feed.output.counters).toMatchObject({ foreign: 1, skipped: 2, unreadable: 0 });
    expect(rows).toEqual([]);
  });

  test('a level off the grid makes the book broken and hands on nothing', () => {
    const { feed, rows } = feedOf();
    feed.onFrame(bytesOf(vector('book snapshot v1')));
    rows.length = 0;
    const delta = (price: string, size: string): Uint8Array =>
      writeFrame(3, 1, {
        values: { ts: 1, seq: 2001n, pkgType: 1 },
        bids: [['91234.4', '1'], [price, size]],
        texts: { market: MARKET },
      }); // prettier-ignore
    expect(feed.onFrame(delta('91234.45', '1'))).toBe('unreadable');
    expect(feed.sequence.state).toBe('broken');
    expect(rows).toEqual([]);
    expect(feed.output.counters).toMatchObject({ offGrid: 1, unreadable: 1 });
    feed.onFrame(bytesOf(vector('book snapshot v1')));
    feed.setBand(900_000 as never, 920_000 as never);
    rows.length = 0;
    expect(feed.onFrame(delta('50000', '1'))).toBe('applied'); // far away: left out
    expect(rows.map((row) => row[3])).toEqual([912_344]);
    expect(feed.output.counters.outOfBand).toBe(1);
  });
});
