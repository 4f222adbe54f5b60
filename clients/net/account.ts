// The venue's word on the account, in the form that the engine compares with its own fills; how it is asked for is the
// venue's business.
import type { AccountReport } from '#core/messages';
import { MONEY_SCALE } from '#core/money';
import type { Lots, Micros, Money, TickPrice } from '#core/units';
import type { Instrument } from '#core/instrument';
import type { Question } from './question.js';

/** An account as the venue stated it, and the average entry of its position in ticks (0 when flat). */
export interface AccountState {
  readonly report: AccountReport;
  readonly averageEntry: TickPrice;
}

export type AccountQuestion = Question<AccountState>;

/** What the venue said, read. `averageEntry` and `maintenance` (a sum of money) as texts, '' where nothing was said. */
export interface AccountWords {
  readonly venueUs: Micros;
  readonly positionLots: Lots;
  readonly equity: Money;
  /** See AccountReport. */
  readonly accrued?: Money;
  readonly averageEntry: string;
  readonly maintenance: string;
}

export function accountState(
  { venueUs, positionLots, equity, averageEntry, maintenance, ...more }: AccountWords,
  instrument: Instrument,
  us: Micros,
): AccountState {
  const least = Number(maintenance);
  const marginRatio = least > 0 ? equity / MONEY_SCALE / least : Infinity;
  const average = Number(averageEntry) / instrument.tickSize;
  const report = {
    kind: 'account' as const,
    venueUs,
    positionLots,
    equity,
    marginRatio,
    us,
    ...more,
  };
  const known = positionLots !== 0 && Number.isFinite(average);
  return {
    report: Object.freeze(report),
    averageEntry: (known ? average : 0) as TickPrice,
  };
}
