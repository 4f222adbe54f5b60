// What nobody could confirm of ApeX, both settings of each: the bot's client with a switch against the loopback venue with
// the matching one. An order must rest and go; where the two disagree it must be refused in words, never vanish.
import { describe, expect, test } from 'vitest';
import { ApexClient } from '#clients/apex/client';
import { loopback, type ApexEnvironment } from '#clients/apex/endpoints';
import { parseSeed } from '#clients/apex/sign/keys';
import { inThreadSigner } from '#clients/apex/signer';
import type { ApexSwitches } from '#clients/apex/switches';
import type { DashSymbol } from '#clients/apex/wire';
import { Instrument } from '#core/instrument';
import type { EngineEvent, PlaceCommand } from '#core/messages';
import { rateFromBps } from '#core/money';
import { Random } from '#core/random';
import type { Lots, Micros, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { ApexFace } from '#sim/venues/apex/apex-face';
import { loopbackCredentials } from '#sim/venues/apex/credentials';
import type { ApexQuirks } from '#sim/venues/apex/quirks';
import { zkChecks } from '#sim/venues/apex/zk-checks';
import { pipe } from '#sim/venues/pipe';
import { SteppedClock } from '#sim/venues/stepped-clock';
import { WalkFeed } from '../scenario/walk-feed.js';

const START_US = 1_790_000_000_000_000 as Micros;
const API = loopbackCredentials('switches');
/** One for all: its tables take most of a start. */
const SIGNER = inThreadSigner(parseSeed(API.seed) as Uint8Array);
const checks = zkChecks();
const orders: readonly PlaceCommand[] = [
  { side: BID, ticks: 950_000 as Ticks },
  { side: ASK, ticks: 1_050_000 as Ticks },
].map((order, i) => ({
  ...{ kind: 'place', ordinal: i + 1, lots: 10 as Lots, tif: 'post-only', reduceOnly: false },
  ...order,
}));

/** Places both orders, waits `restS`, cancels both; the kinds of events about them, in order. */
async function play(
  switches: Partial<ApexSwitches>,
  quirks: Partial<ApexQuirks>,
  restS = 2,
): Promise<string[]> {
  const clock = new SteppedClock(START_US);
  const instrument = new Instrument({
    ...{ ...SYNTHETIC_INSTRUMENT, venue: 'apex', symbol: 'BTC-USDT', minNotional: '0' },
    makerFee: rateFromBps(1), // not the standard one
  });
  const feed = new WalkFeed(clock, new Random(1));
  const face = new ApexFace({ clock, instrument, feed, seed: 1, quirks, checks });
  const said: string[] = [];
  const about = (event: EngineEvent): void => {
    if (!('ordinal' in event) || event.ordinal === null) return;
    said.push(`${event.kind}${'reason' in event ? ` ${event.reason}` : ''}`);
  };
  const client = new ApexClient({
    ...{ network: pipe(face, clock), clock, seed: 1, api: API, signer: SIGNER, runId: 'switch' },
    ...{ symbol: 'BTC-USDT' as DashSymbol, switches },
    environment: loopback('http://127.0.0.1:9') as ApexEnvironment,
    inbox: { row: () => undefined, event: about, note: () => undefined },
  });
  const run = (seconds: number): void => clock.advanceTo((clock.nowUs() + seconds * 1e6) as Micros);
  let started = false;
  void client.start().then(() => (started = true));
  for (let i = 0; i < 400 && !started; i++) {
    await Promise.resolve();
    if (i % 4 === 3) run(0.01);
  }
  expect(started).toBe(true);
  client.open();
  run(3);
  client.send(clock.nowUs(), orders);
  run(restS);
  client.send(clock.nowUs(), [1, 2].map((ordinal) => ({ kind: 'cancel', ordinal }))); // prettier-ignore
  run(4);
  expect(face.accounts.of(API.key).openOrders.size).toBe(0);
  face.close();
  return said;
}

const RESTS = ['accepted', 'accepted', 'closed cancelled', 'closed cancelled'];

describe('apex: switches of client and venue', () => {
  test.each<[Partial<ApexSwitches>, Partial<ApexQuirks>]>([
    [{}, {}],
    [{ expirationUnit: 'ms' }, { expirationUnit: 'ms' }],
    [{ expirationUnit: 's' }, { expirationUnit: 's' }],
    [{ signaturePrefix: '' }, { signaturePrefix: '' }],
    [{ signaturePrefix: '0x' }, { signaturePrefix: '0x' }],
    [{ signedFees: 'account' }, { signedFees: 'account' }],
    [{ signedFees: 'standard' }, { signedFees: 'standard' }],
    [{ clientIdFields: 'both' }, { clientIdLength: 40 }],
    [{ batchCancel: 'indexed' }, { batchIds: 'indexed' }],
    [{ batchCancel: 'comma' }, { batchIds: 'comma' }],
    [{ heartbeat: 'application' }, {}],
    [{}, { snapshotU: 'one', emptyLists: 'null' }],
    [{}, { emptyLists: 'empty', bookEveryUs: 500_000 }],
  ])('client %j, venue %j: orders rest and go', async (switches, quirks) => {
    expect(await play(switches, quirks)).toEqual(RESTS);
  });

  test.each<[Partial<ApexSwitches>, Partial<ApexQuirks>]>([
    [{ expirationUnit: 's' }, { expirationUnit: 'ms' }],
    [{ signaturePrefix: '0x' }, { signaturePrefix: '' }],
    [{ signedFees: 'standard' }, { signedFees: 'account' }],
    [{}, { clientIdLength: 8 }],
  ])('client %j, venue %j: refused in words', async (switches, quirks) => {
    const said = await play(switches, quirks);
    expect(said.slice(0, 2)).toEqual(['rejected other', 'rejected other']);
  });

  test('a short expiration is a second net: the venue ends what nobody cancels', async () => {
    const said = await play({ expirationS: 20 }, {}, 40);
    expect(said.slice(0, 4)).toEqual(['accepted', 'accepted', 'closed expired', 'closed expired']);
    expect((await play({ expirationS: 20 }, { expires: false }, 40)).slice(0, 4)).toEqual(RESTS);
  });
});
