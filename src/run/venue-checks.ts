// `mm keys` and `mm doctor`, whatever the venue: who we are by the keys of the settings, and what would keep a run from
// trading, each problem with its remedy. Sends nothing that changes anything.
import { VenueProblem } from '#clients/net/venue-client';
import type { VenueFacts } from '#clients/net/venue-client';
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { formatMoney, rateToBps } from '#core/money';
import type { Check, VenueIdentity, VenueModule } from './venue-module.js';
import type { VenueName } from './venue-registry.js';
import { venueNamed } from './venue-registry.js';

function notPaper(module: VenueModule, values: ParameterValues): void {
  if (values.network !== 'paper' || module.url(values) !== null) return;
  throw new StartProblem(
    'a paper run makes its own throw-away key; say --network testnet or mainnet',
  );
}

/** What belongs to the keys. Throws StartProblem. */
export async function venueKeys(
  name: VenueName,
  values: ParameterValues,
  warn: (text: string) => void,
): Promise<VenueIdentity> {
  const module = await venueNamed(name);
  notPaper(module, values);
  return await module.identity(values, warn);
}

/** Throws StartProblem, also for a venue that derives none. */
export async function exportKey(
  name: VenueName,
  values: ParameterValues,
  file: string,
): Promise<void> {
  const module = await venueNamed(name);
  notPaper(module, values);
  if (module.exportKey !== null) return await module.exportKey(values, file);
  throw new StartProblem(`there is no key to derive at ${name}: leave --export out`);
}

/** Everything that a run would find out at its start, and a little more. Never throws. */
export async function venueDoctor(name: VenueName, values: ParameterValues): Promise<Check[]> {
  const checks: Check[] = [];
  const add = (state: Check['state'], text: string): void => void checks.push({ state, text });
  try {
    const module = await venueNamed(name);
    notPaper(module, values);
    const facts = await module.examine(values, add);
    if (facts !== null) checks.push(...factChecks(facts, values));
  } catch (error) {
    if (error instanceof StartProblem || error instanceof VenueProblem)
      for (const line of error.lines) add('problem', line);
    else add('problem', `unexpected: ${(error as Error).message}; please report it`);
  }
  return checks;
}

function factChecks(facts: VenueFacts, values: ParameterValues): Check[] {
  const { instrument, account, openOrders, feesFrom, warnings, profile } = facts;
  const { makerFee, takerFee, tickSize, lotSize, minNotional, minSize, symbol } = instrument.spec;
  const fees = `maker ${rateToBps(makerFee)} bp, taker ${rateToBps(takerFee)} bp (from the ${feesFrom})`;
  const least = Number(minNotional) > 0 ? `$${minNotional}` : (minSize ?? lotSize);
  const checks: Check[] = [
    { state: 'ok', text: `${symbol}: tick ${tickSize}, lot ${lotSize}, smallest order ${least}` },
    { state: 'ok', text: budgetText(profile) },
    { state: feesFrom === 'configuration' ? 'warning' : 'ok', text: `fees: ${fees}` },
    ...warnings.map((text): Check => ({ state: 'warning', text })),
  ];
  if (account.equity < values.capital) {
    const text = `equity is ${formatMoney(account.equity)}, --capital says ${formatMoney(values.capital)}: lower --capital, or pay in`;
    checks.push({ state: 'warning', text });
  }
  if (openOrders.length > 0)
    checks.push({ state: 'warning', text: `${openOrders.length} orders are open on ${symbol}` });
  return checks;
}

const budgetText = ({ amend, ordersPerSecond, orderBurst }: VenueFacts['profile']): string =>
  `budget: ${Math.floor(ordersPerSecond * 60)} orders a minute, ${Math.floor(orderBurst)} at once; ${amend ? 'quotes are moved in place' : 'no amend, quotes are cancelled and placed anew'}`;
