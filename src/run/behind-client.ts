// What a backtest must know to send what a run on a venue would send: what that venue's client can do, its ways, and how
// the venue tells its market. `--venue` chooses; test/twin holds each of them against the client itself. Data only.
import { PROFILE } from '#clients/apex/client-budget';
import { APEX_SWITCHES, latestArrival } from '#clients/apex/switches';
import { profileOf } from '#clients/paradex/client-budget';
import { PARADEX_SWITCHES } from '#clients/paradex/switches';
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import type { InstrumentSpec } from '#core/instrument';
import type { VenueProfile } from '#core/params';
import { fromMs, fromSeconds } from '#core/units';
import type { ClientWays } from '#sim/client-venue';
import type { FeedWays } from '#sim/told-feed';
import { apexSwitches } from './apex-switches.js';
import { paradexSwitches } from './paradex-switches.js';
import { specAt } from './venue-specs.js';

export interface BehindClient {
  /** The market as that venue would have it. */
  spec(tape: InstrumentSpec): InstrumentSpec;
  readonly profile: VenueProfile;
  readonly ways: ClientWays;
  readonly feed: FeedWays;
  /** See ExchangeOptions. */
  readonly amendKeeps: boolean;
}

/** Null: the simulated venue at hand. Throws StartProblem for latencies taken from a recording's two clocks. */
export function behindClient(values: ParameterValues): BehindClient | null {
  const { venue, latencyModel } = values;
  if (venue === 'sim') return null;
  if (latencyModel === 'recorded')
    throw new StartProblem(
      `--latency-model recorded needs --venue sim: what ${venue} tells its clients (--venue ${venue}) is made anew here, and no recording knows how long it took; use constant or sampled`,
    );
  return venue === 'apex' ? apex(values) : paradex(values);
}

function apex({ apexSwitches: text }: ParameterValues): BehindClient {
  const switches = { ...APEX_SWITCHES, ...apexSwitches(text) };
  return {
    spec: (tape) => specAt('apex', tape),
    profile: { ...PROFILE, latestArrival: latestArrival(switches) },
    ways: {
      accountTrips: 2, // account, then balance
      accountAgain: fromMs(1_000),
      ...{ verifyAfter: fromMs(200), verifyAgain: fromMs(1_000) },
      amendPartlyFilled: 'cancel', // there is no amend at all
      funding: [fromSeconds(20), fromSeconds(120)],
    },
    feed: { bookEvery: fromMs(100), levels: 200 },
    amendKeeps: true, // there is no amend at all
  };
}

function paradex({ paradexSwitches: text }: ParameterValues): BehindClient {
  const switches = { ...PARADEX_SWITCHES, ...paradexSwitches(text) };
  return {
    spec: (tape) => specAt('paradex', tape),
    profile: profileOf(switches),
    ways: {
      accountTrips: 2, // positions, then account
      accountAgain: null,
      ...{ verifyAfter: fromMs(100), verifyAgain: fromMs(400) },
      amendPartlyFilled: switches.modifyPartlyFilled === 'modify' ? 'amend' : 'cancel',
      funding: switches.fundingFrom === 'fills' ? 'with-fill' : 'at-once',
    },
    feed: { bookEvery: fromMs(0), levels: Infinity },
    amendKeeps: switches.modifyPriority === 'kept',
  };
}
