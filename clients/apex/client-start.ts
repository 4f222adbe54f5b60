// Start-up: everything that can be wrong is asked for before anything is sent that changes anything, and told at once,
// one line each with its remedy. Reads only. The zk key must be the account's: any 65 bytes sign something.
import type { MarketFacts } from '#clients/net/start';
import { readAgain } from '#clients/net/start';
import { VenueProblem } from '#clients/net/venue-client';
import type { VenueTime } from '#clients/net/venue-time';
import { sameHex } from '#clients/net/words';
import { contractOf, marketOf, type ApexMarket } from './client-market.js';
import type { ApexRest, RestCall, RestReply } from './client-rest.js';
import { replyText } from './client-rest.js';
import { isFields, numberOf, recordsOf, textOf } from './codec/words.js';
import type { ApexEnvironment } from './endpoints.js';
import { PATHS } from './endpoints.js';
import type { ApexSwitches } from './switches.js';
import type { DashSymbol } from './wire.js';

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

export type StartFacts = MarketFacts & ApexMarket;

/** Throws VenueProblem with every problem found. */
export async function readStart(parts: StartParts): Promise<StartFacts> {
  const { rest, symbol, environment, time } = parts;
  const ask = (call: RestCall): Promise<RestReply> => readAgain((done) => rest.call(call, done));
  const problems: string[] = [];
  let read = false;
  for (let i = 0; i < TIME_READS; i += 1) {
    read = (await new Promise<boolean>((resolve) => rest.measureTime(resolve))) || read;
  }
  if (!read)
    throw new VenueProblem([
      `ApeX does not answer at ${environment.origin}: check the connection, --network and --apex-url`,
    ]);
  if (time.skewed) problems.push(time.skewText);
  const symbols = await ask({ method: 'GET', path: PATHS.symbols, open: true });
  const listed = symbols.kind === 'ok' ? symbols.data : null;
  const contract = contractOf(listed, symbol);
  if (symbols.kind !== 'ok')
    problems.push(`the list of markets could not be read (${replyText(symbols)}): try again`); // prettier-ignore
  else if (contract === null) problems.push(`no market ${symbol}: mm doctor says which there are`);
  const account = await ask({ method: 'GET', path: PATHS.account });
  const fields = account.kind === 'ok' && isFields(account.data) ? account.data : null;
  if (fields === null)
    problems.push(`the account could not be read (${replyText(account)}): check MM_APEX_KEY, MM_APEX_SECRET and MM_APEX_PASSPHRASE with mm doctor`); // prettier-ignore
  else checkKey(parts.l2Key, textOf(fields, 'l2Key'), problems);
  if (problems.length > 0 || contract === null || fields === null) throw new VenueProblem(problems);
  const market = marketOf(parts, listed, contract, fields);
  const ticker = await ask({
    ...{ method: 'GET', path: PATHS.ticker, open: true },
    fields: { symbol: market.cross },
  });
  const price = ticker.kind === 'ok' ? numberOf(recordsOf(ticker.data)[0] ?? {}, 'markPrice') : 0;
  const warnings = market.closed === '' ? [] : [market.closed];
  return { ...market, warnings, mark: Math.max(0, market.instrument.mark(price)) };
}

function checkKey(own: string | null, theirs: string, problems: string[]): void {
  if (own === null || sameHex(own, theirs)) return;
  problems.push(
    theirs === ''
      ? 'the account has no l2Key: finish the registration on the site first'
      : 'MM_APEX_SEED belongs to another account (its public key is not the l2Key of this one): copy the Omni Key again',
  );
}
