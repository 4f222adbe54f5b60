// Builds the commands of one settle and books each at once in the order table, the throttle and the counts, so that
// what was sent and what we believe cannot drift apart. It hands nothing out: the engine sends the batch once.
import { CANCEL_ALL } from '#core/messages';
import type { Command, TimeInForce } from '#core/messages';
import { Order } from '#core/order';
import type { Bps, Lots, Micros, Side, Ticks } from '#core/units';
import type { OrderTable } from './orders.js';
import type { OperationCount, Throttle } from './throttle.js';

export class Outbox {
  /** Reused: whoever keeps commands copies them. Cancels stand first. */
  readonly commands: Command[] = [];
  private cancels = 0;
  /** True while every command of the batch only takes orders away. */
  onlyCancels = true;
  /** When the last cancel-all went out, and how many are unanswered. */
  cancelAllUs = -Infinity;
  cancelAllsOut = 0;

  constructor(
    private readonly table: OrderTable,
    private readonly throttle: Throttle,
    private readonly count: OperationCount,
    private nextOrdinal: number,
  ) {}

  /** Forgets the last batch. */
  begin(): void {
    if (this.commands.length > 0) this.commands.length = 0; // setting it costs as much as a guard
    this.cancels = 0;
    this.onlyCancels = true;
  }

  /** Sends a new order; the caller has asked the throttle and the limits. */
  place(
    nowUs: Micros,
    side: Side,
    ticks: Ticks,
    lots: Lots,
    tif: TimeInForce,
    reduceOnly: boolean,
    level: number,
    distance: Bps,
  ): Order {
    // A list of open orders may name an ordinal that we have not reached: never use it again.
    while (this.table.find(this.nextOrdinal) !== undefined) this.nextOrdinal += 1;
    const ordinal = this.nextOrdinal;
    this.nextOrdinal += 1;
    const order = new Order(ordinal, side, ticks, lots, tif, reduceOnly, level, nowUs);
    order.distance = distance;
    this.table.add(order);
    this.spend();
    const kind = 'place';
    this.commands.push(Object.freeze({ kind, ordinal, side, ticks, lots, tif, reduceOnly }));
    return order;
  }

  /** `lots`: new total size, fills so far included. */
  amend(nowUs: Micros, order: Order, ticks: Ticks, lots: Lots): void {
    order.askAmend(ticks, lots, nowUs);
    this.table.recount();
    this.spend();
    const { ordinal, side } = order;
    this.commands.push(Object.freeze({ kind: 'amend', ordinal, side, ticks, lots }));
  }

  cancel(nowUs: Micros, order: Order): void {
    order.askCancel(nowUs);
    this.table.recount();
    this.takeAway(Object.freeze({ kind: 'cancel', ordinal: order.ordinal }));
  }

  cancelAll(nowUs: Micros): void {
    for (const order of this.table.live) if (order.phase !== 'closed') order.askCancel(nowUs);
    this.table.recount();
    this.cancelAllUs = nowUs;
    this.cancelAllsOut += 1;
    this.takeAway(CANCEL_ALL);
  }

  private takeAway(command: Command): void {
    this.count.sent(1);
    this.commands.splice(this.cancels, 0, command);
    this.cancels += 1;
  }

  private spend(): void {
    this.throttle.spend();
    this.count.sent(1);
    this.onlyCancels = false;
  }
}
