// What nobody could confirm of Paradex, the bot's client with each setting against the loopback venue with the matching one:
// two orders in one go, a part filled, one moved, both cancelled, and both sides agree. Where the two disagree it must be
// refused in words, or nothing must leave. In memory, on a stepped clock.
import { describe, expect, test } from 'vitest';
import { ParadexClient } from '#clients/paradex/client';
import { loopback, type Environment } from '#clients/paradex/endpoints';
import type { ParadexSwitches } from '#clients/paradex/switches';
import { Instrument } from '#core/instrument';
import type { Command, EngineEvent, PlaceCommand } from '#core/messages';
import type { Lots, Micros, Side, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { ParadexFace } from '#sim/venues/paradex/paradex-face';
import type { ParadexQuirks } from '#sim/venues/paradex/quirks';
import { pipe } from '#sim/venues/pipe';
import { SteppedClock } from '#sim/venues/stepped-clock';
import { HandMadeMarket } from './harness.js';

const START_US = 1_790_000_000_000_000 as Micros;
const yes = (): boolean => true;
const CHECKS = { addressOf: () => '0xabc', auth: yes, onboarding: yes, order: yes, modify: yes };
let signed = 0;
const sign = (): string => `["1","${(signed += 1)}"]`;
const SIGNER = {
  ...{ publicKey: '0xbeef', account: '0xabc', prehash: () => undefined },
  ...{ signAuth: sign, signOrder: sign, signModify: sign },
};

const placing = (ordinal: number, side: Side, ticks: number): PlaceCommand => ({
  ...{ kind: 'place', ordinal, side, tif: 'post-only', reduceOnly: false },
  ...{ ticks: ticks as Ticks, lots: 100 as Lots },
});

class Pair {
  readonly clock = new SteppedClock(START_US);
  readonly market = new HandMadeMarket(this.clock);
  readonly said: EngineEvent[] = [];
  readonly face: ParadexFace;
  readonly client: ParadexClient;

  constructor(switches: Partial<ParadexSwitches>, quirks: Partial<ParadexQuirks>) {
    const { clock, market } = this;
    const instrument = new Instrument(SYNTHETIC_INSTRUMENT);
    this.face = new ParadexFace({ clock, instrument, feed: market, seed: 1, quirks, checks: CHECKS }); // prettier-ignore
    this.client = new ParadexClient({
      ...{ network: pipe(this.face, clock), clock, seed: 1, signer: SIGNER, runId: 'crossed' },
      ...{ market: instrument.spec.symbol, switches },
      environment: loopback('http://127.0.0.1:9') as Environment,
      inbox: {
        row: () => undefined,
        event: (e) => void this.said.push(e),
        note: () => undefined,
      },
    });
  }

  async start(): Promise<this> {
    let facts: unknown = null;
    void this.client.start().then((started) => (facts = started));
    for (let i = 0; i < 400 && facts === null; i += 1) {
      await Promise.resolve();
      if (i % 4 === 3) this.run(0.01);
    }
    expect(facts).not.toBeNull();
    this.client.open();
    return this.run(1);
  }

  /** The book moves a little every 10 ms: it must not be taken for dead. */
  run(seconds: number): this {
    const endUs = this.clock.nowUs() + seconds * 1e6;
    for (let size = 2; this.clock.nowUs() < endUs; size = 5 - size) {
      this.market.level('buy', 99_999, size);
      this.clock.advanceTo((this.clock.nowUs() + 10_000) as Micros);
    }
    return this;
  }

  send(...commands: Command[]): this {
    this.client.send(this.clock.nowUs(), commands);
    return this.run(0.3);
  }

  story(ordinal: number): string[] {
    return this.said
      .filter((e) => 'ordinal' in e && e.ordinal === ordinal)
      .map((e) => ('reason' in e ? `${e.kind} ${e.reason}` : e.kind));
  }

  links(channel: string): string[] {
    return this.said.flatMap((e) => (e.kind === 'link' && e.channel === channel ? [e.state] : []));
  }

  get account() {
    return [...this.face.accounts.all.values()][0];
  }
}

/** The story of a bid of 100 lots of which 40 fill, that is then moved to 150 in all, and what the venue had left of it. */
async function play(switches: Partial<ParadexSwitches>, quirks: Partial<ParadexQuirks>) {
  const pair = await new Pair(switches, quirks).start();
  pair.send(placing(1, BID, 1_000_002), placing(2, ASK, 1_000_030));
  pair.market.print('sell', 100_000.2, 0.004);
  pair.run(0.3);
  const ticks = 999_950 as Ticks;
  pair.send({ kind: 'amend', ordinal: 1, side: BID, ticks, lots: 150 as Lots });
  const left = [...(pair.account?.openOrders ?? [])].filter((order) => order.facts.side === BID);
  const leftLots = left.map((order) => order.remaining);
  const open = pair.story(1).some((kind) => kind.startsWith('closed')) ? [2] : [1, 2];
  pair.send(...open.map((ordinal) => ({ kind: 'cancel', ordinal }) as const)).run(1);
  const known = pair.said.map((e) => (e.kind === 'fill' ? e.side * e.lots : 0)).reduce((a, b) => a + b, 0); // prettier-ignore
  expect([pair.account?.openOrders.size, known]).toEqual([0, pair.account?.exchange.account.position.lots]); // prettier-ignore
  pair.face.close();
  return { pair, story: pair.story(1), other: pair.story(2), leftLots };
}

const RESTED = ['accepted', 'closed cancelled'];
const CANCELLED = ['accepted', 'fill', 'closed cancelled'];
const MOVED = ['accepted', 'fill', 'amended', 'closed cancelled'];

describe('switches of client and venue that agree', () => {
  test.each<[Partial<ParadexSwitches>, Partial<ParadexQuirks>]>([
    [{}, {}],
    [{ privateSocket: 'sbe' }, { privateEncoding: 'json' }],
    [
      { privateSocket: 'sbe', schemaVersion: 1 },
      { privateEncoding: 'sbe', newestSchema: 1 },
    ],
    [
      { privateSocket: 'sbe', schemaVersion: 2 },
      { privateEncoding: 'sbe', plainSockets: false },
    ],
    [{ batchParams: 'object' }, { batchParams: 'object' }],
    [{ batchParams: 'array' }, { batchParams: 'array' }],
    [{ batchParams: 'off' }, { batchParams: 'array' }],
    [{}, { modifySize: 'remaining' }], // nothing that is partly filled is modified
    [{}, { modifyPartlyFilled: false, modifyPriority: 'lost' }],
    [{ ipLimitCoversOrders: true }, { ipLimitCoversOrders: true }],
    [{ fillSide: 'taker' }, { fillSide: 'taker' }],
    [{ openOrderCap: 'general' }, { openOrderCap: 'general' }],
    [{ instruction: 'RPI' }, { rpi: true }],
    [{ stp: 'EXPIRE_MAKER', recvWindowMs: 10_000 }, { refuseReplays: true }],
    [{ stp: 'EXPIRE_BOTH', heartbeat: 'json-rpc' }, { disconnectDelayUs: 1_000_000 }],
    [{ orderRoute: 'rest' }, { modifyId: 'new' }],
  ])('client %j, venue %j', async (switches, quirks) => {
    const { story, other, leftLots } = await play(switches, quirks);
    expect([story, other, leftLots]).toEqual([CANCELLED, RESTED, []]);
  });

  test.each<[Partial<ParadexSwitches>, Partial<ParadexQuirks>]>([
    [{}, {}],
    [{}, { modifyId: 'new' }],
    [{ modifySize: 'remaining' }, { modifySize: 'remaining' }],
    [{ modifySize: 'remaining' }, { modifySize: 'remaining', modifyId: 'new' }],
    [{ orderRoute: 'rest' }, { modifyPriority: 'lost' }],
    [
      { privateSocket: 'sbe', schemaVersion: 2 },
      { privateEncoding: 'sbe', modifyId: 'new' },
    ],
  ])('a part filled is moved: client %j, venue %j', async (switches, quirks) => {
    const moving = { ...switches, modifyPartlyFilled: 'modify' } as const;
    const { story, leftLots } = await play(moving, quirks);
    expect([story, leftLots]).toEqual([MOVED, [110]]);
  });

  test('a batch of 50', async () => {
    const pair = await new Pair({ batchMost: 50 }, { batchMost: 50 }).start();
    pair.send(...Array.from({ length: 50 }, (_, i) => placing(i + 1, BID, 999_900 - i)));
    expect(pair.account?.openOrders.size).toBe(50);
  });

  test.each([
    ['keep', true, 0],
    ['keep', false, 1],
    ['disarm', true, 1],
  ] as const)('goodbye: client %s, the venue cancels then: %s', async (codAtClose, disconnectOnCleanClose, left) => {
    const pair = await new Pair({ codAtClose }, { disconnectOnCleanClose }).start();
    pair.send(placing(1, BID, 999_900));
    void pair.client.close();
    pair.run(0.5);
    expect(pair.account?.openOrders.size).toBe(left);
  }); // prettier-ignore

  test.each([
    ['fills', 'with-fills'],
    ['payments', 'alone'],
  ] as const)('funding from %s, paid %s: told once', async (fundingFrom, fundingPaid) => {
    const pair = await new Pair({ fundingFrom }, { fundingPaid }).start();
    pair.send(placing(1, BID, 1_000_002));
    pair.market.print('sell', 100_000.2, 1);
    pair.market.funding(0.0001, true);
    pair.market.funding(0, false);
    pair.run(0.3).send(placing(2, ASK, 1_000_008));
    pair.market.print('buy', 100_001, 5);
    pair.run(0.3);
    const paid = pair.account?.exchange.account.position.funding;
    expect(paid).toBeLessThan(0);
    expect(pair.said.filter((e) => e.kind === 'funding')).toMatchObject([{ amount: paid }]);
  });
});

describe('switches that disagree', () => {
  test.each<[Partial<ParadexSwitches>, Partial<ParadexQuirks>, string]>([
    [{ batchParams: 'object' }, { batchParams: 'array' }, 'rejected other'],
    [{ batchParams: 'array' }, { batchParams: 'object' }, 'rejected other'],
    [{ instruction: 'RPI' }, { rpi: false }, 'rejected other'],
  ])('client %j, venue %j: refused in words', async (switches, quirks, word) => {
    const pair = await new Pair(switches, quirks).start();
    pair.send(placing(1, BID, 999_900), placing(2, ASK, 1_000_100)).run(2);
    expect([pair.story(1), pair.story(2)]).toEqual([[word], [word]]);
    expect(pair.account?.openOrders.size).toBe(0);
  });

  test('a batch of 50 where 10 are the most: refused in words', async () => {
    const pair = await new Pair({ batchMost: 50 }, { batchMost: 10 }).start();
    pair.send(...Array.from({ length: 50 }, (_, i) => placing(i + 1, BID, 999_900 - i)));
    expect([pair.story(1), pair.story(50)]).toEqual([['rejected other'], ['rejected other']]);
    expect(pair.account?.openOrders.size).toBe(0);
  });

  test('more orders open than the venue takes: refused in words, the others rest', async () => {
    const pair = await new Pair({}, { openOrderCap: 'general' }).start();
    for (let i = 0; i < 110; i += 10)
      pair.send(...Array.from({ length: 10 }, (_, n) => placing(i + n + 1, BID, 999_900 - i - n)));
    expect(pair.account?.openOrders.size).toBe(100);
    expect(pair.story(100)).toEqual(['accepted']);
    expect(pair.story(101)[0]).toMatch(/^rejected/);
  });

  test('the socket for orders is not accepted: nothing leaves', async () => {
    const pair = await new Pair({ privateSocket: 'plain' }, { plainSockets: false }).start();
    pair.send(placing(1, BID, 999_900));
    expect(pair.links('private')).not.toContain('up');
    expect(pair.story(1)).toEqual(['rejected not-sent']);
    expect(pair.account?.history).toEqual([]);
  });

  test('the socket for the market is not: the engine is never told that it is up', async () => {
    const pair = await new Pair({ schemaVersion: 2 }, { newestSchema: 1 }).start();
    expect([pair.links('private').at(-1), pair.links('public')]).toEqual(['up', []]);
  });
});
