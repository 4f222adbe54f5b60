// The parts of an ApeX client for one market, wired once its instrument is known: who hears what, and what a break, a
// ban or a fatal refusal sets off. Reconciliation after every login is here too: orders, then what became of those
// that are not listed, then fills, then the account; only then is the private link told `up`.
import type { Network, Timer } from '#core/outside';
import type { Random } from '#core/random';
import type { Micros, SpanMicros } from '#core/units';
import { fromMs, fromSeconds } from '#core/units';
import type { VenueCounters, VenueInbox } from '#clients/net/venue-client';
import { AccountDesk } from './client-account.js';
import { CancelDesk } from './client-cancel.js';
import { OrderDesk } from './client-desk.js';
import { Doubts } from './client-doubts.js';
import { FillDesk } from './client-fills.js';
import { FundingDesk } from './client-funding.js';
import { OpenList } from './client-list.js';
import { PrivateLink } from './client-private.js';
import { PublicLink } from './client-public.js';
import type { ApexRest } from './client-rest.js';
import type { StartFacts } from './client-start.js';
import type { VenueTime } from './client-time.js';
import { TradeDesk } from './client-trade.js';
import type { AccountFrame } from './codec/account.js';
import type { ApexEnvironment } from './endpoints.js';
import type { Failure } from './errors.js';
import type { ApiKey } from './sign/request.js';
import type { ApexSigner } from './signer.js';
import type { ApexSwitches } from './switches.js';
import type { DashSymbol } from './wire.js';

const SURPRISE = fromMs(1_500);
const TIME_EVERY = fromSeconds(60);

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
  readonly desk: OrderDesk;
  readonly fills: FillDesk;
  readonly list: OpenList;
  readonly account: AccountDesk;
  readonly cancels: CancelDesk;
  readonly trade: TradeDesk;
  private readonly doubts: Doubts;
  private readonly funding: FundingDesk;
  private readonly link: PrivateLink;
  private readonly market: PublicLink;
  private timer: Timer | null = null;
  private closing = false;
  private fatal = '';

  constructor(private readonly parts: MachineParts) {
    const { time, rest, symbol, facts, inbox, counters, switches, runId, signer } = parts;
    const { instrument } = facts;
    const { clock } = time;
    const nowUs = (): Micros => clock.nowUs();
    const startMs = time.nowMs();
    this.desk = new OrderDesk({
      ...{ instrument, symbol, runId, inbox, counters, nowUs },
      onSurprise: () => void clock.after(SURPRISE, () => this.list.report()),
    });
    const { desk } = this;
    this.fills = new FillDesk({ instrument, symbol, desk, inbox, counters, nowUs, startMs });
    const { fills } = this;
    this.list = new OpenList({ time, rest, desk, inbox });
    const { list } = this;
    this.doubts = new Doubts({ time, symbol, rest, desk, fills });
    this.account = new AccountDesk({ time, instrument, symbol, rest, fills, inbox });
    this.funding = new FundingDesk({ time, instrument, symbol, rest, inbox, startMs });
    this.cancels = new CancelDesk({
      ...{ time, symbol, runId, desk, rest, list, inbox, counters, switches },
    });
    this.link = new PrivateLink({
      ...parts,
      hooks: {
        onArmed: () => this.recover(),
        onDown: (detail) => this.privateDown(detail),
        onFrame: (frame) => this.frame(frame),
      },
    });
    this.market = new PublicLink({ ...parts, symbol: facts.cross, instrument, mark: facts.mark });
    const { link } = this;
    this.trade = new TradeDesk({
      ...{ instrument, symbol, signer, time, desk, link, rest, switches },
      terms: () => facts.terms,
      barred: () => this.market.barred,
      onTrouble: (failure) => this.trouble(failure),
    });
    if (facts.closed !== '') this.market.bar('market', facts.closed);
  }

  open(): void {
    this.doubts.start();
    this.funding.start();
    this.keepTime();
    this.link.open();
    this.market.open();
  }

  close(): void {
    this.closing = true;
    this.timer?.cancel();
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
      this.recover();
    });
  }

  private keepTime(): void {
    this.timer = this.parts.time.clock.after(TIME_EVERY, () => {
      this.parts.rest.measureTime(() => {
        const { skewed } = this.parts.time;
        this.market.bar('clock', skewed ? 'our clock and the venue’s disagree' : '');
      });
      this.keepTime();
    });
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

  /** Reconciles by REST; an answer that belongs to an older connection counts for nothing. */
  private recover(): void {
    const { link, list, desk, doubts } = this;
    const mine = link.number;
    list.ask((first) => {
      if (!this.still(mine)) return;
      if (first === null) return this.retry('open orders could not be read');
      const listed = new Set(first.words.map((word) => word.clientId));
      const absent = [...desk.open].filter((o) => o.phase !== 'closed' && !listed.has(o.clientId));
      let left = absent.length + 1;
      const next = (): void => {
        left -= 1;
        // One that cannot be answered now stays in doubt: it counts as risk, and is asked for again.
        if (left === 0) this.recoverFills(mine);
      };
      for (const order of absent) doubts.ask(order, next);
      next();
    });
  }

  private recoverFills(mine: number): void {
    const { doubts, list, account, funding } = this;
    if (!this.still(mine)) return;
    doubts.askFills((complete) => {
      if (!this.still(mine)) return;
      if (!complete) return this.retry('fills could not be read');
      list.ask((state) => {
        if (!this.still(mine)) return;
        if (state === null) return this.retry('open orders could not be read');
        account.ask((now) => {
          if (!this.still(mine)) return;
          if (now === null) return this.retry('the account could not be read');
          list.tell(state);
          this.up();
          this.parts.inbox.event(now.report);
          funding.ask();
        });
      });
    });
  }

  private up(): void {
    const { inbox, time } = this.parts;
    if (this.fatal !== '' || !this.link.markReady()) return;
    const us = time.clock.nowUs();
    const detail = 'logged in and reconciled';
    inbox.event(Object.freeze({ kind: 'link', channel: 'private', state: 'up', detail, us }));
  }

  /** While shut out a new connection would not help: the end of the ban starts the reconciliation again. */
  private retry(detail: string): void {
    if (this.parts.rest.freeUs > this.parts.time.clock.nowUs()) return;
    this.link.restart(detail);
  }

  private still(mine: number): boolean {
    return this.link.number === mine && this.link.phase === 'armed';
  }

  /** A refused key, seed or permission does not mend itself: a person must act. */
  private trouble(failure: Failure): void {
    if (failure.kind !== 'config' || this.fatal !== '') return;
    this.fatal = failure.detail;
    this.parts.inbox.note('warn', `ApeX refuses our key or signature: ${failure.detail}`);
    this.market.bar('key', `the venue refuses our key or signature: ${failure.detail}`);
  }
}
