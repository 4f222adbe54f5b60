// Numbers as venues write them: rates and averages as decimal text without a float's tail. For what the grid of an
// instrument does not cover; prices and sizes are formatted by the instrument.
import { RATE_SCALE } from '#core/money';
import type { Rate } from '#core/units';

export function decimal(value: number, places: number): string {
  const text = value.toFixed(places).replace(/\.?0+$/, '');
  return text === '' || text === '-0' ? '0' : text;
}

export const rateText = (rate: Rate): string => decimal(rate / RATE_SCALE, 10);
