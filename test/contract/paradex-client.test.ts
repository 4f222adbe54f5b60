// The bot's own Paradex client against the loopback venue over real sockets, with real signatures that are really
// verified: start, dead-man, orders, a fill, cuts in the middle of it, tokens that die after a second or two, a wrong key.
import { afterEach, expect, test } from 'vitest';
import { Instrument } from '#core/instrument';
import type { EngineEvent, PlaceCommand } from '#core/messages';
import type { Network, Socket } from '#core/outside';
import type { Lots, Side, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { realNetwork } from '#clients/net/network';
import { VenueProblem } from '#clients/net/venue-client';
import { ParadexClient } from '#clients/paradex/client';
import { loopback, type Environment } from '#clients/paradex/endpoints';
import { fastSigner, type ParadexSigner } from '#clients/paradex/sign';
import { LedgerReader } from '#ledger/reader';
import { WallClock } from '#run/clock';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { ParadexFace } from '#sim/venues/paradex/paradex-face';
import { CHAIN_ID } from '#sim/venues/paradex/stark-signatures';
import { serve } from '#sim/venues/server';
import { HandMadeMarket, until } from './harness.js';
import { ledgerFile, running } from '../ledger/fixtures.js';
import { newSigner } from './paradex-trader.js';

/** Whole seconds at the venue, so a token lives for one to two. */
const TOKEN_SECONDS = 2;
/** On a busy machine a token can die between two steps of a recovery; then it starts anew, after a back-off. */
const PATIENCE_MS = 20_000;
const MARKET = SYNTHETIC_INSTRUMENT.symbol;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Keys = ConstructorParameters<typeof ParadexClient>[0]['signer'];

/** Who says that it is `owner`, and signs as `auth` and `order`. */
const keysOf = (owner: ParadexSigner, auth: ParadexSigner, order: ParadexSigner): Keys => ({
  ...{ publicKey: owner.publicKey, account: owner.account },
  signAuth: (timestampS, expirationS) => auth.signAuth(timestampS, expirationS),
  signOrder: (fields) => order.signOrder(fields),
  signModify: (fields, id) => order.signModify(fields, id),
  prehash: (act, fields) => order.prehash(act, fields),
});
const thiefOf = (owner: ParadexSigner): ParadexSigner =>
  fastSigner({ privateKey: '0xbad', account: owner.account, chainId: CHAIN_ID });

async function rig(signer: Keys = newSigner()) {
  const clock = new WallClock();
  const market = new HandMadeMarket(clock);
  const instrument = new Instrument(SYNTHETIC_INSTRUMENT);
  const options = { clock, instrument, feed: market, seed: 1, tokenSeconds: TOKEN_SECONDS };
  const face = new ParadexFace(options);
  const server = await serve(face, 0);
  const real = realNetwork(clock);
  const sockets: Socket[] = [];
  const network: Network = {
    connect: (url, handlers) => {
      const socket = real.connect(url, handlers);
      sockets.push(socket);
      return socket;
    },
    request: (request, done) => real.request(request, done),
  };
  const events: EngineEvent[] = [];
  const inbox = { row: () => undefined, note: () => undefined, event: (e: EngineEvent) => void events.push(e) }; // prettier-ignore
  const client = new ParadexClient({
    ...{ network, clock, seed: 1, signer, inbox, market: MARKET, runId: 'real' },
    environment: loopback(server.origin) as Environment,
  });
  closing.push(async () => {
    await client.close();
    await server.close();
    clock.release();
  });
  const of = (kind: EngineEvent['kind'], ordinal?: number): EngineEvent[] =>
    events.filter((e) => e.kind === kind && (ordinal === undefined || ('ordinal' in e && e.ordinal === ordinal))); // prettier-ignore
  const links = (channel: string): string[] =>
    events.flatMap((e) => (e.kind === 'link' && e.channel === channel ? [e.state] : []));
  const place = (ordinal: number, side: Side, ticks: number): PlaceCommand => ({
    ...{ kind: 'place', ordinal, side, tif: 'post-only', reduceOnly: false },
    ...{ ticks: ticks as Ticks, lots: 100 as Lots },
  });
  const send = (...commands: PlaceCommand[]): void => client.send(clock.nowUs(), commands);
  const account = () => [...face.accounts.all.values()][0];
  return { face, market, client, sockets, of, links, place, send, account, events };
}

test('quotes through cuts and expired tokens; the venue verifies every signature', async () => {
  const { market, client, sockets, of, links, place, send, account } = await rig();
  const facts = await client.start();
  expect([facts.feesFrom, facts.account.positionLots]).toEqual(['account', 0]);
  client.open();
  await until(() => links('private').includes('up') && links('public').includes('up'), 'both up');

  send(place(1, BID, 1_000_000), place(2, ASK, 1_000_010));
  await until(() => of('accepted', 1).length + of('accepted', 2).length === 2, 'two orders open');
  market.print('sell', 99_999, 5);
  await until(() => of('fill').length > 0, 'a fill');

  for (let cut = 1; cut <= 3; cut += 1) {
    const ordinal = 10 * cut;
    send(place(ordinal, BID, 999_900 - cut));
    for (const socket of sockets) socket.terminate(); // the order is in flight
    await until(() => links('private').filter((s) => s === 'up').length === cut + 1, `up again, ${cut}`, PATIENCE_MS); // prettier-ignore
    // Lost, refused by the break, or there and swept away by it: told either way, and nothing rests.
    const ends = (): number => of('closed', ordinal).length + of('rejected', ordinal).length;
    await until(() => ends() === 1, `the end of order ${ordinal}`, PATIENCE_MS);
    expect([...(account()?.openOrders ?? [])]).toEqual([]);
    send(place(ordinal + 1, ASK, 1_000_500 + cut));
    await until(() => of('accepted', ordinal + 1).length === 1, `order ${ordinal + 1} open`);
  }
  await new Promise((resolve) => setTimeout(resolve, TOKEN_SECONDS * 1_000));
  client.requestAccount();
  const before = of('account').length;
  await until(() => of('account').length > before, 'the account, with a token that was renewed');
  expect(of('account').at(-1)).toMatchObject({ positionLots: account()?.exchange.account.position.lots }); // prettier-ignore
  expect(of('fill')).toHaveLength(account()?.fills.length ?? -1);
  expect(client.counters.cuts).toBeGreaterThanOrEqual(3);
}, 80_000);

test('VC-108 a busted trade: undone by its id, in the ledger, and the bot stops; during a break too', async () => {
  const { market, client, sockets, of, links, place, send, account, events } = await rig();
  const { instrument } = await client.start();
  client.open();
  await until(() => links('private').includes('up') && links('public').includes('up'), 'both up');
  send(place(1, BID, 1_000_000), place(2, BID, 999_990));
  await until(() => of('accepted', 1).length + of('accepted', 2).length === 2, 'two orders open');
  market.print('sell', 99_998, 5);
  await until(() => of('fill').length === 2, 'two fills');
  const held = () => account()?.exchange.account.position.lots;
  const busts = (): EngineEvent[] => of('trade-bust');
  expect(held()).toBe(200);

  account()?.bustLastFill();
  await until(() => of('operator').length === 1, 'the kill event');
  expect(of('operator')).toMatchObject([{ order: 'stop' }]);
  for (const socket of sockets) socket.terminate();
  await until(() => links('private').at(-1) === 'down', 'the break');
  account()?.bustLastFill();
  await until(() => links('private').at(-1) === 'up', 'up again', PATIENCE_MS);
  await until(() => of('account').at(-1)?.us === events.at(-1)?.us, 'the account');
  const ids =
    account()
      ?.fills.map(({ id }) => id)
      .reverse() ?? [];
  expect(busts().map((bust) => 'tradeId' in bust && bust.tradeId)).toEqual(ids);
  expect(of('account').at(-1)).toMatchObject({ positionLots: 0 });

  const path = ledgerFile();
  const ledger = running(path, { instrument });
  for (const event of events) if (!['link', 'operator'].includes(event.kind)) ledger.event(event);
  ledger.commit();
  expect(ledger.position).toMatchObject({ lots: 0, fees: 0, realised: 0, cost: 0 });
  const rows = [...LedgerReader.open(path).rows('fills', null)];
  expect(rows.filter((row) => row.adjustment === 1).map((row) => row.tradeId)).toEqual(ids.map((id) => `bust:${id}`)); // prettier-ignore
}, 40_000);

test('authenticating with another key: refused at the start, and no account is made', async () => {
  const owner = newSigner();
  const { client, face } = await rig(keysOf(owner, thiefOf(owner), owner));
  await expect(client.start()).rejects.toThrow(VenueProblem);
  expect(face.accounts.all.size).toBe(0);
});

test('an order signed with another key is rejected, and nothing rests', async () => {
  const owner = newSigner();
  const { client, links, of, send, place, account } = await rig(keysOf(owner, owner, thiefOf(owner))); // prettier-ignore
  await client.start();
  client.open();
  await until(() => links('private').includes('up') && links('public').includes('up'), 'both up');
  send(place(1, BID, 999_900));
  await until(() => of('rejected', 1).length === 1, 'the refusal');
  expect([...(account()?.openOrders ?? [])]).toEqual([]);
});
