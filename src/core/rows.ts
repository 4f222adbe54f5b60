// Market history and live feeds as columns: one row is one call with numbers, so nothing is
// allocated per row. Hot path: flat and mutable. A tape, the synthetic market and a recorder all
// speak in these blocks.
import { assert } from './assert.js';
import type { Aggressor, Lots, Micros, Rate, Side, TickPrice, Ticks } from './units.js';

/** A new snapshot of the book begins: forget every level. */
export const ROW_CLEAR = 1;
/** Absolute size at one price of the book; 0 removes it. */
export const ROW_LEVEL = 2;
/** One print; side is the aggressor (0: unknown). */
export const ROW_TRADE = 3;
/** Best price and size of one side from a separate top-of-book feed. */
export const ROW_QUOTE = 4;
/** The venue's mark price (ticks, on the 1/256 grid). */
export const ROW_MARK = 5;
/**
 * Funding: price column = rate for the coming period in 1e-10, size column = 1 when the payment is
 * due now.
 */
export const ROW_FUNDING = 6;
/**
 * The recording has a hole: exchangeUs = its start, localUs = its end. What happened inside is
 * unknown.
 */
export const ROW_GAP = 7;
/** A link fact: price column = code (1 up, 0 down), size column = channel (0 public, 1 private). */
export const ROW_LINK = 8;
/** The end of one drain of a recorded live run. */
export const ROW_DRAIN = 9;
/** A timer of a recorded live run fired. */
export const ROW_TIMER = 10;

export type RowKind = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;
export const BLOCK_ROWS = 65_536;

/**
 * Up to `capacity` rows as parallel columns; `exchangeUs` is the venue's clock, `localUs` the
 * recorder's.
 */
export class RowBlock {
  count = 0;
  readonly kind: Uint8Array;
  readonly side: Int8Array;
  readonly exchangeUs: Float64Array;
  readonly localUs: Float64Array;
  readonly price: Float64Array;
  readonly size: Float64Array;

  constructor(readonly capacity: number = BLOCK_ROWS) {
    this.kind = new Uint8Array(capacity);
    this.side = new Int8Array(capacity);
    this.exchangeUs = new Float64Array(capacity);
    this.localUs = new Float64Array(capacity);
    this.price = new Float64Array(capacity);
    this.size = new Float64Array(capacity);
  }

  get full(): boolean {
    return this.count === this.capacity;
  }

  push(
    kind: RowKind,
    side: Aggressor,
    exchangeUs: number,
    localUs: number,
    price: number,
    size: number,
  ): void {
    const i = this.count;
    assert(i < this.capacity, 'a row pushed into a full block');
    this.kind[i] = kind;
    this.side[i] = side;
    this.exchangeUs[i] = exchangeUs;
    this.localUs[i] = localUs;
    this.price[i] = price;
    this.size[i] = size;
    this.count = i + 1;
  }
}

/** Where rows come from, in order of local time (never decreasing), a block at a time. */
export interface RowSource {
  /** The next block, filled into `reuse` when given; null at the end. Throws on damaged data. */
  next(reuse?: RowBlock): RowBlock | null;
  /** Rows in all, where known beforehand (for progress), else null. */
  readonly totalRows: number | null;
  close(): void;
}

/**
 * Whoever takes market rows: the engine, the simulated exchange, an analyzer. Never throws on odd
 * data.
 */
export interface MarketRows {
  clear(): void;
  level(side: Side, ticks: Ticks, lots: Lots): void;
  trade(aggressor: Aggressor, ticks: TickPrice, lots: Lots, exchangeUs: Micros): void;
  quote(side: Side, ticks: Ticks, lots: Lots): void;
  mark(price: TickPrice): void;
  funding(rate: Rate, due: boolean): void;
  gap(fromUs: Micros, toUs: Micros): void;
}

/** Who takes the level rows of an instant in one call; for the two ends of a simulation. */
export interface LevelRuns extends MarketRows {
  /** `level` for each of the rows `from` .. `to` - 1 of a block, which are all level rows. */
  levelRun(block: RowBlock, from: number, to: number): void;
}

/** `applyRow` for the rows `from` .. `to` - 1, runs of level rows in one call each. */
export function applyRows(block: RowBlock, from: number, to: number, sink: LevelRuns): void {
  const { kind } = block;
  let i = from;
  while (i < to) {
    let end = i;
    while (end < to && kind[end] === ROW_LEVEL) end += 1;
    if (end > i) {
      sink.levelRun(block, i, end);
      i = end;
    } else {
      applyRow(block, i, sink);
      i += 1;
    }
  }
}

/**
 * Calls the one method of `sink` that row `i` of `block` stands for. Link, drain and timer rows are
 * the driver's.
 */
export function applyRow(block: RowBlock, i: number, sink: MarketRows): void {
  const kind = block.kind[i] as number;
  if (kind === ROW_LEVEL) {
    sink.level(block.side[i] as Side, block.price[i] as Ticks, block.size[i] as Lots);
  } else if (kind === ROW_TRADE) {
    const us = block.exchangeUs[i] as Micros;
    sink.trade(block.side[i] as Aggressor, block.price[i] as Ticks, block.size[i] as Lots, us);
  } else if (kind === ROW_QUOTE) {
    sink.quote(block.side[i] as Side, block.price[i] as Ticks, block.size[i] as Lots);
  } else if (kind === ROW_CLEAR) {
    sink.clear();
  } else if (kind === ROW_MARK) {
    sink.mark(block.price[i] as TickPrice);
  } else if (kind === ROW_FUNDING) {
    sink.funding(block.price[i] as Rate, block.size[i] === 1);
  } else if (kind === ROW_GAP) {
    sink.gap(block.exchangeUs[i] as Micros, block.localUs[i] as Micros);
  }
}
