// Start-up: everything that can be wrong is asked for before anything is sent that changes anything, and told at once,
// one line each with its remedy. Reads only.
import type { Instrument } from '#core/instrument';
import { RATE_SCALE, parseDecimal } from '#core/money';
import type { Rate, Seconds } from '#core/units';
import type { MarketFacts } from '#clients/net/start';
import { instrumentOf, readAgain } from '#clients/net/start';
import { VenueProblem } from '#clients/net/venue-client';
import type { VenueTime } from '#clients/net/venue-time';
import type { Fields } from '#clients/net/words';
import { sameHex } from '#clients/net/words';
import type { ParadexRest, RestReply } from './client-rest.js';
import { replyText } from './client-rest.js';
import { isRecord, listOf, numberOf, textOf } from './client-words.js';
import type { Environment } from './endpoints.js';
import { PATHS } from './endpoints.js';

export interface StartParts {
  readonly environment: Environment;
  readonly market: string;
  readonly account: string;
  readonly rest: ParadexRest;
  readonly time: VenueTime;
  /** Fees where neither account nor market name any, as fractions such as "0.0003". */
  readonly fallbackFees: { readonly maker: string; readonly taker: string };
}

export interface StartFacts extends MarketFacts {
  readonly maxOpenOrders: number;
}

/** Throws VenueProblem with every problem found. */
export async function readStart(parts: StartParts): Promise<StartFacts> {
  const { rest, market } = parts;
  const problems: string[] = [];
  const warnings: string[] = [];
  const get = (path: string, scope: 'public' | 'reads'): Promise<RestReply> =>
    readAgain((done) => rest.call({ method: 'GET', path, scope }, done));
  const query = `?market=${encodeURIComponent(market)}`;
  const [config, state, markets, summary] = await Promise.all([
    get(PATHS.systemConfig, 'public'),
    get(PATHS.systemState, 'public'),
    get(`${PATHS.markets}${query}`, 'public'),
    get(`${PATHS.marketsSummary}${query}`, 'public'),
  ]);
  if (config.kind !== 'ok')
    throw new VenueProblem([
      `Paradex does not answer at ${parts.environment.rest} (${replyText(config)}): check the network and PARADEX_URL`,
    ]);
  checkChain(parts.environment, config.json, problems);
  const status = state.kind === 'ok' && isRecord(state.json) ? textOf(state.json, 'status') : '';
  if (status !== '' && status !== 'ok')
    warnings.push(`the venue is in state ${status}: nothing is quoted until it is ok`);
  // The time after them, on a connection that stands; by a wrong clock a token would only fail for a worse reason.
  checkTime(parts.time, await get(PATHS.systemTime, 'public'), problems);
  const spec = find(markets, (item) => textOf(item, 'symbol') === market);
  if (spec === null)
    problems.push(`no market ${market} (${replyText(markets)}): mm doctor says which there are`);
  else if (textOf(spec, 'trading_mode') === 'RFQ_ONLY')
    problems.push(`${market} trades by request for quote only: choose another --market`);
  const info = await get(PATHS.accountInfo, 'reads');
  if (info.kind !== 'ok')
    problems.push(
      `the account could not be read (${replyText(info)}): check the key and MM_PARADEX_ACCOUNT (mm keys paradex shows what belongs to the key), or try again`,
    );
  if (problems.length > 0 || spec === null) throw new VenueProblem(problems);
  const mine =
    find(info, (item) => sameHex(textOf(item, 'account'), parts.account)) ?? find(info, () => true);
  const fees = feesOf(mine, spec, parts.fallbackFees);
  const instrument = makeInstrument(market, spec, fees);
  const maxOpenOrders = numberOf(spec, 'max_open_orders') || 100;
  const ours = find(summary, (item) => textOf(item, 'symbol') === market);
  return {
    ...{ instrument, maxOpenOrders, warnings, feesFrom: fees.from },
    mark: ours === null ? 0 : Math.max(0, instrument.mark(numberOf(ours, 'mark_price'))),
    closed: status === 'ok' || status === '' ? '' : `the venue is in state ${status}`,
  };
}

function checkChain(environment: Environment, json: unknown, problems: string[]): void {
  const told = isRecord(json) ? textOf(json, 'starknet_chain_id') : '';
  const { chainId, network } = environment;
  if (chainId !== null && told !== chainId)
    problems.push(`the venue's chain is ${told || 'not named'}, ${network} should be ${chainId}: wrong URL, or update this program`); // prettier-ignore
}

function checkTime(time: VenueTime, reply: RestReply, problems: string[]): void {
  const serverMs =
    reply.kind === 'ok' && isRecord(reply.json) ? numberOf(reply.json, 'server_time') : 0;
  if (reply.kind !== 'ok' || serverMs <= 0) {
    problems.push(`the venue's time could not be read (${replyText(reply)}): try again`);
    return;
  }
  time.measure(serverMs, reply.sentUs);
  if (time.skewed) problems.push(time.skewText);
}

/** The first item that fits, of a list or a single object. */
function find(reply: RestReply, fits: (item: Fields) => boolean): Fields | null {
  if (reply.kind !== 'ok') return null;
  const items = listOf(reply.json) ?? (isRecord(reply.json) ? [reply.json] : []);
  return items.find(fits) ?? null;
}

interface Fees {
  readonly maker: Rate;
  readonly taker: Rate;
  readonly from: string;
}

function feesOf(
  info: Fields | null,
  spec: Fields,
  fallback: { readonly maker: string; readonly taker: string },
): Fees {
  const own = isRecord(info?.['fees']) ? info['fees'] : {};
  const account = pair(textOf(own, 'maker_rate'), textOf(own, 'taker_rate'), 'account');
  if (account !== null) return account;
  const config = isRecord(spec['fee_config']) ? spec['fee_config'] : {};
  const api = isRecord(config['api_fee']) ? config['api_fee'] : {};
  const feeOf = (name: string): string => (isRecord(api[name]) ? textOf(api[name], 'fee') : '');
  const market = pair(feeOf('maker_fee'), feeOf('taker_fee'), 'market');
  if (market !== null) return market;
  return (
    pair(fallback.maker, fallback.taker, 'configuration') ?? {
      ...{ maker: 0 as Rate, taker: 0 as Rate, from: 'nowhere' },
    }
  );
}

function pair(maker: string, taker: string, from: string): Fees | null {
  const m = parseDecimal(maker, RATE_SCALE);
  const t = parseDecimal(taker, RATE_SCALE);
  return m === null || t === null ? null : { maker: m as Rate, taker: t as Rate, from };
}

function makeInstrument(market: string, spec: Fields, fees: Fees): Instrument {
  const margin = isRecord(spec['delta1_cross_margin_params'])
    ? spec['delta1_cross_margin_params']
    : {};
  const maintenance = numberOf(margin, 'imf_base') * numberOf(margin, 'mmf_factor');
  return instrumentOf({
    ...{ venue: 'paradex', symbol: market, kind: 'linear', multiplier: '1' },
    tickSize: textOf(spec, 'price_tick_size'),
    lotSize: textOf(spec, 'order_size_increment'),
    minNotional: textOf(spec, 'min_notional') || '0',
    settle: textOf(spec, 'settlement_currency') || 'USDC',
    makerFee: fees.maker,
    takerFee: fees.taker,
    fundingPeriod: ((numberOf(spec, 'funding_period_hours') || 8) * 3_600) as Seconds,
    maintenanceMargin: maintenance > 0 ? maintenance : 0.01,
  });
}
