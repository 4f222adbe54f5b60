// Paradex for one account and one market: the VenueClient that the host drives. Commands go out in the turn in which
// they are given, cancels first; everything that is heard goes into the inbox. It holds no opinion and no secret but
// the signer, which never leaves it.
import type { Clock, Network } from '#core/outside';
import type { Command, PlaceCommand } from '#core/messages';
import { Random } from '#core/random';
import type { Micros } from '#core/units';
import { MICROS_PER_MS } from '#core/units';
import type { VenueClient, VenueCounters, VenueFacts, VenueInbox } from '#clients/net/venue-client';
import { VenueProblem } from '#clients/net/venue-client';
import { makeBudgets, type ParadexBudgets } from './client-budget.js';
import { Machine } from './client-machine.js';
import { ParadexRest } from './client-rest.js';
import { readStart, type StartFacts } from './client-start.js';
import { VenueTime } from './client-time.js';
import { type AuthSigner, TokenKeeper } from './client-token.js';
import type { OrderSigner } from './client-trade.js';
import type { Environment } from './endpoints.js';
import { PARADEX_SWITCHES, type ParadexSwitches } from './switches.js';

export interface ParadexOptions {
  readonly network: Network;
  readonly clock: Clock;
  /** Of the back-off's jitter and nothing else. */
  readonly seed: number | string;
  readonly signer: AuthSigner & OrderSigner;
  readonly environment: Environment;
  readonly market: string;
  /** At most 24 of [0-9A-Za-z]; never used before. */
  readonly runId: string;
  readonly inbox: VenueInbox;
  readonly switches?: Partial<ParadexSwitches>;
  /** Fees where the venue names none, as fractions: "0.0003". */
  readonly fallbackFees?: { readonly maker: string; readonly taker: string };
}

const FALLBACK_FEES = { maker: '0.0002', taker: '0.0005' };
/** What we let the engine spend: below the venue's 17,250 a minute, the rest is for cancels. */
const ORDERS_PER_SECOND = 200;
const ORDER_BURST = 300;

export class ParadexClient implements VenueClient {
  readonly counters: VenueCounters = {
    ...{ connects: 0, cuts: 0, gaps: 0, requests: 0, failures: 0, unknowns: 0 },
    ...{ unreadable: 0, duplicateFills: 0, messages: 0 },
  };
  private readonly switches: ParadexSwitches;
  private readonly time: VenueTime;
  private readonly random: Random;
  private readonly budgets: ParadexBudgets;
  private readonly token: TokenKeeper;
  private readonly rest: ParadexRest;
  private machine: Machine | null = null;

  constructor(private readonly options: ParadexOptions) {
    const { network, clock, seed, signer, environment, switches } = options;
    this.switches = { ...PARADEX_SWITCHES, ...switches };
    this.random = new Random(`${seed}/paradex`);
    this.time = new VenueTime(clock);
    this.budgets = makeBudgets(clock.nowUs());
    const { time, budgets, counters } = this;
    this.token = new TokenKeeper({
      ...{ network, clock, time, signer, rest: environment.rest },
      random: this.random.fork('token'),
    });
    this.rest = new ParadexRest({
      ...{ network, clock, base: environment.rest, budgets, token: this.token, counters },
      addressCoversOrders: this.switches.ipLimitCoversOrders,
    });
  }

  async start(): Promise<VenueFacts> {
    const { environment, market, signer } = this.options;
    const { rest, time } = this;
    const fallbackFees = this.options.fallbackFees ?? FALLBACK_FEES;
    const { account } = signer;
    const facts = await readStart({ environment, market, account, rest, time, fallbackFees });
    const machine = this.assemble(facts);
    const list = await new Promise<Parameters<Parameters<Machine['list']['ask']>[0]>[0]>(
      (resolve) => machine.list.ask(resolve),
    );
    const state = await new Promise<Parameters<Parameters<Machine['account']['ask']>[0]>[0]>(
      (resolve) => machine.account.ask(resolve),
    );
    if (list === null || state === null)
      throw new VenueProblem(['open orders and account could not be read: try again']);
    machine.startMs = Math.floor(state.report.venueUs / MICROS_PER_MS) + 1;
    const openOrders = list.words
      .map((word) => machine.desk.listed(word))
      .filter((order) => order !== null);
    if (facts.state !== '') machine.market.bar('state', facts.state);
    const skewMs = Math.round(time.offsetUs / MICROS_PER_MS);
    const skew = skewMs === 0 ? [] : [`our clock is ${-skewMs} ms ahead of the venue's`];
    return {
      ...{ instrument: facts.instrument, feesFrom: facts.feesFrom, openOrders },
      profile: {
        amend: this.switches.amend === 'modify',
        ordersPerSecond: ORDERS_PER_SECOND,
        orderBurst: ORDER_BURST,
      },
      account: state.report,
      averageEntry: state.averageEntry,
      warnings: [...facts.warnings, ...skew],
    };
  }

  /** Throws nothing; before `start` it does nothing. */
  open(): void {
    this.machine?.open();
  }

  send(_nowUs: Micros, commands: readonly Command[]): void {
    const { machine } = this;
    if (machine === null) return;
    const cancelled: number[] = [];
    const places: PlaceCommand[] = [];
    let all = false;
    for (const command of commands) {
      if (command.kind === 'cancel-all') all = true;
      else if (command.kind === 'cancel') cancelled.push(command.ordinal);
      else if (command.kind === 'place') places.push(command);
    }
    if (all) machine.cancels.all();
    if (cancelled.length > 0) machine.cancels.orders(cancelled);
    for (const command of commands) if (command.kind === 'amend') machine.trade.amend(command);
    if (places.length > 0) machine.trade.place(places);
  }

  requestAccount(): void {
    this.machine?.account.ask((state) => {
      if (state !== null) this.options.inbox.event(state.report);
    });
  }

  requestOpenOrders(): void {
    this.machine?.list.report();
  }

  close(): Promise<void> {
    const { machine } = this;
    this.token.close();
    if (machine === null) return Promise.resolve();
    if (this.switches.codAtClose === 'keep' || !machine.link.usable) {
      machine.close();
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      machine.link.rpc.call('order.cancel_on_disconnect', { enabled: false }, () => {
        machine.close();
        resolve();
      });
    });
  }

  private assemble(facts: StartFacts): Machine {
    const { network, clock, environment, market, runId, signer, inbox } = this.options;
    const { time, switches, rest, token, budgets, counters } = this;
    this.machine = new Machine({
      ...{ network, clock, time, environment, market, runId, signer, inbox, counters },
      ...{ switches, rest, token, budgets, random: this.random },
      instrument: facts.instrument,
      maxOpenOrders: facts.maxOpenOrders,
      mark: facts.mark,
    });
    return this.machine;
  }
}
