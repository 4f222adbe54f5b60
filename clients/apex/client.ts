// ApeX Omni for one account and one market: the VenueClient that the host drives. Trading is by REST only; commands go
// out in the turn in which they are given, cancels first; everything that is heard goes into the inbox. It holds no
// opinion, and no secret but the API key and the signer, which never leave it.
import type { FundingPaid } from '#core/messages';
import type { Clock, Network } from '#core/outside';
import { Random } from '#core/random';
import type { Micros } from '#core/units';
import { MachineClient } from '#clients/net/machine-client';
import { begin } from '#clients/net/start';
import type { VenueFacts, VenueInbox } from '#clients/net/venue-client';
import { VenueTime } from '#clients/net/venue-time';
import { makeBudgets, PROFILE } from './client-budget.js';
import { Machine } from './client-machine.js';
import { ApexRest } from './client-rest.js';
import { readStart } from './client-start.js';
import type { ApexEnvironment } from './endpoints.js';
import type { ApiKey } from './sign/request.js';
import type { ApexSigner } from './signer.js';
import { APEX_SWITCHES, latestArrival, type ApexSwitches } from './switches.js';
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

export class ApexClient extends MachineClient<Machine> {
  private readonly switches: ApexSwitches;
  private readonly time: VenueTime;
  private readonly rest: ApexRest;

  constructor(private readonly options: ApexOptions) {
    super(options.inbox, options.clock);
    const { network, clock, api, environment } = options;
    const { inbox } = this;
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
    this.machine = new Machine({
      ...this.options,
      ...{ time, rest, switches, facts, counters: this.counters, inbox: this.inbox },
      random: new Random(`${this.options.seed}/apex`),
    });
    const profile = { ...PROFILE, latestArrival: latestArrival(switches) };
    return begin(this.machine, facts, profile, time);
  }

  fundingSince(us: Micros): Promise<readonly FundingPaid[]> {
    return this.machine?.funding.since(us) ?? Promise.resolve([]);
  }

  close(): Promise<void> {
    this.machine?.close();
    return this.options.signer.close();
  }
}
