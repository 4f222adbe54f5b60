// Paradex for one account and one market: the VenueClient that the host drives. Commands go out in the turn in which
// they are given, cancels first; everything that is heard goes into the inbox. It holds no opinion and no secret but
// the signer, which never leaves it.
import type { Clock, Network } from '#core/outside';
import { Random } from '#core/random';
import { MachineClient } from '#clients/net/machine-client';
import { begin } from '#clients/net/start';
import type { VenueFacts, VenueInbox } from '#clients/net/venue-client';
import { VenueTime } from '#clients/net/venue-time';
import { makeBudgets, profileOf, type ParadexBudgets } from './client-budget.js';
import { Machine } from './client-machine.js';
import { ParadexRest } from './client-rest.js';
import { readStart, type StartFacts } from './client-start.js';
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

export class ParadexClient extends MachineClient<Machine> {
  private readonly switches: ParadexSwitches;
  private readonly time: VenueTime;
  private readonly random: Random;
  private readonly budgets: ParadexBudgets;
  private readonly token: TokenKeeper;
  private readonly rest: ParadexRest;

  constructor(private readonly options: ParadexOptions) {
    super(options.inbox, options.clock);
    const { network, clock, seed, signer, environment, switches } = options;
    this.switches = { ...PARADEX_SWITCHES, ...switches };
    this.random = new Random(`${seed}/paradex`);
    this.time = new VenueTime(clock, 1);
    this.budgets = makeBudgets(clock.nowUs(), this.switches);
    const { time, budgets, counters } = this;
    this.token = new TokenKeeper({
      ...{ network, clock, time, signer, rest: environment.rest },
      random: this.random.fork('token'),
    });
    const { token } = this;
    this.rest = new ParadexRest({
      network,
      clock,
      base: environment.rest,
      budgets,
      token,
      counters,
    });
  }

  async start(): Promise<VenueFacts> {
    const { environment, market, signer } = this.options;
    const { rest, time } = this;
    const fallbackFees = this.options.fallbackFees ?? FALLBACK_FEES;
    const { account } = signer;
    const facts = await readStart({ environment, market, account, rest, time, fallbackFees });
    return begin(this.assemble(facts), facts, profileOf(this.switches), time);
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
    const { network, clock, environment, market, runId, signer } = this.options;
    const { time, switches, rest, token, budgets, counters, inbox } = this;
    this.machine = new Machine({
      ...{ network, clock, time, environment, market, runId, signer, inbox, counters },
      ...{ switches, rest, token, budgets, random: this.random },
      facts,
    });
    return this.machine;
  }
}
