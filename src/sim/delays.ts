// How long a command is on its way to the venue and an answer on its way back, where that is not one constant.
// Seeded, so that a run repeats; drawn per command and reply, never per row. The delay lines keep the order whatever
// comes out here: nothing overtakes.
import type { Command } from '#core/messages';
import { Random } from '#core/random';
import type { Micros, SpanMicros } from '#core/units';

export interface Delays {
  order(nowUs: Micros, command: Command): SpanMicros;
  reply(nowUs: Micros): SpanMicros;
}

/** Lognormal around a median: most near it, some several times as long. `spread` is the deviation of the logarithm. */
export class SampledDelays implements Delays {
  private readonly orders: Random;
  private readonly replies: Random;

  constructor(
    seed: number,
    private readonly orderMedian: SpanMicros,
    private readonly replyMedian: SpanMicros,
    private readonly spread: number,
  ) {
    const random = new Random(seed);
    this.orders = random.fork('order delay');
    this.replies = random.fork('reply delay');
  }

  order(): SpanMicros {
    return draw(this.orders, this.orderMedian, this.spread);
  }

  reply(): SpanMicros {
    return draw(this.replies, this.replyMedian, this.spread);
  }
}

/** One draw in whole microseconds; a median of 0 stays 0. */
export const draw = (random: Random, median: SpanMicros, spread: number): SpanMicros =>
  Math.round(median * random.lognormal(0, spread)) as SpanMicros;

/** Both ways as slow as the feed was when it was last heard: for recordings that hold the feed's latency only. */
export class FeedDelays implements Delays {
  constructor(private readonly latencyAt: (nowUs: Micros) => SpanMicros) {}

  order(nowUs: Micros): SpanMicros {
    return this.latencyAt(nowUs);
  }

  reply(nowUs: Micros): SpanMicros {
    return this.latencyAt(nowUs);
  }
}

/** The two constants, for what adds to them. */
export class ConstantDelays implements Delays {
  constructor(
    private readonly orderDelay: SpanMicros,
    private readonly replyDelay: SpanMicros,
  ) {}

  order(): SpanMicros {
    return this.orderDelay;
  }

  reply(): SpanMicros {
    return this.replyDelay;
  }
}
