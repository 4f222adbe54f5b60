// One seeded campaign of breaks: a real client, the loopback venue and the real engine on a stepped clock, with a faulty
// network between. It injects, lets things heal, and compares the venue's books with the engine's. Which client, which
// venue and which faults is for those who extend it.
import { engineParams } from '#config/settings';
import { readLayers } from '#config/layers';
import type { BreakerStateName } from '#core/guard';
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
import { SteppedClock } from '#sim/venues/stepped-clock';
import type { VenueClient, VenueFacts, VenueInbox } from '#clients/net/venue-client';
import type { Figures } from './break-figures.js';
import type { FaultyLink, FaultyNetwork } from './faulty-link.js';

const START_US = Date.UTC(2026, 0, 5, 3, 0, 0) * 1000;
/** Moves at every drift: where orders are few, those that one fault makes fail are more than one in twenty of a minute. */
const BUSY = { requoteBps: '0.02,0.02', requoteInterval: '250ms' };
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

/** The venue's own books. */
export interface Books {
  /** Open orders of the account: client id and side. */
  readonly openOrders: Iterable<{
    readonly facts: { readonly clientId: string; readonly side: number };
  }>;
  readonly positionLots: number;
  /** Unix ms of each fill, oldest first. */
  readonly fillTimes: readonly number[];
}

export abstract class BreakWorld implements VenueInbox {
  readonly clock = new SteppedClock(START_US as Micros);
  readonly notes: string[] = [];
  protected readonly random: Random;
  protected abstract readonly net: FaultyNetwork<FaultyLink>;
  protected abstract readonly client: VenueClient;
  /** When the link was last lost by a fault, until it is back and quoted on; and whether nothing else failed. */
  protected cutUs = 0;
  protected clean = false;
  private engine!: Engine;
  private readonly rows = new RowBlock(4096);
  private readonly events: EngineEvent[] = [];
  private wakeUs = Infinity;
  private asked = 0;
  private linkUpUs = 0;
  private readonly unknownSince = new Map<number, number>();
  private readonly orphanSince = new Map<string, number>();

  /** After a fault has struck things may take `healUs` to heal, and an unknown order `settleUs` to be settled. */
  constructor(
    readonly seed: string,
    readonly figures: Figures,
    private readonly healUs: number,
    private readonly settleUs = healUs,
  ) {
    this.random = new Random(seed);
  }

  protected abstract get books(): Books;
  /** Sets the next fault. */
  protected abstract inject(): void;
  /** The host asks every so many seconds for the account; for a list; and for a list while something is in doubt. */
  protected abstract readonly asks: { account: number; list: number; doubt: number };
  /** Everything that came to light at the end. */
  protected abstract finish(): void;

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
      this.inject();
      this.play(12 + this.random.int(6));
      while (this.clock.nowUs() < this.net.quietUs + this.healUs) this.play(1);
      this.compare();
    }
    if (this.unknownSince.size > 0) {
      this.play((this.settleUs - this.healUs) / 1_000_000);
      this.compare();
    }
    this.figures.orders += this.net.ordersSent;
    this.figures.sentUnarmed += this.net.ordersUnarmed;
    this.figures.unknowns += this.client.counters.unknowns;
    await this.client.close();
    this.finish();
  }

  private async start(): Promise<void> {
    let facts: VenueFacts | null = null;
    let failure: unknown = null;
    this.client.start().then((f) => (facts = f), (e: unknown) => (failure = e)); // prettier-ignore
    for (let i = 0; i < 5_000 && facts === null && failure === null; i += 1) {
      await Promise.resolve();
      if (i % 8 === 7) this.clock.advanceTo((this.clock.nowUs() + 5_000) as Micros);
    }
    if (facts === null) throw failure instanceof Error ? failure : new Error('start did not end');
    const { instrument, profile } = facts as VenueFacts;
    const flags = { capital: '1000000', size: '100', positionLimit: '100000', ...BUSY };
    const { values } = readLayers({ flags, env: {}, dotenvPath: null, configPath: null });
    const params = engineParams(values, instrument, profile, 1_000_000 as TickPrice);
    const guards = makeGuards(params.risk, instrument, profile, null);
    const onTransition = (_us: Micros, from: BreakerStateName, to: BreakerStateName): void =>
      this.moved(from, to);
    const breaker = new RiskBreaker({ guards, onTransition });
    this.engine = new Engine({
      ...{ instrument, params, makeStrategy: plain, breaker, sink: this.sink() },
      observer: { onNote: (_us, text) => this.note('engine', text) },
      start: { nowUs: this.clock.nowUs(), firstOrdinal: 1, capital: values.capital },
    });
    this.wakeUs = this.engine.nextWakeUs;
    this.client.open();
    this.ask();
  }

  /** The error rate pauses for a minute, and should; how soon it quotes after a cut is measured without that. */
  private moved(from: BreakerStateName, to: BreakerStateName): void {
    if (to === 'paused') this.figures.pauses += 1;
    if (to === 'paused' || from === 'paused') this.cutUs = 0;
  }

  /** What the host asks while it runs. */
  private ask(): void {
    this.clock.after(fromSeconds(1), () => {
      this.asked += 1;
      const { account, list, doubt } = this.asks;
      const inDoubt = this.engine.unresolved.length > 0 && this.asked % doubt === 0;
      if (this.asked % account === 0 || this.engine.needsResync) this.client.requestAccount();
      if (this.asked % list === 0 || inDoubt) this.client.requestOpenOrders();
      this.ask();
    });
  }

  private sink(): { send: VenueClient['send'] } {
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
    engine.begin(nowUs);
    const waiting = events.splice(0);
    for (const event of waiting) engine.handle(event);
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

  /** Counts a fault; true when requests or connections fail beside it. */
  protected count(fault: string, inFlight: boolean, refused: number): boolean {
    const { figures, random, net } = this;
    const nowUs = this.clock.nowUs();
    figures.faults += 1;
    figures.byFault[fault] = (figures.byFault[fault] ?? 0) + 1;
    if (inFlight) figures.hitInFlight += 1;
    const before = [net.httpFaultsUntilUs, net.refuseUntilUs];
    if (random.bool(0.4)) net.httpFaultsUntilUs = nowUs + random.int(4_000_000);
    if (random.bool(refused)) net.refuseUntilUs = nowUs + random.int(3_000_000);
    return before[0] !== net.httpFaultsUntilUs || before[1] !== net.refuseUntilUs;
  }

  /** Orders open at the venue that the engine takes for gone: for how long? */
  private checkOrphans(): void {
    const open = [...this.books.openOrders];
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
    for (const order of this.books.openOrders) {
      if (sides.has(order.facts.side) && this.figures.doubles.length < 20)
        this.figures.doubles.push(this.at());
      sides.add(order.facts.side);
    }
  }

  /** Things have had time to heal: the two books must agree. */
  private compare(): void {
    const { engine, figures, books } = this;
    const known = new Set(engine.orders.filter((o) => o.phase !== 'closed').map((o) => o.ordinal));
    for (const order of books.openOrders) {
      const ours = parseClientId(order.facts.clientId)?.ordinal ?? -1;
      // What has just been placed by a frame under way is known to us first, so this can only be an orphan.
      if (!known.has(ours)) figures.orphans.push(`${this.at()}: ${order.facts.clientId}`);
    }
    const theirs = books.positionLots;
    const booked = engine.position.fills - books.fillTimes.length;
    if (booked > 0) figures.doubleBookings += booked;
    const healed = engine.numbers.privateUp && this.net.privateLink?.halfOpen === false;
    // Events of the last moment are delivered: 100 ms without a fill at the venue.
    const settled = healed && this.clock.nowUs() / 1000 - (books.fillTimes.at(-1) ?? 0) > 100;
    if (settled && theirs !== engine.position.lots)
      figures.positionErrors.push(`${this.at()}: venue ${theirs}, engine ${engine.position.lots}`);
    if (settled && booked < 0) figures.missedFills.push(`${this.at()}: ${booked}`);
    const nowUs = this.clock.nowUs();
    const waiting = [...this.unknownSince.values()].some((us) => nowUs - us > this.settleUs);
    if (waiting) figures.unsettled.push(this.at());
    if (!engine.numbers.privateUp || !engine.numbers.publicUp) figures.notHealed.push(this.at());
  }

  private at(): string {
    return `${this.seed} at ${(this.clock.nowUs() - START_US) / 1e6} s`;
  }
}
