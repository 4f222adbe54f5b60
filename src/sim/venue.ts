// The simulated venue as the bot sees it: the exchange at the far end of two delay lines, orders out and replies
// back. Commands are fire-and-forget; everything that became of them comes back through `deliver`, in order.
// It has no clock: the driver asks when something is due and says what time it is.
import type { AccountEvent, Command, EngineEvent } from '#core/messages';
import type { CommandSink } from '#core/ports';
import type { Micros, SpanMicros } from '#core/units';
import { Exchange } from './exchange.js';
import type { ExchangeOptions } from './exchange.js';
import type { Delays } from './delays.js';
import { DelayLine } from './latency.js';

export interface VenueOptions extends Omit<ExchangeOptions, 'emit'> {
  /** From the bot's decision to the venue's matcher. */
  readonly orderDelay: SpanMicros;
  /** From the venue's matcher to the bot. */
  readonly replyDelay: SpanMicros;
  /** Delays that change from one command or reply to the next; the two above without. */
  readonly delays?: Delays;
}

export class SimVenue implements CommandSink {
  readonly exchange: Exchange;
  private readonly orders: DelayLine<Command>;
  private readonly replies: DelayLine<AccountEvent>;
  private readonly delays: Delays | null;

  constructor(options: VenueOptions) {
    this.orders = new DelayLine(options.orderDelay);
    this.replies = new DelayLine(options.replyDelay);
    this.delays = options.delays ?? null;
    this.exchange = new Exchange({ ...options, emit: (event) => this.reply(event) });
  }

  /** Puts the commands into the order line. The array is not kept; commands are frozen values. */
  send(nowUs: Micros, commands: readonly Command[]): void {
    const { delays, orders } = this;
    for (const command of commands) {
      if (delays !== null) orders.delay = delays.order(nowUs, command);
      orders.push(nowUs, command);
    }
  }

  /** When the next command reaches the venue; Infinity when none is under way. */
  get nextArrivalUs(): number {
    return this.orders.nextUs;
  }

  /** When the next event reaches the bot; Infinity when none is under way. */
  get nextReplyUs(): number {
    return this.replies.nextUs;
  }

  /** Executes every command that has reached the venue by `nowUs`, each at its own time of arrival. */
  arrive(nowUs: Micros): void {
    while (this.orders.nextUs <= nowUs) {
      const us = this.orders.nextUs as Micros;
      this.exchange.submit(us, this.orders.shift());
    }
  }

  /** Hands over every event that has reached the bot by `nowUs`, as a frozen value with `us` = time of delivery. */
  deliver(nowUs: Micros, handler: (event: EngineEvent) => void): void {
    while (this.replies.nextUs <= nowUs) {
      const us = this.replies.nextUs as Micros;
      const event: { us: Micros } & AccountEvent = this.replies.shift();
      event.us = us; // nobody else has it: it was made for this line
      handler(Object.freeze(event));
    }
  }

  /** The venue's word on the account at `nowUs`, on its way to the bot. */
  reportAccount(nowUs: Micros): void {
    this.reply(this.exchange.report(nowUs));
  }

  /** The venue's list of open orders at `nowUs`, on its way to the bot. */
  reportOpenOrders(nowUs: Micros): void {
    this.reply(this.exchange.openOrdersReport(nowUs));
  }

  /** Something happened at the venue: the bot hears of it a delay later. */
  protected reply(event: AccountEvent): void {
    if (this.delays !== null) this.replies.delay = this.delays.reply(event.us);
    this.replies.push(event.us, event);
  }
}
