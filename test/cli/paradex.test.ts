// `mm run --venue paradex` from dist: the real client over real sockets against the loopback Paradex in its child process,
// then killed: `mm stop` says what became of its orders, and a clean run replays to the same commands.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { verifyTape } from '#tape/verify';
import { home, mm, played, started } from './command.js';

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
      await bot.said(/run ends/);
      bot.process.kill('SIGINT'); // impatient, or npm passing it on: the last steps are not cut
      expect(await bot.ended).toBe(0);
      expect(performance.now() - asked).toBeLessThan(10_000); // nothing left behind holds the process
      expect(bot.err()).toBe('');
      expect(bot.out()).not.toContain(paperKey.slice(2));
      const id = /run +(\w+) \(static/.exec(bot.out())?.[1] ?? '';
      const replayed = await mm(at, ['replay', id]);
      expect(replayed.out).toMatch(/the same commands/);
      expect(replayed.code).toBe(0);
      const { verdict } = verifyTape(join(at, 'state', 'runs', `${id}.tape`));
      expect(verdict).toBe('good'); // a frame is not judged half-way
    },
  );

  test(
    'killed: mm stop says that its venue ended with it, and latches',
    { timeout: 40_000 },
    async () => {
      const at = home();
      const bot = started(at, RUN);
      await bot.said(/ quote \d/);
      bot.process.kill('SIGKILL');
      await bot.ended;
      // Its venue ends some seconds after it (the pipe that we wait for is the venue's too): nobody is there to ask.
      const stop = await mm(at, ['stop']);
      expect([stop.code, stop.err]).toEqual([0, '']);
      expect(stop.out).toMatch(
        /is latched now.*paper venue could not be reached: it has ended, and the orders/,
      );
      expect(stop.out).not.toMatch(/lists no order/);
      expect((await mm(at, RUN)).code).toBe(3);
    },
  );

  test.each(
    played(
      [
        [['--speed', '2'], /time on --venue paradex is real/],
        [['--network', 'mainnet'], /--yes-real-money/],
        [['--network', 'testnet', '--tape', 'x'], /are for --network paper/],
        [['--relay', 'http://x', '--tape', 'x'], /give one of --tape, --synthetic and --relay/],
        [['--paradex-switches', 'amend'], /name=value/i],
      ],
      RUN.slice(0, 4),
    ),
  )('refused: %j', async (_flags, reason, answer) => {
    const { code, err } = await answer();
    expect(err).toMatch(reason);
    expect(code).toBe(2);
  });

  test('a key given as a flag is refused and not repeated', async () => {
    const { code, err } = await mm(home(), [...RUN, '--paradex-private-key=0x5ec7e7']);
    expect([code, err]).toEqual([
      2,
      "mm: unknown option '--paradex-private-key'; see mm run --help\n",
    ]);
  });

  test(
    'a venue of mm venue: any key is welcome there, and its feed is another paper market, by relay',
    { timeout: 40_000 },
    async () => {
      const [at, besides] = [home(), home()];
      const venue = started(at, ['venue', 'paradex', '--synthetic', 'fast', '--seed', '5']);
      await venue.said(/any key is welcome/);
      const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(venue.out())?.[0] ?? '';
      const relayed = started(besides, [...RUN, '--relay', origin]);
      const where = ['--network', 'testnet', '--paradex-url', origin, '--duration', '1s'];
      const key = { MM_PARADEX_PRIVATE_KEY: '0x5ec7e75ec7e7' };
      const { code, err } = await mm(at, ['run', '--static', '--venue', 'paradex', ...where], key);
      expect([code, err]).toEqual([0, '']);
      await relayed.said(/ quote \d/);
      expect(relayed.err()).toBe('');
      venue.process.kill('SIGINT'); // its market is that one: it notices
      await expect.poll(relayed.err, { timeout: 10_000 }).toMatch(/relay: connection lost/);
      relayed.process.kill('SIGINT');
      expect(await relayed.ended).toBe(0);
    },
  );

  test('a backtest keeps no key that happens to be set', async () => {
    const at = home();
    const key = 'c0ffee5ec7e75ec7e7';
    const args = ['backtest', '--static', '--synthetic', 'fast', '--duration', '1m'];
    const { code, out } = await mm(at, args, { MM_PARADEX_PRIVATE_KEY: `0x${key}` });
    const store = readFileSync(join(at, 'state', 'backtests.store'));
    expect([code, out.includes(key), store.includes(key)]).toEqual([0, false, false]);
  });
});
