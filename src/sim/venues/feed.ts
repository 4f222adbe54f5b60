// Where a face's market comes from: rows, an instant at a time, on the injected clock. MarketPlayer plays a RowSource
// (a tape or the synthetic market); a relay (relay.ts) forwards a real venue's. It matches nothing and sends nothing.
import { assert } from '#core/assert';
import type { Clock, Timer } from '#core/outside';
import type { MarketRows, RowBlock, RowSource } from '#core/rows';
import { ROW_TRADE, applyRow } from '#core/rows';
import type { Aggressor, Lots, Micros, SpanMicros, TickPrice } from '#core/units';

/** Gets whole instants: `begin`, the rows, `end`. */
export interface FeedSink extends MarketRows {
  begin(us: Micros): void;
  end(): void;
}

export interface Feed {
  start(sink: FeedSink): void;
  /** Plays what is due by now: a command that arrives sees every row of its own instant. */
  catchUp(): void;
  close(): void;
}

export interface PlayerOptions {
  readonly clock: Clock;
  readonly source: RowSource;
  /** Market time per second of clock time. */
  readonly speed?: number;
  /** The rows keep their own times, instead of beginning now (the clock must stand at or before the first). */
  readonly ownTimes?: boolean;
  /** The last row has been played. */
  readonly onEnd?: () => void;
}

export class MarketPlayer implements Feed {
  private sink: FeedSink | null = null;
  private block: RowBlock | null = null;
  private index = 0;
  /** Clock time of the next instant; Infinity at the end. */
  private nextUs = Infinity;
  private shiftUs = 0;
  private firstUs = 0;
  private timer: Timer | null = null;
  private readonly speed: number;
  private busy = false;

  constructor(private readonly options: PlayerOptions) {
    this.speed = options.speed ?? 1;
    assert(this.speed > 0, 'a market that stands still');
  }

  start(sink: FeedSink): void {
    this.sink = sink;
    this.block = this.load();
    if (this.block === null) return this.options.onEnd?.();
    this.firstUs = this.block.localUs[0] as number;
    this.shiftUs = this.options.ownTimes === true ? this.firstUs : this.options.clock.nowUs();
    this.nextUs = this.timeOf(this.firstUs);
    this.catchUp();
  }

  catchUp(): void {
    const { sink } = this;
    if (sink === null || this.busy) return;
    this.busy = true;
    while (this.block !== null && this.nextUs <= this.options.clock.nowUs()) this.instant(sink);
    this.busy = false;
    this.arm();
  }

  close(): void {
    this.timer?.cancel();
    this.timer = null;
    this.sink = null;
    this.options.source.close();
  }

  private timeOf(rowUs: number): number {
    return Math.round(this.shiftUs + (rowUs - this.firstUs) / this.speed);
  }

  private instant(sink: FeedSink): void {
    const us = this.nextUs;
    sink.begin(us as Micros);
    while (this.block !== null && this.nextUs === us) {
      this.apply(this.block, us, sink);
      this.index += 1;
      if (this.index >= this.block.count) {
        this.index = 0;
        this.block = this.load();
      }
      this.nextUs =
        this.block === null ? Infinity : this.timeOf(this.block.localUs[this.index] as number);
    }
    sink.end();
    if (this.block === null) this.options.onEnd?.();
  }

  /** A print keeps its distance between the two clocks of its row; no other row carries the venue's. */
  private apply(block: RowBlock, us: number, sink: FeedSink): void {
    const i = this.index;
    if (block.kind[i] !== ROW_TRADE) return applyRow(block, i, sink);
    const late = (block.localUs[i] as number) - (block.exchangeUs[i] as number);
    const matchedUs = Math.round(us - late / this.speed) as Micros;
    const [ticks, lots] = [block.price[i] as TickPrice, block.size[i] as Lots];
    sink.trade(block.side[i] as Aggressor, ticks, lots, matchedUs);
  }

  private load(): RowBlock | null {
    let block: RowBlock | null;
    do block = this.options.source.next();
    while (block !== null && block.count === 0);
    return block;
  }

  private arm(): void {
    this.timer?.cancel();
    this.timer = null;
    if (this.nextUs === Infinity) return;
    const span = Math.max(0, this.nextUs - this.options.clock.nowUs()) as SpanMicros;
    this.timer = this.options.clock.after(span, () => {
      this.timer = null;
      this.catchUp();
    });
  }
}
