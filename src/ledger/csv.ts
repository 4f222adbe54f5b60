// CSV as RFC 4180 has it, and the cells of the export: money and prices as exact decimal strings,
// times as ISO 8601 in UTC with six decimals. Formatting only: no file is opened here.
import { MARK_GRID, type Instrument } from '#core/instrument';
import { RATE_SCALE, formatDecimal, formatMoney } from '#core/money';
import { sideName, type Lots, type Money, type Side, type TickPrice } from '#core/units';

/** Makes the text of one cell from the stored value; null stays an empty cell. */
export type Format = (value: unknown, instrument: Instrument) => string;

const text: Format = (value) => String(value);
const money: Format = (value) => formatMoney(value as Money);
const price: Format = (value, instrument) => instrument.formatPrice(value as TickPrice);
const size: Format = (value, instrument) =>
  (value as number) < 0
    ? `-${instrument.formatSize(-(value as number) as Lots)}`
    : instrument.formatSize(value as Lots);
const grid: Format = (value, instrument) =>
  instrument.formatPrice(((value as number) / MARK_GRID) as TickPrice);
const rate: Format = (value) => formatDecimal(value as number, RATE_SCALE);
const flag: Format = (value) => (value === 1 ? 'true' : 'false');
const side: Format = (value) => sideName(value as Side);

let lastSecond = Number.NaN;
let lastText = '';
/** 2026-11-21T00:00:00.000000Z. The text of the second is kept: neighbours share it. */
const time: Format = (value) => {
  const us = value as number;
  const second = Math.floor(us / 1_000_000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastText = new Date(second * 1000).toISOString().slice(0, 19);
  }
  return `${lastText}.${String(us - second * 1_000_000).padStart(6, '0')}Z`;
};

export const FORMATS = { text, money, price, size, grid, rate, flag, side, time } as const;
export type FormatName = keyof typeof FORMATS;

/**
 * Quoted when it must be. A leading =, +, - or @ of free text is quoted by a space: spreadsheets
 * run formulas.
 */
export function cell(value: string, free: boolean): string {
  const safe = free && /^[=+@\t\r-]/.test(value) ? ` ${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export interface Column {
  readonly name: string;
  readonly format: FormatName;
}

export const header = (columns: readonly Column[]): string =>
  `${columns.map((column) => column.name).join(',')}\r\n`;

/** `values[skip]` belongs to the first column. */
export function line(
  columns: readonly Column[],
  values: readonly unknown[],
  skip: number,
  instrument: Instrument,
): string {
  let row = '';
  for (let i = 0; i < columns.length; i += 1) {
    const { format } = columns[i] as Column;
    const value = values[skip + i];
    if (i > 0) row += ',';
    if (value === null || value === undefined) continue;
    const made = FORMATS[format](value, instrument);
    row += format === 'text' ? cell(made, typeof value === 'string') : made;
  }
  return `${row}\r\n`;
}
