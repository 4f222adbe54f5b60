// `mm record`: a venue's public feed to a tape.
import type { Command } from 'commander';
import { seconds } from '#config/quantities';
import { addParameters, given, settingsFrom } from './options.js';

const HELP = `
No key is needed. Breaks of the feed become gaps on the tape. The tape plays in mm backtest, mm calibrate and mm run.
What a killed mm record left (FILE.part, all but its last 10 s) the next one of that name keeps as FILE-TIME.tape;
mm tape rescue does the same at once.
Without --network it records the made-up market of a paper run: to try it out.

Examples:
  mm record --venue paradex --out try.tape --duration 1m
  mm record --venue paradex --network mainnet --out btc.tape --duration 24h
  mm record --venue apex --network mainnet --market ETH-USDT --out eth.tape --duration 24h
  mm record --venue paradex --paradex-url http://127.0.0.1:4801 --out loop.tape   from mm venue paradex`;

export function addRecord(program: Command): void {
  const command = program
    .command('record')
    .description("write a venue's public feed to a tape")
    .requiredOption('--out <FILE>', 'the tape to write')
    .option('--overwrite', 'replace an existing file')
    .option('--duration <TIME>', 'stop after this time, e.g. 24h (default: at Ctrl-C)')
    .addHelpText('after', HELP);
  addParameters(command, ['venue']).action(async (options: Record<string, unknown>) => {
    const { values } = settingsFrom(options);
    const { venueCalled } = await import('#run/venue-registry');
    const venue = venueCalled(values.venue, 'mm record --venue');
    const { recordVenue } = await import('#run/record');
    process.exitCode = await recordVenue({
      ...{ venue, values },
      out: options['out'] as string,
      overwrite: options['overwrite'] === true,
      duration: given(options, 'duration', seconds),
      say: (line) => void process.stderr.write(`${line}\n`),
    });
  });
}
