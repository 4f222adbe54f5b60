// The bot's end of its watchdog: starts it, beats in every turn of the run, and says why nothing may be quoted while no
// watchdog watches. One that fired is waited for, it is still cancelling; one that hangs is ended; a new one takes over
// before quotes come back. The one that watches outlives us.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { StartProblem } from '#config/problem';
import {
  ANSWER_WITHIN_MS, BEAT, BEATS_IN_TIME, FIRED, GOODBYE, Lines, PROBLEM, READY, Silence,
} from './watchdog-words.js'; // prettier-ignore
import type { WatchdogJob } from './watchdog-words.js';

const START_WITHIN_MS = 15_000;
const AGAIN_MS = 1_000;
const GOODBYE_WITHIN_MS = 1_000;
/** It holds one client and a pipe. */
const SMALL = ['--max-semi-space-size=1', '--max-old-space-size=96'];

/** What a run on the wire does with its watchdog. */
export interface Watch {
  /** In each turn of the bot: says that it lives. Why it must not quote now; null while it is watched. */
  turn(): string | null;
  /** Nothing is open, by the venue's word: the watchdog goes too. */
  goodbye(): Promise<void>;
  /** Leaves it to the watchdog to see to that. */
  leave(): void;
}

export type WatchNote = (level: 'info' | 'warn', text: string) => void;

/** Throws StartProblem: a run that nobody watches must not begin. */
export async function startWatchdog(job: WatchdogJob, note: WatchNote): Promise<WatchdogLink> {
  const link = new WatchdogLink(job, note);
  await link.start();
  return link;
}

export class WatchdogLink implements Watch {
  private child: ChildProcess | null = null;
  /** Null while one watches. */
  private why: string | null = 'its watchdog has not begun';
  private silence = new Silence(performance.now());
  private beatMs = -Infinity;
  private left = false;

  constructor(
    private readonly job: WatchdogJob,
    private readonly tell: WatchNote,
  ) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  turn(): string | null {
    const { child, job } = this;
    if (child === null || this.why !== null) return this.why;
    const now = performance.now();
    if (now - this.beatMs >= job.timeoutMs / BEATS_IN_TIME) {
      this.beatMs = now;
      say(child, BEAT);
    }
    if (this.silence.at(now) <= ANSWER_WITHIN_MS) return null;
    this.lose(`its watchdog has not answered for ${ANSWER_WITHIN_MS / 1000} s`);
    child.kill('SIGKILL');
    return this.why;
  }

  async goodbye(): Promise<void> {
    const { child } = this;
    this.left = true;
    if (child?.stdin == null) return;
    const { stdin } = child;
    const gone = new Promise<void>((resolve) => stdin.end(`${GOODBYE}\n`, () => resolve()));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => (timer = setTimeout(done, GOODBYE_WITHIN_MS)));
    await Promise.race([gone, late]);
    clearTimeout(timer);
    this.leave();
  }

  leave(): void {
    const { child } = this;
    this.left = true;
    child?.stdin?.destroy();
    child?.stdout?.destroy();
    child?.unref();
  }

  /** Resolves when it watches. Throws StartProblem; then none is left behind. */
  start(): Promise<void> {
    const main = fileURLToPath(new URL('../cli/main.js', import.meta.url));
    const child = spawn(process.execPath, [...SMALL, main, 'watchdog'], {
      detached: true,
      env: plainEnvironment(),
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.child = child;
    child.stdin.on('error', () => undefined);
    say(child, JSON.stringify(this.job));
    return new Promise((resolve, reject) => {
      let watches = false;
      const fail = (line: string): void => {
        clearTimeout(timer);
        child.kill('SIGKILL');
        reject(new StartProblem(`the watchdog did not start, and nothing runs without: ${line}`));
      };
      const timer = setTimeout(() => fail('no word from it in 15 s'), START_WITHIN_MS);
      const lines = new Lines((line) => {
        if (line.startsWith(PROBLEM)) return fail(problemOf(line));
        if (line !== READY) return this.heard(line);
        clearTimeout(timer);
        watches = true;
        this.begin();
        resolve();
      });
      child.stdout.setEncoding('utf8').on('data', (text: string) => lines.add(text));
      child.stdout.on('error', () => undefined);
      child.once('error', (error) => fail(error.message));
      child.once('exit', (code, signal) => {
        const how = signal ?? `exit code ${code ?? 'none'}`;
        if (watches) this.ended(how);
        else fail(`it ended (${how})`);
      });
    });
  }

  private begin(): void {
    this.silence = new Silence(performance.now());
    this.beatMs = -Infinity;
    this.why = null;
  }

  private heard(line: string): void {
    if (line === BEAT) this.silence.heard();
    else if (line.startsWith(FIRED)) {
      this.lose(`its watchdog is cancelling: ${line.slice(FIRED.length)}`);
      if (this.child !== null) say(this.child, BEAT); // awake: it need not stay for us
    }
  }

  /** Not after the end: the log is closed then. */
  private note(level: 'info' | 'warn', text: string): void {
    if (!this.left) this.tell(level, text);
  }

  private lose(why: string): void {
    this.why = why;
    this.note('warn', `no quotes: ${why}`);
  }

  /** The end of one that watched. */
  private ended(how: string): void {
    if (this.left) return;
    if (this.why === null) this.lose(`its watchdog is gone (${how})`);
    this.again();
  }

  /** Another, as soon as one can be had. */
  private again(): void {
    const timer = setTimeout(() => {
      if (this.left) return;
      this.start().then(
        () => this.note('warn', `another watchdog watches (pid ${this.pid ?? 0})`),
        (error: Error) => {
          this.note('warn', error.message);
          if (!this.left) this.again();
        },
      );
    }, AGAIN_MS);
    timer.unref();
  }
}

/** Nothing of ours goes by the environment either: a key could stand there, and it lies open to the same user. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const foreign = Object.entries(process.env).filter(
    ([name]) => !/^(MM_|npm_|NODE_OPTIONS$)/.test(name),
  );
  return Object.fromEntries(foreign);
}

function say(child: ChildProcess, line: string): void {
  if (child.stdin?.writable === true) child.stdin.write(`${line}\n`);
}

function problemOf(line: string): string {
  const lines = JSON.parse(line.slice(PROBLEM.length)) as string[];
  return lines.join('; ');
}
