// `mm metrics`: P&L, position, quotes and guards of the runs that are on, or of the last one. With --json the names of
// report/metrics.ts at the top when one run is shown, and `runs` always: both are a contract for users' scripts.
import type { Command } from 'commander';
import { metricsTable, metricsText } from '#report/metrics';
import { dollars } from '#report/table';
import type { MetricsAnswer, MetricsQuery, RunMetrics, RunVitals } from '#run/metrics';
import { addTarget, targetFrom } from './target.js';

const HELP = `
Money is in the settle currency of the market, inventory in base units. A live run writes its figures every 5 s.

Examples:
  mm metrics                                  the runs that are on, or the last one
  mm metrics --watch                          redrawn every second; Ctrl-C ends the watch, not the run
  mm metrics --run 4k2jx9q01z --json
  mm metrics --json | jq -r .equity           one run: its names stand at the top
  mm metrics --json | jq -r '.runs[] | [.runId, .equity] | @tsv'`;

const REDRAW_MS = 1_000;
const LINE_MS = 5_000;

/** One flat object for scripts: the snapshot and what is known of the run besides. */
const flat = ({ vitals, figures }: RunMetrics): object => ({ ...figures, ...vitals });

function jsonOf({ runs, problems }: MetricsAnswer): object {
  const only = runs.length === 1 ? flat(runs[0] as RunMetrics) : {};
  return { schemaVersion: 1, ...only, runs: runs.map(flat), problems };
}

/** How it ended, or that it is silent: what the figures themselves do not say. */
function remarks({ live, endReason, exitCode, silentSeconds, pid, runId }: RunVitals): string[] {
  if (!live) {
    const code = exitCode === null ? '' : `, exit code ${exitCode}`;
    return [`${'ended'.padEnd(9)} ${endReason ?? 'killed'}${code}`];
  }
  if (silentSeconds === null) return [];
  return [`WARNING   no sign of life of run ${runId} (pid ${pid}) for ${silentSeconds} s`];
}

function blockOf({ vitals, figures }: RunMetrics): string {
  const { runId, mode, venue, market, account, live } = vitals;
  const none = live ? 'it has just begun: no figures yet' : 'it ended before it had any figures';
  const head = `${'run'.padEnd(9)} ${runId} (${mode}, ${venue}:${market}, account ${account}): ${none}`;
  return [figures === null ? head : metricsText(figures), ...remarks(vitals)].join('\n');
}

function textOf({ runs, problems }: MetricsAnswer): string {
  const figures = runs.flatMap((run) => run.figures ?? []);
  const table = runs.length > 1 && figures.length > 0 ? [metricsTable(figures), ''] : [];
  const blocks = runs.map(blockOf).join('\n\n');
  return [...table, blocks, ...problems.map((problem) => `WARNING   ${problem}`)].join('\n');
}

/** One line a run, for a log or a pipe. */
function lineOf({ vitals, figures }: RunMetrics): string {
  const { runId, mode, live, endReason } = vitals;
  const end = live ? '' : ` ended: ${endReason ?? 'killed'}`;
  const late = remarks(vitals).filter((remark) => remark.startsWith('WARNING'));
  if (figures === null) return [`${runId} ${mode} no figures yet${end}`, ...late].join('  ');
  const { asOf, equity, dailyPnl, inventory, fills, openOrders, state, halted } = figures;
  const why = halted === null ? state : `${state} (${halted})`;
  const money = `equity ${dollars(equity)} today ${dollars(dailyPnl)}`;
  const trade = `position ${inventory} fills ${fills} orders ${openOrders}`;
  return [`${asOf} ${runId} ${mode} ${money} ${trade} ${why}${end}`, ...late].join('  ');
}

/** Draws until Ctrl-C: over itself on a terminal, below itself elsewhere. */
async function watch(query: MetricsQuery, json: boolean): Promise<void> {
  const { watchMetrics } = await import('#run/metrics');
  const terminal = process.stdout.isTTY === true && !json;
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    await watchMetrics(query, terminal ? REDRAW_MS : LINE_MS, ending.signal, (answer) => {
      if (terminal) process.stdout.write(`\u001b[H\u001b[2J${textOf(answer)}\n`);
      else if (json) process.stdout.write(`${JSON.stringify(jsonOf(answer))}\n`);
      else process.stdout.write(`${answer.runs.map(lineOf).join('\n')}\n`);
    });
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}

export function addMetrics(program: Command): void {
  const command = program
    .command('metrics')
    .description('P&L, position, quotes and guards of the runs that are on, or of the last one')
    .option('--run <ID>', 'this run, live or not')
    .option('--watch', 'again and again: every second on a terminal, a line every 5 s elsewhere')
    .option('--json', 'one JSON object (with --watch: one a line)')
    .addHelpText('after', HELP);
  addTarget(command, 'only this account (default: all)', false).action(
    async (options: Readonly<Record<string, unknown>>) => {
      const { stateDir, venue, account, accountNamed } = targetFrom(options);
      const runId = typeof options['run'] === 'string' ? options['run'] : null;
      const query = { stateDir, venue, account: accountNamed ? account : null, runId };
      const json = options['json'] === true;
      if (options['watch'] === true) return watch(query, json);
      const { readMetrics } = await import('#run/metrics');
      const answer = readMetrics(query);
      const text = json ? JSON.stringify(jsonOf(answer), null, 2) : textOf(answer);
      process.stdout.write(`${text}\n`);
    },
  );
}
