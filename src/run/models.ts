// The simulation's models as the parameters name them: queue, delays, fees, order class, funding; and what is found
// out about the recording for them (the skew of its clocks). Defaults cost nothing: then there is nothing around the source.
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { rateFromBps } from '#core/money';
import type { RowSource } from '#core/rows';
import type { Money, Rate } from '#core/units';
import type { AccountOptions } from '#sim/account';
import { ConstantDelays, FeedDelays, SampledDelays } from '#sim/delays';
import type { Delays } from '#sim/delays';
import { RecordedFeed, SampledFeed, measureSkew } from '#sim/feed-delay';
import type { ClockSkew } from '#sim/feed-delay';
import { TieredFees } from '#sim/fees';
import type { FeeSchedule, FeeTier } from '#sim/fees';
import { RetailClass } from '#sim/retail';
import { FundedSource, readFunding } from '#tape/funding';
import type { FundingPayment } from '#tape/funding';
import type { Market } from './markets.js';

const TIER_DAYS = 30;
const PARADEX_TIER_DAYS = 14;
const tier = (millions: number, maker: number, taker: number): FeeTier => ({
  volume: (millions * 1e14) as Money,
  maker: rateFromBps(maker),
  taker: rateFromBps(taker),
});
/** Paradex, Pro, from 2026-07-03 (venue documents of August 2026). */
const PARADEX_PRO: readonly FeeTier[] = [
  tier(0, 0.3, 4.5), tier(1, 0.3, 4.2), tier(5, 0.3, 3.9), tier(10, 0.3, 3.7), tier(25, 0.3, 3.5),
]; // prettier-ignore

/** Fees that an order class or the first tier sets, in place of --maker-fee and --taker-fee: what the strategy reckons with. */
export function withClassFees(values: ParameterValues): ParameterValues {
  const [first] = values.feeTiers ?? [];
  if (values.orderClass === 'plain') {
    return first === undefined
      ? values
      : { ...values, makerFee: first.maker, takerFee: first.taker };
  }
  if (values.feeTiers !== null) {
    throw new StartProblem('--fee-tiers and --order-class both set the fees; give one of them');
  }
  const zero = 0 as Rate;
  if (values.orderClass === 'paradex-retail') return { ...values, makerFee: zero, takerFee: zero };
  const pro = PARADEX_PRO[0] as FeeTier;
  return { ...values, makerFee: pro.maker, takerFee: pro.taker, queueModel: 'behind-ui' };
}

/** What had to be read before the first run: shared by all runs over one market. */
export interface ModelFacts {
  readonly skew: ClockSkew | null;
  readonly funding: readonly FundingPayment[];
  /** Payments within the market's time. */
  readonly payments: number;
}

export const NO_FACTS: ModelFacts = Object.freeze({ skew: null, funding: [], payments: 0 });

/** Reads the funding series and measures the clocks, where the parameters ask for them. Throws TapeProblem, StartProblem. */
export async function modelFacts(values: ParameterValues, market: Market): Promise<ModelFacts> {
  const recorded = values.latencyModel === 'recorded';
  const { firstUs, seconds } = market;
  if (recorded && firstUs === null) {
    throw new StartProblem(
      '--latency-model recorded needs a recording: a synthetic market has one clock',
    );
  }
  const skew = recorded ? measureSkew(market.open(firstUs ?? 0)) : null;
  const funding = values.funding === null ? [] : await readFunding(values.funding);
  const within = funding.filter(
    ({ us }) => firstUs !== null && us >= firstUs && us <= firstUs + (seconds ?? 0) * 1e6,
  );
  if (values.funding !== null && within.length === 0) {
    throw new StartProblem(
      `--funding ${values.funding} has no payment within the time of ${market.name}; bring the right years, or leave it out`,
    );
  }
  return { skew, funding, payments: within.length };
}

/** Warnings that these facts call for, a line each. */
export function factWarnings({ skew }: ModelFacts): string[] {
  if (skew === null) return [];
  const ms = (us: number): string => `${(us / 1_000).toFixed(1)} ms`;
  const found: string[] = [];
  if (skew.correctionUs > 0) {
    found.push(
      `the clocks of the recording disagree: rows arrived up to ${ms(-skew.leastUs)} before they happened; venue times were moved back by ${ms(skew.correctionUs)}, so all latencies are least ones`,
    );
  }
  if (skew.medianUs + skew.correctionUs > 5e6) {
    found.push(
      `rows took ${ms(skew.medianUs)} on the median: a clock is wrong, or the feed lagged; look before believing this latency`,
    );
  }
  return found;
}

export interface RunModels {
  readonly source: RowSource;
  readonly delays?: Delays;
  readonly fees?: NonNullable<AccountOptions['fees']>;
  /** Null unless the class is retail. */
  readonly retail: RetailClass | null;
}

/** What a venue tells its clients of the rows, as late as the model of latency has it. */
export function toldLate(values: ParameterValues, told: RowSource): RowSource {
  const { seed, latency, latencyModel, latencySpread } = values;
  if (latencyModel !== 'sampled') return told;
  return new SampledFeed(told, seed, latency.feed, latencySpread);
}

/** The models of one run, fresh: they hold state. */
export function runModels(values: ParameterValues, facts: ModelFacts, rows: RowSource): RunModels {
  const { seed, latency, latencyModel, latencySpread } = values;
  const funded = facts.funding.length > 0 ? new FundedSource(rows, facts.funding) : rows;
  let source = funded;
  let delays: Delays | null = null;
  if (latencyModel === 'sampled') {
    source = new SampledFeed(funded, seed, latency.feed, latencySpread);
    delays = new SampledDelays(seed, latency.order, latency.reply, latencySpread);
  } else if (latencyModel === 'recorded') {
    const feed = new RecordedFeed(funded, facts.skew?.correctionUs ?? 0, latency.feed);
    delays = new FeedDelays((us) => feed.latencyAt(us));
    source = feed;
  }
  const { orderClass, feeTiers } = values;
  const tiers = orderClass === 'plain' ? feeTiers : PARADEX_PRO;
  const days = orderClass === 'plain' ? TIER_DAYS : PARADEX_TIER_DAYS;
  const tiered: FeeSchedule | null = tiers === null ? null : new TieredFees(tiers, days);
  if (orderClass !== 'paradex-retail' || tiered === null) {
    return { source, retail: null, ...(delays && { delays }), ...(tiered && { fees: tiered }) };
  }
  const inner = delays ?? new ConstantDelays(latency.order, latency.reply);
  const retail = new RetailClass(inner, tiered);
  return { source, delays: retail, fees: retail, retail };
}
