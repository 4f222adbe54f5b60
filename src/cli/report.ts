// `mm report RUN`: one HTML page of a run, with its numbers as JSON beside it.
import type { Command } from 'commander';
import { stateDirOf } from '#run/state-dir';
import { Option } from 'commander';
import { PARAMETERS, flagOf, variableOf } from '#config/parameters';
import { someSettings } from './options.js';

const HELP = `
Self-contained: no script, no network; open it in a browser, print it, mail it. Works on backtests and on live runs.

Examples:
  mm backtest --both --tape btc.tape          prints the ids of its runs
  mm report 4k2jx9q01z
  mm report 4k2jx9q01z --out btc.html         and btc.json`;

export function addReport(program: Command): void {
  program
    .command('report')
    .description('a run as one HTML page: equity, quotes, markouts, fill intensity, parameters')
    .argument('<RUN>', 'run id (mm backtest and mm metrics print it)')
    .option('--out <FILE>', 'where to write the page (default: report-RUN.html)')
    .option('--json', 'one JSON object')
    .addOption(
      new Option(
        `${flagOf('stateDir')} <DIR>`,
        `${PARAMETERS.stateDir.help} (default: ${PARAMETERS.stateDir.derived}; ${variableOf('stateDir')})`,
      ),
    )
    .addOption(new Option('--config <FILE>', 'JSON file of settings (MM_CONFIG)'))
    .addHelpText('after', HELP)
    .action(async (runId: string, options: Readonly<Record<string, unknown>>) => {
      const { values } = someSettings(options, ['stateDir']);
      const { writeReport } = await import('#run/report');
      const out = typeof options['out'] === 'string' ? options['out'] : null;
      const files = await writeReport({ stateDir: stateDirOf(values), runId, out });
      const text =
        options['json'] === true
          ? JSON.stringify({ schemaVersion: 1, runId, ...files })
          : `${files.html}\n${files.json}`;
      process.stdout.write(`${text}\n`);
    });
}
