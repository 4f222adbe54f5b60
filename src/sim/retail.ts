// Paradex's retail class (venue documents of August 2026): no fee, but 300 ms on every submit and cancel, and only so
// many orders; an order beyond any of the budgets is treated as Pro, with Pro's fee and no bump. It is both a fee
// schedule and a delay, because both follow from the class an order got when it was sent.
import { assert } from '#core/assert';
import type { Command } from '#core/messages';
import type { Micros, Money, Rate, SpanMicros } from '#core/units';
import type { Delays } from './delays.js';
import type { FeeSchedule } from './fees.js';

export const RETAIL_BUMP_US = 300_000 as SpanMicros;
/** Orders within a span of time: 3/s, 30/min, 300/h, 1,000 a day (24 h back from now). */
export const RETAIL_BUDGETS: readonly (readonly [spanUs: number, orders: number])[] = [
  [1e6, 3],
  [60e6, 30],
  [3_600e6, 300],
  [86_400e6, 1_000],
];

export class RetailClass implements Delays, FeeSchedule {
  /** Orders and amends sent in each class. */
  retailOrders = 0;
  proOrders = 0;
  private readonly times: Float64Array;
  private next = 0;
  private readonly pro = new Set<number>();

  constructor(
    private readonly delays: Delays,
    private readonly proFees: FeeSchedule,
    private readonly budgets = RETAIL_BUDGETS,
  ) {
    const most = Math.max(0, ...budgets.map(([, orders]) => orders));
    assert(most > 0, 'a retail class without a budget');
    this.times = new Float64Array(most).fill(-Infinity);
  }

  /** The class is given when the command is sent; cancels count against no budget. */
  order(nowUs: Micros, command: Command): SpanMicros {
    const delay = this.delays.order(nowUs, command);
    if (command.kind === 'place' || command.kind === 'amend') this.classify(nowUs, command.ordinal);
    const pro = command.kind !== 'cancel-all' && this.pro.has(command.ordinal);
    return (pro ? delay : delay + RETAIL_BUMP_US) as SpanMicros;
  }

  reply(nowUs: Micros): SpanMicros {
    return this.delays.reply(nowUs);
  }

  rate(nowUs: Micros, ordinal: number | null, maker: boolean): Rate {
    if (ordinal !== null && !this.pro.has(ordinal)) return 0 as Rate;
    return this.proFees.rate(nowUs, ordinal, maker);
  }

  traded(nowUs: Micros, notional: Money): void {
    this.proFees.traded(nowUs, notional);
  }

  private classify(nowUs: Micros, ordinal: number): void {
    const { times, next } = this;
    const size = times.length;
    const over = this.budgets.some(
      ([spanUs, orders]) => (times[(next + size - orders) % size] as number) > nowUs - spanUs,
    );
    times[next] = nowUs;
    this.next = (next + 1) % size;
    if (over) {
      this.pro.add(ordinal);
      this.proOrders += 1;
    } else {
      this.pro.delete(ordinal);
      this.retailOrders += 1;
    }
  }
}
