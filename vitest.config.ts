// How the tests run: from sources, through the `mm-src` condition of package.json's import map, never from dist.
// `resolve.conditions` alone has no effect on a Node run: it is `ssr.resolve.conditions` that counts (tidy.test.ts checks it).
// Two groups, one after the other, so that two cores are busy for the whole time and not more than busy:
// - programs: they start the real program or real time, each file in a process of its own. They wait more than they
//   compute, so there are three at a time.
// - parts: they compute. Two at a time, and a process takes one file after the other: what they import is loaded once.
import { readFileSync, readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const ALL = 'test/**/*.test.ts';
/** A mocked module must not be one that another file has loaded before: such a file has a process of its own, too. */
const MOCKING = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((name) => `test/${name.replaceAll('\\', '/')}`)
  .filter(
    (path) => path.endsWith('.test.ts') && /\bvi\.(doM|m)ock\(/.test(readFileSync(path, 'utf8')),
  );
const PROGRAMS = ['test/{cli,scenario,run}/**/*.test.ts', ...MOCKING];
// test/peers has its own package.json and lock file, so that reference libraries stay out of ours.
const NEVER = ['**/node_modules/**', 'dist/**', 'test/peers/**'];

export default defineConfig({
  ssr: { resolve: { conditions: ['mm-src', 'node', 'import', 'default'] } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'programs',
          include: PROGRAMS,
          exclude: NEVER,
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'parts',
          include: [ALL],
          exclude: [...NEVER, ...PROGRAMS],
          maxWorkers: 2,
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    pool: 'forks', // native add-ons (libsql) do not like worker threads
    // For what hangs, not for what is slow: beside six busy processes on two cores a test of 3 s took 21 s.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    unstubEnvs: true,
    restoreMocks: true,
  },
});
