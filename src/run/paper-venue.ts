// The venue of a paper run, or of the two of `mm ab`: its face in a child process on 127.0.0.1. It is detached, so that
// Ctrl-C does not reach it before the cancel-all of the bot is answered, and it ends when the channel to us closes,
// however we end.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { StartProblem } from '#config/problem';
import { isVenueReport } from './venue-process.js';
import type { VenueJob, VenueReport } from './venue-process.js';

const START_WITHIN_MS = 15_000;

export interface PaperVenue {
  readonly origin: string;
  readonly market: string;
  readonly pid: number | undefined;
  /** Should it go before its time, that is said in words; whoever trades there has nothing left to trade. */
  whenGone(tell: (why: string) => void): void;
  close(): Promise<void>;
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
  const listeners: ((why: string) => void)[] = [];
  return new Promise((resolve, reject) => {
    let venue: PaperVenue | null = null;
    let closing = false;
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
    void gone.then((code) => {
      if (venue === null) return fail(`it exited with code ${code}`);
      const how = code === null ? 'killed' : `exit code ${code}`;
      if (!closing) for (const tell of listeners) tell(`the paper venue is gone (${how})`);
    });
    child.on('message', (message: unknown) => {
      if (!isVenueReport(message)) return;
      const report: VenueReport = message;
      if (report.kind === 'problem') fail(report.lines.join('; '));
      if (report.kind !== 'listening' || venue !== null) return;
      clearTimeout(timer);
      const { origin, market } = report;
      const close = async (): Promise<void> => {
        closing = true;
        child.kill('SIGTERM');
        await Promise.race([gone, new Promise((done) => setTimeout(done, 3_000).unref())]);
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      };
      const whenGone = (tell: (why: string) => void): void => void listeners.push(tell);
      venue = { origin, market, pid: child.pid, whenGone, close };
      resolve(venue);
    });
  });
}
