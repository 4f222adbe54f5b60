// What measures the market, behind one door: the analyzer and the source of the fair price. When a measure fails or
// says nonsense the static values take over (S2-26) and a note says so. Hot path: allocation-free while all is well.
import type { Alarm, Analyzer, FairPrice } from '#core/analyzer';
import type { L2Book } from '#core/book';
import type { Instant } from '#core/instant';
import type { FairKind, MarketParams } from '#core/params';
import type { CurrentMarket } from '#core/strategy';
import type { Aggressor, Lots, Micros, TickPrice } from '#core/units';

export interface MeasureParts {
  readonly market: MarketParams;
  readonly fair: FairKind;
  readonly analyzer: Analyzer | undefined;
  readonly fairPrice: FairPrice | undefined;
  readonly note: (text: string) => void;
  /** The engine's present time: a double that is passed to a call costs 16 bytes. */
  readonly now: Instant;
}

const sane = (m: CurrentMarket): boolean =>
  m.sigma > 0 && m.kappa > 0 && m.alpha > 0 && m.epsilon >= 0 &&
  m.sigma + m.kappa + m.alpha + m.epsilon < Infinity; // prettier-ignore

export class Measures {
  /** What `market` gives while nothing measures. */
  readonly fixed: CurrentMarket;
  readonly kind: FairKind;
  private readonly now: Instant;
  private analyzer: Analyzer | undefined;
  private fairPrice: FairPrice | undefined;
  private complained = false;
  private raised: Alarm | null = null;
  private raisedUs = 0;

  constructor(private readonly parts: MeasureParts) {
    const { sigma, kappa, alpha, epsilon } = parts.market;
    // Spelt out: each copy made by spreading would have a shape of its own.
    this.fixed = Object.freeze({ sigma, kappa, alpha, epsilon, source: 'static' });
    this.kind = parts.fair;
    this.now = parts.now;
    this.analyzer = parts.analyzer;
    this.fairPrice = parts.fairPrice;
  }

  /** An analyzer is there and has not failed. */
  get measuring(): boolean {
    return this.analyzer !== undefined;
  }

  /** Nobody looks at more than the touches of the book. */
  get byTouch(): boolean {
    return this.kind === 'mid' && this.analyzer === undefined && this.fairPrice === undefined;
  }

  /** Once per settle in which the book changed. */
  onBook(book: L2Book): void {
    try {
      if (this.analyzer !== undefined) {
        this.analyzer.onBook(this.now, book);
        this.listen();
      }
    } catch (error) {
      this.dropAnalyzer(error);
    }
    try {
      if (this.fairPrice !== undefined) this.fairPrice.onBook(this.now, book);
    } catch (error) {
      this.dropFairPrice(error);
    }
  }

  /** A print; its venue's stamp is in the engine's Instant. */
  onTrade(side: Aggressor, ticks: TickPrice, lots: Lots, book: L2Book): void {
    try {
      if (this.analyzer !== undefined) {
        this.analyzer.onTrade(this.now, side, ticks, lots, book);
        this.listen();
      }
    } catch (error) {
      this.dropAnalyzer(error);
    }
  }

  onGap(nowUs: Micros): void {
    try {
      this.analyzer?.onGap(nowUs);
    } catch (error) {
      this.dropAnalyzer(error);
    }
    try {
      this.fairPrice?.onGap?.(nowUs);
    } catch (error) {
      this.dropFairPrice(error);
    }
  }

  /** The alarm that was raised since the last time this was asked; null nearly always. */
  takeAlarm(): Alarm | null {
    const { raised } = this;
    if (raised !== null) this.raised = null;
    return raised;
  }

  /** Parameters to quote on now. */
  market(nowUs: Micros): CurrentMarket {
    if (this.analyzer === undefined) return this.fixed;
    try {
      const market = this.analyzer.market(nowUs);
      if (sane(market)) {
        this.complained = false;
        return market;
      }
      if (!this.complained) this.parts.note('analyzer gave no sane market: static values');
      this.complained = true;
    } catch (error) {
      this.dropAnalyzer(error);
    }
    return this.fixed;
  }

  /** The reference price of a sound book, in ticks; the mid when its source has none. */
  fair(book: L2Book): TickPrice {
    if (this.kind === 'mid') return book.mid;
    let fair = NaN;
    if (this.kind === 'weighted') fair = weightedMid(book);
    else if (this.fairPrice !== undefined) {
      try {
        fair = this.fairPrice.fair(book);
      } catch (error) {
        this.dropFairPrice(error);
      }
    }
    return fair > 0 && fair < Infinity ? (fair as TickPrice) : book.mid;
  }

  /** Each alarm is told once. */
  private listen(): void {
    const alarm = this.analyzer?.alarm?.(this.now) ?? null;
    if (alarm === null || alarm.untilUs === this.raisedUs) return;
    this.raisedUs = alarm.untilUs;
    this.raised = alarm;
  }

  private dropAnalyzer(error: unknown): void {
    this.analyzer = undefined;
    this.parts.note(`analyzer failed, static values from now on: ${String(error)}`);
  }

  private dropFairPrice(error: unknown): void {
    this.fairPrice = undefined;
    this.parts.note(`fair price failed, the mid from now on: ${String(error)}`);
  }
}

/** I ask + (1 - I) bid with I = bid size / (bid size + ask size): leans to the side about to give way. */
export function weightedMid(book: L2Book): TickPrice {
  const { bidTicks, askTicks, bidLots, askLots } = book;
  const weight = bidLots / (bidLots + askLots);
  return (weight * askTicks + (1 - weight) * bidTicks) as TickPrice;
}
