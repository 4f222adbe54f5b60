// Starts test/support/ledger-child.mjs and reads what it says. It runs from dist: refuses to test a
// stale build.
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SCRIPT = join(ROOT, 'test/support/ledger-child.mjs');

interface BuildInfo {
  readonly fileNames: readonly string[];
  readonly fileInfos: readonly (string | { readonly version: string })[];
}

/**
 * Throws when a source of the ledger is not the one that dist was built from. The compiler notes
 * the SHA-256 of what it compiled; times would not do, because it writes nothing for a file that
 * was only touched.
 */
export function demandFreshBuild(): void {
  const path = join(ROOT, 'dist/tsconfig.tsbuildinfo');
  if (!existsSync(path)) throw new Error('no build in dist: npm run build first');
  const { fileNames, fileInfos } = JSON.parse(readFileSync(path, 'utf8')) as BuildInfo;
  const built = new Map(
    fileInfos.map((info, i) => [fileNames[i], typeof info === 'string' ? info : info.version]),
  );
  for (const room of ['src/core', 'src/ledger']) {
    for (const name of readdirSync(join(ROOT, room)).filter((n) => n.endsWith('.ts'))) {
      const text = readFileSync(join(ROOT, room, name));
      if (createHash('sha256').update(text).digest('hex') === built.get(`../${room}/${name}`))
        continue;
      throw new Error(`${room}/${name} is not what dist was built from: npm run build first`);
    }
  }
}

export interface Child {
  readonly process: ChildProcess;
  /** Whole lines so far. */
  readonly lines: string[];
  /** Resolves when a line begins with `word`; rejects when the process ends before. */
  said(word: string): Promise<string>;
  /** Resolves when it has ended and all it wrote was read. */
  readonly ended: Promise<void>;
}

export function child(mode: string, folder: string, runId: string, commits?: number): Child {
  const args = [SCRIPT, mode, folder, runId, ...(commits === undefined ? [] : [String(commits)])];
  const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let rest = '';
  let errors = '';
  const waiting: { word: string; tell: (line: string) => void }[] = [];
  started.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      lines.push(line);
      for (const w of waiting) if (line.startsWith(w.word)) w.tell(line);
    }
  });
  started.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = new Promise<void>((resolve) => started.on('close', () => resolve()));
  const said = (word: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const before = lines.find((line) => line.startsWith(word));
      if (before !== undefined) return resolve(before);
      waiting.push({ word, tell: resolve });
      started.on('close', () => reject(new Error(`ended without "${word}": ${errors}`)));
    });
  return { process: started, lines, said, ended };
}

export function kill(running: Child): Promise<void> {
  running.process.kill('SIGKILL');
  return running.ended;
}
