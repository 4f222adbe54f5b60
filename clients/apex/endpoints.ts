// Where ApeX Omni is and what its calls and topics are called. Pure text; it never connects and never holds a key. The
// two spellings of a symbol are made here and nowhere else.
import type { CrossSymbol, DashSymbol } from './wire.js';

export type ApexNetwork = 'mainnet' | 'testnet' | 'testnet-qa' | 'loopback';

export interface ApexEnvironment {
  readonly network: ApexNetwork;
  /** Origin of the REST interface, without `/api/v3`. */
  readonly origin: string;
  /** Origin of the sockets. */
  readonly sockets: string;
}

/** Every path begins with it, and it is signed. */
export const API = '/api/v3';

const ENVIRONMENTS: Readonly<Record<Exclude<ApexNetwork, 'loopback'>, ApexEnvironment>> = {
  mainnet: {
    network: 'mainnet',
    origin: 'https://omni.apex.exchange',
    sockets: 'wss://quote.omni.apex.exchange',
  },
  // The documentation names testnet.omni, both official connectors qa.omni; the sockets are the same.
  testnet: {
    network: 'testnet',
    origin: 'https://testnet.omni.apex.exchange',
    sockets: 'wss://qa-quote.omni.apex.exchange',
  },
  'testnet-qa': {
    network: 'testnet-qa',
    origin: 'https://qa.omni.apex.exchange',
    sockets: 'wss://qa-quote.omni.apex.exchange',
  },
};

export const environment = (network: Exclude<ApexNetwork, 'loopback'>): ApexEnvironment =>
  ENVIRONMENTS[network];

/** A venue served elsewhere: `origin` such as "http://127.0.0.1:4802" (also https). Null when it is no such address. */
export function loopback(origin: string): ApexEnvironment | null {
  const match = /^http(s?):\/\/([^/?#\s]+)\/?$/.exec(origin);
  if (match === null) return null;
  const host = match[2] as string;
  const secure = match[1] as string;
  return {
    network: 'loopback',
    origin: `http${secure}://${host}`,
    sockets: `ws${secure}://${host}`,
  };
}

export const SOCKET_PATHS = { public: '/realtime_public', private: '/realtime_private' } as const;

/** The address of a socket; the stamp is wanted anew at each connect. */
export const socketUrl = (
  { sockets }: ApexEnvironment,
  which: keyof typeof SOCKET_PATHS,
  timestampMs: number,
): string => `${sockets}${SOCKET_PATHS[which]}?v=2&timestamp=${timestampMs}`;

/** `BTC-USDT` as given on the command line; null when it is not that. */
export const dashSymbol = (text: string): DashSymbol | null =>
  /^[0-9A-Z]{1,20}-[0-9A-Z]{2,10}$/.test(text) ? (text as DashSymbol) : null;

/** Until /symbols has named it: the dash left out. */
export const crossOf = (symbol: DashSymbol): CrossSymbol =>
  symbol.replace('-', '') as string as CrossSymbol;

/** Below `API`. */
export const PATHS = {
  time: '/time',
  symbols: '/symbols',
  depth: '/depth',
  trades: '/trades',
  klines: '/klines',
  ticker: '/ticker',
  allTickers: '/data/all-ticker-info',
  historyFunding: '/history-funding',
  account: '/account',
  balance: '/account-balance',
  snapshot: '/account-snapshot',
  funding: '/funding',
  order: '/order',
  orderByClientId: '/order-by-client-order-id',
  openOrders: '/open-orders',
  historyOrders: '/history-orders',
  fills: '/fills',
  orderFills: '/order-fills',
  worstPrice: '/get-worst-price',
  deleteOrder: '/delete-order',
  deleteOrders: '/delete-orders',
  deleteByClientId: '/delete-client-order-id',
  deleteOpenOrders: '/delete-open-orders',
  setInitialMarginRate: '/set-initial-margin-rate',
} as const;

export const TOPICS = {
  book: (symbol: CrossSymbol, levels: 25 | 200 = 200): string => `orderBook${levels}.H.${symbol}`,
  trades: (symbol: CrossSymbol): string => `recentlyTrade.H.${symbol}`,
  ticker: (symbol: CrossSymbol): string => `instrumentInfo.H.${symbol}`,
  account: 'ws_zk_accounts_v3',
  notify: 'ws_notify_v1',
} as const;

/** Levels a side that the book topic keeps. */
export const BOOK_LEVELS = 200;
/** Our own ping, as documented. */
export const PING_EVERY_MS = 15_000;
export const REQUEST_LIMITS = { address: 600, posts: 300, gets: 600, openOrders: 200 } as const;
