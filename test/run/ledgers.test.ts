// What the state folder is read as: names, holders, last runs, and damage that hides nothing else.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LedgerProblem } from '#ledger/problem';
import { AccountLock } from '#ledger/lock';
import { findLedgers, isLive, nothingFound, silentSeconds } from '#run/ledgers';
import { T0, folder, us } from '../ledger/fixtures.js';
import { pathsOf, ran } from './accounts.js';

const ANYONE = { venue: null, account: null };

describe('the state folder', () => {
  test('one entry an account, newest run first; odd names come back as they were', () => {
    const state = folder();
    ran(state, { account: 'a-b_c', runId: 'r1' });
    ran(state, { account: 'übung 1', runId: 'r2', startedUs: us(T0 + 1e6) });
    const found = findLedgers(state);
    expect(found.map(({ venue, account, lastRun }) => [venue, account, lastRun?.run])).toEqual([
      ['sim', 'übung 1', 'r2'],
      ['sim', 'a-b_c', 'r1'],
    ]);
    expect(found[1]?.paths).toEqual(pathsOf(state, 'a-b_c'));
    expect(findLedgers(state, { venue: 'sim', account: 'a-b_c' })).toHaveLength(1);
    expect(findLedgers(state, { venue: 'paradex', account: null })).toEqual([]);
  });

  test('other files are none of ours; a missing folder is an empty one; a file in its place is a problem', () => {
    const state = folder();
    mkdirSync(join(state, 'tapes'));
    for (const name of ['x.ledger', 'sim-a.lock', 'sim-%zz.ledger', 'notes.txt']) {
      writeFileSync(join(state, name), 'x');
    }
    expect(findLedgers(state)).toEqual([]);
    expect(findLedgers(join(state, 'no', 'such'))).toEqual([]);
    expect(() => findLedgers(join(state, 'notes.txt'))).toThrow(LedgerProblem);
  });

  test('who holds it: nobody, a run, an operator for an instant', () => {
    const state = folder();
    const paths = ran(state);
    const look = (): boolean => isLive(findLedgers(state)[0] as never);
    expect(look()).toBe(false);
    const holder = { pid: 1, runId: 'run1', market: 'BTC-USD-PERP', sinceUs: T0 };
    const run = AccountLock.acquire(paths, holder);
    expect(look()).toBe(true);
    writeFileSync(paths.holder, 'torn');
    expect(look()).toBe(true);
    run.release();
    const operator = AccountLock.acquire(paths, { ...holder, runId: 'operator' });
    expect(look()).toBe(false);
    operator.release();
  });

  test('a damaged ledger is an entry with a problem', () => {
    const state = folder();
    ran(state, { account: 'good' });
    writeFileSync(pathsOf(state, 'bad').ledger, 'x'.repeat(5000));
    const found = findLedgers(state);
    expect(found.map(({ account, problem }) => [account, problem?.code ?? null])).toEqual([
      ['good', null],
      ['bad', 'not-a-ledger'],
    ]);
  });

  test('nothing found says what there is', () => {
    const state = folder();
    expect(nothingFound(state, ANYONE).message).toContain('nothing has run yet');
    ran(state, { account: 'mine' });
    expect(nothingFound(state, { ...ANYONE, account: 'yours' }).message).toMatch(
      /no account yours .*one of mine/,
    );
  });

  test('the last sign of life is the last commit', () => {
    const state = folder();
    expect(silentSeconds(ran(state))).toBeLessThan(5);
    expect(silentSeconds(pathsOf(state, 'none'))).toBeNull();
  });
});
