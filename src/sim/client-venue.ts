// The simulated venue as it looks from behind a venue's client: the client asks by requests of its own, confirms a
// cancel-all by the list of open orders, and may have another way of moving an order that is partly filled. With it a
// backtest gives the commands of a run on the wire, hash for hash (test/twin). Without a clock, as SimVenue.
import type { AccountEvent, Command, EngineEvent, OpenOrdersReport } from '#core/messages';
import { TimeHeap } from '#core/heap';
import type { Micros, SpanMicros } from '#core/units';
import { MICROS_PER_MS } from '#core/units';
import { SimVenue } from './venue.js';
import type { VenueOptions } from './venue.js';

/** What a venue's client does beyond passing on; trips and delays as in VenueOptions. */
export interface ClientWays {
  /** Requests, one after the other, until the account is told. */
  readonly accountTrips: number;
  /** Asked again this long after an answer that a fill has overtaken; null: the answer says itself what it holds. */
  readonly accountAgain: SpanMicros | null;
  /** From the venue's yes to a cancel-all until its list of open orders is asked for, and between two such questions. */
  readonly verifyAfter: SpanMicros;
  readonly verifyAgain: SpanMicros;
  /** An amend of an order that the client has seen partly filled. */
  readonly amendPartlyFilled: 'amend' | 'cancel';
  /** When paid funding is heard of: at once, with the next fill, or when the client asks, so long after each full hour. */
  readonly funding: 'at-once' | 'with-fill' | readonly SpanMicros[];
}

const HOUR_US = 3_600_000_000;
const ACCOUNT_TRIES = 4;

/** What happens at the venue, or at the client, when its time has come. */
type Deed = (nowUs: Micros) => void;
type FundingPayment = Extract<AccountEvent, { readonly kind: 'funding' }>;
type Heard = (report: OpenOrdersReport) => void;

export class ClientVenue extends SimVenue {
  /** Questions on their way, and what the client does without telling. */
  private readonly asked = new TimeHeap<Deed>();
  /** What the engine will hear. */
  private readonly answered = new TimeHeap<Deed>();
  /** Live orders that the client has seen filled in part. */
  private readonly filled = new Set<number>();
  private readonly orderDelay: SpanMicros;
  private readonly replyDelay: SpanMicros;
  /** Who waits for the list that is under way, and for the next one; null: none is under way. */
  private listing: Heard[] | null = null;
  private next: Heard[] = [];
  private verifying = false;
  private verifyMore = false;
  private accountAsked = false;
  private accountMore = false;
  /** Funding that the next fill will tell of. */
  private readonly unheard: FundingPayment[] = [];
  /** Venue time of the newest fill heard, ms. */
  private fillMs = 0;
  private handler: (event: EngineEvent) => void = () => undefined;

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
    this.handler = handler;
    super.deliver(nowUs, (event) => {
      this.heard(event);
      handler(event);
    });
    while (this.answered.peekUs() <= nowUs) this.answered.pop()(nowUs);
  }

  /** One question at a time: who asks meanwhile is answered by the next. */
  override reportAccount(nowUs: Micros): void {
    if (this.accountAsked) this.accountMore = true;
    else this.askAccount(nowUs, ACCOUNT_TRIES);
  }

  /** The position is what the first request finds; the others only take their time. */
  private askAccount(nowUs: Micros, triesLeft: number): void {
    this.accountAsked = true;
    const { fillMs } = this;
    const { accountTrips, accountAgain } = this.ways;
    this.ask(nowUs, (us) => {
      const report = this.exchange.report(us);
      const dueUs = nowUs + accountTrips * (this.orderDelay + this.replyDelay);
      this.answered.push(dueUs as Micros, (heardUs) => {
        const overtaken = accountAgain !== null && fillMs !== this.fillMs;
        if (overtaken && triesLeft > 1) {
          this.later(heardUs, accountAgain, (againUs) => this.askAccount(againUs, triesLeft - 1));
          return;
        }
        this.accountAsked = false;
        if (!overtaken) this.tell(report, heardUs);
        if (!this.accountMore) return;
        this.accountMore = false;
        this.askAccount(heardUs, ACCOUNT_TRIES);
      });
    });
  }

  override reportOpenOrders(nowUs: Micros): void {
    this.list(nowUs, (report) => this.tell(report, report.us));
  }

  protected override reply(event: AccountEvent): void {
    // A cancel-all is answered by a list that has nothing of ours, however long that takes.
    if (event.kind === 'all-cancelled')
      this.later(event.us, this.replyDelay, (us) => this.verifySoon(us));
    else if (event.kind === 'funding') this.paid(event);
    else super.reply(event);
    if (event.kind !== 'fill') return;
    for (const payment of this.unheard.splice(0)) super.reply({ ...payment, us: event.us });
  }

  private paid(payment: FundingPayment): void {
    const { funding } = this.ways;
    if (funding === 'at-once') super.reply(payment);
    else if (funding === 'with-fill') this.unheard.push(payment);
    else {
      // Found by the first question that arrives after it.
      const hourUs = payment.us - (payment.us % HOUR_US);
      const questions = funding.flatMap((span) => [hourUs + span, hourUs + HOUR_US + span]);
      const found = questions.filter((us) => us + this.orderDelay >= payment.us);
      const dueUs = Math.min(...found) + this.orderDelay + this.replyDelay;
      this.answered.push(dueUs as Micros, (us) => this.tell(payment, us));
    }
  }

  private verifySoon(nowUs: Micros): void {
    if (this.verifying) this.verifyMore = true;
    else this.later(nowUs, this.ways.verifyAfter, (us) => this.verify(us));
    this.verifying = true;
  }

  private verify(nowUs: Micros): void {
    this.verifyMore = false;
    this.list(nowUs, (report) => {
      const { us, venueUs } = report;
      if (report.orders.length > 0)
        return this.later(us, this.ways.verifyAgain, (againUs) => this.verify(againUs));
      this.verifying = false;
      this.tell(report, us);
      this.tell({ kind: 'all-cancelled', us, venueUs }, us);
      if (this.verifyMore) this.verifySoon(us);
    });
  }

  /** The list as it is when the question arrives, dated by the question; one question at a time. */
  private list(nowUs: Micros, then: Heard): void {
    this.next.push(then);
    if (this.listing !== null) return;
    this.listing = this.next;
    this.next = [];
    this.ask(nowUs, (us) => {
      const { orders } = this.exchange.openOrdersReport(us);
      this.answered.push((us + this.replyDelay) as Micros, (heardUs) => {
        const waiting = this.listing ?? [];
        this.listing = null;
        for (const done of waiting)
          done({ kind: 'open-orders', us: heardUs, venueUs: nowUs, orders });
        if (this.listing === null && this.next.length > 0)
          this.list(heardUs, this.next.pop() as Heard);
      });
    });
  }

  private ask(nowUs: Micros, deed: Deed): void {
    this.later(nowUs, this.orderDelay, deed);
  }

  /** Something that the engine does not hear of. */
  private later(nowUs: Micros, span: SpanMicros, deed: Deed): void {
    this.asked.push((nowUs + span) as Micros, deed);
  }

  private tell(event: EngineEvent, us: Micros): void {
    this.handler(Object.freeze({ ...event, us }));
  }

  private moved(command: Command): Command {
    if (command.kind !== 'amend') return command;
    const { ordinal } = command;
    return this.filled.has(ordinal) ? { kind: 'cancel', ordinal } : command;
  }

  private heard(event: EngineEvent): void {
    if (event.kind === 'fill') {
      this.fillMs = Math.max(this.fillMs, Math.floor(event.venueUs / MICROS_PER_MS));
      if (event.ordinal !== null) this.filled.add(event.ordinal);
    } else if (event.kind === 'closed') this.filled.delete(event.ordinal);
  }
}
