// The synthetic market as a source of rows: hidden value, makers who follow it late, takers who partly know it.
// Endless or bounded, generated as it is asked for, in constant memory, the same rows for the same seed everywhere.
// It knows nothing of our own orders: they move no price here (the exchange says what they fill against).
import { assert } from '#core/assert';
import { MARK_GRID } from '#core/instrument';
import { Random } from '#core/random';
import type { RowSource } from '#core/rows';
import { BLOCK_ROWS, ROW_CLEAR, ROW_FUNDING, ROW_MARK, RowBlock } from '#core/rows';
import { ASK, BID, MICROS_PER_SECOND } from '#core/units';
import { TakerFlow } from './flow.js';
import type { MarketPreset, PresetName } from './presets.js';
import { presetOf } from './presets.js';
import { QuoteSide } from './quotes.js';
import { HiddenValue } from './value.js';

/** A block is given out when it has less room than this: no event makes more rows. */
const MOST_ROWS_AT_ONCE = 200;
export const LEAST_BLOCK = 256;
const FOREVER = 1e6;
const DAY = 86_400;

export interface MarketOptions {
  readonly preset: PresetName | MarketPreset;
  readonly seed: number | string;
  /** Whole microseconds since the epoch; the hour of the day matters. */
  readonly startUs: number;
  /** Whole microseconds; absent: endless. */
  readonly durationUs?: number;
  /** Ticks; default 1,000,000 (100,000 at a tick of 0.1). */
  readonly startTicks?: number;
  /** Seconds between funding payments, at multiples of it since the epoch. Default 3,600. */
  readonly fundingPeriod?: number;
  /** Rows of the blocks that `next` makes when none is given; at least 256. */
  readonly blockRows?: number;
}

export class SyntheticMarket implements RowSource {
  readonly totalRows = null;
  private readonly preset: MarketPreset;
  private readonly random: Random;
  private readonly value: HiddenValue;
  private readonly flow: TakerFlow;
  private readonly bids: QuoteSide;
  private readonly asks: QuoteSide;
  private readonly endUs: number;
  private readonly fundingUs: number;
  private nowUs: number;
  private begun = false;
  /** Middle of the makers' quotes, in ticks; what they aim their touches at. */
  private centre: number;
  private spread = 1;
  private bidTouch = 0;
  private askTouch = 0;
  private logDepth = 0;
  private mark: number;
  private fundingRate = 0;
  private bookUs: number;
  private breathUs: number;
  private paymentUs: number;
  private newsUs: number;
  private shockUs: number;
  private snipeUs = Infinity;

  constructor(private readonly options: MarketOptions) {
    const { seed, startUs, durationUs } = options;
    assert(Number.isSafeInteger(startUs), 'a market starts at a whole microsecond');
    this.preset = typeof options.preset === 'string' ? presetOf(options.preset) : options.preset;
    const root = new Random(seed);
    this.random = root.fork('makers');
    const startTicks = options.startTicks ?? 1_000_000;
    this.value = new HiddenValue(this.preset, root.fork('value'), startTicks, startUs);
    this.flow = new TakerFlow(this.preset, root.fork('takers'), startUs);
    this.bids = new QuoteSide(BID, this.preset, this.random);
    this.asks = new QuoteSide(ASK, this.preset, this.random);
    this.nowUs = startUs;
    this.endUs = durationUs === undefined ? Infinity : startUs + durationUs;
    this.centre = startTicks;
    this.mark = startTicks;
    this.fundingUs = (options.fundingPeriod ?? 3_600) * MICROS_PER_SECOND;
    this.bookUs = startUs;
    this.breathUs = startUs + MICROS_PER_SECOND;
    this.paymentUs = (Math.floor(startUs / this.fundingUs) + 1) * this.fundingUs;
    this.newsUs = this.later(this.preset.newsRate);
    this.shockUs = this.later(this.preset.shocksPerDay / DAY);
  }

  /** The next rows: as many as `reuse` (256 or more) or a fresh block holds, never ending within an event. */
  next(reuse?: RowBlock): RowBlock | null {
    const block = reuse ?? new RowBlock(this.options.blockRows ?? BLOCK_ROWS);
    assert(block.capacity >= LEAST_BLOCK, `a block of ${block.capacity} rows is too small`);
    block.count = 0;
    const room = block.capacity - MOST_ROWS_AT_ONCE;
    if (!this.begun) this.begin(block);
    while (block.count <= room && this.step(block));
    return block.count === 0 ? null : block;
  }

  close(): void {
    this.nowUs = Infinity;
  }

  /** The next thing that happens, whatever it is; false at the end. */
  private step(out: RowBlock): boolean {
    const { flow } = this;
    const makers = Math.min(this.bookUs, this.breathUs, this.paymentUs);
    const takers = Math.min(flow.nextUs, this.snipeUs, this.newsUs, this.shockUs);
    const us = Math.min(makers, takers);
    if (us > this.endUs || this.nowUs === Infinity) return false;
    if (us > this.nowUs) this.value.advance((us - this.nowUs) / MICROS_PER_SECOND);
    this.nowUs = us;
    if (us === this.bookUs) this.requote(out);
    else if (us === flow.nextUs) this.takerOrder(out);
    else if (us === this.snipeUs) this.snipe(out);
    else if (us === this.newsUs) this.news();
    else if (us === this.breathUs) this.breathe(out);
    else if (us === this.shockUs) this.shock();
    else this.payFunding(out);
    return true;
  }

  private begin(out: RowBlock): void {
    this.begun = true;
    out.push(ROW_CLEAR, 0, this.nowUs, this.nowUs, 0, 0);
    this.aim();
    this.bids.quote(this.bidTouch, this.nowUs, out);
    this.asks.quote(this.askTouch, this.nowUs, out);
    this.bookUs = this.nowUs + this.cadence();
    out.push(ROW_MARK, 0, this.nowUs, this.nowUs, this.mark, 0);
    this.drawFunding();
    out.push(ROW_FUNDING, 0, this.nowUs, this.nowUs, this.fundingRate, 0);
  }

  /** A book update: makers go after the public price when it has left them behind, and restore what was taken. */
  private requote(out: RowBlock): void {
    const { value, preset, random } = this;
    const away = value.publicTicks - this.centre;
    const band = preset.deadBand * value.bpTicks * value.ratio;
    const moves = away > band || away < -band;
    if (moves) this.centre += away * preset.response;
    if (moves || random.bool(0.12)) this.aim();
    const us = this.nowUs;
    // Into the room first: the side that is in the way of the other one's new touch is moved first.
    const { bids, asks } = this;
    if (this.askTouch <= bids.touch || bids.count === 0) {
      bids.quote(this.bidTouch, us, out);
      asks.quote(this.askTouch, us, out);
    } else {
      asks.quote(this.askTouch, us, out);
      bids.quote(this.bidTouch, us, out);
    }
    if (random.bool(0.7)) bids.stir(us, out);
    if (random.bool(0.7)) asks.stir(us, out);
    this.bookUs = us + this.cadence();
  }

  /** Draws the spread and puts both touches around the centre. */
  private aim(): void {
    const { preset, random, value } = this;
    const { ratio, bpTicks } = value;
    this.spread = 1;
    if (random.bool(Math.min(0.7, preset.wideChance * ratio))) {
      this.spread += Math.floor(random.exponential(1) * preset.wideSize * ratio * bpTicks);
    }
    const below = this.spread === 1 ? 0 : random.next() * this.spread;
    this.bidTouch = Math.max(1, Math.floor(this.centre - below));
    this.askTouch = this.bidTouch + this.spread;
  }

  private takerOrder(out: RowBlock): void {
    const { flow, value } = this;
    if (!flow.arrives()) return;
    const edge = (value.ticks - this.centre) / value.bpTicks;
    const side = flow.side(edge);
    this.sweep(side, flow.lots(), side === BID ? Infinity : -Infinity, out);
  }

  /** A taker who has seen the news takes everything that is stale. */
  private snipe(out: RowBlock): void {
    this.snipeUs = Infinity;
    const { value, flow } = this;
    const side = value.ticks > this.centre ? BID : ASK;
    const lots = flow.lots() * 50;
    if (this.sweep(side, lots, value.ticks, out)) flow.exciteAt(this.nowUs);
  }

  private sweep(side: 1 | -1, lots: number, limit: number, out: RowBlock): boolean {
    const book = side === BID ? this.asks : this.bids;
    const through = book.take(lots, limit, this.nowUs, out);
    if (through > 0) this.centre += side * through * this.preset.learning;
    return through >= 0;
  }

  private news(): void {
    this.newsUs = this.later(this.preset.newsRate);
    this.value.news();
    if (this.random.bool(this.preset.snipeChance)) this.callSniper();
  }

  private shock(): void {
    this.shockUs = this.later(this.preset.shocksPerDay / DAY);
    this.value.shock();
    this.callSniper();
  }

  private callSniper(): void {
    this.snipeUs = this.later(1 / this.preset.snipeSeconds);
  }

  /** Once a second: volatility, depth, base rates and the mark. */
  private breathe(out: RowBlock): void {
    const { value, random, bids, asks } = this;
    value.breathe(this.nowUs, 1);
    this.flow.breathe(this.nowUs, value.ratio);
    this.logDepth = 0.98 * this.logDepth + 0.08 * random.normal();
    const depth = Math.exp(this.logDepth) / Math.sqrt(value.ratio);
    bids.depth = depth;
    asks.depth = depth;
    if (bids.count > 0 && asks.count > 0) {
      this.mark += 0.3 * ((bids.touch + asks.touch) / 2 - this.mark);
    }
    const onGrid = Math.round(this.mark * MARK_GRID) / MARK_GRID;
    out.push(ROW_MARK, 0, this.nowUs, this.nowUs, onGrid, 0);
    this.breathUs += MICROS_PER_SECOND;
  }

  private payFunding(out: RowBlock): void {
    out.push(ROW_FUNDING, 0, this.nowUs, this.nowUs, this.fundingRate, 1);
    this.drawFunding();
    out.push(ROW_FUNDING, 0, this.nowUs, this.nowUs, this.fundingRate, 0);
    this.paymentUs += this.fundingUs;
  }

  /** AR(1) a period: mean 0.04 bp, sd 0.1 bp, autocorrelation 0.88 (Hyperliquid BTC, hourly), in 1e-10. */
  private drawFunding(): void {
    const mean = 40_000;
    const noise = this.random.normal() * 100_000 * Math.sqrt(1 - 0.88 * 0.88);
    this.fundingRate = Math.round(mean + 0.88 * (this.fundingRate - mean) + noise);
  }

  private cadence(): number {
    return 250_000 + this.random.int(250_001);
  }

  /** A time after now, exponential with `rate` a second; in the far future when the rate is 0. */
  private later(rate: number): number {
    const seconds = rate > 0 ? this.random.exponential(rate) : FOREVER * DAY;
    return this.nowUs + Math.ceil(seconds * MICROS_PER_SECOND);
  }
}
