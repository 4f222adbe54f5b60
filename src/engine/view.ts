// Builds the View: the frozen value that is everything a strategy may know at one wake. It reads and never decides.
import type { Instrument } from '#core/instrument';
import type { CurrentMarket, View } from '#core/strategy';
import type { AccountNumbers } from '#core/guard';
import type { Lots, Micros, TickPrice, Ticks } from '#core/units';
import { ASK, BID, toSeconds } from '#core/units';
import type { BookView } from '#core/book';
import type { Sizing } from './sizing.js';

export interface ViewParts {
  readonly startUs: Micros;
  readonly instrument: Instrument;
  readonly book: BookView;
  /** Time and touches, our own quotes left out; both touches exist. */
  readonly numbers: Readonly<AccountNumbers>;
  readonly fair: TickPrice;
  readonly positionLots: Lots;
  readonly sizing: Sizing;
  readonly market: CurrentMarket;
  readonly reducing: boolean;
}

export function makeView(parts: ViewParts): View {
  const { instrument, book, sizing, numbers } = parts;
  const { nowUs } = numbers;
  const bidTicks = numbers.bestBid as Ticks;
  const askTicks = numbers.bestAsk as Ticks;
  return Object.freeze({
    nowUs,
    instrument,
    bidTicks,
    askTicks,
    bidLots: book.lotsAt(BID, bidTicks),
    askLots: book.lotsAt(ASK, askTicks),
    mid: ((bidTicks + askTicks) / 2) as TickPrice,
    fair: parts.fair,
    positionLots: parts.positionLots,
    unitLots: sizing.unitLots,
    limitLots: sizing.limitLots,
    market: parts.market,
    elapsed: toSeconds(nowUs - parts.startUs),
    reducing: parts.reducing,
  });
}
