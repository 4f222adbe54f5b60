// What the micro-price costs per book update (counting only) and per solution of its table, and
// that counting allocates nothing. `node dist/bench/micro-price.js`, or through the figures
// command.
import { Instant } from '#core/instant';
import { fileURLToPath } from 'node:url';
import { MICRO_PRICE_DEFAULTS, MicroPrice } from '#analyzers/micro-price';
import { L2Book } from '#core/book';
import { Random } from '#core/random';
import type { Lots, Micros, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { allocatedBytes, interleave, spread, yardstick, yardstickSeconds } from './measure.js';

const UPDATES = 1 << 18;
const SOLUTIONS = 2_000;

/** Top-of-book sizes that change every time, on a touch one to three ticks wide. */
function makeBooks(): L2Book[] {
  const random = new Random('bench/micro-price');
  return Array.from({ length: 256 }, () => {
    const book = new L2Book(64);
    const bid = 100_000 + random.int(3);
    book.apply(BID, bid as Ticks, (1 + random.int(100)) as Lots);
    book.apply(ASK, (bid + 1 + random.int(3)) as Ticks, (1 + random.int(100)) as Lots);
    return book;
  });
}

export function benchMicroPrice(rounds = 9): string[] {
  const books = makeBooks();
  const never = new MicroPrice({ ...MICRO_PRICE_DEFAULTS, needed: Infinity });
  const always = new MicroPrice({ ...MICRO_PRICE_DEFAULTS, needed: 1, refreshUs: 0 });
  const now = new Instant();
  const feed = (micro: MicroPrice, from: number, count: number): void => {
    for (let i = from; i < from + count; i++) {
      now.us = (now.us + 1) as Micros;
      micro.onBook(now, books[i & 255] as L2Book);
    }
  };
  const seconds = interleave(
    {
      count: () => feed(never, 0, UPDATES),
      solve: () => feed(always, 0, SOLUTIONS),
      yardstick,
    },
    rounds,
  );
  const counted = spread(seconds.count.map((taken) => (taken / UPDATES) * 1e9));
  const solved = spread(seconds.solve.map((taken) => (taken / SOLUTIONS) * 1e6));
  const parse = spread(seconds.yardstick.map(yardstickSeconds)).median * 1e6;
  const bytes = allocatedBytes((from, count) => feed(never, from, count));
  return [
    `micro-price, one update: ${counted.median.toFixed(1)} ns ` +
      `(quartiles ${counted.lower.toFixed(1)} to ${counted.upper.toFixed(1)}), ` +
      `${(counted.median / parse / 1e3).toFixed(4)} of a 1 kB JSON.parse ` +
      `(${parse.toFixed(2)} us), ` +
      `${bytes.toFixed(3)} bytes`,
    `micro-price, one solution (every 30 s): ${solved.median.toFixed(1)} us ` +
      `(quartiles ${solved.lower.toFixed(1)} to ${solved.upper.toFixed(1)})`,
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchMicroPrice().join('\n'));
