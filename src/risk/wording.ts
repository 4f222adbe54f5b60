// Amounts for the reason of a trip. Never throws: a guard that fails while it says why has not stopped anything,
// and the numbers that trip it may well be the impossible ones (the formatters of core assert on those).
import type { Instrument } from '#core/instrument';
import { formatMoney } from '#core/money';
import type { Lots, Money } from '#core/units';

/** Money in the settle currency, to the unit of 1e-8. */
export function moneyText(amount: number): string {
  const whole = Math.round(amount);
  return Number.isSafeInteger(whole) ? formatMoney(whole as Money) : String(amount);
}

/** Lots in base currency. */
export const sizeText = (instrument: Instrument, lots: Lots): string =>
  Number.isSafeInteger(lots) ? instrument.formatSize(lots) : String(lots);
