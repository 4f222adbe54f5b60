// ApeX as it is served: over real sockets, with the bot's own client and the signing of a real account, and refused in
// one clear line.
import { afterEach, expect, test } from 'vitest';
import type { EngineEvent } from '#core/messages';
import { ApexEmergency } from '#clients/apex/client-emergency';
import { ApexClient } from '#clients/apex/client';
import type { ApexEnvironment } from '#clients/apex/endpoints';
import { loopback } from '#clients/apex/endpoints';
import { parseSeed } from '#clients/apex/sign/keys';
import { inThreadSigner } from '#clients/apex/signer';
import type { DashSymbol } from '#clients/apex/wire';
import { realNetwork } from '#clients/net/network';
import type { Lots, Ticks } from '#core/units';
import { BID } from '#core/units';
import { WallClock } from '#run/clock';
import { credentialsText } from '#run/venue-credentials';
import type { VenueJob } from '#run/venue-process';
import type { ServedVenue } from '#run/venue-serve';
import { serveVenue } from '#run/venue-serve';
import { loopbackCredentials } from '#sim/venues/apex/credentials';

const JOB: VenueJob = {
  ...{ venue: 'apex', port: 0, tape: null, synthetic: 'normal', relay: null, faults: null },
  ...{ seed: 4, speed: 1 },
};
const hooks = { note: () => undefined, onEnd: () => undefined };
const open: ServedVenue[] = [];
const start = async (job: Partial<VenueJob>): Promise<ServedVenue> => {
  const venue = await serveVenue({ ...JOB, ...job }, hooks);
  open.push(venue);
  return venue;
};
afterEach(async () => {
  for (const venue of open.splice(0)) await venue.close();
});
async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 1_000 && !what(); i++) await new Promise((done) => setTimeout(done, 5));
  expect(what()).toBe(true);
}

test('the bot’s own client starts, places with a real signature, hears of it and cancels', async () => {
  const venue = await start({});
  expect(venue.market).toBe('BTC-USDT');
  const clock = new WallClock();
  const network = realNetwork(clock);
  const api = loopbackCredentials('bot');
  const events: EngineEvent[] = [];
  const environment = loopback(venue.origin) as ApexEnvironment;
  const symbol = 'BTC-USDT' as DashSymbol;
  const client = new ApexClient({
    ...{ network, clock, seed: 1, api, environment, symbol, runId: 'test' },
    signer: inThreadSigner(parseSeed(api.seed) as Uint8Array),
    inbox: { row: () => undefined, event: (e) => void events.push(e), note: () => undefined },
  });
  const { instrument, feesFrom } = await client.start();
  expect([instrument.spec.makerFee, instrument.spec.takerFee, feesFrom]).toEqual([
    2_000_000, 5_000_000, 'account',
  ]); // prettier-ignore
  client.open();
  const up = (channel: string) => (e: EngineEvent) =>
    e.kind === 'link' && e.channel === channel && e.state === 'up';
  await until(() => events.some(up('private')) && events.some(up('public')));
  const order = { side: BID, ticks: 900_000 as Ticks, lots: 100 as Lots, reduceOnly: false };
  client.send(clock.nowUs(), [{ kind: 'place', ordinal: 1, tif: 'post-only', ...order }]);
  await until(() => events.some((e) => e.kind === 'accepted' && e.ordinal === 1));
  const emergency = new ApexEmergency({ network, clock, api, environment, symbol });
  expect(await emergency.openOrders()).toMatchObject([{ ordinal: 1, ticks: 900_000, lots: 100 }]);
  await emergency.cancelAll();
  await until(() => events.some((e) => e.kind === 'closed' && e.ordinal === 1));
  expect(await emergency.openOrders()).toEqual([]);
  await client.close();
});

test.each([
  [{ relay: 'http://127.0.0.1:1' }, /--relay is for paradex/],
  [{ market: 'ETH-USDT' }, /this data is of BTC-USDT/],
  [{ faults: 'gremlins' }, /--faults "gremlins" must be one of light, heavy/],
] as const)('refuses %j', async (job, line) => {
  await expect(start(job)).rejects.toThrow(line);
});

test('prints the credentials of a word as a .env file wants them', () => {
  const { secret, passphrase, seed } = loopbackCredentials('alice');
  const text = credentialsText('apex', 'alice');
  expect(text.split('\n').map((line) => line.split('=')[1] ?? '')).toEqual([
    'alice', secret, passphrase, seed, '',
  ]); // prettier-ignore
  expect(() => credentialsText('paradex', 'alice')).toThrow(/is for apex/);
  expect(() => credentialsText('apex', 'a b')).toThrow(/wants a word/);
});
