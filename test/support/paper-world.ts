// The paper's market (theory.md A3) as rows for the whole backtest path: engine, guards, reconciler, simulated venue
// and the merge of clocks, with zero latency. The mid is put at 10,000, where one unit of the paper's price is one basis
// point; its process is additive, so that changes nothing else. A step's deepest taker order on a side reaches D with
// P(D >= d) = 1 - exp(-A dt e^{-k d}) for every d, negative ones included: a fill of the paper's exact-Poisson kind.
import { readLayers } from '#config/layers';
import { engineParams } from '#config/settings';
import { Instrument } from '#core/instrument';
import { MONEY_SCALE, moneyFromNumber } from '#core/money';
import { Random } from '#core/random';
import { ROW_LEVEL, ROW_TRADE, RowBlock } from '#core/rows';
import type { RowSource } from '#core/rows';
import type { Quote, Strategy, StrategyFactory, View } from '#core/strategy';
import type { Bps, Lots, Micros, Rate, Seconds, SpanMicros, TickPrice } from '#core/units';
import { ASK, BID } from '#core/units';
import { Engine } from '#engine/engine';
import { RiskBreaker } from '#risk/breaker';
import { makeGuards } from '#risk/registry';
import { Simulation } from '#run/simulation';
import { SimVenue } from '#sim/venue';
import { asHalf } from '#strategies/avellaneda/as';
import { findStrategy } from '#strategies/registry';

const STEPS = 200;
const DT_US = 5_000;
const DT = 0.005;
const SIGMA = 2;
const K = 1.5;
const A = 140;
const TICKS_PER_UNIT = 10_000;
const START_TICKS = 10_000 * TICKS_PER_UNIT;
/** The book's touch lies so far away that it never matters, and post-only never acts. */
const FAR_TICKS = 60 * TICKS_PER_UNIT;
const START_US = 1.7e15;

const instrument = new Instrument({
  venue: 'paper',
  symbol: 'WORLD',
  tickSize: '0.0001',
  lotSize: '1',
  minNotional: '0',
  kind: 'linear',
  multiplier: '1',
  settle: 'USD',
  makerFee: 0 as Rate,
  takerFee: 0 as Rate,
  fundingPeriod: 28_800 as Seconds,
  maintenanceMargin: 0,
});

class PaperRows implements RowSource {
  readonly totalRows = null;
  private done = false;

  constructor(private readonly random: Random) {}

  next(reuse?: RowBlock): RowBlock | null {
    if (this.done) return null;
    this.done = true;
    const { random } = this;
    const block = reuse ?? new RowBlock(8 * (STEPS + 1));
    block.count = 0;
    const move = Math.round(SIGMA * Math.sqrt(DT) * TICKS_PER_UNIT);
    let mid = START_TICKS;
    for (let step = 0; step <= STEPS; step += 1) {
      const us = START_US + step * DT_US;
      if (step > 0) {
        const before = mid;
        mid += random.bool(0.5) ? move : -move;
        block.push(ROW_LEVEL, BID, us, us, before - FAR_TICKS, 0);
        block.push(ROW_LEVEL, ASK, us, us, before + FAR_TICKS, 0);
      }
      block.push(ROW_LEVEL, BID, us, us, mid - FAR_TICKS, 1);
      block.push(ROW_LEVEL, ASK, us, us, mid + FAR_TICKS, 1);
      if (step === STEPS) break; // the last mid only values what is held
      // Both at one instant: the quotes of both sides belong to the inventory before either.
      const sell = this.reach() * TICKS_PER_UNIT;
      const buy = this.reach() * TICKS_PER_UNIT;
      block.push(ROW_TRADE, ASK, us + 1, us + 1, Math.floor(mid - sell), 1);
      block.push(ROW_TRADE, BID, us + 1, us + 1, Math.ceil(mid + buy), 1);
    }
    return block;
  }

  close(): void {
    this.done = true;
  }

  /** The deepest order of one step: Gumbel, by inversion. */
  private reach(): number {
    return (Math.log(A * DT) - Math.log(this.random.exponential(1))) / K;
  }
}

export interface PaperWorld {
  readonly gamma: number;
  /** inv: the product's own `as` on its session clock. sym: the average half-width around the mid. */
  readonly strategy: 'inv' | 'sym';
  readonly paths: number;
  readonly seed: number;
}

export interface PaperResult {
  readonly profit: number;
  readonly stdProfit: number;
  readonly stdQ: number;
  readonly fills: number;
}

function factoryOf(
  { gamma, strategy }: PaperWorld,
  params: ReturnType<typeof paramsOf>,
): StrategyFactory {
  if (strategy === 'inv') {
    const make = findStrategy('avellaneda');
    if (make === null) throw new Error('no strategy avellaneda');
    return make(params.strategy);
  }
  let half = 0;
  for (let i = 0; i < STEPS; i += 1) half += asHalf(gamma, SIGMA, 1 - i * DT, K, 0) / STEPS;
  const symmetric: Strategy = {
    name: 'symmetric',
    decide: (view: View) => {
      const quote = (side: 1 | -1): Quote => {
        const ticks = instrument.roundQuote(side, view.mid - side * half * TICKS_PER_UNIT);
        return { level: 0, ticks, lots: view.unitLots, distance: half as Bps, reduceOnly: false };
      };
      const reason = {
        model: 'sym', inventory: 0 as never, shift: 0 as Bps, half: half as Bps, terms: [], clamps: [],
        withdrawn: null, withdrawForMs: 0,
      }; // prettier-ignore
      return { bids: [quote(1)], asks: [quote(-1)], immediate: null, placement: 'improve', reason };
    },
  };
  return () => symmetric;
}

function paramsOf({ gamma }: PaperWorld): ReturnType<typeof engineParams> {
  const { values } = readLayers({
    flags: {
      ...{
        model: 'as',
        gamma: String(gamma * 1e4),
        sigma: `${SIGMA}bp/rs`,
        kappa: String(K),
        alpha: String(A),
      },
      ...{
        epsilon: '0bp',
        session: '1s',
        minSpread: '0bp',
        maxSpread: '1000bp',
        placement: 'improve',
      },
      ...{
        makerFee: '0bp',
        takerFee: '0bp',
        size: '10100',
        capital: '50000000',
        positionLimit: '30000000',
      },
      ...{
        check: '60s',
        refresh: '60s',
        requoteBps: '0.000001,0.000001',
        requoteInterval: '1ms',
        fillWake: 'on',
      },
      ...{ maxMarketSpread: '1000bp', priceBand: '1000bp', staleAfter: '1h' },
    },
    ...{ env: {}, dotenvPath: null, configPath: null },
  });
  const profile = { amend: false, ordersPerSecond: 1e6, orderBurst: 1e6 };
  const params = engineParams(values, instrument, profile, START_TICKS as TickPrice);
  return { ...params, risk: { ...params.risk, healthyFor: 0 as SpanMicros } };
}

/** One path: profit in the paper's units, final inventory, fills. */
function path(
  world: PaperWorld,
  params: ReturnType<typeof paramsOf>,
  random: Random,
): [number, number, number] {
  let fills = 0;
  const venue = new SimVenue({
    ...{ instrument, fillModel: 'floor', ringTicks: 64 },
    account: { deposit: moneyFromNumber(5e7), leverage: 10 },
    ...{ orderDelay: 0 as SpanMicros, replyDelay: 0 as SpanMicros },
    onFill: () => (fills += 1),
  });
  const engine = new Engine({
    ...{ instrument, params, sink: venue, makeStrategy: factoryOf(world, params) },
    breaker: new RiskBreaker({ guards: makeGuards(params.risk, instrument, params.venue) }),
    start: { nowUs: START_US as Micros, firstOrdinal: 1, capital: moneyFromNumber(5e7) },
  });
  const never = 1e15 as SpanMicros;
  const simulation = new Simulation({
    ...{ source: new PaperRows(random), venue, engine, feed: 0 as SpanMicros, probe: null },
    reportEvery: { account: never, openOrders: never },
  });
  simulation.advanceTo(Infinity);
  const { position } = venue.exchange.account;
  const profit = position.pnl(venue.exchange.markPrice) / MONEY_SCALE;
  return [profit, position.lots as Lots as number, fills];
}

/** Runs the paths. The same world gives the same figures. */
export function runPaperWorld(world: PaperWorld): PaperResult {
  const params = paramsOf(world);
  const random = new Random(world.seed);
  let [sum, square, q, q2, fills] = [0, 0, 0, 0, 0];
  for (let i = 0; i < world.paths; i += 1) {
    const [profit, lots, filled] = path(world, params, random.fork(`path ${i}`));
    sum += profit;
    square += profit * profit;
    q += lots;
    q2 += lots * lots;
    fills += filled;
  }
  const n = world.paths;
  const [profit, meanQ] = [sum / n, q / n];
  return {
    profit,
    stdProfit: Math.sqrt(square / n - profit * profit),
    stdQ: Math.sqrt(q2 / n - meanQ * meanQ),
    fills: fills / n,
  };
}
