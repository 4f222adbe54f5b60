// One frame of the private stream in our words. A frame without a type is a snapshot; every list in it may be missing
// or null. There is no sequence number: what a frame lacks can only be learnt by asking.
import type { Fields } from '#clients/net/words';
import type { FillWord, OrderWord } from './words.js';
import { fillWord, isFields, orderWord, recordsOf, textOf } from './words.js';
import { TOPICS } from '../endpoints.js';

export interface AccountFrame {
  readonly snapshot: boolean;
  readonly orders: readonly OrderWord[];
  readonly fills: readonly FillWord[];
  /** Rows of positions came along: the account has changed. */
  readonly moved: boolean;
  readonly deleveraged: boolean;
  /** Records that could not be read; each must be asked for. */
  readonly unreadable: number;
}

/** Null when it is no frame of the account topic. */
export function readAccountFrame(frame: unknown): AccountFrame | null {
  if (!isFields(frame) || textOf(frame, 'topic') !== TOPICS.account) return null;
  const contents = isFields(frame['contents']) ? frame['contents'] : null;
  if (contents === null) return { ...EMPTY, snapshot: frame['type'] !== 'delta', unreadable: 1 };
  const orders = readAll(contents, 'orders', orderWord);
  const fills = readAll(contents, 'fills', fillWord);
  return {
    snapshot: frame['type'] !== 'delta',
    orders: orders.words,
    fills: fills.words,
    moved: ['positions', 'contractWallets'].some((name) => recordsOf(contents[name]).length > 0),
    deleveraged: recordsOf(contents['deleverages']).length > 0,
    unreadable: orders.unreadable + fills.unreadable,
  };
}

const EMPTY: AccountFrame = {
  ...{ snapshot: false, orders: [], fills: [], moved: false, deleveraged: false, unreadable: 0 },
};

function readAll<Word>(
  contents: Fields,
  name: string,
  read: (value: unknown) => Word | null,
): { words: Word[]; unreadable: number } {
  const list = contents[name];
  if (list === undefined || list === null) return { words: [], unreadable: 0 };
  if (!Array.isArray(list)) return { words: [], unreadable: 1 };
  const words: Word[] = [];
  for (const item of list as unknown[]) {
    const word = read(item);
    if (word !== null) words.push(word);
  }
  return { words, unreadable: list.length - words.length };
}
