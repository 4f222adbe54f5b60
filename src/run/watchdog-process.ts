// `mm watchdog` as a process: started by a bot on the wire, in a session of its own, so that neither Ctrl-C in the
// terminal nor the death of the bot reaches it. Everything it needs comes over standard input. No signal but SIGKILL
// ends it: what ends it is a goodbye or an empty book.
import { openLog } from '#config/log';
import type { Logger } from '#config/log';
import { VenueProblem } from '#clients/net/venue-client';
import type { EmergencyClient } from '#clients/net/venue-client';
import { EXIT, StartProblem } from '#config/problem';
import { emergencyAt } from './venue-registry.js';
import { Watchdog } from './watchdog.js';
import { Lines, PROBLEM, READY } from './watchdog-words.js';
import type { WatchdogJob } from './watchdog-words.js';

const LONG_MS = 1e9;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE'] as const;
/** `mm venue` on this machine; behind such an address with `--network mainnet` may be a tunnel to the real one. */
const LOOPBACK = /^https?:\/\/(127\.0\.0\.1|localhost)(:|\/|$)/;
/** A venue of ours that is not there any more has taken its orders with it. */
const GONE = /does not answer at|ECONNREFUSED/;

/** Returns the exit code. Throws StartProblem when nobody tells it what to watch. */
export async function runWatchdog(): Promise<number> {
  for (const signal of SIGNALS) process.on(signal, () => undefined);
  // The bot may be gone while something is said to it. A listener of our own also keeps the one of the command line
  // from ending the process.
  process.stdout.on('error', () => undefined);
  let heard: (line: string) => void = () => undefined;
  let lost: () => void = () => undefined;
  const job = await firstLine(
    (line) => heard(line),
    () => lost(),
  );
  const awake = setInterval(() => undefined, LONG_MS); // also while it waits for nothing that Node knows of
  const tell = (line: string): void => void process.stdout.write(`${line}\n`);
  let client: EmergencyClient;
  try {
    client = await emergencyAt(job.reach, job.keys);
    await client.openOrders();
  } catch (error) {
    const explained = error instanceof StartProblem || error instanceof VenueProblem;
    const text = error instanceof Error ? error.message : String(error);
    tell(`${PROBLEM}${JSON.stringify(explained ? error.lines : [text])}`);
    clearInterval(awake);
    process.stdin.destroy();
    return EXIT.cannotStart;
  }
  const log = await logOf(job);
  const note = (text: string): void => log?.warn(text);
  const { runId, timeoutMs, reach } = job;
  // A mistake of ours must not end the one who cancels.
  process.on('uncaughtException', (error) => note(`bug: ${error.stack ?? error.message}`));
  const local = reach.network === 'testnet' && LOOPBACK.test(reach.url ?? '');
  const gone = (problem: string): boolean =>
    (reach.network === 'paper' || local) && GONE.test(problem);
  const watchdog = new Watchdog({ client, runId, timeoutMs, tell, note, gone });
  heard = (line) => watchdog.hear(line);
  lost = () => watchdog.lost();
  if (process.stdin.readableEnded || process.stdin.destroyed) watchdog.lost();
  log?.info(`the watchdog (pid ${process.pid}) watches, longest silence ${timeoutMs / 1000} s`);
  tell(READY);
  const end = await watchdog.watch();
  log?.info(`the watchdog ends: ${end === 'goodbye' ? 'the bot said goodbye' : 'nothing is open'}`);
  await client.close();
  clearInterval(awake);
  process.stdin.destroy();
  return EXIT.clean;
}

/** The job; later lines and the end of the stream go to the two takers. */
function firstLine(hear: (line: string) => void, lose: () => void): Promise<WatchdogJob> {
  const nobody = new StartProblem(
    'mm watchdog is started by mm run, for every run on a venue; there is nothing to start by hand',
  );
  if (process.stdin.isTTY) return Promise.reject(nobody);
  return new Promise((resolve, reject) => {
    let job = false;
    const lines = new Lines((line) => {
      if (job) return hear(line);
      job = true;
      try {
        resolve(JSON.parse(line) as WatchdogJob);
      } catch {
        reject(nobody);
      }
    });
    const end = (): void => {
      lose();
      reject(nobody);
    };
    process.stdin.setEncoding('utf8');
    process.stdin.on('data', (text: string) => lines.add(text));
    process.stdin.on('end', end).on('close', end).on('error', end);
  });
}

/** Into the files of the bot's own log. A disk that takes no log must not keep orders in the market: null then. */
async function logOf({ logDir, logDays, runId }: WatchdogJob): Promise<Logger | null> {
  try {
    const log = await openLog({
      ...{ directory: logDir, keepDays: logDays, nowMs: Date.now(), console: null },
      base: { run: runId, mode: 'watchdog' },
      onFailure: () => undefined,
    });
    return log.logger;
  } catch {
    return null;
  }
}
