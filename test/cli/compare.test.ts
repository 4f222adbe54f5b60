// `mm compare` and `mm report` as a user runs them. Runs dist.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { demandFreshBuild } from '../support/fresh-build.js';
import { home, mm, played } from './command.js';

beforeAll(() => demandFreshBuild(['src', 'strategies', 'analyzers']));

const ON = ['--synthetic', 'fast', '--duration', '4m', '--maker-fee', '0'];

describe('mm compare, mm report', () => {
  test('two parameter sets, then the same two runs by id, then a page of one', async () => {
    const at = home();
    const sets = await mm(at, ['compare', 'kappa=1.5', 'kappa=3,mode=dynamic', ...ON, '--json']);
    expect([sets.code, sets.err]).toEqual([0, '']);
    const contrast = JSON.parse(sets.out) as { a: { runId: string }; b: { runId: string } };
    const ids = [contrast.a.runId, contrast.b.runId];
    const again = await mm(at, ['compare', ...ids, '--json']);
    expect(JSON.parse(again.out)).toEqual(contrast);
    const text = await mm(at, ['compare', ...ids]);
    expect(text.out).toMatch(/A +\w{10} +static/);
    expect(text.out).toMatch(/B +\w{10} +dynamic/);
    expect(text.out.match(/Assumes: /g)).toHaveLength(1);
    expect(text.out).toContain('the analyzer watches in static mode too');
    const page = await mm(at, ['report', ids[1] ?? '', '--out', 'b.html']);
    expect(page.code).toBe(0);
    expect(page.out).toBe(`${join(at, 'b.html')}\n${join(at, 'b.json')}\n`);
    expect(readFileSync(join(at, 'b.html'), 'utf8')).toContain(ids[1]);
  }, 60_000);

  test.each(
    played([
      [['compare', 'nothing', 'nowhere'], /no run nothing/],
      [['compare', 'kapa=1', 'kappa=2', ...ON], /"kapa=1" is no setting.*kappa/],
      [['compare', 'kappa=-1', 'kappa=2', ...ON], /--kappa "-1"/],
      [['compare', 'kappa=1'], /missing required argument/],
      [['compare', 'kappa=1', 'kappa=2', ...ON, '--tape', 'x'], /not two/],
      [['report', 'nothing'], /no run nothing/],
    ]),
  )('%j is refused in one line', async (_args, why, answer) => {
    const { code, err, out } = await answer();
    expect([code, out]).toEqual([2, '']);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toMatch(why);
  });
});
