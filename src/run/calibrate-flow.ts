// Alpha, kappa and epsilon over a whole tape, by the very estimators of --dynamic with time standing still: no
// order fades. What happened is kept as a list, so that any part of the tape (a regime) can be asked again.
import { GoodnessOfFit } from '#analyzers/goodness-of-fit';
import type { Band } from '#analyzers/liquidity-decay';
import type { MarketOrder } from '#analyzers/market-orders';
import { SideFlow } from '#analyzers/side-flow';
import type { Estimate } from '#core/analyzer';
import type { MarketParams } from '#core/params';
import type { Aggressor, Side } from '#core/units';
import { BID } from '#core/units';
import type { Figure, SidedFigure } from '#report/calibration';

/** The time that every order is given: equal times do not fade. */
const STILL = 1;
const STANDING = Object.freeze({ us: STILL });

export const figureOf = (estimate: Estimate): Figure => {
  const { value, standardError, low, high, effectiveCount } = estimate;
  return { value, standardError, low, high, effectiveCount };
};

/** An order out of time. */
export const still = (order: MarketOrder): MarketOrder => ({ ...order, us: STILL });

/** The estimators of one band over one part of the tape. */
export class StillFlow {
  private readonly bid: SideFlow;
  private readonly ask: SideFlow;
  private readonly both: SideFlow;
  private readonly fit: GoodnessOfFit;

  constructor(band: Band, prior: MarketParams) {
    this.bid = new SideFlow(band, prior, 1);
    this.ask = new SideFlow(band, prior, 1);
    this.both = new SideFlow(band, prior, 2);
    this.fit = new GoodnessOfFit(band, Infinity);
  }

  /** An order out of time that reaches the band; of unknown side it is half an order for either, as in OrderFlow. */
  order(order: MarketOrder, hit: boolean): void {
    const { side } = order;
    const weight = side === 0 ? 0.5 : 1;
    if (side >= 0) this.ask.add(order, weight, hit);
    if (side <= 0) this.bid.add(order, weight, hit);
    this.both.add(order, 1, hit);
    this.fit.add(order);
  }

  /** The mid went so far in the direction of such an order within 5 s. */
  move(side: Side, bps: number): void {
    (side === BID ? this.ask : this.bid).cost.add(STANDING, bps);
    this.both.cost.add(STANDING, bps);
  }

  /** 60 s of watched time are over. */
  minute(): void {
    for (const flow of [this.bid, this.ask, this.both]) flow.closeWindow(STANDING);
  }

  kappa(): SidedFigure {
    return this.sided((flow) => flow.kappaEstimate(STILL));
  }

  /** `seconds`: the time that was watched. */
  alpha(seconds: number): SidedFigure {
    return this.sided((flow) => flow.alphaEstimate(STILL, seconds));
  }

  epsilon(): SidedFigure {
    return this.sided((flow) => flow.epsilonEstimate(STILL));
  }

  ks(): number {
    return this.fit.distance(this.both.depth.kappa(STILL));
  }

  hitShare(seconds: number): number {
    return this.both.arrivals.hitShare(STILL, seconds);
  }

  get fano(): number {
    return this.both.arrivals.fano;
  }

  private sided(of: (flow: SideFlow) => Estimate): SidedFigure {
    const [bid, ask, both] = [this.bid, this.ask, this.both].map((flow) => figureOf(of(flow)));
    return { bid, ask, both } as SidedFigure;
  }
}

const MINUTE = 0;
const MOVE = 1;
const ORDER = 2;

/**
 * What the estimators were told, and in which window of the tape. Orders of the band only, as columns: an account
 * with a rebate has them all in its band, a million a day on a large venue.
 */
export class FlowLog {
  /** What it was, its side plus 1, and whether it hit, in one number. */
  private readonly codes: number[] = [];
  private readonly values: number[] = [];
  private readonly windows: number[] = [];
  private window = 0;

  /** What follows happens in that window. */
  at(window: number): void {
    this.window = window;
  }

  order({ side, reach }: MarketOrder, hit: boolean): void {
    this.push(ORDER, side, hit, reach);
  }

  move(side: Side, bps: number): void {
    this.push(MOVE, side, false, bps);
  }

  minute(): void {
    this.push(MINUTE, 0, false, 0);
  }

  /** The estimators over the windows that `take` accepts. */
  replay(band: Band, prior: MarketParams, take: (window: number) => boolean): StillFlow {
    const flow = new StillFlow(band, prior);
    for (let i = 0; i < this.codes.length; i += 1) {
      if (!take(this.windows[i] as number)) continue;
      const code = this.codes[i] as number;
      const value = this.values[i] as number;
      const what = code >> 3;
      const side = (((code >> 1) & 3) - 1) as Aggressor;
      if (what === MINUTE) flow.minute();
      else if (what === MOVE) flow.move(side as Side, value);
      else flow.order({ us: STILL, side, reach: value, mid: 0, way: BID }, (code & 1) === 1);
    }
    return flow;
  }

  private push(what: number, side: Aggressor, hit: boolean, value: number): void {
    this.codes.push((what << 3) | ((side + 1) << 1) | (hit ? 1 : 0));
    this.values.push(value);
    this.windows.push(this.window);
  }
}
