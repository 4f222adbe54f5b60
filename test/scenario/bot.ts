// The real program in a process of its own: `node dist/src/cli/main.js ...` with a state folder, a log folder and a
// working directory that belong to one test. It runs what is built: call demandFreshBuild first.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const MAIN = join(ROOT, 'dist/src/cli/main.js');

/** A folder for one test: state, logs and the working directory. */
export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'mm-bot-'));
  readonly state = join(this.folder, 'state');
  readonly logs = join(this.folder, 'logs');
  private readonly bots: Bot[] = [];

  /** The environment without any setting of ours, then those of this place. */
  env(more: Record<string, string> = {}): Record<string, string> {
    const clean = Object.entries(process.env).filter(
      ([key]) => !/^(MM_|npm_|NODE_OPTIONS)/.test(key),
    );
    const ours = { MM_STATE_DIR: this.state, MM_LOG_DIR: this.logs };
    return { ...(Object.fromEntries(clean) as Record<string, string>), ...ours, ...more };
  }

  /** Starts `mm` with these arguments. */
  mm(args: readonly string[], env: Record<string, string> = {}): Bot {
    return this.start(process.execPath, [MAIN, ...args], this.folder, env);
  }

  start(
    command: string,
    args: readonly string[],
    cwd: string,
    env: Record<string, string> = {},
  ): Bot {
    const child = spawn(command, args, {
      cwd,
      env: this.env(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const bot = new Bot(child);
    this.bots.push(bot);
    return bot;
  }

  /** Ends what still runs and removes the folder. */
  async clear(): Promise<void> {
    for (const bot of this.bots) bot.process.kill('SIGKILL');
    await Promise.all(this.bots.map((bot) => bot.ended));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The log line of a decision that placed something. */
export const QUOTE = / INFO +quote/;

export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Milliseconds since the start. */
  readonly ms: number;
}

export class Bot {
  /** Whole lines of both outputs so far. */
  readonly out: string[] = [];
  readonly err: string[] = [];
  readonly startedMs = performance.now();
  /** When it has ended and all that it wrote was read. */
  readonly ended: Promise<End>;
  private readonly waiting: { part: RegExp | string; tell: () => void }[] = [];

  constructor(readonly process: ChildProcess) {
    this.collect('stdout', this.out);
    this.collect('stderr', this.err);
    this.ended = new Promise((resolve) => {
      process.on('close', (code, signal) => {
        resolve({ code, signal, ms: performance.now() - this.startedMs });
      });
    });
  }

  /** Resolves with the milliseconds since the start when a line with `part` was printed; rejects when it ends before. */
  said(part: RegExp | string): Promise<number> {
    const since = (): number => performance.now() - this.startedMs;
    if (this.has(part)) return Promise.resolve(since());
    return new Promise((resolve, reject) => {
      this.waiting.push({ part, tell: () => resolve(since()) });
      void this.ended.then(({ code, signal }) => {
        const text = [...this.out, ...this.err].slice(-5).join('\n');
        reject(new Error(`ended (${code ?? signal}) without ${part}:\n${text}`));
      });
    });
  }

  has(part: RegExp | string): boolean {
    return [...this.out, ...this.err].some((line) => matches(line, part));
  }

  /** Sends the signal; resolves when it has ended. */
  signal(signal: NodeJS.Signals): Promise<End> {
    this.process.kill(signal);
    return this.ended;
  }

  private collect(stream: 'stdout' | 'stderr', lines: string[]): void {
    let rest = '';
    this.process[stream]?.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
      for (const { part, tell } of this.waiting) {
        if (parts.some((line) => matches(line, part))) tell();
      }
    });
    this.process[stream]?.on('close', () => {
      if (rest !== '') lines.push(rest);
    });
  }
}

const matches = (line: string, part: RegExp | string): boolean =>
  typeof part === 'string' ? line.includes(part) : part.test(line);

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
