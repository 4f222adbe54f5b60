// What ApeX says of one market and of our fees there, from its list of symbols and the account: grid, funding, whether it
// trades, and what an order signs. Pure: answers in, facts out.
import type { Instrument } from '#core/instrument';
import { RATE_SCALE, parseDecimal } from '#core/money';
import type { Rate, Seconds } from '#core/units';
import { instrumentOf } from '#clients/net/start';
import { VenueProblem } from '#clients/net/venue-client';
import type { Fields } from '#clients/net/words';
import type { TradeTerms } from './client-trade.js';
import { isFields, numberOf, recordsOf, textOf } from './codec/words.js';
import { crossOf } from './endpoints.js';
import { feeBps } from './sign/order.js';
import type { ApexSwitches } from './switches.js';
import { STANDARD_FEES } from './switches.js';
import type { CrossSymbol, DashSymbol } from './wire.js';

const FUNDING_PERIOD = 3_600 as Seconds;
const LISTS = ['perpetualContract', 'prelaunchContract'];

export interface ApexMarket {
  readonly instrument: Instrument;
  readonly cross: CrossSymbol;
  readonly feesFrom: string;
  readonly terms: TradeTerms;
  /** Why nothing may be quoted now; '' when one may. */
  readonly closed: string;
}

/** The market in the answer of /symbols; null when it is not there. */
export function contractOf(symbols: unknown, symbol: DashSymbol): Fields | null {
  const all = LISTS.flatMap((name) => recordsOf(configOf(symbols)[name]));
  return all.find((item) => textOf(item, 'symbol') === symbol) ?? null;
}

const configOf = (symbols: unknown): Fields => {
  const config = isFields(symbols) ? symbols['contractConfig'] : null;
  return isFields(config) ? config : {};
};

/** Throws VenueProblem when it makes no sense. */
export function marketOf(
  { symbol, switches }: { readonly symbol: DashSymbol; readonly switches: ApexSwitches },
  symbols: unknown,
  contract: Fields,
  account: Fields,
): ApexMarket {
  const settle = textOf(contract, 'settleAssetId') || (symbol.split('-')[1] as string);
  const assets = recordsOf(configOf(symbols)['assets']);
  const asset = assets.find((item) => textOf(item, 'token') === settle);
  const terms = termsOf(account, contract, switches, numberOf(asset ?? {}, 'decimals') || 18);
  if (terms === null)
    throw new VenueProblem([`the fees or the pair of ${symbol} make no sense: report it, with mm doctor's output`]); // prettier-ignore
  return {
    instrument: makeInstrument(symbol, settle, contract, terms.rates),
    ...{ closed: closedText(symbol, contract), terms: terms.terms, feesFrom: terms.from },
    cross: (textOf(contract, 'crossSymbolName') || crossOf(symbol)) as CrossSymbol,
  };
}

function closedText(symbol: DashSymbol, contract: Fields): string {
  if (contract['enableTrade'] === false) return `${symbol} does not trade now`;
  if (contract['enableOpenPosition'] !== false) return '';
  return `${symbol} lets nobody open a position now`;
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
): Instrument {
  const maintenance = numberOf(contract, 'maintenanceMarginRate');
  return instrumentOf({
    ...{ venue: 'apex', symbol, kind: 'linear', multiplier: '1', minNotional: '0' },
    tickSize: textOf(contract, 'tickSize'),
    lotSize: textOf(contract, 'stepSize'),
    minSize: textOf(contract, 'minOrderSize') || textOf(contract, 'stepSize'),
    settle,
    makerFee: (parseDecimal(rates.maker, RATE_SCALE) ?? 0) as Rate,
    takerFee: (parseDecimal(rates.taker, RATE_SCALE) ?? 0) as Rate,
    fundingPeriod: FUNDING_PERIOD,
    maintenanceMargin: maintenance > 0 ? maintenance : 0.01,
  });
}
