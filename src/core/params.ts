// Every parameter that decides what is quoted and when we stop, already in internal units (spec.md section 1).
// Strings, flags and defaults are the business of config; what arrives here is checked and complete.
import type {
  Bps, BpsPerRootSecond, Fraction, GammaPerBp, Lots, Money, PerBp, PerSecond, Rate, Seconds, SpanMicros,
} from './units.js'; // prettier-ignore

export type ModelName = 'as' | 'glft' | 'prd-f2';
export type Placement = 'behind' | 'join' | 'improve';
export type FairKind = 'mid' | 'weighted' | 'micro';
export type SizeShape = 'flat' | 'linear' | 'geometric';
export type OnHalt = 'hold' | 'post-only' | 'reduce-only-ioc';

/** What the market is like: fixed in static mode, measured in dynamic mode. */
export interface MarketParams {
  readonly sigma: BpsPerRootSecond;
  readonly kappa: PerBp;
  /** Taker orders per second per side that reach the mid (the A of the theory). */
  readonly alpha: PerSecond;
  /** Adverse selection per taker order after 5 s. */
  readonly epsilon: Bps;
}

/** How risk aversion was asked for; gamma is derived from it once, at start, and then frozen. */
export type RiskTarget =
  | { readonly kind: 'inventory-std'; readonly units: number }
  | { readonly kind: 'skew-at-limit'; readonly bps: Bps }
  | { readonly kind: 'gamma'; readonly gammaHat: number };

export interface StrategyParams {
  readonly model: ModelName;
  readonly glftSolution: 'exact' | 'closed';
  readonly market: MarketParams;
  readonly risk: RiskTarget;
  /** tau of `as` and `prd-f2` when there is no session. */
  readonly horizon: Seconds;
  /** Length of a trading session (the paper's clock) or null for a constant horizon. */
  readonly session: Seconds | null;
  readonly levels: number;
  /** Distance between levels in bp; null = 1/kappa. */
  readonly levelStep: Bps | null;
  readonly sizeShape: SizeShape;
  /** Full widths. */
  readonly minSpread: Bps;
  readonly maxSpread: Bps;
  readonly makerFee: Rate;
  readonly placement: Placement;
  readonly prdPerSide: 'full' | 'half';
  readonly skewMax: Fraction;
  readonly prdAddCosts: boolean;
}

export interface WakeParams {
  /** Longest time between two decisions. */
  readonly check: SpanMicros;
  /** Longest life of a resting quote. */
  readonly refresh: SpanMicros;
  /** Tolerances in bp, or null for the literal clock. near: too close to the mid; far: too far from it. */
  readonly requote: { readonly near: Bps; readonly far: Bps } | null;
  /** Shortest time between two requotes of one side. */
  readonly requoteInterval: SpanMicros;
  readonly fillWake: boolean;
}

export interface RiskParams {
  readonly capital: Money;
  /** Soft limit on |position| x mark. */
  readonly positionLimit: Money;
  /** Hard limit as a multiple of the soft one: 1.5. */
  readonly hardLimitFactor: number;
  readonly maxDailyLoss: Fraction;
  readonly maxDailyLossUsd: Money | null;
  readonly maxDrawdown: Fraction;
  readonly maxDrawdownUsd: Money | null;
  readonly maxLeverage: number;
  readonly maxMarketSpread: Bps;
  /** No quote farther than this from the venue's mark. */
  readonly priceBand: Bps;
  readonly staleAfter: SpanMicros;
  readonly healthyFor: SpanMicros;
  readonly onHalt: OnHalt;
}

/** What a venue can do, its budgets; from the venue's profile. */
export interface VenueProfile {
  readonly amend: boolean;
  /** Order operations per second that may be spent, cancels excepted, and the burst. */
  readonly ordersPerSecond: number;
  readonly orderBurst: number;
  /** By how many times the requote tolerance has widened once the budget is spent; 1 (the default): never. */
  readonly stretch?: number;
  /** How late a request may still reach the venue; only then does its absence mean never. Default 10 s. */
  readonly latestArrival?: SpanMicros;
  /** Our own quotes are in the book that we see: placement and mid must look past them. Default false. */
  readonly ownQuotesInBook?: boolean;
}

export interface EngineParams {
  readonly strategy: StrategyParams;
  readonly wake: WakeParams;
  readonly risk: RiskParams;
  readonly venue: VenueProfile;
  readonly fair: FairKind;
  /** Order size a side in money; the unit is fixed from it at start, and anew only when flat. */
  readonly size: Money;
}

/** The two numbers that the size and the limit become at a price; fixed at start, anew only when flat. */
export interface Sizing {
  /** One unit: total over all levels of a side. */
  readonly unitLots: Lots;
  /** Soft limit in lots. */
  readonly limitLots: Lots;
  readonly gamma: GammaPerBp;
}
