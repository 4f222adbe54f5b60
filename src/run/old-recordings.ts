// Recordings of runs (mm replay) are kept for some days and then deleted, at the start of a later run and with a line in
// the log. Never one of a run that lives, and never anything else that lies in that folder. A file that cannot be deleted
// stays: it is no reason not to trade.
import { readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findLedgers } from './ledgers.js';
import { recordingPaths } from './run-recording.js';

const DAY_MS = 86_400_000;
const NAME = /^([0-9a-z]+)\.(?:tape|tape\.part|jsonl)$/;

/** What was deleted, in one line; null when nothing was. `ledger`: any one of the state folder. */
export function dropOldRecordings(ledger: string, keepDays: number, nowMs: number): string | null {
  const folder = dirname(recordingPaths(ledger, 'any').tape);
  const living = new Set(livingRuns(dirname(ledger)));
  const runs = new Map<string, { files: string[]; bytes: number; newestMs: number }>();
  for (const name of namesIn(folder)) {
    const id = NAME.exec(name)?.[1];
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (id === undefined || stat === undefined || living.has(id)) continue;
    const run = runs.get(id) ?? { files: [], bytes: 0, newestMs: 0 };
    run.files.push(path);
    run.bytes += stat.size;
    run.newestMs = Math.max(run.newestMs, stat.mtimeMs);
    runs.set(id, run);
  }
  const old = [...runs.values()].filter(({ newestMs }) => newestMs < nowMs - keepDays * DAY_MS);
  const gone = old.filter(({ files }) => files.map(removed).every(Boolean));
  if (gone.length === 0) return null;
  const mb = gone.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  return `recordings of ${gone.length} runs older than ${keepDays} days deleted (${mb.toFixed(1)} MB); --replay-days keeps them longer`;
}

/** A holder that cannot be read may be any run: its files are younger than a day then, as it writes them. */
function livingRuns(stateDir: string): string[] {
  return findLedgers(stateDir).flatMap(({ holder }) =>
    holder === null || holder === 'unknown' ? [] : [holder.runId],
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // nothing was recorded yet
  }
}

function removed(path: string): boolean {
  try {
    rmSync(path);
    return true;
  } catch {
    return false;
  }
}
