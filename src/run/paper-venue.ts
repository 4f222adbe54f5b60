// The venue of a paper run: its face in a child process on 127.0.0.1. It is detached, so that Ctrl-C does not reach it
// before the cancel-all of the bot is answered, and it ends when the channel to us closes, however we end.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { StartProblem } from '#config/problem';
import type { PaperJob } from './venue-module.js';
import { isVenueReport } from './venue-process.js';
import type { VenueJob, VenueReport } from './venue-process.js';

const START_WITHIN_MS = 15_000;

export interface PaperVenue {
  readonly origin: string;
  readonly market: string;
  readonly pid: number | undefined;
  /** Told when it goes before its time: its exit code, null after a signal. */
  onGone: (code: number | null) => void;
  close(): Promise<void>;
}

/** Starts the venue of a paper run and makes a place of it. Throws StartProblem; then none is left running. */
export async function onPaper<T>(
  venue: VenueJob['venue'],
  job: PaperJob | null,
  warn: (text: string) => void,
  make: (paper: PaperVenue) => T | Promise<T>,
): Promise<T> {
  if (job === null) throw new StartProblem('a paper run needs a market to play');
  const paper = await startPaperVenue({ ...job, venue, port: 0 });
  try {
    paper.onGone = (code) => warn(`the paper venue is gone (exit code ${code ?? 'none: killed'})`);
    return await make(paper);
  } catch (error) {
    await paper.close();
    throw error;
  }
}

/** Throws StartProblem with what the child said. */
export function startPaperVenue(job: VenueJob): Promise<PaperVenue> {
  const main = fileURLToPath(new URL('../cli/main.js', import.meta.url));
  const child = spawn(
    process.execPath,
    [main, 'venue', job.venue, '--child', JSON.stringify(job)],
    {
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return new Promise((resolve, reject) => {
    let venue: PaperVenue | null = null;
    const fail = (line: string): void => {
      clearTimeout(timer);
      if (child.connected) child.disconnect();
      reject(new StartProblem(`the paper venue did not start: ${line}`));
    };
    const timer = setTimeout(
      () => fail(`no word from it in ${START_WITHIN_MS / 1000} s`),
      START_WITHIN_MS,
    );
    child.once('error', (error) => fail(error.message));
    void gone.then((code) =>
      venue === null ? fail(`it exited with code ${code}`) : venue.onGone(code),
    );
    child.on('message', (message: unknown) => {
      if (!isVenueReport(message)) return;
      const report: VenueReport = message;
      if (report.kind === 'problem') fail(report.lines.join('; '));
      if (report.kind !== 'listening' || venue !== null) return;
      clearTimeout(timer);
      const { origin, market } = report;
      const close = async (): Promise<void> => {
        if (venue !== null) venue.onGone = () => undefined;
        child.kill('SIGTERM');
        await Promise.race([gone, new Promise((done) => setTimeout(done, 3_000).unref())]);
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      };
      venue = { origin, market, pid: child.pid, onGone: () => undefined, close };
      resolve(venue);
    });
  });
}
