// One seeded campaign of breaks: the real Paradex client, the loopback venue and the real engine on a stepped clock,
// with the faulty network between. It injects, lets things heal, and compares the venue's books with the engine's.
import { engineParams } from '#config/settings';
import { readLayers } from '#config/layers';
import { Instrument } from '#core/instrument';
import type { EngineEvent } from '#core/messages';
import { parseClientId } from '#core/messages';
import { applyRow, RowBlock, type RowKind } from '#core/rows';
import { Random } from '#core/random';
import type { Lots, Micros, TickPrice, Ticks } from '#core/units';
import type { Aggressor, Bps, InventoryUnits } from '#core/units';
import { ASK, BID, fromSeconds } from '#core/units';
import type { Reason, StrategyFactory } from '#core/strategy';
import { Engine } from '#engine/engine';
import { RiskBreaker } from '#risk/breaker';
import { makeGuards } from '#risk/registry';
import { SYNTHETIC_INSTRUMENT } from '#sim/market/instrument';
import type { ParadexFace } from '#sim/venues/paradex/paradex-face';
import type { ParadexAccount } from '#sim/venues/paradex/account';
import { pipe } from '#sim/venues/pipe';
import { SteppedClock } from '#sim/venues/stepped-clock';
import { ParadexClient } from '#clients/paradex/client';
import { loopback, type Environment } from '#clients/paradex/endpoints';
import type { VenueInbox } from '#clients/net/venue-client';
import { makeVenue } from './disconnect-venue.js';
import { type FaultName, FAULTS, FaultyNetwork } from './faulty-network.js';

const START_US = Date.UTC(2026, 0, 5, 3, 0, 0) * 1000;
/** After a fault has struck, and not only been set, things may take this long to heal. */
const HEAL = 10_000_000;
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
  /** Cut to link up where nothing else failed: detection, back-off and recovery alone. */
  toLinkCleanUs: number[];
  doubles: string[];
  positionErrors: string[];
  /** Fills booked more than once. */
  doubleBookings: number;
  sentUnarmed: number;
  sentStale: number;
  orders: number;
  fills: number;
  unknowns: number;
  longestUnknownUs: number;
  toLinkUs: number[];
  toQuoteUs: number[];
  toQuoteCleanUs: number[];
  notHealed: string[];
  byFault: Record<string, number>;
  /** Seeds whose venue verified every signature, and those whose tokens died early. */
  realSeeds: number;
  shortTokens: number;
  /** Tokens that the venue gave out. */
  tokens: number;
}

export const noFigures = (): Figures => ({
  ...{ faults: 0, hitInFlight: 0, orphans: [], longestOrphanUs: 0, doubles: [] },
  ...{ positionErrors: [], doubleBookings: 0, sentUnarmed: 0, sentStale: 0, orders: 0, fills: 0 },
  ...{ unknowns: 0, longestUnknownUs: 0, toLinkUs: [], toLinkCleanUs: [], toQuoteUs: [] },
  toQuoteCleanUs: [],
  ...{ notHealed: [], byFault: {}, realSeeds: 0, shortTokens: 0, tokens: 0 },
});

export class DisconnectWorld implements VenueInbox {
  readonly clock = new SteppedClock(START_US as Micros);
  readonly figures: Figures;
  readonly notes: string[] = [];
  private readonly random: Random;
  private readonly net: FaultyNetwork;
  private readonly face: ParadexFace;
  private readonly address: string;
  private readonly client: ParadexClient;
  private engine!: Engine;
  private readonly rows = new RowBlock(4096);
  private readonly events: EngineEvent[] = [];
  private draining = false;
  private wakeUs = Infinity;
  private asked = 0;
  private cutUs = 0;
  private linkUpUs = 0;
  private readonly unknownSince = new Map<number, number>();
  private readonly orphanSince = new Map<string, number>();
  private clean = false;

  constructor(
    readonly seed: string,
    figures: Figures,
  ) {
    this.figures = figures;
    this.random = new Random(seed);
    const instrument = new Instrument({ ...SYNTHETIC_INSTRUMENT, makerFee: 300_000 as never });
    const { clock } = this;
    const venue = makeVenue(seed, clock, instrument, this.random);
    const { binary, signer } = venue;
    this.face = venue.face;
    this.address = signer.account;
    if (venue.real) figures.realSeeds += 1;
    if (venue.tokenSeconds < 300) figures.shortTokens += 1;
    this.net = new FaultyNetwork(pipe(this.face, clock), clock, this.random.fork('net'));
    this.client = new ParadexClient({
      ...{ network: this.net, clock, seed, signer, inbox: this },
      environment: loopback('http://127.0.0.1:9') as Environment,
      ...{ market: instrument.spec.symbol, runId: 'campaign' },
      switches: binary ? { privateSocket: 'sbe', schemaVersion: 2 } : {},
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
      this.inject(FAULTS[this.random.int(FAULTS.length)] as FaultName);
      this.play(12 + this.random.int(6));
      while (this.clock.nowUs() < this.net.quietUs + HEAL) this.play(1);
      this.compare();
    }
    this.figures.orders += this.net.ordersSent;
    this.figures.sentUnarmed += this.net.ordersUnarmed;
    this.figures.unknowns += this.client.counters.unknowns;
    this.figures.tokens += this.net.logins;
    await this.client.close();
    this.face.close();
  }

  private async start(): Promise<void> {
    let facts: Awaited<ReturnType<ParadexClient['start']>> | null = null;
    let failure: unknown = null;
    this.client.start().then((f) => (facts = f), (e: unknown) => (failure = e)); // prettier-ignore
    for (let i = 0; i < 5_000 && facts === null && failure === null; i += 1) {
      await Promise.resolve();
      if (i % 8 === 7) this.clock.advanceTo((this.clock.nowUs() + 5_000) as Micros);
    }
    if (facts === null) throw failure instanceof Error ? failure : new Error('start did not end');
    const { instrument, profile } = facts as Awaited<ReturnType<ParadexClient['start']>>;
    const flags = { capital: '1000000', size: '100', 'position-limit': '100000' };
    const { values } = readLayers({ flags, env: {}, dotenvPath: null, configPath: null });
    const params = engineParams(values, instrument, profile, 1_000_000 as TickPrice);
    // A fault every quarter of a minute would keep the error-rate guard pausing; here the client is on trial.
    const guards = makeGuards(params.risk, instrument, profile, null).filter(
      (guard) => guard.name !== 'error-rate',
    );
    const breaker = new RiskBreaker({ guards });
    this.engine = new Engine({
      ...{ instrument, params, makeStrategy: plain, breaker, sink: this.sink() },
      observer: { onNote: (_us, text) => this.note('engine', text) },
      start: { nowUs: this.clock.nowUs(), firstOrdinal: 1, capital: values.capital },
    });
    this.wakeUs = this.engine.nextWakeUs;
    this.client.open();
    const tick = (): void => {
      this.client.requestAccount();
      this.asked += 1;
      if (this.asked % 12 === 0) this.client.requestOpenOrders();
      this.clock.after(fromSeconds(5), tick);
    };
    this.clock.after(fromSeconds(5), tick);
    const doubts = (): void => {
      if (this.engine.unresolved.length > 0) this.client.requestOpenOrders();
      if (this.engine.needsResync) this.client.requestAccount();
      this.clock.after(fromSeconds(1), doubts);
    };
    this.clock.after(fromSeconds(1), doubts);
  }

  private sink(): { send: ParadexClient['send'] } {
    return {
      send: (us, commands) => {
        if (commands.some((c) => c.kind === 'place' || c.kind === 'amend')) this.judgeSend();
        this.client.send(us, commands);
      },
    };
  }

  /** A quote may only leave on an armed private link and a fresh, whole book. */
  private judgeSend(): void {
    const { numbers } = this.engine;
    const heardUs = this.net.publicLink?.heardUs ?? 0;
    const stale = this.clock.nowUs() - Math.min(numbers.bookUs, heardUs) > 2_000_000;
    const link = this.net.privateLink;
    if (stale || !numbers.bookSound || link === undefined || !link.armed)
      this.figures.sentStale += 1;
    if (this.cutUs > 0 && this.linkUpUs > this.cutUs) {
      const us = this.clock.nowUs() - this.cutUs;
      this.figures.toQuoteUs.push(us);
      if (this.clean) this.figures.toQuoteCleanUs.push(us);
      this.cutUs = 0;
    }
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
    const due = nowUs >= this.wakeUs;
    if (this.rows.count === 0 && events.length === 0 && !due) return;
    this.draining = true;
    engine.begin(nowUs);
    const waiting = events.splice(0);
    for (const event of waiting) engine.handle(event);
    this.applyRows();
    engine.settle(nowUs);
    this.draining = false;
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
    if (event.kind === 'fill') this.figures.fills += 1;
    if (event.kind === 'link' && event.channel === 'private' && event.state === 'up') {
      this.linkUpUs = this.clock.nowUs();
      if (this.cutUs > 0) this.figures.toLinkUs.push(this.linkUpUs - this.cutUs);
      if (this.cutUs > 0 && this.clean) this.figures.toLinkCleanUs.push(this.linkUpUs - this.cutUs);
    }
    if (event.kind === 'unknown' && event.operation === 'place' && event.ordinal !== null)
      this.unknownSince.set(event.ordinal, this.clock.nowUs());
  }

  /** How long each unknown order stayed unknown. */
  private follow(): void {
    if (this.unknownSince.size === 0) return;
    for (const [ordinal, sinceUs] of this.unknownSince) {
      const order = this.engine.orders.find((o) => o.ordinal === ordinal);
      if (order !== undefined && order.placeUnknown) continue;
      this.unknownSince.delete(ordinal);
      const life = this.clock.nowUs() - sinceUs;
      if (life > this.figures.longestUnknownUs) this.figures.longestUnknownUs = life;
    }
  }

  private inject(fault: FaultName): void {
    const { net, random, figures } = this;
    const link = net.privateLink;
    const market = net.publicLink;
    const nowUs = this.clock.nowUs();
    figures.faults += 1;
    figures.byFault[fault] = (figures.byFault[fault] ?? 0) + 1;
    if ((link?.underWay ?? 0) > 0) figures.hitInFlight += 1;
    const before = [net.httpFaultsUntilUs, net.refuseUntilUs];
    if (random.bool(0.4)) net.httpFaultsUntilUs = nowUs + random.int(4_000_000);
    if (random.bool(0.3)) net.refuseUntilUs = nowUs + random.int(3_000_000);
    const now = [net.httpFaultsUntilUs, net.refuseUntilUs];
    this.clean = fault === 'cut' && now.every((us, i) => us === before[i]);
    const cuts = fault === 'cut' || fault === 'half-open' || fault === 'unarmed';
    if (cuts && link !== undefined) this.cutUs = nowUs;
    if (fault === 'cut') link?.cut();
    else if (fault === 'unarmed') {
      net.swallowArming = true;
      link?.cut();
    } else if (fault === 'half-open' && link !== undefined) link.halfOpen = true;
    else if (fault === 'public-cut') market?.cut();
    else if (fault === 'public-gap' && market !== undefined) market.losePublic = true;
    else if (link !== undefined) {
      // These strike the next order: it is in flight by design.
      if (fault !== 'repeat') figures.hitInFlight += 1;
      if (fault === 'cut-before-send') link.cutBeforeSend = true;
      else if (fault === 'cut-after-send') link.cutAfterSend = true;
      else if (fault === 'lost-reply') link.loseReply = true;
      else if (fault === 'stall') link.stallNextUs = 2_000_000 + random.int(2_000_000);
      else link.repeat = 60;
    }
  }

  private get account(): ParadexAccount | undefined {
    return this.face.accounts.get(this.address);
  }

  /** Orders open at the venue that the engine takes for gone: for how long? */
  private checkOrphans(): void {
    const open = this.account?.openOrders;
    const nowUs = this.clock.nowUs();
    for (const id of [...this.orphanSince.keys()])
      if (![...(open ?? [])].some((o) => o.facts.clientId === id)) this.orphanSince.delete(id);
    for (const { facts } of open ?? []) {
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
        this.figures.doubles.push(`${this.seed} at ${(this.clock.nowUs() - START_US) / 1e6} s`);
      sides.add(order.facts.side);
    }
  }

  /** Things have had time to heal: the two books must agree. */
  private compare(): void {
    const { engine, figures } = this;
    const at = `${this.seed} at ${(this.clock.nowUs() - START_US) / 1e6} s`;
    const known = new Set(engine.orders.filter((o) => o.phase !== 'closed').map((o) => o.ordinal));
    for (const order of this.account?.openOrders ?? []) {
      const ours = parseClientId(order.facts.clientId)?.ordinal ?? -1;
      // What has just been placed by a frame under way is known to us first, so this can only be an orphan.
      if (!known.has(ours)) figures.orphans.push(`${at}: ${order.facts.clientId}`);
    }
    const theirs = this.account?.exchange.account.position.lots ?? 0;
    const booked = engine.position.fills - (this.account?.fills.length ?? 0);
    if (booked > 0) figures.doubleBookings += booked;
    const healed = engine.numbers.privateUp && this.net.privateLink?.halfOpen === false;
    if (healed && this.settled() && theirs !== engine.position.lots)
      figures.positionErrors.push(`${at}: venue ${theirs}, engine ${engine.position.lots}`);
    if (!engine.numbers.privateUp || !engine.numbers.publicUp) figures.notHealed.push(at);
  }

  /** Events of the last moment are delivered: 100 ms without a fill at the venue. */
  private settled(): boolean {
    const last = this.account?.fills.at(-1)?.created_at ?? 0;
    return this.clock.nowUs() / 1000 - last > 100;
  }
}
