// Our equity against the venue's word on it, every account report. What differs in two checks running is no matter of
// timing: quotes go, everything is asked for anew, and what still differs then is booked as a transfer (money moved by
// hand, another market of the same account), which touches neither guard equity nor its baselines.
import type { AccountReport } from '#core/messages';
import type { Lots, Money, TickPrice } from '#core/units';

/** Rounding, funding that the venue counts and has not settled. */
const SLACK = 50_000_000;
/** The mark moves while a report travels. */
const SLACK_OF_EXPOSURE = 0.002;

export interface OwnBooks {
  readonly lots: Lots;
  readonly mark: TickPrice;
  readonly equity: Money;
  readonly exposure: Money;
}

/** agrees: nothing to do. withdraw: the second time. book: still there after everything was asked for anew. */
export type EquityAnswer = 'agrees' | 'differs' | 'withdraw' | 'book';

export class EquityCheck {
  /** Venue minus ours at the last report. */
  difference = 0 as Money;
  private times = 0;

  /** A report about another position than ours says nothing about money yet. */
  compare(report: AccountReport, own: OwnBooks): EquityAnswer {
    if (own.mark <= 0 || report.positionLots !== own.lots || !Number.isSafeInteger(report.equity))
      return 'differs';
    this.difference = (report.equity - own.equity) as Money;
    const slack = SLACK + SLACK_OF_EXPOSURE * own.exposure;
    if (Math.abs(this.difference) <= slack) {
      this.times = 0;
      return 'agrees';
    }
    this.times += 1;
    if (this.times === 1) return 'differs';
    if (this.times === 2) return 'withdraw';
    this.times = 0;
    return 'book';
  }
}
