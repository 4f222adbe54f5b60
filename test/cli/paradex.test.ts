// `mm run --venue paradex` from dist: the real client over real sockets against the loopback Paradex in its child process,
// then killed: `mm stop` still confirms an empty book, and a clean run replays to the same commands.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { home, mm, started } from './command.js';

const RUN = ['run', '--static', '--venue', 'paradex', '--latency', 'feed=1ms,order=1ms,reply=1ms'];

describe('paper on Paradex', () => {
  test(
    'quotes, ends clean at Ctrl-C, keeps its key to itself, and replays',
    { timeout: 40_000 },
    async () => {
      const at = home();
      const bot = started(at, RUN);
      await bot.said(/ quote \d/);
      const reach = join(at, 'state', 'paradex-paper-static.reach.json');
      expect(statSync(reach).mode & 0o777).toBe(0o600);
      const { paperKey } = JSON.parse(readFileSync(reach, 'utf8')) as { paperKey: string };
      const asked = performance.now();
      bot.process.kill('SIGINT');
      expect(await bot.ended).toBe(0);
      expect(performance.now() - asked).toBeLessThan(10_000); // nothing left behind holds the process
      expect(bot.err()).toBe('');
      expect(bot.out()).not.toContain(paperKey.slice(2));
      const id = /run +(\w+) \(static/.exec(bot.out())?.[1] ?? '';
      const replayed = await mm(at, ['replay', id]);
      expect(replayed.out).toMatch(/the same commands/);
      expect(replayed.code).toBe(0);
    },
  );

  test(
    'killed: mm stop says by the venue that nothing is open, and latches',
    { timeout: 40_000 },
    async () => {
      const at = home();
      const bot = started(at, RUN);
      await bot.said(/ quote \d/);
      bot.process.kill('SIGKILL');
      await bot.ended;
      const stop = await mm(at, ['stop']);
      expect(stop.out).toMatch(/is latched now.*the venue lists no order of ours/);
      expect(stop.code).toBe(0);
      expect((await mm(at, RUN)).code).toBe(3);
    },
  );

  test.each([
    [['--speed', '2'], /time on --venue paradex is real/],
    [['--network', 'mainnet'], /--yes-real-money/],
    [['--network', 'testnet', '--tape', 'x'], /are for --network paper/],
    [['--paradex-switches', 'amend'], /NAME=VALUE/],
  ])('refused: %j', async (flags, reason) => {
    const { code, err } = await mm(home(), [...RUN, ...flags]);
    expect(err).toMatch(reason);
    expect(code).toBe(2);
  });
});
