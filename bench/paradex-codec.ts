// What a Paradex order-book delta of ten levels costs: binary frame to book, beside JSON.parse of the same content
// (which alone yields no book yet) and beside JSON all the way to the book. `node dist/bench/paradex-codec.js`, or
// through the figures command.
import { fileURLToPath } from 'node:url';
import { parseJson } from '#clients/net/long-json';
import { ParadexFeed } from '#clients/paradex/codec/feed';
import { bookFrame } from '#clients/paradex/codec/from-wire';
import type { BookChangeWire, BookWire } from '#clients/paradex/wire';
import { L2Book } from '#core/book';
import { Instrument } from '#core/instrument';
import { Random } from '#core/random';
import { ROW_CLEAR, ROW_LEVEL } from '#core/rows';
import type { Lots, Rate, Seconds, Side, Ticks } from '#core/units';
import { allocatedBytes, interleave, spread } from './measure.js';

interface Push {
  readonly params: { readonly channel: string; readonly data: unknown };
}

const DELTAS = 4096;
const PASSES = 12;
const LEVELS = 10;
const MARKET = 'BTC-USD-PERP';
const CHANNEL = `order_book.${MARKET}.deltas`;
const INSTRUMENT = new Instrument({
  venue: 'paradex',
  symbol: MARKET,
  tickSize: '0.1',
  lotSize: '0.00001',
  minNotional: '10',
  kind: 'linear',
  multiplier: '1',
  settle: 'USDC',
  makerFee: 0 as Rate,
  takerFee: 0 as Rate,
  fundingPeriod: 28_800 as Seconds,
  maintenanceMargin: 0.01,
});

function makeDelta(random: Random, seq: number): BookWire {
  const changes = Array.from({ length: LEVELS }, (_, i): BookChangeWire => {
    const bid = i < LEVELS / 2;
    const distance = 1 + Math.floor(random.exponential(1 / 20));
    const ticks = (912_345 + (bid ? -distance : distance)) as Ticks;
    const lots = (random.bool(1 / 3) ? 0 : 1 + random.int(500_000)) as Lots;
    const price = INSTRUMENT.formatPrice(ticks);
    return { side: bid ? 'BUY' : 'SELL', price, size: INSTRUMENT.formatSize(lots) };
  });
  return {
    market: MARKET,
    seq_no: seq,
    last_updated_at: 1_763_683_200_000 + seq,
    update_type: seq === 0 ? 's' : 'd',
    inserts: [],
    updates: changes.filter((c) => c.size !== '0'),
    deletes: changes.filter((c) => c.size === '0'),
  };
}

/** A feed that writes into a book of core, standing at message 0. */
function makeDesk(first: BookWire): { feed: ParadexFeed; book: L2Book } {
  const book = new L2Book();
  const feed = new ParadexFeed(INSTRUMENT, MARKET, {
    row(kind, side, _us, price, size) {
      if (kind === ROW_LEVEL) book.apply(side as Side, price as Ticks, size as Lots);
      else if (kind === ROW_CLEAR) book.clear();
    },
  });
  feed.onFrame(bookFrame(first, 1));
  return { feed, book };
}

/** The figures, one line a way. */
export function benchParadexCodec(rounds = 9): string[] {
  const random = new Random('paradex codec');
  const messages = Array.from({ length: DELTAS }, (_, i) => makeDelta(random, i));
  const frames = messages.map((m) => bookFrame(m, 1));
  const texts = messages.map((data) => JSON.stringify({ params: { channel: CHANNEL, data } }));
  const [binary, text] = [makeDesk(messages[0] as BookWire), makeDesk(messages[0] as BookWire)];
  let kept = 0;
  const runBinary = (from: number, count: number): void => {
    const { feed } = binary;
    for (let i = from; i < from + count; i++) {
      const at = 1 + (i % (DELTAS - 1));
      if (at === 1) feed.sequence.seq = 0;
      if (feed.onFrame(frames[at] as Uint8Array) !== 'applied') throw new Error('not applied');
    }
  };
  const runParse = (count: number): void => {
    for (let i = 0; i < count; i++)
      kept += (JSON.parse(texts[1 + (i % (DELTAS - 1))] as string) as { id?: number }).id ?? 1;
  };
  const runText = (count: number): void => {
    const { feed } = text;
    for (let i = 0; i < count; i++) {
      const at = 1 + (i % (DELTAS - 1));
      if (at === 1) feed.sequence.seq = 0;
      const { params } = parseJson(texts[at] as string) as Push;
      if (feed.onData(params.channel, params.data) !== 'applied') throw new Error('not applied');
    }
  };
  const count = PASSES * (DELTAS - 1);
  const seconds = interleave(
    { binary: () => runBinary(0, count), parse: () => runParse(count), text: () => runText(count) },
    rounds,
  );
  if (kept === 0 || binary.book.bidTicks !== text.book.bidTicks) throw new Error('other books');
  const bytes = allocatedBytes((from, n) => {
    binary.feed.sequence.seq = (from % (DELTAS - 1)) as number;
    runBinary(from, n);
  });
  const each = (name: keyof typeof seconds): string => {
    const { median, lower, upper } = spread(seconds[name].map((s) => (s / count) * 1e6));
    return `${median.toFixed(2)} us (quartiles ${lower.toFixed(2)} to ${upper.toFixed(2)})`;
  };
  const middle = (name: keyof typeof seconds): number => spread(seconds[name]).median;
  const times = (name: keyof typeof seconds): string =>
    `${(middle(name) / middle('binary')).toFixed(1)} times as long`;
  return [
    `delta of ${LEVELS} levels, binary to book: ${each('binary')}, ${bytes.toFixed(1)} bytes allocated`,
    `the same content, JSON.parse only: ${each('parse')}, ${times('parse')}`,
    `the same content, JSON to book: ${each('text')}, ${times('text')}`,
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchParadexCodec().join('\n'));
