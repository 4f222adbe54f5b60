// One process per account: who comes second is told who is there, and no death of the first leaves
// a lock behind.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { AccountHeld, AccountLock, holderOf, type Holder } from '#ledger/lock';
import { accountPaths } from '#ledger/paths';
import { LedgerProblem } from '#ledger/problem';
import { child, demandFreshBuild, kill } from './child.js';
import { T0, folder } from './fixtures.js';

const HOLDER: Holder = { pid: 4711, runId: 'run1', market: 'BTC-USD-PERP', sinceUs: T0 };

describe('in one process', () => {
  test('the second is refused and told who holds it; release frees it', () => {
    const paths = accountPaths(folder(), 'sim', 'test');
    expect(holderOf(paths)).toBeNull();
    const lock = AccountLock.acquire(paths, HOLDER);
    expect(holderOf(paths)).toEqual(HOLDER);
    const second = (): AccountLock => AccountLock.acquire(paths, { ...HOLDER, runId: 'run2' });
    expect(second).toThrow(AccountHeld);
    expect(second).toThrow(
      /held by run run1 on BTC-USD-PERP \(pid 4711, since 2026-11-21T00:00:00.000Z\): stop it first/,
    );
    lock.release();
    lock.release();
    expect(holderOf(paths)).toBeNull();
    expect(existsSync(paths.holder)).toBe(false);
    const third = AccountLock.acquire(paths, HOLDER);
    third.release();
  });

  test('without a readable holder file it still holds', () => {
    const paths = accountPaths(folder(), 'sim', 'test');
    const lock = AccountLock.acquire(paths, HOLDER);
    writeFileSync(paths.holder, '{"pid": "x"');
    expect(holderOf(paths)).toBe('unknown');
    expect(() => AccountLock.acquire(paths, HOLDER)).toThrow(/held by another process/);
    rmSync(paths.holder);
    expect(() => AccountLock.acquire(paths, HOLDER)).toThrow(AccountHeld);
    lock.release();
  });

  test('accounts do not disturb each other; a missing folder is a problem, not a crash', () => {
    const state = folder();
    const one = AccountLock.acquire(accountPaths(state, 'sim', 'a'), HOLDER);
    const two = AccountLock.acquire(accountPaths(state, 'sim', 'b'), HOLDER);
    one.release();
    two.release();
    const nowhere = accountPaths(`${state}/no/such`, 'sim', 'a');
    expect(() => AccountLock.acquire(nowhere, HOLDER)).toThrow(LedgerProblem);
    expect(holderOf(nowhere)).toBeNull();
  });
});

describe('between processes', () => {
  beforeAll(demandFreshBuild);

  test('a child holds it, a second child is refused, SIGKILL frees it', async () => {
    const state = folder();
    const paths = accountPaths(state, 'sim', 'test');
    const first = child('hold', state, 'first');
    await first.said('held');
    expect(holderOf(paths)).toMatchObject({ pid: first.process.pid, runId: 'first' });
    expect(() => AccountLock.acquire(paths, HOLDER)).toThrow(/run first/);
    const second = child('hold', state, 'second');
    expect(await second.said('refused')).toContain(
      `run first on BTC-USD-PERP (pid ${first.process.pid}`,
    );
    await second.ended;
    await kill(first);
    expect(holderOf(paths)).toBeNull();
    const lock = AccountLock.acquire(paths, HOLDER);
    lock.release();
  });
});
