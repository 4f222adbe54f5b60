// What is in the state folder: one entry per account with its files, who holds it, and its last run. Reads only. A
// damaged ledger is an entry with a problem, never a reason to hide the others: `mm stop` must reach every live bot.
import { readdirSync, statSync } from 'node:fs';
import { StartProblem } from '#config/problem';
import { holderOf } from '#ledger/lock';
import type { Holder } from '#ledger/lock';
import { accountPaths } from '#ledger/paths';
import type { AccountPaths } from '#ledger/paths';
import { LedgerProblem, codeOf, explain } from '#ledger/problem';
import { LedgerReader } from '#ledger/reader';
import type { RunRow } from '#ledger/rows';
import { witnessPath } from '#ledger/witness';

/** What the lock file says of an operator command that holds the account for an instant. */
export const OPERATOR_RUN = 'operator';

export interface AccountLedger {
  readonly venue: string;
  readonly account: string;
  readonly paths: AccountPaths;
  /** Who holds the account now; null when nobody does. */
  readonly holder: Holder | 'unknown' | null;
  readonly lastRun: RunRow | null;
  /** Why it could not be read, with the remedy; null when it could. */
  readonly problem: LedgerProblem | null;
}

export interface AccountFilter {
  readonly venue: string | null;
  readonly account: string | null;
}

/** A run (not an operator command) is on. Of an unreadable holder only that somebody is there is known: a run. */
export const isLive = ({ holder }: AccountLedger): boolean =>
  holder !== null && (holder === 'unknown' || holder.runId !== OPERATOR_RUN);

/** The accounts that have a ledger in `stateDir`, newest run first. Throws LedgerProblem for an unreadable folder. */
export function findLedgers(stateDir: string, filter?: AccountFilter): AccountLedger[] {
  return namesIn(stateDir)
    .filter(({ venue }) => filter?.venue == null || filter.venue === venue)
    .filter(({ account }) => filter?.account == null || filter.account === account)
    .map(({ venue, account }) => look(stateDir, venue, account))
    .sort((a, b) => (b.lastRun?.startedUs ?? 0) - (a.lastRun?.startedUs ?? 0));
}

/** How to say that there is nothing: the folder is empty, or holds other accounts only. */
export function nothingFound(stateDir: string, { account }: AccountFilter): StartProblem {
  const others = [...new Set(namesIn(stateDir).map((name) => name.account))];
  if (others.length === 0) {
    return new StartProblem(
      `nothing has run yet (no ledger in ${stateDir}); start with mm run --static, or name another --state-dir`,
    );
  }
  const asked = account === null ? 'no such account' : `no account ${account}`;
  return new StartProblem(`${asked} in ${stateDir}; --account is one of ${others.join(', ')}`);
}

/** Whole seconds since the writer of this ledger last committed, by the wall clock; null when it never did. */
export function silentSeconds(paths: AccountPaths): number | null {
  const seen = statSync(witnessPath(paths.ledger), { throwIfNoEntry: false });
  return seen === undefined ? null : Math.max(0, Math.floor((Date.now() - seen.mtimeMs) / 1000));
}

/** Opens, reads, closes. Throws LedgerProblem. */
export function reading<T>(path: string, work: (reader: LedgerReader) => T): T {
  const reader = LedgerReader.open(path);
  try {
    return work(reader);
  } finally {
    reader.close();
  }
}

function look(stateDir: string, venue: string, account: string): AccountLedger {
  const paths = accountPaths(stateDir, venue, account);
  let holder: AccountLedger['holder'] = 'unknown';
  try {
    holder = holderOf(paths);
    const lastRun = reading(paths.ledger, (reader) => reader.lastRun());
    return { venue, account, paths, holder, lastRun, problem: null };
  } catch (error) {
    const problem = explain(error, paths.ledger);
    return { venue, account, paths, holder, lastRun: null, problem };
  }
}

/** File names are `<venue>-<account>.ledger` with odd bytes as %xx; a venue has no plain dash (ledger/paths.ts). */
function namesIn(stateDir: string): { readonly venue: string; readonly account: string }[] {
  let files: string[];
  try {
    files = readdirSync(stateDir);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw explain(error, stateDir);
  }
  return files.sort().flatMap((file) => {
    const match = /^([0-9A-Za-z_.%]+)-([0-9A-Za-z_.%-]+)\.ledger$/.exec(file);
    if (match === null) return [];
    try {
      const [venue, account] = match.slice(1).map(decodeURIComponent);
      return [{ venue: venue as string, account: account as string }];
    } catch {
      return []; // no name of ours
    }
  });
}
