// Drives one engine against one simulated venue over one stream of rows: a merge of five clocks (rows at the venue,
// rows at the bot, orders arriving, replies returning, timers). Hot path: flat, synchronous, allocation-free.
// The same merge serves the backtest (as fast as it can) and `mm run` (up to the present moment).
import type { Engine } from '#engine/engine';
import type { EngineEvent } from '#core/messages';
import type { RowBlock, RowSource } from '#core/rows';
import { ROW_GAP, ROW_LEVEL, applyRows } from '#core/rows';
import type { Micros, SpanMicros } from '#core/units';
import { TimedBlock } from '#sim/feed-delay';
import type { SimVenue } from '#sim/venue';
import { DUE, NEXT, NOW as BOT_NOW, PASSED, REST } from './bot-rows.js';
import type { BotRows } from './bot-rows.js';
import { nextFilled } from './next-filled.js';
import { RowEcho } from './row-echo.js';
import { ToldRows } from './told-rows.js';

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
const LEVELS_ONLY = 1 << ROW_LEVEL;

/** Where the clocks of a simulation stand in their array: V8 boxes a double field anew whenever it takes another one. */
const NOW = 0;
const VENUE = 1;
const ACCOUNT = 2;
const ORDERS = 3;
const UNTIL = 4;

export class Simulation {
  rows = 0;
  /** Go on with orders, replies and timers after the last row (a live run must see its cancels answered). */
  draining = false;
  private block: RowBlock | null = null;
  /** When the rows of this block happen, and when the bot sees them where that is not one constant later. */
  private times: Float64Array = NO_TIMES;
  private seenTimes: Float64Array = NO_TIMES;
  private index = 0;
  /** Now, the next row at the venue, the next reports, how far the venue's rows may go. */
  private readonly at = new Float64Array([0, Infinity, Infinity, Infinity, Infinity]);
  private readonly deliverTo: (event: EngineEvent) => void;

  /** Taken out of the parts, whose shape depends on who put them together. */
  private readonly venue: SimVenue;
  private readonly engine: Engine;
  private readonly probe: Probe | null;
  private readonly bot: BotRows;

  constructor(private readonly parts: SimulationParts) {
    const { venue, engine, probe, told, feed } = parts;
    this.venue = venue;
    this.engine = engine;
    this.probe = probe;
    this.deliverTo = (event) => engine.handle(event);
    this.bot = told ? new ToldRows(told, engine, feed) : new RowEcho(venue.exchange, engine, feed);
    this.load();
    if (this.block !== null) {
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
    return this.block === null && this.bot.clock[NEXT] === Infinity;
  }

  /** When something next happens; Infinity when rows, orders and replies are all used up. */
  get nextUs(): number {
    const { venue, engine, bot } = this;
    const botUs = bot.clock[NEXT] as number;
    return Math.min(
      this.at[VENUE] as number, botUs, venue.nextArrivalUs, venue.nextReplyUs, engine.nextWakeUs,
    ); // prettier-ignore
  }

  /**
   * Applies everything that happens up to and including `limitUs`, in order of time. The bot settles once at a time if
   * anything reached it.
   */
  advanceTo(limitUs: number): void {
    const { at, venue, engine, bot } = this;
    const { clock } = bot;
    bot.looked(); // whoever drives us may have told the engine something
    for (;;) {
      const arrival = venue.nextArrivalUs;
      const reply = venue.nextReplyUs;
      const venueUs = at[VENUE] as number;
      let wake: number = engine.nextWakeUs;
      // After the last row nobody knows that nothing comes before: the bot wakes as it likes.
      if (wake < (clock[REST] as number) && venueUs < Infinity) wake = clock[REST] as number;
      let other = clock[DUE] as number;
      if (arrival < other) other = arrival;
      if (reply < other) other = reply;
      if (wake < other) other = wake;
      if ((at[ACCOUNT] as number) < other) other = at[ACCOUNT] as number;
      if (venueUs <= other) {
        if (venueUs > limitUs || venueUs === Infinity) break;
        at[UNTIL] = other < limitUs ? other : limitUs;
        this.venueRows();
        if (this.block === null) this.seen(false);
        continue;
      }
      if (other > limitUs) break;
      clock[BOT_NOW] = other;
      if (this.seen(false)) continue; // rows seen meanwhile put the wake off
      if (this.exhausted && !this.draining) break;
      at[NOW] = other;
      this.others();
    }
    clock[BOT_NOW] = this.exhausted ? (at[NOW] as number) : limitUs;
    this.seen(true);
  }

  /** Everything due now that is no row at the venue; the bot settles once if anything reached it. */
  private others(): void {
    const { at, venue, engine, bot } = this;
    const reply = venue.nextReplyUs;
    if (venue.nextArrivalUs === at[NOW]) venue.arrive(at[NOW] as Micros);
    if (at[ACCOUNT] === at[NOW]) this.report();
    let reached = engine.nextWakeUs <= (at[NOW] as number);
    if (reply === at[NOW]) {
      venue.deliver(at[NOW] as Micros, this.deliverTo);
      reached = true;
    }
    if (bot.clock[NEXT] === at[NOW]) {
      engine.now.us = at[NOW] as Micros; // prints carry the time at which they reached the bot
      bot.give();
      reached = true;
    }
    if (!reached) return;
    engine.now.us = at[NOW] as Micros;
    engine.settleNow();
    bot.looked();
  }

  /** The bot asks the venue for its account, and now and then for its open orders. */
  private report(): void {
    const { at, venue } = this;
    const us = at[NOW] as Micros;
    const { reportEvery } = this.parts;
    venue.reportAccount(us);
    at[ACCOUNT] = us + reportEvery.account;
    if (us < (at[ORDERS] as number)) return;
    venue.reportOpenOrders(us);
    at[ORDERS] = us + reportEvery.openOrders;
  }

  /** What the bot need not look at is past. True when there was any. */
  private seen(through: boolean): boolean {
    const { at, bot } = this;
    if (!bot.pass(through)) return false;
    const us = bot.clock[PASSED] as number;
    if (us > (at[NOW] as number)) at[NOW] = us;
    return true;
  }

  /** Rows at the venue up to `UNTIL`, one instant (as the bot sees it, too) at a time. */
  private venueRows(): void {
    const { at, probe, venue, bot } = this;
    const { exchange } = venue;
    const { clock } = bot;
    let { block } = this;
    while (block !== null && (at[VENUE] as number) <= (at[UNTIL] as number)) {
      const us = at[VENUE] as Micros;
      at[NOW] = us;
      exchange.nowUs = us;
      const { times, seenTimes } = this;
      const { count, kind } = block;
      const from = this.index;
      const seenUs = seenTimes[from];
      const together = seenTimes === times;
      let i = from;
      let kinds = 0;
      if (probe !== null && kind[i] === ROW_GAP) probe.gap(block.exchangeUs[i] as Micros, us);
      for (; i < count && times[i] === us && (together || seenTimes[i] === seenUs); i += 1)
        kinds |= 1 << (kind[i] as number);
      if (kinds === LEVELS_ONLY) exchange.levelRun(block, from, i);
      else applyRows(block, from, i, exchange);
      this.rows += i - from;
      this.index = i;
      clock[BOT_NOW] = us;
      bot.happened(from, i, kinds);
      if ((clock[DUE] as number) < (at[UNTIL] as number)) at[UNTIL] = clock[DUE] as number;
      if (i < count) at[VENUE] = times[i] as number;
      else this.load();
      block = this.block;
      if (probe !== null && us >= probe.dueUs && at[VENUE] !== us) probe.take(us);
      // A fill may have scheduled a reply that is due before the next row.
      if (venue.nextReplyUs < (at[VENUE] as number)) return;
    }
  }

  private load(): void {
    const block = nextFilled(this.parts.source, this.bot.reusable(this.block));
    this.block = block;
    this.index = 0;
    this.at[VENUE] = Infinity;
    if (block === null) return;
    const timed = block instanceof TimedBlock;
    this.times = timed ? block.venueUs : block.localUs;
    this.seenTimes = timed ? block.botUs : block.localUs;
    this.at[VENUE] = this.times[0] as number;
    this.bot.began(block);
  }
}
