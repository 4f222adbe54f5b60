// `mm calibrate` as a user types it: the file that it writes starts a run, --json is one object, and everything that
// can be typed wrongly is one line and exit code 2.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { home, mm, played } from './command.js';

const CALIBRATE = ['calibrate', '--synthetic', 'fast', '--duration', '30m', '--band-from', '0.5bp'];

describe('mm calibrate', () => {
  test('its file starts mm run --static', { timeout: 60_000 }, async () => {
    const at = home();
    const file = join(at, 'btc.json');
    const made = await mm(at, [...CALIBRATE, '--out', file]);
    expect(made).toMatchObject({ code: 0 });
    expect(made.out).toMatch(/^sigma +\d/m);
    expect(made.err).toBe(`written: ${file}; mm run --static --config ${file}\n`);
    const { sigma } = JSON.parse(readFileSync(file, 'utf8')) as { readonly sigma: string };
    const short = ['--synthetic', 'fast', '--duration', '30s', '--speed', '30'];
    const run = await mm(at, ['run', '--static', '--config', file, ...short]);
    expect(run, run.err).toMatchObject({ code: 0 });
    const config = await mm(at, ['config', '--config', file]);
    expect(config.out).toContain(sigma);

    const again = await mm(at, [...CALIBRATE, '--out', file]);
    expect(again.code).toBe(2);
    expect(again.err).toMatch(/^mm: --out .* is there already; .*\n$/);
    expect((await mm(at, [...CALIBRATE, '--out', file, '--overwrite'])).code).toBe(0);
    expect(readdirSync(at).filter((name) => name.includes('.part'))).toEqual([]);
  });

  test('--json is one object, the same every time', { timeout: 30_000 }, async () => {
    const at = home();
    const [first, second] = [
      await mm(at, [...CALIBRATE, '--json']),
      await mm(at, [...CALIBRATE, '--json']),
    ];
    expect(first.code).toBe(0);
    expect(second.out).toBe(first.out);
    const found = JSON.parse(first.out) as Record<string, unknown>;
    expect(found).toMatchObject({
      schemaVersion: 1,
      band: { from: 0.5 },
      usable: expect.any(Number) as number,
    });
    const names =
      'sigma kappa alpha epsilon otherBands fit fillCurve reach resting markouts signature orders touch gaps regimes warnings';
    for (const name of names.split(' ')) expect(Object.keys(found)).toContain(name);
  });

  test.each(
    played(
      [
        [[], /say what to measure/],
        [['--synthetic', 'fast', '--tape', 'x.tape'], /say what to measure/],
        [['--synthetic', 'windy'], /must be one of calm, normal, fast/],
        [['--synthetic', 'fast', '--duration', 'long'], /--duration "long"/],
        [['--synthetic', 'fast', '--duration', '10s'], /is too short/],
        [['--synthetic', 'fast', '--kappa', '-1'], /--kappa "-1" must be greater than 0/],
        [['--tape', 'missing.tape'], /missing.tape/],
        [['--data', 'missing.csv.gz'], /missing.csv.gz does not exist/],
        [['--synthetic', 'fast', '--out', 'nowhere/x.json'], /there is no folder nowhere/],
        [['--synthetic', 'fast', '--levels', '2'], /unknown option '--levels'/],
      ],
      ['calibrate'],
    ),
  )('%j: one line, exit code 2', async (_args, problem, answer) => {
    const { code, out, err } = await answer();
    expect(err).toMatch(problem);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect([code, out]).toEqual([2, '']);
  });
});
