// Builds the View: the frozen value that is everything a strategy may know at one wake. It reads and never decides.
import type { Instrument } from '#core/instrument';
import type { CurrentMarket, View } from '#core/strategy';
import type { Lots, Micros, TickPrice } from '#core/units';
import { toSeconds } from '#core/units';
import type { L2Book } from '#core/book';
import type { Sizing } from './sizing.js';

export interface ViewParts {
  readonly nowUs: Micros;
  readonly startUs: Micros;
  readonly instrument: Instrument;
  /** Sound: both touches exist. */
  readonly book: L2Book;
  readonly fair: TickPrice;
  readonly positionLots: Lots;
  readonly sizing: Sizing;
  readonly market: CurrentMarket;
  readonly reducing: boolean;
}

export function makeView(parts: ViewParts): View {
  const { nowUs, instrument, book, sizing } = parts;
  return Object.freeze({
    nowUs,
    instrument,
    bidTicks: book.bidTicks,
    askTicks: book.askTicks,
    bidLots: book.bidLots,
    askLots: book.askLots,
    mid: book.mid,
    fair: parts.fair,
    positionLots: parts.positionLots,
    unitLots: sizing.unitLots,
    limitLots: sizing.limitLots,
    market: parts.market,
    elapsed: toSeconds(nowUs - parts.startUs),
    reducing: parts.reducing,
  });
}
