// Orders of the operator while nothing runs on the account: taken under the account's lock, written into the ledger,
// obeyed by the next start. Orders that a dead bot left unread in its inbox are obeyed first, in their order, so that
// an old stop cannot come back after a reset.
import type { BreakerSnapshot, BreakerStateName, Trip } from '#core/guard';
import { Instrument, MARK_GRID } from '#core/instrument';
import { clientId } from '#core/messages';
import { Position } from '#core/position';
import type { Micros, Money, TickPrice } from '#core/units';
import { AccountLock } from '#ledger/lock';
import { LedgerProblem } from '#ledger/problem';
import type { AccountRow, EquityRow, RunRow } from '#ledger/rows';
import { Ledger } from '#ledger/writer';
import { OPERATOR_RUN, reading } from './ledgers.js';
import type { AccountLedger } from './ledgers.js';
import { signedSize } from './signed-size.js';
import type { OperatorCommand } from './targets.js';

/** An account that no run has left anything about. */
const NOTHING_HELD: BreakerSnapshot = {
  latched: null,
  paused: [],
  operatorPaused: false,
  dayStartEquity: 0 as Money,
  day: -1,
  peakEquity: 0 as Money,
};
const COMMANDS: readonly string[] = ['stop', 'pause', 'resume', 'reset'];

export interface RestOrder {
  readonly command: OperatorCommand;
  readonly reason: string;
}

/** What the account was and is; `orders` are those that the ledger of a killed run still counts open. */
export interface RestOutcome {
  readonly before: BreakerSnapshot;
  readonly after: BreakerSnapshot;
  /** Orders that were waiting in the inbox and are obeyed now. */
  readonly waiting: readonly RestOrder[];
  readonly runId: string | null;
  readonly orders: readonly string[];
  readonly position: string;
  readonly flat: boolean;
  /** P&L since the last reset, at the last known mark: what a reset leaves behind. */
  readonly pnl: Money;
}

/** What an order makes of a stored breaker: the same as RiskBreaker.operator does to a live one. Pure. */
export function obey(before: BreakerSnapshot, { command, reason }: RestOrder): BreakerSnapshot {
  switch (command) {
    case 'stop':
      return { ...before, latched: before.latched ?? operatorLatch(reason) };
    case 'pause':
      return { ...before, operatorPaused: true };
    case 'resume':
      // A pause that runs for a time ends by time alone; one without an end came from outside and ends here.
      return {
        ...before,
        operatorPaused: false,
        paused: before.paused.filter((t) => t.untilUs > 0),
      };
    case 'reset':
      return { ...before, latched: null, day: -1 };
  }
}

const operatorLatch = (reason: string): Trip => ({
  guard: 'operator',
  severity: 'latch',
  reason,
  untilUs: 0 as Micros,
});

/** The state of an account on which nothing runs. */
const restState = ({ latched, paused }: BreakerSnapshot): BreakerStateName =>
  latched !== null ? 'latched' : paused.length > 0 ? 'paused' : 'withdrawn';

/**
 * `left`: the order's number in the inbox when it was left there for a bot that has ended since.
 * Throws AccountHeld when somebody holds the account after all; LedgerProblem for everything else.
 */
export function orderAtRest(
  target: AccountLedger,
  market: string,
  order: RestOrder,
  left: number | null = null,
): RestOutcome {
  const { paths, venue, account } = target;
  const now = (Date.now() * 1000) as Micros;
  const holder = { pid: process.pid, runId: OPERATOR_RUN, market, sinceUs: now };
  const lock = AccountLock.acquire(paths, holder);
  try {
    const facts = readFacts(target, market);
    const us = Math.max(now, facts.newestUs + 1) as Micros;
    const ledger = Ledger.open(paths.ledger, { durable: true });
    try {
      ledger.attach(venue, account, market);
      return write(ledger, facts, market, us, order, left);
    } finally {
      ledger.close();
    }
  } finally {
    lock.release();
  }
}

interface Facts {
  readonly instrument: Instrument;
  readonly breaker: BreakerSnapshot;
  readonly equity: EquityRow | null;
  readonly lastRun: RunRow | null;
  readonly orders: readonly string[];
  /** Newest time in the ledger: rows never run backwards, also after a run at --speed 20. */
  readonly newestUs: number;
}

function readFacts({ paths, venue, account }: AccountLedger, market: string): Facts {
  return reading(paths.ledger, (reader) =>
    reader.moment(() => {
      const row: AccountRow | null = reader.account(venue, account, market);
      if (row === null) {
        const what = `${paths.ledger}: nothing ever ran on ${venue} ${market} as ${account}`;
        throw new LedgerProblem('missing', what, 'check --venue, --account and --market');
      }
      const lastRun = reader.lastRun({ venue, account, market });
      const equity = reader.lastEquity(row.id);
      const open = lastRun === null ? [] : reader.openOrders(lastRun.id);
      const breaker = reader.state(row.id, 'breaker')?.value as BreakerSnapshot | null | undefined;
      return {
        instrument: new Instrument(row.spec),
        breaker: breaker ?? NOTHING_HELD,
        equity,
        lastRun,
        orders: open.map((o) => clientId(o.runId, o.ordinal)),
        newestUs: reader.newestUs(),
      };
    }),
  );
}

function write(
  ledger: Ledger,
  facts: Facts,
  market: string,
  us: Micros,
  order: RestOrder,
  left: number | null,
): RestOutcome {
  const { instrument, breaker, equity, lastRun, orders } = facts;
  const position = Position.restore(instrument, ledger.position);
  const mark = markOf(equity, position);
  const pnl = (position.pnl(mark) - ledger.pnlAtReset) as Money;
  const waiting: RestOrder[] = [];
  let state = breaker;
  const enter = (next: RestOrder): void => {
    const after = obey(state, next);
    ledger.event({ kind: 'operator', us, order: next.command, reason: next.reason });
    const [from, to] = [restState(state), restState(after)];
    if (from !== to) ledger.halt({ us, from, to, cause: after.latched ?? after.paused[0] ?? null });
    if (next.command === 'reset') ledger.reset({ us, reason: next.reason, mark });
    state = after;
  };
  for (const { id, operation, reason } of ledger.inbox(market)) {
    const command = operation.split(':')[0] as OperatorCommand;
    ledger.taken(us, id);
    if (!COMMANDS.includes(command)) continue;
    if (id !== left) waiting.push({ command, reason });
    enter({ command, reason });
  }
  // In the inbox it was obeyed in its turn: just now, or by another mm that was faster.
  if (left === null) enter(order);
  ledger.breaker(us, state);
  ledger.commit();
  return {
    before: breaker,
    after: state,
    waiting,
    runId: lastRun?.run ?? null,
    orders,
    position: signedSize(instrument, position.lots),
    flat: position.lots === 0,
    pnl,
  };
}

/** The last mark that the ledger knows; a position without one is valued at its entry. On the grid of marks. */
function markOf(equity: EquityRow | null, position: Position): TickPrice {
  if (equity !== null) return (equity.mark256 / MARK_GRID) as TickPrice;
  return (Math.round(position.averageEntry() * MARK_GRID) / MARK_GRID) as TickPrice;
}
