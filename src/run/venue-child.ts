// A venue as a process: `mm venue` in a terminal, and the child of a paper run, which says over IPC where it listens and
// ends when that channel closes. It ignores SIGINT then: the bot that it serves still has orders to cancel.
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, StartProblem } from '#config/problem';
import { HOUSES } from './venue-houses.js';
import type { VenueJob, VenueReport } from './venue-process.js';
import type { ServedVenue } from './venue-serve.js';
import { serveVenue } from './venue-serve.js';

/** A bot that ends in order ends us at once (paper-venue.ts); after any other end its watchdog looks at the book twice. */
const LINGER_MS = 5_000;

/** Returns some time after the channel to the parent has closed. The exit code. */
export async function runVenueChild(text: string): Promise<number> {
  const say = (report: VenueReport): void => {
    if (process.connected) process.send?.(report);
  };
  if (!process.connected)
    throw new StartProblem('--child is for mm itself; leave it out to serve a venue');
  const gone = new Promise<void>((resolve) => process.once('disconnect', () => resolve()));
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
  let venue: ServedVenue;
  const job = JSON.parse(text) as VenueJob;
  try {
    venue = await serveVenue(job, {
      note: (line) => void process.stderr.write(`mm venue: ${line}\n`),
      onEnd: () => say({ kind: 'market-ended' }),
    });
  } catch (error) {
    const lines = error instanceof StartProblem ? error.lines : [(error as Error).message];
    say({ kind: 'problem', lines });
    if (process.connected) process.disconnect();
    return EXIT.cannotStart;
  }
  const { port, origin, market } = venue;
  say({ kind: 'listening', port, origin, market, seed: job.seed });
  await gone;
  await sleep(LINGER_MS);
  await venue.close();
  return EXIT.clean;
}

/** Serves until a signal, and says what faults it injected. The exit code. */
export async function runVenue(job: VenueJob, print: (line: string) => void): Promise<number> {
  const venue = await serveVenue(job, {
    note: print,
    onEnd: () => print('the last row has been played; the market stands still'),
  });
  const house = HOUSES[job.venue];
  const sockets = house.paths.sockets.map((path) => `ws://127.0.0.1:${venue.port}${path}`);
  print(
    `${house.name} on ${venue.origin}${house.paths.rest} (WebSocket ${sockets.join(' and ')}), ${venue.market}`,
  );
  print(`seed ${job.seed}, faults ${job.faults ?? 'none'}; ${house.keys}`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => resolve());
  });
  await venue.close();
  if (venue.faults !== null) {
    const { by, orders, messages } = venue.faults;
    const counts = Object.entries(by).filter(([, count]) => count > 0);
    const text = counts.map(([kind, count]) => `${kind} ${count}`).join(', ') || 'none';
    print(`faults of seed ${job.seed} in ${messages} messages: ${text}; ${orders} hit an order`);
  }
  return EXIT.clean;
}
