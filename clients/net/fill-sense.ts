// What a venue says of a fill, as numbers that a fill can have, or nothing. Damage makes other numbers: a price at which
// nobody trades, more than the order had, a fee above the worth. Such a fill is not booked, so that the account, which the
// venue states by itself, disagrees and is asked about. Pure; it never guesses.
import type { Instrument } from '#core/instrument';
import { parseMoney } from '#core/money';
import type { Lots, Micros, Money, Ticks } from '#core/units';
import { MICROS_PER_MS } from '#core/units';

export interface SaidFill {
  /** Decimal texts; an empty fee is none. */
  readonly price: string;
  readonly size: string;
  readonly fee: string;
  /** When it was matched, by the venue's clock. */
  readonly createdMs: number;
}

export interface FillLimits {
  /** The size of our order; null when it is none that we know. */
  readonly orderLots: number | null;
  /** Whether the market is believed to trade there (MarkBand). */
  readonly believes: (ticks: Ticks) => boolean;
  /** By our own clock. */
  readonly nowUs: Micros;
}

export interface SensibleFill {
  readonly ticks: Ticks;
  readonly lots: Lots;
  readonly fee: Money;
}

/** Settle currency; a fill of an order that we do not know is worth less. Exact money ends at 90 million. */
const MOST_WORTH = 10_000_000;
/** Clocks differ by less. One from the future would hide every later fill from the question for missed ones. */
const AHEAD_MS = 60_000;

/** Whether the venue can have written that time by now. */
export const timely = (ms: number, nowUs: Micros): boolean =>
  Number.isSafeInteger(ms) && ms >= 0 && ms <= nowUs / MICROS_PER_MS + AHEAD_MS;

/** Null when it cannot be. */
export function sensibleFill(
  instrument: Instrument,
  said: SaidFill,
  { orderLots, believes, nowUs }: FillLimits,
): SensibleFill | null {
  const { createdMs } = said;
  if (createdMs <= 0 || !timely(createdMs, nowUs)) return null;
  const ticks = instrument.parsePrice(said.price) ?? nearest(instrument, said.price);
  const lots = instrument.parseSize(said.size);
  const fee = said.fee === '' ? (0 as Money) : parseMoney(said.fee);
  if (ticks === null || lots === null || lots === 0 || fee === null) return null;
  if (!believes(ticks) || (orderLots !== null && lots > orderLots)) return null;
  if (ticks * instrument.tickSize * lots * instrument.lotSize > MOST_WORTH) return null;
  return Math.abs(fee) > instrument.notional(lots, ticks) ? null : { ticks, lots, fee };
}

/** A price of another grid (the tick has just changed): the nearest of ours. */
function nearest(instrument: Instrument, text: string): Ticks | null {
  if (!/^\d+(\.\d+)?$/.test(text)) return null;
  const ticks = Math.round(Number(text) / instrument.tickSize);
  return Number.isSafeInteger(ticks) && ticks > 0 ? (ticks as Ticks) : null;
}
