// The parts of a Paradex client for one market, wired once its instrument is known. It holds no rule of its own: who
// hears what, and what a break, a liquidation or a change of the market sets off.
import type { Clock, Network } from '#core/outside';
import type { EngineEvent } from '#core/messages';
import type { Random } from '#core/random';
import type { Money, Rate, SpanMicros, TickPrice } from '#core/units';
import { fromMs, fromSeconds } from '#core/units';
import { parseMoney } from '#core/money';
import type { AccountQuestion } from '#clients/net/account';
import { Doubts } from '#clients/net/doubts';
import type { DeskTiming } from '#clients/net/order-desk';
import { OpenList } from '#clients/net/open-list';
import { Recovery } from '#clients/net/recovery';
import type { VenueCounters, VenueInbox } from '#clients/net/venue-client';
import type { VenueTime } from '#clients/net/venue-time';
import { accountQuestion } from './client-account.js';
import type { ParadexBudgets } from './client-budget.js';
import { TradeBusts } from './client-busts.js';
import { ParadexCancels } from './client-cancel.js';
import { ParadexDesk } from './client-desk.js';
import { ParadexFills } from './client-fills.js';
import type { ParadexOrder } from './client-order.js';
import { PrivateLink } from './client-private.js';
import { PublicLink } from './client-public.js';
import { askOpenOrders, historyOf } from './client-queries.js';
import type { ParadexRest } from './client-rest.js';
import { OrderStamps } from './client-stamps.js';
import type { StartFacts } from './client-start.js';
import { SystemWatch } from './client-system.js';
import type { TokenKeeper } from './client-token.js';
import { type OrderSigner, TradeDesk } from './client-trade.js';
import type { FillWord, OrderWord } from './client-words.js';
import {
  accountWord, fillOfFact, fillWord, isRecord, orderOfFact, orderWord, textOf,
} from './client-words.js'; // prettier-ignore
import { readFrame } from './codec/frame.js';
import { factOfFrame } from './codec/private.js';
import type { Environment } from './endpoints.js';
import { JSON_ENCODING, socketUrl } from './endpoints.js';
import type { Failure } from './errors.js';
import { GENERAL_OPEN_ORDERS, type ParadexSwitches } from './switches.js';

/** Beyond the receive window an order is refused at the venue; this much later nothing of it can appear. */
const ARRIVAL_MARGIN = fromMs(1_000);
const SURPRISE = fromMs(1_500);
const AGAIN = fromMs(300);
const TIMING = {
  ...{ askAfter: fromSeconds(2), lostAsk: fromMs(300), askAgain: fromSeconds(1) },
} satisfies Omit<DeskTiming, 'latestArrival'>;

export interface MachineParts {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly time: VenueTime;
  readonly environment: Environment;
  readonly market: string;
  readonly runId: string;
  readonly facts: StartFacts;
  readonly signer: OrderSigner;
  readonly inbox: VenueInbox;
  readonly counters: VenueCounters;
  readonly switches: ParadexSwitches;
  readonly rest: ParadexRest;
  readonly token: TokenKeeper;
  readonly budgets: ParadexBudgets;
}

export class Machine {
  readonly desk: ParadexDesk;
  readonly fills: ParadexFills;
  private readonly busts: TradeBusts;
  readonly list: OpenList<ParadexOrder, OrderWord>;
  readonly account: AccountQuestion;
  readonly link: PrivateLink;
  readonly cancels: ParadexCancels;
  readonly trade: TradeDesk;
  private readonly stamps: OrderStamps;
  private readonly doubts: Doubts<ParadexOrder, OrderWord, FillWord>;
  private readonly market: PublicLink;
  private readonly system: SystemWatch;
  private readonly recovery: Recovery<ParadexOrder, OrderWord>;
  private stopped = false;
  private closing = false;

  constructor(private readonly parts: MachineParts) {
    const { clock, time, rest, market, facts, inbox, counters, switches, runId } = parts;
    const { instrument } = facts;
    const nowUs = (): ReturnType<Clock['nowUs']> => clock.nowUs();
    const retryIn = (): SpanMicros => AGAIN;
    const latestArrival = (fromMs(switches.recvWindowMs) + ARRIVAL_MARGIN) as SpanMicros;
    this.desk = new ParadexDesk({
      ...{ instrument, market, runId, inbox, counters, nowUs },
      timing: { ...TIMING, latestArrival },
      onReplaced: (order) => this.cancels.orders([order.ordinal]),
      onSurprise: () => void clock.after(SURPRISE, () => this.list.report()),
    });
    const { desk } = this;
    const believes = (ticks: TickPrice): boolean => this.market.believes(ticks);
    this.fills = new ParadexFills(
      { instrument, market, desk, inbox, counters, nowUs, believes },
      switches,
    );
    const { fills } = this;
    this.busts = new TradeBusts({
      ...{ clock, rest, inbox, sinceMs: () => fills.startMs },
      onBust: (reason) => this.stop(reason),
    });
    const history = historyOf(rest, market);
    this.doubts = new Doubts({ clock, desk, fills, history, lookEvery: fromMs(250) });
    const read = askOpenOrders(rest, market);
    this.list = new OpenList({ clock, time, market, desk, inbox, retryIn, read });
    this.account = accountQuestion({
      ...{ clock, time, instrument, market, rest, fills, inbox },
      onLiquidation: () => this.stop('the account is being liquidated'),
      askFills: (done) => this.doubts.askFills(done),
      askBusts: (done) => this.busts.catchUp(done),
    });
    this.link = this.privateLink();
    this.market = this.publicLink();
    const { link, list, doubts, account } = this;
    const { budgets, signer } = parts;
    this.cancels = new ParadexCancels({
      ...{ clock, market, runId, desk, link, rest, list, budgets, inbox, counters, retryIn },
      ...{ verifyAfter: fromMs(100), verifyAgain: fromMs(400) },
    });
    const { cancels } = this;
    const onFailed = (detail: string): void => link.restart(detail);
    this.recovery = new Recovery({ clock, inbox, link, desk, list, doubts, account, onFailed });
    const bar = (cause: string, reason: string): void => this.market.bar(cause, reason);
    const onChanged = (reason: string): void => {
      bar('market', reason);
      this.stop(`the market is not what it was: ${reason}`);
    };
    this.system = new SystemWatch({ clock, time, rest, market, instrument, inbox, bar, onChanged });
    const cap = switches.openOrderCap === 'market' ? facts.maxOpenOrders : GENERAL_OPEN_ORDERS;
    this.stamps = new OrderStamps({ instrument, market, signer, time, desk, switches });
    const { stamps } = this;
    this.trade = new TradeDesk({
      ...{ instrument, market, signer, time, stamps, desk, link, rest, cancels, budgets, inbox },
      switches,
      barred: () => this.market.barred,
      openOrderCap: () => cap,
      onTrouble: (failure) => this.trouble(failure),
    });
    if (facts.closed !== '') bar('state', facts.closed);
  }

  open(): void {
    this.system.start();
    this.doubts.start();
    this.stamps.start();
    this.link.open();
    this.market.open();
  }

  close(): void {
    this.closing = true;
    this.system.close();
    this.doubts.close();
    this.stamps.close();
    this.link.close();
    this.market.close();
  }

  private privateLink(): PrivateLink {
    const { network, clock, random, environment, market, token, inbox, counters, switches } =
      this.parts;
    const encoding =
      switches.privateSocket === 'plain'
        ? JSON_ENCODING
        : { kind: 'sbe' as const, version: switches.schemaVersion };
    return new PrivateLink({
      ...{ network, clock, market, token, inbox, counters, switches },
      random: random.fork('private'),
      url: socketUrl(environment, encoding),
      hooks: {
        onArmed: () => {
          this.busts.armed();
          this.recovery.run();
        },
        onDown: (_wasReady, detail) => this.privateDown(detail),
        onChannel: (channel, data) => this.channel(channel, data),
        onBinary: (bytes) => this.binary(bytes),
      },
    });
  }

  private publicLink(): PublicLink {
    const { network, clock, random, environment, market, facts } = this.parts;
    const { inbox, counters, switches } = this.parts;
    const { instrument, mark } = facts;
    return new PublicLink({
      ...{ network, clock, market, instrument, mark, inbox, counters, switches },
      random: random.fork('public'),
      url: socketUrl(environment, { kind: 'sbe', version: switches.schemaVersion }),
      onMarketChange: (data) => this.system.marketChanged(data),
    });
  }

  /** The engine learns of it first; then everything of ours on the market goes, by the other way. */
  private privateDown(detail: string): void {
    const { inbox, clock } = this.parts;
    const us = clock.nowUs();
    this.busts.broken();
    inbox.event(Object.freeze({ kind: 'link', channel: 'private', state: 'down', detail, us }));
    if (!this.closing) this.cancels.allByRest();
  }

  private channel(channel: string, data: unknown): void {
    const kind = channel.split('.')[0];
    if (kind === 'orders') this.order(orderWord(data));
    else if (kind === 'fills') this.fill(fillWord(data));
    else if (kind === 'account') {
      if (accountWord(data)?.status === 'LIQUIDATION') this.stop('the account is being liquidated');
    } else if (kind === 'tradebusts') this.busts.heard(data);
    else if (kind === 'funding_payments') this.funding(data);
  }

  private order(word: OrderWord | null): void {
    if (word === null) this.unreadable('an order event');
    else this.desk.heard(word);
  }

  private fill(word: FillWord | null): void {
    if (word === null) this.unreadable('a fill');
    else this.fills.heard(word);
  }

  /** What it said is lost: only a new connection and its reconciliation tell. */
  private unreadable(what: string): void {
    this.parts.counters.unreadable += 1;
    this.link.restart(`${what} that cannot be read`);
  }

  private binary(bytes: Uint8Array): void {
    const frame = readFrame(bytes);
    if (frame === 'skipped') return;
    if (frame === 'unreadable') return this.unreadable('a frame');
    const fact = factOfFrame(frame);
    if (fact?.kind === 'order') this.order(orderOfFact(fact));
    else if (fact?.kind === 'fill') this.fill(fillOfFact(fact));
    else if (fact?.kind === 'account' && fact.status === 'LIQUIDATION')
      this.stop('the account is being liquidated');
  }

  private funding(data: unknown): void {
    const { switches, market, inbox, clock } = this.parts;
    if (switches.fundingFrom !== 'payments' || !isRecord(data)) return;
    const amount = parseMoney(textOf(data, 'payment'));
    if (textOf(data, 'market') !== market || amount === null || amount === 0) return;
    const mark = 0 as TickPrice;
    const us = clock.nowUs();
    const event: EngineEvent = {
      kind: 'funding',
      amount: amount as Money,
      rate: 0 as Rate,
      mark,
      us,
    };
    inbox.event(Object.freeze(event));
  }

  /** A latch: cancel everything and wait for a person. Told once. */
  private stop(reason: string): void {
    if (this.stopped) return;
    this.stopped = true;
    const { inbox, clock } = this.parts;
    inbox.note('warn', reason);
    inbox.event(Object.freeze({ kind: 'operator', order: 'stop', reason, us: clock.nowUs() }));
  }

  private trouble(failure: Failure): void {
    if (failure.kind === 'maintenance') {
      this.market.bar('state', 'the venue refuses orders: maintenance');
      this.system.askState();
    } else if (failure.kind === 'clock') this.system.askTime();
    else if (failure.kind === 'auth') this.link.restart('the socket is not authenticated');
  }
}
