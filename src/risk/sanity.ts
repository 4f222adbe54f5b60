// Guard: the numbers and the decision are possible at all. Hot path. A NaN compares false with everything, so every
// other guard would wave it through; here it stops the machine (DESIGN.md section 4, "our mistake"). Asked first.
import type { AccountNumbers, DecisionAnswer, Guard, Trip } from '#core/guard';
import { ALLOW, BY_NUMBERS } from '#core/guard';
import type { Decision, Quote, View } from '#core/strategy';
import type { Micros } from '#core/units';

const FINITE = [
  'nowUs', 'positionLots', 'longestLots', 'shortestLots', 'mark', 'markUs', 'exposure', 'limitLots',
  'hardLimitLots', 'guardEquity', 'dayStartEquity', 'peakEquity', 'bestBid', 'bestAsk', 'bookUs',
  'operations', 'failures', 'refusedRuns',
] as const; // prettier-ignore

/** Finite numbers give 0, NaN and the infinities give NaN: one comparison at the end tells about all of them. */
const defect = (n: AccountNumbers): number =>
  n.nowUs - n.nowUs +
  (n.positionLots - n.positionLots) + (n.longestLots - n.longestLots) +
  (n.shortestLots - n.shortestLots) + (n.mark - n.mark) + (n.markUs - n.markUs) +
  (n.exposure - n.exposure) + (n.limitLots - n.limitLots) + (n.hardLimitLots - n.hardLimitLots) +
  (n.guardEquity - n.guardEquity) + (n.dayStartEquity - n.dayStartEquity) +
  (n.peakEquity - n.peakEquity) + (n.bestBid - n.bestBid) + (n.bestAsk - n.bestAsk) +
  (n.bookUs - n.bookUs) + (n.operations - n.operations) + (n.failures - n.failures) +
  (n.refusedRuns - n.refusedRuns); // prettier-ignore

/** The names of the numbers that are impossible; for the reason of the trip. */
function impossible(numbers: AccountNumbers): string[] {
  const names: string[] = FINITE.filter((name) => !Number.isFinite(numbers[name]));
  if (Number.isNaN(numbers.marginRatio)) names.push('marginRatio');
  if (numbers.mark < 0) names.push('mark');
  return names.map((name) => `${name} = ${String(numbers[name as keyof AccountNumbers])}`);
}

const latch = (reason: string): Trip =>
  Object.freeze({ guard: 'host', severity: 'latch', reason, untilUs: 0 as Micros });

const sound = (quote: Quote): boolean =>
  Number.isSafeInteger(quote.ticks) &&
  quote.ticks > 0 &&
  Number.isSafeInteger(quote.lots) &&
  quote.lots > 0 &&
  Number.isSafeInteger(quote.level) &&
  quote.level >= 0;

function unsoundOf(quotes: readonly Quote[]): Quote | undefined {
  for (const quote of quotes) if (!sound(quote)) return quote;
  return undefined;
}

function faultOf(decision: Decision): string | null {
  const bad = unsoundOf(decision.bids) ?? unsoundOf(decision.asks);
  if (bad !== undefined) return `quote ${bad.lots} lots at ${bad.ticks} ticks, level ${bad.level}`;
  const now = decision.immediate;
  if (now === null) return null;
  return sound({ level: 0, ticks: now.limitTicks, lots: now.lots } as Quote)
    ? null
    : `immediate order of ${now.lots} lots at ${now.limitTicks} ticks`;
}

export class Sanity implements Guard {
  readonly name = 'host';
  readonly idle = BY_NUMBERS;
  private tripped: Trip | null = null;

  onSettle(numbers: AccountNumbers): Trip | null {
    const { marginRatio } = numbers;
    if (defect(numbers) === 0 && marginRatio === marginRatio && numbers.mark >= 0) {
      this.tripped = null;
      return null;
    }
    this.tripped ??= latch(`impossible numbers: ${impossible(numbers).join(', ')}`);
    return this.tripped;
  }

  /** Quotes must be whole positive ticks and lots; anything else is the strategy's bug and must not reach a venue. */
  onDecision(_view: View, decision: Decision): DecisionAnswer {
    const fault = faultOf(decision);
    return fault === null ? ALLOW : { kind: 'veto', trip: latch(`impossible decision: ${fault}`) };
  }
}
