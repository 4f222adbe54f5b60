// The shape of a REST call of the simulated ApeX: what a route is, what it gets, what it answers. No behaviour.
import type { Micros } from '#core/units';
import type { ApexAccount } from './account.js';
import type { Accounts } from './accounts.js';
import type { Form } from './form.js';
import { CODE, Refusal } from './refusal.js';
import type { ApexMarket } from './market.js';
import type { OrderEntryDesk } from './order-entry.js';
import type { PublicTopics } from './public-topics.js';
import type { ApexQuirks } from './quirks.js';
import type { VenueRules } from './rules.js';

/** What every call may use of the venue. */
export interface VenueInside {
  readonly market: ApexMarket;
  readonly rules: VenueRules;
  readonly accounts: Accounts;
  readonly desk: OrderEntryDesk;
  readonly topics: PublicTopics;
  readonly quirks: ApexQuirks;
  now(): Micros;
  /** An order was placed: it ends at its expiration. */
  placed(account: ApexAccount, id: string): void;
}

export interface Call {
  readonly venue: VenueInside;
  /** Of a GET. */
  readonly query: URLSearchParams;
  /** Of a POST. */
  readonly form: Form;
}

export interface Answer {
  readonly data: unknown;
  /** To be called once the answer has left. */
  readonly act?: () => void;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Below /api/v3. */
  readonly path: string;
}
export interface PublicRoute extends Route {
  run(call: Call): Answer;
}
export interface PrivateRoute extends Route {
  run(call: Call, account: ApexAccount): Answer;
}

/** A whole number of the query, within bounds. Throws Refusal for other text. */
export function wholeIn(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null || text === '') return fallback;
  if (/^\d{1,16}$/.test(text)) return Number(text);
  throw new Refusal(CODE.business, `${name} must be a whole number`);
}

/** A page of a list (oldest first), newest first; `time` in ms. Query: limit, page, begin and end. */
export function pageOf<Item>(
  items: readonly Item[],
  query: URLSearchParams,
  time: (item: Item) => number,
): { readonly page: readonly Item[]; readonly totalSize: number } {
  const limit = Math.min(100, Math.max(1, wholeIn(query, 'limit', 100)));
  const from = wholeIn(query, 'beginTimeInclusive', 0);
  const to = wholeIn(query, 'endTimeExclusive', Number.MAX_SAFE_INTEGER);
  const found = items.filter((item) => time(item) >= from && time(item) < to).reverse();
  const start = wholeIn(query, 'page', 0) * limit;
  return { page: found.slice(start, start + limit), totalSize: found.length };
}
