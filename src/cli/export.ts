// `mm export csv`: the ledger as CSV files, for spreadsheets, notebooks and tax.
import type { Command } from 'commander';
import type { ExportAnswer } from '#run/export';
import { progressBar } from './progress.js';
import { addTarget, targetFrom } from './target.js';

const HELP = `
Money and prices are exact decimal strings, times ISO 8601 in UTC. Safe while a run is on. Files of an earlier
export in the folder are replaced.

Examples:
  mm export csv                               all tables of the only account, into ./export
  mm export csv --account paper-static --out ~/ledger --tables fills,equity
  mm export csv --run 4k2jx9q01z --out run-4k2jx9q01z   one run, of a backtest too
Tables: runs orders order_changes fills funding transfers equity markouts halts resets notes`;

const DEFAULT_FOLDER = 'export';

function textOf({ venue, account, folder, files }: ExportAnswer): string {
  const width = Math.max(...files.map(({ rows }) => String(rows).length));
  const lines = files.map(({ path, rows }) => `${String(rows).padStart(width)} rows  ${path}`);
  return [`account ${account} (${venue}) in ${folder}`, ...lines].join('\n');
}

export function addExport(program: Command): void {
  const csv = program
    .command('export')
    .description('write the ledger to files')
    .command('csv')
    .description('each table of the ledger as a CSV file')
    .option('--out <DIR>', `folder for the files (default: ${DEFAULT_FOLDER})`)
    .option('--run <ID>', 'only rows of this run')
    .option('--tables <LIST>', 'only these tables, like fills,equity')
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP);
  addTarget(csv, 'whose ledger (default: the only one, or the one that has --run)', false).action(
    async (options: Readonly<Record<string, unknown>>) => {
      const text = (name: string): string | null =>
        typeof options[name] === 'string' ? options[name] : null;
      const { stateDir, venue, account } = targetFrom(options);
      const tables =
        text('tables')
          ?.split(/[,\s]+/)
          .filter((name) => name !== '') ?? null;
      const { exportLedger } = await import('#run/export');
      const progress = progressBar();
      try {
        const where = { stateDir, venue, account, out: text('out') ?? DEFAULT_FOLDER };
        const answer = exportLedger({ ...where, runId: text('run'), tables, progress });
        progress.done();
        const json = JSON.stringify({ schemaVersion: 1, ...answer }, null, 2);
        process.stdout.write(`${options['json'] === true ? json : textOf(answer)}\n`);
      } finally {
        progress.done();
      }
    },
  );
}
