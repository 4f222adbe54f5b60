// Where a wanted price may rest, given the touch: the last step of every quote, and the yardstick
// of the tolerance. `behind` is strictly behind the touch (F3), `join` may equal it, `improve` may
// be inside it but never crosses.
import type { Instrument } from './instrument.js';
import type { Placement } from './params.js';
import type { Side, Ticks } from './units.js';
import { BID } from './units.js';

/**
 * The wanted price (fractional ticks) on the grid, rounded away from the touch, and then moved away
 * from the market as far as the placement rule demands. May be <= 0 when the market is: callers
 * drop such a quote.
 */
export function placeTicks(
  instrument: Instrument,
  side: Side,
  wanted: number,
  bidTicks: Ticks,
  askTicks: Ticks,
  placement: Placement,
): Ticks {
  const rounded = instrument.roundQuote(side, wanted);
  if (side === BID) {
    const most =
      placement === 'behind' ? bidTicks - 1 : placement === 'join' ? bidTicks : askTicks - 1;
    // In a locked book `join` would cross the other side: stay a tick off it.
    return Math.min(rounded, most, askTicks - 1) as Ticks;
  }
  const least =
    placement === 'behind' ? askTicks + 1 : placement === 'join' ? askTicks : bidTicks + 1;
  return Math.max(rounded, least, bidTicks + 1) as Ticks;
}

/** The price at `bps` from `fair` on that side, in fractional ticks. */
export const atDistance = (side: Side, fair: number, bps: number): number =>
  fair * (1 - (side * bps) / 10_000);

/**
 * How far `ticks` is from `fair` on that side, in bp; negative when it is on the other side of it.
 */
export const distanceOf = (side: Side, fair: number, ticks: number): number =>
  ((fair - ticks) * side * 10_000) / fair;
