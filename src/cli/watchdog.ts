// `mm watchdog`: started by every run on a venue, for people only to read about.
import type { Command } from 'commander';

const HELP = `
Every mm run --venue starts one in a process of its own and tells it over standard input whom to watch. When the
bot dies or shows no sign of life for 5 s it cancels the orders of the run, and goes on until the venue has listed
none of them twice, 2 s apart. It ends by itself; what it did stands in the log folder ("mode":"watchdog").`;

export function addWatchdog(program: Command): void {
  program
    .command('watchdog')
    .description('empties the book when a bot dies or hangs (started by mm run itself)')
    .addHelpText('after', HELP)
    .action(async () => {
      const { runWatchdog } = await import('#run/watchdog-process');
      process.exitCode = await runWatchdog();
    });
}
