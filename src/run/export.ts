// `mm export csv`: which ledger, which tables, and how far it is. The work is src/ledger/export.ts's.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nearest } from '#config/nearest';
import { StartProblem } from '#config/problem';
import { countRows, exportCsv } from '#ledger/export';
import type { ExportedFile } from '#ledger/export';
import { EXPORT_TABLES } from '#ledger/export-tables';
import type { ExportTable } from '#ledger/export-tables';
import { STORE_NAME } from './backtest-store.js';
import { findLedgers, nothingFound, reading } from './ledgers.js';
import type { AccountLedger } from './ledgers.js';

export interface ExportRequest {
  readonly stateDir: string;
  readonly venue: string | null;
  readonly account: string | null;
  /** Only rows of this run. */
  readonly runId: string | null;
  readonly out: string;
  /** Names of tables; null: all. */
  readonly tables: readonly string[] | null;
  readonly progress: { step(label: string, fraction: number): void };
}

export interface ExportAnswer {
  readonly venue: string;
  readonly account: string;
  readonly folder: string;
  readonly files: readonly ExportedFile[];
}

/** Writes `<out>/<table>.csv`, over what is there. Throws StartProblem, LedgerProblem. */
export function exportLedger(request: ExportRequest): ExportAnswer {
  const tables = tablesOf(request.tables);
  const { venue, account, path } = source(request);
  const { runId, progress } = request;
  const folder = resolve(request.out);
  const of = runId ?? undefined;
  const files = reading(path, (reader) => {
    const total = tables.reduce((sum, table) => sum + countRows(reader, table, of), 0);
    let before = 0;
    return tables.map((table) => {
      const onProgress = (_table: ExportTable, rows: number): void =>
        progress.step('exporting', Math.min(1, (before + rows) / Math.max(1, total)));
      const options = { tables: [table], onProgress, ...(of === undefined ? {} : { runId: of }) };
      const file = exportCsv(reader, folder, options)[0] as ExportedFile;
      before += file.rows;
      return file;
    });
  });
  return { venue, account, folder, files };
}

function tablesOf(names: readonly string[] | null): readonly ExportTable[] {
  if (names === null) return EXPORT_TABLES;
  const unknown = names.find((name) => !(EXPORT_TABLES as readonly string[]).includes(name));
  if (unknown === undefined && names.length > 0) return [...new Set(names as ExportTable[])];
  const what =
    unknown === undefined ? '--tables names no table' : `--tables: no table "${unknown}"`;
  const hint = unknown === undefined ? '' : nearest(unknown, EXPORT_TABLES);
  throw new StartProblem(`${what}${hint}; they are ${EXPORT_TABLES.join(',')}`);
}

/** The store of backtests when it has the run, else the ledger of an account. */
function source(request: ExportRequest): { venue: string; account: string; path: string } {
  const { stateDir, runId } = request;
  const store = join(stateDir, STORE_NAME);
  if (
    runId !== null &&
    existsSync(store) &&
    reading(store, (reader) => reader.run(runId)) !== null
  ) {
    return { venue: 'backtest', account: runId, path: store };
  }
  const { venue, account, paths } = chooseLedger(request);
  return { venue, account, path: paths.ledger };
}

/** The account named, else the one that has the run, else the only one. */
function chooseLedger(request: ExportRequest): AccountLedger {
  const { stateDir, runId } = request;
  const found = findLedgers(stateDir, request);
  if (found.length === 0) throw nothingFound(stateDir, request);
  const sound = found.filter(({ problem }) => problem === null);
  const meant =
    runId === null
      ? sound
      : sound.filter(({ paths }) => reading(paths.ledger, (reader) => reader.run(runId)) !== null);
  const [first, second] = meant;
  if (first !== undefined && second === undefined) return first;
  const problem = found.find((entry) => entry.problem !== null)?.problem;
  if (first === undefined) {
    throw (
      problem ??
      new StartProblem(`no run ${runId ?? ''} in ${stateDir}; mm metrics shows the last one`)
    );
  }
  const names = meant.map(({ account, venue }) => `${account} on ${venue}`).join(', ');
  throw new StartProblem(
    `${meant.length} accounts have a ledger in ${stateDir}: ${names}; say which with --account or --venue`,
  );
}
