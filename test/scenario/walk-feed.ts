// A small market for fault campaigns: a touch of one tick around a walk, a book message every 250 ms, a taker now and
// then who sweeps far enough to fill quotes near the mid. Cheap, so that hours of it cost seconds.
import type { Clock, Timer } from '#core/outside';
import type { Random } from '#core/random';
import type { Lots, SpanMicros, TickPrice, Ticks } from '#core/units';
import { ASK, BID, type Side } from '#core/units';
import type { Feed, FeedSink } from '#sim/venues/feed';

const STEP = 250_000 as SpanMicros;
const DEPTH = 40;

export class WalkFeed implements Feed {
  private sink: FeedSink | null = null;
  private timer: Timer | null = null;
  private bid = 1_000_000;
  private step = 0;

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  start(sink: FeedSink): void {
    this.sink = sink;
    sink.begin(this.clock.nowUs());
    sink.clear();
    this.levels(sink, this.bid, 5);
    sink.mark((this.bid + 0.5) as TickPrice);
    sink.end();
    this.next();
  }

  catchUp(): void {}

  close(): void {
    this.timer?.cancel();
    this.sink = null;
  }

  private next(): void {
    this.timer = this.clock.after(STEP, () => {
      this.play();
      this.next();
    });
  }

  private play(): void {
    const { sink, random } = this;
    if (sink === null) return;
    this.step += 1;
    sink.begin(this.clock.nowUs());
    const before = this.bid;
    this.bid += random.int(41) - 20;
    this.levels(sink, before, 0);
    this.levels(sink, this.bid, 5 + random.int(20));
    if (this.step % 4 === 0) sink.mark((this.bid + 0.5) as TickPrice);
    if (random.bool(0.05)) this.sweep(sink, random.bool(0.5) ? BID : ASK);
    sink.end();
  }

  /** Touch and one level far behind it. */
  private levels(sink: FeedSink, bid: number, lots: number): void {
    sink.level(BID, bid as Ticks, lots as Lots);
    sink.level(ASK, (bid + 1) as Ticks, lots as Lots);
    sink.level(BID, (bid - DEPTH * 10) as Ticks, (lots * 100) as Lots);
    sink.level(ASK, (bid + 1 + DEPTH * 10) as Ticks, (lots * 100) as Lots);
  }

  private sweep(sink: FeedSink, taker: Side): void {
    const ticks = (this.bid + taker * (100 + this.random.int(300))) as TickPrice;
    sink.trade(taker, ticks, (1 + this.random.int(12)) as Lots, this.clock.nowUs());
  }
}
