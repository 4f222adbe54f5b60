// The simulated venue as it looks from behind a venue's client: the client asks by requests of its own, confirms a
// cancel-all by the list of open orders, and may have another way of moving an order that is partly filled. With it a
// backtest gives the commands of a run on the wire, hash for hash (test/twin). Without a clock, as SimVenue.
import type { AccountEvent, Command, EngineEvent, OpenOrdersReport } from '#core/messages';
import { TimeHeap } from '#core/heap';
import type { Micros, SpanMicros } from '#core/units';
import { SimVenue } from './venue.js';
import type { VenueOptions } from './venue.js';

/** What a venue's client does beyond passing on; trips and delays as in VenueOptions. */
export interface ClientWays {
  /** Requests, one after the other, until the account is told. */
  readonly accountTrips: number;
  /** From the venue's yes to a cancel-all until its list of open orders is asked for, and between two such questions. */
  readonly verifyAfter: SpanMicros;
  readonly verifyAgain: SpanMicros;
  /** An amend of an order that the client has seen partly filled. */
  readonly amendPartlyFilled: 'amend' | 'cancel';
}

/** What a request does when it arrives. */
type Deed = (nowUs: Micros) => void;

export class ClientVenue extends SimVenue {
  private readonly asked = new TimeHeap<Deed>();
  private readonly answered = new TimeHeap<EngineEvent>();
  /** Live orders that the client has seen filled in part. */
  private readonly filled = new Set<number>();
  private readonly orderDelay: SpanMicros;
  private readonly replyDelay: SpanMicros;

  constructor(
    options: VenueOptions,
    private readonly ways: ClientWays,
  ) {
    super(options);
    this.orderDelay = options.orderDelay;
    this.replyDelay = options.replyDelay;
  }

  override send(nowUs: Micros, commands: readonly Command[]): void {
    const plain = this.ways.amendPartlyFilled === 'amend';
    super.send(nowUs, plain ? commands : commands.map((command) => this.moved(command)));
  }

  override get nextArrivalUs(): number {
    return Math.min(super.nextArrivalUs, this.asked.peekUs());
  }

  override get nextReplyUs(): number {
    return Math.min(super.nextReplyUs, this.answered.peekUs());
  }

  override arrive(nowUs: Micros): void {
    super.arrive(nowUs);
    while (this.asked.peekUs() <= nowUs) this.asked.pop()(nowUs);
  }

  override deliver(nowUs: Micros, handler: (event: EngineEvent) => void): void {
    super.deliver(nowUs, (event) => {
      this.heard(event);
      handler(event);
    });
    while (this.answered.peekUs() <= nowUs)
      handler(Object.freeze({ ...this.answered.pop(), us: nowUs }));
  }

  /** The position is what the first request finds; the others only take their time. */
  override reportAccount(nowUs: Micros): void {
    const { orderDelay, replyDelay } = this;
    this.ask(nowUs, (us) => {
      const dueUs = nowUs + this.ways.accountTrips * (orderDelay + replyDelay);
      this.answered.push(dueUs as Micros, this.exchange.report(us));
    });
  }

  override reportOpenOrders(nowUs: Micros): void {
    this.list(nowUs, (report) => this.answered.push(report.us, report));
  }

  /** A cancel-all is answered by a list that has nothing of ours, however long that takes. */
  protected override reply(event: AccountEvent): void {
    if (event.kind !== 'all-cancelled') super.reply(event);
    else this.verify((event.us + this.replyDelay + this.ways.verifyAfter) as Micros);
  }

  private verify(askedUs: Micros): void {
    this.list(askedUs, (report) => {
      const { us, venueUs } = report;
      if (report.orders.length > 0) return this.verify((us + this.ways.verifyAgain) as Micros);
      this.answered.push(us, report);
      this.answered.push(us, { kind: 'all-cancelled', us, venueUs });
    });
  }

  /** The list as it is when the question arrives, dated by the question; `us` is when the answer is there. */
  private list(askedUs: Micros, then: (report: OpenOrdersReport) => void): void {
    this.ask(askedUs, (us) => {
      const { orders } = this.exchange.openOrdersReport(us);
      const dueUs = (us + this.replyDelay) as Micros;
      then({ kind: 'open-orders', us: dueUs, venueUs: askedUs, orders });
    });
  }

  private ask(nowUs: Micros, deed: Deed): void {
    this.asked.push((nowUs + this.orderDelay) as Micros, deed);
  }

  private moved(command: Command): Command {
    if (command.kind !== 'amend') return command;
    const { ordinal } = command;
    return this.filled.has(ordinal) ? { kind: 'cancel', ordinal } : command;
  }

  private heard(event: EngineEvent): void {
    if (event.kind === 'fill' && event.ordinal !== null) this.filled.add(event.ordinal);
    else if (event.kind === 'closed') this.filled.delete(event.ordinal);
  }
}
