// Hot path: rows of a source of their own on their way to the bot: what a venue tells of its market (#sim/told-feed). The bot
// looks at every instant of them.
import type { Engine } from '#engine/engine';
import type { RowBlock, RowSource } from '#core/rows';
import { applyRows } from '#core/rows';
import type { SpanMicros } from '#core/units';
import { TimedBlock } from '#sim/feed-delay';
import { DUE, NEXT, NOW, botClock } from './bot-rows.js';
import type { BotRows } from './bot-rows.js';
import { nextFilled } from './next-filled.js';

export class ToldRows implements BotRows {
  readonly clock = botClock();
  private block: RowBlock | null = null;
  private times: Float64Array = new Float64Array(0);
  private feedUs = 0;
  private index = 0;

  constructor(
    private readonly source: RowSource,
    private readonly engine: Engine,
    private readonly feed: SpanMicros,
  ) {
    this.load();
  }

  began(): void {}

  reusable(last: RowBlock | null): RowBlock | undefined {
    return last ?? undefined;
  }

  happened(): void {}

  pass(): boolean {
    return false;
  }

  looked(): void {}

  give(): void {
    const { clock } = this;
    const us = clock[NOW] as number;
    while (this.block !== null && clock[NEXT] === us) {
      const { block, times, feedUs, index } = this;
      let i = index;
      while (i < block.count && (times[i] as number) + feedUs === us) i += 1;
      applyRows(block, index, i, this.engine);
      this.index = i;
      if (i < block.count) this.await((times[i] as number) + feedUs);
      else this.load();
    }
  }

  private load(): void {
    const block = nextFilled(this.source, this.block ?? undefined);
    this.block = block;
    this.index = 0;
    this.await(Infinity);
    if (block === null) return;
    const timed = block instanceof TimedBlock;
    this.times = timed ? block.botUs : block.localUs;
    this.feedUs = timed ? 0 : this.feed;
    this.await((this.times[0] as number) + this.feedUs);
  }

  private await(us: number): void {
    this.clock[DUE] = us;
    this.clock[NEXT] = us;
  }
}
