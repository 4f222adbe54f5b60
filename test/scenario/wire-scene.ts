// A run on the wire by hand: real client, loopback venue, engine, recorder and ledger on a stepped clock, put together as
// wire-machine.ts does, over a market that stands still until the test says so. For scenarios that take hours at the venue.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect } from 'vitest';
import { ApexClient } from '#clients/apex/client';
import { loopback as apexLoopback } from '#clients/apex/endpoints';
import type { VenueClient } from '#clients/net/venue-client';
import { ParadexClient } from '#clients/paradex/client';
import { loopback as paradexLoopback } from '#clients/paradex/endpoints';
import { readLayers } from '#config/layers';
import { Instrument } from '#core/instrument';
import type { EngineEvent, OpenOrder } from '#core/messages';
import type { Clock, Timer } from '#core/outside';
import type { CommandSink } from '#core/ports';
import type { Lots, Micros, Money, Rate, Side, SpanMicros, TickPrice, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { Ledger } from '#ledger/writer';
import { assemble } from '#run/assembly';
import type { Assembly } from '#run/assembly';
import { REPORT_EVERY } from '#run/backtest';
import { Recorder } from '#run/recorder';
import { WireInbox } from '#run/wire-inbox';
import { WireInput } from '#run/wire-input';
import { WireSide } from '#run/wire-side';
import type { Exchange } from '#sim/exchange';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import { ApexFace } from '#sim/venues/apex/apex-face';
import { loopbackCredentials } from '#sim/venues/apex/credentials';
import type { Face } from '#sim/venues/face';
import type { Feed, FeedSink } from '#sim/venues/feed';
import { ParadexFace } from '#sim/venues/paradex/paradex-face';
import { pipe } from '#sim/venues/pipe';
import { SteppedClock } from '#sim/venues/stepped-clock';

const DEPOSIT = 5_000e8 as Money;
const BID_TICKS = 1_000_000;
const KEY = 'funding';

/** A touch that stands still, told every second; trades and payments when the test says so. */
export class StillFeed implements Feed {
  private sink: FeedSink | null = null;
  private timer: Timer | null = null;
  private lots = 50;

  constructor(private readonly clock: Clock) {}

  start(sink: FeedSink): void {
    this.sink = sink;
    this.tell();
    this.now((rows) => rows.mark((BID_TICKS + 5) as TickPrice));
  }
  catchUp(): void {}
  close(): void {
    this.timer?.cancel();
    this.sink = null;
  }
  /** Somebody takes everything down (or up) to that price. */
  take(side: Side, ticks: number): void {
    this.now((rows) => rows.trade(side, ticks as TickPrice, 10_000 as Lots, this.clock.nowUs()));
  }
  /** Pays that rate now; nothing accrues before or after. */
  pay(rate: number): void {
    this.now((rows) => {
      rows.funding(Math.round(rate * 1e10) as Rate, true);
      rows.funding(0 as Rate, false);
    });
  }
  private tell(): void {
    this.lots += this.lots > 90 ? -40 : 1;
    this.now((rows) => {
      rows.level(BID, BID_TICKS as Ticks, this.lots as Lots);
      rows.level(ASK, (BID_TICKS + 10) as Ticks, this.lots as Lots);
    });
    this.timer = this.clock.after(1_000_000 as SpanMicros, () => this.tell());
  }
  private now(run: (rows: FeedSink) => void): void {
    if (this.sink === null) return;
    this.sink.begin(this.clock.nowUs());
    run(this.sink);
    this.sink.end();
  }
}

export interface Place<F extends Face = Face> {
  readonly face: F;
  readonly client: VenueClient;
  /** Of the one account, once it exists. */
  readonly exchange: () => Exchange;
}
/** `wrap`: what stands between the client and the venue. */
export type Open<F extends Face = Face> = (
  clock: SteppedClock,
  feed: Feed,
  inbox: WireInbox,
  wrap: (face: Face, clock: Clock) => Face,
) => Place<F>;

const PARADEX_SIGNER = {
  ...{ publicKey: '0xbeef', account: '0xabc', signAuth: (): string => '["1","2"]' },
  ...{ signOrder: (): string => '["3","4"]', signModify: (): string => '["5","6"]' },
  prehash: (): void => undefined,
};
const yes = (): boolean => true;

export const paradexPlace =
  (fundingFrom: 'fills' | 'payments' = 'fills'): Open<ParadexFace> =>
  (clock, feed, inbox, wrap) => {
    const instrument = new Instrument({ ...SYNTHETIC_INSTRUMENT, venue: 'paradex' });
    const checks = {
      addressOf: () => '0xabc',
      auth: yes,
      onboarding: yes,
      order: yes,
      modify: yes,
    };
    const quirks = { fundingPaid: fundingFrom === 'fills' ? 'with-fills' : 'alone' } as const;
    const face = new ParadexFace({ clock, instrument, feed, seed: 7, deposit: DEPOSIT, checks, quirks }); // prettier-ignore
    const client = new ParadexClient({
      ...{ network: pipe(wrap(face, clock), clock), clock, seed: 1, signer: PARADEX_SIGNER, inbox },
      environment: paradexLoopback('http://127.0.0.1:9') as never,
      ...{ market: instrument.spec.symbol, runId: 'run1', switches: { fundingFrom } },
    });
    return {
      face,
      client,
      exchange: () => [...face.accounts.all.values()][0]?.exchange as Exchange,
    };
  };

export const apexPlace: Open<ApexFace> = (clock, feed, inbox, wrap) => {
  const spec = { ...SYNTHETIC_INSTRUMENT, venue: 'apex', symbol: 'BTC-USDT', settle: 'USDT' };
  const instrument = new Instrument({ ...spec, minNotional: '0' });
  const l2Key = `0x${'ab'.repeat(32)}`;
  const checks = { l2Key: () => l2Key, order: yes };
  const face = new ApexFace({ clock, instrument, seed: 7, deposit: DEPOSIT, checks, feed });
  const client = new ApexClient({
    ...{
      network: pipe(wrap(face, clock), clock),
      clock,
      seed: 1,
      api: loopbackCredentials(KEY),
      inbox,
    },
    signer: {
      l2Key,
      sign: (_order, _terms, done) => done({ kind: 'signature', signature: '00'.repeat(64) }),
      close: () => Promise.resolve(),
    },
    ...{ environment: apexLoopback('http://127.0.0.1:9') as never, runId: 'run1' },
    symbol: instrument.spec.symbol as never,
  });
  return { face, client, exchange: () => [...face.accounts.all.values()][0]?.exchange as Exchange };
};

export class WireScene<F extends Face = Face> {
  readonly clock: SteppedClock;
  readonly feed: StillFeed;
  /** Places and amends that the engine sent. */
  ordersSent = 0;
  /** Everything that the client told. */
  readonly events: EngineEvent[] = [];
  readonly warnings: string[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'mm-wire-'));
  private readonly inbox: WireInbox;
  readonly place: Place<F>;
  assembly!: Assembly;
  readonly ledger: Ledger;
  private side!: WireSide;

  private constructor(open: Open<F>, startUs: number, wrap: (face: Face, clock: Clock) => Face) {
    this.clock = new SteppedClock(startUs as Micros);
    this.feed = new StillFeed(this.clock);
    this.inbox = new WireInbox(this.clock);
    const { event } = this.inbox;
    this.inbox.event = (told) => {
      this.events.push(told);
      event.call(this.inbox, told);
    };
    this.place = open(this.clock, this.feed, this.inbox, wrap);
    this.ledger = Ledger.open(join(this.folder, 'a.ledger'), { durable: false });
  }

  static async open<F extends Face>(
    open: Open<F>,
    startUs: number,
    wrap: (face: Face, clock: Clock) => Face = (face) => face,
  ): Promise<WireScene<F>> {
    const scene = new WireScene(open, startUs, wrap);
    await scene.start();
    return scene;
  }

  private async start(): Promise<void> {
    const { clock, ledger, inbox, place } = this;
    let facts: Awaited<ReturnType<VenueClient['start']>> | null = null;
    void place.client.start().then((f) => (facts = f));
    for (let i = 0; i < 40_000 && facts === null; i += 1) {
      await Promise.resolve();
      if (i % 8 === 7) clock.advanceTo((clock.nowUs() + 2_000) as Micros);
    }
    if (facts === null) throw new Error('start did not end');
    const { instrument, profile } = facts as Awaited<ReturnType<VenueClient['start']>>;
    const flags = { capital: '5000', size: '500', 'position-limit': '20000', 'max-leverage': '10' };
    const { values } = readLayers({ flags, env: {}, dotenvPath: null, configPath: null });
    const startedUs = clock.nowUs();
    ledger.beginRun({
      ...{ runId: 'run1', account: 'test', instrument, kind: 'paper', mode: 'static', params: {} },
      ...{ version: 'test', pid: 1, capital: values.capital, startedUs, deadOrders: 'keep' },
    });
    const recorder = new Recorder(ledger, pino({ level: 'silent' }), instrument);
    this.assembly = assemble({
      ...{ values, instrument, profile, sink: this.sink(), observer: recorder, restored: null },
      mid: (BID_TICKS + 5) as TickPrice,
      start: { nowUs: startedUs, firstOrdinal: 1, capital: values.capital },
    });
    const input = new WireInput(this.assembly, null);
    this.side = new WireSide({
      ...{ engine: this.assembly.engine, input, inbox, client: place.client, clock, ledger },
      ...{ reportEvery: REPORT_EVERY, cancelAll: () => undefined, unwatched: () => null },
      ...{ warn: (text) => void this.warnings.push(text), close: () => undefined },
    });
    input.handle({ kind: 'transfer', us: startedUs, amount: DEPOSIT });
    place.client.open();
  }

  private sink(): CommandSink {
    return {
      send: (us, commands) => {
        for (const { kind } of commands)
          if (kind === 'place' || kind === 'amend') this.ordersSent += 1;
        this.place.client.send(us, commands);
      },
    };
  }

  run(seconds: number): this {
    const endUs = this.clock.nowUs() + seconds * 1e6;
    while (this.clock.nowUs() < endUs) {
      const next = Math.min(this.clock.nextUs, this.side.nextUs, endUs);
      this.clock.advanceTo(Math.max(next, this.clock.nowUs()) as Micros);
      this.side.advanceTo();
    }
    return this;
  }

  until(us: number): this {
    return this.run((us - this.clock.nowUs()) / 1e6);
  }

  /** Orders that rest at the venue. */
  get open(): OpenOrder[] {
    return this.place.exchange()?.openOrders() ?? [];
  }

  /** Our resting quote of that side is taken. */
  fill(side: Side): this {
    const order = this.open.find((o) => o.side === side);
    if (order === undefined) throw new Error(`no quote rests on side ${side}`);
    this.feed.take((0 - side) as Side, order.ticks - side * 50);
    return this.run(2);
  }

  /** Asserts that the two books are one. */
  agree(): void {
    this.ledger.idle();
    const ours = this.ledger.position;
    const { account, markPrice } = this.place.exchange();
    const theirs = account.position.snapshot();
    const accrued = this.side.accrued(markPrice);
    expect({ ...ours, funding: ours.funding + accrued }).toEqual(theirs);
    expect(this.warnings).toEqual([]);
  }

  close(): void {
    this.place.face.close();
    this.ledger.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
