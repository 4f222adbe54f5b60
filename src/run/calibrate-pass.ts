// Hot path, offline: one pass over the rows of a tape. Takes what an analyzer takes and hands it to everything
// that counts: the estimators of --dynamic, volatility by horizon, reach, markouts, the touch, holes. It reads no
// clock and draws no conclusion.
import type { Instant } from '#core/instant';
import { Exposure, WATCHED_US } from '#analyzers/exposure';
import { MISSING_US } from '#analyzers/arrival-rate';
import type { Band } from '#analyzers/liquidity-decay';
import type { MarketOrder } from '#analyzers/market-orders';
import { MarketOrders } from '#analyzers/market-orders';
import type { Moment } from '#analyzers/moment';
import { RestingReach } from '#analyzers/resting-reach';
import type { Analyzer } from '#core/analyzer';
import type { L2Book } from '#core/book';
import { MARKOUT_HORIZONS, MarkoutTracker } from '#core/markout';
import type { MarketParams } from '#core/params';
import type { CurrentMarket } from '#core/strategy';
import type { Aggressor, Lots, Micros, Seconds, Side, TickPrice } from '#core/units';
import { BID } from '#core/units';
import { ClusteredMean, WindowCounts } from '#report/calibration-counts';
import { OrderReaches, SeenReach } from '#report/calibration-reach';
import { Returns } from '#report/calibration-returns';
import { TouchTimes } from '#report/calibration-touch';
import { FlowLog, StillFlow, still } from './calibrate-flow.js';
import { TapeSigma } from './calibrate-sigma.js';

export const SIGNATURE_S: readonly number[] = [0.1, 1, 5, 30, 60, 300];
export const REACH_S: readonly number[] = [1, 5];
export const REACH_BPS: readonly number[] = [0.5, 1, 2, 3];
const SIGMA_S = 30;
/** Epsilon is the move after this long. */
const EPSILON_S = 5;
const MINUTE_US = 60_000_000;

export interface PassOptions {
  readonly startUs: number;
  /** Length of the windows that regimes are made of. */
  readonly windowUs: number;
  readonly band: Band;
  readonly otherBands: readonly Band[];
  readonly prior: MarketParams;
}

export class CalibrationPass implements Analyzer {
  readonly exposure = new Exposure(Infinity);
  readonly orders: MarketOrders;
  readonly log = new FlowLog();
  readonly sigma: TapeSigma;
  readonly others: readonly StillFlow[];
  readonly returns: readonly Returns[];
  readonly seen = REACH_S.map((seconds) => new SeenReach(seconds, REACH_BPS));
  readonly resting: readonly RestingReach[];
  readonly reaches = new OrderReaches();
  readonly touch = new TouchTimes();
  readonly perSecond = new WindowCounts(1e6);
  readonly perMinute = new WindowCounts(MINUTE_US);
  /** Of all orders of known side, and of those that reach the band; one for each horizon. */
  readonly moved = MARKOUT_HORIZONS.map(() => new ClusteredMean());
  readonly movedInBand = MARKOUT_HORIZONS.map(() => new ClusteredMean());
  /** Watched time of each window, in us. */
  readonly watchedUs: number[] = [];
  orderCount = 0;
  inBand = 0;
  unknownSides = 0;
  prints = 0;
  gaps = 0;
  gapUs = 0;
  private readonly markouts: MarkoutTracker;
  /** Handed on, never kept (analyzers/moment.ts). */
  private readonly now: Moment = { us: 0, mid: 0, venueUs: 0 };
  private window = 0;
  /** Watched time that its window knows of. */
  private countedUs = 0;
  private mid = 0;
  private midUs = 0;
  private bidHitUs = 0;
  private askHitUs = 0;

  constructor(private readonly options: PassOptions) {
    const { band, otherBands, prior } = options;
    this.sigma = new TapeSigma(prior.sigma);
    this.others = otherBands.map((other) => new StillFlow(other, prior));
    this.returns = SIGNATURE_S.map((seconds) => {
      if (seconds !== SIGMA_S) return new Returns(seconds);
      return new Returns(seconds, (us, square) => this.sigma.add(this.windowAt(us), square));
    });
    this.resting = REACH_S.map((seconds) => new RestingReach(band, seconds as Seconds, Infinity));
    this.orders = new MarketOrders((order) => this.onOrder(order));
    this.markouts = new MarkoutTracker(MARKOUT_HORIZONS, 4096, (id, h, mid, _bridged, side, from) =>
      this.onMove(id === 1, h, side, ((side * (mid - from)) / from) * 1e4),
    );
  }

  onBook({ us }: Instant, book: L2Book): void {
    this.enter(us);
    const mid = book.sound ? book.mid : (0 as TickPrice);
    const { now } = this;
    now.us = us;
    now.mid = mid;
    if (!(mid > 0 && mid < Infinity)) {
      this.exposure.unsound(now);
      this.orders.flush(now);
      this.touch.lost(us);
      for (const seen of this.seen) seen.drop();
      this.mid = 0;
      return;
    }
    this.watch(now);
    this.orders.flush(now);
    this.markouts.advance(us, mid);
    for (const returns of this.returns) returns.onMid(us, mid);
    for (const seen of this.seen) seen.onMid(us, mid);
    for (const resting of this.resting) resting.onMid(now);
    this.touch.take(us, book);
    this.mid = mid;
    this.midUs = us;
  }

  /** As OrderBookAnalyzer: against the last mid before this drain. */
  onTrade({ us, venueUs }: Instant, side: Aggressor, ticks: TickPrice, lots: Lots): void {
    this.enter(us);
    const { now } = this;
    now.us = us;
    now.mid = us - this.midUs <= WATCHED_US ? this.mid : 0;
    if (now.mid > 0) this.exposure.alive(now);
    now.venueUs = venueUs;
    if (!this.orders.print(now, side, ticks, lots)) return;
    this.prints += 1;
    for (const seen of this.seen) seen.onPrint(us, side, ticks);
    for (const resting of this.resting) resting.onPrint(now, side, ticks);
  }

  /** A hole that ends at `us`; `fromUs`: where it began, if that is known. */
  onGap(us: Micros, fromUs: number = us): void {
    this.orders.finish();
    this.gaps += 1;
    this.gapUs += Math.max(0, us - fromUs);
    if (this.midUs > 0) this.markouts.gap(this.midUs as Micros, us);
    this.exposure.gap(us);
    this.touch.gap(us);
    for (const returns of this.returns) returns.gap();
    for (const seen of this.seen) seen.drop();
    for (const resting of this.resting) resting.drop();
    this.mid = 0;
  }

  /** No more rows. */
  finish(us: Micros): void {
    this.enter(us);
    this.orders.finish();
    this.markouts.finish();
    this.touch.lost(us);
    this.closeClusters();
  }

  market(): CurrentMarket {
    return { ...this.options.prior, source: 'static' };
  }

  private windowAt(us: number): number {
    return Math.max(0, Math.floor((us - this.options.startUs) / this.options.windowUs));
  }

  private enter(us: number): void {
    const window = this.windowAt(us);
    if (window === this.window) return;
    this.window = window;
    this.log.at(window);
  }

  private watch(now: Moment): void {
    const { exposure, watchedUs, window } = this;
    exposure.sound(now);
    while (watchedUs.length <= window) watchedUs.push(0);
    watchedUs[window] = (watchedUs[window] as number) + exposure.totalUs - this.countedUs;
    this.countedUs = exposure.totalUs;
    if (exposure.windowUs < MINUTE_US) return;
    exposure.take();
    this.log.minute();
    for (const other of this.others) other.minute();
    this.closeClusters();
  }

  private closeClusters(): void {
    for (const moved of this.moved) moved.close();
    for (const moved of this.movedInBand) moved.close();
  }

  private onOrder(seen: MarketOrder): void {
    const { band, otherBands } = this.options;
    const { us, side, reach, mid, way } = seen;
    this.orderCount += 1;
    if (side === 0) this.unknownSides += 1;
    // It is handed out when it can no longer grow; it counts when it came.
    const watchedUs = this.exposure.totalUs - Math.max(0, this.now.us - us);
    this.perSecond.add(watchedUs);
    this.perMinute.add(watchedUs);
    this.reaches.add(reach);
    const outOfTime = still(seen);
    otherBands.forEach((other, i) => {
      if (reach >= other.from) this.others[i]?.order(outOfTime, true);
    });
    const inBand = reach >= band.from;
    if (inBand) {
      this.inBand += 1;
      const hit = us - (way === BID ? this.askHitUs : this.bidHitUs) >= MISSING_US;
      if (hit && way === BID) this.askHitUs = us;
      else if (hit) this.bidHitUs = us;
      this.log.order(seen, hit);
    }
    if (side !== 0) this.markouts.add(us as Micros, side, mid as TickPrice, inBand ? 1 : 0);
  }

  private onMove(inBand: boolean, horizon: number, side: Side, bps: number): void {
    this.moved[horizon]?.add(bps);
    if (!inBand) return;
    this.movedInBand[horizon]?.add(bps);
    if (MARKOUT_HORIZONS[horizon] === EPSILON_S) this.log.move(side, bps);
  }
}
