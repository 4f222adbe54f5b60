// Hot path: one side of the synthetic book, its best twenty levels from the touch outwards, in ticks and lots.
// Every change is written to the block at once as a row, so rows and levels cannot differ. Nothing is allocated.
import type { Random } from '#core/random';
import type { RowBlock } from '#core/rows';
import { ROW_LEVEL, ROW_TRADE } from '#core/rows';
import type { Side } from '#core/units';
import { BID } from '#core/units';
import type { MarketPreset } from './presets.js';

/** Levels kept a side, as top-N feeds have it. */
export const LEVELS = 20;
/** Mean distance between neighbouring levels, in ticks. */
const SPACING = 13;
const SIZE_SPREAD = 0.8;
const SIZE_MEAN = Math.exp((SIZE_SPREAD * SIZE_SPREAD) / 2);

export class QuoteSide {
  /** Depth now over the preset's own. */
  depth = 1;
  count = 0;
  readonly ticks = new Float64Array(2 * LEVELS);
  readonly lots = new Float64Array(2 * LEVELS);
  /** +1 when levels further out have higher prices (asks), -1 for bids. */
  private readonly outward: 1 | -1;

  constructor(
    private readonly side: Side,
    private readonly preset: MarketPreset,
    private readonly random: Random,
  ) {
    this.outward = side === BID ? -1 : 1;
  }

  get touch(): number {
    return this.ticks[0] as number;
  }

  /** Makes `touch` the best price: what is nearer goes, holes are filled, far levels come and go at the end. */
  quote(touch: number, us: number, out: RowBlock): void {
    const { outward, ticks } = this;
    while (this.count > 0 && ((ticks[0] as number) - touch) * outward < 0) this.drop(0, us, out);
    if (this.count === 0 || ticks[0] !== touch) {
      if (this.count > 0) this.demote(touch, us, out);
      this.insert(0, touch, this.drawLots(this.preset.bestLots), us, out);
      this.fill(us, out);
    }
    while (this.count > LEVELS) this.drop(this.count - 1, us, out);
    while (this.count < LEVELS) {
      const last = ticks[this.count - 1] as number;
      const price = last + outward * this.gap();
      this.insert(this.count, price, this.drawLots(this.preset.deepLots), us, out);
    }
  }

  /** Some maker changes his size somewhere. */
  stir(us: number, out: RowBlock): void {
    if (this.count === 0) return;
    const i = this.random.int(this.count);
    const lots = this.drawLots(i === 0 ? this.preset.bestLots : this.preset.deepLots);
    this.lots[i] = lots;
    out.push(ROW_LEVEL, this.side, us, us, this.ticks[i] as number, lots);
  }

  /**
   * A taker takes up to `lots`, at `limit` or better: prints first, then what is left of the levels. The last
   * level is never taken: a real book goes on behind its best twenty.
   * Returns how far beyond the touch the last print was, in ticks; -1 when nothing was taken.
   */
  take(lots: number, limit: number, us: number, out: RowBlock): number {
    const { outward, ticks, side } = this;
    const first = ticks[0] as number;
    let left = lots;
    let level = 0;
    let last = first;
    while (level < this.count - 1 && left > 0) {
      const price = ticks[level] as number;
      if ((price - limit) * outward > 0) break;
      const got = Math.min(left, this.lots[level] as number);
      out.push(ROW_TRADE, -side as Side, us, us, price, got);
      left -= got;
      last = price;
      if (got < (this.lots[level] as number)) {
        this.lots[level] = (this.lots[level] as number) - got;
        break;
      }
      level += 1;
    }
    if (left === lots) return -1;
    const partial = ticks[level] === last;
    for (let i = 0; i < level; i++) out.push(ROW_LEVEL, side, us, us, ticks[i] as number, 0);
    this.shift(level);
    if (partial) out.push(ROW_LEVEL, side, us, us, this.touch, this.lots[0] as number);
    return (last - first) * outward;
  }

  /** The best level is about to be second: its extra size leaves it; too near the new touch, all of it does. */
  private demote(touch: number, us: number, out: RowBlock): void {
    const distance = ((this.ticks[0] as number) - touch) * this.outward;
    if (distance < SPACING / 2) {
      this.drop(0, us, out);
      return;
    }
    const lots = this.drawLots(this.preset.deepLots);
    this.lots[0] = lots;
    out.push(ROW_LEVEL, this.side, us, us, this.ticks[0] as number, lots);
  }

  /** Levels between the touch and the second level, where that is far. */
  private fill(us: number, out: RowBlock): void {
    const { outward, ticks } = this;
    let price = ticks[0] as number;
    for (let i = 1; i < LEVELS && i < this.count; i++) {
      price += outward * this.gap();
      if (((ticks[i] as number) - price) * outward < SPACING / 2) return;
      this.insert(i, price, this.drawLots(this.preset.deepLots), us, out);
    }
  }

  /** Ticks from one level to the next: 1 + exponential, rounded. */
  private gap(): number {
    return 1 + Math.floor(this.random.exponential(1) * (SPACING - 0.5));
  }

  private drawLots(mean: number): number {
    const z = SIZE_SPREAD * this.random.normal();
    return Math.ceil(((mean * this.depth) / SIZE_MEAN) * Math.exp(z));
  }

  private insert(at: number, price: number, lots: number, us: number, out: RowBlock): void {
    const { ticks, lots: sizes } = this;
    for (let i = this.count; i > at; i--) {
      ticks[i] = ticks[i - 1] as number;
      sizes[i] = sizes[i - 1] as number;
    }
    ticks[at] = price;
    sizes[at] = lots;
    this.count += 1;
    out.push(ROW_LEVEL, this.side, us, us, price, lots);
  }

  private drop(at: number, us: number, out: RowBlock): void {
    out.push(ROW_LEVEL, this.side, us, us, this.ticks[at] as number, 0);
    if (at === 0) this.shift(1);
    else this.count -= 1;
  }

  /** Forgets the best `levels`. */
  private shift(levels: number): void {
    if (levels === 0) return;
    this.ticks.copyWithin(0, levels, this.count);
    this.lots.copyWithin(0, levels, this.count);
    this.count -= levels;
  }
}
