// What `mm calibrate` found on one tape: the contract of its --json, and what the table, the warnings and the
// parameter file are made of. Names are a contract for users' scripts: add, never rename. No behaviour.

/** One measured figure in the unit of the parameter; the interval is 95 %, about the logarithm where it is positive. */
export interface Figure {
  readonly value: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  /** Observations that it rests on; overlapping ones count in part. 0: this is the value that was given. */
  readonly effectiveCount: number;
}

/** `bid`: of resting bids, which sellers fill; `ask` likewise; `both`: pooled, which is what is quoted on. */
export interface SidedFigure {
  readonly bid: Figure;
  readonly ask: Figure;
  readonly both: Figure;
}

export interface Span {
  /** In bp from the mid. */
  readonly from: number;
  readonly to: number;
}

export interface SignaturePoint {
  readonly seconds: number;
  /** bp per root second, without a prior and not winsorised; null without returns. */
  readonly sigma: number | null;
  readonly standardError: number | null;
  readonly returns: number;
}

export interface MarkoutPoint {
  readonly seconds: number;
  /** Mean move of the mid in the taker's direction; null without orders. */
  readonly bps: number | null;
  readonly standardError: number | null;
  readonly orders: number;
}

export interface ReachPoint {
  readonly seconds: number;
  readonly distance: number;
  /** Share of windows in which a side was reached; null without windows. */
  readonly seen: number | null;
  /** From alpha and kappa: bursts count once, the drift of the mid where its formula holds. */
  readonly fitted: number;
  /** From the fit to windows of that length; null where that has too little. */
  readonly resting: number | null;
}

export interface CurvePoint {
  readonly distance: number;
  /** Taker orders that reached that far. */
  readonly orders: number;
  /** Per second and side. */
  readonly seen: number;
  readonly fitted: number;
}

export interface Regime {
  readonly name: 'calm' | 'normal' | 'fast';
  readonly windows: number;
  readonly seconds: number;
  /** Sigma of its calmest and its fastest window. */
  readonly sigmaFrom: number;
  readonly sigmaTo: number;
  readonly sigma: Figure;
  readonly kappa: Figure;
  readonly alpha: Figure;
  readonly epsilon: Figure;
}

export interface Calibration {
  readonly schemaVersion: 1;
  readonly source: string;
  readonly market: string;
  /** ISO 8601, UTC. */
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
  /** Time with a sound book and no hole, and its share of all. */
  readonly watchedSeconds: number;
  readonly usable: number;
  readonly gaps: { readonly count: number; readonly seconds: number };
  readonly rows: number;
  /** The values that the estimators lean on while there is little data. */
  readonly prior: {
    readonly sigma: number;
    readonly kappa: number;
    readonly alpha: number;
    readonly epsilon: number;
  };
  readonly band: Span;
  readonly sigma: Figure;
  readonly kappa: SidedFigure;
  readonly alpha: SidedFigure;
  readonly epsilon: SidedFigure;
  /** The same from other distances: one exponential is a rough description. */
  readonly otherBands: readonly (Span & { readonly kappa: Figure; readonly alpha: Figure })[];
  readonly fit: {
    /** Kolmogorov-Smirnov distance of the reaches in the band to the fitted exponential. */
    readonly ks: number;
    /** Of the fitted line to the logarithm of the intensity seen, in the band; null with too few orders. */
    readonly r2: number | null;
    /** Share of alpha that a quote sees which is missing for 0.5 s after each hit. */
    readonly hitShare: number;
    readonly orders: number;
  };
  readonly fillCurve: readonly CurvePoint[];
  readonly reach: readonly ReachPoint[];
  /** lambda(d) = alpha e^{-kappa d} as quotes see it that rest for so many seconds. */
  readonly resting: readonly {
    readonly seconds: number;
    readonly kappa: number;
    readonly alpha: number;
    readonly r2: number;
  }[];
  readonly markouts: {
    readonly all: readonly MarkoutPoint[];
    readonly inBand: readonly MarkoutPoint[];
  };
  readonly signature: readonly SignaturePoint[];
  readonly orders: {
    readonly count: number;
    readonly perSecond: number;
    readonly printsPerSecond: number;
    /** Share of orders whose side nobody said. */
    readonly unknownSide: number;
    /** Variance over mean of their number in 1 s and 60 s; null with too little. */
    readonly fano1: number | null;
    readonly fano60: number | null;
    /** What the standard error of alpha takes: orders in the band over 1 to 15 min. */
    readonly fanoInBand: number;
    readonly blind: number;
    readonly rejected: number;
  };
  readonly touch: {
    readonly spreadBps: number | null;
    readonly tickBps: number | null;
    /** Shares of the watched time. */
    readonly oneTick: number | null;
    readonly locked: number | null;
    /** Mean size at the touch in base units, and its worth. */
    readonly bid: number | null;
    readonly ask: number | null;
    readonly bidWorth: number | null;
    readonly askWorth: number | null;
  };
  readonly regimes: {
    readonly windowSeconds: number;
    /** Windows with too few returns to tell. */
    readonly unclassified: number;
    readonly classes: readonly Regime[];
  };
  readonly warnings: readonly string[];
}
