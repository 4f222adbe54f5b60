// What every venue says about an order and a fill, in the one form that the desks of this folder work on, and how the
// fields of an answer are read. A venue's own words extend these. Lenient about numbers in strings, strict about what is
// missing.
import type { Side } from '#core/units';
import { ASK, BID } from '#core/units';

export interface OrderWord {
  readonly id: string;
  readonly clientId: string;
  readonly market: string;
  readonly side: Side;
  readonly price: string;
  readonly size: string;
  /** `done`: filled, cancelled, refused or expired; nothing comes after it. */
  readonly state: 'pending' | 'open' | 'done';
  readonly cancelReason: string;
}

export interface FillWord {
  readonly id: string;
  readonly orderId: string;
  readonly clientId: string;
  readonly market: string;
  readonly side: Side;
  readonly price: string;
  readonly size: string;
  /** '' where none is said. */
  readonly fee: string;
  readonly maker: boolean;
  readonly liquidation: boolean;
  readonly createdMs: number;
}

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text of a field that is a string or a number; '' otherwise. */
export function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : '';
}

/** The same, but '?' (which is no number) for what is said and is neither a string nor a finite number. */
export const statedOf = (fields: Fields, name: string): string =>
  textOf(fields, name) || (['', null, undefined].includes(fields[name] as '') ? '' : '?');

/** The number of a field that is a number or a numeric string; 0 otherwise. */
export function numberOf(fields: Fields, name: string): number {
  const value = Number(textOf(fields, name));
  return Number.isFinite(value) ? value : 0;
}

export const sideOf = (text: string): Side | null =>
  text === 'BUY' ? BID : text === 'SELL' ? ASK : null;

/** Two hexadecimal numbers, with or without 0x and leading zeros. */
export const sameHex = (a: string, b: string): boolean => bareHex(a) === bareHex(b);
const bareHex = (text: string): string => text.toLowerCase().replace(/^0x/, '').replace(/^0+/, '');
