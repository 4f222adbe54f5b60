// Many command lines of `mm` in one process: for those that are refused before anything begins. What a refusal says does
// not depend on the lines before it, and a start of the program costs twenty times a refusal. What starts a run, or
// must be seen to end by itself, is started alone (cli/command.ts, scenario/bot.ts).
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('many-lines.mjs', import.meta.url));
/** All of them together take two seconds; longer means that something holds the process. */
const AT_MOST_MS = 50_000;

export interface Line {
  readonly args: readonly string[];
  /** Added to the environment for this line. */
  readonly env?: Record<string, string> | undefined;
}

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What each line answers, in order, in the folder `cwd` with no environment but `env`; throws when the process does not end well. */
export async function manyLines(
  lines: readonly Line[],
  cwd: string,
  env: Record<string, string>,
): Promise<readonly Answer[]> {
  const child = spawn(process.execPath, [CHILD], { cwd, env, timeout: AT_MOST_MS });
  child.stdin.end(JSON.stringify(lines));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0 || err !== '') throw new Error(`exit code ${code} of ${CHILD}: ${err}${out}`);
  return JSON.parse(out) as Answer[];
}
