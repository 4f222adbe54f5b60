// How fast one order book takes updates, and what an update allocates: synthetic delta streams of
// three kinds, beside the JSON yardstick of the same run. `node dist/bench/book.js`, or through the
// figures command.
import { fileURLToPath } from 'node:url';
import { L2Book } from '#core/book';
import { Random } from '#core/random';
import type { Lots, Side, Ticks } from '#core/units';
import { allocatedBytes, interleave, spread, yardstick, yardstickSeconds } from './measure.js';

const UPDATES = 1 << 20;

interface Stream {
  readonly side: Int8Array;
  readonly ticks: Float64Array;
  readonly lots: Float64Array;
}

/**
 * How a stream behaves: mean move of the mid per update, typical depth of a change, share of far
 * changes.
 */
interface StreamShape {
  readonly moveEvery: number;
  readonly depth: number;
  readonly farShare: number;
}

/**
 * Changes around a walking mid: a third removes a level; what the mid passes is removed as a venue
 * does it.
 */
function makeStream(seed: string, shape: StreamShape): Stream {
  const random = new Random(seed);
  const side = new Int8Array(UPDATES);
  const ticks = new Float64Array(UPDATES);
  const lots = new Float64Array(UPDATES);
  let mid = 500_000;
  let i = 0;
  const push = (s: Side, price: number, size: number): void => {
    if (i >= UPDATES) return;
    side[i] = s;
    ticks[i] = price;
    lots[i] = size;
    i += 1;
  };
  while (i < UPDATES) {
    if (random.int(shape.moveEvery) === 0) {
      const direction: Side = random.bool(0.5) ? 1 : -1;
      mid += direction;
      push(direction === 1 ? -1 : 1, mid, 0);
    }
    const s: Side = random.bool(0.5) ? 1 : -1;
    const far = random.bool(shape.farShare) ? 8_000 + random.int(2_000) : 0;
    const distance = 1 + Math.floor(random.exponential(1 / shape.depth)) + far;
    push(s, mid - s * distance, random.bool(1 / 3) ? 0 : 1 + random.int(100_000));
  }
  return { side, ticks, lots };
}

const applyAll = (book: L2Book, stream: Stream, from: number, to: number): void => {
  const { side, ticks, lots } = stream;
  for (let i = from; i < to; i++) {
    book.apply(side[i] as Side, ticks[i] as Ticks, lots[i] as Lots);
  }
};

const STREAMS: readonly (readonly [string, StreamShape])[] = [
  ['near the touch', { moveEvery: 50, depth: 20, farShare: 0 }],
  ['fast market', { moveEvery: 2, depth: 200, farShare: 0 }],
  ['one in ten beyond the ring', { moveEvery: 50, depth: 20, farShare: 0.1 }],
];

/** One line of figures per kind of stream, ready to print. */
export function benchBook(rounds = 9): string[] {
  const lines: string[] = [];
  for (const [name, shape] of STREAMS) {
    const stream = makeStream(name, shape);
    const book = new L2Book();
    const seconds = interleave(
      { book: () => applyAll(book, stream, 0, UPDATES), yardstick },
      rounds,
    );
    const perUpdate = spread(seconds.book.map((taken) => taken / UPDATES));
    const perParse = spread(seconds.yardstick.map(yardstickSeconds)).median;
    const bytes = allocatedBytes((from, count) => {
      const start = from % (UPDATES - count);
      applyAll(book, stream, start, start + count);
    });
    const million = (taken: number): string => (1e-6 / taken).toFixed(1);
    lines.push(
      `book, ${name}: ${million(perUpdate.median)} M updates/s ` +
        `(quartiles ${million(perUpdate.upper)} to ${million(perUpdate.lower)}), ` +
        `${(perUpdate.median / perParse).toFixed(4)} of a 1 kB JSON.parse ` +
        `(${(perParse * 1e6).toFixed(2)} us), ${bytes.toFixed(3)} bytes/update`,
    );
  }
  return lines;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchBook().join('\n'));
