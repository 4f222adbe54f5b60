// What the analyzer costs per row of a feed, beside applying the row to a book, and that it
// allocates nothing. `node --expose-gc dist/bench/analyzer.js`, or through the figures command.
import { fileURLToPath } from 'node:url';
import { OrderBookAnalyzer } from '#analyzers/order-book-analyzer';
import type { Analyzer } from '#core/analyzer';
import { L2Book } from '#core/book';
import { Instant } from '#core/instant';
import type { MarketParams } from '#core/params';
import type { RowBlock } from '#core/rows';
import { ROW_CLEAR, ROW_LEVEL, ROW_TRADE } from '#core/rows';
import type { Aggressor, Bps, Lots, Micros, Side, TickPrice, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { SyntheticMarket } from '#sim/market/market';
import {
  allocatedBytes,
  interleave,
  median,
  spread,
  yardstick,
  yardstickSeconds,
} from './measure.js';

const BLOCKS = 8;
const DAY_US = 86_400_000_000;
const START_US = 1_800_000_000_000_000;
const READS = 20_000;
const STEP_US = 400;
const MARKET = { sigma: 0.71, kappa: 1.2, alpha: 0.2, epsilon: 0.2 } as MarketParams;

const make = (): OrderBookAnalyzer =>
  new OrderBookAnalyzer({ market: MARKET, bandFrom: 0.3 as Bps });

/**
 * Applies a row to the book and hands what the analyzer is due to it, as the engine does; days on,
 * each pass.
 */
class Feed {
  private readonly book = new L2Book();
  private offsetUs = 0;
  private readonly now = new Instant();
  private dirty = false;

  constructor(
    private readonly blocks: readonly RowBlock[],
    private readonly analyzer: Analyzer | null,
  ) {}

  pass(): void {
    for (const block of this.blocks) this.rows(block, 0, block.count);
    this.offsetUs += DAY_US;
  }

  private rows(block: RowBlock, from: number, to: number): void {
    const { book, analyzer } = this;
    for (let i = from; i < to; i += 1) {
      const us = (block.localUs[i] as number) + this.offsetUs;
      if (us !== this.now.us) {
        if (this.dirty && analyzer !== null) analyzer.onBook(this.now, book);
        this.dirty = false;
        this.now.us = us as Micros;
      }
      const kind = block.kind[i] as number;
      if (kind === ROW_LEVEL) {
        book.apply(block.side[i] as Side, block.price[i] as Ticks, block.size[i] as Lots);
        this.dirty = true;
      } else if (kind === ROW_CLEAR) book.clear();
      else if (kind === ROW_TRADE && analyzer !== null) {
        const side = block.side[i] as Aggressor;
        const price = block.price[i] as TickPrice;
        this.now.venueUs = us as Micros;
        analyzer.onTrade(this.now, side, price, block.size[i] as Lots, book);
      }
    }
  }
}

function record(): RowBlock[] {
  const source = new SyntheticMarket({
    preset: 'normal',
    seed: 'bench/analyzer',
    startUs: START_US,
  });
  return Array.from({ length: BLOCKS }, () => source.next() as RowBlock);
}

/** Bytes of one book update and of one taker order, at times as they are today. */
function allocated(): { update: number; order: number } {
  const books = Array.from({ length: 64 }, (_, i) => {
    const book = new L2Book(64);
    book.apply(BID, (1_000_000 + (i & 7)) as Ticks, 1 as Lots);
    book.apply(ASK, (1_000_001 + (i & 7) + (i & 1)) as Ticks, 1 as Lots);
    return book;
  });
  const now = new Instant(START_US as Micros);
  const step = (): void => {
    now.us = (now.us + STEP_US) as Micros;
    now.venueUs = now.us;
  };
  const hit = make();
  const order = allocatedBytes((from, count) => {
    for (let i = from; i < from + count; i += 1) {
      const book = books[i & 63] as L2Book;
      const side = i & 1 ? BID : ASK;
      step();
      if ((i & 15) === 0) hit.onBook(now, book);
      hit.onTrade(now, side, (1_000_000 + side * 100) as TickPrice, 1 as Lots, book);
    }
  });
  now.us = START_US as Micros;
  const watched = make();
  const update = allocatedBytes((from, count) => {
    for (let i = from; i < from + count; i += 1) {
      step();
      watched.onBook(now, books[i & 63] as L2Book);
    }
  });
  return { update, order };
}

export function benchAnalyzer(rounds = 9): string[] {
  const blocks = record();
  const rows = blocks.reduce((sum, block) => sum + block.count, 0);
  const analyzer = make();
  const [bare, fed] = [new Feed(blocks, null), new Feed(blocks, analyzer)];
  let us = START_US;
  const seconds = interleave(
    {
      bare: () => bare.pass(),
      fed: () => fed.pass(),
      market: () => {
        for (let i = 0; i < READS; i += 1) analyzer.market((us += 1) as Micros);
      },
      yardstick,
    },
    rounds,
  );
  const extra = spread(
    seconds.fed.map((taken, i) => ((taken - (seconds.bare[i] as number)) / rows) * 1e9),
  );
  const book = median(seconds.bare.map((taken) => (taken / rows) * 1e9));
  const parse = median(seconds.yardstick.map(yardstickSeconds)) * 1e9;
  const bytes = allocated();
  const market = spread(seconds.market.map((taken) => (taken / READS) * 1e6));
  return [
    `analyzer, one row of a feed: ${extra.median.toFixed(1)} ns ` +
      `(quartiles ${extra.lower.toFixed(1)} to ${extra.upper.toFixed(1)}), ` +
      `${(extra.median / parse).toFixed(4)} of a 1 kB JSON.parse (${(parse / 1e3).toFixed(2)} us); ` +
      `the row in the book itself ${book.toFixed(1)} ns`,
    `  a book update ${bytes.update.toFixed(3)} bytes, a taker order ${bytes.order.toFixed(1)} bytes`,
    `market(), once a wake: ${market.median.toFixed(2)} us ` +
      `(quartiles ${market.lower.toFixed(2)} to ${market.upper.toFixed(2)})`,
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchAnalyzer().join('\n'));
