// Watches one simulated run and keeps what the report needs, as growing columns: fills with the venue's mid at and after
// them, equity, inventory, clamps, states. It changes nothing and is no part of the per-row path.
import { MARKOUT_HORIZONS, MarkoutTracker } from '#core/markout';
import type { Instrument } from '#core/instrument';
import type { BreakerStateName, Trip } from '#core/guard';
import type { Command, EngineEvent, FundingPaid } from '#core/messages';
import type { EngineObserver } from '#core/ports';
import type { Decision, View } from '#core/strategy';
import type { Lots, Micros, Money, Side, TickPrice, Ticks } from '#core/units';
import type { Trace } from './trace.js';

const HOUR_US = 3_600e6;
const EQUITY_EVERY_US = 1e6;
const LEVEL_EVERY_US = 5e6;

/** One fill as the report sees it; `mids` are the venue's mids 1, 5, 30 and 60 s later, 0 when there was none. */
export interface FillRecord {
  readonly us: Micros;
  readonly side: Side;
  readonly ticks: Ticks;
  readonly lots: Lots;
  readonly fee: Money;
  readonly maker: boolean;
  readonly gap: boolean;
  /** Mid at the fill, 0 when the book was one-sided. */
  readonly mid: TickPrice;
  readonly mids: Float64Array;
  /** 1 where that mid is the first after a short hole of the recording. */
  readonly bridged: Uint8Array;
}

/** Reads the venue-side account at a probe. */
export interface AccountView {
  readonly pnl: Money;
  readonly lots: Lots;
  readonly mid: TickPrice;
  /** What values the position; 0 before there is a price. */
  readonly mark: TickPrice;
}

/** Time-weighted sums: of a value, its square, its largest magnitude. */
class TimeWeighted {
  total = 0;
  private sum = 0;
  private squares = 0;
  max = 0;
  add(value: number, seconds: number): void {
    this.total += seconds;
    this.sum += value * seconds;
    this.squares += value * value * seconds;
    if (seconds > 0) this.max = Math.max(this.max, Math.abs(value));
  }
  get mean(): number {
    return this.total > 0 ? this.sum / this.total : 0;
  }
  get std(): number {
    if (this.total === 0) return 0;
    return Math.sqrt(Math.max(0, this.squares / this.total - this.mean * this.mean));
  }
}

export class Collector implements EngineObserver {
  readonly fills: FillRecord[] = [];
  readonly funding: FundingPaid[] = [];
  readonly inventory = new TimeWeighted();
  readonly hourlyInventory = new Map<number, TimeWeighted>();
  /** Microseconds during which each clamp acted on the decision in force. */
  readonly clampUs = new Map<string, number>();
  readonly stateSeconds = new Map<string, number>();
  readonly halts: string[] = [];
  /** Decisions on measured parameters. */
  measured = 0;
  /** Withdrawals because of a jump. */
  jumps = 0;
  /** P&L at the end of each hour, by hour number since the epoch. */
  readonly hourlyPnl = new Map<number, Money>();
  /** P&L every 5 s, as two columns: what blocks of time are cut from. */
  readonly levels = { us: [] as number[], pnl: [] as Money[] };
  decisions = 0;
  postedLots = 0;
  maxDrawdown = 0;
  startUs = 0 as Micros;
  endUs = 0 as Micros;
  lastPnl = 0 as Money;
  lastLots = 0 as Lots;
  lastMark = 0 as TickPrice;
  unitLots = 1 as Lots;
  dueUs = 0;
  private peak: number;
  /** Without a trace nobody looks at the market at each decision. */
  readonly onStood?: (nowUs: Micros, looks: number) => void;
  private measuring = false;
  private readonly tracker: MarkoutTracker;
  private clamps: readonly string[] = [];
  private clampsUs = 0;
  private state: BreakerStateName = 'running';
  private stateUs = 0;

  constructor(
    private readonly instrument: Instrument,
    private readonly capital: Money,
    private readonly account: () => AccountView,
    /** For the report of a run that is kept. */
    readonly trace: Trace | null = null,
  ) {
    this.peak = capital;
    if (trace === null) this.onStood = this.stood.bind(this);
    this.tracker = new MarkoutTracker(MARKOUT_HORIZONS, 1024, (id, horizon, mid, bridged) => {
      const fill = this.fills[id];
      if (!fill) return;
      fill.mids[horizon] = mid;
      fill.bridged[horizon] = bridged ? 1 : 0;
    });
  }

  /** The venue matched one of our orders (venue time, venue mid). */
  recordFill(fill: Omit<FillRecord, 'mids' | 'bridged'>): void {
    this.weighInventory(fill.us);
    this.tracker.add(fill.us, fill.side, fill.ticks, this.fills.length);
    const { length } = MARKOUT_HORIZONS;
    this.fills.push({ ...fill, mids: new Float64Array(length), bridged: new Uint8Array(length) });
    this.lastLots = this.account().lots;
    this.trace?.onFill(fill.us, fill.side, fill.maker);
    this.dueUs = Math.min(this.dueUs, this.tracker.dueUs);
  }

  /** At the first rows at or after `dueUs`. */
  take(nowUs: Micros): void {
    const { pnl, lots, mid, mark } = this.account();
    if (this.startUs === 0) {
      this.startUs = nowUs;
      this.endUs = nowUs;
      this.clampsUs = nowUs;
      this.stateUs = nowUs;
    }
    this.weighInventory(nowUs);
    this.lastLots = lots;
    this.lastPnl = pnl;
    this.lastMark = mark;
    this.trace?.onSecond(nowUs, mid, mark);
    const equity = this.capital + pnl;
    if (equity > this.peak) this.peak = equity;
    this.maxDrawdown = Math.max(this.maxDrawdown, (this.peak - equity) / this.peak);
    this.hourlyPnl.set(Math.floor(nowUs / HOUR_US), pnl);
    if (nowUs >= (this.levels.us.at(-1) ?? -Infinity) + LEVEL_EVERY_US) {
      this.levels.us.push(nowUs);
      this.levels.pnl.push(pnl);
    }
    if (mid > 0) this.tracker.advance(nowUs, mid);
    this.dueUs = Math.min(nowUs + EQUITY_EVERY_US, this.tracker.dueUs);
  }

  /** A hole of the recording has just ended. */
  gap(fromUs: Micros, toUs: Micros): void {
    this.tracker.gap(fromUs, toUs);
  }

  /** Of the markouts at horizon `index`: settled across a hole. */
  bridged(index: number): number {
    return this.tracker.bridged[index] ?? 0;
  }

  onEvent(_nowUs: Micros, event: EngineEvent): void {
    if (event.kind === 'funding') this.funding.push(event);
    this.trace?.onEvent(event);
  }

  onDecision(nowUs: Micros, view: View, decision: Decision, commands: readonly Command[]): void {
    this.decisions += 1;
    this.trace?.onDecision(nowUs, view, commands);
    this.measuring = view.market.source === 'dynamic';
    if (this.measuring) this.measured += 1;
    this.unitLots = view.unitLots;
    this.weighClamps(nowUs);
    this.clamps = decision.reason.clamps.map((clamp) => clamp.name);
    for (const command of commands) {
      if (command.kind === 'place' && command.tif === 'post-only') this.postedLots += command.lots;
    }
  }

  private stood(nowUs: Micros, looks: number): void {
    this.decisions += looks;
    if (this.measuring) this.measured += looks;
    this.weighClamps(nowUs);
  }

  onTransition(
    nowUs: Micros,
    from: BreakerStateName,
    to: BreakerStateName,
    cause: Trip | null,
  ): void {
    this.weighState(nowUs);
    this.state = to;
    if (cause?.guard === 'jump' && from !== to) this.jumps += 1;
    if (to === 'paused' || to === 'latched') {
      const why = cause ? `${cause.guard}: ${cause.reason}` : 'unknown';
      this.halts.push(`${new Date(nowUs / 1000).toISOString()} ${from} -> ${to}: ${why}`);
    }
  }

  /** Closes the books of the run. */
  finish(nowUs: Micros): void {
    this.take(nowUs);
    this.weighClamps(nowUs);
    this.weighState(nowUs);
  }

  private weighInventory(nowUs: Micros): void {
    if (this.startUs === 0) return;
    const seconds = Math.max(0, (nowUs - this.endUs) / 1e6);
    const hour = Math.floor(nowUs / HOUR_US);
    let hourly = this.hourlyInventory.get(hour);
    if (!hourly) this.hourlyInventory.set(hour, (hourly = new TimeWeighted()));
    const units = this.lastLots / this.unitLots;
    this.inventory.add(units, seconds);
    hourly.add(units, seconds);
    this.endUs = Math.max(this.endUs, nowUs) as Micros;
  }

  private weighClamps(nowUs: Micros): void {
    if (this.clampsUs === 0) this.clampsUs = nowUs;
    const us = Math.max(0, nowUs - this.clampsUs);
    for (const name of new Set(this.clamps)) {
      this.clampUs.set(name, (this.clampUs.get(name) ?? 0) + us);
    }
    this.clampsUs = nowUs;
  }

  private weighState(nowUs: Micros): void {
    if (this.stateUs === 0) this.stateUs = nowUs;
    const seconds = Math.max(0, (nowUs - this.stateUs) / 1e6);
    this.stateSeconds.set(this.state, (this.stateSeconds.get(this.state) ?? 0) + seconds);
    this.stateUs = nowUs;
  }

  notionalOf({ lots, ticks }: FillRecord): Money {
    return this.instrument.notional(lots, ticks);
  }

  /** Money value of one fill's edge against a later mid: side x (worth at mid - worth at price). */
  edge(fill: FillRecord, mid: number): Money {
    const lots = (fill.side * fill.lots) as Lots;
    const then = this.instrument.worth(lots, mid as TickPrice);
    return (then - this.instrument.worth(lots, fill.ticks)) as Money;
  }
}
