// `mm run --venue ...`: which venue, on which network, with which keys; then the run itself (venue-run.ts). What must not
// be combined is refused here, before anything starts.
import type { Layered } from '#config/layers';
import { StartProblem } from '#config/problem';
import { moneyToNumber } from '#core/money';
import type { Seconds } from '#core/units';
import { makeStateFolder } from '#ledger/paths';
import type { Mode } from './assembly.js';
import { paradexSwitches } from './paradex-switches.js';
import { startPaperVenue } from './paper-venue.js';
import { stateDirOf } from './state-dir.js';
import type { PaperJob } from './venue-module.js';
import { venueCalled, venueNamed } from './venue-registry.js';
import { runOnVenue } from './venue-run.js';

export interface VenueLiveRequest {
  readonly layered: Layered;
  readonly mode: Mode;
  readonly market: {
    readonly tape: string | null;
    readonly synthetic: string | null;
    /** Origin of a venue whose public feed a paper run is to be played on. */
    readonly relay: string | null;
  };
  readonly duration: Seconds | null;
  readonly speed: number;
  readonly terminal: boolean;
  readonly version: string;
  readonly adopt: boolean;
  readonly yesRealMoney: boolean;
}

/** Returns the exit code. Throws StartProblem, LedgerProblem and what runOnVenue throws. */
export async function runLiveOnVenue(request: VenueLiveRequest): Promise<number> {
  const found = contradictions(request);
  if (found.length > 0) throw new StartProblem(found);
  const { layered, mode, duration, terminal, version, adopt, market } = request;
  const { values } = layered;
  makeStateFolder(stateDirOf(values)); // before anything is started for nothing
  const warn = (text: string): void => void process.stderr.write(`mm: ${text}\n`);
  const name = venueCalled(values.venue, 'mm run --venue');
  const venue = await venueNamed(name);
  const common = { layered, mode, duration, terminal, version };
  if (values.network !== 'paper') {
    const place = await venue.place(values, warn);
    return await runOnVenue({ ...common, place, adopt }).finally(() => place.close());
  }
  const paper = await startPaperVenue({ ...paperJob(layered, market), venue: name, port: 0 });
  try {
    paper.whenGone(warn);
    const place = await venue.paperPlace(values, paper, warn);
    return await runOnVenue({ ...common, place, paper, adopt: true }).finally(() => place.close());
  } finally {
    await paper.close();
  }
}

/** What a paper venue plays; accounts get the money that the run counts with. */
export function paperJob(layered: Layered, market: VenueLiveRequest['market']): PaperJob {
  const { values } = layered;
  const { order, reply, feed } = values.latency;
  const given = (key: 'makerFee' | 'takerFee'): boolean =>
    layered.texts.get(key)?.origin !== 'default';
  return {
    ...{ tape: market.tape, synthetic: market.synthetic, relay: market.relay },
    ...{ faults: null, seed: values.seed, speed: 1, delays: { order, reply, feed } },
    ...{ deposit: values.capital, leverage: Math.max(values.maxLeverage, 1) },
    ...(given('makerFee') ? { makerFee: values.makerFee } : {}),
    ...(given('takerFee') ? { takerFee: values.takerFee } : {}),
    ...(values.market === null ? {} : { market: values.market }),
    ...(values.venue === 'paradex' ? queueSwitch(values.paradexSwitches) : {}),
  };
}

/** Only the venue's exchange can act by it: what a backtest assumes of our place in a queue, a paper venue plays. */
function queueSwitch(text: string | null): Pick<PaperJob, 'switches'> {
  const { modifyPriority } = paradexSwitches(text);
  return modifyPriority === undefined ? {} : { switches: `modifyPriority=${modifyPriority}` };
}

function contradictions(request: VenueLiveRequest): string[] {
  const { layered, market, speed, yesRealMoney } = request;
  const { network, venue, capital } = layered.values;
  const found: string[] = [];
  if (speed !== 1) {
    found.push(
      `--speed ${speed}: time on --venue ${venue} is real; leave --speed out, or use --venue sim`,
    );
  }
  const played = market.tape ?? market.synthetic ?? market.relay;
  if (network !== 'paper' && played !== null) {
    found.push(
      `--tape, --synthetic and --relay are for --network paper; ${network} has its own market`,
    );
  }
  const { tape, synthetic, relay } = market;
  if ([tape, synthetic, relay].filter((one) => one !== null).length > 1)
    found.push('give one of --tape, --synthetic and --relay: a market is played from one of them');
  if (network === 'mainnet' && !yesRealMoney) {
    const usd = moneyToNumber(capital).toFixed(0);
    found.push(
      `--network mainnet trades real money (capital set: $${usd}); add --yes-real-money when you mean it (docs/go-live.md)`,
    );
  }
  return found;
}
