// Runs `mm` from dist, which `pretest` builds, in a state folder of the test's own. After a change without `npm test`
// build first (npm run build): tsc leaves files alone whose text has not changed, so no time stamp could tell.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import type { Answer } from '../support/many-lines.js';
import { manyLines } from '../support/many-lines.js';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** Where one test's ledgers and logs live; gone afterwards. */
export function home(): string {
  const path = mkdtempSync(join(tmpdir(), 'mm-cli-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 3 }));
  return path;
}

export interface Running {
  readonly process: ChildProcess;
  /** What it has written so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves with the exit code once all output is read. */
  readonly ended: Promise<number | null>;
  /** Resolves when stdout matches; rejects when it ends before. */
  said(pattern: RegExp): Promise<void>;
}

/** As bare as a command line can have it, with all that is kept below the folder. */
const bare = (at: string): Record<string, string> => ({
  ...{ PATH: process.env['PATH'] ?? '', HOME: at },
  ...{ MM_STATE_DIR: join(at, 'state'), MM_LOG_DIR: join(at, 'logs') },
});

/** Starts `mm args`; killed after the test if it still runs. `env` adds to a bare environment. */
export function started(
  at: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: at,
    env: { ...bare(at), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  const looks: (() => void)[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    looks.forEach((look) => look());
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  });
  const said = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(out)) resolve();
      };
      looks.push(look);
      look();
      void ended.then(() => reject(new Error(`ended without ${String(pattern)}: ${out}${err}`)));
    });
  return { process: child, out: () => out, err: () => err, ended, said };
}

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export async function mm(
  at: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Finished> {
  const running = started(at, args, env);
  return { code: await running.ended, out: running.out(), err: running.err() };
}

type Case = readonly [args: readonly string[], message: RegExp];

/**
 * For test.each: lines that are read and refused at once, each with what it must say and what it answers. They are played in
 * one process (../support/many-lines.ts) when the first is asked for, and must leave nothing behind.
 */
export function played(
  cases: readonly Case[],
  command: readonly string[] = [],
): readonly (readonly [...Case, () => Promise<Answer>])[] {
  const play = async (): Promise<readonly Answer[]> => {
    const at = mkdtempSync(join(tmpdir(), 'mm-cli-'));
    try {
      const lines = cases.map(([args]) => ({ args: [...command, ...args] }));
      const answers = await manyLines(lines, at, bare(at));
      expect(readdirSync(at)).toEqual([]);
      return answers;
    } finally {
      rmSync(at, { recursive: true, force: true });
    }
  };
  let answers: Promise<readonly Answer[]> | undefined;
  return cases.map((one, i) => [...one, async () => (await (answers ??= play()))[i] as Answer]);
}
