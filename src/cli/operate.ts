// `mm stop`, `mm pause`, `mm resume`, `mm reset`: orders to a bot from outside it. They look at the few settings that
// lead to the account and at nothing else, so that no other mistake in a .env file can keep a bot from being stopped.
import { Option } from 'commander';
import type { Command } from 'commander';
import { StartProblem } from '#config/problem';
import type { OperateOutcome, OperateRequest } from '#run/operate';
import { someSettings } from './options.js';
import { addTarget, targetFrom } from './target.js';

type Options = Readonly<Record<string, unknown>>;
type OperatorCommand = OperateRequest['command'];

interface Page {
  readonly command: OperatorCommand;
  readonly description: string;
  readonly help: string;
}

const PAGES: readonly Page[] = [
  {
    command: 'stop',
    description: 'cancel all orders, confirm that none is open, and latch until mm reset',
    help: `
Without --account it stops every live run. When none is live it latches the account of the last run, and
the next start obeys. On a venue it asks the venue itself, past the bot. Exit code 0: nothing is open. 4: the bot or
the venue did not answer, orders may remain.

Examples:
  mm stop                                     everything, now
  mm stop --account paper-static --reason "news at 14:00"
  mm stop --flatten post-only                 and work the position down, joining the touch
  mm stop --flatten ioc                       and close it, at most 10 bp beyond the touch
After it: mm metrics shows the latch, mm reset --reason "..." clears it.`,
  },
  {
    command: 'pause',
    description: 'withdraw all quotes until mm resume; the run goes on',
    help: `
Without a live run the next start on the account of the last run quotes nothing until mm resume.

Examples:
  mm pause --reason "watching the open"
  mm pause --account paper-static`,
  },
  {
    command: 'resume',
    description: 'quote again after mm pause (never clears a latch: that is mm reset)',
    help: `
Examples:
  mm resume
  mm resume --account paper-static`,
  },
  {
    command: 'reset',
    description: 'clear a latch and measure losses anew; the reason becomes a row of the ledger',
    help: `
What a guard latched stays latched over restarts, until somebody has looked and says why it may go on.
Daily loss and drawdown are measured from the present equity afterwards.

Examples:
  mm metrics                                  first: what stopped it?
  mm reset --reason "fat finger in the feed, checked against the venue"
  mm reset --account paper-static --reason "limits raised"`,
  },
];

/** One line of text, or null; a reset without one is refused. */
function reasonFrom(options: Options, command: OperatorCommand): string | null {
  const given = typeof options['reason'] === 'string' ? options['reason'] : '';
  const reason = given.replace(/\s+/g, ' ').trim().slice(0, 500);
  if (reason !== '') return reason;
  if (command !== 'reset') return null;
  throw new StartProblem(
    'mm reset needs a reason, it becomes a row of the ledger; for example mm reset --reason "checked the feed, spike was real"',
  );
}

function print({ results, exitCode }: OperateOutcome, json: boolean): void {
  process.exitCode = exitCode;
  if (json) {
    process.stdout.write(`${JSON.stringify({ schemaVersion: 1, results }, null, 2)}\n`);
    return;
  }
  for (const { outcome, line } of results) {
    if (outcome === 'obeyed' || outcome === 'written') process.stdout.write(`${line}\n`);
    else process.stderr.write(`mm: ${line}\n`);
  }
}

/** How to reach a venue past the bot; the client is loaded only where there is one to reach. */
async function venueFrom(options: Options): Promise<NonNullable<OperateRequest['venue']>> {
  const { VENUE_KEYS } = await import('#run/venue-keys');
  const keys = someSettings(options, VENUE_KEYS).values;
  const { emergencyAt } = await import('#run/venue-registry');
  return { keys, make: emergencyAt };
}

const ACCOUNT_HELP: Readonly<Record<OperatorCommand, string>> = {
  stop: 'only this account (default: all that are live, else MM_ACCOUNT, else that of the last run)',
  pause:
    'which account (default: MM_ACCOUNT, else the one that is live, else that of the last run)',
  resume:
    'which account (default: MM_ACCOUNT, else the one that is live, else that of the last run)',
  reset:
    'which account (default: MM_ACCOUNT, else the one that is live or latched, else that of the last run)',
};

export function addOperate(program: Command): void {
  for (const { command, description, help } of PAGES) {
    const page = program
      .command(command)
      .description(description)
      .option('--reason <TEXT>', command === 'reset' ? 'why (required)' : 'why, for the ledger')
      .option('--json', 'one JSON object')
      .addHelpText('after', help);
    if (command === 'stop') {
      const flatten = new Option(
        '--flatten <HOW>',
        'what becomes of the position (default: it stays)',
      );
      page.addOption(flatten.choices(['post-only', 'ioc']));
    }
    addTarget(page, ACCOUNT_HELP[command]).action(async (options: Options) => {
      const reason = reasonFrom(options, command);
      const flatten = (options['flatten'] ?? null) as OperateRequest['flatten'];
      const target = targetFrom(options);
      const { operate } = await import('#run/operate');
      const venue = command === 'stop' ? await venueFrom(options) : undefined;
      const notify = (line: string): void => void process.stderr.write(`${line}\n`);
      const outcome = await operate({
        ...{ command, reason, flatten, target, notify },
        ...(venue === undefined ? {} : { venue }),
      });
      print(outcome, options['json'] === true);
    });
  }
}
