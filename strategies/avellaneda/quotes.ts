// From distances to resting orders: levels, placement, sizes. The last step of every model, and the
// only place that turns basis points into ticks. Quotes never cross, never stack, never plan a
// position beyond the limit.
import type { Placement, StrategyParams } from '#core/params';
import { atDistance, distanceOf, placeTicks } from '#core/placement';
import type { Clamp, Quote, View } from '#core/strategy';
import type { Bps, Lots, Side, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { affordableLevels, levelLots } from './sizes.js';

const NONE: readonly Quote[] = Object.freeze([]);
/**
 * The centre of a quote is never narrower than this (bp), even with a minimum of 0: bid and ask
 * stay apart.
 */
export const LEAST_HALF = 1e-3;
/** No quote farther than this (bp) from the fair price. */
const FARTHEST = 10_000;

const touch = (view: View, side: Side): Ticks => (side === BID ? view.bidTicks : view.askTicks);

/**
 * Lots that one side may still add before the position, plus all of them, reaches the soft limit.
 */
export const room = (view: View, side: Side): number =>
  Math.max(0, view.limitLots - side * view.positionLots);

/**
 * The quotes of one side with level 0 at `distance` bp from the fair price. `mayAdd` false: the
 * model itself quotes nothing here (GLFT at its bound). Appends to `clamps` what acted; distances
 * in bp, sizes in lots.
 */
export function quoteSide(
  view: View,
  params: StrategyParams,
  side: Side,
  distance: number,
  mayAdd: boolean,
  clamps: Clamp[],
): readonly Quote[] {
  const free = mayAdd ? room(view, side) : 0;
  const total = Math.min(view.unitLots, free) as Lots;
  if (total < view.unitLots) {
    clamps.push({ name: 'position-limit', from: view.unitLots, to: total });
    if (total <= 0) return NONE;
  }
  if (params.levels === 1) {
    const ticks = placeLevel(view, side, distance, params.placement, clamps, true);
    if (ticks === null) return NONE;
    return sized(view, params, side, [ticks], [distance], total, clamps);
  }
  const step = params.levelStep ?? 1 / view.market.kappa;
  const prices: Ticks[] = [];
  const distances: number[] = [];
  for (let i = 0; i < params.levels; i += 1) {
    const wanted = distance + i * step;
    const placed = placeLevel(view, side, wanted, params.placement, clamps, i === 0);
    const before = prices[i - 1];
    // Levels never stack: each lies at least a tick beyond the one inside it.
    const ticks =
      placed === null || before === undefined
        ? placed
        : ((side === BID ? Math.min(placed, before - 1) : Math.max(placed, before + 1)) as Ticks);
    if (ticks === null || ticks <= 0) break;
    prices.push(ticks);
    distances.push(wanted);
  }
  return sized(view, params, side, prices, distances, total, clamps);
}

/**
 * The price of one level, or null when there is none: at 10,000 bp a bid is worth nothing, an ask
 * twice the price.
 */
function placeLevel(
  view: View,
  side: Side,
  distance: number,
  placement: Placement,
  clamps: Clamp[],
  first: boolean,
): Ticks | null {
  const { instrument, fair } = view;
  const wanted = atDistance(side, fair, distance);
  const ticks = placeTicks(instrument, side, wanted, view.bidTicks, view.askTicks, placement);
  if (!(ticks > 0 && distance < FARTHEST)) {
    clamps.push({ name: 'price-floor', from: distance, to: FARTHEST });
    return null;
  }
  if (first && ticks !== instrument.roundQuote(side, wanted)) {
    const name = side === BID ? 'placement-bid' : 'placement-ask';
    clamps.push({ name, from: distance, to: distanceOf(side, fair, ticks) });
  }
  return ticks;
}

function sized(
  view: View,
  params: StrategyParams,
  side: Side,
  prices: readonly Ticks[],
  distances: readonly number[],
  total: Lots,
  clamps: Clamp[],
): readonly Quote[] {
  const shape = params.sizeShape;
  const count = affordableLevels(view.instrument, total, shape, prices);
  if (count === 0) {
    if (prices.length > 0) clamps.push({ name: 'size-floor', from: total, to: 0 });
    return NONE;
  }
  if (count < prices.length) {
    clamps.push({
      name: 'size-floor',
      from: levelLots(total, shape, prices.length, 0),
      to: levelLots(total, shape, count, 0),
    });
  }
  const quotes: Quote[] = [];
  for (let level = 0; level < count; level += 1) {
    quotes.push({
      level,
      ticks: prices[level] as Ticks,
      lots: levelLots(total, shape, count, level),
      distance: distances[level] as Bps,
      reduceOnly: false,
    });
  }
  return quotes;
}

/**
 * Rebalancing (F4): while the engine is reducing, one reduce-only order at the touch of the
 * reducing side, of a unit at most and never more than the position. `distance` is what the model
 * would have asked for.
 */
export function reducingQuote(view: View, distance: number, clamps: Clamp[]): readonly Quote[] {
  const side = view.positionLots > 0 ? ASK : BID;
  const held = Math.abs(view.positionLots) as Lots;
  if (held === 0) return NONE;
  const { instrument, fair } = view;
  const at = touch(view, side);
  const ticks = placeTicks(instrument, side, at, view.bidTicks, view.askTicks, 'join');
  if (ticks <= 0) return NONE;
  // Less than the venue's smallest order can still be reduced, but only as a whole.
  const least = instrument.smallestLots(ticks);
  const lots = Math.min(held, Math.max(view.unitLots, least)) as Lots;
  const placed = distanceOf(side, fair, ticks) as Bps;
  clamps.push({ name: 'reduce-only', from: distance, to: placed });
  return [{ level: 0, ticks, lots, distance: placed, reduceOnly: true }];
}
