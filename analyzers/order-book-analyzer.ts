// Hot path (onBook, onTrade): what the market is like now, from the bot's own book and prints.
// Joins the estimators of this folder and decides when to trust them: static values until they are
// ready, and again when the feed or the market falls silent, never by a cliff. It reads no clock
// and decides no quote.
import type { Alarm, Analyzer, MarketEstimates } from '#core/analyzer';
import type { L2Book } from '#core/book';
import { Instant } from '#core/instant';
import type { MarketParams } from '#core/params';
import type { CurrentMarket } from '#core/strategy';
import type {
  Aggressor, Bps, BpsPerRootSecond, Lots, Micros, PerBp, PerSecond, Seconds, TickPrice,
} from '#core/units'; // prettier-ignore
import { WATCHED_US } from './exposure.js';
import { isNumbers } from './fading.js';
import { WITHDRAW_US } from './jump-alarm.js';
import type { Band } from './liquidity-decay.js';
import { bandOf } from './liquidity-decay.js';
import { Moment } from './moment.js';
import { OrderFlow } from './order-flow.js';
import { QuotedMarket } from './quoted-market.js';
import type { Readiness } from './readiness.js';
import { readiness } from './readiness.js';
import { RestingReach } from './resting-reach.js';
import { ORDER_HALF_LIFE_US } from './side-flow.js';
import { Volatility } from './volatility.js';

const VERSION = 1;
const QUOTE_AGE_S = 5 as Seconds;

export interface AnalyzerOptions {
  /** The static values: the priors, and what is quoted on while nothing is known. */
  readonly market: MarketParams;
  /** Nearest distance at which orders count (`--band-from`, default the maker fee). */
  readonly bandFrom: Bps;
  /**
   * Mean age of a resting quote, the window of `resting` in the estimates; default `--check`, 5 s.
   */
  readonly quoteAge?: Seconds;
}

/** What save() makes. Plain JSON. */
export interface AnalyzerState {
  readonly version: number;
  readonly times: readonly number[];
  readonly volatility: unknown;
  readonly flow: unknown;
  readonly resting: unknown;
  readonly quoted: unknown;
}

export class OrderBookAnalyzer implements Analyzer {
  readonly band: Band;
  private readonly volatility: Volatility;
  private readonly flow: OrderFlow;
  private readonly resting: RestingReach;
  private readonly quoted: QuotedMarket;
  private readonly now = new Moment();
  private readonly gapAt = new Instant();
  private us = 0;
  /** The last mid, 0 while there is none to measure from, and when it was there. */
  private mid = 0;
  private midUs = 0;
  /** Last move of the mid. */
  private movedUs = 0;
  private odd = 0;
  private raised: Alarm | null = null;

  constructor(private readonly options: AnalyzerOptions) {
    const { market, bandFrom, quoteAge = QUOTE_AGE_S } = options;
    this.band = bandOf(bandFrom, market.kappa);
    this.volatility = new Volatility(market.sigma);
    this.flow = new OrderFlow(this.band, market);
    this.resting = new RestingReach(this.band, quoteAge, ORDER_HALF_LIFE_US);
    this.quoted = new QuotedMarket(market);
  }

  onBook(instant: Instant, book: L2Book): void {
    if (!this.tick(instant)) return;
    const { now } = this;
    const { us } = now;
    // The book's own getters would hand over a fraction, which may have to be boxed (moment.ts).
    const { bidTicks, askTicks } = book;
    const mid = (bidTicks + askTicks) / 2;
    now.mid = mid;
    if (!(bidTicks > 0 && askTicks >= bidTicks)) {
      this.flow.unsound(now);
      this.mid = 0;
      return;
    }
    if (mid !== this.mid && this.mid > 0) this.movedUs = us;
    this.flow.onMid(now);
    this.volatility.onMid(now);
    this.resting.onMid(now);
    this.mid = mid;
    this.midUs = us;
  }

  onTrade(
    instant: Instant,
    aggressor: Aggressor,
    ticks: TickPrice,
    lots: Lots,
    _book: L2Book,
  ): void {
    if (!this.tick(instant)) return;
    // Not the book in hand: rows of this very drain may already have been applied to it.
    const { now } = this;
    now.mid = now.us - this.midUs <= WATCHED_US ? this.mid : 0;
    now.venueUs = instant.venueUs;
    const sane = this.flow.print(now, aggressor, ticks, lots);
    if (sane) this.resting.onPrint(now, aggressor, ticks);
  }

  onGap(nowUs: Micros): void {
    this.gapAt.us = nowUs;
    if (!this.tick(this.gapAt)) return;
    this.flow.gap(this.now.us);
    this.volatility.gap();
    this.resting.drop();
    this.mid = 0;
  }

  market(nowUs: Micros): CurrentMarket {
    const us = nowUs > 0 && nowUs < Infinity ? nowUs : this.us;
    const { both, exposure } = this.flow;
    return this.quoted.step(us, this.readiness(us), {
      sigma: Math.sqrt(this.volatility.variance(us)) as BpsPerRootSecond,
      kappa: both.depth.kappa(us) as PerBp,
      alpha: both.alpha(us, exposure.seconds(us)) as PerSecond,
      epsilon: Math.max(0, both.cost.epsilon(us)) as Bps,
    });
  }

  alarm(now: Instant): Alarm | null {
    const { jump } = this.volatility;
    const untilUs = (jump.atUs + WITHDRAW_US) as Micros;
    if (jump.atUs === 0 || now.us >= untilUs) return null;
    if (this.raised?.untilUs !== untilUs) {
      const reason = `jump: RV / BV ${jump.atRatio.toFixed(1)} over 20 returns of 30 s`;
      this.raised = Object.freeze({ reason, untilUs });
    }
    return this.raised;
  }

  estimates(nowUs: Micros): MarketEstimates {
    const { quoted, volatility, flow, resting } = this;
    const rested = resting.fit();
    return {
      nowUs,
      used: quoted.used,
      state: this.readiness(nowUs).text,
      limited: quoted.limited,
      sigma: volatility.slow.estimate(nowUs),
      sigmaFast: volatility.fast.estimate(nowUs),
      kappa: flow.kappa(nowUs),
      alpha: flow.alpha(nowUs),
      epsilon: flow.epsilon(nowUs),
      band: this.band,
      fano: flow.both.arrivals.fano,
      hitShare: flow.hitShare(nowUs),
      ks: flow.ks(nowUs),
      resting: rested && { quoteAge: resting.seconds, ...rested },
      jumps: volatility.jump.count,
      rejected: flow.orders.rejected + this.odd,
      blind: flow.orders.blind,
    };
  }

  save(): AnalyzerState {
    const { us, movedUs, volatility, flow, resting, quoted } = this;
    return {
      version: VERSION,
      times: [us, movedUs],
      volatility: volatility.save(),
      flow: flow.save(),
      resting: resting.save(),
      quoted: quoted.save(),
    };
  }

  restore(saved: unknown): string | null {
    if (this.us > 0) return 'rows have been seen already';
    if (!isState(saved)) return 'not a saved analyzer of this version';
    // On another one first: a part that is damaged must not be taken over by halves.
    const lost = new OrderBookAnalyzer(this.options).adopt(saved, []);
    this.adopt(saved, lost);
    return lost.length === 0 ? null : `not used: ${lost.join(', ')}`;
  }

  /** Takes over the parts but those in `except`; returns the names of those refused. */
  private adopt(saved: AnalyzerState, except: readonly string[]): string[] {
    const parts: readonly (readonly [string, () => boolean])[] = [
      ['times', () => this.adoptTimes(saved.times)],
      ['volatility', () => this.volatility.restore(saved.volatility)],
      ['order flow', () => this.flow.restore(saved.flow)],
      ['resting reach', () => this.resting.restore(saved.resting)],
      ['quoted values', () => this.quoted.restore(saved.quoted)],
    ];
    return parts.filter(([name, take]) => !except.includes(name) && !take()).map(([name]) => name);
  }

  private adoptTimes(saved: unknown): boolean {
    if (!isNumbers(saved, 2)) return false;
    [this.us, this.movedUs] = saved as [number, number];
    return true;
  }

  private readiness(nowUs: number): Readiness {
    return readiness({
      nowUs,
      watchedUs: this.flow.exposure.totalUs,
      midUs: this.midUs,
      movedUs: this.movedUs,
      orderUs: this.flow.orderUs,
    });
  }

  /** Takes over the time of a row, never earlier than the last; false when it makes no sense. */
  private tick(instant: Instant): boolean {
    const { us } = instant;
    if (!(us > 0 && us < Infinity)) {
      this.odd += 1;
      return false;
    }
    if (us > this.us) this.us = us;
    this.now.us = this.us;
    return true;
  }
}

function isState(saved: unknown): saved is AnalyzerState {
  if (typeof saved !== 'object' || saved === null) return false;
  return (saved as Partial<AnalyzerState>).version === VERSION;
}
