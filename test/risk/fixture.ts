// What every test of the guards starts from: an instrument, the default parameters, and numbers in which all is well.
import type { AccountNumbers, Trip } from '#core/guard';
import { Instrument } from '#core/instrument';
import type { Fill } from '#core/messages';
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
  Side,
  TickPrice,
  Ticks,
} from '#core/units';
import { BID, fromSeconds } from '#core/units';

export const DAY = 86_400_000_000;
export const SECOND = 1_000_000;
/** 2026-11-21 12:00 UTC. */
export const NOON = (20_778 * DAY + DAY / 2) as Micros;
export const dollars = (amount: number): Money => moneyFromNumber(amount);

/** Ticks of $0.1, lots of 0.001: at 500,000 ticks a lot is worth $50, the soft limit 20 lots, the hard one 30. */
export const INSTRUMENT = new Instrument({
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
export const MARK = 500_000 as Ticks;
export const SOFT = 20;
export const HARD = 30;

export const VENUE: VenueProfile = { amend: false, ordersPerSecond: 5, orderBurst: 10 };
export const PARAMS: RiskParams = {
  capital: dollars(5_000),
  positionLimit: dollars(1_000),
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

/** All is well at noon: flat, sound book one tick wide, links up, equity = capital. Change what the test is about. */
export function healthy(changes: Partial<AccountNumbers> = {}): AccountNumbers {
  return {
    nowUs: NOON,
    positionLots: 0 as Lots,
    longestLots: 0 as Lots,
    shortestLots: 0 as Lots,
    mark: MARK,
    markUs: NOON,
    exposure: 0 as Money,
    limitLots: SOFT as Lots,
    hardLimitLots: HARD as Lots,
    guardEquity: dollars(5_000),
    dayStartEquity: dollars(5_000),
    peakEquity: dollars(5_000),
    bestBid: MARK,
    bestAsk: (MARK + 1) as Ticks,
    bookUs: changes.nowUs ?? NOON,
    bookSound: true,
    privateUp: true,
    publicUp: true,
    marginRatio: Infinity,
    operations: 0,
    failures: 0,
    refusedRuns: 0,
    lastRefusal: '',
    ...changes,
  };
}

/** Moves the clock, with a book frame at every step. */
export function tick(numbers: AccountNumbers, us: number): AccountNumbers {
  numbers.nowUs = (numbers.nowUs + us) as Micros;
  numbers.bookUs = numbers.nowUs;
  return numbers;
}

export const quote = (level: number, ticks: number, lots: number): Quote => ({
  level,
  ticks: ticks as Ticks,
  lots: lots as Lots,
  distance: 1 as Bps,
  reduceOnly: false,
});

export const decision = (
  bids: readonly Quote[],
  asks: readonly Quote[],
  rest: Partial<Decision> = {},
): Decision => ({
  bids,
  asks,
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
  ...rest,
});

/** Guards read nothing of a view: numbers are what they judge by. */
export const VIEW = Object.freeze({ nowUs: NOON, reducing: false }) as unknown as View;

/** One quote a side of `lots`, a tick behind the touch. */
export const bothSides = (lots: number): Decision =>
  decision([quote(0, MARK - 1, lots)], [quote(0, MARK + 2, lots)]);

export const lotsOf = (quotes: readonly Quote[]): number[] => quotes.map((q) => q.lots);

export const trip = (changes: Partial<Trip>): Trip => ({
  guard: 'host',
  severity: 'pause',
  reason: 'a test',
  untilUs: 0 as Micros,
  ...changes,
});

let trades = 0;
/** A maker fill of one lot at `ticks` with a fee in bp of its notional. */
export function fill(us: number, side: Side, ticks: number, feeBps = 0): Fill {
  trades += 1;
  const lots = 1 as Lots;
  const notional = INSTRUMENT.notional(lots, ticks as TickPrice);
  return {
    kind: 'fill',
    us: us as Micros,
    tradeId: `t${trades}`,
    ordinal: trades,
    side,
    ticks: ticks as Ticks,
    lots,
    fee: Math.round((notional * feeBps) / 10_000) as Money,
    maker: true,
    venueUs: us as Micros,
    liquidation: false,
  };
}
export const BUY = BID;
