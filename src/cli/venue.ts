// `mm venue paradex|apex`: a local venue for anybody's client.
import { randomInt } from 'node:crypto';
import { Option } from 'commander';
import type { Command } from 'commander';
import { StartProblem } from '#config/problem';
import { positiveNumber, whole } from '#config/quantities';
import { given } from './options.js';

const EXAMPLES = `
Examples:
  mm venue paradex                              any free port, made-up market
  mm venue paradex --port 4801 --tape btc.tape  a recording
  mm venue paradex --faults heavy --seed 7      with seeded faults
  mm venue paradex --relay https://api.prod.paradex.trade/v1   live public data; orders stay here
  mm venue paradex --switches modifyId=new,batchMost=50   other readings of the documents
  curl -X POST 127.0.0.1:4801/operator/maintenance   or cancel_only, post_only, ok, bust, cut
  mm venue apex --port 4802                     the same with ApeX's protocol
  mm venue apex --credentials alice             the secrets of API key "alice" there, and nothing else
Point a client at the addresses that it prints.`;

type Options = Readonly<Record<string, unknown>>;
const HIGHEST_PORT = 65_535;
const HIGHEST_SEED = 2_147_483_647;

function sourceOf(options: Options) {
  const text = (name: string): string | null => {
    const value = options[name];
    return typeof value === 'string' ? value : null;
  };
  const [tape, synthetic, relay] = [text('tape'), text('synthetic'), text('relay')];
  const count = [tape, synthetic, relay].filter((name) => name !== null).length;
  if (count > 1) throw new StartProblem('give one of --tape, --synthetic or --relay, not two');
  return { tape, synthetic, relay };
}

export function addVenue(program: Command): void {
  program
    .command('venue')
    .description('serve a simulated venue on 127.0.0.1, for this bot or any other client')
    .argument('<name>', 'paradex or apex')
    .option('--port <N>', 'port on 127.0.0.1; 0 = any free one (default: 0)')
    .option('--tape <FILE>', 'play a recording')
    .option('--synthetic <PRESET>', 'play a made-up market: calm, normal, fast (default: normal)')
    .option('--relay <URL>', 'forward the public feed of another Paradex')
    .option('--market <NAME>', 'market to relay (default: BTC-USD-PERP)')
    .option('--faults <PROFILE>', 'inject seeded faults: light, heavy, disconnects, …')
    .option('--switches <LIST>', 'how it behaves where no document says it, as name=value,...')
    .option('--seed <N>', 'of market and faults (default: drawn, and printed)')
    .option('--speed <X>', 'market time per second (default: 1)')
    .option(
      '--credentials <KEY>',
      "apex: print what belongs to an API key of one's choice, and end",
    )
    .addOption(new Option('--child <JSON>').hideHelp())
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: Options) => {
      if (name !== 'paradex' && name !== 'apex')
        throw new StartProblem(`there is no venue "${name}" to serve; try paradex or apex`);
      const { runVenue, runVenueChild } = await import('#run/venue-child');
      const child = options['child'];
      if (typeof child === 'string') {
        process.exitCode = await runVenueChild(child);
        return;
      }
      const key = options['credentials'];
      if (typeof key === 'string') {
        const { credentialsText } = await import('#run/venue-credentials');
        process.stdout.write(credentialsText(name, key));
        return;
      }
      const seed = given(options, 'seed', whole(0, HIGHEST_SEED)) ?? randomInt(HIGHEST_SEED);
      const { market, switches } = options;
      process.exitCode = await runVenue(
        {
          ...{ venue: name, ...sourceOf(options), seed },
          port: given(options, 'port', whole(0, HIGHEST_PORT)) ?? 0,
          faults: typeof options['faults'] === 'string' ? options['faults'] : null,
          speed: given(options, 'speed', positiveNumber) ?? 1,
          ...(typeof market === 'string' ? { market } : {}),
          ...(typeof switches === 'string' ? { switches } : {}),
        },
        (line) => void process.stdout.write(`${line}\n`),
      );
    });
}
