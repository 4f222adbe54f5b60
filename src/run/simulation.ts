// Drives one engine against one simulated venue over one stream of rows: a merge of five clocks (rows at the venue,
// rows at the bot, orders arriving, replies returning, timers). Hot path: flat, synchronous, allocation-free.
// The same merge serves the backtest (as fast as it can) and `mm run` (up to the present moment).
import type { Engine } from '#engine/engine';
import type { EngineEvent } from '#core/messages';
import type { MarketRows, RowBlock, RowSource } from '#core/rows';
import { ROW_GAP, applyRow } from '#core/rows';
import type { Micros, SpanMicros } from '#core/units';
import { TimedBlock } from '#sim/feed-delay';
import type { SimVenue } from '#sim/venue';

export interface SimulationParts {
  readonly source: RowSource;
  readonly venue: SimVenue;
  readonly engine: Engine;
  /** From venue to bot, for rows whose blocks do not say (TimedBlock does). */
  readonly feed: SpanMicros;
  /** How often the bot asks the venue for its account and open orders. */
  readonly reportEvery: { readonly account: SpanMicros; readonly openOrders: SpanMicros };
  /** Looks at the venue's book for the report, at the first rows at or after `dueUs`; null = never. */
  readonly probe: Probe | null;
}

export interface Probe {
  dueUs: number;
  take(nowUs: Micros): void;
  /** A hole of the recording has just ended. */
  gap(fromUs: Micros, toUs: Micros): void;
}

const NO_TIMES = new Float64Array(0);

export class Simulation {
  /** Time of the last thing that happened. */
  nowUs = 0 as Micros;
  rows = 0;
  settles = 0;
  /** Go on with orders, replies and timers after the last row (a live run must see its cancels answered). */
  draining = false;
  private readonly queue: RowBlock[] = [];
  private readonly spare: RowBlock[] = [];
  private venueBlock: RowBlock | null = null;
  /** When the rows of these blocks happen: the recorder's clock, or what a TimedBlock says. */
  private venueTimes: Float64Array = NO_TIMES;
  private botTimes: Float64Array = NO_TIMES;
  private botFeed = 0;
  private venueIndex = 0;
  private venueUs = Infinity;
  private botBlock: RowBlock | null = null;
  private botIndex = 0;
  private botUs = Infinity;
  private accountUs = Infinity;
  private ordersUs = Infinity;
  private readonly deliverTo: (event: EngineEvent) => void;

  constructor(private readonly parts: SimulationParts) {
    const { engine } = parts;
    this.deliverTo = (event) => engine.handle(event);
    this.loadVenueBlock();
    if (this.venueBlock !== null) {
      this.nowUs = this.venueUs as Micros;
      // There is no wire that could be down.
      for (const channel of ['public', 'private'] as const) {
        engine.handle({ kind: 'link', us: this.nowUs, channel, state: 'up', detail: 'simulated' });
      }
      this.accountUs = this.venueUs + parts.reportEvery.account;
      this.ordersUs = this.venueUs + parts.reportEvery.openOrders;
    }
  }

  /** True when every row has reached the bot. */
  get exhausted(): boolean {
    return this.venueBlock === null && this.botBlock === null;
  }

  /** When something next happens; Infinity when rows, orders and replies are all used up. */
  get nextUs(): number {
    const { venue, engine } = this.parts;
    return Math.min(
      this.venueUs, this.botUs, venue.nextArrivalUs, venue.nextReplyUs, engine.nextWakeUs,
    ); // prettier-ignore
  }

  /** Applies everything that happens up to and including `limitUs`, in order of time. */
  advanceTo(limitUs: number): void {
    const { venue, engine } = this.parts;
    const { exchange } = venue;
    for (;;) {
      const arrival = venue.nextArrivalUs;
      const reply = venue.nextReplyUs;
      const wake = engine.nextWakeUs;
      let other = this.botUs < arrival ? this.botUs : arrival;
      if (reply < other) other = reply;
      if (wake < other) other = wake;
      if (this.accountUs < other) other = this.accountUs;
      if (this.venueUs <= other) {
        if (this.venueUs > limitUs || this.venueUs === Infinity) return;
        this.nowUs = this.venueUs as Micros;
        exchange.nowUs = this.nowUs;
        this.venueRows(exchange, other < limitUs ? other : limitUs);
        continue;
      }
      if (other > limitUs || (this.exhausted && !this.draining)) return;
      this.nowUs = other as Micros;
      this.others(other, arrival, reply);
    }
  }

  /** Everything due at `now` that is no row at the venue; the bot settles once if anything reached it. */
  private others(now: number, arrival: number, reply: number): void {
    const { venue, engine, reportEvery } = this.parts;
    const us = now as Micros;
    if (arrival === now) venue.arrive(us);
    if (this.accountUs === now) {
      venue.reportAccount(us);
      this.accountUs = now + reportEvery.account;
      if (now >= this.ordersUs) {
        venue.reportOpenOrders(us);
        this.ordersUs = now + reportEvery.openOrders;
      }
    }
    let reached = engine.nextWakeUs <= now;
    if (reply === now) {
      venue.deliver(us, this.deliverTo);
      reached = true;
    }
    if (this.botUs === now) {
      engine.now.us = us; // prints carry the time at which they reached the bot
      this.botRows(engine);
      reached = true;
    }
    if (reached) {
      this.settles += 1;
      engine.now.us = us;
      engine.settleNow();
    }
  }

  /** Rows at the venue up to `until`, one instant at a time. */
  private venueRows(exchange: { nowUs: Micros } & MarketRows, until: number): void {
    let block = this.venueBlock;
    const { probe, venue } = this.parts;
    while (block !== null && this.venueUs <= until) {
      const us = this.venueUs;
      this.nowUs = us as Micros;
      exchange.nowUs = us as Micros;
      const times = this.venueTimes;
      const { count } = block;
      let i = this.venueIndex;
      if (block.kind[i] === ROW_GAP && probe !== null)
        probe.gap(block.exchangeUs[i] as Micros, us as Micros);
      while (i < count && times[i] === us) {
        applyRow(block, i, exchange);
        i += 1;
      }
      this.rows += i - this.venueIndex;
      this.venueIndex = i;
      if (i < count) this.venueUs = times[i] as number;
      else this.loadVenueBlock();
      block = this.venueBlock;
      if (probe !== null && us >= probe.dueUs && this.venueUs !== us) probe.take(us as Micros);
      // A fill may have scheduled a reply that is due before the next row.
      if (venue.nextReplyUs < this.venueUs) return;
    }
  }

  private botRows(engine: MarketRows): void {
    const us = this.botUs;
    let block = this.botBlock;
    while (block !== null && this.botUs === us) {
      const times = this.botTimes;
      const stamp = us - this.botFeed;
      const { count } = block;
      let i = this.botIndex;
      while (i < count && times[i] === stamp) {
        applyRow(block, i, engine);
        i += 1;
      }
      this.botIndex = i;
      if (i < count) this.botUs = (times[i] as number) + this.botFeed;
      else this.nextBotBlock();
      block = this.botBlock;
    }
  }

  private loadVenueBlock(): void {
    let block: RowBlock | null;
    do block = this.parts.source.next(this.spare.pop());
    while (block !== null && block.count === 0);
    this.venueBlock = block;
    this.venueIndex = 0;
    this.venueUs = Infinity;
    if (block === null) return;
    this.venueTimes = block instanceof TimedBlock ? block.venueUs : block.localUs;
    this.venueUs = this.venueTimes[0] as number;
    this.queue.push(block);
    if (this.botBlock === null) this.nextBotBlock();
  }

  /** Gives the block that the bot has finished back to the source and goes on to the next one, if it is there. */
  private nextBotBlock(): void {
    if (this.botBlock !== null) {
      this.spare.push(this.botBlock);
      this.queue.shift();
    }
    const block = this.queue[0] ?? null;
    this.botBlock = block;
    this.botIndex = 0;
    this.botUs = Infinity;
    if (block === null) return;
    const timed = block instanceof TimedBlock;
    this.botTimes = timed ? block.botUs : block.localUs;
    this.botFeed = timed ? 0 : this.parts.feed;
    this.botUs = (this.botTimes[0] as number) + this.botFeed;
  }
}
