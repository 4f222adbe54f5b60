// `mm doctor` from dist on paper: it starts the venue that a paper run would, finds nothing wrong and ends with 0; with
// something wrong it says so and ends with 2. What it looks at is tested in test/run/doctor.test.ts.
import { expect, test } from 'vitest';
import { home, mm } from './command.js';

test('a paper venue is healthy', { timeout: 20_000 }, async () => {
  const { code, out, err } = await mm(home(), ['doctor', '--venue', 'paradex']);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^ok {7}paper: the paradex of paper runs, on http:\/\/127\.0\.0\.1:\d+/m);
  expect(out).toMatch(/^ok {7}permissions: the key may read and trade/m);
  expect(out).toMatch(/\nno problem found\n$/);
  expect(out).not.toMatch(/^(problem|unknown|warning)/m);
});

test('an unknown market there', { timeout: 20_000 }, async () => {
  const args = ['doctor', '--venue', 'apex', '--market', 'ETH-USDT', '--json'];
  const { code, out } = await mm(home(), args);
  expect(code).toBe(2);
  const { checks } = JSON.parse(out) as { checks: { state: string; text: string }[] };
  expect(checks.filter(({ state }) => state === 'problem').map(({ text }) => text)).toEqual([
    expect.stringMatching(/^no market ETH-USDT at ApeX/),
  ]);
});
