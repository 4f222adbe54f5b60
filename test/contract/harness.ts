// What a contract card may ask of a simulated venue, whichever it is: a market that the card moves by hand, and traders
// who speak the venue's own protocol over real sockets. A card knows nothing of paths, signatures or field names.
import { expect } from 'vitest';
import type { Clock } from '#core/outside';
import type { Lots, Micros, Rate, Side, TickPrice, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import type { Feed, FeedSink } from '#sim/venues/feed';

export type Kind = 'post-only' | 'gtc' | 'ioc' | 'market';

export interface NewOrder {
  readonly side: 'buy' | 'sell';
  readonly price: string;
  readonly size: string;
  readonly kind?: Kind;
  readonly reduceOnly?: boolean;
  readonly clientId?: string;
  readonly market?: string;
}

/** The answer to a call: done, or refused with a word of the venue. */
export interface Answer {
  readonly ok: boolean;
  readonly id: string;
  readonly word: string;
}

export type Ending =
  'cancelled' | 'post-only' | 'margin' | 'reduce-only' | 'self-trade' | 'filled' | 'rest' | string;

export interface OrderView {
  readonly id: string;
  readonly clientId: string;
  readonly open: boolean;
  /** Why it was closed; '' while open. */
  readonly ending: Ending;
  readonly size: number;
  readonly filled: number;
  readonly price: number;
}

export interface FillView {
  readonly id: string;
  readonly orderId: string;
  readonly price: number;
  readonly size: number;
  readonly fee: number;
  readonly maker: boolean;
}

export interface Heard {
  readonly orders: OrderView[];
  readonly fills: FillView[];
}

export interface Trader {
  readonly heard: Heard;
  place(order: NewOrder): Promise<Answer>;
  /** By REST, where the venue has another way. */
  placeAside(order: NewOrder): Promise<Answer>;
  placeAll(orders: readonly NewOrder[]): Promise<Answer>;
  modify(id: string, order: NewOrder): Promise<Answer>;
  cancel(id: string): Promise<Answer>;
  cancelByClientId(clientId: string): Promise<Answer>;
  cancelAll(): Promise<Answer>;
  open(): Promise<OrderView[]>;
  /** The venue's last word on an order, closed ones included. */
  look(clientId: string): Promise<OrderView | undefined>;
  fills(): Promise<FillView[]>;
  /** Signed base units. */
  position(): Promise<{ size: number; entry: number }>;
  equity(): Promise<number>;
  /** Cancel-on-disconnect for this connection. */
  arm(): Promise<void>;
  /** Cuts the private connection without a word. */
  cut(): void;
  reconnect(): Promise<void>;
}

export interface Venue {
  readonly market: HandMadeMarket;
  /** A fresh account with its private stream open. */
  trader(): Promise<Trader>;
  close(): Promise<void>;
}

/** A market that moves when a card says so. Prices in ticks of 0.1, sizes in lots of 0.0001. */
export class HandMadeMarket implements Feed {
  private sink: FeedSink | null = null;

  constructor(private readonly clock: Clock) {}

  start(sink: FeedSink): void {
    this.sink = sink;
    this.reset();
  }

  catchUp(): void {}

  close(): void {
    this.sink = null;
  }

  /** 100,000.0 x 1 / 100,001.0 x 1, two more levels a side, mark in the middle. */
  reset(): void {
    this.now((rows) => {
      rows.clear();
      for (let i = 0; i < 3; i++) {
        rows.level(BID, (1_000_000 - 10 * i) as Ticks, 10_000 as Lots);
        rows.level(ASK, (1_000_010 + 10 * i) as Ticks, 10_000 as Lots);
      }
      rows.mark(1_000_005 as TickPrice);
    });
  }

  level(side: 'buy' | 'sell', price: number, size: number): void {
    this.now((rows) => rows.level(sign(side), ticks(price), lots(size)));
  }

  /** Somebody else takes liquidity. */
  print(taker: 'buy' | 'sell', price: number, size: number): void {
    this.now((rows) => rows.trade(sign(taker), ticks(price), lots(size), this.clock.nowUs()));
  }

  mark(price: number): void {
    this.now((rows) => rows.mark(ticks(price)));
  }

  funding(rate: number, due: boolean): void {
    this.now((rows) => rows.funding(Math.round(rate * 1e10) as Rate, due));
  }

  private now(run: (rows: FeedSink) => void): void {
    const { sink } = this;
    if (sink === null) throw new Error('the market has not begun');
    sink.begin(this.clock.nowUs() as Micros);
    run(sink);
    sink.end();
  }
}

const sign = (side: 'buy' | 'sell'): Side => (side === 'buy' ? BID : ASK);
const ticks = (price: number): Ticks => Math.round(price * 10) as Ticks;
const lots = (size: number): Lots => Math.round(size * 10_000) as Lots;

/** Waits for something that arrives by socket. */
export async function until(what: () => boolean, detail: string, mostMs = 2_000): Promise<void> {
  const end = performance.now() + mostMs;
  while (!what()) {
    if (performance.now() > end) expect.fail(`never came: ${detail}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Long enough for what must not come. */
export const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 40));
