// `mm metrics`: the snapshots that the runs keep of themselves in their ledgers. What a snapshot cannot know of itself
// is added here: whether the run still lives (its lock, not its word), how it ended, and how long it has been silent.
import { setTimeout as sleep } from 'node:timers/promises';
import { StartProblem } from '#config/problem';
import type { LedgerProblem } from '#ledger/problem';
import type { RunRow } from '#ledger/rows';
import type { MetricsSnapshot } from '#report/metrics';
import { SILENT_AFTER_SECONDS } from './ask-bot.js';
import { findLedgers, isLive, nothingFound, reading, silentSeconds } from './ledgers.js';
import type { AccountLedger } from './ledgers.js';

export interface MetricsQuery {
  readonly stateDir: string;
  readonly venue: string | null;
  readonly account: string | null;
  /** This run only, live or not; null: all live runs, else the last one. */
  readonly runId: string | null;
}

/** How a run is doing besides its figures. */
export interface RunVitals {
  readonly runId: string;
  readonly mode: string;
  readonly venue: string;
  readonly account: string;
  readonly market: string;
  readonly live: boolean;
  readonly pid: number;
  /** Why it ended: "SIGINT", "latched", "killed" ...; null while it lives. */
  readonly endReason: string | null;
  readonly exitCode: number | null;
  /** Of a live run whose last sign of life is too old: how old; else null. */
  readonly silentSeconds: number | null;
}

/** `figures` is null for a run that has not said anything of itself: it has just begun, or died at once. */
export interface RunMetrics {
  readonly vitals: RunVitals;
  readonly figures: MetricsSnapshot | null;
}

export interface MetricsAnswer {
  readonly runs: readonly RunMetrics[];
  /** Ledgers that could not be read, each with its remedy. */
  readonly problems: readonly string[];
}

/** Throws StartProblem when there is nothing to show, LedgerProblem when nothing can be read. */
export function readMetrics(query: MetricsQuery): MetricsAnswer {
  const found = findLedgers(query.stateDir, query);
  if (found.length === 0) throw nothingFound(query.stateDir, query);
  const problems = found.flatMap(({ problem }) => (problem === null ? [] : [problem]));
  const sound = found.filter(({ problem }) => problem === null);
  const runs = query.runId === null ? present(sound) : [ofRun(sound, query, problems)];
  if (runs.length === 0) throw problems[0] ?? nothingFound(query.stateDir, query);
  return { runs, problems: problems.map((problem) => problem.message) };
}

/** Calls `show` every `everyMs` until `signal` aborts; a problem after the first look does not end the watch. */
export async function watchMetrics(
  query: MetricsQuery,
  everyMs: number,
  signal: AbortSignal,
  show: (answer: MetricsAnswer) => void,
): Promise<void> {
  let last = readMetrics(query);
  while (!signal.aborted) {
    show(last);
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    try {
      last = readMetrics(query);
    } catch (error) {
      last = { ...last, problems: [error instanceof Error ? error.message : String(error)] };
    }
  }
}

/** All live runs; when there is none, the last one. */
function present(found: readonly AccountLedger[]): RunMetrics[] {
  const live = found.filter(isLive).flatMap((entry) => {
    const { holder, lastRun } = entry;
    const runId = holder === null || holder === 'unknown' ? lastRun?.run : holder.runId;
    const run = runId === undefined ? null : rowOf(entry, runId);
    return run === null ? [] : [metricsOf(entry, run, true)]; // it holds the lock, but its run is still to begin
  });
  if (live.length > 0) return live;
  const last = found.find(({ lastRun }) => lastRun !== null);
  return last?.lastRun == null ? [] : [metricsOf(last, last.lastRun, false)];
}

function ofRun(
  found: readonly AccountLedger[],
  { runId, stateDir }: MetricsQuery,
  problems: readonly LedgerProblem[],
): RunMetrics {
  for (const entry of found) {
    const run = rowOf(entry, runId as string);
    if (run !== null) return metricsOf(entry, run, isLiveRun(entry, run));
  }
  if (problems[0] !== undefined) throw problems[0];
  const last = found.find(({ lastRun }) => lastRun !== null)?.lastRun?.run;
  const hint = last === undefined ? '' : ` (the last one is ${last})`;
  throw new StartProblem(
    `no run ${runId} in ${stateDir}${hint}; mm export csv --tables runs lists them all`,
  );
}

const rowOf = ({ paths }: AccountLedger, runId: string): RunRow | null =>
  reading(paths.ledger, (reader) => reader.run(runId));

/** A run lives while its account is held and it is the one that holds it. */
export function isLiveRun(entry: AccountLedger, run: RunRow): boolean {
  if (!isLive(entry) || run.endedUs !== null) return false;
  const { holder, lastRun } = entry;
  return holder === null || holder === 'unknown'
    ? run.run === lastRun?.run
    : run.run === holder.runId;
}

function metricsOf(entry: AccountLedger, run: RunRow, live: boolean): RunMetrics {
  const status = reading(entry.paths.ledger, (reader) => reader.status(run.id));
  const stored = (status?.status ?? null) as MetricsSnapshot | null;
  const silent = live ? silentSeconds(entry.paths) : null;
  const vitals: RunVitals = {
    runId: run.run,
    mode: run.mode,
    venue: run.venue,
    account: run.accountName,
    market: run.market,
    live,
    pid: run.pid,
    endReason: live ? null : (run.endReason ?? 'killed'),
    exitCode: run.exitCode,
    silentSeconds: silent !== null && silent > SILENT_AFTER_SECONDS ? silent : null,
  };
  return { vitals, figures: stored === null ? null : { ...stored, live } };
}
