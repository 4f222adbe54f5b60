// A venue as it is served: over real sockets, relayed from another one, with faults, and refused in one clear line.
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { StartProblem } from '#config/problem';
import { apexQuirks, paradexQuirks } from '#run/venue-quirks';
import type { VenueJob } from '#run/venue-process';
import type { ServedVenue } from '#run/venue-serve';
import { serveVenue } from '#run/venue-serve';
import { APEX_QUIRKS } from '#sim/venues/apex/quirks';
import { PARADEX_QUIRKS } from '#sim/venues/paradex/quirks';

const JOB: VenueJob = {
  ...{ venue: 'paradex', port: 0, tape: null, synthetic: 'normal', relay: null, faults: null },
  ...{ seed: 4, speed: 20 },
};
const hooks = { note: () => undefined, onEnd: () => undefined };
const open: ServedVenue[] = [];
const start = async (job: Partial<VenueJob>): Promise<ServedVenue> => {
  const venue = await serveVenue({ ...JOB, ...job }, hooks);
  open.push(venue);
  return venue;
};
afterEach(async () => {
  for (const venue of open.splice(0).reverse()) await venue.close();
});
const get = async (venue: ServedVenue, path: string): Promise<Record<string, unknown>> =>
  (await (await fetch(`${venue.origin}/v1${path}`)).json()) as Record<string, unknown>;

test('serves a synthetic market with the fees of the venue', async () => {
  const venue = await start({});
  const [market] = (await get(venue, '/markets'))['results'] as Record<string, unknown>[];
  expect(market).toMatchObject({ symbol: 'BTC-USD-PERP', price_tick_size: '0.1' });
  expect(JSON.stringify(market?.['fee_config'])).toContain('"maker_fee":{"fee":"0.00003"');
});

test('relays one venue by another: same instrument, same touch', async () => {
  const first = await start({});
  const second = await start({ relay: first.origin });
  const bid = async (venue: ServedVenue) => (await get(venue, '/bbo/BTC-USD-PERP'))['bid'];
  let same = false;
  for (let i = 0; i < 100 && !same; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const [a, b] = await Promise.all([bid(first), bid(second)]);
    same = a !== '' && a === b;
  }
  expect(same).toBe(true);
  expect((await get(second, '/markets'))['results']).toEqual(
    (await get(first, '/markets'))['results'],
  );
});

test('an operator puts it into maintenance, busts trades and cuts connections, by HTTP beside the API', async () => {
  const venue = await start({ faults: 'light' });
  const order = async (word: string, method = 'POST'): Promise<string> => {
    const reply = await fetch(`${venue.origin}/operator/${word}`, { method });
    return `${reply.status} ${(await reply.text()).trim()}`;
  };
  for (const state of ['maintenance', 'cancel_only', 'post_only', 'ok']) {
    expect(await order(state)).toBe(`200 the system's state is ${state}`);
    expect(await get(venue, '/system/state')).toEqual({ status: state });
  }
  expect(await order('bust')).toBe('200 the newest fill of 0 accounts was busted');
  expect(await order('cut')).toBe('200 every connection was cut');
  const words = 'ok, maintenance, cancel_only, post_only, bust, cut';
  expect(await order('toString')).toBe(`404 POST /operator/WORD, with one of ${words}`);
  expect(await order('ok', 'GET')).toMatch(/^404/);
});

test('its own switches, both venues', async () => {
  const venue = await start({ switches: 'newestSchema=1,plainSockets=false' });
  const opens = (query: string): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`${venue.origin.replace('http', 'ws')}/v1${query}`);
      socket.once('open', () => resolve(true)).once('error', () => resolve(false));
    });
  const sbe = (version: number): string => `?sbeSchemaId=1&sbeSchemaVersion=${version}`;
  expect([await opens(''), await opens(sbe(1)), await opens(sbe(2))]).toEqual([false, true, false]);
  for (const [quirks, parse] of [
    [PARADEX_QUIRKS, paradexQuirks],
    [APEX_QUIRKS, apexQuirks],
  ] as const)
    expect(parse(Object.entries(quirks).map(([name, value]) => `${name}=${String(value)}`).join())).toEqual(quirks);
}); // prettier-ignore

test.each([
  [{ switches: 'modifyId=old' }, /--switches modifyId: "old" must be same or new/],
  [{ venue: 'apex', switches: 'modifyId=new' }, /--switches "modifyId=new" must be NAME=VALUE/],
  [{ synthetic: 'wild' }, /--synthetic "wild" must be one of/],
  [{ faults: 'gremlins' }, /--faults "gremlins" must be one of light, heavy/],
  [{ relay: 'nonsense' }, /--relay "nonsense" is no address/],
  [{ market: 'ETH-USD-PERP' }, /this data is of BTC-USD-PERP/],
] as const)('refuses %j', async (job, line) => {
  await expect(start(job)).rejects.toThrow(line);
  await expect(start(job)).rejects.toBeInstanceOf(StartProblem);
});

test('refuses a port that is taken', async () => {
  const { port } = await start({});
  await expect(start({ port })).rejects.toThrow(/cannot be used \(EADDRINUSE\); choose another/);
});
