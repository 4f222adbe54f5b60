// Start-up: everything that can be wrong is asked for before anything is sent that changes anything, and told at once,
// one line each with its remedy. Reads only. The zk key must be the account's: any 65 bytes sign something.
import { Instrument, type InstrumentSpec } from '#core/instrument';
import { RATE_SCALE, parseDecimal } from '#core/money';
import type { Rate, Seconds } from '#core/units';
import { VenueProblem } from '#clients/net/venue-client';
import type { ApexRest, RestCall, RestReply } from './client-rest.js';
import { replyText } from './client-rest.js';
import { SKEW_LIMIT, type VenueTime } from './client-time.js';
import type { TradeTerms } from './client-trade.js';
import type { Fields } from './codec/words.js';
import { isFields, numberOf, recordsOf, textOf } from './codec/words.js';
import type { ApexEnvironment } from './endpoints.js';
import { PATHS, crossOf } from './endpoints.js';
import { feeBps } from './sign/order.js';
import type { ApexSwitches } from './switches.js';
import { STANDARD_FEES } from './switches.js';
import type { CrossSymbol, DashSymbol } from './wire.js';

const FUNDING_PERIOD = 3_600 as Seconds;
const LISTS = ['perpetualContract', 'prelaunchContract'];
const TIME_READS = 3;

export interface StartParts {
  readonly environment: ApexEnvironment;
  readonly symbol: DashSymbol;
  readonly rest: ApexRest;
  readonly time: VenueTime;
  readonly switches: ApexSwitches;
  /** The public key that belongs to the seed; null where nothing will be signed (emergency). */
  readonly l2Key: string | null;
}

export interface StartFacts {
  readonly instrument: Instrument;
  readonly cross: CrossSymbol;
  readonly feesFrom: string;
  readonly terms: TradeTerms;
  readonly warnings: readonly string[];
  /** Why nothing may be quoted now; '' when one may. */
  readonly closed: string;
  /** The venue's mark in ticks, for the price band of the feed; 0 where it could not be read. */
  readonly mark: number;
}

const ask = (rest: ApexRest, call: RestCall): Promise<RestReply> =>
  new Promise((resolve) => rest.call(call, resolve));

/** Throws VenueProblem with every problem found. */
export async function readStart(parts: StartParts): Promise<StartFacts> {
  const { rest, symbol, environment, time } = parts;
  const problems: string[] = [];
  let read = false;
  for (let i = 0; i < TIME_READS; i += 1) {
    read = (await new Promise<boolean>((resolve) => rest.measureTime(resolve))) || read;
  }
  if (!read)
    throw new VenueProblem([
      `ApeX does not answer at ${environment.origin}: check the connection, --network and --apex-url`,
    ]);
  if (time.skewed)
    problems.push(`our clock is ${Math.round(-time.offsetUs / 1_000)} ms ahead of the venue's, ${SKEW_LIMIT / 1_000} ms are allowed: synchronise it (NTP)`); // prettier-ignore
  const symbols = await ask(rest, { method: 'GET', path: PATHS.symbols, open: true });
  const config = configOf(symbols);
  const contract = contractOf(config, symbol);
  if (symbols.kind !== 'ok')
    problems.push(`the list of markets could not be read (${replyText(symbols)}): try again`); // prettier-ignore
  else if (contract === null)
    problems.push(`no market ${symbol}: see --market (spelt like BTC-USDT)`);
  const account = await ask(rest, { method: 'GET', path: PATHS.account });
  const fields = account.kind === 'ok' && isFields(account.data) ? account.data : null;
  if (fields === null)
    problems.push(`the account could not be read (${replyText(account)}): check MM_APEX_KEY, MM_APEX_SECRET and MM_APEX_PASSPHRASE with mm doctor`); // prettier-ignore
  else checkKey(parts.l2Key, textOf(fields, 'l2Key'), problems);
  if (problems.length > 0 || contract === null || fields === null) throw new VenueProblem(problems);
  const facts = assemble(parts, config, contract, fields);
  const ticker = await ask(rest, {
    ...{ method: 'GET', path: PATHS.ticker, open: true },
    fields: { symbol: facts.cross },
  });
  const price = ticker.kind === 'ok' ? numberOf(recordsOf(ticker.data)[0] ?? {}, 'markPrice') : 0;
  return { ...facts, mark: Math.max(0, facts.instrument.mark(price)) };
}

function checkKey(own: string | null, theirs: string, problems: string[]): void {
  if (own === null || sameHex(own, theirs)) return;
  problems.push(
    theirs === ''
      ? 'the account has no l2Key: finish the registration on the site first'
      : 'MM_APEX_SEED belongs to another account (its public key is not the l2Key of this one): copy the Omni Key again',
  );
}

const sameHex = (a: string, b: string): boolean =>
  a.toLowerCase().replace(/^0x/, '') === b.toLowerCase().replace(/^0x/, '');

const configOf = (reply: RestReply): Fields => {
  const data = reply.kind === 'ok' && isFields(reply.data) ? reply.data : {};
  return isFields(data['contractConfig']) ? data['contractConfig'] : {};
};

function contractOf(config: Fields, symbol: DashSymbol): Fields | null {
  const all = LISTS.flatMap((name) => recordsOf(config[name]));
  return all.find((item) => textOf(item, 'symbol') === symbol) ?? null;
}

function assemble(
  parts: StartParts,
  config: Fields,
  contract: Fields,
  account: Fields,
): Omit<StartFacts, 'mark'> {
  const { symbol, switches } = parts;
  const settle = textOf(contract, 'settleAssetId') || (symbol.split('-')[1] as string);
  const asset = recordsOf(config['assets']).find((item) => textOf(item, 'token') === settle);
  const terms = termsOf(account, contract, switches, numberOf(asset ?? {}, 'decimals') || 18);
  if (terms === null)
    throw new VenueProblem([`the fees or the pair of ${symbol} make no sense: report it, with mm doctor's output`]); // prettier-ignore
  const instrument = makeInstrument(symbol, settle, contract, terms.rates);
  if (instrument === null)
    throw new VenueProblem([`the specification of ${symbol} makes no sense: report it, with mm doctor's output`]); // prettier-ignore
  const shut = (name: string): boolean => contract[name] === false;
  const closed = shut('enableTrade')
    ? `${symbol} does not trade now`
    : shut('enableOpenPosition')
      ? `${symbol} lets nobody open a position now`
      : '';
  return {
    ...{ instrument, closed, terms: terms.terms, feesFrom: terms.from },
    cross: (textOf(contract, 'crossSymbolName') || crossOf(symbol)) as CrossSymbol,
    warnings: closed === '' ? [] : [closed],
  };
}

interface Terms {
  readonly terms: TradeTerms;
  readonly rates: { readonly maker: string; readonly taker: string };
  readonly from: string;
}

/** Fee rates of the account (its VIP rates where it has any), and what is signed from them. */
function termsOf(
  account: Fields,
  contract: Fields,
  switches: ApexSwitches,
  decimals: number,
): Terms | null {
  const own = isFields(account['contractAccount']) ? account['contractAccount'] : {};
  const stated = { maker: textOf(own, 'makerFeeRate'), taker: textOf(own, 'takerFeeRate') };
  const known = parseDecimal(stated.maker, RATE_SCALE) !== null && parseDecimal(stated.taker, RATE_SCALE) !== null; // prettier-ignore
  const rates = known ? stated : STANDARD_FEES;
  const signed = switches.signedFees === 'account' ? rates : STANDARD_FEES;
  const pairId = numberOf(contract, 'l2PairId');
  const accountId = textOf(account, 'id');
  if (pairId <= 0 || !/^\d{1,30}$/.test(accountId)) return null;
  try {
    const terms = {
      ...{ accountId, pairId, decimals, takerRate: signed.taker },
      ...{ makerBps: feeBps(signed.maker), takerBps: feeBps(signed.taker) },
    };
    return { terms, rates, from: known ? 'account' : 'configuration' };
  } catch {
    return null;
  }
}

function makeInstrument(
  symbol: DashSymbol,
  settle: string,
  contract: Fields,
  rates: { readonly maker: string; readonly taker: string },
): Instrument | null {
  const maintenance = numberOf(contract, 'maintenanceMarginRate');
  const wanted: InstrumentSpec = {
    ...{ venue: 'apex', symbol, kind: 'linear', multiplier: '1', minNotional: '0' },
    tickSize: textOf(contract, 'tickSize'),
    lotSize: textOf(contract, 'stepSize'),
    minSize: textOf(contract, 'minOrderSize') || textOf(contract, 'stepSize'),
    settle,
    makerFee: (parseDecimal(rates.maker, RATE_SCALE) ?? 0) as Rate,
    takerFee: (parseDecimal(rates.taker, RATE_SCALE) ?? 0) as Rate,
    fundingPeriod: FUNDING_PERIOD,
    maintenanceMargin: maintenance > 0 ? maintenance : 0.01,
  };
  try {
    return new Instrument(wanted);
  } catch {
    return null;
  }
}
