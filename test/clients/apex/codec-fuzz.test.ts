// Damaged frames of ApeX: no crash; every accepted price finite, positive, on tick and in band; after each one the book
// (200 levels a side, u + 1, crossed = broken) equals an independent reading of the same text, or is not live. The
// campaign: MM_FRAMES=1000000 npx vitest run test/clients/apex/codec-fuzz.test.ts --testTimeout=3000000
import { expect, test } from 'vitest';
import { ApexFeed } from '#clients/apex/codec/feed';
import type { CrossSymbol } from '#clients/apex/wire';
import { tryParseJson } from '#clients/net/long-json';
import { Random } from '#core/random';
import { ROW_CLEAR, ROW_FUNDING, ROW_LEVEL, ROW_MARK, ROW_TRADE } from '#core/rows';
import {
  HIGH_TICKS, INSTRUMENT, LOW_TICKS, NaiveApexBook, SYMBOL, deltaFrame, snapshotFrame, tickerFrame, tradesFrame,
} from '../../support/apex-naive.js'; // prettier-ignore
import { mutateText } from '../../support/paradex-mutants.js';

const COUNT = Number(process.env['MM_FRAMES'] ?? 4000);
const BOOK_TOPIC = `orderBook200.H.${SYMBOL}`;

/** The feed, with what its rows make of a book. */
class Desk {
  readonly bids = new Map<number, number>();
  readonly asks = new Map<number, number>();
  readonly bad: string[] = [];
  readonly feed = new ApexFeed(SYMBOL as CrossSymbol, INSTRUMENT, {
    row: (kind, side, us, price, size) => {
      const inBand = price >= LOW_TICKS && price <= HIGH_TICKS;
      const priced = kind === ROW_MARK ? inBand : inBand && Number.isInteger(price);
      const sized = Number.isSafeInteger(size) && size >= (kind === ROW_TRADE ? 1 : 0);
      const timed = Number.isSafeInteger(us) && us > 0;
      const sound = kind === ROW_CLEAR || (kind === ROW_FUNDING ? Number.isSafeInteger(price) : priced && sized); // prettier-ignore
      if (!sound || !timed) this.bad.push([kind, side, us, price, size].join(' '));
      if (kind === ROW_CLEAR) this.clear();
      if (kind === ROW_LEVEL) this.level(side === 1 ? this.bids : this.asks, price, size);
    },
  });

  constructor() {
    this.feed.setBand(LOW_TICKS, HIGH_TICKS);
  }

  private clear(): void {
    this.bids.clear();
    this.asks.clear();
  }
  private level(to: Map<number, number>, price: number, size: number): void {
    if (size === 0) to.delete(price);
    else to.set(price, size);
  }
}

const same = (a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): boolean =>
  a.size === b.size && [...a].every(([price, size]) => b.get(price) === size);

test(`${COUNT} damaged frames: the book is the naive one, or not live`, () => {
  const random = new Random('apex frames');
  const desk = new Desk();
  const naive = new NaiveApexBook();
  const outcomes = new Map<string, number>();
  let u = 1000;
  let last = '';
  const take = (text: string): string => {
    const frame = tryParseJson(text);
    const result = desk.feed.onFrame(frame);
    const topic = (frame as { topic?: unknown } | null | undefined)?.topic;
    if (topic === BOOK_TOPIC) naive.take(frame as Readonly<Record<string, unknown>>);
    // What is no object at all may have been the book's.
    if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) naive.sides = null;
    if (desk.bad.length > 0) throw new Error(`${desk.bad.join(', ')}: ${text}`);
    if (desk.feed.live !== (naive.sides !== null)) throw new Error(`state, ${result}: ${text}`);
    const { sides } = naive;
    if (sides !== null && !(same(desk.bids, sides.bids) && same(desk.asks, sides.asks)))
      throw new Error(`book, ${result}: ${text}`);
    return result;
  };
  for (let i = 0; i < COUNT; i++) {
    if (!desk.feed.live)
      expect(take(JSON.stringify(snapshotFrame(random, (u += 1), random.bool(0.1))))).toBe('applied'); // prettier-ignore
    const kind = random.int(10);
    const next =
      kind < 6
        ? deltaFrame(random, u + 1)
        : kind < 7
          ? snapshotFrame(random, u + 1, random.bool(0.1))
          : kind < 8
            ? tradesFrame(random, u + i)
            : tickerFrame(random, u);
    const text = JSON.stringify(next);
    const result = take(random.bool(0.3) ? text : mutateText(random, text));
    outcomes.set(result, (outcomes.get(result) ?? 0) + 1);
    // The message that the book stands at once more, whole or damaged.
    if (kind < 6 && result === 'applied') last = text;
    if (last !== '' && random.bool(0.1)) take(random.bool(0.5) ? last : mutateText(random, last));
    if (desk.feed.u !== null) u = desk.feed.u;
    if (u > 2 ** 40) {
      desk.feed.broken();
      naive.sides = null;
      u = 1000;
    }
  }
  if (COUNT > 100_000) console.log(COUNT, 'frames', [...outcomes]);
  expect(naive.repeats).toBeGreaterThan(COUNT / 200);
  for (const outcome of ['applied', 'ignored', 'refused', 'gap', 'unreadable', 'crossed'])
    expect(outcomes.get(outcome) ?? 0, outcome).toBeGreaterThan(0);
});
