// `mm sweep` as a user runs it: killed and started again it does no point twice and comes to the same; the number of
// workers changes nothing; what is wrong is said in a line. Runs dist.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { demandFreshBuild } from '../support/fresh-build.js';
import { home, mm, played, started } from './command.js';

beforeAll(() => demandFreshBuild(['src', 'strategies', 'analyzers']));

const GRID = [
  ...['sweep', '--synthetic', 'fast', '--duration', '10m', '--maker-fee', '0', '--windows', '2'],
  ...['--vary', 'kappa=1.5..3/4', '--vary', 'min-spread=1bp,2bp,3bp'],
];

const storeOf = (at: string): string => {
  const folder = join(at, 'state', 'sweeps');
  const [name] = existsSync(folder) ? readdirSync(folder) : [];
  return name === undefined ? '' : join(folder, name);
};
const linesOf = (path: string): string[] =>
  path === ''
    ? []
    : readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '');

describe('mm sweep', () => {
  test('killed in the middle it goes on where it stopped, and comes to the same', async () => {
    const whole = home();
    const first = await mm(whole, [...GRID, '--jobs', '2', '--out', 'all.csv', '--json']);
    expect(first.err).toMatch(/kept in .*jsonl and all\.csv\n$/);
    expect(first.code).toBe(0);
    expect(linesOf(storeOf(whole))).toHaveLength(1 + 12);

    const at = home();
    const running = started(at, [...GRID, '--jobs', '1', '--out', 'all.csv']);
    while (linesOf(storeOf(at)).length < 4) {
      if (running.process.exitCode !== null) throw new Error(running.err());
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    running.process.kill('SIGKILL');
    await running.ended;
    const done = linesOf(storeOf(at));
    expect(done.length).toBeLessThan(13);
    const again = await mm(at, [...GRID, '--jobs', '1', '--out', 'all.csv', '--json']);
    expect(again.code).toBe(0);
    const before = Number(/(\d+) points were there already/.exec(again.err)?.[1]);
    expect(before).toBeGreaterThanOrEqual(2);
    expect(before).toBeLessThan(12);
    expect(linesOf(storeOf(at))).toHaveLength(13);
    expect(readFileSync(join(at, 'all.csv'), 'utf8')).toBe(
      readFileSync(join(whole, 'all.csv'), 'utf8'),
    );
    const plain = (text: string): unknown => ({
      ...(JSON.parse(text) as Record<string, unknown>),
      ...{ store: '', resumed: 0 },
    });
    expect(plain(again.out)).toEqual(plain(first.out));
  }, 60_000);

  test('in-sample figures stand beside out-of-sample ones; a search that learns has one fold', async () => {
    const args = ['sweep', '--synthetic', 'fast', '--duration', '6m', '--search', 'learn'];
    const { out, code } = await mm(home(), [
      ...args,
      ...['--points', '10', '--vary', 'kappa=1..4,log', '--maker-fee', '0', '--objective', 'pnl'],
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/chosen +in +edge \$.*out +edge \$/);
    expect(out).toMatch(/kappa=[\d.]+ +1-3 .* 4 /);
    expect(out).toMatch(/without skill would show/);
  }, 60_000);

  test.each(
    played(
      [
        [['--synthetic', 'fast'], /say what to vary/],
        [['--vary', 'kappa=1..2'], /say what to run on/],
        [['--synthetic', 'fast', '--vary', 'kapa=1..2'], /kapa: no such setting.*kappa/],
        [['--synthetic', 'fast', '--vary', 'kappa=2..1'], /lower end first/],
        [['--synthetic', 'fast', '--vary', 'kappa=1..2', '--windows', '1'], /--windows "1"/],
        [['--synthetic', 'fast', '--vary', 'kappa=1,2', '--vary', 'kappa=3,4'], /given twice/],
      ],
      ['sweep'],
    ),
  )('%j is refused', async (_args, why, answer) => {
    const { code, err, out } = await answer();
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(why);
  });

  test('a point that contradicts the rest is refused in words, and the others run', async () => {
    const at = home();
    const args = ['sweep', '--synthetic', 'fast', '--duration', '5m', '--windows', '2'];
    const { out, code } = await mm(at, [
      ...args,
      '--vary',
      'max-spread=0.5bp,20bp',
      '--out',
      'x.csv',
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/2 points \(1 refused\)/);
    expect(readFileSync(join(at, 'x.csv'), 'utf8')).toMatch(/0\.5bp,.*is above --max-spread/);
  });

  test('a tape that is not there: one line, exit code 2, whichever process finds it', async () => {
    const args = ['sweep', '--vary', 'kappa=1,2', '--tape', 'nosuch.tape', '--jobs', '1'];
    const { code, err } = await mm(home(), args);
    expect([code, err]).toEqual([2, 'mm: nosuch.tape: no such file; check the path\n']);
  });
});
