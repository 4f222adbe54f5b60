// The public topics of the simulated ApeX and who hears them: books and tickers on a grid of 100 ms of the clock, prints
// at the end of their instant, all tickers every 2 s. A frame is written once for all its listeners. No grid runs while
// nobody listens.
import type { Timer } from '#core/outside';
import type { Micros, SpanMicros } from '#core/units';
import { TOPICS } from '#clients/apex/endpoints';
import type { CrossSymbol } from '#clients/apex/wire';
import { BookTopic } from './book-topic.js';
import type { ApexMarket, Print } from './market.js';
import type { TickerFields } from './market-views.js';
import { INTERVALS, candleWire, shortTickerWire, tickerWire, tradeWire } from './market-views.js';

/** A socket, as the topics see it. */
export interface Listener {
  hear(text: string): void;
}
export interface TopicHost {
  now(): Micros;
  after(span: SpanMicros, run: () => void): Timer;
  /** Rows due by now are played. */
  catchUp(): void;
}

const ALL = 'instrumentInfo.all';
const ALL_EVERY = 20;
const LAST_PRINTS = 50;
/** Books begin to count where captures of the venue stood. */
const FIRST_U = 2_900_000;

export class PublicTopics {
  readonly books: Readonly<Record<25 | 200, BookTopic>>;
  private readonly listeners = new Map<string, Set<Listener>>();
  private ticker: TickerFields | null = null;
  private candles = new Map<string, string>();
  private timer: Timer | null = null;
  private grids = 0;
  private counter = 0;

  constructor(
    private readonly host: TopicHost,
    private readonly market: ApexMarket,
    private readonly everyUs: number,
    snapshotU: 'continues' | 'one',
  ) {
    const book = (depth: 25 | 200): BookTopic => new BookTopic(market, depth, snapshotU, FIRST_U + depth); // prettier-ignore
    this.books = { 25: book(25), 200: book(200) };
  }

  knows(topic: string): boolean {
    const { cross } = this.market;
    const [kind, level, symbol] = topic.split('.');
    if (topic === ALL) return true;
    if (symbol !== cross) return false;
    if (kind === 'candle') return Object.hasOwn(INTERVALS, level ?? '');
    return level === 'H' && /^(orderBook25|orderBook200|recentlyTrade|instrumentInfo)$/.test(kind ?? ''); // prettier-ignore
  }

  /** The topic must be known. The newcomer hears a snapshot; deltas follow. */
  add(topic: string, listener: Listener): void {
    const set = this.listeners.get(topic) ?? new Set();
    const book = this.bookOf(topic);
    if (book !== null && set.size === 0) book.refresh();
    this.listeners.set(topic, set.add(listener));
    listener.hear(this.frame(topic, 'snapshot', this.snapshotOf(topic)));
    if (this.timer === null) this.arm();
  }

  remove(topic: string, listener: Listener): void {
    const set = this.listeners.get(topic);
    set?.delete(listener);
    if (set?.size === 0) this.listeners.delete(topic);
    if (this.listeners.size > 0) return;
    this.timer?.cancel();
    this.timer = null;
  }

  /** At the end of an instant: fills of one sweep come together. */
  prints(prints: readonly Print[]): void {
    if (prints.length === 0) return;
    const topic = TOPICS.trades(this.market.cross as CrossSymbol);
    this.tell(topic, 'delta', () => prints.map((print) => tradeWire(this.market, print)));
  }

  private bookOf(topic: string): BookTopic | null {
    const depth = /^orderBook(25|200)\./.exec(topic)?.[1];
    return depth === undefined ? null : this.books[Number(depth) as 25 | 200];
  }

  private snapshotOf(topic: string): unknown {
    const { market } = this;
    const book = this.bookOf(topic);
    if (book !== null) return book.snapshot();
    if (topic === ALL) return [shortTickerWire(market)];
    if (topic.startsWith('recentlyTrade'))
      return market.prints.slice(-LAST_PRINTS).reverse().map((print) => tradeWire(market, print)); // prettier-ignore
    if (topic.startsWith('candle')) return this.candle(topic);
    return this.ticker !== null && this.listeners.get(topic)?.size !== 1
      ? this.ticker
      : (this.ticker = tickerWire(market));
  }

  private candle(topic: string): unknown[] {
    const interval = topic.split('.')[1] as string;
    const minutes = INTERVALS[interval] as number;
    const last = this.market.candles.of(minutes, 0, Infinity).at(-1);
    return last === undefined ? [] : [candleWire(this.market, last, interval, minutes)];
  }

  /** Points of the clock's own grid, whoever began to listen when. */
  private arm(): void {
    const { everyUs } = this;
    const nowUs = this.host.now();
    const nextUs = (Math.floor(nowUs / everyUs) + 1) * everyUs;
    this.timer = this.host.after((nextUs - nowUs) as SpanMicros, () => {
      this.arm();
      this.host.catchUp();
      this.grid();
    });
  }

  private grid(): void {
    const { market } = this;
    this.grids += 1;
    for (const depth of [25, 200] as const) {
      const topic = TOPICS.book(market.cross as CrossSymbol, depth);
      this.tell(topic, 'delta', () => this.books[depth].delta());
    }
    this.tickerGrid();
    if (this.grids % ALL_EVERY === 0) this.tell(ALL, 'snapshot', () => [shortTickerWire(market)]);
    for (const topic of this.listeners.keys())
      if (topic.startsWith('candle')) this.candleGrid(topic);
  }

  private tickerGrid(): void {
    const topic = TOPICS.ticker(this.market.cross as CrossSymbol);
    if (!this.listeners.has(topic)) return;
    const now = tickerWire(this.market);
    const before = this.ticker ?? now;
    const changed = Object.entries(now).filter(([name, value]) => before[name] !== value);
    this.ticker = now;
    if (changed.length === 0) return;
    const data = { symbol: this.market.cross, ...Object.fromEntries(changed) };
    this.tell(topic, 'delta', () => data);
  }

  private candleGrid(topic: string): void {
    const data = this.candle(topic);
    const { timestamp: _at, ...rest } = (data[0] ?? {}) as { timestamp?: number };
    const text = JSON.stringify(rest);
    if (this.candles.get(topic) === text) return;
    this.candles.set(topic, text);
    this.tell(topic, 'delta', () => data);
  }

  private tell(topic: string, type: 'snapshot' | 'delta', data: () => unknown): void {
    const set = this.listeners.get(topic);
    if (set === undefined) return;
    const text = this.frame(topic, type, data());
    for (const listener of set) listener.hear(text);
  }

  private frame(topic: string, type: 'snapshot' | 'delta', data: unknown): string {
    this.counter += 1;
    return JSON.stringify({ topic, type, data, cs: this.counter, ts: this.host.now() });
  }
}
