// Where the files are: from the environment that is handed in, and under names that cannot meet.
import fc from 'fast-check';
import { statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { accountPaths, makeStateFolder, stateFolder } from '#ledger/paths';
import { LedgerProblem } from '#ledger/problem';
import { folder } from './fixtures.js';

test.each([
  [{}, '/home/me/.local/state/perp-mm'],
  [{ XDG_STATE_HOME: '/var/state' }, '/var/state/perp-mm'],
  [{ XDG_STATE_HOME: 'relative' }, '/home/me/.local/state/perp-mm'],
  [{ XDG_STATE_HOME: '', MM_STATE_DIR: '' }, '/home/me/.local/state/perp-mm'],
  [{ XDG_STATE_HOME: '/var/state', MM_STATE_DIR: '/data/mm' }, '/data/mm'],
  [{ MM_STATE_DIR: '~/mm' }, '/home/me/mm'],
])('%j -> %s', (env, expected) => {
  expect(stateFolder(env, '/home/me')).toBe(expected);
});

test('one ledger, lock and holder file per venue and account', () => {
  expect(accountPaths('/s', 'sim', 'paper-1')).toEqual({
    folder: '/s',
    ledger: '/s/sim-paper-1.ledger',
    lock: '/s/sim-paper-1.lock',
    holder: '/s/sim-paper-1.holder.json',
  });
});

test('no two accounts share a file, and none leaves the folder', () => {
  const name = fc.string({ minLength: 1, maxLength: 6, unit: 'binary' });
  fc.assert(
    fc.property(name, name, name, name, (v1, a1, v2, a2) => {
      const one = accountPaths('/s', v1, a1).ledger;
      const two = accountPaths('/s', v2, a2).ledger;
      expect(one === two).toBe(v1 === v2 && a1 === a2);
      expect(dirname(one)).toBe('/s');
      expect(basename(one)).toMatch(/^[0-9A-Za-z_.%-]+\.ledger$/);
    }),
  );
  expect(accountPaths('/s', 'a-b', 'c').ledger).not.toBe(accountPaths('/s', 'a', 'b-c').ledger);
  expect(() => accountPaths('/s', 'sim', '')).toThrow(LedgerProblem);
  expect(() => accountPaths('/s', 'sim', 'x'.repeat(300))).toThrow(/1 to 100 plain characters/);
});

test('the state folder is made for its owner only; a file in its place is a problem', () => {
  const at = join(folder(), 'a', 'b');
  makeStateFolder(at);
  makeStateFolder(at);
  expect(statSync(at).mode & 0o777).toBe(0o700);
  const file = join(at, 'file');
  writeFileSync(file, '');
  expect(() => makeStateFolder(file)).toThrow(/in its place.*MM_STATE_DIR/);
  expect(() => makeStateFolder(join(file, 'below'))).toThrow(LedgerProblem);
});
