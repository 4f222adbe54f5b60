// Which account an order of the operator is for. `stop` reaches every live run when none is named, because an emergency
// stop that first asks a question has failed; all other orders need one account that nobody can mistake.
import { StartProblem } from '#config/problem';
import type { BreakerSnapshot } from '#core/guard';
import { findLedgers, isLive, nothingFound, reading } from './ledgers.js';
import type { AccountLedger } from './ledgers.js';

export type OperatorCommand = 'stop' | 'pause' | 'resume' | 'reset';

export interface TargetQuery {
  readonly stateDir: string;
  readonly venue: string | null;
  readonly account: string | null;
  /** Said on the command line, not in a setting: only then does `stop` spare the other live runs. */
  readonly accountNamed: boolean;
  readonly market: string | null;
}

/** Throws StartProblem when there is nothing, or more than one that could be meant; LedgerProblem for damage. */
export function chooseTargets(query: TargetQuery, command: OperatorCommand): AccountLedger[] {
  const every = findLedgers(query.stateDir, { venue: query.venue, account: null });
  const named = every.filter(({ account }) => query.account === null || account === query.account);
  if (command === 'stop') {
    const live = (query.accountNamed ? named : every).filter(isLive);
    const meant = live.filter((target) => mayTrade(target, query.market));
    if (meant.length > 0) return meant;
  }
  const live = named.filter(isLive);
  const meant = command === 'reset' ? [...live, ...named.filter(isLatched)] : live;
  if (meant.length > 1) throw ambiguous(meant, command);
  if (meant[0] !== undefined) return [meant[0]];
  const last = lastOf(named, query);
  if (command !== 'stop' || query.accountNamed) return [last];
  return [last, ...every.filter((target) => target !== last && diedTogether(target, last))];
}

/** The market that the order is for: the one that runs, else the one asked for, else the last one. */
export function marketOf(target: AccountLedger, asked: string | null): string {
  const { holder, lastRun, account } = target;
  const running = holder !== null && holder !== 'unknown' && isLive(target) ? holder : null;
  if (running !== null && asked !== null && asked !== running.market) {
    throw new StartProblem(
      `account ${account} is trading ${running.market}, not ${asked}; leave --market out, or name the right one`,
    );
  }
  const market = running?.market ?? asked ?? lastRun?.market;
  if (market !== undefined) return market;
  throw (
    target.problem ?? new StartProblem(`nothing ever ran as account ${account}; check --account`)
  );
}

export const whereOf = (target: AccountLedger, market: string): string =>
  `account ${target.account} (${target.venue} ${market})`;

/** What the breaker of the account's last market left; null when there is nothing. Throws LedgerProblem. */
export function storedBreaker(target: AccountLedger): BreakerSnapshot | null {
  const { lastRun, paths } = target;
  if (lastRun === null) return null;
  return reading(paths.ledger, (reader) => {
    return (reader.state(lastRun.account, 'breaker')?.value ?? null) as BreakerSnapshot | null;
  });
}

/** Of a holder that cannot be read any market may be true. */
const mayTrade = ({ holder }: AccountLedger, market: string | null): boolean =>
  market === null || holder === null || holder === 'unknown' || holder.market === market;

const isLatched = (target: AccountLedger): boolean =>
  !isLive(target) && target.problem === null && (storedBreaker(target)?.latched ?? null) !== null;

/** Their runs were of one process (mm ab), which was killed. */
const diedTogether = ({ lastRun: a }: AccountLedger, { lastRun: b }: AccountLedger): boolean =>
  a !== null && b !== null && a.pid === b.pid && a.endedUs === null && b.endedUs === null;

function lastOf(named: readonly AccountLedger[], query: TargetQuery): AccountLedger {
  const last = named.find((target) => target.lastRun !== null) ?? named[0];
  if (last === undefined) throw nothingFound(query.stateDir, query);
  if (last.problem !== null) throw last.problem;
  return last;
}

function ambiguous(meant: readonly AccountLedger[], command: OperatorCommand): StartProblem {
  const list = meant.map((target) => {
    const { account, venue, holder, lastRun } = target;
    const who =
      holder === null || holder === 'unknown' ? null : `run ${holder.runId}, pid ${holder.pid}`;
    return `${account} on ${venue} (${who ?? (isLive(target) ? 'live' : `latched, last run ${lastRun?.run ?? '?'}`)})`;
  });
  return new StartProblem(
    `mm ${command} could mean ${meant.length} accounts: ${list.join(', ')}; say which with --account or --venue`,
  );
}
