// A market made of one-minute bars: a seeded path through open, high, low and close in steps of a second, and taker
// orders whose rate and reach follow a fill curve alpha e^{-kappa d}, leaning towards where the path goes next so that
// the mid moves by epsilon in their direction within 5 s. Coarse: only the bars' prices are real.
import { assert } from '#core/assert';
import { Random } from '#core/random';
import { ROW_CLEAR, ROW_GAP, ROW_LEVEL, ROW_TRADE, RowBlock } from '#core/rows';
import type { RowSource } from '#core/rows';
import { ASK, BID } from '#core/units';
import type { Side } from '#core/units';

/** Columns of bars, in whole ticks; `us` is when each opens. */
export interface BarColumns {
  readonly count: number;
  readonly us: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** The calibrated flow: taker orders a second and side, decay of their reach per bp, mid move after 5 s in bp. */
export interface BarFlow {
  readonly alpha: number;
  readonly kappa: number;
  readonly epsilon: number;
}

const BAR_US = 60_000_000;
const STEPS = 60;
const STEP_US = BAR_US / STEPS;
/** The span over which adverse selection is meant, in steps. */
const AHEAD = 5;
/** Most taker orders of one step; beyond it the rest is dropped (never at plausible rates). */
const MOST_ORDERS = 64;
/** About so many bars, spread evenly, tell how far the mid moves. */
const CALIBRATION_BARS = 5_000;
const MOST_ROWS = 4 + 2 * MOST_ORDERS;

export class BarMarket implements RowSource {
  readonly totalRows = null;
  private readonly random: Random;
  private readonly lean: number;
  private bar = 0;
  private step = 0;
  /** Mids of this bar and the next: STEPS + 1 each. */
  private path = new Float64Array(STEPS + 1);
  private ahead = new Float64Array(STEPS + 1);
  private bid = 0;
  private ask = 0;
  private readonly times = new Float64Array(MOST_ORDERS);

  constructor(
    private readonly bars: BarColumns,
    private readonly flow: BarFlow,
    seed: number,
    /** Size shown at the touch and of each taker order. */
    private readonly lots: number,
  ) {
    assert(bars.count > 0 && lots >= 1, 'a market of no bars or no size');
    assert(flow.alpha > 0 && flow.kappa > 0, 'a fill curve without rate or decay');
    this.random = new Random(seed).fork('bars');
    // With chance (1 + lean)/2 an order goes where the path goes next: E[side x move] = lean x E|move| = epsilon.
    this.lean = Math.max(
      -1,
      Math.min(1, flow.epsilon / this.meanMove(new Random(seed).fork('moves'))),
    );
    this.draw(this.path, 0);
    this.draw(this.ahead, 1);
  }

  next(reuse?: RowBlock): RowBlock | null {
    const block = reuse ?? new RowBlock();
    assert(block.capacity > MOST_ROWS, `a block of ${block.capacity} rows is too small`);
    block.count = 0;
    while (block.count + MOST_ROWS <= block.capacity && this.bar < this.bars.count)
      this.second(block);
    return block.count === 0 ? null : block;
  }

  close(): void {
    this.bar = this.bars.count;
  }

  private second(block: RowBlock): void {
    const { bars, bar, step } = this;
    const us = (bars.us[bar] as number) + step * STEP_US;
    if (bar === 0 && step === 0) block.push(ROW_CLEAR, 0, us, us, 0, 0);
    if (step === 0 && bar > 0) this.bridge(block, us);
    this.quote(block, us, this.path[step] as number);
    this.orders(block, us);
    this.step += 1;
    if (this.step < STEPS) return;
    this.step = 0;
    this.bar += 1;
    [this.path, this.ahead] = [this.ahead, this.path];
    this.draw(this.ahead, this.bar + 1);
  }

  /** Minutes without a bar are a hole. */
  private bridge(block: RowBlock, us: number): void {
    const ended = (this.bars.us[this.bar - 1] as number) + BAR_US;
    if (us === ended) return;
    block.push(ROW_GAP, 0, ended - STEP_US, us, 0, 0);
    block.push(ROW_CLEAR, 0, us, us, 0, 0);
    this.bid = 0;
    this.ask = 0;
  }

  /** The touch one tick wide around the mid; sent every second. */
  private quote(block: RowBlock, us: number, mid: number): void {
    const bid = Math.max(1, Math.ceil(mid) - 1);
    const ask = bid + 1;
    if (bid === this.bid) {
      block.push(ROW_LEVEL, BID, us, us, bid, this.lots); // a feed that says nothing would be stale
      return;
    }
    // What is in the way goes first, so that the book never crosses.
    if (this.bid > 0) {
      block.push(ROW_LEVEL, BID, us, us, this.bid, 0);
      block.push(ROW_LEVEL, ASK, us, us, this.ask, 0);
    }
    block.push(ROW_LEVEL, BID, us, us, bid, this.lots);
    block.push(ROW_LEVEL, ASK, us, us, ask, this.lots);
    this.bid = bid;
    this.ask = ask;
  }

  private orders(block: RowBlock, us: number): void {
    const { random, flow, times } = this;
    const mid = this.path[this.step] as number;
    const move = (1e4 * (this.midAhead() - mid)) / mid;
    const lean = this.lean * Math.sign(move);
    let count = 0;
    for (let at = random.exponential(2 * flow.alpha); at < 1 && count < MOST_ORDERS; count += 1) {
      times[count] = us + Math.floor(at * STEP_US);
      at += random.exponential(2 * flow.alpha);
    }
    for (let i = 0; i < count; i += 1) {
      const side: Side = random.bool((1 + lean) / 2) ? BID : ASK;
      const reach = (mid * random.exponential(flow.kappa)) / 1e4;
      const price =
        side === BID
          ? Math.max(this.ask, Math.floor(mid + reach))
          : Math.min(this.bid, Math.max(1, Math.ceil(mid - reach)));
      block.push(ROW_TRADE, side, times[i] as number, times[i] as number, price, this.lots);
    }
  }

  private midAhead(): number {
    const at = this.step + AHEAD;
    if (at <= STEPS) return this.path[at] as number;
    return (this.bar + 1 < this.bars.count ? this.ahead[at - STEPS] : this.path[STEPS]) as number;
  }

  /** Mean size of the move within AHEAD steps, in bp, over paths drawn like those to come. */
  private meanMove(random: Random): number {
    const path = new Float64Array(STEPS + 1);
    let [sum, count] = [0, 0];
    const stride = Math.max(1, Math.floor(this.bars.count / CALIBRATION_BARS));
    for (let bar = 0; bar < this.bars.count; bar += stride) {
      this.draw(path, bar, random);
      for (let i = 0; i + AHEAD <= STEPS; i += 1) {
        const from = path[i] as number;
        sum += (1e4 * Math.abs((path[i + AHEAD] as number) - from)) / from;
        count += 1;
      }
    }
    return Math.max(sum / count, 1e-6);
  }

  /** A random walk bridged from open to close, stretched so that its extremes are the bar's high and low. */
  private draw(path: Float64Array, bar: number, random = this.random): void {
    const { bars } = this;
    if (bar >= bars.count) return;
    const [open, close] = [bars.open[bar] as number, bars.close[bar] as number];
    const [high, low] = [bars.high[bar] as number, bars.low[bar] as number];
    const scale = (high - low || 1) / 2;
    let sum = 0;
    path[0] = 0;
    for (let i = 1; i <= STEPS; i += 1) {
      sum += random.normal();
      path[i] = sum;
    }
    const root = Math.sqrt(STEPS);
    for (let i = 0; i <= STEPS; i += 1) {
      const bridge = ((path[i] as number) - (i * sum) / STEPS) / root;
      path[i] = open + ((close - open) * i) / STEPS + bridge * scale;
    }
    stretch(path, Math.max(open, close), high, 1);
    stretch(path, Math.min(open, close), low, -1);
  }
}

/** Scales what lies beyond `base` (above for +1, below for -1) so that the farthest point is `goal`. */
function stretch(path: Float64Array, base: number, goal: number, sign: 1 | -1): void {
  let farthest = 0;
  let where = STEPS >> 1;
  for (let i = 1; i < STEPS; i += 1) {
    const beyond = ((path[i] as number) - base) * sign;
    if (beyond > farthest) [farthest, where] = [beyond, i];
  }
  if (farthest === 0) {
    path[where] = goal;
    return;
  }
  const factor = ((goal - base) * sign) / farthest;
  for (let i = 1; i < STEPS; i += 1) {
    const beyond = ((path[i] as number) - base) * sign;
    if (beyond > 0) path[i] = base + sign * beyond * factor;
  }
}
