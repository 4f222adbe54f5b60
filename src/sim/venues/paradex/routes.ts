// The shape of a REST call of the simulated Paradex: what a route is, what it gets, what it answers. No behaviour but
// finding the route of a path.
import type { Micros } from '#core/units';
import type { FaceRequest, HttpMethod } from '../face.js';
import type { ParadexAccount } from './account.js';
import type { Accounts } from './accounts.js';
import type { Pages } from './lists.js';
import type { ParadexMarket } from './market.js';
import type { OrderCalls } from './order-calls.js';
import type { VenueRules } from './rules.js';
import type { SignatureChecks } from './signatures.js';

/** What every call may use of the venue. */
export interface VenueInside {
  readonly market: ParadexMarket;
  readonly rules: VenueRules;
  readonly accounts: Accounts;
  readonly calls: OrderCalls;
  readonly pages: Pages;
  readonly checks: SignatureChecks;
  now(): Micros;
  seq(): bigint;
  issueToken(account: ParadexAccount): string;
}

export interface RouteContext {
  readonly venue: VenueInside;
  readonly request: FaceRequest;
  readonly query: URLSearchParams;
  /** What stands at the `:names` of the path. */
  readonly params: readonly string[];
}

export interface RouteAnswer {
  readonly status: number;
  /** JSON text; empty with 204. */
  readonly body: string;
  /** To be called once the reply has left. */
  readonly act?: () => void;
}

/** `public` and `auth` are counted per address, `reads` and `orders` per account, which they need a token for. */
export type RouteScope = 'public' | 'auth' | 'reads' | 'orders';

export interface Route {
  readonly method: HttpMethod;
  /** Below /v1: "/orders/:id". */
  readonly path: string;
  readonly scope: RouteScope;
  run(context: RouteContext, account: ParadexAccount): RouteAnswer;
}

export interface Found {
  readonly route: Route;
  readonly params: readonly string[];
}

/** Literal paths before those with `:names`; null when there is none. */
export function findRoute(routes: readonly Route[], method: string, path: string): Found | null {
  const have = path.split('/');
  let best: Found | null = null;
  for (const route of routes) {
    if (route.method !== method) continue;
    const want = route.path.split('/');
    if (want.length !== have.length) continue;
    const params: string[] = [];
    const fits = want.every((part, i) => {
      if (!part.startsWith(':')) return part === have[i];
      params.push(decode(have[i] as string));
      return have[i] !== '';
    });
    if (fits && (best === null || params.length < best.params.length)) best = { route, params };
  }
  return best;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
