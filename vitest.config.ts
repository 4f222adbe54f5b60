// How the tests run: from sources, through the `mm-src` condition of package.json's import map, never from dist.
// `resolve.conditions` alone has no effect on a Node run: it is `ssr.resolve.conditions` that counts (tidy.test.ts checks it).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['mm-src', 'node', 'import', 'default'] } },
  test: {
    include: ['test/**/*.test.ts'],
    // test/peers has its own package.json and lock file, so that reference libraries stay out of ours.
    exclude: ['**/node_modules/**', 'dist/**', 'test/peers/**'],
    pool: 'forks', // native add-ons (libsql) do not like worker threads
    maxWorkers: 2,
    // For what hangs, not for what is slow: beside six busy processes on two cores a test of 3 s took 21 s.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    unstubEnvs: true,
    restoreMocks: true,
  },
});
