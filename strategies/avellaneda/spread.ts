// What each model says of one moment, in bp from the fair price, before any order is placed:
// half-width, shift, the terms they are made of, and the clamps on width that belong to the model.
// Every model keeps the same shape: bid distance = half - shift, ask distance = half + shift.
import { rateToBps } from '#core/money';
import type { StrategyParams } from '#core/params';
import type { Clamp, Term, View } from '#core/strategy';
import type { Bps, GammaPerBp } from '#core/units';
import { asShift, liquidityHalf, riskPerUnit } from './as.js';
import { GlftExact, glftClosedHalf, glftSkew } from './glft.js';
import { costPerFill } from './gamma.js';
import { hold, prdBase, prdSide, prdSkew } from './prd-f2.js';
import { LEAST_HALF } from './quotes.js';
import { horizonAt, timeFactor } from './session.js';

/** Distances in bp. `quoteBid`, `quoteAsk`: whether the model quotes that side at all. */
export interface Spread {
  readonly half: number;
  readonly shift: number;
  readonly quoteBid: boolean;
  readonly quoteAsk: boolean;
  readonly terms: readonly Term[];
}

/** `n` is the inventory in units; what acts on the width is appended to `clamps`. */
export type SpreadModel = (view: View, n: number, clamps: Clamp[]) => Spread;

const term = (name: string, bps: number): Term => ({ name, bps: bps as Bps });

/**
 * Half is raised to min/2 before the shift is applied, so that the shift survives (spec.md section
 * 2).
 */
function raised(half: number, params: StrategyParams, clamps: Clamp[]): number {
  const least = Math.max(params.minSpread / 2, LEAST_HALF);
  if (!(half < least)) return half; // a half that is not a number goes on, and withdraws
  clamps.push({ name: 'min-spread', from: half * 2, to: least * 2 });
  return least;
}

export function asModel(params: StrategyParams, gamma: GammaPerBp): SpreadModel {
  const fee = rateToBps(params.makerFee);
  return (view, n, clamps) => {
    const { sigma, kappa, epsilon } = view.market;
    const tau = horizonAt(params, view.elapsed);
    const volatility = riskPerUnit(gamma, sigma, tau) / 2;
    const liquidity = liquidityHalf(gamma, kappa);
    const shift = asShift(n, gamma, sigma, tau);
    const half = raised(volatility + liquidity + fee + epsilon, params, clamps);
    const terms = [
      term('volatility', volatility),
      term('liquidity', liquidity),
      term('fee', fee),
      term('adverse selection', epsilon),
      term('inventory shift', shift),
    ];
    return { half, shift, quoteBid: true, quoteAsk: true, terms };
  };
}

export function glftModel(params: StrategyParams, gamma: GammaPerBp): SpreadModel {
  const fee = rateToBps(params.makerFee);
  const exact = params.glftSolution === 'exact' ? new GlftExact() : null;
  return (view, n, clamps) => {
    const { sigma, kappa, alpha, epsilon } = view.market;
    const h = costPerFill(params, view.market);
    const liquidity = liquidityHalf(gamma, kappa);
    const limit = view.limitLots / view.unitLots;
    let raw: number;
    let shift: number;
    let Q = Infinity;
    if (exact === null) {
      const W = glftSkew(sigma, kappa, alpha, gamma, h);
      raw = glftClosedHalf(gamma, kappa, W, h);
      shift = n === 0 ? 0 : -n * W;
    } else {
      exact.solve(sigma, kappa, alpha, gamma, limit, h);
      const bid = exact.bid(n);
      const ask = exact.ask(n);
      raw = (bid + ask) / 2;
      shift = (ask - bid) / 2;
      Q = exact.units;
    }
    const half = raised(raw, params, clamps);
    const terms = [
      term('inventory risk', raw - liquidity - h),
      term('liquidity', liquidity),
      term('fee', fee),
      term('adverse selection', epsilon),
      term('inventory shift', shift),
    ];
    return { half, shift, quoteBid: n < Q, quoteAsk: n > -Q, terms };
  };
}

export function prdModel(params: StrategyParams, gamma: GammaPerBp): SpreadModel {
  const fee = params.prdAddCosts ? rateToBps(params.makerFee) : 0;
  const share = params.prdPerSide === 'half' ? 0.5 : 1;
  const least = Math.max(params.minSpread / 2, LEAST_HALF);
  const most = params.maxSpread / 2;
  return (view, _n, clamps) => {
    const { sigma, kappa } = view.market;
    const tau = horizonAt(params, view.elapsed);
    const epsilon = params.prdAddCosts ? view.market.epsilon : 0;
    const base = prdBase(gamma, sigma, tau, kappa) * share;
    const factor = timeFactor(params, view.elapsed);
    const skew = prdSkew(view.positionLots, view.limitLots, params.skewMax);
    const bid = prdSide(base * factor, skew, 1, fee + epsilon);
    const ask = prdSide(base * factor, skew, -1, fee + epsilon);
    const heldBid = held(bid, least, most, clamps);
    const heldAsk = held(ask, least, most, clamps);
    const liquidity = 2 * liquidityHalf(gamma, kappa) * share;
    const terms = [
      term('volatility', base - liquidity),
      term('liquidity', liquidity),
      term('time factor', base * (factor - 1)),
      term('fee', fee),
      term('adverse selection', epsilon),
      term('inventory shift', (ask - bid) / 2),
    ];
    const half = (heldBid + heldAsk) / 2;
    return { half, shift: (heldAsk - heldBid) / 2, quoteBid: true, quoteAsk: true, terms };
  };
}

/** F2's clamp, one side at a time, after the skew. */
function held(distance: number, least: number, most: number, clamps: Clamp[]): number {
  const to = hold(distance, least, most);
  if (to > distance) clamps.push({ name: 'min-spread', from: distance * 2, to: to * 2 });
  else if (to < distance) clamps.push({ name: 'max-spread', from: distance * 2, to: to * 2 });
  return to;
}
