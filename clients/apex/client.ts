// ApeX Omni for one account and one market: the VenueClient that the host drives. Trading is by REST only; commands go
// out in the turn in which they are given, cancels first; everything that is heard goes into the inbox. It holds no
// opinion, and no secret but the API key and the signer, which never leave it.
import type { Clock, Network } from '#core/outside';
import type { Command, PlaceCommand } from '#core/messages';
import { Random } from '#core/random';
import type { Micros } from '#core/units';
import { MICROS_PER_MS } from '#core/units';
import type { VenueClient, VenueCounters, VenueFacts, VenueInbox } from '#clients/net/venue-client';
import { VenueProblem } from '#clients/net/venue-client';
import type { AccountState } from './client-account.js';
import { makeBudgets, PROFILE } from './client-budget.js';
import type { ListState } from './client-list.js';
import { Machine } from './client-machine.js';
import { ApexRest } from './client-rest.js';
import { readStart } from './client-start.js';
import { VenueTime } from './client-time.js';
import type { ApexEnvironment } from './endpoints.js';
import type { ApiKey } from './sign/request.js';
import type { ApexSigner } from './signer.js';
import { APEX_SWITCHES, type ApexSwitches } from './switches.js';
import type { DashSymbol } from './wire.js';

export interface ApexOptions {
  readonly network: Network;
  readonly clock: Clock;
  /** Of the back-off's jitter and nothing else. */
  readonly seed: number | string;
  readonly api: ApiKey;
  readonly signer: ApexSigner;
  readonly environment: ApexEnvironment;
  readonly symbol: DashSymbol;
  /** At most 24 of [0-9A-Za-z]; never used before. */
  readonly runId: string;
  readonly inbox: VenueInbox;
  readonly switches?: Partial<ApexSwitches>;
}

export const newCounters = (): VenueCounters => ({
  ...{ connects: 0, cuts: 0, gaps: 0, requests: 0, failures: 0, unknowns: 0 },
  ...{ unreadable: 0, duplicateFills: 0, messages: 0 },
});

export class ApexClient implements VenueClient {
  readonly counters = newCounters();
  private readonly switches: ApexSwitches;
  private readonly time: VenueTime;
  private readonly rest: ApexRest;
  private machine: Machine | null = null;

  constructor(private readonly options: ApexOptions) {
    const { network, clock, api, environment, inbox } = options;
    this.switches = { ...APEX_SWITCHES, ...options.switches };
    this.time = new VenueTime(clock);
    this.rest = new ApexRest({
      ...{ network, time: this.time, api, inbox, counters: this.counters },
      origin: environment.origin,
      budgets: makeBudgets(clock.nowUs()),
      onBan: (untilUs) => this.machine?.banned(untilUs),
    });
  }

  async start(): Promise<VenueFacts> {
    const { environment, symbol, signer } = this.options;
    const { rest, time, switches } = this;
    const { l2Key } = signer;
    const facts = await readStart({ environment, symbol, rest, time, switches, l2Key });
    const machine = new Machine({
      ...this.options,
      ...{ time, rest, switches, facts, counters: this.counters },
      random: new Random(`${this.options.seed}/apex`),
    });
    const list = await new Promise<ListState | null>((resolve) => machine.list.ask(resolve));
    const state = await new Promise<AccountState | null>((resolve) => machine.account.ask(resolve));
    if (list === null || state === null)
      throw new VenueProblem(['open orders and account could not be read: try again']);
    this.machine = machine;
    const skewMs = Math.round(time.offsetUs / MICROS_PER_MS);
    const skew = skewMs === 0 ? [] : [`our clock is ${-skewMs} ms ahead of the venue's`];
    return {
      ...{ instrument: facts.instrument, feesFrom: facts.feesFrom, profile: PROFILE },
      account: state.report,
      averageEntry: state.averageEntry,
      openOrders: list.words.map((w) => machine.desk.listed(w)).filter((o) => o !== null),
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
      else this.unamendable(command.ordinal);
    }
    if (all) machine.cancels.all();
    if (cancelled.length > 0) machine.cancels.orders(cancelled);
    for (const command of places) machine.trade.place(command);
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
    this.machine?.close();
    return this.options.signer.close();
  }

  /** The profile says that there is no amend; whoever asks all the same is told so. */
  private unamendable(ordinal: number): void {
    const us = this.options.clock.nowUs();
    const event = { kind: 'amend-rejected' as const, ordinal, reason: 'other' as const, us };
    this.options.inbox.event(Object.freeze(event));
  }
}
