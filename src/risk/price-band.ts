// Guard: no order far from the venue's mark (50 bp), where a wrong price of ours or a broken book would hurt most.
// Only a decision face: what is outside is not sent, the rest is. Without a mark nothing is.
import type { AccountNumbers, DecisionAnswer, Guard, Trip } from '#core/guard';
import { ALLOW, BY_NUMBERS } from '#core/guard';
import type { RiskParams } from '#core/params';
import type { Decision, Quote, View } from '#core/strategy';
import { withSides } from './trim.js';

export class PriceBand implements Guard {
  readonly name = 'price-band';
  readonly idle = BY_NUMBERS;
  private readonly band: number;

  constructor(params: RiskParams) {
    this.band = params.priceBand;
  }

  onSettle(): Trip | null {
    return null;
  }

  /** Without closures: asked at every decision, and nearly always all there is to do. */
  private allInside({ bids, asks, immediate }: Decision, mark: number): boolean {
    if (!(mark > 0) || immediate !== null) return false;
    const most = this.band * mark;
    for (const { ticks } of bids) if (!(Math.abs(ticks - mark) * 10_000 <= most)) return false;
    for (const { ticks } of asks) if (!(Math.abs(ticks - mark) * 10_000 <= most)) return false;
    return true;
  }

  /** Exactly at the band is inside. */
  onDecision(_view: View, decision: Decision, numbers: AccountNumbers): DecisionAnswer {
    const { mark } = numbers;
    if (this.allInside(decision, mark)) return ALLOW;
    const inside = (ticks: number): boolean =>
      mark > 0 && Math.abs(ticks - mark) * 10_000 <= this.band * mark;
    const keep = (quotes: readonly Quote[]): readonly Quote[] =>
      quotes.every((quote) => inside(quote.ticks))
        ? quotes
        : quotes.filter((quote) => inside(quote.ticks));
    const now = decision.immediate;
    const immediate = now === null || inside(now.limitTicks) ? now : null;
    const sides = withSides(decision, keep(decision.bids), keep(decision.asks), null);
    if (sides === decision && immediate === now) return ALLOW;
    const reason = `beyond ${this.band} bp from the mark of ${mark} ticks`;
    return { kind: 'trim', decision: { ...sides, immediate }, guard: this.name, reason };
  }
}
