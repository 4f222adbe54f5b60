// All commands together, and the one place where an error becomes a line on stderr and an exit code.
import { Command, CommanderError } from 'commander';
import { EXIT, StartProblem } from '#config/problem';
import { addAb } from './ab.js';
import { addBacktest } from './backtest.js';
import { addCalibrate } from './calibrate.js';
import { addCompare } from './compare.js';
import { addConfig } from './config.js';
import { addExplain } from './explain.js';
import { addExport } from './export.js';
import { addMetrics } from './metrics.js';
import { addOperate } from './operate.js';
import { addReport } from './report.js';
import { addRecord } from './record.js';
import { addReplay } from './replay.js';
import { addRun } from './run.js';
import { addSweep } from './sweep.js';
import { addTape } from './tape.js';
import { addVenueChecks } from './venue-checks.js';
import { addVenue } from './venue.js';
import { addWatchdog } from './watchdog.js';
import { VERSION } from './version.js';

/** The whole command line, as a parser; runs nothing. */
export function build(): Command {
  const program = new Command('mm')
    .description('Avellaneda-Stoikov market maker for perpetual-futures exchanges')
    .version(VERSION)
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      '\nStart with `mm run --static` (paper: no key, no money), look at it with `mm metrics`,\nask why it quotes what it quotes with `mm explain`, stop it from anywhere with `mm stop`.',
    );
  for (const add of [
    addRun,
    addAb,
    addBacktest,
    addCompare,
    addReport,
    addSweep,
    addCalibrate,
    addMetrics,
    addExplain,
    addOperate,
    addTape,
    addVenue,
    addReplay,
    addRecord,
    addVenueChecks,
    addWatchdog,
    addExport,
    addConfig,
  ]) {
    add(program);
  }
  const strict = (command: Command, path: string): void => {
    command
      .exitOverride((error) => {
        throw Object.assign(error, { help: `${path} --help` });
      })
      .configureOutput({ outputError: () => undefined });
    for (const child of command.commands) strict(child, `${path} ${child.name()}`);
  };
  strict(program, 'mm');
  return program;
}

/** Errors that carry their own one-line explanation and remedy (tape, ledger and start problems). */
function isExplained(error: unknown): error is Error {
  return (
    error instanceof Error &&
    /^(StartProblem|TapeProblem|LedgerProblem|AccountHeld)$/.test(error.name)
  );
}

/** What stands behind an unknown option may be a key that somebody tried to give: it is not repeated. */
const withoutValue = (line: string): string => line.replace(/^(unknown option '[^'=]*)=.*'/, "$1'");

function explain(error: unknown): { readonly lines: readonly string[]; readonly code: number } {
  if (error instanceof StartProblem) return { lines: error.lines, code: error.exitCode };
  if (isExplained(error)) return { lines: [error.message], code: EXIT.cannotStart };
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return { lines: [], code: EXIT.clean };
    // A group without its command (mm export): the help was shown, nothing was done.
    if (error.code === 'commander.help') return { lines: [], code: EXIT.cannotStart };
    const line = withoutValue(error.message.replace(/^error: /, '').replaceAll('\n', ' '));
    const { help = 'mm --help' } = error as CommanderError & { readonly help?: string };
    return { lines: [`${line}; see ${help}`], code: EXIT.cannotStart };
  }
  const code = (error as NodeJS.ErrnoException)?.code;
  if (code === 'EPIPE') return { lines: [], code: EXIT.clean };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { lines: [`a bug in mm, please report it: ${text}`], code: EXIT.bug };
}

/** Runs one command line; sets the exit code and never throws. */
export async function main(args: readonly string[]): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // A run listens too, because it must cancel first (run/stop-signals.ts).
      if (stream.listenerCount('error') > 1) return;
      if (error.code === 'EPIPE') process.exit(EXIT.clean); // nobody reads any more: enough
      const why = `mm: the output cannot be written (${error.code ?? error.message}); free some space\n`;
      if (stream === process.stdout) process.stderr.write(why);
      process.exit(EXIT.cannotStart);
    });
  }
  try {
    await build().parseAsync(args.length === 0 ? ['--help'] : [...args], { from: 'user' });
  } catch (error) {
    const { lines, code } = explain(error);
    for (const line of lines) process.stderr.write(`mm: ${line}\n`);
    process.exitCode = code;
  }
}
