// The public REST calls of the simulated Paradex: system and market data. Each reads the moment and changes nothing.
import type { Micros } from '#core/units';
import { jsonText } from '../json.js';
import { hexOf } from './accounts.js';
import {
  bboWire, bookWire, fundingWire, marketWire, summaryWire, tradeWire,
} from './market-views.js'; // prettier-ignore
import { numberIn } from './lists.js';
import { invalid } from './refusal.js';
import type { Route, RouteContext } from './routes.js';
import { ACCOUNT_CLASS, CHAIN_ID, PROXY_CLASS } from './stark-signatures.js';

const RESOLUTIONS = [1, 3, 5, 15, 30, 60];

function config() {
  return {
    starknet_gateway_url: 'http://127.0.0.1',
    starknet_fullnode_rpc_url: 'http://127.0.0.1/rpc',
    starknet_fullnode_rpc_base_url: 'http://127.0.0.1/rpc',
    starknet_chain_id: CHAIN_ID,
    block_explorer_url: 'http://127.0.0.1/explorer',
    paraclear_address: '0x286003f7c7bfc3f94e8f0af48b48302e7aee2fb13c23b141479ba00832ef2c6',
    paraclear_decimals: 8,
    paraclear_account_proxy_hash: PROXY_CLASS,
    paraclear_account_hash: ACCOUNT_CLASS,
    paraclear_evm_account_hash: ACCOUNT_CLASS,
    oracle_address: '0x2c6a867fbc0fb0dd2a7a0f5f3c0e8a6b4f2ff8b1a1a8e7b4c5d6e7f80910a1b',
    bridged_tokens: [
      {
        ...{ name: 'TEST USDC', symbol: 'USDC', decimals: 6 },
        l1_token_address: '0x29a873159d5e14acbd63913d4a7e2df04570c666',
        l1_bridge_address: '0x8e0c5f7a7e0f2f5d9e4ad3b2a58ef0a3b7d9a5f1',
        l2_token_address: '0x6f373b346561036d98ea10fb3e60d2f459c872b1933b50b21fe6ef4fda3b75e',
        l2_bridge_address: '0x46e9237f5408b5f899e72125dd69bd55485a287aaf24663d3ebe00d237fc7ef',
      },
    ],
    l1_core_contract_address: '0x182fe62c57461d4c5ab1aec6f04f1d51aa1607daf',
    l1_operator_address: '0x63e762538c70442208f7622116a3b761d91fc41f',
    l1_chain_id: '11155111',
    liquidation_fee: '0.01',
    assets_limit_per_account: '10',
    environment: 'testnet',
  };
}

function marketIn(context: RouteContext, name = 'market'): string {
  const market = context.query.get(name);
  if (market === null || market === '') throw invalid(`${name} is required`);
  context.venue.rules.known(market);
  return market;
}

const known = (context: RouteContext): void => context.venue.rules.known(context.params[0] ?? '');

function book(context: RouteContext): unknown {
  known(context);
  const { query, venue } = context;
  const cut = { depth: numberIn(query, 'depth', 20), priceTick: numberIn(query, 'price_tick', 0) };
  return bookWire(venue.market, cut);
}

function klines(context: RouteContext): unknown {
  const { venue, query } = context;
  marketIn(context, 'symbol');
  const minutes = numberIn(query, 'resolution', 1);
  if (!RESOLUTIONS.includes(minutes)) throw invalid('resolution is not supported');
  const kind = query.get('price_kind') ?? 'last';
  if (!['last', 'mark', 'underlying'].includes(kind)) throw invalid('price_kind is not supported');
  const from = numberIn(query, 'start_at', 0) * 1000;
  const to = numberIn(query, 'end_at', venue.now() / 1000) * 1000;
  const { candles, instrument } = venue.market;
  const { tickSize, lotSize } = instrument;
  const found = candles[kind === 'last' ? 'last' : 'mark'].of(minutes, from, to);
  const price = (ticks: number): number => Number((ticks * tickSize).toPrecision(12));
  return {
    results: found.map((c) => [
      ...[c.fromUs / 1000, price(c.open), price(c.high), price(c.low), price(c.close)],
      Number((c.volume * lotSize).toPrecision(12)),
    ]),
  };
}

function trades(context: RouteContext): unknown {
  marketIn(context);
  const { market, pages } = context.venue;
  const page = pages.of('trades', market.prints, context.query, (p) => p.us / 1000, 1_000);
  return { ...page, results: page.results.map((print) => tradeWire(market, print)) };
}

function onboardingInfo(context: RouteContext): unknown {
  const key = hexOf(context.query.get('public_key') ?? '');
  const address = context.venue.checks.addressOf(key);
  if (address === '') throw invalid('public_key is no key');
  return {
    address,
    exists: context.venue.accounts.all.has(address),
    account_signer_type: 'starknet',
    derivation_info: { class_hash: ACCOUNT_CLASS, proxy_class_hash: PROXY_CLASS },
  };
}

function summaries(context: RouteContext): unknown {
  const wanted = context.query.get('market');
  if (wanted === null || wanted === '') throw invalid('market is required');
  if (wanted !== 'ALL') context.venue.rules.known(wanted);
  return { results: [summaryWire(context.venue.market)] };
}

function funding(context: RouteContext): unknown {
  marketIn(context);
  return { results: [fundingWire(context.venue.market)], next: null, prev: null };
}

function markets(context: RouteContext): unknown {
  const { market, rules } = context.venue;
  const wanted = context.query.get('market');
  if (wanted !== null && wanted !== '') rules.known(wanted);
  return { results: [marketWire(market, rules.overrides)] };
}

const serverTime = (nowUs: Micros): unknown => ({ server_time: String(Math.floor(nowUs / 1000)) });

const read = (path: string, view: (context: RouteContext) => unknown): Route => ({
  ...{ method: 'GET', path, scope: 'public' },
  run: (context) => ({ status: 200, body: jsonText(view(context)) }),
});

export const PUBLIC_ROUTES: readonly Route[] = [
  read('/system/config', config),
  read('/system/state', ({ venue }) => ({ status: venue.rules.system })),
  read('/system/time', ({ venue }) => serverTime(venue.now())),
  read('/system/volume-tiers', () => ({ results: [] })),
  read('/jwks.json', () => ({ keys: [] })),
  read('/onboarding', onboardingInfo),
  read('/markets', markets),
  read('/markets/summary', summaries),
  read('/markets/klines', klines),
  read('/orderbook/:market', book),
  read('/orderbook/:market/interactive', book),
  read('/bbo/:market', (context) => {
    known(context);
    return bboWire(context.venue.market);
  }),
  read('/bbo/:market/interactive', (context) => {
    known(context);
    return bboWire(context.venue.market);
  }),
  read('/trades', trades),
  read('/funding/data', funding),
];
