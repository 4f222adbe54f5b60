// The parts of an ApeX client for one market, wired once its instrument is known: who hears what, and what a break, a
// ban or a fatal refusal sets off.
import type { Network } from '#core/outside';
import type { Random } from '#core/random';
import type { Micros, SpanMicros, TickPrice } from '#core/units';
import { fromMs, fromSeconds } from '#core/units';
import type { AccountQuestion } from '#clients/net/account';
import { Doubts } from '#clients/net/doubts';
import type { DeskTiming } from '#clients/net/order-desk';
import { OpenList } from '#clients/net/open-list';
import { Recovery } from '#clients/net/recovery';
import type { VenueCounters, VenueInbox } from '#clients/net/venue-client';
import type { VenueTime } from '#clients/net/venue-time';
import { accountQuestion } from './client-account.js';
import { ApexCancels } from './client-cancel.js';
import { ApexDesk } from './client-desk.js';
import { ApexFills } from './client-fills.js';
import { FundingDesk } from './client-funding.js';
import type { ApexOrder } from './client-order.js';
import { PrivateLink } from './client-private.js';
import { PublicLink } from './client-public.js';
import { askOpenOrders, historyOf } from './client-queries.js';
import type { ApexRest } from './client-rest.js';
import type { StartFacts } from './client-start.js';
import { MarketWatch } from './client-watch.js';
import { TradeDesk } from './client-trade.js';
import type { AccountFrame } from './codec/account.js';
import type { FillWord, OrderWord } from './codec/words.js';
import type { ApexEnvironment } from './endpoints.js';
import type { Failure } from './errors.js';
import type { ApiKey } from './sign/request.js';
import type { ApexSigner } from './signer.js';
import { latestArrival, type ApexSwitches } from './switches.js';
import type { DashSymbol } from './wire.js';

const SURPRISE = fromMs(1_500);
const AGAIN = fromSeconds(1);
const TIMING = {
  ...{ askAfter: fromSeconds(3), lostAsk: 0 as SpanMicros, askAgain: fromSeconds(2) },
} satisfies Omit<DeskTiming, 'latestArrival'>;

export interface MachineParts {
  readonly network: Network;
  readonly random: Random;
  readonly time: VenueTime;
  readonly environment: ApexEnvironment;
  readonly symbol: DashSymbol;
  readonly runId: string;
  readonly facts: StartFacts;
  readonly signer: ApexSigner;
  readonly api: ApiKey;
  readonly inbox: VenueInbox;
  readonly counters: VenueCounters;
  readonly switches: ApexSwitches;
  readonly rest: ApexRest;
}

export class Machine {
  readonly desk: ApexDesk;
  readonly fills: ApexFills;
  readonly list: OpenList<ApexOrder, OrderWord>;
  readonly account: AccountQuestion;
  readonly cancels: ApexCancels;
  readonly trade: TradeDesk;
  private readonly doubts: Doubts<ApexOrder, OrderWord, FillWord>;
  readonly funding: FundingDesk;
  private readonly recovery: Recovery<ApexOrder, OrderWord>;
  private readonly link: PrivateLink;
  private readonly market: PublicLink;
  private readonly watch: MarketWatch;
  private closing = false;
  private fatal = '';

  constructor(private readonly parts: MachineParts) {
    const { time, rest, symbol, facts, inbox, counters, switches, runId, signer } = parts;
    const { instrument } = facts;
    const { clock } = time;
    const nowUs = (): Micros => clock.nowUs();
    // While we are shut out nothing would be answered: the next try waits for the end of that.
    const retryIn = (): SpanMicros => Math.max(AGAIN, rest.freeUs - clock.nowUs()) as SpanMicros;
    const market = symbol;
    this.desk = new ApexDesk({
      ...{ instrument, market, runId, inbox, counters, nowUs },
      timing: { ...TIMING, latestArrival: latestArrival(switches) },
      onSurprise: () => void clock.after(SURPRISE, () => this.list.report()),
    });
    const { desk } = this;
    const believes = (ticks: TickPrice): boolean => this.market.believes(ticks);
    this.fills = new ApexFills({ instrument, market, desk, inbox, counters, nowUs, believes });
    const { fills } = this;
    const read = askOpenOrders(rest);
    this.list = new OpenList({ clock, time, market, desk, inbox, retryIn, read });
    const { list } = this;
    const history = historyOf(rest, symbol);
    this.doubts = new Doubts({ clock, desk, fills, history, lookEvery: fromMs(500) });
    this.account = accountQuestion({ time, instrument, symbol, rest, fills, inbox, retryIn });
    const startMs = time.nowMs();
    this.funding = new FundingDesk({ time, instrument, symbol, rest, inbox, startMs });
    this.cancels = new ApexCancels({
      ...{ clock, market, runId, desk, rest, list, inbox, counters, switches, retryIn },
      ...{ verifyAfter: fromMs(200), verifyAgain: fromSeconds(1) },
    });
    this.link = new PrivateLink({
      ...parts,
      hooks: {
        onArmed: () => this.recovery.run(),
        onDown: (detail) => this.privateDown(detail),
        onFrame: (frame) => this.frame(frame),
      },
    });
    this.market = new PublicLink({ ...parts, symbol: facts.cross, instrument, mark: facts.mark });
    this.watch = new MarketWatch({
      ...{ time, rest, symbol, switches, inbox, market: facts },
      bar: (cause, reason) => this.market.bar(cause, reason),
      onChanged: (reason) => this.changed(reason),
    });
    const { link, doubts, account } = this;
    const onFailed = (detail: string): void => this.retry(detail);
    this.recovery = new Recovery({
      ...{ clock, inbox, link, desk, list, doubts, account, onFailed },
      onReady: () => this.funding.ask(),
    });
    this.trade = new TradeDesk({
      ...{ instrument, symbol, signer, time, desk, link, rest, inbox, switches },
      terms: () => this.watch.now.terms,
      barred: () => this.market.barred,
      onTrouble: (failure) => this.trouble(failure),
    });
  }

  open(): void {
    this.doubts.start();
    this.funding.start();
    this.watch.start();
    this.link.open();
    this.market.open();
  }

  close(): void {
    this.closing = true;
    this.watch.close();
    this.doubts.close();
    this.funding.close();
    this.link.close();
    this.market.close();
  }

  /** HTTP 403: nothing can be sent, so nothing can be taken back either. Quoting stops until it is over. */
  banned(untilUs: Micros): void {
    const { clock } = this.parts.time;
    this.market.bar('ban', 'the venue has shut our address out (HTTP 403)');
    this.privateLost('shut out (HTTP 403)');
    this.link.rearm();
    clock.after((untilUs - clock.nowUs() + 1) as SpanMicros, () => {
      if (this.closing || this.parts.rest.freeUs > clock.nowUs()) return;
      this.market.bar('ban', '');
      this.cancels.all();
      this.recovery.run();
    });
  }

  /** A latch: cancel everything and wait for a person. */
  private changed(reason: string): void {
    const { inbox, time } = this.parts;
    this.market.bar('market', reason);
    const text = `the market is not what it was: ${reason}`;
    inbox.note('warn', text);
    const us = time.clock.nowUs();
    inbox.event(Object.freeze({ kind: 'operator', order: 'stop', reason: text, us }));
  }

  private frame(frame: AccountFrame): void {
    // Fills first: an order's end is told once its fills are in.
    for (const word of frame.fills) this.fills.heard(word);
    for (const word of frame.orders) this.desk.heard(word);
    if (frame.deleveraged) this.parts.inbox.note('warn', 'the venue has deleveraged this account');
  }

  private privateDown(detail: string): void {
    if (this.closing) return;
    this.privateLost(detail);
    // No cancel-on-disconnect here: what rests must go at once, by the other way.
    if (this.desk.open.size > 0) this.cancels.all();
  }

  private privateLost(detail: string): void {
    const { inbox, time } = this.parts;
    const us = time.clock.nowUs();
    inbox.event(Object.freeze({ kind: 'link', channel: 'private', state: 'down', detail, us }));
  }

  /** While shut out a new connection would not help: the end of the ban starts the reconciliation again. */
  private retry(detail: string): void {
    if (this.parts.rest.freeUs > this.parts.time.clock.nowUs()) return;
    this.link.restart(detail);
  }

  /** A refused key, seed or permission does not mend itself: a person must act. */
  private trouble(failure: Failure): void {
    if (failure.reason === 'market-closed') this.watch.askMarket();
    if (failure.kind !== 'config' || this.fatal !== '') return;
    this.fatal = failure.detail;
    this.parts.inbox.note('warn', `ApeX refuses our key or signature: ${failure.detail}`);
    this.market.bar('key', `the venue refuses our key or signature: ${failure.detail}`);
  }
}
