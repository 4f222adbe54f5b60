// `mm export csv`: each table as a CSV file, streamed in pages, so that a year of rows needs no
// more memory than a minute of them and a running bot is never held up. A file appears under its
// name only when it is complete.
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Instrument } from '#core/instrument';
import type { Value } from './connection.js';
import { header, line, type Column } from './csv.js';
import { EXPORT_TABLES, SOURCES, type ExportTable, type Source } from './export-tables.js';
import { makeFolder } from './paths.js';
import { LedgerProblem, explain } from './problem.js';
import type { LedgerReader } from './reader.js';

export interface ExportOptions {
  /** Default: all. */
  readonly tables?: readonly ExportTable[];
  /** Only rows of the run with this id. */
  readonly runId?: string;
  /** Called after every page. */
  readonly onProgress?: (table: ExportTable, rows: number) => void;
}

export interface ExportedFile {
  readonly table: ExportTable;
  readonly path: string;
  readonly rows: number;
}

const PAGE = 5_000;

/**
 * Writes `<folder>/<table>.csv`, over what is there. Throws LedgerProblem; a half-written file is
 * removed.
 */
export function exportCsv(
  reader: LedgerReader,
  folder: string,
  options: ExportOptions = {},
): ExportedFile[] {
  const { runId } = options;
  if (runId !== undefined && reader.run(runId) === null) {
    const remedy = 'mm metrics lists the runs';
    throw new LedgerProblem('missing', `${reader.path}: no run ${runId}`, remedy);
  }
  try {
    makeFolder(folder);
  } catch (error) {
    throw explain(error, folder);
  }
  return (options.tables ?? EXPORT_TABLES).map((table) => {
    const path = join(folder, `${table}.csv`);
    return { table, path, rows: exportTable(reader, table, path, options) };
  });
}

/** How many rows `exportCsv` would write: what its progress is measured by. Throws LedgerProblem. */
export function countRows(reader: LedgerReader, table: ExportTable, runId?: string): number {
  const sql = `SELECT count(*) AS n FROM ${SOURCES[table].from} ${runId === undefined ? '' : 'WHERE runs.run = ?'}`;
  return reader.all<{ n: number }>(sql, runId === undefined ? [] : [runId])[0]?.n ?? 0;
}

function exportTable(
  reader: LedgerReader,
  table: ExportTable,
  path: string,
  options: ExportOptions,
): number {
  const part = `${path}.part`;
  let file: number | null = null;
  try {
    file = openSync(part, 'w', 0o600);
    const source: Source = SOURCES[table];
    const columns = source.columns.map(([name, format]): Column => ({ name, format }));
    writeSync(file, header(columns));
    let rows = 0;
    for (const page of pages(reader, source, options.runId)) {
      writeSync(file, page.text);
      rows += page.rows;
      options.onProgress?.(table, rows);
    }
    closeSync(file);
    file = null;
    renameSync(part, path);
    return rows;
  } catch (error) {
    if (file !== null) closeSync(file);
    rmSync(part, { force: true });
    throw explain(error, path);
  }
}

interface Page {
  readonly text: string;
  readonly rows: number;
}

function* pages(reader: LedgerReader, source: Source, runId?: string): Generator<Page> {
  const { key, columns } = source;
  const fields = [...key, source.account, ...columns.map(([, , expression]) => expression)];
  const after = `(${key.join(', ')}) > (${key.map(() => '?').join(', ')})`;
  const names = fields.map((_, i) => `c${i}`);
  const selected = fields.map((field, i) => `${field} AS c${i}`).join(', ');
  const sql = `SELECT ${selected} FROM ${source.from}
    WHERE ${after} ${runId === undefined ? '' : 'AND runs.run = ?'}
    ORDER BY ${key.join(', ')} LIMIT ${PAGE}`;
  const formats = columns.map(([name, format]): Column => ({ name, format }));
  const instruments = instrumentsOf(reader);
  const skip = key.length + 1;
  let last: readonly Value[] = key.map(() => -1);
  for (;;) {
    const rows = reader.page(sql, names, runId === undefined ? last : [...last, runId]);
    let text = '';
    for (const row of rows) text += line(formats, row, skip, instruments(row[key.length] ?? null));
    if (rows.length > 0) yield { text, rows: rows.length };
    if (rows.length < PAGE) return;
    last = (rows.at(-1) as Value[]).slice(0, key.length);
  }
}

/**
 * By id of the account row: each has its own units. A row of no account shows no prices: any will
 * do.
 */
function instrumentsOf(reader: LedgerReader): (id: Value) => Instrument {
  const made = new Map<Value, Instrument>();
  for (const { id, spec } of reader.accounts()) made.set(id, new Instrument(spec));
  return (id) => {
    const found = made.get(id) ?? made.values().next().value;
    if (found !== undefined) return found;
    throw new LedgerProblem('corrupt', `${reader.path}: rows without an account`, 'run mm doctor');
  };
}
