// What a venue allows against what the settings want: order size, open orders, position, margin, requests, fees. Pure: it
// judges what the venue said (venue-module.ts, Examined).
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { HARD_LIMIT_FACTOR, checkSize, positionLimitOf, sizeOf, usd } from '#config/settings';
import { formatMoney, rateToBps } from '#core/money';
import { MICROS_PER_SECOND } from '#core/units';
import type { Lots, Money } from '#core/units';
import { signedSize } from './signed-size.js';
import type { Check, Examined } from './venue-module.js';

const ok = (text: string): Check => ({ state: 'ok', text });
const warning = (text: string): Check => ({ state: 'warning', text });
const problem = (text: string): Check => ({ state: 'problem', text });
const unknown = (text: string): Check => ({ state: 'unknown', text });

export function limitChecks(examined: Examined, values: ParameterValues): Check[] {
  return [
    ...moneyChecks(examined, values),
    ...sizeChecks(examined, values),
    ...bookChecks(examined, values),
    budgetCheck(examined, values),
  ];
}

function moneyChecks({ facts }: Examined, { capital, network }: ParameterValues): Check[] {
  const { instrument, account, feesFrom } = facts;
  const { makerFee, takerFee } = instrument.spec;
  const fees = `fees: maker ${rateToBps(makerFee)} bp, taker ${rateToBps(takerFee)} bp (from the ${feesFrom})`;
  const equity = `equity: $${formatMoney(account.equity)}`;
  const checks = [
    feesFrom === 'configuration'
      ? warning(`${fees}: the venue did not say; set --maker-fee and --taker-fee to yours`)
      : ok(fees),
  ];
  if (account.equity <= 0)
    checks.push(problem(`${equity}: there is nothing to trade with; pay in${network === 'testnet' ? ' test funds (the faucet of the web app)' : ''}`)); // prettier-ignore
  else if (account.equity < capital)
    checks.push(warning(`${equity} is below --capital ${usd(capital)}, which limits are measured on: lower --capital, or pay in`)); // prettier-ignore
  else checks.push(ok(`${equity}, --capital ${usd(capital)}`));
  if (account.positionLots === 0) checks.push(ok('position: flat'));
  else
    checks.push(warning(`position: ${signedSize(instrument, account.positionLots)} is open; a run whose ledger does not know it refuses, unless --adopt`)); // prettier-ignore
  return checks;
}

function sizeChecks({ facts, limits }: Examined, values: ParameterValues): Check[] {
  const { instrument } = facts;
  const { spec, lotSize } = instrument;
  const least = Number(spec.minNotional) > 0 ? `$${spec.minNotional}` : (spec.minSize ?? spec.lotSize); // prettier-ignore
  const { mark, maxOrderSize, maxPosition, initialMargin } = limits;
  const most = maxOrderSize === null ? 'not said' : String(maxOrderSize);
  const checks = [
    ok(`${spec.symbol}: tick ${spec.tickSize}, lot ${spec.lotSize}, smallest order ${least}, largest ${most}`), // prettier-ignore
  ];
  if (!(mark > 0))
    return [...checks, unknown(`sizes: the venue has no price of ${spec.symbol} now; try again`)];
  const unitLots = instrument.lotsWithin(sizeOf(values, instrument, mark), mark);
  const limit = positionLimitOf(values);
  const hard = (limit * HARD_LIMIT_FACTOR) as Money;
  const size = (lots: Lots): string => `${instrument.formatSize(lots)} at this price`;
  try {
    checkSize(instrument, { unitLots, limitLots: instrument.lotsWithin(limit, mark) }, mark);
    if (maxOrderSize !== null && unitLots * lotSize > maxOrderSize)
      checks.push(problem(`--size is ${size(unitLots)}, the largest order is ${most}: lower --size`)); // prettier-ignore
    else checks.push(ok(`order size: ${size(unitLots)}`));
  } catch (error) {
    if (!(error instanceof StartProblem)) throw error;
    checks.push(problem(error.message));
  }
  const hardLots = instrument.lotsWithin(hard, mark);
  const text = `position: up to ${size(hardLots)} (1.5 times --position-limit ${usd(limit)})`;
  const allowed = maxPosition === null ? 'the venue names no limit' : `the venue allows ${maxPosition}`; // prettier-ignore
  if (maxPosition !== null && hardLots * lotSize > maxPosition)
    checks.push(problem(`${text}, but ${allowed}: lower --position-limit`));
  else checks.push(ok(`${text}; ${allowed}`));
  if (initialMargin !== null && hard * initialMargin > facts.account.equity)
    checks.push(warning(`margin: such a position needs ${usd((hard * initialMargin) as Money)}, more than the equity: lower --position-limit, or pay in`)); // prettier-ignore
  return checks;
}

function bookChecks({ facts, limits }: Examined, { levels }: ParameterValues): Check[] {
  const { openOrders } = facts;
  const { maxOpenOrders } = limits;
  const wanted = 2 * levels;
  const open = `${openOrders.length} open now`;
  const checks: Check[] = [];
  if (maxOpenOrders === null)
    checks.push(unknown(`open orders: the venue names no limit; ${open}`));
  else if (wanted > maxOpenOrders)
    checks.push(problem(`open orders: --levels ${levels} wants ${wanted}, the venue allows ${maxOpenOrders}: lower --levels`)); // prettier-ignore
  else checks.push(ok(`open orders: ${wanted} wanted, ${maxOpenOrders} allowed, ${open}`));
  if (openOrders.length > 0)
    checks.push(warning(`${openOrders.length} orders are open on this market: a run cancels those of its own earlier runs and refuses others; cancel them on the site, or start with --adopt`)); // prettier-ignore
  return checks;
}

/** What the literal clock alone needs; requotes take the rest and wait when it is gone. */
function budgetCheck({ facts }: Examined, { levels, refresh }: ParameterValues): Check {
  const { amend, ordersPerSecond, orderBurst } = facts.profile;
  const minute = Math.floor(ordersPerSecond * 60);
  const needed = Math.ceil((2 * levels * 60 * MICROS_PER_SECOND) / refresh);
  const how = amend
    ? 'quotes are moved in place'
    : 'no amend, quotes are cancelled and placed anew';
  const text = `requests: we spend at most ${minute} orders a minute, ${Math.floor(orderBurst)} at once; ${how}`; // prettier-ignore
  if (needed <= minute) return ok(text);
  return problem(`${text}; --levels ${levels} every --refresh alone needs ${needed}: lengthen --refresh or lower --levels`); // prettier-ignore
}
