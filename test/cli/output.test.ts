// What becomes of a command whose output cannot be written: a result lost in silence must not look like success.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { home } from './command.js';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const FULL = '/dev/full'; // every write to it: no space left

test.skipIf(!existsSync(FULL))('a full disk behind > FILE: one line and exit code 2', () => {
  const full = openSync(FULL, 'w');
  const { status, stderr } = spawnSync(process.execPath, [MAIN, 'config'], {
    ...{ cwd: home(), stdio: ['ignore', full, 'pipe'], encoding: 'utf8' },
  });
  closeSync(full);
  expect(stderr).toBe('mm: the output cannot be written (ENOSPC); free some space\n');
  expect(status).toBe(2);
});
