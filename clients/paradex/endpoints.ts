// Where Paradex is and what its calls and channels are called: environments, REST paths, WebSocket addresses with the
// binary encoding as a switch. Pure text; it never connects to anything and never holds a key.

export type Network = 'mainnet' | 'testnet' | 'loopback';

/** Whether a socket asks for binary frames: no parameters (plain JSON), or schema id 1 in a version (0, 1 or 2). */
export type SbeVersion = 0 | 1 | 2;
export type Encoding =
  { readonly kind: 'json' } | { readonly kind: 'sbe'; readonly version: SbeVersion };
export const JSON_ENCODING: Encoding = Object.freeze({ kind: 'json' });
/** What the documentation asks for on public sockets since 2026-09-21. */
export const SBE_1: Encoding = Object.freeze({ kind: 'sbe', version: 1 });

export interface Environment {
  readonly network: Network;
  /** Without a final slash, `/v1` included. */
  readonly rest: string;
  readonly ws: string;
  /** Expected answer of `GET /system/config`; null where any is right (loopback). The venue's word wins. */
  readonly chainId: string | null;
  /** Expected `l1_chain_id`, the chain of the key-derivation message. */
  readonly l1ChainId: string | null;
}

const MAINNET: Environment = Object.freeze({
  network: 'mainnet',
  rest: 'https://api.prod.paradex.trade/v1',
  ws: 'wss://ws.api.prod.paradex.trade/v1',
  chainId: 'PRIVATE_SN_PARACLEAR_MAINNET',
  l1ChainId: '1',
});
const TESTNET: Environment = Object.freeze({
  network: 'testnet',
  rest: 'https://api.testnet.paradex.trade/v1',
  ws: 'wss://ws.api.testnet.paradex.trade/v1',
  chainId: 'PRIVATE_SN_POTC_SEPOLIA',
  l1ChainId: '11155111',
});

/** Mainnet is the venue's "prod". */
export const environment = (network: 'mainnet' | 'testnet'): Environment =>
  network === 'mainnet' ? MAINNET : TESTNET;

/** A venue served elsewhere: `origin` such as "http://127.0.0.1:4801" (also https). Null when it is no such address. */
export function loopback(origin: string): Environment | null {
  const match = /^http(s?):\/\/([^/?#\s]+)\/?$/.exec(origin);
  if (match === null) return null;
  const host = match[2] as string;
  const rest = `http${match[1] as string}://${host}/v1`;
  const ws = `ws${match[1] as string}://${host}/v1`;
  return { network: 'loopback', rest, ws, chainId: null, l1ChainId: null };
}

/** Address of a socket in the given encoding. */
export const socketUrl = (env: Environment, encoding: Encoding): string =>
  encoding.kind === 'json' ? env.ws : `${env.ws}?${sbeQuery(encoding.version)}`;
export const sbeQuery = (version: SbeVersion): string =>
  `sbeSchemaId=1&sbeSchemaVersion=${version}`;

/**
 * What a socket's query string asks for: the face's side of `socketUrl`. Null = refuse with HTTP 400 (a version or
 * schema that does not exist; the venue has no fall-back).
 */
export function encodingOf(query: URLSearchParams): Encoding | null {
  const id = query.get('sbeSchemaId');
  const version = query.get('sbeSchemaVersion');
  if (id === null && version === null) return JSON_ENCODING;
  if (id !== '1' || (version !== '0' && version !== '1' && version !== '2')) return null;
  return { kind: 'sbe', version: Number(version) as SbeVersion };
}

/** Below `Environment.rest`. */
export const PATHS = {
  systemConfig: '/system/config',
  systemState: '/system/state',
  systemTime: '/system/time',
  /** Subkeys need the form with their public key; a main key may use either. */
  auth: (publicKey: string): string => `/auth/${publicKey}`,
  authPlain: '/auth',
  onboarding: '/onboarding',
  jwks: '/jwks.json',
  markets: '/markets',
  marketsSummary: '/markets/summary',
  klines: '/markets/klines',
  orderBook: (market: string): string => `/orderbook/${market}`,
  orderBookInteractive: (market: string): string => `/orderbook/${market}/interactive`,
  bbo: (market: string): string => `/bbo/${market}`,
  bboInteractive: (market: string): string => `/bbo/${market}/interactive`,
  trades: '/trades',
  fundingData: '/funding/data',
  fundingPayments: '/funding/payments',
  orders: '/orders',
  ordersBatch: '/orders/batch',
  order: (id: string): string => `/orders/${encodeURIComponent(id)}`,
  orderByClientId: (id: string): string => `/orders/by_client_id/${encodeURIComponent(id)}`,
  ordersHistory: '/orders-history',
  account: '/account',
  accountInfo: '/account/info',
  accountMargin: '/account/margin',
  marketMargin: (market: string): string => `/account/margin/${market}`,
  positions: '/positions',
  balance: '/balance',
  fills: '/fills',
  transactions: '/transactions',
  tradeBusts: '/tradebusts',
} as const;

/** Channel names. At most one order-book channel per market and binary connection. */
export const CHANNELS = {
  deltas: (market: string): string => `order_book.${market}.deltas`,
  interactiveDeltas: (market: string): string => `order_book.${market}.interactive_deltas`,
  bbo: (market: string): string => `bbo.${market}`,
  trades: (market: string): string => `trades.${market}`,
  summary: (market: string): string => `markets_summary.${market}`,
  funding: (market: string): string => `funding_data.${market}`,
  markets: 'markets',
  orders: (market: string): string => `orders.${market}`,
  fills: (market: string): string => `fills.${market}`,
  positions: 'positions',
  account: 'account',
  transaction: 'transaction',
  tradeBusts: 'tradebusts',
  fundingPayments: (market: string): string => `funding_payments.${market}`,
  balanceEvents: 'balance_events',
  transfers: 'transfers',
} as const;

/** A socket without any subscription is closed with this code. */
export const CLOSE_NO_SUBSCRIPTION = 4031;
