// `mm report RUN`: the page and its numbers, written side by side.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { StartProblem } from '#config/problem';
import { reportData } from '#report/html/data';
import { pageOf } from '#report/html/page';
import { recordOf } from './records.js';

export interface ReportRequest {
  readonly stateDir: string;
  readonly runId: string;
  /** Path of the page; null: report-RUN.html where we are. */
  readonly out: string | null;
}

/** Returns both paths. Throws StartProblem, LedgerProblem. */
export async function writeReport(
  request: ReportRequest,
): Promise<{ readonly html: string; readonly json: string }> {
  const { stateDir, runId } = request;
  const record = recordOf(stateDir, runId);
  if (record.levels.length === 0)
    throw new StartProblem(`run ${runId} has no equity yet; report it when it has seen a price`);
  const data = await reportData(record, record.assumptions);
  const html = resolve(request.out ?? `report-${runId}.html`);
  const json = html.replace(/\.html?$/, '') + '.json';
  try {
    writeFileSync(json, `${JSON.stringify(data, null, 1)}\n`);
    writeFileSync(html, pageOf(data));
  } catch (error) {
    throw new StartProblem(
      `${html} cannot be written (${(error as Error).message}); try --out FILE`,
    );
  }
  return { html, json };
}
