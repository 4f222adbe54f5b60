// Hot path: everything that is learnt from taker orders. Prints become orders, orders of the band
// go to their side's estimators and to both sides', with the time that was watched. It does not
// know what the figures are used for, nor when they may be trusted.
import type { SidedEstimate } from '#core/analyzer';
import { MarkoutTracker } from '#core/markout';
import type { MarketParams } from '#core/params';
import type { Aggressor, Micros, Side, TickPrice } from '#core/units';
import { BID } from '#core/units';
import { MISSING_US } from './arrival-rate.js';
import { Exposure } from './exposure.js';
import { isNumbers } from './fading.js';
import { GoodnessOfFit } from './goodness-of-fit.js';
import type { Band } from './liquidity-decay.js';
import type { MarketOrder } from './market-orders.js';
import { MarketOrders } from './market-orders.js';
import type { Moment } from './moment.js';
import { ORDER_HALF_LIFE_US, SideFlow } from './side-flow.js';

const WINDOW_US = 60_000_000;
const MARKOUT_S = 5;
/** Orders whose mid of 5 s later is awaited; more are left out, so that memory stays constant. */
const PENDING = 4_096;

export class OrderFlow {
  readonly exposure = new Exposure(ORDER_HALF_LIFE_US);
  readonly orders: MarketOrders;
  /** What hits resting bids (sellers), resting asks, and either. */
  readonly bid: SideFlow;
  readonly ask: SideFlow;
  readonly both: SideFlow;
  /** Time of the last taker order, in the band or not; 0 before the first. */
  orderUs = 0;
  private readonly fit: GoodnessOfFit;
  private readonly moves: MarkoutTracker;
  /** The last sound mid's time; 0 before the first. */
  private readonly last = { us: 0 };
  private afterGap = false;
  /** Last hit of either side's quotes. */
  private bidHitUs = 0;
  private askHitUs = 0;

  constructor(
    private readonly band: Band,
    fixed: MarketParams,
  ) {
    this.bid = new SideFlow(band, fixed, 1);
    this.ask = new SideFlow(band, fixed, 1);
    this.both = new SideFlow(band, fixed, 2);
    this.fit = new GoodnessOfFit(band, ORDER_HALF_LIFE_US);
    this.orders = new MarketOrders((order) => this.onOrder(order));
    this.moves = new MarkoutTracker([MARKOUT_S], PENDING, (_id, _h, mid, _bridged, side, from) =>
      this.onMove(side, ((side * (mid - from)) / from) * 1e4),
    );
  }

  /** A sound mid. */
  onMid(now: Moment): void {
    this.last.us = now.us;
    this.orders.flush(now);
    this.exposure.sound(now);
    if (now.us >= this.moves.nextDueUs || this.afterGap) this.resolve(now);
    if (this.exposure.windowUs >= WINDOW_US) this.closeWindow(now);
  }

  /**
   * The mid of `now`: the last one before the drain of this print; 0: none, or too old. False:
   * nonsense.
   */
  print(now: Moment, side: Aggressor, ticks: number, lots: number): boolean {
    if (now.mid > 0) this.exposure.alive(now);
    return this.orders.print(now, side, ticks, lots);
  }

  /** The book has no mid for now. */
  unsound(now: Moment): void {
    this.orders.flush(now);
    this.exposure.unsound(now);
  }

  /** Rows were lost. */
  gap(us: number): void {
    this.orders.finish();
    if (this.last.us > 0) this.moves.gap(this.last.us as Micros, us as Micros);
    this.afterGap = true;
    this.exposure.gap(us);
  }

  kappa(us: number): SidedEstimate {
    const { bid, ask, both } = this;
    return {
      bid: bid.kappaEstimate(us),
      ask: ask.kappaEstimate(us),
      both: both.kappaEstimate(us),
    };
  }

  alpha(us: number): SidedEstimate {
    const { bid, ask, both } = this;
    const seconds = this.exposure.seconds(us);
    return {
      bid: bid.alphaEstimate(us, seconds),
      ask: ask.alphaEstimate(us, seconds),
      both: both.alphaEstimate(us, seconds),
    };
  }

  epsilon(us: number): SidedEstimate {
    const { bid, ask, both } = this;
    return {
      bid: bid.epsilonEstimate(us),
      ask: ask.epsilonEstimate(us),
      both: both.epsilonEstimate(us),
    };
  }

  hitShare(us: number): number {
    return this.both.arrivals.hitShare(us, this.exposure.seconds(us));
  }

  /** Kolmogorov-Smirnov distance of the reaches from the fitted exponential. */
  ks(us: number): number {
    return this.fit.distance(this.both.depth.kappa(us));
  }

  save(): unknown[] {
    const { band, orderUs, exposure, fit, bid, ask, both } = this;
    const parts = [exposure, fit, bid, ask, both].map((part) => part.save());
    return [[band.from, band.to, orderUs], ...parts];
  }

  /**
   * False, and perhaps something changed, when it is not of this band or damaged: try it on
   * another first.
   */
  restore(saved: unknown): boolean {
    if (!Array.isArray(saved)) return false;
    const [head, ...parts] = saved as unknown[];
    if (!isNumbers(head, 3)) return false;
    // Sums over another band are sums of something else.
    if (head[0] !== this.band.from || head[1] !== this.band.to) return false;
    this.orderUs = head[2] as number;
    const { exposure, fit, bid, ask, both } = this;
    return [exposure, fit, bid, ask, both].every((part, i) => part.restore(parts[i]));
  }

  private resolve(now: Moment): void {
    this.moves.advance(now.us as Micros, now.mid as TickPrice);
    this.afterGap = false;
  }

  private closeWindow(now: Moment): void {
    this.exposure.take();
    this.bid.closeWindow(now);
    this.ask.closeWindow(now);
    this.both.closeWindow(now);
  }

  /** One whole market order. Of unknown side it is half an order for either side. */
  private onOrder(order: MarketOrder): void {
    const { side, way } = order;
    if (order.us > this.orderUs) this.orderUs = order.us;
    if (order.reach < this.band.from) return;
    const last = way === BID ? this.askHitUs : this.bidHitUs;
    const hit = order.us - last >= MISSING_US;
    if (hit && way === BID) this.askHitUs = order.us;
    else if (hit) this.bidHitUs = order.us;
    const weight = side === 0 ? 0.5 : 1;
    if (side >= 0) this.ask.add(order, weight, hit);
    if (side <= 0) this.bid.add(order, weight, hit);
    this.both.add(order, 1, hit);
    this.fit.add(order);
    if (side !== 0) this.awaitMove(order, side);
  }

  private awaitMove(order: MarketOrder, side: Side): void {
    if (this.moves.pending >= PENDING) return;
    this.moves.add(order.us as Micros, side, order.mid as TickPrice, 0);
  }

  private onMove(side: Side, bps: number): void {
    const flow = side === BID ? this.ask : this.bid;
    flow.cost.add(this.last, bps);
    this.both.cost.add(this.last, bps);
  }
}
