// How one unit is shared out over the levels of a side. The total is kept to the lot: shares are
// rounded on their running sum, so no lot is lost to flooring. Never makes a level smaller than the
// venue takes.
import type { Instrument } from '#core/instrument';
import type { SizeShape } from '#core/params';
import type { Lots, Ticks } from '#core/units';

/**
 * Weight of levels 0..count-1 together: flat 1 1 1, linear 1 2 3, geometric 1 2 4 (more, farther
 * out).
 */
function weightUpTo(shape: SizeShape, count: number): number {
  if (shape === 'flat') return count;
  if (shape === 'linear') return (count * (count + 1)) / 2;
  let sum = 1;
  for (let i = 0; i < count; i += 1) sum *= 2;
  return sum - 1;
}

/** Lots of level `i` when `total` lots are shared over `count` levels. They add up to `total`. */
export function levelLots(total: Lots, shape: SizeShape, count: number, i: number): Lots {
  if (count === 1) return total;
  const all = weightUpTo(shape, count);
  const before = Math.floor((total * weightUpTo(shape, i)) / all);
  return (Math.floor((total * weightUpTo(shape, i + 1)) / all) - before) as Lots;
}

/** The smallest order that the venue takes at `ticks`. */
export const takes = (instrument: Instrument, lots: Lots, ticks: Ticks): boolean =>
  lots > 0 &&
  lots >= instrument.minLots &&
  (instrument.minNotional === 0 || instrument.notional(lots, ticks) >= instrument.minNotional);

/**
 * How many levels `total` lots can fill at these prices (level 0 first): the most, up to
 * `prices.length`, at which every level is an order that the venue takes. Outer levels go first and
 * their share moves inward, so that the innermost quote, the model's own, is the last to go. 0: not
 * even one.
 */
export function affordableLevels(
  instrument: Instrument,
  total: Lots,
  shape: SizeShape,
  prices: readonly Ticks[],
): number {
  for (let count = prices.length; count > 0; count -= 1) {
    let fits = true;
    for (let i = 0; i < count && fits; i += 1) {
      fits = takes(instrument, levelLots(total, shape, count, i), prices[i] as Ticks);
    }
    if (fits) return count;
  }
  return 0;
}
