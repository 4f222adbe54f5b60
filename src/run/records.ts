// Finds a run by its id, wherever it was kept: the store of backtests first, then the ledgers of accounts. Reads only.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StartProblem } from '#config/problem';
import { loadRecord } from '#report/record';
import type { RunRecord } from '#report/record';
import { STORE_NAME } from './backtest-store.js';
import { findLedgers, reading } from './ledgers.js';

/** Throws StartProblem when no ledger of this folder has the run, LedgerProblem when one cannot be read. */
export function recordOf(stateDir: string, runId: string): RunRecord {
  const store = join(stateDir, STORE_NAME);
  const paths = existsSync(store) ? [store] : [];
  for (const { paths: files, problem } of findLedgers(stateDir)) {
    if (problem === null) paths.push(files.ledger);
  }
  for (const path of paths) {
    const record = reading(path, (reader) => loadRecord(reader, runId));
    if (record !== null) return record;
  }
  throw new StartProblem(
    `no run ${runId} in ${stateDir}; mm backtest prints the ids of its runs, mm metrics those of live ones`,
  );
}
