// A place at Paradex whose fast signer cannot be trusted: said at once, and again in the log of each run, for an operator
// reads that and not the terminal of a service.
import { expect, test, vi } from 'vitest';
import type * as Fast from '#clients/paradex/sign/fast';
import { readLayers } from '#config/layers';
import { WallClock } from '#run/clock';
import { paradexPaperPlace } from '#run/paradex-place';
import { serveVenue } from '#run/venue-serve';
import { WireInbox } from '#run/wire-inbox';

vi.mock('#clients/paradex/sign/fast', async (load) => {
  const real = await load<typeof Fast>();
  const fastSigner = (): never => {
    throw new real.SelfTestFailed('planted');
  };
  return { ...real, fastSigner };
});

test('a signer that fails its self-test is said, and told to the log of the run', async () => {
  const job = { port: 0, tape: null, relay: null, faults: null, seed: 4, speed: 1 };
  const hooks = { note: () => undefined, onEnd: () => undefined };
  const venue = await serveVenue({ ...job, venue: 'paradex', synthetic: 'normal' }, hooks);
  const { values } = readLayers({ flags: {}, env: {}, dotenvPath: null, configPath: null });
  const { origin, market } = venue;
  const paper = { origin, market, pid: undefined, whenGone: () => undefined };
  const said: string[] = [];
  const place = await paradexPaperPlace(
    values,
    { ...paper, close: () => Promise.resolve() },
    (text) => void said.push(text),
  );
  const clock = new WallClock();
  const inbox = new WireInbox(clock);
  const noted = vi.spyOn(inbox, 'note');
  const client = await place.client('run', inbox, clock);
  await client.close();
  await place.close();
  await venue.close();
  clock.release();
  expect(said).toEqual([expect.stringMatching(/failed its self-test \(planted\).*starknet/)]);
  expect(noted.mock.calls.filter(([level]) => level === 'warn')).toEqual([['warn', said[0]]]);
});
