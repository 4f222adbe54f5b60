// Filtering and paging of the simulated Paradex's lists, newest first, with signed cursors: only a cursor that the venue
// itself gave is accepted.
import { createHmac } from 'node:crypto';
import { invalid } from './refusal.js';

export interface Page<Item> {
  readonly results: readonly Item[];
  readonly next: string | null;
  readonly prev: string | null;
}

export class Pages {
  constructor(private readonly secret: string) {}

  /**
   * One page of `items` (oldest first). `time` in milliseconds. Query: start_at, end_at, page_size, cursor. Throws
   * Refusal for a cursor of another list or maker.
   */
  of<Item>(
    list: string,
    items: readonly Item[],
    query: URLSearchParams,
    time: (item: Item) => number,
    most: number,
  ): Page<Item> {
    const from = numberIn(query, 'start_at', 0);
    const to = numberIn(query, 'end_at', Infinity);
    const size = numberIn(query, 'page_size', Math.min(100, most));
    if (!(size >= 1 && size <= most)) throw invalid(`page_size must be 1 to ${most}`);
    const cursor = query.get('cursor');
    let i = cursor === null || cursor === '' ? items.length : this.place(list, cursor);
    const upper = i;
    const results: Item[] = [];
    while (i > 0 && results.length < size) {
      i -= 1;
      const item = items[i] as Item;
      const ms = time(item);
      if (ms < from) {
        i = 0;
        break;
      }
      if (ms <= to) results.push(item);
    }
    const prev =
      upper < items.length ? this.cursor(list, Math.min(items.length, upper + size)) : null;
    return { results, next: i > 0 ? this.cursor(list, i) : null, prev };
  }

  private cursor(list: string, place: number): string {
    const text = `${list}:${place}`;
    return Buffer.from(`${text}:${this.mark(text)}`, 'utf8').toString('base64url');
  }

  private place(list: string, cursor: string): number {
    const [name, place, mark] = Buffer.from(cursor, 'base64url').toString('utf8').split(':');
    if (name !== list || mark !== this.mark(`${list}:${place ?? ''}`))
      throw invalid('cursor is invalid');
    return Number(place);
  }

  private mark(text: string): string {
    return createHmac('sha256', this.secret).update(text).digest('hex').slice(0, 16);
  }
}

export function numberIn(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null || text === '') return fallback;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw invalid(`${name} is not a number`);
}
