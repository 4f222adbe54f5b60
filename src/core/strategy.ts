// What a strategy is: a pure function from a View (everything it may know) to a Decision (what it wants resting).
// No timers, logger, ids or promises. The reason is typed and becomes the log line and `mm explain`.
import type { Instrument } from './instrument.js';
import type { MarketParams, Placement } from './params.js';
import type {
  Bps,
  InventoryUnits,
  Lots,
  Micros,
  Seconds,
  Side,
  TickPrice,
  Ticks,
} from './units.js';

/** Market parameters of this moment, and who says so. */
export interface CurrentMarket extends MarketParams {
  readonly source: 'static' | 'dynamic';
}

/** Everything a strategy may know at one wake. Frozen. Both touches exist: the engine withdraws without them. */
export interface View {
  readonly nowUs: Micros;
  readonly instrument: Instrument;
  readonly bidTicks: Ticks;
  readonly askTicks: Ticks;
  readonly bidLots: Lots;
  readonly askLots: Lots;
  readonly mid: TickPrice;
  /** The reference price: mid, size-weighted mid, micro-price, later an external one. */
  readonly fair: TickPrice;
  readonly positionLots: Lots;
  readonly unitLots: Lots;
  /** Soft position limit in lots at this price. */
  readonly limitLots: Lots;
  readonly market: CurrentMarket;
  /** Time since the run began: the session clock. */
  readonly elapsed: Seconds;
  /** True while only the reducing side may be quoted (reduce-only, joining the touch). */
  readonly reducing: boolean;
}

/** One resting order wanted. `level` 0 is the innermost: the slot that the reconciler keeps it in. */
export interface Quote {
  readonly level: number;
  readonly ticks: Ticks;
  readonly lots: Lots;
  /** Target distance from the fair price before rounding and placement; the tolerance is measured from it. */
  readonly distance: Bps;
  readonly reduceOnly: boolean;
}

/** One bounded order that may take: used to flatten, never to quote. */
export interface Immediate {
  readonly side: Side;
  readonly limitTicks: Ticks;
  readonly lots: Lots;
}

/** One clamp that acted, and on which side it did (0: both). */
export interface Clamp {
  readonly name:
    | 'min-spread' | 'max-spread' | 'placement-bid' | 'placement-ask' | 'size-floor'
    | 'reduce-only' | 'position-limit' | 'width-withdrawn' | 'price-floor'; // prettier-ignore
  readonly from: number;
  readonly to: number;
}

/** One term of a quote in bp: "volatility", "liquidity", "fee", "adverse selection", "inventory shift" ... */
export interface Term {
  readonly name: string;
  readonly bps: Bps;
  readonly note?: string;
}

/** Why the quotes are what they are. `withdrawn` says why there are none. */
export interface Reason {
  readonly model: string;
  readonly inventory: InventoryUnits;
  /** Shift of the centre from the fair price; negative when long. */
  readonly shift: Bps;
  /** Half-width before the shift, costs included. */
  readonly half: Bps;
  readonly terms: readonly Term[];
  readonly clamps: readonly Clamp[];
  readonly withdrawn: string | null;
  /** Milliseconds for which a withdrawal holds at least; 0 = until the next decision. */
  readonly withdrawForMs: number;
}

export interface Decision {
  readonly bids: readonly Quote[];
  readonly asks: readonly Quote[];
  readonly immediate: Immediate | null;
  readonly placement: Placement;
  readonly reason: Reason;
}

export interface Strategy {
  readonly name: string;
  /**
   * What of the view `decide` never looks at: the time (`nowUs`, `elapsed`), or that and the sizes at the touch. With
   * the rest as it was, and all quotes in place, its last decision stands and it is not asked. Absent: it sees it all.
   */
  readonly ignores?: 'time' | 'time and sizes';
  /** Pure: the same view gives the same decision. */
  decide(view: View): Decision;
}

/** What is known when the first sound two-sided book arrives: gamma is derived from it once, then frozen. */
export interface StartFacts {
  readonly mid: TickPrice;
  readonly unitLots: Lots;
  readonly limitLots: Lots;
}
/** Makes the strategy at that moment. Throws ParameterProblem-like Error only for parameters config let through. */
export type StrategyFactory = (start: StartFacts) => Strategy;
