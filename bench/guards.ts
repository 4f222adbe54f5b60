// What all guards together cost per settle while nothing trips (the bar: 200 ns and no allocation), and what one
// checked decision costs. Numbers change at every call as they do live. `node --expose-gc dist/bench/guards.js`.
import { fileURLToPath } from 'node:url';
import type { AccountNumbers } from '#core/guard';
import { Instrument } from '#core/instrument';
import { moneyFromNumber } from '#core/money';
import type { RiskParams, VenueProfile } from '#core/params';
import type { Decision, Quote, View } from '#core/strategy';
import type {
  Bps,
  Fraction,
  InventoryUnits,
  Lots,
  Micros,
  Money,
  Rate,
  Seconds,
  TickPrice,
  Ticks,
} from '#core/units';
import { fromSeconds } from '#core/units';
import { RiskBreaker } from '#risk/breaker';
import { makeGuards } from '#risk/registry';
import { allocatedBytes, interleave, spread, yardstick, yardstickSeconds } from './measure.js';

const SETTLES = 1_000_000;
const DECISIONS = 100_000;
const START_US = 1_795_262_400_000_000;

const INSTRUMENT = new Instrument({
  venue: 'sim',
  symbol: 'BTC-PERP',
  tickSize: '0.1',
  lotSize: '0.001',
  minNotional: '0',
  kind: 'linear',
  multiplier: '1',
  settle: 'USD',
  makerFee: 2_000_000 as Rate,
  takerFee: 5_000_000 as Rate,
  fundingPeriod: 28_800 as Seconds,
  maintenanceMargin: 0.02,
});
const PARAMS: RiskParams = {
  capital: moneyFromNumber(5_000),
  positionLimit: moneyFromNumber(1_000),
  hardLimitFactor: 1.5,
  maxDailyLoss: 0.05 as Fraction,
  maxDailyLossUsd: null,
  maxDrawdown: 0.2 as Fraction,
  maxDrawdownUsd: null,
  maxLeverage: 1,
  maxMarketSpread: 20 as Bps,
  priceBand: 50 as Bps,
  staleAfter: fromSeconds(2),
  healthyFor: fromSeconds(5),
  onHalt: 'hold',
};
const VENUE: VenueProfile = { amend: false, ordersPerSecond: 5, orderBurst: 10 };

const NUMBERS: AccountNumbers = {
  nowUs: START_US as Micros,
  positionLots: 0 as Lots,
  longestLots: 2 as Lots,
  shortestLots: -2 as Lots,
  mark: 500_000 as Ticks,
  markUs: START_US as Micros,
  exposure: 0 as Money,
  limitLots: 20 as Lots,
  hardLimitLots: 30 as Lots,
  guardEquity: moneyFromNumber(5_000),
  dayStartEquity: moneyFromNumber(5_000),
  peakEquity: moneyFromNumber(5_000),
  bestBid: 500_000 as Ticks,
  bestAsk: 500_001 as Ticks,
  bookUs: START_US as Micros,
  bookSound: true,
  privateUp: true,
  publicUp: true,
  marginRatio: 40,
  operations: 30,
  failures: 0,
  refusedRuns: 0,
  lastRefusal: '',
};

const quote = (ticks: number): Quote => ({
  level: 0,
  ticks: ticks as Ticks,
  lots: 2 as Lots,
  distance: 1 as Bps,
  reduceOnly: false,
});
const DECISION: Decision = {
  bids: [quote(499_990)],
  asks: [quote(500_010)],
  immediate: null,
  placement: 'behind',
  reason: {
    model: 'as',
    inventory: 0 as InventoryUnits,
    shift: 0 as Bps,
    half: 1 as Bps,
    terms: [],
    clamps: [],
    withdrawn: null,
    withdrawForMs: 0,
  },
};
/** The guards read nothing of the view. */
const VIEW = Object.freeze({ nowUs: START_US, reducing: false }) as unknown as View;

/** A settle every 10 ms: the mid walks within 32 ticks, equity and position follow. */
function move(numbers: AccountNumbers, i: number): void {
  const step = i & 31;
  numbers.nowUs = (START_US + i * 10_000) as Micros;
  numbers.bookUs = numbers.nowUs;
  numbers.bestBid = (500_000 + step) as Ticks;
  numbers.bestAsk = (500_001 + step) as Ticks;
  numbers.mark = (500_000.5 + step) as TickPrice;
  numbers.positionLots = ((step % 11) - 5) as Lots;
  numbers.guardEquity = (500_000_000_000 + step * 1_000_000) as Money;
}

export interface GuardFigures {
  readonly settleNs: { readonly median: number; readonly lower: number; readonly upper: number };
  readonly decisionNs: { readonly median: number; readonly lower: number; readonly upper: number };
  /** Cost of moving the numbers alone, taken off nothing: it is inside settleNs. */
  readonly moveNs: number;
  readonly yardstickNs: number;
  readonly bytesPerSettle: number;
}

/** Measures; throws when a guard tripped, for then it measured something else. */
export function measureGuards(rounds = 9): GuardFigures {
  const breaker = new RiskBreaker({ guards: makeGuards(PARAMS, INSTRUMENT, VENUE) });
  const numbers = { ...NUMBERS };
  let done = 0;
  let worse = 0;
  const settle = (count: number): void => {
    for (let i = 0; i < count; i++) {
      move(numbers, done++);
      if (breaker.onSettle(numbers)) worse += 1;
    }
  };
  const seconds = interleave(
    {
      settle: () => settle(SETTLES),
      move: () => {
        for (let i = 0; i < SETTLES; i++) move(numbers, done + i);
      },
      decision: () => {
        for (let i = 0; i < DECISIONS; i++) {
          if (breaker.onDecision(VIEW, DECISION, numbers) === null) worse += 1;
        }
      },
      yardstick,
    },
    rounds,
  );
  const bytesPerSettle = allocatedBytes((_from, count) => settle(count));
  if (worse > 0 || breaker.state !== 'running')
    throw new Error(`${worse} trips, ${breaker.state}: ${breaker.cause?.reason}`);
  const perCall = (taken: readonly number[], calls: number) =>
    spread(taken.map((s) => (s / calls) * 1e9));
  return {
    settleNs: perCall(seconds.settle, SETTLES),
    decisionNs: perCall(seconds.decision, DECISIONS),
    moveNs: perCall(seconds.move, SETTLES).median,
    yardstickNs: spread(seconds.yardstick.map((s) => yardstickSeconds(s) * 1e9)).median,
    bytesPerSettle,
  };
}

/** The figures as lines, ready to print. */
export function benchGuards(rounds = 9): string[] {
  const f = measureGuards(rounds);
  const line = (name: string, s: GuardFigures['settleNs']): string =>
    `${name}: ${s.median.toFixed(1)} ns (quartiles ${s.lower.toFixed(1)} to ${s.upper.toFixed(1)}), ` +
    `${(s.median / f.yardstickNs).toFixed(4)} of a 1 kB JSON.parse (${(f.yardstickNs / 1000).toFixed(2)} us)`;
  const cost = `${f.moveNs.toFixed(1)} ns of it move the numbers, ${f.bytesPerSettle.toFixed(3)} bytes`;
  return [
    `${line('all guards, per settle', f.settleNs)}; ${cost}`,
    line('all guards, per decision', f.decisionNs),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(benchGuards().join('\n'));
