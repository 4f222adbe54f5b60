// `mm stop` past and through the bot, from dist: with a healthy paper bot, and with a bot killed while its venue lives on (a
// venue of its own, reached as a network is, by address and key). Exit code 0 only with the venue's word on an empty book.
import { describe, expect, test } from 'vitest';
import { realNetwork } from '#clients/net/network';
import { WallClock } from '#run/clock';
import { onboard, paradexEnvironment, paradexIdentity } from '#run/paradex-account';
import { home, mm, started } from './command.js';

const LATENCY = ['--latency', 'feed=1ms,order=1ms,reply=1ms'];
const RUN = ['run', '--static', '--venue', 'paradex', ...LATENCY];
const KEY = '0x543b6cf6c91817a87174aaea4fb370ac1c694e864d7740d728f8344d53e815';

/** Makes the account of KEY known to the venue, as its web app would; returns what reads its open orders. */
async function account(url: string): Promise<() => Promise<number>> {
  const clock = new WallClock();
  const network = realNetwork(clock);
  const environment = paradexEnvironment('testnet', url);
  const keys = { paradexPrivateKey: KEY, paradexAccount: null, signer: 'fast' };
  const identity = await paradexIdentity(network, environment, keys as never, () => undefined);
  await onboard(network, identity);
  const { ParadexEmergency } = await import('#clients/paradex/client-emergency');
  const { signer } = identity;
  const common = { network, clock, seed: 1, signer, environment, market: 'BTC-USD-PERP' };
  return async () => {
    const client = new ParadexEmergency(common);
    const { length } = await client.openOrders();
    await client.close();
    return length;
  };
}

describe('mm stop on Paradex', () => {
  test(
    'a healthy paper bot: it stops, and the venue lists nothing',
    { timeout: 40_000 },
    async () => {
      const at = home();
      const bot = started(at, RUN);
      await bot.said(/ quote \d/);
      const stop = await mm(at, ['stop']);
      expect(stop.out).toMatch(
        /no order is open, confirmed .*(the venue lists no order of ours|its paper venue has ended)/,
      );
      expect(stop.code).toBe(0);
      expect(await bot.ended).toBe(3); // latched: only mm reset leads past it
    },
  );

  test(
    'the bot is dead and the venue lives: found by address and key',
    { timeout: 60_000 },
    async () => {
      const at = home();
      const venue = started(at, ['venue', 'paradex', '--seed', '7']);
      await venue.said(/http:\/\/127\.0\.0\.1:\d+/);
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(venue.out())?.[0] as string;
      const openOrders = await account(url);
      const env = { MM_PARADEX_PRIVATE_KEY: KEY };
      const run = [...RUN.slice(0, 4), '--network', 'testnet', '--paradex-url', url];
      const bot = started(at, run, env);
      await bot.said(/ quote \d/);
      await expect.poll(openOrders, { timeout: 10_000 }).toBeGreaterThan(0);
      bot.process.kill('SIGKILL');
      await bot.ended;
      const stop = await mm(at, ['stop'], env);
      expect(`${stop.out}${stop.err}`).toMatch(/the venue lists no order of ours/);
      expect(stop.code).toBe(0);
      expect(await openOrders()).toBe(0);
      expect(`${bot.out()}${stop.out}${stop.err}`).not.toContain(KEY.slice(2));
      venue.process.kill('SIGINT');
      await venue.ended;
      const unheard = await mm(at, ['stop'], env);
      expect([unheard.code, unheard.out]).toEqual([4, '']);
      expect(unheard.err).toMatch(
        /was latched already.*DOES NOT CONFIRM AN EMPTY BOOK: it could not be asked in .*ECONNREFUSED.*cancel them on its site, or run mm stop again/,
      );
    },
  );
});
