// Drives one engine against one simulated venue over one stream of rows: a merge of five clocks (rows at the venue,
// rows at the bot, orders arriving, replies returning, timers). Hot path: flat, synchronous, allocation-free.
// The same merge serves the backtest (as fast as it can) and `mm run` (up to the present moment).
import type { Engine } from '#engine/engine';
import type { EngineEvent } from '#core/messages';
import type { RowBlock, RowSource } from '#core/rows';
import { ROW_GAP, applyRows } from '#core/rows';
import type { Micros, SpanMicros } from '#core/units';
import { TimedBlock } from '#sim/feed-delay';
import type { SimVenue } from '#sim/venue';

export interface SimulationParts {
  readonly source: RowSource;
  /** What the venue tells the bot of it, where that is something else than the rows themselves. */
  readonly told?: RowSource;
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

/** Where the clocks of a simulation stand in their array: V8 boxes a double field anew whenever it takes another one. */
const NOW = 0;
const VENUE = 1;
const BOT = 2;
const ACCOUNT = 3;
const ORDERS = 4;
const UNTIL = 5;

export class Simulation {
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
  private botBlock: RowBlock | null = null;
  private botIndex = 0;
  /** Now, the next row at the venue and at the bot, the next reports, how far the venue's rows may go. */
  private readonly at = new Float64Array([0, Infinity, Infinity, Infinity, Infinity, Infinity]);
  private readonly deliverTo: (event: EngineEvent) => void;

  /** Taken out of the parts, whose shape depends on who put them together. */
  private readonly venue: SimVenue;
  private readonly engine: Engine;
  private readonly probe: Probe | null;

  constructor(private readonly parts: SimulationParts) {
    const { venue, engine, probe } = parts;
    this.venue = venue;
    this.engine = engine;
    this.probe = probe;
    this.deliverTo = (event) => engine.handle(event);
    this.loadVenueBlock();
    if (this.venueBlock !== null) {
      const { at } = this;
      const firstUs = at[VENUE] as Micros;
      at[NOW] = firstUs;
      // There is no wire that could be down.
      for (const channel of ['public', 'private'] as const) {
        engine.handle({ kind: 'link', us: firstUs, channel, state: 'up', detail: 'simulated' });
      }
      at[ACCOUNT] = firstUs + parts.reportEvery.account;
      at[ORDERS] = firstUs + parts.reportEvery.openOrders;
    }
  }

  /** Time of the last thing that happened. */
  get nowUs(): Micros {
    return this.at[NOW] as Micros;
  }

  /** True when every row has reached the bot. */
  get exhausted(): boolean {
    return this.venueBlock === null && this.botBlock === null;
  }

  /** When something next happens; Infinity when rows, orders and replies are all used up. */
  get nextUs(): number {
    const { venue, engine } = this;
    const [, venueUs, botUs] = this.at;
    return Math.min(
      venueUs as number, botUs as number, venue.nextArrivalUs, venue.nextReplyUs, engine.nextWakeUs,
    ); // prettier-ignore
  }

  /** Applies everything that happens up to and including `limitUs`, in order of time. */
  advanceTo(limitUs: number): void {
    const { at, venue, engine } = this;
    for (;;) {
      const arrival = venue.nextArrivalUs;
      const reply = venue.nextReplyUs;
      const wake = engine.nextWakeUs;
      let other = at[BOT] as number;
      if (arrival < other) other = arrival;
      if (reply < other) other = reply;
      if (wake < other) other = wake;
      if ((at[ACCOUNT] as number) < other) other = at[ACCOUNT] as number;
      const venueUs = at[VENUE] as number;
      if (venueUs <= other) {
        if (venueUs > limitUs || venueUs === Infinity) return;
        at[UNTIL] = other < limitUs ? other : limitUs;
        this.venueRows();
        continue;
      }
      if (other > limitUs || (this.exhausted && !this.draining)) return;
      at[NOW] = other;
      this.others();
    }
  }

  /** Everything due now that is no row at the venue; the bot settles once if anything reached it. */
  private others(): void {
    const { at, venue, engine } = this;
    const us = at[NOW] as Micros;
    const reply = venue.nextReplyUs;
    if (venue.nextArrivalUs === us) venue.arrive(us);
    if (at[ACCOUNT] === us) {
      const { reportEvery } = this.parts;
      venue.reportAccount(us);
      at[ACCOUNT] = us + reportEvery.account;
      if (us >= (at[ORDERS] as number)) {
        venue.reportOpenOrders(us);
        at[ORDERS] = us + reportEvery.openOrders;
      }
    }
    let reached = engine.nextWakeUs <= us;
    if (reply === us) {
      venue.deliver(us, this.deliverTo);
      reached = true;
    }
    if (at[BOT] === us) {
      engine.now.us = us; // prints carry the time at which they reached the bot
      this.botRows();
      reached = true;
    }
    if (reached) {
      this.settles += 1;
      engine.now.us = us;
      engine.settleNow();
    }
  }

  /** Rows at the venue up to `UNTIL`, one instant at a time. */
  private venueRows(): void {
    const { at, probe, venue } = this;
    const { exchange } = venue;
    let block = this.venueBlock;
    while (block !== null && (at[VENUE] as number) <= (at[UNTIL] as number)) {
      const us = at[VENUE] as Micros;
      at[NOW] = us;
      exchange.nowUs = us;
      const times = this.venueTimes;
      const { count } = block;
      const from = this.venueIndex;
      let i = from;
      if (probe !== null && block.kind[i] === ROW_GAP) probe.gap(block.exchangeUs[i] as Micros, us);
      while (i < count && times[i] === us) i += 1;
      applyRows(block, from, i, exchange);
      this.rows += i - from;
      this.venueIndex = i;
      if (i < count) at[VENUE] = times[i] as number;
      else this.loadVenueBlock();
      block = this.venueBlock;
      if (probe !== null && us >= probe.dueUs && at[VENUE] !== us) probe.take(us);
      // A fill may have scheduled a reply that is due before the next row.
      if (venue.nextReplyUs < (at[VENUE] as number)) return;
    }
  }

  private botRows(): void {
    const { at, engine } = this;
    const us = at[BOT] as number;
    let block = this.botBlock;
    while (block !== null && at[BOT] === us) {
      const times = this.botTimes;
      const stamp = us - this.botFeed;
      const { count } = block;
      const from = this.botIndex;
      let i = from;
      while (i < count && times[i] === stamp) i += 1;
      applyRows(block, from, i, engine);
      this.botIndex = i;
      if (i < count) at[BOT] = (times[i] as number) + this.botFeed;
      else this.nextBotBlock();
      block = this.botBlock;
    }
  }

  private loadVenueBlock(): void {
    const { told } = this.parts;
    if (told !== undefined && this.venueBlock !== null) this.spare.push(this.venueBlock);
    const block = filled(this.parts.source, this.spare.pop());
    this.venueBlock = block;
    this.venueIndex = 0;
    this.at[VENUE] = Infinity;
    if (block === null) return;
    this.venueTimes = block instanceof TimedBlock ? block.venueUs : block.localUs;
    this.at[VENUE] = this.venueTimes[0] as number;
    if (told === undefined) this.queue.push(block);
    if (this.botBlock === null) this.nextBotBlock();
  }

  /** Gives the block that the bot has finished back to the source and goes on to the next one, if it is there. */
  private nextBotBlock(): void {
    const block = this.parts.told
      ? filled(this.parts.told, this.botBlock ?? undefined)
      : this.nextOfQueue();
    this.botBlock = block;
    this.botIndex = 0;
    this.at[BOT] = Infinity;
    if (block === null) return;
    const timed = block instanceof TimedBlock;
    this.botTimes = timed ? block.botUs : block.localUs;
    this.botFeed = timed ? 0 : this.parts.feed;
    this.at[BOT] = (this.botTimes[0] as number) + this.botFeed;
  }

  private nextOfQueue(): RowBlock | null {
    if (this.botBlock !== null) {
      this.spare.push(this.botBlock);
      this.queue.shift();
    }
    return this.queue[0] ?? null;
  }
}

/** The next block that has rows; null at the end. */
function filled(source: RowSource, reuse: RowBlock | undefined): RowBlock | null {
  let block = source.next(reuse);
  while (block !== null && block.count === 0) block = source.next(block);
  return block;
}
