// One seeded campaign of breaks at ApeX: the real client, the loopback venue and the real engine on a stepped clock, with
// the faulty network between. It injects, lets things heal, and compares the venue's books with the engine's.
import { engineParams } from '#config/settings';
import { readLayers } from '#config/layers';
import { Instrument } from '#core/instrument';
import type { EngineEvent } from '#core/messages';
import { parseClientId } from '#core/messages';
import { applyRow, RowBlock, type RowKind } from '#core/rows';
import { Random } from '#core/random';
import type { Aggressor, Bps, InventoryUnits, Lots, Micros, Money, TickPrice, Ticks } from '#core/units'; // prettier-ignore
import { ASK, BID, fromSeconds } from '#core/units';
import type { Reason, StrategyFactory } from '#core/strategy';
import { Engine } from '#engine/engine';
import { RiskBreaker } from '#risk/breaker';
import { makeGuards } from '#risk/registry';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import type { ApexAccount } from '#sim/venues/apex/account';
import { ApexFace } from '#sim/venues/apex/apex-face';
import { loopbackCredentials } from '#sim/venues/apex/credentials';
import { zkChecks } from '#sim/venues/apex/zk-checks';
import { pipe } from '#sim/venues/pipe';
import { SteppedClock } from '#sim/venues/stepped-clock';
import { ApexClient } from '#clients/apex/client';
import { loopback, type ApexEnvironment } from '#clients/apex/endpoints';
import { parseSeed } from '#clients/apex/sign/keys';
import { inThreadSigner, type ApexSigner } from '#clients/apex/signer';
import type { DashSymbol } from '#clients/apex/wire';
import type { VenueInbox } from '#clients/net/venue-client';
import { ApexFaultyNetwork, type FaultName, FAULTS } from './apex-faulty-network.js';
import { WalkFeed } from './walk-feed.js';

const START_US = Date.UTC(2026, 0, 5, 3, 0, 0) * 1000;
const KEY = 'campaign';
/** After a fault has struck, and not only been set, things may take this long to heal. */
const HEAL = 15_000_000;
const L2_KEY = '0xbeef';
const PRETENDED: ApexSigner = {
  l2Key: L2_KEY,
  sign: (_order, _terms, done) => done({ kind: 'signature', signature: '00'.repeat(64) }),
  close: () => Promise.resolve(),
};
const TRUSTING = { l2Key: (): string => L2_KEY, order: (): boolean => true };
/** Where orders are really signed, this share is verified. */
const VERIFIED = 0.2;
const REASON: Reason = {
  ...{ model: 'plain', inventory: 0 as InventoryUnits, shift: 0 as Bps, half: 2 as Bps },
  ...{ terms: [], clamps: [], withdrawn: null, withdrawForMs: 0 },
};

/** Ten lots a side at 1 bp, leaning against the position so that it comes home. */
const plain: StrategyFactory = () => ({
  name: 'plain',
  decide: (view) => {
    const lean = Math.max(-60, Math.min(60, view.positionLots));
    const quote = (side: 1 | -1) => ({
      ...{ level: 0, lots: 10 as Lots, distance: 1 as Bps, reduceOnly: false },
      ticks: Math.round(view.mid - side * 100 - lean) as Ticks,
    });
    return {
      ...{ bids: [quote(BID)], asks: [quote(ASK)], immediate: null },
      ...{ placement: 'behind' as const, reason: REASON },
    };
  },
});

export interface Figures {
  faults: number;
  hitInFlight: number;
  orphans: string[];
  /** Longest time that an order was open at the venue while the engine thought it gone. */
  longestOrphanUs: number;
  doubles: string[];
  positionErrors: string[];
  /** Fills booked more than once. */
  doubleBookings: number;
  /** Fills at the venue of which the engine never heard, whatever it made of the position. */
  missedFills: string[];
  sentUnarmed: number;
  sentStale: number;
  /** 403s that the client brought on itself. */
  bans: number;
  /** Orders still unknown after things had time to heal. */
  unsettled: string[];
  orders: number;
  fills: number;
  unknowns: number;
  longestUnknownUs: number;
  toLinkUs: number[];
  notHealed: string[];
  byFault: Record<string, number>;
}

export const noFigures = (): Figures => ({
  ...{ faults: 0, hitInFlight: 0, orphans: [], longestOrphanUs: 0, doubles: [] },
  ...{
    positionErrors: [],
    doubleBookings: 0,
    missedFills: [],
    sentUnarmed: 0,
    sentStale: 0,
    bans: 0,
  },
  ...{ unsettled: [], orders: 0, fills: 0, unknowns: 0, longestUnknownUs: 0, toLinkUs: [] },
  ...{ notHealed: [], byFault: {} },
});

export class ApexDisconnectWorld implements VenueInbox {
  readonly clock = new SteppedClock(START_US as Micros);
  readonly notes: string[] = [];
  private readonly random: Random;
  private readonly net: ApexFaultyNetwork;
  private readonly face: ApexFace;
  private readonly client: ApexClient;
  private engine!: Engine;
  private readonly rows = new RowBlock(4096);
  private readonly events: EngineEvent[] = [];
  private wakeUs = Infinity;
  private asked = 0;
  private cutUs = 0;
  private readonly unknownSince = new Map<number, number>();
  private readonly orphanSince = new Map<string, number>();

  /** `signed`: with real zk signatures, of which the venue verifies a share. */
  constructor(
    readonly seed: string,
    readonly figures: Figures,
    signed = false,
    private readonly faults: readonly FaultName[] = FAULTS,
  ) {
    this.random = new Random(seed);
    const instrument = new Instrument({
      ...{ ...SYNTHETIC_INSTRUMENT, venue: 'apex', symbol: 'BTC-USDT', settle: 'USDT' },
      minNotional: '0',
    });
    const { clock } = this;
    this.face = new ApexFace({
      ...{ clock, instrument, seed: 7, deposit: 1e15 as Money },
      checks: signed ? zkChecks(VERIFIED, seed) : TRUSTING,
      feed: new WalkFeed(clock, this.random.fork('market')),
    });
    this.net = new ApexFaultyNetwork(pipe(this.face, clock), clock, this.random.fork('net'));
    const api = loopbackCredentials(KEY);
    const signer = signed ? inThreadSigner(parseSeed(api.seed) as Uint8Array) : PRETENDED;
    this.client = new ApexClient({
      ...{ network: this.net, clock, seed, api, signer, inbox: this, runId: 'campaign' },
      environment: loopback('http://127.0.0.1:9') as ApexEnvironment,
      symbol: instrument.spec.symbol as DashSymbol,
    });
  }

  // The inbox.
  row(kind: RowKind, side: Aggressor, us: number, price: number, size: number): void {
    if (this.rows.full) this.applyRows();
    this.rows.push(kind, side, us, this.clock.nowUs(), price, size);
  }

  event(event: EngineEvent): void {
    this.applyRows();
    this.events.push(event);
    this.watch(event);
  }

  note(level: string, text: string): void {
    this.notes.push(`${((this.clock.nowUs() - START_US) / 1e6).toFixed(3)} ${level} ${text}`);
  }

  /** Starts, injects `count` faults and lets each heal. */
  async run(count: number): Promise<void> {
    await this.start();
    this.play(8);
    for (let i = 0; i < count; i += 1) {
      this.inject(this.faults[this.random.int(this.faults.length)] as FaultName);
      this.play(12 + this.random.int(6));
      while (this.clock.nowUs() - this.net.struckUs < HEAL) this.play(1);
      this.compare();
    }
    const { figures, net } = this;
    figures.orders += net.ordersSent;
    figures.sentUnarmed += net.ordersUnarmed;
    figures.hitInFlight += net.ordersHit;
    figures.bans += net.bans;
    figures.unknowns += this.client.counters.unknowns;
    await this.client.close();
    this.face.close();
  }

  private async start(): Promise<void> {
    let facts: Awaited<ReturnType<ApexClient['start']>> | null = null;
    let failure: unknown = null;
    this.client.start().then((f) => (facts = f), (e: unknown) => (failure = e)); // prettier-ignore
    for (let i = 0; i < 5_000 && facts === null && failure === null; i += 1) {
      await Promise.resolve();
      if (i % 8 === 7) this.clock.advanceTo((this.clock.nowUs() + 5_000) as Micros);
    }
    if (facts === null) throw failure instanceof Error ? failure : new Error('start did not end');
    const { instrument, profile } = facts as Awaited<ReturnType<ApexClient['start']>>;
    const flags = { capital: '1000000', size: '100', 'position-limit': '100000' };
    const { values } = readLayers({ flags, env: {}, dotenvPath: null, configPath: null });
    const params = engineParams(values, instrument, profile, 1_000_000 as TickPrice);
    // A fault every quarter of a minute would keep the error-rate guard pausing; here the client is on trial.
    const guards = makeGuards(params.risk, instrument, profile, null).filter(
      (guard) => guard.name !== 'error-rate',
    );
    this.engine = new Engine({
      ...{ instrument, params, makeStrategy: plain, sink: this.sink() },
      breaker: new RiskBreaker({ guards }),
      observer: { onNote: (_us, text) => this.note('engine', text) },
      start: { nowUs: this.clock.nowUs(), firstOrdinal: 1, capital: values.capital },
    });
    this.wakeUs = this.engine.nextWakeUs;
    this.client.open();
    this.ask();
  }

  /** What the host asks while it runs. */
  private ask(): void {
    this.clock.after(fromSeconds(1), () => {
      this.asked += 1;
      if (this.asked % 10 === 0 || this.engine.needsResync) this.client.requestAccount();
      const doubt = this.engine.unresolved.length > 0 && this.asked % 2 === 0;
      if (this.asked % 60 === 0 || doubt) this.client.requestOpenOrders();
      this.ask();
    });
  }

  private sink(): { send: ApexClient['send'] } {
    return {
      send: (us, commands) => {
        if (commands.some((c) => c.kind === 'place')) this.judgeSend();
        this.client.send(us, commands);
      },
    };
  }

  /** A quote may only leave with a private stream and on a fresh, whole book. */
  private judgeSend(): void {
    const { numbers } = this.engine;
    const heardUs = this.net.publicLink?.heardUs ?? 0;
    const stale = this.clock.nowUs() - Math.min(numbers.bookUs, heardUs) > 2_000_000;
    if (stale || !numbers.bookSound || this.net.privateLink?.armed !== true)
      this.figures.sentStale += 1;
  }

  private play(seconds: number): void {
    const endUs = this.clock.nowUs() + seconds * 1_000_000;
    while (this.clock.nowUs() < endUs) {
      const next = Math.min(this.clock.nextUs, this.wakeUs, endUs);
      this.clock.advanceTo(Math.max(this.clock.nowUs(), next) as Micros);
      this.drain();
      this.checkDoubles();
      this.checkOrphans();
    }
  }

  private drain(): void {
    const { engine, events } = this;
    const nowUs = this.clock.nowUs();
    if (this.rows.count === 0 && events.length === 0 && nowUs < this.wakeUs) return;
    engine.begin(nowUs);
    for (const event of events.splice(0)) engine.handle(event);
    this.applyRows();
    engine.settle(nowUs);
    this.wakeUs = engine.nextWakeUs;
    this.follow();
  }

  /** Rows that came before an event are applied before it. */
  private applyRows(): void {
    const { rows, engine } = this;
    if (rows.count === 0) return;
    engine.begin(this.clock.nowUs());
    for (const event of this.events.splice(0)) engine.handle(event);
    for (let i = 0; i < rows.count; i += 1) applyRow(rows, i, engine);
    rows.count = 0;
  }

  private watch(event: EngineEvent): void {
    const { figures } = this;
    if (event.kind === 'fill') figures.fills += 1;
    if (event.kind === 'link' && event.channel === 'private' && event.state === 'up') {
      if (this.cutUs > 0) figures.toLinkUs.push(this.clock.nowUs() - this.cutUs);
      this.cutUs = 0;
    }
    if (event.kind === 'unknown' && event.operation === 'place' && event.ordinal !== null)
      this.unknownSince.set(event.ordinal, this.clock.nowUs());
  }

  /** How long each unknown order stayed unknown. */
  private follow(): void {
    for (const [ordinal, sinceUs] of this.unknownSince) {
      const order = this.engine.orders.find((o) => o.ordinal === ordinal);
      if (order !== undefined && order.placeUnknown) continue;
      this.unknownSince.delete(ordinal);
      const life = this.clock.nowUs() - sinceUs;
      this.figures.longestUnknownUs = Math.max(this.figures.longestUnknownUs, life);
    }
  }

  private inject(fault: FaultName): void {
    const { net, random, figures } = this;
    const nowUs = this.clock.nowUs();
    figures.faults += 1;
    figures.byFault[fault] = (figures.byFault[fault] ?? 0) + 1;
    if (net.inFlight > 0) figures.hitInFlight += 1;
    if (random.bool(0.4)) net.readsFailUntilUs = nowUs + random.int(4_000_000);
    if (random.bool(0.2)) net.refuseUntilUs = nowUs + random.int(3_000_000);
    const link = net.privateLink;
    if (fault === 'private-cut' || fault === 'half-open') this.cutUs = nowUs;
    if (fault === 'private-cut') link?.cut();
    else if (fault === 'half-open') {
      if (link !== undefined) link.halfOpen = true;
      net.struckUs = Math.max(net.struckUs, nowUs);
    } else if (fault === 'public-cut') net.publicLink?.cut();
    else if (fault === 'public-gap') {
      if (net.publicLink !== undefined) net.publicLink.losePublic = true;
    } else if (fault === 'repeat') {
      if (link !== undefined) link.repeat = 60;
    } else if (fault === 'stall') {
      if (link !== undefined) link.stallUntilUs = nowUs + 2_000_000 + random.int(2_000_000);
      net.struckUs = Math.max(net.struckUs, link?.stallUntilUs ?? 0);
    } else if (fault === 'cancel-lost') net.nextCancel = 'lost';
    else if (fault === 'cancel-reply') net.nextCancel = 'lost-reply';
    else net.nextPlace = fault;
  }

  private get account(): ApexAccount | undefined {
    return this.face.accounts.all.get(KEY);
  }

  /** Orders open at the venue that the engine takes for gone: for how long? */
  private checkOrphans(): void {
    const open = [...(this.account?.openOrders ?? [])];
    const nowUs = this.clock.nowUs();
    for (const id of [...this.orphanSince.keys()])
      if (!open.some((o) => o.facts.clientId === id)) this.orphanSince.delete(id);
    for (const { facts } of open) {
      const ordinal = parseClientId(facts.clientId)?.ordinal;
      const known = this.engine.orders.some((o) => o.ordinal === ordinal && o.phase !== 'closed');
      if (known) {
        this.orphanSince.delete(facts.clientId);
        continue;
      }
      const sinceUs = this.orphanSince.get(facts.clientId) ?? nowUs;
      this.orphanSince.set(facts.clientId, sinceUs);
      this.figures.longestOrphanUs = Math.max(this.figures.longestOrphanUs, nowUs - sinceUs);
    }
  }

  /** Never two open orders of ours on one side at the venue. */
  private checkDoubles(): void {
    const sides = new Set<number>();
    for (const order of this.account?.openOrders ?? []) {
      if (sides.has(order.facts.side) && this.figures.doubles.length < 20)
        this.figures.doubles.push(this.at());
      sides.add(order.facts.side);
    }
  }

  /** Things have had time to heal: the two books must agree. */
  private compare(): void {
    const { engine, figures, account, net } = this;
    const known = new Set(engine.orders.filter((o) => o.phase !== 'closed').map((o) => o.ordinal));
    for (const order of account?.openOrders ?? []) {
      const ours = parseClientId(order.facts.clientId)?.ordinal ?? -1;
      if (!known.has(ours)) figures.orphans.push(`${this.at()}: ${order.facts.clientId}`);
    }
    const theirs = account?.exchange.account.position.lots ?? 0;
    const booked = engine.position.fills - (account?.fills.length ?? 0);
    if (booked > 0) figures.doubleBookings += booked;
    const healed = engine.numbers.privateUp && net.privateLink?.halfOpen === false;
    if (healed && this.settled() && theirs !== engine.position.lots)
      figures.positionErrors.push(`${this.at()}: venue ${theirs}, engine ${engine.position.lots}`);
    if (healed && this.settled() && booked < 0) figures.missedFills.push(`${this.at()}: ${booked}`);
    const waiting = [...this.unknownSince.values()].some((us) => this.clock.nowUs() - us > HEAL);
    if (waiting) figures.unsettled.push(this.at());
    if (!engine.numbers.privateUp || !engine.numbers.publicUp) figures.notHealed.push(this.at());
  }

  private at(): string {
    return `${this.seed} at ${(this.clock.nowUs() - START_US) / 1e6} s`;
  }

  /** Events of the last moment are delivered: 100 ms without a fill at the venue. */
  private settled(): boolean {
    const last = this.account?.fills.at(-1)?.createdAt ?? 0;
    return this.clock.nowUs() / 1000 - last > 100;
  }
}
