// A rig for the engine: a strategy that wants what the test says, a breaker without guards, a sink that remembers.
// Ticks of $0.1 and lots of 0.001: at 200,000 ticks ($20,000) a lot is worth $20 and 20 ticks are 1 bp.
import type {
  AccountNumbers,
  Breaker,
  BreakerSnapshot,
  BreakerStateName,
  CheckedDecision,
  Trip,
} from '#core/guard';
import type { Command, EngineEvent, Fill } from '#core/messages';
import { moneyFromNumber } from '#core/money';
import type { EngineParams } from '#core/params';
import type { CommandSink, EngineObserver } from '#core/ports';
import type { Decision, Immediate, Quote, Reason, Strategy, View } from '#core/strategy';
import type { Bps, Lots, Micros, Money, Side, TickPrice, Ticks } from '#core/units';
import { ASK, BID } from '#core/units';
import { Engine, type EngineParts } from '#engine/engine';
import { atDistance, placeTicks } from '#core/placement';
import { BTC } from '../support/core-instruments.js';

export const MS = 1_000;
export const SECOND = 1_000_000;
export const START = 1_700_000_000_000_000 as Micros;
export const MID = 200_000;
export const dollars = (amount: number): Money => moneyFromNumber(amount);

export const PARAMS: EngineParams = {
  strategy: {
    model: 'as',
    glftSolution: 'exact',
    market: { sigma: 0.7, kappa: 1.2, alpha: 0.2, epsilon: 0.2 } as never,
    risk: { kind: 'inventory-std', units: 2 },
    horizon: 300 as never,
    session: null,
    levels: 1,
    levelStep: null,
    sizeShape: 'flat',
    minSpread: 1 as Bps,
    maxSpread: 50 as Bps,
    makerFee: 2_000_000 as never,
    placement: 'behind',
    prdPerSide: 'full',
    skewMax: 1 as never,
    prdAddCosts: false,
  },
  wake: {
    check: (5 * SECOND) as never,
    refresh: (60 * SECOND) as never,
    requote: { near: 0.4 as Bps, far: 1.25 as Bps },
    requoteInterval: (250 * MS) as never,
    fillWake: true,
  },
  risk: {
    capital: dollars(5_000),
    positionLimit: dollars(1_000),
    hardLimitFactor: 1.5,
    maxDailyLoss: 0.05 as never,
    maxDailyLossUsd: null,
    maxDrawdown: 0.2 as never,
    maxDrawdownUsd: null,
    maxLeverage: 1,
    maxMarketSpread: 20 as Bps,
    priceBand: 50 as Bps,
    staleAfter: (2 * SECOND) as never,
    healthyFor: (5 * SECOND) as never,
    onHalt: 'hold',
  },
  venue: { amend: false, ordersPerSecond: 1_000, orderBurst: 1_000 },
  fair: 'mid',
  size: dollars(105),
};
/** At $20 a lot: 5 lots a unit (with room for small moves), soft limit 50 lots, hard limit 75. */
export const UNIT = 5;
export const HARD = 75;

/** Trips and states as the test sets them; otherwise everything is allowed. */
export class FakeBreaker implements Breaker {
  state: BreakerStateName = 'running';
  cause: Trip | null = null;
  untilUs = 0 as Micros;
  /** What the next onSettle answers, and the state it moves to first. */
  next: BreakerStateName | null = null;
  /** A trip since the last onSettle: the next one asks for the cancel too, as the real breaker does. */
  owed = false;
  veto = false;
  trim: ((decision: Decision) => Decision) | null = null;
  readonly trips: Trip[] = [];
  readonly orders: string[] = [];
  readonly fills: Fill[] = [];
  seen: AccountNumbers | null = null;

  onSettle(numbers: AccountNumbers): boolean {
    this.seen = numbers;
    if (this.untilUs > 0 && numbers.nowUs >= this.untilUs) {
      this.state = 'running';
      this.untilUs = 0 as Micros;
    }
    const owed = this.owed || this.next !== null;
    if (this.next !== null) this.state = this.next;
    this.next = null;
    this.owed = false;
    return owed && this.state !== 'running' && this.state !== 'reducing';
  }

  onDecision(_view: View, decision: Decision): CheckedDecision | null {
    if (this.veto) return null;
    return (this.trim === null ? decision : this.trim(decision)) as CheckedDecision;
  }

  onFill(fill: Fill): void {
    this.fills.push(fill);
  }

  operator(order: 'stop' | 'pause' | 'resume' | 'reset'): void {
    this.orders.push(order);
    if (order === 'stop') this.state = 'latched';
    else if (order === 'pause') this.state = 'withdrawn';
    else if (order === 'resume') this.state = this.state === 'latched' ? 'latched' : 'running';
    else this.state = 'running';
  }

  trip(trip: Trip): void {
    this.trips.push(trip);
    this.cause = trip;
    this.owed = true;
    const states = { reduce: 'reducing', withdraw: 'withdrawn', pause: 'paused', latch: 'latched' };
    this.state = states[trip.severity] as BreakerStateName;
    this.untilUs = trip.untilUs;
  }

  snapshot(): BreakerSnapshot {
    throw new Error('not used by the engine');
  }
}

export const REASON: Reason = {
  model: 'fake',
  inventory: 0 as never,
  shift: 0 as Bps,
  half: 2 as Bps,
  terms: [],
  clamps: [],
  withdrawn: null,
  withdrawForMs: 0,
};

/** Wants `levels` quotes a side at `bps` and outwards in steps of 1 bp, a unit in all on each level. */
export class FakeStrategy implements Strategy {
  readonly name = 'fake';
  bps = 2;
  /** Added to the distance of the bid, taken from that of the ask, per unit of inventory. */
  skew = 0;
  levels = 1;
  lots: number | null = null;
  sides: readonly Side[] = [BID, ASK];
  reduceOnly = false;
  immediate: Immediate | null = null;
  withdrawn: string | null = null;
  withdrawForMs = 0;
  readonly views: View[] = [];

  decide(view: View): Decision {
    this.views.push(view);
    const reason = { ...REASON, withdrawn: this.withdrawn, withdrawForMs: this.withdrawForMs };
    const placement = PARAMS.strategy.placement;
    const none = this.withdrawn !== null;
    const bids = none ? [] : this.quotes(view, BID);
    const asks = none ? [] : this.quotes(view, ASK);
    return { bids, asks, immediate: this.immediate, placement, reason };
  }

  private quotes(view: View, side: Side): Quote[] {
    if (!this.sides.includes(side)) return [];
    const quotes: Quote[] = [];
    for (let level = 0; level < this.levels; level += 1) {
      const shift = (side * this.skew * view.positionLots) / view.unitLots;
      const distance = (this.bps + level + shift) as Bps;
      const wanted = atDistance(side, view.fair, distance);
      const ticks = placeTicks(
        view.instrument, side, wanted, view.bidTicks, view.askTicks, 'behind',
      ); // prettier-ignore
      const lots = (this.lots ?? view.unitLots) as Lots;
      quotes.push({ level, ticks, lots, distance, reduceOnly: this.reduceOnly });
    }
    return quotes;
  }
}

export type Sent = Command & { us: number };

export interface RigOptions {
  readonly params?: EngineParams;
  readonly parts?: Partial<EngineParts>;
  readonly observer?: EngineObserver;
}

type Loose<E> = E extends EngineEvent ? Omit<E, 'us'> & { us?: Micros } : never;

/** Engine, fakes and everything that was sent, with the small steps that tests are made of. */
export class Rig implements CommandSink {
  readonly breaker = new FakeBreaker();
  readonly strategy = new FakeStrategy();
  readonly sent: Sent[] = [];
  /** The commands of the last settle. */
  batch: Command[] = [];
  readonly notes: string[] = [];
  readonly engine: Engine;
  now: number = START;
  private trades = 0;
  private touch: [number, number] | null = null;

  constructor(options: RigOptions = {}) {
    const observer = options.observer ?? { onNote: (_us, text) => void this.notes.push(text) };
    this.engine = new Engine({
      instrument: BTC,
      params: options.params ?? PARAMS,
      makeStrategy: () => this.strategy,
      breaker: this.breaker,
      sink: this,
      observer,
      start: { nowUs: START, firstOrdinal: 1, capital: dollars(5_000) },
      ...options.parts,
    });
  }

  send(nowUs: Micros, commands: readonly Command[]): void {
    this.batch = [...commands];
    for (const command of commands) this.sent.push({ ...command, us: nowUs });
  }

  /** Both links up, a book one tick wide around MID, settled: the first quotes go out. */
  up(): this {
    this.event({ kind: 'link', channel: 'public', state: 'up', detail: '' });
    this.event({ kind: 'link', channel: 'private', state: 'up', detail: '' });
    return this.book(MID - 0.5, MID + 0.5);
  }

  /** A new touch (fractions are rounded away from the mid), settled. */
  book(bid: number, ask: number): this {
    this.rows(bid, ask);
    return this.settle();
  }

  rows(bid: number, ask: number): this {
    const { engine } = this;
    const [oldBid, oldAsk] = this.touch ?? [0, 0];
    this.touch = [Math.floor(bid), Math.ceil(ask)];
    if (oldBid > 0) engine.level(BID, oldBid as Ticks, 0 as Lots);
    if (oldAsk > 0) engine.level(ASK, oldAsk as Ticks, 0 as Lots);
    engine.level(BID, this.touch[0] as Ticks, 100 as Lots);
    engine.level(ASK, this.touch[1] as Ticks, 100 as Lots);
    return this;
  }

  /** Moves the touch so that the mid moves by `ticks` from MID. */
  mid(ticks: number): this {
    return this.book(MID + ticks - 0.5, MID + ticks + 0.5);
  }

  settle(): this {
    this.batch = [];
    this.engine.settle(this.now as Micros);
    return this;
  }

  wait(us: number): this {
    this.now += us;
    return this.settle();
  }

  /** Goes to the engine's next wake, as a host does. */
  toWake(): this {
    this.now = Math.max(this.now, this.engine.nextWakeUs);
    return this.settle();
  }

  event(event: Loose<EngineEvent>): this {
    this.engine.handle({ ...event, us: (event.us ?? this.now) as Micros } as EngineEvent);
    return this;
  }

  accept(...ordinals: number[]): this {
    for (const ordinal of ordinals) this.event({ kind: 'accepted', ordinal });
    return this;
  }

  /** Accepts everything pending. */
  acceptAll(): this {
    for (const o of [...this.engine.orders]) if (o.phase === 'pending') this.accept(o.ordinal);
    return this;
  }

  closed(ordinal: number, filledLots = 0): this {
    return this.event({
      kind: 'closed',
      ordinal,
      reason: 'cancelled',
      filledLots: filledLots as Lots,
    });
  }

  fill(ordinal: number | null, side: Side, ticks: number, lots: number, id?: string): this {
    this.trades += 1;
    return this.event({
      kind: 'fill',
      tradeId: id ?? `t${this.trades}`,
      ordinal,
      side,
      ticks: ticks as Ticks,
      lots: lots as Lots,
      fee: 0 as Money,
      maker: true,
      venueUs: this.now as Micros,
      liquidation: false,
    });
  }

  /** Both quotes accepted and resting. */
  quoted(): this {
    return this.up().acceptAll().settle();
  }

  /** The resting order of that side and level. */
  resting(side: Side, level = 0): { ordinal: number; ticks: number; lots: number } | undefined {
    return this.engine.orders.find(
      (o) => o.side === side && o.level === level && o.phase !== 'closed',
    );
  }

  /** The last batch in a form that is easy to compare: "place 1 bid 5 @ 199960", "cancel 1" ... */
  get said(): string[] {
    return this.batch.map(text);
  }
}

export function text(command: Command): string {
  if (command.kind === 'cancel-all') return 'cancel-all';
  if (command.kind === 'cancel') return `cancel ${command.ordinal}`;
  const { kind, ordinal, side, lots, ticks } = command;
  const more = kind === 'place' && command.tif === 'ioc' ? ' ioc' : '';
  const reduce = kind === 'place' && command.reduceOnly ? ' reduce-only' : '';
  return `${kind} ${ordinal} ${side === BID ? 'bid' : 'ask'} ${lots} @ ${ticks}${more}${reduce}`;
}

export const price = (ticks: number): TickPrice => ticks as TickPrice;
