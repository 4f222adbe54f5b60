// Where the innermost quotes of a live run stood around the mid: kept by the run as a note a minute, read back for the ten
// minutes with the most fills. Order rows would not do: an amended order knows only its last price. Backtests leave a
// trace instead.
import { parseRows } from './exposure.js';
import type { QuoteMoment } from './trace.js';

/** Kind of the ledger's notes that hold the moments since the note before. */
export const QUOTES_NOTE = 'quotes';
const EXCERPT_US = 600e6;
/** While no quote moves, the mid alone is worth a moment only so often. */
const QUIET_US = 5e6;

export class QuotePath {
  private moments: QuoteMoment[] = [];
  private last: QuoteMoment = [0, 0, 0, 0];

  /** Prices in ticks, 0 = no quote; the mid may lie between two ticks. About once a second. */
  add(us: number, mid: number, bid: number, ask: number): void {
    const [lastUs, , lastBid, lastAsk] = this.last;
    if (bid === lastBid && ask === lastAsk && us - lastUs < QUIET_US) return;
    this.last = [us, mid, bid, ask];
    this.moments.push(this.last);
  }

  /** The moments since the last call as text, relative to `us`; empty without any. */
  takeText(us: number): string {
    if (this.moments.length === 0) return '';
    const rows = this.moments.map(([at, mid, bid, ask]) => [
      ...[Math.round((at - us) / 1e5), 2 * mid],
      ...[bid, ask].map((price) => (price === 0 ? 0 : Math.round(2 * (price - mid)))),
    ]);
    this.moments = [];
    return JSON.stringify(rows);
  }
}

/** The moments of a run's notes, in order; a note that is none of ours is passed over. */
export function momentsOfNotes(
  notes: Iterable<{ readonly us: number; readonly text: string }>,
): QuoteMoment[] {
  return [...notes].flatMap(({ us, text }) =>
    parseRows(text, 4).map(([tenths = 0, twice = 0, bid = 0, ask = 0]): QuoteMoment => {
      const price = (offset: number): number => (offset === 0 ? 0 : (twice + offset) / 2);
      return [us + tenths * 1e5, twice / 2, price(bid), price(ask)];
    }),
  );
}

/** Those of the ten minutes with the most fills; of the first ten without a fill. */
export function busiestOf(
  moments: readonly QuoteMoment[],
  fills: readonly { readonly us: number }[],
): QuoteMoment[] {
  let [from, most, head] = [0, 0, 0];
  for (let tail = 0; tail < fills.length; tail += 1) {
    const us = fills[tail]?.us ?? 0;
    while ((fills[head]?.us ?? us) < us - EXCERPT_US) head += 1;
    if (tail - head + 1 > most) [from, most] = [fills[head]?.us ?? 0, tail - head + 1];
  }
  // A little before the first fill, so that the quote that it hit is seen.
  const start = most === 0 ? (moments[0]?.[0] ?? 0) : from - EXCERPT_US / 20;
  return moments.filter(([us]) => us >= start && us <= start + EXCERPT_US);
}
