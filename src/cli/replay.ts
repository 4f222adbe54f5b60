// `mm replay`: proves that a recorded run repeats, command for command.
import { Option } from 'commander';
import type { Command } from 'commander';
import { EXIT } from '#config/problem';
import type { ReplayOutcome, TornReplay } from '#run/replay-run';
import { stateDirOf } from '#run/state-dir';
import { someSettings } from './options.js';

const HELP = `
A run on a venue takes down what reached its engine, beside its ledger (runs/ID.tape, runs/ID.jsonl). Fed back, it must
lead to the same commands. Of a run that was killed, all but its last seconds is there (runs/ID.tape.part): its orders
until then must be those of the ledger. Exit code 0: they were the same. 1: they were not.

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
      const { rows, settles, commands, hash, torn } = outcome;
      const played = `${rows} rows, ${settles} settles, ${commands} commands, hash ${hash}`;
      const verdict = torn === null ? wholeVerdict(outcome) : tornVerdict(torn, outcome.same);
      process.stdout.write(`run ${run}: ${played}: ${verdict}\n`);
    });
}

const wholeVerdict = ({ same, recorded }: ReplayOutcome): string =>
  same ? 'the same commands' : `NOT THE SAME: the run left ${recorded ?? 'no hash'}`;

function tornVerdict({ untilUs, orders, otherwise }: TornReplay, same: boolean): string {
  if (untilUs === null) return 'the run was killed before anything was saved: nothing to compare';
  const until = new Date(untilUs / 1000).toISOString();
  const head = `the run did not end in order; played to the last whole block, ${until}`;
  if (same) return `${head}: the same ${orders} orders as in the ledger`;
  return `${head}: NOT THE SAME as in the ledger: orders ${otherwise.slice(0, 10).join(' ')}`;
}
