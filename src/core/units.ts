// The units of everything, as types: numbers that cannot be mixed up by accident. Zero cost at run
// time. Inside the program there is one time unit (whole microseconds, UTC epoch), prices are whole
// ticks, sizes are whole lots, and every distance is in basis points of the mid. Only Instrument
// turns decimal strings into these.

declare const unit: unique symbol;
/** A number that carries its unit in its type. */
export type Unit<Name extends string> = number & { readonly [unit]: Name };

/** Price in whole ticks. A fractional price (a mid, a mark, a fair price) is `TickPrice`. */
export type Ticks = Unit<'ticks'>;
/**
 * Price in ticks that may be fractional (mid = half ticks; marks are on the 1/256 grid of
 * `MARK_GRID`).
 */
export type TickPrice = Unit<'tick-price'> | Ticks;
/** Size in whole lots; signed where it is a position (long > 0). */
export type Lots = Unit<'lots'>;
/** Time in whole microseconds since the Unix epoch, UTC. */
export type Micros = Unit<'us'>;
/** A span of time in whole microseconds. */
export type SpanMicros = Unit<'us-span'>;
/** A span of time in seconds, as the quoting formulae take it. */
export type Seconds = Unit<'s'>;
/** A distance in basis points (1e-4) of the mid. */
export type Bps = Unit<'bp'>;
/** Decay of fill intensity, per basis point. */
export type PerBp = Unit<'1/bp'>;
/** A rate per second. */
export type PerSecond = Unit<'1/s'>;
/** Volatility in basis points per square root of a second. */
export type BpsPerRootSecond = Unit<'bp/sqrt(s)'>;
/** Risk aversion, per basis point (gamma_b = gamma-hat x 1e-4 of theory.md). */
export type GammaPerBp = Unit<'gamma/bp'>;
/** Inventory counted in units of the order size (n of the formulae). */
export type InventoryUnits = Unit<'units'>;
/** Money: a whole count of 1e-8 of the settle currency (see money.ts). */
export type Money = Unit<'1e-8'>;
/** A fee or funding rate: a whole count of 1e-10 of the notional, so 2 bp is 2_000_000. */
export type Rate = Unit<'1e-10'>;
/** A fraction, 1 = all. */
export type Fraction = Unit<'fraction'>;

/** The side of an order; its value is the sign of what a fill does to the position. */
export type Side = 1 | -1;
export const BID: Side = 1;
export const ASK: Side = -1;
/** Who took liquidity in a print: a buyer, a seller, or nobody said. */
export type Aggressor = Side | 0;

/** No price on that side of a book. Valid prices are positive, so one comparison tells. */
export const NO_PRICE = 0 as Ticks;

export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_MS = 1_000;
export const SECONDS_PER_YEAR = 31_557_600;

export const sideName = (side: Side): 'bid' | 'ask' => (side === BID ? 'bid' : 'ask');
export const toSeconds = (span: number): Seconds => (span / MICROS_PER_SECOND) as Seconds;
export const fromSeconds = (seconds: number): SpanMicros =>
  Math.round(seconds * MICROS_PER_SECOND) as SpanMicros;
export const fromMs = (ms: number): SpanMicros => Math.round(ms * MICROS_PER_MS) as SpanMicros;
