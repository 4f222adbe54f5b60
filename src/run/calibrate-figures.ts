// From the counts of one pass to the figures of `mm calibrate`: whole tape, regimes, fit, tables. No rows here.
import { bandOf } from '#analyzers/liquidity-decay';
import type { Band } from '#analyzers/liquidity-decay';
import { boundedDriftOffset, chanceOfReach } from '#analyzers/reach-chance';
import type { Instrument } from '#core/instrument';
import { MARKOUT_HORIZONS } from '#core/markout';
import { moneyToNumber } from '#core/money';
import type { MarketParams } from '#core/params';
import type {
  Bps, BpsPerRootSecond, Lots, Micros, PerBp, PerSecond, Seconds, TickPrice,
} from '#core/units'; // prettier-ignore
import type { Calibration, CurvePoint, MarkoutPoint, ReachPoint } from '#report/calibration';
import type { ClusteredMean } from '#report/calibration-counts';
import { edgeOf, lineFit } from '#report/calibration-reach';
import { regimesOf } from './calibrate-regimes.js';
import type { CalibrationPass } from './calibrate-pass.js';
import { REACH_BPS, REACH_S } from './calibrate-pass.js';

const OTHER_FROM = [0, 0.5, 1, 2] as Bps[];
const CURVE_STEP = 0.25;
const CURVE_TO = 5;
const FIT_POINTS = 13;

/** Bands beside the chosen one: how much do alpha and kappa depend on where one looks? */
export const otherBandsOf = (band: Band, kappa: PerBp): Band[] =>
  OTHER_FROM.filter((from) => Math.abs(from - band.from) > 0.1).map((from) => bandOf(from, kappa));

export interface PassFacts {
  readonly pass: CalibrationPass;
  readonly band: Band;
  readonly prior: MarketParams;
  readonly instrument: Instrument;
  readonly source: string;
  readonly startUs: number;
  readonly endUs: Micros;
  readonly windowUs: number;
  readonly rows: number;
}

export function figuresOf(facts: PassFacts): Omit<Calibration, 'warnings'> {
  const { pass, band, prior, instrument, startUs, endUs, windowUs } = facts;
  const { exposure, log } = pass;
  const watched = exposure.seconds(endUs);
  const span = Math.max(1e-6, (endUs - startUs) / 1e6);
  const flow = log.replay(band, prior, () => true);
  const [kappa, sigma] = [flow.kappa(), pass.sigma.whole()];
  // A recording without any trade is one without trades, not a market without takers.
  const alpha = pass.orderCount > 0 ? flow.alpha(watched) : flow.alpha(0);
  const hitShare = flow.hitShare(watched);
  const line = { alpha: alpha.both.value as PerSecond, kappa: kappa.both.value as PerBp };
  const { venue, symbol } = instrument.spec;
  return {
    schemaVersion: 1,
    source: facts.source,
    market: `${venue} ${symbol}`,
    from: new Date(startUs / 1000).toISOString(),
    to: new Date(endUs / 1000).toISOString(),
    seconds: span,
    watchedSeconds: watched,
    usable: Math.min(1, watched / span),
    gaps: { count: pass.gaps, seconds: pass.gapUs / 1e6 },
    rows: facts.rows,
    prior: { ...prior },
    band: { ...band },
    sigma,
    kappa,
    alpha,
    epsilon: flow.epsilon(),
    otherBands: pass.others.map((other, i) => ({
      ...(otherBandsOf(band, prior.kappa)[i] as Band),
      kappa: other.kappa().both,
      alpha: other.alpha(watched).both,
    })),
    fit: { ks: flow.ks(), r2: fitOf(facts, line, watched), hitShare, orders: pass.inBand },
    fillCurve: curveOf(facts, line, watched),
    reach: reachOf(facts, line, hitShare, sigma.value as BpsPerRootSecond),
    resting: pass.resting.flatMap((resting) => {
      const fit = resting.fit();
      return fit === null ? [] : [{ seconds: resting.seconds, ...fit }];
    }),
    markouts: { all: markoutsOf(pass.moved), inBand: markoutsOf(pass.movedInBand) },
    signature: pass.returns.map(({ seconds, sigma: value, standardError, count }) => ({
      seconds,
      sigma: value,
      standardError,
      returns: count,
    })),
    orders: ordersOf(pass, watched, flow.fano),
    touch: touchOf(pass, instrument),
    regimes: regimesOf(pass, band, prior, windowUs),
  };
}

type Line = { readonly alpha: PerSecond; readonly kappa: PerBp };

function pointAt(facts: PassFacts, line: Line, watched: number, distance: number): CurvePoint {
  const orders = facts.pass.reaches.beyond(distance);
  return {
    distance,
    orders,
    seen: watched > 0 ? orders / (2 * watched) : 0,
    fitted: line.alpha * Math.exp(-line.kappa * distance),
  };
}

function curveOf(facts: PassFacts, line: Line, watched: number): CurvePoint[] {
  const to = Math.max(CURVE_TO, facts.band.to);
  const count = Math.floor(to / CURVE_STEP + 1e-9) + 1;
  return Array.from({ length: count }, (_, i) =>
    pointAt(facts, line, watched, i * CURVE_STEP),
  ).filter(({ orders }) => orders > 0);
}

function fitOf(facts: PassFacts, line: Line, watched: number): number | null {
  const { from, to } = facts.band;
  const points = Array.from({ length: FIT_POINTS }, (_, i) =>
    pointAt(facts, line, watched, edgeOf(from + ((to - from) * i) / FIT_POINTS)),
  );
  return lineFit(points, Math.log(line.alpha), line.kappa);
}

function reachOf(
  { pass }: PassFacts,
  { alpha, kappa }: Line,
  hitShare: number,
  sigma: BpsPerRootSecond,
): ReachPoint[] {
  return REACH_S.flatMap((seconds, w) => {
    const rested = pass.resting[w]?.fit() ?? null;
    const offset = boundedDriftOffset(kappa, sigma, seconds as Seconds);
    const burst = { alpha: (alpha * hitShare * offset) as PerSecond, kappa };
    const at = rested as { alpha: PerSecond; kappa: PerBp } | null;
    return REACH_BPS.map((distance, i) => ({
      seconds,
      distance,
      seen: pass.seen[w]?.chance(i) ?? null,
      fitted: chanceOfReach(burst, distance as Bps, seconds as Seconds),
      resting: at && chanceOfReach(at, distance as Bps, seconds as Seconds),
    }));
  });
}

function ordersOf(pass: CalibrationPass, watched: number, fano: number): Calibration['orders'] {
  const { exposure, orders, orderCount, prints } = pass;
  return {
    count: orderCount,
    perSecond: watched > 0 ? orderCount / watched : 0,
    printsPerSecond: watched > 0 ? prints / watched : 0,
    unknownSide: orderCount > 0 ? pass.unknownSides / orderCount : 0,
    fano1: pass.perSecond.fano(exposure.totalUs),
    fano60: pass.perMinute.fano(exposure.totalUs),
    fanoInBand: fano,
    blind: orders.blind,
    rejected: orders.rejected,
  };
}

const markoutsOf = (means: readonly ClusteredMean[]): MarkoutPoint[] =>
  means.map(({ mean, standardError, count }, i) => ({
    seconds: MARKOUT_HORIZONS[i] as number,
    bps: mean,
    standardError,
    orders: count,
  }));

function touchOf(pass: CalibrationPass, instrument: Instrument): Calibration['touch'] {
  const means = pass.touch.means();
  if (means === null) {
    return {
      spreadBps: null, tickBps: null, oneTick: null, locked: null, bid: null, ask: null,
      bidWorth: null, askWorth: null,
    }; // prettier-ignore
  }
  const { spreadBps, oneTick, locked, bidLots, askLots, mid } = means;
  const lot = Number(instrument.spec.lotSize);
  const worth = (lots: number): number =>
    moneyToNumber(instrument.notional(Math.round(lots) as Lots, Math.round(mid) as TickPrice));
  return {
    spreadBps,
    tickBps: 1e4 / mid,
    oneTick,
    locked,
    bid: bidLots * lot,
    ask: askLots * lot,
    bidWorth: worth(bidLots),
    askWorth: worth(askLots),
  };
}
