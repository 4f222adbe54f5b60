// `mm keys` and `mm doctor` for Paradex: who we are by the keys of the settings, and what would keep a run from trading,
// each problem with its remedy. Sends nothing that changes anything. Never says a private key but into a file asked for.
import { writeFileSync } from 'node:fs';
import { realNetwork } from '#clients/net/network';
import { VenueProblem } from '#clients/net/venue-client';
import type { VenueFacts } from '#clients/net/venue-client';
import { privateKeyFromEthereum } from '#clients/paradex/keys';
import { ParadexClient } from '#clients/paradex/client';
import type { ParameterValues } from '#config/parameters';
import { StartProblem } from '#config/problem';
import { formatMoney, rateToBps } from '#core/money';
import { WallClock } from './clock.js';
import { paradexEnvironment, paradexIdentity } from './paradex-account.js';
import type { ParadexIdentity } from './paradex-account.js';
import { paradexSwitches } from './paradex-switches.js';
import { newRunId } from './run-id.js';
import { WireInbox } from './wire-inbox.js';

const DEFAULT_MARKET = 'BTC-USD-PERP';

/** ok: fine. problem: keeps a run from starting or trading; the line holds the remedy. */
export interface Check {
  readonly state: 'ok' | 'warning' | 'problem';
  readonly text: string;
}

export interface KeyFacts {
  readonly network: string;
  readonly chainId: string;
  readonly account: string;
  readonly publicKey: string;
  readonly subkey: boolean;
  readonly onboarded: boolean;
}

const notPaper = (values: ParameterValues): void => {
  if (values.network === 'paper' && values.paradexUrl === null) {
    throw new StartProblem(
      'a paper run makes its own throw-away key; say --network testnet or mainnet',
    );
  }
};

async function identify(
  values: ParameterValues,
  warn: (text: string) => void,
): Promise<ParadexIdentity> {
  const environment = paradexEnvironment(values.network, values.paradexUrl);
  return await paradexIdentity(realNetwork(new WallClock()), environment, values, warn);
}

/** What belongs to the keys. Throws StartProblem. */
export async function paradexKeys(
  values: ParameterValues,
  warn: (text: string) => void,
): Promise<KeyFacts> {
  notPaper(values);
  const { signer, chainId, subkey, onboarded } = await identify(values, warn);
  const { account, publicKey } = signer;
  return { network: values.network, chainId, account, publicKey, subkey, onboarded };
}

/** Writes the L2 key that belongs to the Ethereum key into a new file of mode 600. Throws StartProblem. */
export async function exportKey(values: ParameterValues, file: string): Promise<void> {
  notPaper(values);
  const { l1ChainId } = paradexEnvironment(values.network, null);
  if (values.paradexEthereumKey === null)
    throw new StartProblem('there is nothing to derive from: set MM_PARADEX_ETHEREUM_KEY in .env');
  const key = await privateKeyFromEthereum(values.paradexEthereumKey, l1ChainId ?? '1').catch(
    () => {
      throw new StartProblem('MM_PARADEX_ETHEREUM_KEY must be 0x and 64 hex digits');
    },
  );
  try {
    writeFileSync(file, `MM_PARADEX_PRIVATE_KEY=${key}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'failed';
    throw new StartProblem(`${file} cannot be written (${code}); it must not exist yet`);
  }
}

/** Everything that a run would find out at its start, and a little more. Never throws. */
export async function paradexDoctor(values: ParameterValues): Promise<Check[]> {
  const checks: Check[] = [];
  const add = (state: Check['state'], text: string): void => void checks.push({ state, text });
  try {
    notPaper(values);
    const identity = await identify(values, (text) => add('warning', text));
    const { signer, environment, subkey, onboarded } = identity;
    add(
      'ok',
      `key and account ${signer.account}${subkey ? ', by a subkey' : ''}, signer ${signer.kind}`,
    );
    if (!onboarded && !subkey) {
      add(
        'problem',
        'no account belongs to this key: log in once with it in the web app, or set MM_PARADEX_ACCOUNT',
      );
      return checks;
    }
    const clock = new WallClock();
    const network = realNetwork(clock);
    const market = values.market ?? DEFAULT_MARKET;
    const client = new ParadexClient({
      ...{ network, clock, seed: 'doctor', signer, environment, market },
      ...{ runId: newRunId(), inbox: new WireInbox(clock) },
      switches: paradexSwitches(values.paradexSwitches),
    });
    const facts = await client.start();
    await client.close();
    checks.push(...factChecks(facts, values));
  } catch (error) {
    if (error instanceof StartProblem || error instanceof VenueProblem)
      for (const line of error.lines) add('problem', line);
    else add('problem', `unexpected: ${(error as Error).message}; please report it`);
  }
  return checks;
}

function factChecks(facts: VenueFacts, values: ParameterValues): Check[] {
  const { instrument, account, openOrders, feesFrom, warnings } = facts;
  const { makerFee, takerFee, tickSize, lotSize, minNotional, symbol } = instrument.spec;
  const fees = `maker ${rateToBps(makerFee)} bp, taker ${rateToBps(takerFee)} bp (from the ${feesFrom})`;
  const checks: Check[] = [
    {
      state: 'ok',
      text: `${symbol}: tick ${tickSize}, lot ${lotSize}, smallest order $${minNotional}`,
    },
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
