// `mm tape import|to-npz|info|verify|rescue`: from recordings to tapes and back, and what is on them.
import type { Command } from 'commander';
import { EXIT, StartProblem } from '#config/problem';
import { span } from '#config/quantities';
import { given } from './options.js';
import { progressBar } from './progress.js';

const EXAMPLES = `
Examples:
  mm tape import --out btc.tape btc_incremental_book_L2.csv.gz btc_trades.csv.gz
  mm tape import --out btc.tape --symbol BTCUSDT btcusdt_20240718.npz
  mm tape to-npz btc.tape --out btc.npz
  mm tape info btc.tape
  mm tape verify btc.tape
  mm tape verify btc_incremental_book_L2.csv.gz btc_trades.csv.gz
  mm tape rescue btc.tape.part`;

type Options = Readonly<Record<string, unknown>>;
const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

function mergeOptions(
  files: readonly string[],
  options: Options,
): {
  files: readonly string[];
  tickSize?: string;
  lotSize?: string;
  gapUs?: number;
} {
  const [tickSize, lotSize, gapUs] = [
    text(options['tick']),
    text(options['lot']),
    given(options, 'gap', span),
  ];
  return {
    files,
    ...(tickSize === undefined ? {} : { tickSize }),
    ...(lotSize === undefined ? {} : { lotSize }),
    ...(gapUs === null ? {} : { gapUs }),
  };
}

function json(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

function addImport(tape: Command): void {
  tape
    .command('import')
    .description(
      'make a tape of CSV files in the Tardis layout (incremental_book_L2, trades, quotes; .gz), merged by local time, or of hftbacktest .npz files',
    )
    .argument('<files...>', 'CSV files, or .npz files in order of time, of one market')
    .option('--symbol <NAME>', '.npz only: what it is of (default: the name of the first file)')
    .requiredOption('--out <FILE>', 'the tape to write')
    .option('--tick <SIZE>', 'price step (default: inferred and printed)')
    .option('--lot <SIZE>', 'size step (default: inferred and printed)')
    .option('--gap <TIME>', 'a silence of the book longer than this is a hole (default: 4s)')
    .option('--overwrite', 'replace the tape if it is there')
    .option('--json', 'as one JSON object')
    .action(async (files: string[], options: Options) => {
      const { tapeImport, textOf } = await import('#run/tapes');
      const progress = progressBar();
      try {
        const info = await tapeImport({
          ...mergeOptions(files, options),
          ...(text(options['symbol']) === undefined ? {} : { symbol: options['symbol'] as string }),
          out: options['out'] as string,
          overwrite: options['overwrite'] === true,
          onProgress: ({ fraction }) => progress.step('importing', fraction),
        });
        progress.done();
        if (options['json'] === true) json({ schemaVersion: 1, ...info });
        else process.stdout.write(`${textOf(info)}\n`);
      } finally {
        progress.done();
      }
    });
}

function addToNpz(tape: Command): void {
  tape
    .command('to-npz')
    .description('write a tape as an .npz file for hftbacktest (2.x)')
    .argument('<tape>', 'a tape')
    .requiredOption('--out <FILE>', 'the .npz to write')
    .option('--stored', 'not compressed: larger, faster to write and to load')
    .option('--overwrite', 'replace the file if it is there')
    .option('--json', 'as one JSON object')
    .action(async (path: string, options: Options) => {
      const { tapeToNpz } = await import('#run/tapes');
      const { written, text: lines } = await tapeToNpz(path, options['out'] as string, {
        stored: options['stored'] === true,
        overwrite: options['overwrite'] === true,
      });
      if (options['json'] === true) json({ schemaVersion: 1, ...written });
      else process.stdout.write(`${lines}\n`);
    });
}

function addInfo(tape: Command): void {
  tape
    .command('info')
    .description('what is on a tape: market, rows, time, holes, where it came from')
    .argument('<tape>', 'a tape')
    .option('--json', 'as one JSON object')
    .action(async (path: string, options: Options) => {
      const { tapeInfo } = await import('#run/tapes');
      const { info, text: lines } = tapeInfo(path);
      if (options['json'] === true) json({ schemaVersion: 1, ...info });
      else process.stdout.write(`${lines}\n`);
    });
}

function addVerify(tape: Command): void {
  tape
    .command('verify')
    .description('read every row and say what is wrong: a verdict, with counts')
    .argument('<files...>', 'one tape, or CSV or .npz files of one market')
    .option('--tick <SIZE>', 'price step of CSV files (default: inferred)')
    .option('--lot <SIZE>', 'size step of CSV files (default: inferred)')
    .option('--gap <TIME>', 'a silence of the book longer than this is a hole (default: 4s)')
    .option('--json', 'as one JSON object')
    .action(async (files: string[], options: Options) => {
      const tapes = files.filter((file) => file.endsWith('.tape'));
      if (tapes.length > 0 && files.length > 1) {
        throw new StartProblem('give one tape, or CSV or .npz files of one market, not both');
      }
      const { verify } = await import('#run/tapes');
      const progress = progressBar();
      try {
        const { report, lines } = await verify(
          tapes[0] ?? null,
          mergeOptions(files, options),
          (fraction) => progress.step('verifying', fraction),
        );
        progress.done();
        if (options['json'] === true) json({ schemaVersion: 1, ...report });
        else process.stdout.write(`${lines}\n`);
        if (report.verdict === 'bad') process.exitCode = EXIT.cannotStart;
      } finally {
        progress.done();
      }
    });
}

function addRescue(tape: Command): void {
  tape
    .command('rescue')
    .description(
      'make a tape of what a killed mm record left (NAME.tape.part), all but its last 10 s',
    )
    .argument('<part>', 'NAME.tape.part')
    .option('--out <FILE>', 'the tape (default: NAME.tape)')
    .option('--json', 'as one JSON object')
    .action(async (part: string, options: Options) => {
      if (!part.endsWith('.part'))
        throw new StartProblem(`${part}: what a killed mm record leaves ends with .part`);
      const { tapeRescue } = await import('#run/tapes');
      const { info, text: lines } = tapeRescue(part, text(options['out']) ?? part.slice(0, -5));
      if (options['json'] === true) json({ schemaVersion: 1, ...info });
      else process.stdout.write(`${lines}\n`);
    });
}

export function addTape(program: Command): void {
  const tape = program
    .command('tape')
    .description('recordings: import, look at, check')
    .addHelpText('after', EXAMPLES);
  addImport(tape);
  addToNpz(tape);
  addInfo(tape);
  addVerify(tape);
  addRescue(tape);
}
