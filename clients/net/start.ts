// What the start of every venue client shares: reads that are asked again when their answer was lost, the first list and
// the first account, and what the engine is told of them. Reads only.
import { Instrument, type InstrumentSpec } from '#core/instrument';
import type { OpenOrder } from '#core/messages';
import type { VenueProfile } from '#core/params';
import { MICROS_PER_MS } from '#core/units';
import type { AccountQuestion, AccountState } from './account.js';
import type { FillDesk } from './fill-desk.js';
import type { OpenList } from './open-list.js';
import type { OwnOrder } from './own-order.js';
import type { VenueFacts } from './venue-client.js';
import { VenueProblem } from './venue-client.js';
import type { VenueTime } from './venue-time.js';
import type { FillWord, OrderWord } from './words.js';

const TRIES = 3;

/** A read whose answer was lost is asked again: one lost packet must not be a start that failed (exit code 2). */
export async function readAgain<Reply extends { readonly kind: string }>(
  ask: (done: (reply: Reply) => void) => void,
): Promise<Reply> {
  for (let tries = 1; ; tries += 1) {
    const reply = await new Promise<Reply>(ask);
    const lost = reply.kind === 'unknown' || reply.kind === 'unsent';
    if (!lost || tries === TRIES) return reply;
  }
}

/** What the venue's configuration says of the market. */
export interface MarketFacts {
  readonly instrument: Instrument;
  /** Where the fees come from: "account", "market" or "configuration". */
  readonly feesFrom: string;
  readonly warnings: readonly string[];
  /** Why nothing may be quoted now; '' when one may. */
  readonly closed: string;
  /** The venue's mark in ticks, for the price band of the feed; 0 where it could not be read. */
  readonly mark: number;
}

/** Throws VenueProblem when it makes no sense. */
export function instrumentOf(spec: InstrumentSpec): Instrument {
  try {
    return new Instrument(spec);
  } catch {
    throw new VenueProblem([
      `the specification of ${spec.symbol} makes no sense: report it, with mm doctor's output`,
    ]);
  }
}

/** How the grid differs from the one that the engine was built for; '' when it does not. */
export function gridChange({ spec }: Instrument, tick: string, lot: string): string {
  if (Number(tick) === Number(spec.tickSize) && Number(lot) === Number(spec.lotSize)) return '';
  return `tick ${spec.tickSize} -> ${tick}, lot ${spec.lotSize} -> ${lot}: start again`;
}

/** The parts of a machine that are asked before anything is opened. */
export interface Begun {
  readonly list: Pick<OpenList<OwnOrder, OrderWord>, 'askOrders' | 'report'>;
  readonly account: AccountQuestion;
  readonly fills: FillDesk<FillWord>;
}

/** Reads orders and account. Throws VenueProblem. */
export async function begin(
  { list, account, fills }: Begun,
  { instrument, feesFrom, warnings }: MarketFacts,
  profile: VenueProfile,
  time: VenueTime,
): Promise<VenueFacts> {
  const [openOrders, state] = await Promise.all([
    new Promise<readonly OpenOrder[] | null>((resolve) => list.askOrders(resolve)),
    new Promise<AccountState | null>((resolve) => account.ask(resolve)),
  ]);
  if (openOrders === null || state === null)
    throw new VenueProblem(['open orders and account could not be read: try again']);
  const { report, averageEntry } = state;
  fills.startMs = Math.floor(report.venueUs / MICROS_PER_MS) + 1;
  return {
    ...{ instrument, feesFrom, profile, account: report, averageEntry, openOrders },
    warnings: [...warnings, ...(time.skewSaid === '' ? [] : [time.skewSaid])],
  };
}
