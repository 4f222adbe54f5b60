// `mm replay`: proves that a recorded run repeats, command for command.
import { Option } from 'commander';
import type { Command } from 'commander';
import { EXIT } from '#config/problem';
import { stateDirOf } from '#run/state-dir';
import { someSettings } from './options.js';

const HELP = `
A run on a venue takes down what reached its engine, beside its ledger (runs/ID.tape, runs/ID.jsonl). Fed back, it must
lead to the same commands. Exit code 0: it did. 1: it did not, or the run was killed and left no hash.

Example:
  mm replay ul6d1h7a7s`;

export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('feed a recorded run back and demand the same commands')
    .argument('<RUN>', 'id of the run, as mm metrics shows it')
    .option('--json', 'one JSON object')
    .addOption(new Option('--state-dir <DIR>', 'where the ledgers are (MM_STATE_DIR)'))
    .addHelpText('after', HELP)
    .action(async (run: string, options: Readonly<Record<string, unknown>>) => {
      const stateDir = stateDirOf(someSettings(options, ['stateDir']).values);
      const { replayRun } = await import('#run/replay-run');
      const outcome = replayRun(stateDir, run);
      process.exitCode = outcome.same ? EXIT.clean : EXIT.bug;
      if (options['json'] === true) {
        process.stdout.write(`${JSON.stringify({ schemaVersion: 1, ...outcome }, null, 2)}\n`);
        return;
      }
      const { rows, settles, commands, hash, recorded, same } = outcome;
      const verdict = same
        ? 'the same commands'
        : `NOT THE SAME: the run left ${recorded ?? 'no hash'}`;
      process.stdout.write(
        `run ${run}: ${rows} rows, ${settles} settles, ${commands} commands, hash ${hash}: ${verdict}\n`,
      );
    });
}
