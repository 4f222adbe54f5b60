// The loopback ApeX of bench/apex-wire.ts in a process of its own. Unlike `mm venue apex` it can leave zk signatures
// unchecked, so that a signer which signs nothing can be compared; that is why it is here and not behind a command.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Instrument } from '#core/instrument';
import { fromMs } from '#core/units';
import { WallClock } from '#run/clock';
import { specAt } from '#run/venue-specs';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { SyntheticMarket } from '#sim/market/market';
import { ApexFace } from '#sim/venues/apex/apex-face';
import { apexSymbol } from '#sim/venues/apex/symbols';
import { zkChecks } from '#sim/venues/apex/zk-checks';
import { MarketPlayer } from '#sim/venues/feed';
import { delayed } from '#sim/venues/lanes';
import { serve } from '#sim/venues/server';

const FILE = fileURLToPath(import.meta.url);
const SEED = 7;
export const MARKET = apexSymbol(SYNTHETIC_INSTRUMENT.symbol);

export interface BenchVenue {
  readonly origin: string;
  close(): void;
}

/** `checked`: every zk signature is verified, as on a paper run. `latency`: of each way, milliseconds. */
export function startApexVenue(checked: boolean, latency = 0): Promise<BenchVenue> {
  const child = spawn(process.execPath, [FILE, checked ? 'checked' : 'unchecked', `${latency}`], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the venue ended with code ${code}`)));
    child.once('message', (origin) =>
      resolve({ origin: String(origin), close: () => child.disconnect() }),
    );
  });
}

async function main(checked: boolean, latency: number): Promise<void> {
  const clock = new WallClock();
  const instrument = new Instrument({
    ...specAt('apex', SYNTHETIC_INSTRUMENT),
    ...{ venue: 'apex', symbol: MARKET },
  });
  const source = new SyntheticMarket({ preset: 'fast', seed: SEED, startUs: clock.nowUs() });
  const feed = new MarketPlayer({ clock, source });
  const checks = zkChecks(checked ? 1 : 0, SEED);
  const face = new ApexFace({ clock, instrument, feed, seed: SEED, checks });
  const span = fromMs(latency);
  const late = delayed(face, clock, { order: span, reply: span, feed: span });
  const server = await serve(latency > 0 ? late : face, 0);
  process.once('disconnect', () => process.exit(0));
  process.send?.(server.origin);
}

if (process.argv[1] === FILE) await main(process.argv[2] === 'checked', Number(process.argv[3]));
