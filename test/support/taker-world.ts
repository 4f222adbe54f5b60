// A market of known truth for the analyzers: taker orders at exponential reach beyond the last
// published mid, Poisson or Hawkes, a mid that diffuses (and jumps, and bounces), book updates once
// a second, gaps, one regime after another. Event by event and exact: no books, no latency, no
// queue.
import type { Analyzer } from '#core/analyzer';
import { L2Book } from '#core/book';
import type { MarketParams } from '#core/params';
import { Random } from '#core/random';
import type { Aggressor, Bps, BpsPerRootSecond, Lots, Micros, PerBp, PerSecond } from '#core/units';
import { at } from './instant.js';
import type { TickPrice, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';

export const marketOf = (
  sigma: number,
  kappa: number,
  alpha: number,
  epsilon: number,
): MarketParams => ({
  sigma: sigma as BpsPerRootSecond,
  kappa: kappa as PerBp,
  alpha: alpha as PerSecond,
  epsilon: epsilon as Bps,
});

/** The defaults of spec.md section 1. */
export const DEFAULT_MARKET = marketOf(0.71, 1.2, 0.2, 0.2);

export interface WorldOptions {
  readonly seed: string;
  /** The truth. */
  readonly market: MarketParams;
  /**
   * Self-excitation of each side, a kernel each: mean children of an order, and how fast they
   * come, per second.
   */
  readonly hawkes?: readonly { readonly children: number; readonly decay: number }[];
  /** Prints tell their side. */
  readonly sides?: boolean;
  /** The published mid bounces by half a tick of this many bp. */
  readonly bounceBps?: number;
  /** Jumps per hour of this many bp, up or down. */
  readonly jumps?: { readonly perHour: number; readonly bps: number };
  /** Outages: every so many seconds, that long; 'silent' without a word of the host. */
  readonly gaps?: { readonly every: number; readonly length: number; readonly silent?: boolean };
  /** Orders are split into this many prints at most. */
  readonly prints?: number;
}

export const START_US = 1_800_000_000_000_000;
const START_TICKS = 1_000_000;
const SECOND = 1_000_000;

export class TakerWorld {
  market: MarketParams;
  nowUs = START_US;
  /** Orders that really came, gaps included. */
  orders = 0;
  private readonly random: Random;
  private readonly book = new L2Book(64);
  /** Excited rate of the buys, then of the sells, by kernel. */
  private readonly excited: [number[], number[]];
  private readonly children: number;
  private log = 0;
  private diffusedUs = START_US;
  private excitedUs = START_US;
  private mid = START_TICKS;
  private bookUs = START_US;
  private orderUs = START_US;
  private jumpUs: number;
  private lostUntilUs = 0;
  private lossUs: number;

  constructor(private readonly options: WorldOptions) {
    this.market = options.market;
    this.random = new Random(options.seed);
    const kernels = options.hawkes ?? [];
    this.children = kernels.reduce((sum, kernel) => sum + kernel.children, 0);
    const mean = (): number[] => kernels.map((kernel) => this.market.alpha * kernel.children);
    this.excited = [mean(), mean()];
    this.orderUs = this.nextOrder(START_US);
    this.jumpUs = this.later(START_US, (options.jumps?.perHour ?? 0) / 3600);
    this.lossUs = options.gaps === undefined ? Infinity : START_US + options.gaps.every * SECOND;
  }

  /** Feeds `seconds` more of this world to each of the analyzers. */
  run(seconds: number, ...analyzers: Analyzer[]): void {
    const endUs = this.nowUs + seconds * SECOND;
    for (;;) {
      const us = Math.min(this.bookUs, this.orderUs, this.jumpUs, this.lossUs);
      if (us > endUs) break;
      this.nowUs = us;
      this.diffuse(us);
      if (us === this.lossUs) this.lose(us);
      else if (us === this.bookUs) this.publish(us, analyzers);
      else if (us === this.jumpUs) this.jump(us);
      else this.takerOrder(us, analyzers);
    }
    this.nowUs = endUs;
  }

  /** The mid jumps, now. */
  jumpBy(bps: number): void {
    this.log += bps * 1e-4;
  }

  /** Nothing moves any more, but the book is still published: for `seconds`. */
  freeze(seconds: number, ...analyzers: Analyzer[]): void {
    for (let s = 1; s <= seconds; s += 1) {
      const us = (this.nowUs + s * SECOND) as Micros;
      for (const analyzer of analyzers) analyzer.onBook(at(us), this.book);
    }
    this.nowUs += seconds * SECOND;
  }

  /** Of one side. */
  private get baseRate(): number {
    return this.market.alpha * (1 - this.children);
  }

  private diffuse(us: number): void {
    const seconds = (us - this.diffusedUs) / SECOND;
    if (seconds <= 0) return;
    this.diffusedUs = us;
    const { sigma, alpha, epsilon } = this.market;
    // sigma is that of the mid: what orders move is part of it.
    const own = Math.max(0, sigma * sigma - 2 * alpha * epsilon * epsilon);
    this.log += Math.sqrt(own * seconds) * 1e-4 * this.random.normal();
  }

  private publish(us: number, analyzers: readonly Analyzer[]): void {
    this.bookUs = us + SECOND;
    if (us < this.lostUntilUs) return;
    this.reopen(us, analyzers);
    const { bounceBps = 0 } = this.options;
    const tick = (bounceBps * START_TICKS) / 1e4;
    const bounce = bounceBps === 0 ? 0 : ((this.random.bool(0.5) ? 1 : -1) * tick) / 4;
    const bid = Math.floor(START_TICKS * Math.exp(this.log) + bounce);
    this.book.clear();
    this.book.apply(BID, bid as Ticks, 1 as Lots);
    this.book.apply(ASK, (bid + 1) as Ticks, 1 as Lots);
    this.mid = this.book.mid;
    for (const analyzer of analyzers) analyzer.onBook(at(us), this.book);
  }

  /** The first row after a gap: the host says so, unless it does not know. */
  private reopen(us: number, analyzers: readonly Analyzer[]): void {
    if (this.lostUntilUs === 0) return;
    this.lostUntilUs = 0;
    if (this.options.gaps?.silent !== true) for (const a of analyzers) a.onGap(us as Micros);
  }

  private takerOrder(us: number, analyzers: readonly Analyzer[]): void {
    const { hawkes = [], sides = true, prints = 1 } = this.options;
    const { random, market } = this;
    const ceiling = this.rate(0) + this.rate(1);
    this.relax(us);
    const total = this.rate(0) + this.rate(1);
    const real = random.next() * ceiling < total;
    const side = random.next() * total < this.rate(0) ? BID : ASK;
    if (real) {
      this.orders += 1;
      const excited = this.excited[side === BID ? 0 : 1];
      hawkes.forEach(({ children, decay }, k) => {
        excited[k] = (excited[k] as number) + children * decay;
      });
      const reach = random.exponential(market.kappa);
      this.log += side * market.epsilon * 1e-4;
      if (us >= this.lostUntilUs) {
        this.reopen(us, analyzers);
        const n = 1 + random.int(prints);
        for (let k = 1; k <= n; k += 1) {
          const ticks = this.mid * (1 + (side * reach * k) / n / 1e4);
          this.print(us + k, sides ? side : 0, ticks, us, analyzers);
        }
      }
    }
    this.orderUs = this.nextOrder(us);
  }

  private print(
    us: number,
    side: Aggressor,
    ticks: number,
    venueUs: number,
    to: readonly Analyzer[],
  ): void {
    for (const analyzer of to) {
      analyzer.onTrade(at(us, venueUs), side, ticks as TickPrice, 1 as Lots, this.book);
    }
  }

  /** Of the buys (0) or the sells (1), with the excitation of now. */
  private rate(which: 0 | 1): number {
    let rate = this.baseRate;
    for (const excited of this.excited[which]) rate += excited;
    return rate;
  }

  private relax(us: number): void {
    const seconds = (us - this.excitedUs) / SECOND;
    this.excitedUs = us;
    (this.options.hawkes ?? []).forEach(({ decay }, k) => {
      const factor = Math.exp(-decay * seconds);
      for (const excited of this.excited) excited[k] = (excited[k] as number) * factor;
    });
  }

  /** The next candidate; thinned when it comes (Ogata), because excitation only falls till then. */
  private nextOrder(us: number): number {
    return this.later(us, this.rate(0) + this.rate(1));
  }

  private jump(us: number): void {
    const { jumps } = this.options;
    if (jumps === undefined) return;
    this.log += (this.random.bool(0.5) ? 1 : -1) * jumps.bps * 1e-4;
    this.jumpUs = this.later(us, jumps.perHour / 3600);
  }

  private lose(us: number): void {
    const { gaps } = this.options;
    if (gaps === undefined) return;
    this.lostUntilUs = us + gaps.length * SECOND;
    this.lossUs = us + gaps.every * SECOND;
  }

  private later(us: number, rate: number): number {
    return rate > 0 ? us + Math.ceil(this.random.exponential(rate) * SECOND) : Infinity;
  }
}
