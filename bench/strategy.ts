// What a decision costs, model by model, and what solving GLFT exactly costs: the per-decision
// path, which may allocate, beside the JSON yardstick of the same run. `node
// dist/bench/strategy.js`, or through the figures command.
import { fileURLToPath } from 'node:url';
import { Instrument } from '#core/instrument';
import { rateFromBps } from '#core/money';
import type { MarketParams, StrategyParams } from '#core/params';
import { Random } from '#core/random';
import type { StartFacts, View } from '#core/strategy';
import type {
  Bps, BpsPerRootSecond, Fraction, Lots, Micros, PerBp, PerSecond, Seconds, TickPrice, Ticks,
} from '#core/units'; // prettier-ignore
import { GlftExact } from '#strategies/avellaneda/glft';
import { Avellaneda } from '#strategies/avellaneda/strategy';
import { allocatedBytes, interleave, spread, yardstick, yardstickSeconds } from './measure.js';

const VIEWS = 1024;
const DECISIONS = 1 << 16;
const SOLVES = 1 << 13;

const instrument = new Instrument({
  venue: 'bench',
  symbol: 'BTC-USD',
  tickSize: '0.1',
  lotSize: '0.00001',
  minNotional: '10',
  kind: 'linear',
  multiplier: '1',
  settle: 'USD',
  makerFee: rateFromBps(2),
  takerFee: rateFromBps(5),
  fundingPeriod: 28_800 as Seconds,
  maintenanceMargin: 0.005,
});

/** spec.md section 1. */
const MARKET: MarketParams = {
  sigma: 0.71 as BpsPerRootSecond,
  kappa: 1.2 as PerBp,
  alpha: 0.2 as PerSecond,
  epsilon: 0.2 as Bps,
};
const PARAMS: StrategyParams = {
  model: 'as',
  glftSolution: 'exact',
  market: MARKET,
  risk: { kind: 'inventory-std', units: 2 },
  horizon: 300 as Seconds,
  session: null,
  levels: 1,
  levelStep: null,
  sizeShape: 'flat',
  minSpread: 4 as Bps,
  maxSpread: 50 as Bps,
  makerFee: rateFromBps(2),
  placement: 'behind',
  prdPerSide: 'full',
  skewMax: 1 as Fraction,
  prdAddCosts: false,
};
const START: StartFacts = {
  mid: 600_000 as TickPrice,
  unitLots: 166 as Lots,
  limitLots: 1_660 as Lots,
};

/** Views of a wandering market and inventory; `dynamic`: sigma moves from view to view too. */
function makeViews(dynamic: boolean): View[] {
  const random = new Random('bench/strategy');
  const sigma = (): BpsPerRootSecond =>
    (MARKET.sigma * (dynamic ? 0.5 + random.next() : 1)) as BpsPerRootSecond;
  return Array.from({ length: VIEWS }, (_, i) => {
    const bid = 600_000 + random.int(2_000) - 1_000;
    const mid = (bid + 0.5) as TickPrice;
    return {
      nowUs: (i * 5_000_000) as Micros,
      instrument,
      bidTicks: bid as Ticks,
      askTicks: (bid + 1) as Ticks,
      bidLots: 500 as Lots,
      askLots: 500 as Lots,
      mid,
      fair: mid,
      positionLots: (random.int(2 * START.limitLots + 1) - START.limitLots) as Lots,
      unitLots: START.unitLots,
      limitLots: START.limitLots,
      market: { ...MARKET, sigma: sigma(), source: dynamic ? 'dynamic' : 'static' },
      elapsed: (i * 5) as Seconds,
      reducing: false,
    };
  });
}

const CASES: readonly (readonly [string, Partial<StrategyParams>, boolean])[] = [
  ['as', {}, false],
  ['as, 5 levels', { levels: 5 }, false],
  ['glft closed', { model: 'glft', glftSolution: 'closed' }, false],
  ['glft exact, solved once', { model: 'glft' }, false],
  ['glft exact, solved anew each time (Q = 10)', { model: 'glft' }, true],
  ['prd-f2', { model: 'prd-f2' }, false],
];

const line = (name: string, seconds: number[], count: number, parses: number[]): string => {
  const each = spread(seconds.map((taken) => taken / count));
  const parse = spread(parses.map(yardstickSeconds)).median;
  const us = (value: number): string => (value * 1e6).toFixed(2);
  return (
    `${name}: ${us(each.median)} us (quartiles ${us(each.lower)} to ${us(each.upper)}), ` +
    `${(each.median / parse).toFixed(3)} of a 1 kB JSON.parse (${us(parse)} us)`
  );
};

/** A decision (width, levels, placement, sizes, reason) in each model. */
export function benchDecisions(rounds = 9): string[] {
  return CASES.map(([name, over, dynamic]) => {
    const strategy = new Avellaneda({ ...PARAMS, ...over }, START);
    const views = makeViews(dynamic);
    let quotes = 0;
    const decide = (from: number, count: number): void => {
      for (let i = from; i < from + count; i++) {
        quotes += strategy.decide(views[i % VIEWS] as View).bids.length;
      }
    };
    const seconds = interleave({ decide: () => decide(0, DECISIONS), yardstick }, rounds);
    if (quotes === 0) throw new Error(`${name} quoted nothing`);
    const bytes = allocatedBytes(decide, 128 * 256);
    const text = line(`decision, ${name}`, seconds.decide, DECISIONS, seconds.yardstick);
    return `${text}, ${bytes.toFixed(0)} bytes`;
  });
}

/** One exact solution from scratch, at three sizes of the limit. */
export function benchSolve(rounds = 9): string[] {
  return [10, 100, 300].map((Q) => {
    const exact = new GlftExact();
    const solve = (): void => {
      for (let i = 0; i < SOLVES; i++) exact.solve(0.3 + i * 1e-4, 1.2, 0.2, 2.7e-4, Q, 2.2);
    };
    const seconds = interleave({ solve, yardstick }, rounds);
    return line(`glft exact solve, Q = ${Q}`, seconds.solve, SOLVES, seconds.yardstick);
  });
}

export const benchStrategy = (rounds = 9): string[] => [
  ...benchDecisions(rounds),
  ...benchSolve(rounds),
];

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchStrategy().join('\n'));
