// The venue's book as somebody sees it who hears of every change later: at every moment it must be what an own book is that
// is made of the changes heard so far, whatever the market does (crossed, one-sided, empty, snapshots, top-N windows, nonsense).
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { L2Book } from '#core/book';
import { Random } from '#core/random';
import { ROW_CLEAR, ROW_LEVEL, RowBlock, applyRow } from '#core/rows';
import type { RowKind } from '#core/rows';
import type { Lots, Side, SpanMicros, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { PastBook } from '#sim/past-book';
import { toldFeed } from '#sim/told-feed';
import { Instrument } from '#core/instrument';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { readAll } from '#tape/memory';
import type { Row } from '#tape/memory';
import { MemorySource } from '#tape/memory';

const RUNS = Number(process.env['MM_HISTORIES'] ?? 40);
const TIME = Math.max(30_000, 40 * RUNS);
const MID = 50_000;
const AROUND = 60;
const FAR = [1, 200, 300_000, 5_000_000];

/** Instants of rows: a level near the touch, far out, in the way, gone, nonsense; now and then a snapshot. */
function rowsOf(seed: number): Row[] {
  const random = new Random(seed);
  const rows: Row[] = [];
  let us = 1_000_000;
  const push = (kind: RowKind, side: Side, price: number, size: number): void =>
    void rows.push({ kind, side, exchangeUs: us, localUs: us, price, size });
  for (let n = 0; n < 400; n += 1) {
    if (random.bool(0.3)) us += 1 + random.int(50_000);
    const side = random.bool(0.5) ? BID : ASK;
    const dice = random.int(1_000);
    const size = random.bool(0.3) ? 0 : 1 + random.int(9);
    if (dice < 10) push(ROW_CLEAR, BID, 0, 0);
    else if (dice < 30) push(ROW_LEVEL, side, FAR[random.int(4)] as number, size);
    else if (dice < 40) push(ROW_LEVEL, side, MID + 0.5, size);
    else if (dice < 50) push(ROW_LEVEL, side, MID - 7, -1);
    else push(ROW_LEVEL, side, MID + random.int(AROUND) - (AROUND >> 1), size);
  }
  return rows;
}

const blockOf = (rows: readonly Row[]): RowBlock => {
  const block = new RowBlock(rows.length);
  for (const { kind, side, exchangeUs, localUs, price, size } of rows)
    block.push(kind, side, exchangeUs, localUs, price, size);
  return block;
};

/** Everything that can be read of both: touches, soundness, every price near and far. */
function differs(past: PastBook, own: L2Book): string | null {
  if (past.bidTicks !== own.bidTicks || past.askTicks !== own.askTicks) return 'touches';
  if (past.sound !== own.sound) return 'soundness';
  for (const side of [BID, ASK] as const) {
    for (let ticks = MID - AROUND; ticks < MID + AROUND; ticks += 1)
      if (past.lotsAt(side, ticks as Ticks) !== own.lotsAt(side, ticks as Ticks)) return `${ticks}`;
    for (const ticks of FAR)
      if (past.lotsAt(side, ticks as Ticks) !== own.lotsAt(side, ticks as Ticks)) return `${ticks}`;
  }
  return null;
}

/** The rows go into the venue's book; `lag` instants later the bot hears of them. */
function compare(rows: readonly Row[], seed: number, lag: number): void {
  const block = blockOf(rows);
  const random = new Random(seed).fork('runs');
  const [venue, own] = [new L2Book(64), new L2Book(64)];
  const past = new PastBook(venue);
  past.begin();
  const ends: { row: number; changes: number; bid: Ticks; ask: Ticks }[] = [];
  const sink = {
    clear: () => own.clear(),
    level: (side: Side, ticks: Ticks, lots: Lots) => own.apply(side, ticks, lots),
    trade: () => undefined, quote: () => undefined, mark: () => undefined,
    funding: () => undefined, gap: () => undefined,
  }; // prettier-ignore
  let heard = 0;
  const hear = (upTo: number): void => {
    for (; ends.length > upTo; ends.shift()) {
      const end = ends[0] as (typeof ends)[number];
      for (; heard < end.row; heard += 1) applyRow(block, heard, sink);
      if (random.bool(0.8) || own.bidTicks !== past.bidTicks || own.askTicks !== past.askTicks)
        past.tell(end.changes, end.bid, end.ask);
      else past.hear(end.changes);
      expect(differs(past, own)).toBe(null);
    }
  };
  for (let i = 0; i < block.count;) {
    if (block.kind[i] === ROW_LEVEL) {
      let to = i + 1;
      while (to < block.count && block.kind[to] === ROW_LEVEL && random.bool(0.8)) to += 1;
      expect(venue.applyRun(block, i, to)).toBe(to);
      i = to;
    } else {
      if (block.kind[i] === ROW_CLEAR) venue.clear();
      i += 1;
    }
    ends.push({ row: i, changes: past.changes, bid: venue.bidTicks, ask: venue.askTicks });
    hear(lag);
  }
  hear(0);
}

test(
  'the book of a while ago is what a book of its own would be',
  () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(0, 1, 3, 40, 1_000), (seed, lag) => {
        compare(rowsOf(seed), seed, lag);
      }),
      { numRuns: RUNS },
    );
  },
  TIME,
);

test(
  'of a top-N feed on a grid of the clock, too',
  () => {
    const instrument = new Instrument(SYNTHETIC_INSTRUMENT);
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(1, 5), (seed, levels) => {
        const ways = { bookEvery: 20_000 as SpanMicros, levels };
        const told = toldFeed(new MemorySource(rowsOf(seed)), ways, {
          instrument,
          useQuotes: false,
        });
        compare(readAll(told), seed, 2);
      }),
      { numRuns: RUNS / 4 },
    );
  },
  TIME,
);

test('a book in use cannot be followed from its middle', () => {
  const book = new L2Book();
  book.apply(BID, 1 as Ticks, 1 as Lots);
  expect(() => new PastBook(book).begin()).toThrow(/levels already/);
});

test('the log grows while nobody hears, and forgets what was heard', () => {
  const book = new L2Book();
  const past = new PastBook(book);
  past.begin();
  for (let n = 1; n <= 5_000; n += 1) book.apply(BID, (1 + (n % 7)) as Ticks, n as Lots);
  expect(past.lotsAt(BID, 3 as Ticks)).toBe(0);
  past.tell(past.changes, book.bidTicks, book.askTicks);
  expect(past.lotsAt(BID, 3 as Ticks)).toBe(book.lotsAt(BID, 3 as Ticks));
  expect([past.bidTicks, past.askTicks, past.sound]).toEqual([7, 0, false]);
});
