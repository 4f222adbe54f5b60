// How numbers read on the page: thousands apart, a real minus sign, money with its sign.

/** 1234567.891 with 2 places: 1,234,567.89 */
export function grouped(value: number, places: number): string {
  const [whole = '', rest] = Math.abs(value).toFixed(places).split('.');
  const thousands = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const minus = value < 0 && Number(value.toFixed(places)) !== 0 ? '−' : '';
  return `${minus}${thousands}${rest === undefined ? '' : `.${rest}`}`;
}

/** −$1,234.50 */
export function money(value: number, places = 2): string {
  const text = grouped(value, places);
  return text.startsWith('−') ? `−$${text.slice(1)}` : `$${text}`;
}

/** With a plus where it is a gain. */
export const signedDollars = (value: number): string => `${value > 0 ? '+' : ''}${money(value)}`;
