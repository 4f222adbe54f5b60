// `mm stop` and its siblings against a bot that lives, one that is silent, one that dies meanwhile, and none.
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { StartProblem } from '#config/problem';
import { AccountLock } from '#ledger/lock';
import { operate } from '#run/operate';
import type { OperateOutcome, OperateRequest } from '#run/operate';
import type { TargetQuery } from '#run/targets';
import { T0, folder, place, us } from '../ledger/fixtures.js';
import { HEALTHY, LATCHED, breakerOf, live, pathsOf, ran, read } from './accounts.js';

type Change = Partial<Omit<OperateRequest, 'target'>> & Partial<TargetQuery>;

function order(
  stateDir: string,
  command: OperateRequest['command'],
  change: Change = {},
): Promise<OperateOutcome> {
  const { venue = null, account = null, accountNamed = account !== null, market = null } = change;
  const { reason = 'why', flatten = null, patienceMs = 400 } = change;
  const target = { stateDir, venue, account, accountNamed, market };
  const { notify = (): void => undefined } = change;
  return operate({ command, reason, flatten, patienceMs, target, notify });
}

const lineOf = ({ results }: OperateOutcome): string => results.map(({ line }) => line).join('\n');

describe('a bot that answers', () => {
  test.each(['pause', 'resume', 'reset'] as const)(
    '%s: waits until it is taken',
    async (command) => {
      const state = folder();
      const bot = live(state, {}, () => true);
      const outcome = await order(state, command);
      expect(outcome).toMatchObject({
        exitCode: 0,
        results: [{ outcome: 'obeyed', runId: 'run1', pid: 4711 }],
      });
      expect(bot.heard.map(({ operation, reason }) => `${operation} ${reason}`)).toEqual([
        `${command} why`,
      ]);
    },
  );

  test('stop: waits until no order is open, however early it was taken', async () => {
    const state = folder();
    const bot = live(state, {}, () => true);
    bot.ledger.recordIntents(T0, [place(1), place(2)]);
    const began = performance.now();
    setTimeout(() => {
      for (const ordinal of [1, 2]) {
        bot.ledger.event({
          kind: 'closed',
          us: us(T0 + 9),
          ordinal,
          reason: 'cancelled',
          filledLots: 0 as never,
        });
      }
    }, 250);
    const outcome = await order(state, 'stop', { patienceMs: 5_000 });
    expect(outcome.exitCode).toBe(0);
    expect(performance.now() - began).toBeGreaterThan(240);
    expect(lineOf(outcome)).toMatch(
      /^stopped: run run1, account test .*no order is open, confirmed after 0\.\d s; latched; to trade again: mm reset --account test/,
    );
  });

  test('stop --flatten says how; while the bot works its position down it is waited for', async () => {
    const state = folder();
    let enough = false;
    const bot = live(state, {}, ({ operation }, ledger) => {
      expect(operation).toBe('stop:ioc');
      ledger.breaker(T0, LATCHED);
      return enough;
    });
    setTimeout(() => (enough = true), 700);
    const notes: string[] = [];
    const notify = (line: string): number => notes.push(line);
    const outcome = await order(state, 'stop', { flatten: 'ioc', patienceMs: 300, notify });
    expect(outcome.exitCode).toBe(0);
    expect(outcome.results[0]?.seconds).toBeGreaterThan(0.6);
    expect(bot.heard).toHaveLength(1);
    expect(notes).toEqual([
      expect.stringMatching(/account test quotes no more and works its position down, 0 left/),
    ]);
  });

  test('a stop that finds two live runs stops both at once', async () => {
    const state = folder();
    const bots = ['a', 'b'].map((account) =>
      live(state, { account, runId: `run-${account}` }, () => true),
    );
    const { results, exitCode } = await order(state, 'stop');
    expect([exitCode, results.map(({ account }) => account).sort()]).toEqual([0, ['a', 'b']]);
    expect(bots.map(({ heard }) => heard.length)).toEqual([1, 1]);
  });

  test('a setting does not spare the others; a flag does', async () => {
    const state = folder();
    const bots = ['a', 'b'].map((account) =>
      live(state, { account, runId: `run-${account}` }, () => true),
    );
    await order(state, 'stop', { account: 'a', accountNamed: true });
    expect(bots.map(({ heard }) => heard.length)).toEqual([1, 0]);
    await order(state, 'stop', { account: 'a', accountNamed: false });
    expect(bots.map(({ heard }) => heard.length)).toEqual([2, 1]);
  });
});

describe('a bot that does not answer', () => {
  test('exit code 4, its orders by name, and the order stays in the inbox', async () => {
    const state = folder();
    const bot = live(state, {}, () => false);
    bot.ledger.recordIntents(T0, [place(7)]);
    const outcome = await order(state, 'stop');
    expect(outcome.exitCode).toBe(4);
    expect(outcome.results[0]).toMatchObject({ outcome: 'no-answer', openOrders: ['mm-run1-7'] });
    expect(lineOf(outcome)).toMatch(
      /^the bot \(pid 4711\) does not answer; its orders: mm-run1-7; on --venue sim they live only inside the bot; the stop is left in the inbox and will be obeyed when it wakes or at its next start/,
    );
    expect(lineOf(outcome)).not.toContain('\n');
    expect(bot.ledger.inbox('BTC-USD-PERP')).toHaveLength(1);
  });

  test('flattening that nobody confirms as begun is not waited for', async () => {
    const state = folder();
    live(state, {}, () => false);
    const outcome = await order(state, 'stop', { flatten: 'post-only' });
    expect(outcome.exitCode).toBe(4);
    expect(outcome.results[0]?.seconds).toBeLessThan(2);
  });

  test('when it dies meanwhile its account is latched instead', async () => {
    const state = folder();
    const bot = live(state, {}, () => false);
    bot.ledger.recordIntents(T0, [place(7)]);
    setTimeout(bot.die, 150);
    const outcome = await order(state, 'stop', { reason: 'now', patienceMs: 5_000 });
    expect(outcome).toMatchObject({ exitCode: 0, results: [{ outcome: 'written' }] });
    expect(lineOf(outcome)).toContain(
      'open orders of the killed run run1 count as cancelled, they lived inside it: mm-run1-7',
    );
    expect(breakerOf(pathsOf(state)).latched).toMatchObject({ guard: 'operator', reason: 'now' });
    expect(
      read(pathsOf(state), (r) => r.all('SELECT 1 FROM inbox WHERE taken_us IS NULL')),
    ).toEqual([]);
  });

  test('a ledger that cannot take the order: the others are still told, and the exit code is 4', async () => {
    const state = folder();
    const good = live(state, { account: 'good', runId: 'g' }, () => true);
    const bad = pathsOf(state, 'bad');
    const lock = AccountLock.acquire(bad, {
      pid: 99,
      runId: 'b',
      market: 'BTC-USD-PERP',
      sinceUs: T0,
    });
    writeFileSync(bad.ledger, 'this is no database, whatever its name says. '.repeat(100));
    const outcome = await order(state, 'stop');
    lock.release();
    expect(outcome.exitCode).toBe(4);
    expect(good.heard).toHaveLength(1);
    expect(lineOf(outcome)).toMatch(
      /the stop did not reach account bad \(.*not a ledger.*\); if it is running, end it by hand: kill -INT 99/,
    );
  });
});

describe('no live bot', () => {
  test('stop latches the account of the last run; the others are left alone', async () => {
    const state = folder();
    ran(state, { account: 'old' });
    ran(state, { account: 'new', startedUs: us(T0 + 60e6), runId: 'run2' });
    const outcome = await order(state, 'stop', { reason: 'news' });
    expect(outcome).toMatchObject({
      exitCode: 0,
      results: [{ account: 'new', outcome: 'written', latched: { reason: 'news' } }],
    });
    expect(breakerOf(pathsOf(state, 'old'))).toEqual(HEALTHY);
    expect(breakerOf(pathsOf(state, 'new')).latched?.guard).toBe('operator');
    expect(lineOf(outcome)).toContain(
      'the next start obeys; to trade again: mm reset --account new --reason',
    );
  });

  test('stop after a killed mm ab latches all its accounts: they died with one process', async () => {
    const state = folder();
    ran(state, { account: 'ended' });
    ran(state, { account: 'a-static', killed: true });
    ran(state, { account: 'a-dynamic', startedUs: us(T0 + 1), runId: 'run2', killed: true });
    const { results } = await order(state, 'stop');
    expect(results.map(({ account }) => account).sort()).toEqual(['a-dynamic', 'a-static']);
    expect(breakerOf(pathsOf(state, 'ended'))).toEqual(HEALTHY);
    const one = await order(state, 'stop', { account: 'a-static' });
    expect(one.results.map(({ account }) => account)).toEqual(['a-static']);
  });

  test('a second word on what holds anyway', async () => {
    const state = folder();
    ran(state, { breaker: LATCHED, holding: 'marked' });
    expect(lineOf(await order(state, 'stop', { flatten: 'ioc' }))).toMatch(
      /was latched already by drawdown \(fell by 20 %\).*the position of 0\.01 stays: only a live run can work it down/,
    );
    expect(lineOf(await order(state, 'resume'))).toMatch(
      /was not paused.*does not quote yet; still latched by drawdown/,
    );
    expect(lineOf(await order(state, 'pause'))).toContain(
      'quotes nothing until mm resume; still latched',
    );
    expect(lineOf(await order(state, 'reset'))).toMatch(
      /no longer latched by drawdown .*still paused: mm resume ends that/,
    );
    expect(lineOf(await order(state, 'reset'))).toContain(
      'was not latched; losses are measured anew',
    );
  });

  test('a timed pause is not ended by anybody, and said', async () => {
    const state = folder();
    const pause = {
      guard: 'bleed',
      severity: 'pause',
      reason: 'bled',
      untilUs: us(T0 + 900e6),
    } as const;
    ran(state, { breaker: { ...HEALTHY, paused: [pause] } });
    expect(lineOf(await order(state, 'resume'))).toContain(
      'still paused by bleed (bled) until 2026-11-21T00:15:00.000Z',
    );
    expect(breakerOf(pathsOf(state)).paused).toEqual([pause]);
  });
});

describe('which account', () => {
  const refused = async (promise: Promise<unknown>): Promise<string> => {
    const error = await promise.then(
      () => null,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(StartProblem);
    return (error as StartProblem).message;
  };

  test('nothing ever ran', async () => {
    expect(await refused(order(folder(), 'stop'))).toMatch(
      /nothing has run yet .*start with mm run --static/,
    );
    expect(await refused(order('/nowhere/at/all', 'pause'))).toContain('nothing has run yet');
  });

  test('no such account: those that there are', async () => {
    const state = folder();
    ran(state, { account: 'paper-static' });
    expect(await refused(order(state, 'stop', { account: 'papre' }))).toMatch(
      /no account papre in .*; --account is one of paper-static/,
    );
  });

  test.each(['pause', 'resume', 'reset'] as const)(
    '%s with two live runs lists them',
    async (command) => {
      const state = folder();
      for (const account of ['a', 'b'])
        live(state, { account, runId: `run-${account}` }, () => true);
      expect(await refused(order(state, command))).toMatch(
        new RegExp(
          `mm ${command} could mean 2 accounts: .*a on sim \\(run run-a, pid 4711\\).*; say which with --account`,
        ),
      );
      expect((await order(state, command, { account: 'b' })).results).toMatchObject([
        { account: 'b', outcome: 'obeyed' },
      ]);
    },
  );

  test('reset with one live run and another account latched asks: it must not reset the wrong one', async () => {
    const state = folder();
    ran(state, { account: 'stopped', breaker: LATCHED });
    const bot = live(state, { account: 'going', runId: 'g' }, () => true);
    expect(await refused(order(state, 'reset'))).toMatch(
      /could mean 2 accounts: .*stopped on sim \(latched, last run run1\)/,
    );
    expect((await order(state, 'pause')).results).toMatchObject([{ account: 'going' }]);
    bot.die();
    expect((await order(state, 'reset')).results).toMatchObject([
      { account: 'stopped', outcome: 'written' },
    ]);
  });

  test('a live run on another market than the one named', async () => {
    const state = folder();
    live(state, {}, () => true);
    expect(await refused(order(state, 'pause', { market: 'ETH' }))).toMatch(
      /account test is trading BTC-USD-PERP, not ETH; leave --market out/,
    );
  });

  test('a damaged ledger is named when it is the one that is meant, and skipped when it is not', async () => {
    const state = folder();
    ran(state, {});
    copyFileSync(pathsOf(state).ledger, pathsOf(state, 'broken').ledger);
    writeFileSync(pathsOf(state, 'broken').ledger, 'x'.repeat(4096));
    expect((await order(state, 'pause')).results).toMatchObject([{ account: 'test' }]);
    await expect(order(state, 'pause', { account: 'broken' })).rejects.toThrow(
      /broken\.ledger: it is not a ledger/,
    );
    rmSync(pathsOf(state).ledger);
    rmSync(pathsOf(state).ledger + '.seen', { force: true });
    await expect(order(state, 'pause')).rejects.toThrow(/not a ledger/);
  });
});
