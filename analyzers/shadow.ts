// `--static` with the analyzer running beside it: the strategy gets the fixed values, the log and
// `mm metrics` what the analyzer would have said. A jump withdraws quotes in either mode.
import type { Alarm, Analyzer, MarketEstimates } from '#core/analyzer';
import type { L2Book } from '#core/book';
import type { Instant } from '#core/instant';
import type { MarketParams } from '#core/params';
import type { CurrentMarket } from '#core/strategy';
import type { Aggressor, Lots, Micros, TickPrice } from '#core/units';
import type { OrderBookAnalyzer } from './order-book-analyzer.js';

export class Shadow implements Analyzer {
  private readonly fixed: CurrentMarket;

  constructor(
    private readonly inner: OrderBookAnalyzer,
    fixed: MarketParams,
  ) {
    this.fixed = Object.freeze({ ...fixed, source: 'static' as const });
  }

  onBook(now: Instant, book: L2Book): void {
    this.inner.onBook(now, book);
  }

  onTrade(now: Instant, aggressor: Aggressor, ticks: TickPrice, lots: Lots, book: L2Book): void {
    this.inner.onTrade(now, aggressor, ticks, lots, book);
  }

  onGap(nowUs: Micros): void {
    this.inner.onGap(nowUs);
  }

  /** The fixed values; the analyzer glides on as if it were listened to. */
  market(nowUs: Micros): CurrentMarket {
    this.inner.market(nowUs);
    return this.fixed;
  }

  alarm(now: Instant): Alarm | null {
    return this.inner.alarm(now);
  }

  /** `used` is what would have been used. */
  estimates(nowUs: Micros): MarketEstimates {
    return this.inner.estimates(nowUs);
  }

  save(): unknown {
    return this.inner.save();
  }

  restore(saved: unknown): string | null {
    return this.inner.restore(saved);
  }
}
