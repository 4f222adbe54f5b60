// Damaged frames and texts (issue: figure 6): no crash; every accepted price finite, positive, on tick and in band;
// after each one the book equals an independent decode of the same bytes, or is not live. A few thousand by default;
// the campaign: MM_FRAMES=1000000 npx vitest run test/clients/paradex/codec-fuzz.test.ts --testTimeout=1800000
import { expect, test } from 'vitest';
import {
  accountWord, fillWord, isRecord, orderWord, parseJson, positionWord, textOf,
} from '#clients/paradex/client-words'; // prettier-ignore
import { ParadexFeed } from '#clients/paradex/codec/feed';
import { readFrame } from '#clients/paradex/codec/frame';
import { factOfFrame } from '#clients/paradex/codec/private';
import { L2Book } from '#core/book';
import { Random } from '#core/random';
import {
  ROW_CLEAR, ROW_FUNDING, ROW_LEVEL, ROW_MARK, ROW_QUOTE, ROW_TRADE,
} from '#core/rows'; // prettier-ignore
import type { Lots, Side, Ticks } from '#core/units';
import {
  ACCOUNT_STATE, FILL, HIGH_TICKS, INSTRUMENT, LOW_TICKS, MARKET, ORDER, POSITION, bboWire, bookBytes,
  fundingWire, makeBook, mutate, mutateText, otherFrame, pushText, summaryWire, tradeWire,
} from '../../support/paradex-mutants.js'; // prettier-ignore
import type { NaiveMarket, NaiveRow } from '../../support/paradex-naive.js';
import { NaiveBook, naiveFrame, naiveJsonBook } from '../../support/paradex-naive.js';

const COUNT = Number(process.env['MM_FRAMES'] ?? 6000);
const NAIVE: NaiveMarket = {
  name: MARKET,
  tick: 10_000_000n,
  lot: 1000n,
  lowTicks: BigInt(LOW_TICKS),
  highTicks: BigInt(HIGH_TICKS),
};
const NAMES = new Map<number, NaiveRow['kind']>([
  [ROW_CLEAR, 'clear'],
  [ROW_LEVEL, 'level'],
  [ROW_TRADE, 'trade'],
  [ROW_QUOTE, 'quote'],
  [ROW_MARK, 'mark'],
  [ROW_FUNDING, 'funding'],
]);

/** The fast side: a feed, the rows of the last message, and the core book that takes them. */
class Desk {
  rows: NaiveRow[] = [];
  readonly book = new L2Book(4096);
  readonly feed = new ParadexFeed(INSTRUMENT, MARKET, {
    row: (kind, side, us, price, size) => {
      this.rows.push({ kind: NAMES.get(kind) as NaiveRow['kind'], side, us, price, size });
      if (kind === ROW_CLEAR) this.book.clear();
      if (kind === ROW_LEVEL) this.book.apply(side as Side, price as Ticks, size as Lots);
    },
  });

  constructor() {
    this.feed.setBand(LOW_TICKS as Ticks, HIGH_TICKS as Ticks);
  }

  get live(): boolean {
    return this.feed.sequence.state === 'live';
  }

  /** Every level as "side:price" -> size. */
  levels(): Map<string, number> {
    const out = new Map<string, number>();
    for (const side of [1, -1] as const) {
      let ticks: Ticks = side === 1 ? this.book.bidTicks : this.book.askTicks;
      for (; ticks !== 0; ticks = this.book.next(side, ticks))
        out.set(`${side}:${ticks}`, this.book.lotsAt(side, ticks));
    }
    return out;
  }
}

const sameLevels = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean =>
  a.size === b.size && [...a].every(([key, lots]) => b.get(key) === lots);

function soundPrice(row: NaiveRow): boolean {
  if (row.kind === 'clear') return true;
  if (row.kind === 'funding') return Number.isSafeInteger(row.price);
  const inBand = row.price >= LOW_TICKS && row.price <= HIGH_TICKS;
  const sized = Number.isSafeInteger(row.size) && row.size >= 0;
  return inBand && sized && (row.kind === 'mark' || Number.isInteger(row.price));
}
const sameRows = (a: readonly NaiveRow[], b: readonly NaiveRow[]): boolean =>
  a.length === b.length &&
  a.every((x, i) => {
    const y = b[i] as NaiveRow;
    return x.kind === y.kind && x.side === y.side && x.us === y.us && x.price === y.price && x.size === y.size; // prettier-ignore
  });

const tally = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test(`${COUNT} damaged frames: the book is the naive one, or not live`, () => {
  const random = new Random('paradex frames');
  const desk = new Desk();
  const naive = new NaiveBook();
  const outcomes = new Map<string, number>();
  let seq = 1000;
  let last = bookBytes(random, 0, false);
  const take = (bytes: Uint8Array, what: string): string => {
    desk.rows = [];
    const result = desk.feed.onFrame(bytes);
    const expected = naive.take(naiveFrame(bytes, NAIVE));
    if (!desk.rows.every(soundPrice)) throw new Error(`${what} price: ${hex(bytes)}`);
    if (!sameRows(desk.rows, expected)) throw new Error(`${what} rows, ${result}: ${hex(bytes)}`);
    if (desk.live !== (naive.levels !== null)) throw new Error(`${what} state: ${hex(bytes)}`);
    if (naive.levels !== null && !sameLevels(desk.levels(), naive.levels))
      throw new Error(`${what} book: ${hex(bytes)}`);
    const frame = readFrame(bytes);
    if (typeof frame !== 'string') factOfFrame(frame);
    return result;
  };
  for (let i = 0; i < COUNT; i++) {
    if (!desk.live) {
      seq += 1;
      desk.feed.resubscribed();
      expect(take(bookBytes(random, seq, true), 'snapshot')).toBe('applied');
    }
    const kind = random.int(10);
    const next =
      kind < 6
        ? bookBytes(random, seq + 1, false)
        : kind < 7
          ? bookBytes(random, seq + 1, true)
          : otherFrame(random, seq);
    const mutant = mutate(random, next, otherFrame(random, seq));
    tally(outcomes, take(mutant, 'mutant'));
    // The message that the book stands at once more, whole or damaged.
    if (kind < 6 && desk.live && desk.feed.sequence.seq === seq + 1) last = mutant;
    if (random.bool(0.1)) take(random.bool(0.5) ? last : mutate(random, last, next), 'repeat');
    if (desk.live) seq = desk.feed.sequence.seq;
    if (seq > 2 ** 40) (desk.feed.damaged(), naive.take({ what: 'bad' }), (seq = 1000));
  }
  if (COUNT > 100_000) console.log(COUNT, 'frames', [...outcomes], desk.feed.output.counters);
  expect(naive.repeats).toBeGreaterThan(COUNT / 200);
  // The campaign means something only if mutants end in every way.
  for (const outcome of ['applied', 'ignored', 'refused', 'gap', 'unreadable', 'private'])
    expect(outcomes.get(outcome) ?? 0, outcome).toBeGreaterThan(COUNT / 400);
});

/** One valid text of a market or private channel. */
function someText(random: Random, seq: number): string {
  const channel = ['order_book', 'bbo', 'trades', 'markets_summary', 'funding_data'];
  switch (random.int(11)) {
    case 0:
      return pushText(`bbo.${MARKET}`, bboWire(random, seq));
    case 1:
      return pushText(`trades.${MARKET}`, tradeWire(random, seq));
    case 2:
      return pushText(`markets_summary.${MARKET}`, summaryWire(random, seq));
    case 3:
      return pushText(`funding_data.${MARKET}`, fundingWire(random, seq));
    case 4:
      return pushText('orders.ALL', ORDER);
    case 5:
      return pushText(`fills.${MARKET}`, FILL);
    case 6:
      return pushText('positions', POSITION);
    case 7:
      return pushText('account', ACCOUNT_STATE);
    case 8:
      return pushText(`${channel[random.int(5)]}.${MARKET}`, makeBook(random, seq + 1, false));
    default:
      return pushText(`order_book.${MARKET}.deltas`, makeBook(random, seq + 1, random.bool(0.2)));
  }
}

const WORDS: Readonly<Record<string, (data: unknown) => unknown>> = {
  ...{ orders: orderWord, fills: fillWord, positions: positionWord, account: accountWord },
};

/** A push as the sockets of the client read it; null when it is none. */
function pushOf(text: string): { channel: string; data: unknown } | null {
  const message = parseJson(text);
  const params = isRecord(message) ? message['params'] : null;
  if (!isRecord(params)) return null;
  return { channel: textOf(params, 'channel'), data: params['data'] };
}

test(`${Math.ceil(COUNT / 4)} damaged texts`, () => {
  const random = new Random('paradex texts');
  const desk = new Desk();
  const naive = new NaiveBook();
  const outcomes = new Map<string, number>();
  let seq = 1000;
  for (let i = 0; i < Math.ceil(COUNT / 4); i++) {
    if (!desk.live) {
      desk.feed.resubscribed();
      const book = makeBook(random, (seq += 1), true);
      expect(desk.feed.onData(`order_book.${MARKET}.deltas`, book)).toBe('applied');
      naive.levels = null;
      naive.take(naiveJsonBook(book, NAIVE));
    }
    const text = mutateText(random, someText(random, seq));
    const message = pushOf(text);
    desk.rows = [];
    if (message !== null) {
      const read = WORDS[message.channel.split('.')[0] as string];
      const result = read === undefined ? desk.feed.onData(message.channel, message.data) : (read(message.data), 'private'); // prettier-ignore
      tally(outcomes, result);
      if (!desk.rows.every(soundPrice)) throw new Error(`price: ${text}`);
      if (result === 'applied' && message.channel.startsWith('order_book')) {
        const expected = naive.take(naiveJsonBook(message.data, NAIVE));
        if (!sameRows(desk.rows, expected)) throw new Error(`rows: ${text}`);
      }
    } else {
      tally(outcomes, 'unreadable');
      desk.feed.damaged();
    }
    if (!desk.live) naive.levels = null;
    if (desk.live && (naive.levels === null || !sameLevels(desk.levels(), naive.levels)))
      throw new Error(`book: ${text}`);
    if (desk.live) seq = desk.feed.sequence.seq;
    if (seq > 2 ** 40) (desk.feed.damaged(), (seq = 1000));
  }
  if (COUNT > 100_000) console.log('texts', [...outcomes]);
  for (const outcome of ['applied', 'ignored', 'refused', 'gap', 'unreadable', 'private'])
    expect(outcomes.get(outcome) ?? 0, outcome).toBeGreaterThan(0);
});
