// The seam for what measures the market: rows in, an Estimate out. Pure; time comes from the rows.
import type { L2Book } from './book.js';
import type { Instant } from './instant.js';
import type { CurrentMarket } from './strategy.js';
import type { Aggressor, Bps, Lots, Micros, Seconds, TickPrice } from './units.js';

/** Watches the bot's own (delayed) book and prints. `market()` is called at every wake, never per row. */
export interface Analyzer {
  /** After the rows of one drain have been applied to `book`. Allocation-free. */
  onBook(now: Instant, book: L2Book): void;
  /** One print, before the book rows of the same drain that follow it. Allocation-free. */
  onTrade(now: Instant, aggressor: Aggressor, ticks: TickPrice, lots: Lots, book: L2Book): void;
  /** Rows were lost: a return may not bridge this. */
  onGap(nowUs: Micros): void;
  /** The parameters to quote on now. */
  market(nowUs: Micros): CurrentMarket;
  /** A reason to show no quotes until a time (a jump), or null. Cheap and allocation-free: asked after every row it is told of. */
  alarm?(now: Instant): Alarm | null;
  /** Everything measured, for the log and `mm metrics`. Changes nothing, so it may be called at any time. */
  estimates?(nowUs: Micros): MarketEstimates;
  /** What was learnt, as plain JSON; `restore` takes it back after a restart. */
  save?(nowUs: Micros): unknown;
  /** Before the first row. Returns what could not be used and why, null when all of it could. Never throws. */
  restore?(saved: unknown): string | null;
}

export interface Alarm {
  readonly reason: string;
  readonly untilUs: Micros;
}

/** One measured figure. Finite always: without data it is the prior, with a standard error of 0. */
export interface Estimate {
  readonly value: number;
  /** One standard error, in the unit of the value. */
  readonly standardError: number;
  /** 95 % interval, about the logarithm where the figure cannot be negative. */
  readonly low: number;
  readonly high: number;
  /** How many observations it rests on; old ones fade, overlapping ones count in part. */
  readonly effectiveCount: number;
  /** Since the newest observation; null when there is none. */
  readonly age: Seconds | null;
}

/** `bid`: of resting bids, which sellers fill; `ask` likewise; `both`: the two together, which is what is quoted on. */
export interface SidedEstimate {
  readonly bid: Estimate;
  readonly ask: Estimate;
  readonly both: Estimate;
}

/** What an analyzer says of the market, beside what it lets the strategy use. Plain JSON. */
export interface MarketEstimates {
  readonly nowUs: Micros;
  /** What the last `market()` returned. */
  readonly used: CurrentMarket;
  /** 'ready', or why the static values are used (or being gone back to). */
  readonly state: string;
  /** Figures that the rate-of-change limit held back at the last `market()`. */
  readonly limited: readonly string[];
  /** The half-life of 30 min, and that of 2 min; the larger one is quoted on. */
  readonly sigma: Estimate;
  readonly sigmaFast: Estimate;
  /** Per bp, per second, bp. */
  readonly kappa: SidedEstimate;
  readonly alpha: SidedEstimate;
  readonly epsilon: SidedEstimate;
  /** Where orders are counted: reaches from `from`, censored at `to`. */
  readonly band: { readonly from: Bps; readonly to: Bps };
  /** Clustering of orders: variance of their number in 1 to 15 min over its mean; 1 = Poisson. */
  readonly fano: number;
  /** Share of alpha that a quote sees which is missing for 0.5 s after each hit; less than 1 in bursts. */
  readonly hitShare: number;
  /** Greatest distance between the reaches seen and the exponential fitted to them, 0 to 1. */
  readonly ks: number;
  /** Chance of reach seen by a quote that rests `quoteAge`: its decay per bp and its rate at the mid per second. */
  readonly resting: {
    readonly quoteAge: Seconds;
    readonly kappa: number;
    readonly alpha: number;
    /** Of the regression behind them. */
    readonly r2: number;
  } | null;
  readonly jumps: number;
  /** Rows that made no sense, and orders without a mid just before them. */
  readonly rejected: number;
  readonly blind: number;
}

/** Where the fair price comes from, besides mid and weighted mid, which need no state. */
export interface FairPrice {
  onBook(now: Instant, book: L2Book): void;
  /** In ticks; NaN-free: falls back to the mid while not ready. */
  fair(book: L2Book): TickPrice;
  /** Rows were lost: what was seen before does not lead to what is seen next. */
  onGap?(nowUs: Micros): void;
}
